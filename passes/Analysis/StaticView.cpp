//===- StaticView.cpp - Buffers as base, offset and strides ---------------===//

#include "passes/Analysis/StaticView.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/Analysis/BufferViews.h"

using namespace mlir;

namespace xpu {

FailureOr<StaticView> getStaticView(Value memref) {
  auto type = dyn_cast<MemRefType>(memref.getType());
  if (!type || !type.hasStaticShape()) {
    return failure();
  }
  StaticView view;
  // MLIR knows no strides of what has no elements; none are needed.
  if (llvm::is_contained(type.getShape(), 0)) {
    view.root = getViewRoot(memref);
    view.elementType = type.getElementType();
    view.elementBytes = getElementBytes(view.elementType);
    view.shape.assign(type.getShape().begin(), type.getShape().end());
    view.strides.assign(view.shape.size(), 0);
    return view;
  }
  if (failed(type.getStridesAndOffset(view.strides, view.offset)) ||
      ShapedType::isDynamic(view.offset) ||
      llvm::any_of(view.strides, ShapedType::isDynamic)) {
    return failure();
  }
  view.elementType = type.getElementType();
  view.elementBytes = getElementBytes(view.elementType);
  view.shape.assign(type.getShape().begin(), type.getShape().end());
  view.offset *= view.elementBytes;
  for (int64_t &stride : view.strides) {
    stride *= view.elementBytes;
  }
  // Offsets and strides in the type of a view are relative to the buffer.
  Value root = getViewRoot(memref);
  if (root.getDefiningOp<memref::ReinterpretCastOp>()) {
    return failure();
  }
  if (!cast<MemRefType>(root.getType()).getLayout().isIdentity()) {
    return failure();
  }
  view.root = root;
  return view;
}

void LoopNest::simplify() {
  SmallVector<int64_t> newSizes;
  SmallVector<SmallVector<int64_t>> newStrides(strides.size());
  for (int64_t dim = static_cast<int64_t>(sizes.size()) - 1; dim >= 0; --dim) {
    if (sizes[dim] == 1) {
      continue;
    }
    bool merge = !newSizes.empty();
    for (size_t s = 0; merge && s < strides.size(); ++s) {
      merge = strides[s][dim] == newStrides[s].back() * newSizes.back();
    }
    if (merge) {
      newSizes.back() *= sizes[dim];
      continue;
    }
    newSizes.push_back(sizes[dim]);
    for (size_t s = 0; s < strides.size(); ++s) {
      newStrides[s].push_back(strides[s][dim]);
    }
  }
  std::reverse(newSizes.begin(), newSizes.end());
  sizes = newSizes;
  for (size_t s = 0; s < strides.size(); ++s) {
    std::reverse(newStrides[s].begin(), newStrides[s].end());
    strides[s] = newStrides[s];
  }
}

void LoopNest::padTo(unsigned count) {
  while (sizes.size() < count) {
    sizes.insert(sizes.begin(), 1);
    for (SmallVector<int64_t> &stream : strides) {
      stream.insert(stream.begin(), 0);
    }
  }
}

} // namespace xpu
