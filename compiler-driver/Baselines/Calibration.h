//===- Calibration.h - Measurements joined with systems ---------*- C++ -*-===//
//
// Rows of measurement files, each with the system that it was measured on and
// the kernels that it is. Rows for which there is no system or no kernel are
// kept by name with the reason.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_CALIBRATION_H
#define COMPILER_DRIVER_SYSTEMS_CALIBRATION_H

#include "compiler-driver/Baselines/ParameterSets.h"
#include "compiler-driver/Baselines/System.h"

namespace acc::systems {

struct UnmappedRow {
  const Measurement *row = nullptr;
  std::string reason;
};

class Calibration {
public:
  /// Joins rows with the systems of targets/systems and the models of
  /// targets/systems/models.json, or with `more`, which is looked at first.
  static llvm::Expected<Calibration>
  create(std::vector<Measurement> rows, const ParameterSets &sets,
         llvm::ArrayRef<ModelShape> more = {});

  llvm::ArrayRef<Measurement> measurements() const { return *all; }
  const std::vector<FitRow> &rows() const { return mapped; }
  llvm::ArrayRef<UnmappedRow> unmapped() const { return rest; }
  const System &systemOf(const FitRow &row) const;

private:
  /// Rows point into it: it does not move with this object.
  std::unique_ptr<std::vector<Measurement>> all;
  std::vector<System> systems;
  std::vector<FitRow> mapped;
  std::vector<UnmappedRow> rest;
};

/// The system that a measurement's name of a GPU means: by the names under
/// which its measurements are published, by its own names, or by the longest of
/// its names whose words are all in the given one ("NVIDIA H100 PCIe" is taken
/// for h100). Null if there is none.
const System *findMeasuredSystem(llvm::ArrayRef<System> systems,
                                 llvm::StringRef gpu);

/// All files of targets/systems/measurements.
llvm::Expected<std::vector<Measurement>> loadAllMeasurements();

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_CALIBRATION_H
