//===- Comparison.h - Other systems on the same operators -------*- C++ -*-===//
//
// What off-the-shelf systems make of the graph that our machine executed, and
// what every number of that rests on.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_COMPARISON_H
#define COMPILER_DRIVER_REPORT_COMPARISON_H

#include "compiler-driver/Baselines/Calibration.h"
#include "compiler-driver/Baselines/Step.h"
#include "compiler-driver/Data/DataFile.h"

namespace acc::report {

/// A system of --compare: `h200`, `h200:8`, `mine.yaml:2`.
struct SystemRequest {
  std::string name;
  std::optional<unsigned> devices; ///< none: as few as hold the model
};
/// Checks the form and that there is such a system.
llvm::Expected<SystemRequest> parseSystemRequest(llvm::StringRef text);

/// Where figures come from: a data sheet, a rule, a counter.
struct Origin {
  std::string id; ///< `method.time`, `energy.mac.bf16`, `system.h200.tdp`
  std::string text;
};

/// "2.3 (2 to 2.5) pJ/B, N3. SOURCE. Confidence: high. NOTE. FILE:LINE."
std::string describeFigure(const data::Figure &figure);

/// Adds an origin unless there is one of this name.
void addOrigin(std::vector<Origin> &origins, llvm::StringRef id,
               const llvm::Twine &text);

/// Kernels of one class, which rest on the same figures.
struct ComparedClass {
  std::string name;
  unsigned kernels = 0;
  double seconds = 0;
  systems::ErrorBand error;
  std::vector<std::string> figures;    ///< origins of data-sheet figures
  std::vector<std::string> parameters; ///< origins of fitted parameters
  std::string measurements; ///< origin of measured rows of this system, or ""
};

struct Comparison {
  std::string id; ///< `h200-8`: the system and its devices
  std::string system;
  std::string title;
  double devicesInDomain = 0;
  systems::StepEstimate step;
  data::Range seconds;
  data::Range joules; ///< packages of all devices
  data::Range wall;   ///< with power supply, cooling and PUE
  /// A device's share of utility power by the system file, 0 if it has none.
  double allInWatts = 0;
  /// What its node or rack draws beside the packages, for each device; not in
  /// `joules` or `wall`. 0: not known.
  double sharedWatts = 0;
  double sharedJoules = 0; ///< of all devices in `seconds`
  std::vector<std::string> sharedFigures;
  std::string precision; ///< of the products, and why if not as asked
  std::vector<ComparedClass> classes;
};

/// The model with the measured rows that it was fitted on.
class Comparer {
public:
  static llvm::Expected<Comparer> create();

  /// Prices the workload. Adds the origins of all figures, parameters and
  /// measured rows behind it to `origins`, each once.
  llvm::Expected<Comparison> compare(const systems::Workload &workload,
                                     const SystemRequest &request,
                                     std::vector<Origin> &origins) const;

private:
  systems::KernelModel model;
  systems::Calibration calibration;

  Comparer(systems::KernelModel model, systems::Calibration calibration)
      : model(std::move(model)), calibration(std::move(calibration)) {}
  std::string addMeasurements(const systems::System &system,
                              systems::ErrorClass errorClass,
                              std::vector<Origin> &origins) const;
  void addBasis(const systems::Basis &basis, const systems::System &system,
                ComparedClass &to, std::vector<Origin> &origins) const;
};

/// Fails if a system cannot be compared with, so that nobody waits for a
/// simulation in vain.
llvm::Error checkComparison(const systems::Workload &workload,
                            llvm::ArrayRef<SystemRequest> requests);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_COMPARISON_H
