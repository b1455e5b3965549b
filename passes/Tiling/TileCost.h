//===- TileCost.h - What moving and reading a tile takes --------*- C++ -*-===//

#ifndef PASSES_TILING_TILECOST_H
#define PASSES_TILING_TILECOST_H

#include "dialects/Target/Target.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace xpu {

/// Byte strides by loop dimension of what a tile of `sizes` reads: of the
/// operand itself if it is in the scratchpad, otherwise of a copy, compact or
/// spread (TileBuilder::copyIn).
llvm::SmallVector<int64_t> tileStrides(mlir::linalg::LinalgOp op,
                                       mlir::OpOperand &operand,
                                       llvm::ArrayRef<int64_t> sizes,
                                       bool isSpread = false);

/// Strides and offset of a buffer, in elements; of one whose layout is not
/// known as if it were compact.
std::pair<llvm::SmallVector<int64_t>, int64_t>
getElementStrides(mlir::MemRefType type);

/// Cycles of a DMA engine to move a tile of an operand; none if it is in the
/// scratchpad.
uint64_t estimateTransfer(mlir::linalg::LinalgOp op, mlir::OpOperand &operand,
                          llvm::ArrayRef<int64_t> sizes,
                          const acc::Target &target, bool isSpread = false);

} // namespace xpu

#endif // PASSES_TILING_TILECOST_H
