//===- FitTables.h - Results of a fit as tables -----------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_ACC_SYSTEMS_FITTABLES_H
#define COMPILER_DRIVER_ACC_SYSTEMS_FITTABLES_H

#include "compiler-driver/Baselines/Calibration.h"
#include "compiler-driver/Baselines/Validation.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::systems {

/// Errors of some rows, in the four ways in which they are predicted.
struct ErrorRow {
  std::string name;
  ErrorStatistics fitted, crossed, leftOut, transferred;
};

/// One row per value of `key`, sorted.
std::vector<ErrorRow>
tabulate(llvm::ArrayRef<Validated> rows,
         llvm::function_ref<std::string(const Validated &)> key);

/// What the model is to achieve, and what it does.
struct Target {
  std::string name;
  double bar = 0;
  ErrorStatistics reached;
  /// Which information is missing where it is not reached.
  std::string missing;
};
std::vector<Target> targetsOf(llvm::ArrayRef<Validated> rows);

/// The worst rows of a class by their cross-validated error, as a ratio.
std::vector<Validated> worstOf(llvm::ArrayRef<Validated> rows,
                               ErrorClass errorClass, size_t count);

/// "m 128, n 4096": what a row did.
std::string describeWorkload(const Measurement &row);

/// Name -> a table of errors, in the order in which they are printed.
struct NamedTable {
  llvm::StringRef name;
  std::vector<ErrorRow> rows;
};
std::vector<NamedTable> errorTables(llvm::ArrayRef<Validated> rows);

/// A page for people: parameters, errors, worst rows.
llvm::Error writeFitDocument(const Validation &validation,
                             const Calibration &calibration,
                             const ParameterSets &sets, llvm::raw_ostream &os);

} // namespace acc::systems

#endif // COMPILER_DRIVER_ACC_SYSTEMS_FITTABLES_H
