//===- MaskTails.h - Sums without what lies beyond the whole ----*- C++ -*-===//

#ifndef PASSES_PARTITION_MASKTAILS_H
#define PASSES_PARTITION_MASKTAILS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace xpu {

/// A loop of which slices have parts that reach beyond it, and for each element
/// of a slice's part whether it is inside (a tensor of i1).
struct LoopMask {
  unsigned loop = 0;
  mlir::Value mask;
};

/// Makes what is beyond these loops neutral in the operation's sums, and
/// returns the operation that takes its place.
mlir::linalg::LinalgOp maskTails(mlir::OpBuilder &builder,
                                 mlir::linalg::LinalgOp op,
                                 llvm::ArrayRef<LoopMask> masks);

} // namespace xpu

#endif // PASSES_PARTITION_MASKTAILS_H
