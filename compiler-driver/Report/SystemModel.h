//===- SystemModel.h - Time and energy of other systems ---------*- C++ -*-===//
//
// What a comparison asks about a GPU: how long a list of kernels takes and what
// energy, and how wrong the answer may be. The model behind it can change
// without the report.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_SYSTEMMODEL_H
#define COMPILER_DRIVER_REPORT_SYSTEMMODEL_H

#include "compiler-driver/Data/Range.h"
#include "compiler-driver/Systems/System.h"
#include "llvm/ADT/ArrayRef.h"

#include <memory>
#include <optional>

namespace acc::report {

using data::Range;
using systems::System;

/// One layer as any machine would have to execute it.
struct Kernel {
  std::string name;
  std::string format;    ///< of the matrix work: "fp32", "bf16", …
  double macs = 0;       ///< multiply-accumulates of the model
  double vectorFlop = 0; ///< fp32 operations outside of matrix work
  double bytes = 0;      ///< distinct bytes read and written
};

/// How far to trust an estimate.
struct ModelError {
  std::string kind;    ///< which model
  std::string meaning; ///< what is known of its error
  bool measured = false;
  /// Best measured matrix multiplication over the peak, if known.
  std::optional<double> measuredOverPeak;
};

struct SystemEstimate {
  double seconds = 0;
  Range joules;
  std::string limit; ///< figure of the data file that most time goes to
  std::vector<std::string> figures; ///< all that were used
  ModelError error;
};

class SystemModel {
public:
  virtual ~SystemModel() = default;

  /// One device of the system executes the kernels one after the other.
  virtual llvm::Expected<SystemEstimate>
  estimate(llvm::ArrayRef<Kernel> kernels, const System &system) const = 0;

  /// How it computes, in a sentence or two.
  virtual std::string describe() const = 0;
};

std::unique_ptr<SystemModel> makeSystemModel();

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_SYSTEMMODEL_H
