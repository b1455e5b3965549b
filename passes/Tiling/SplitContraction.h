//===- SplitContraction.h - A product in two parts --------------*- C++ -*-===//
//
// Columns that are no multiple of the array's leave some of it empty in the
// last pass, in which all rows stream. What is left of them can be a product of
// its own, in which they are the rows, and the other operand the weights.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_TILING_SPLITCONTRACTION_H
#define PASSES_TILING_SPLITCONTRACTION_H

#include "dialects/Target/Target.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"
#include "passes/Analysis/Contraction.h"

#include <optional>

namespace xpu {

/// `dim` counts up to `size` in the first part, and from there on in the
/// second.
struct ContractionSplit {
  unsigned dim = 0;
  int64_t size = 0;
  bool isTurned = false; ///< The second part comes first in the program.
};

/// A split that leaves the array clearly less to do, of a contraction that
/// takes so many cycles as a whole; none if there is none.
std::optional<ContractionSplit> proposeSplit(mlir::linalg::LinalgOp op,
                                             const ContractionDims &dims,
                                             const acc::Target &target,
                                             uint64_t cycles);

/// Both parts, before the contraction, each with its part of the epilogue;
/// nothing if it cannot be split.
llvm::SmallVector<mlir::linalg::LinalgOp>
splitContraction(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op,
                 ContractionSplit split);

/// Erases parts and their epilogues again.
void dropParts(mlir::RewriterBase &rewriter,
               llvm::ArrayRef<mlir::linalg::LinalgOp> parts);

} // namespace xpu

#endif // PASSES_TILING_SPLITCONTRACTION_H
