//===- Validation.h - How wrong the model is --------------------*- C++ -*-===//
//
// Predictions of measured rows that the fit has not seen: cross-validated by
// workload (all rows of a shape are left out together, on every device and in
// every format); with one device's rows left out altogether, which is the error
// that a device without measurements has; and with a whole generation left out,
// for a device that has no measured relative. Energy of serving is predicted
// with all rows of a model left out, too.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_VALIDATION_H
#define COMPILER_DRIVER_SYSTEMS_VALIDATION_H

#include "compiler-driver/Baselines/ParameterSets.h"

namespace acc::systems {

/// Mean of |prediction/measured - 1| and friends over some rows.
struct ErrorStatistics {
  unsigned rows = 0;
  double meanAbsolute = 0, median = 0, bias = 0;
  double low = 1, high = 1; ///< measured/prediction of the middle 80 % of rows
};
ErrorStatistics summarise(std::vector<double> predictedOverMeasured);

struct Validated {
  const FitRow *row;
  double fitted = 0;      ///< with the parameters fitted on all rows
  double crossed = 0;     ///< left out with its workload
  double leftOut = 0;     ///< left out with its device
  double transferred = 0; ///< left out with its whole generation
  double modelOut = 0;    ///< of energy: left out with its model
};

struct Validation {
  FittedSets sets;
  /// Lowest and highest value over the folds, by set.
  std::map<std::string, std::map<Parameter, std::pair<double, double>>> spread;
  std::vector<Validated> rows; ///< those that have a value
};

/// Number of parts that the workloads are dealt into.
inline constexpr unsigned foldCount = 5;

Validation validate(const std::vector<FitRow> &rows);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_VALIDATION_H
