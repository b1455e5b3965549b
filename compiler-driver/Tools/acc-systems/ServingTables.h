//===- ServingTables.h - Measured serving beside predicted ------*- C++ -*-===//

#ifndef COMPILER_DRIVER_TOOLS_ACC_SYSTEMS_SERVINGTABLES_H
#define COMPILER_DRIVER_TOOLS_ACC_SYSTEMS_SERVINGTABLES_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <string>

namespace acc::systems {

/// A row with its prediction.
struct ServedRow {
  std::string gpu, model, precision;
  int64_t input = 0, output = 0; ///< tokens of a request
  int64_t requests = 0;          ///< at a time, 0: the best number
  std::string load;              ///< what was measured, in words
  std::string source;
  double measured = 0, predicted = 0; ///< output tokens a second of one device

  double error() const { return predicted / measured - 1; }
};

/// Every row.
void printRows(llvm::ArrayRef<ServedRow> rows);

/// Median error by system, by model, and by load.
void printErrors(llvm::ArrayRef<ServedRow> rows);

/// For each two systems with rows of one source for the same requests to the
/// same model: how often the prediction has the faster one right.
void printWinners(llvm::ArrayRef<ServedRow> rows);

} // namespace acc::systems

#endif // COMPILER_DRIVER_TOOLS_ACC_SYSTEMS_SERVINGTABLES_H
