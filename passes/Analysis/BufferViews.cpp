//===- BufferViews.cpp - Buffers behind views -----------------------------===//

#include "passes/Analysis/BufferViews.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace xpu {

/// Whether a buffer is seen from its begin, with a shape and strides that stay
/// inside it.
static bool isFromBegin(memref::ReinterpretCastOp op) {
  auto source = dyn_cast<MemRefType>(op.getSource().getType());
  MemRefType type = op.getType();
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (!source || !source.hasStaticShape() || !source.getLayout().isIdentity() ||
      !type.hasStaticShape() || type.getNumElements() == 0 ||
      failed(type.getStridesAndOffset(strides, offset)) || offset != 0) {
    return false;
  }
  int64_t last = 0;
  for (auto [size, stride] : llvm::zip(type.getShape(), strides)) {
    if (ShapedType::isDynamic(stride) || stride < 0) {
      return false;
    }
    last += (size - 1) * stride;
  }
  return last < source.getNumElements();
}

bool isView(Operation *op) {
  if (auto cast = dyn_cast<memref::ReinterpretCastOp>(op)) {
    return isFromBegin(cast);
  }
  return llvm::isa<memref::SubViewOp, memref::CastOp, memref::ExpandShapeOp,
                   memref::CollapseShapeOp, memref::TransposeOp, memref::ViewOp,
                   BlocksOp>(op);
}

Value getViewRoot(Value memref) {
  while (Operation *def = memref.getDefiningOp()) {
    if (!isView(def)) {
      break;
    }
    memref = def->getOperand(0);
  }
  return memref;
}

Value cloneView(RewriterBase &rewriter, Value memref, Value root) {
  Operation *def = memref.getDefiningOp();
  if (!def || !isView(def)) {
    return root;
  }
  Value source = cloneView(rewriter, def->getOperand(0), root);
  auto space = cast<MemRefType>(root.getType()).getMemorySpace();
  if (auto subview = dyn_cast<memref::SubViewOp>(def)) {
    // The strides of the source may differ.
    auto type = cast<MemRefType>(memref::SubViewOp::inferRankReducedResultType(
        subview.getType().getShape(), cast<MemRefType>(source.getType()),
        subview.getMixedOffsets(), subview.getMixedSizes(),
        subview.getMixedStrides()));
    return memref::SubViewOp::create(
        rewriter, def->getLoc(), type, source, subview.getMixedOffsets(),
        subview.getMixedSizes(), subview.getMixedStrides());
  }
  Operation *clone = rewriter.clone(*def);
  clone->setOperand(0, source);
  MemRefType::Builder type(cast<MemRefType>(def->getResult(0).getType()));
  type.setMemorySpace(space);
  clone->getResult(0).setType(MemRefType(type));
  return clone->getResult(0);
}

SmallVector<Block *> getProgramBlocks(func::FuncOp func) {
  SmallVector<Block *> blocks;
  func.walk([&](scf::ForOp loop) { blocks.push_back(loop.getBody()); });
  blocks.push_back(&func.getBody().front());
  return blocks;
}

} // namespace xpu
