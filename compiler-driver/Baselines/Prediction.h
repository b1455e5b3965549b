//===- Prediction.h - Measured rows with predictions ------------*- C++ -*-===//
//
// The report of `acc-systems predict`: every entry as it came, with
// `prediction`, `low` and `high` in its own unit, `limit` (what most time goes
// to), `system`, `error` (what the range means) and `basis` (ids that the
// top-level `basis` explains); an entry without a prediction has `unpredicted`
// with the reason. Where values are given, `errors` has the statistics by
// family, GPU and precision.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_PREDICTION_H
#define COMPILER_DRIVER_SYSTEMS_PREDICTION_H

#include "compiler-driver/Baselines/Calibration.h"
#include "compiler-driver/Baselines/KernelModel.h"

namespace acc::systems {

llvm::json::Value predictReport(const Calibration &calibration,
                                const KernelModel &model);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_PREDICTION_H
