//===- LoopSubscript.h - Numbers that loops count ---------------*- C++ -*-===//

#ifndef PASSES_LINALGTOXPU_LOOPSUBSCRIPT_H
#define PASSES_LINALGTOXPU_LOOPSUBSCRIPT_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <optional>

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

/// A number that loops count, as a stream of the vector unit.
struct IndexStream {
  mlir::Value bound; ///< Stands for it in the body.
  LoopSubscript number;
};

/// Makes comparisons of affine numbers in the body ones of their difference
/// with a constant, where differences are the same but for that and a sign, and
/// returns that stream; none if there is none, or no room for one more.
std::optional<IndexStream> compareDifferences(mlir::RewriterBase &rewriter,
                                              mlir::linalg::GenericOp op);

} // namespace xpu

#endif // PASSES_LINALGTOXPU_LOOPSUBSCRIPT_H
