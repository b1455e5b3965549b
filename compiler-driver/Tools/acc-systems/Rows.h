//===- Rows.h - Predicted and measured, row by row --------------*- C++ -*-===//
//
// What `acc-systems predict` wrote: entries of the form of the measurement
// files, each with a `prediction` in its own unit beside its `value`.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_ACC_SYSTEMS_ROWS_H
#define COMPILER_DRIVER_ACC_SYSTEMS_ROWS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace acc::systems {

/// A row with both a value and a prediction, both above 0.
struct PredictedRow {
  std::string id;
  std::string family;
  std::string gpu;
  std::string precision;
  std::string workload; ///< "m 128, n 4096, k 4096"
  std::string unit;     ///< of both; times are in seconds
  std::string limit;    ///< what the prediction says takes most time
  double measured = 0;
  double predicted = 0;

  double relativeError() const { return predicted / measured - 1; }
};

struct PredictedRows {
  std::vector<PredictedRow> rows;
  unsigned withoutPrediction = 0;
  unsigned withoutValue = 0;
};

/// Errors name the file and the entry.
llvm::Expected<PredictedRows> parsePredictedRows(llvm::StringRef text,
                                                 llvm::StringRef path);

/// How far predictions are off.
struct ErrorSummary {
  size_t rows = 0;
  double meanAbsolute = 0;   ///< mean of |predicted / measured - 1|
  double medianAbsolute = 0; ///< half of the rows are nearer
  double bias = 1;           ///< geometric mean of predicted / measured
  double within20 = 0;       ///< share of rows that are off by less than 20 %
  const PredictedRow *worst = nullptr; ///< most off, as a ratio
};
ErrorSummary summarize(llvm::ArrayRef<const PredictedRow *> rows);

} // namespace acc::systems

#endif // COMPILER_DRIVER_ACC_SYSTEMS_ROWS_H
