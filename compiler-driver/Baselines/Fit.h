//===- Fit.h - Parameters from measurements ---------------------*- C++ -*-===//
//
// Finds the parameters under which the model's predictions are nearest to
// measured rows: smallest mean of |log(prediction/measured)|, smoothed near
// zero, plus a small pull towards what is known without the rows. First all
// generations share one set ("pooled"), pulled towards the priors of
// Parameters.def; then each generation gets its own, pulled towards the pooled
// one. A generation without rows of a class keeps the pooled values there.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_FIT_H
#define COMPILER_DRIVER_SYSTEMS_FIT_H

#include "compiler-driver/Baselines/RowMapping.h"

#include <map>
#include <set>

namespace acc::systems {

/// A row ready to be predicted.
struct FitRow {
  const Measurement *row = nullptr;
  MappedRow mapped;
  Device device;
  std::string parameterSet; ///< name of the generation's set, "pooled" if none
};

/// The row's metric in its unit, as the model with these parameters has it.
double predictRow(const FitRow &row, const Parameters &parameters);

/// The metric of a kernel's row for a cost.
double rowValue(const FitRow &row, const Cost &cost,
                const Parameters &parameters);

/// Time that the row's harness sees.
Seconds measuredTime(const MappedRow &mapped, const Cost &cost,
                     const Parameters &parameters);

/// Values of a set, and how many of its own rows each depends on.
struct FittedSet {
  Parameters values;
  std::map<Parameter, unsigned> rows;
};
/// By name of the set; "pooled" is always there.
using FittedSets = std::map<std::string, FittedSet>;

/// Fits on the rows that have a value. Only the sets in `wanted` (all, if it is
/// empty), and the pooled one.
FittedSets fitParameters(const std::vector<const FitRow *> &rows,
                         const std::set<std::string> &wanted = {});

/// Fits the parameters of power, energy and of a serving framework anew; all
/// others stay.
void refitEnergy(const std::vector<const FitRow *> &rows, FittedSets &sets);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_FIT_H
