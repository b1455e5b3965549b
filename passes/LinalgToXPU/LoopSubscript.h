//===- LoopSubscript.h - Numbers that loops count ---------------*- C++ -*-===//

#ifndef PASSES_LINALGTOXPU_LOOPSUBSCRIPT_H
#define PASSES_LINALGTOXPU_LOOPSUBSCRIPT_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace xpu {

/// A number that is affine in the loops of an operation.
struct LoopSubscript {
  llvm::SmallVector<int64_t> coefficients;
  int64_t constant = 0;

  /// The least and the greatest one in loops of these ranges.
  std::pair<int64_t, int64_t> bounds(llvm::ArrayRef<int64_t> ranges) const;
};

/// What `value` in a body of so many loops is; fails if it is not affine.
mlir::FailureOr<LoopSubscript> matchLoopSubscript(mlir::Value value,
                                                  unsigned loops);

/// A comparison of numbers that loops count, which is one of a single number
/// with zero: `bound` is that number in the body.
struct IndexStream {
  mlir::Value bound;
  LoopSubscript number;
};

/// Makes comparisons of affine numbers in the body ones of their difference,
/// `difference < 0`; returns the differences, each of which is a stream of the
/// vector unit where the two numbers were operations.
llvm::SmallVector<IndexStream> compareDifferences(mlir::RewriterBase &rewriter,
                                                  mlir::linalg::GenericOp op);

} // namespace xpu

#endif // PASSES_LINALGTOXPU_LOOPSUBSCRIPT_H
