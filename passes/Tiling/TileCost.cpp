//===- TileCost.cpp - What moving and reading a tile takes ----------------===//

#include "passes/Tiling/TileCost.h"

#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/StaticView.h"
#include "passes/Analysis/TransferCost.h"
#include "passes/Tiling/Tiling.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

#include <numeric>

using namespace mlir;

namespace xpu {

SmallVector<int64_t> tileStrides(linalg::LinalgOp op, OpOperand &operand,
                                 ArrayRef<int64_t> sizes, bool isSpread) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  if (getSpace(operand.get().getType()) == Space::SPM) {
    FailureOr<StaticView> view = getStaticView(operand.get());
    int64_t offset = 0;
    if (succeeded(view)) {
      FailureOr<SmallVector<int64_t>> strides =
          getLoopStrides(map, *view, offset);
      if (succeeded(strides)) {
        return *strides;
      }
    }
  }
  Type element = cast<MemRefType>(operand.get().getType()).getElementType();
  int64_t bytes = getElementBytes(element);
  int64_t stride = bytes;
  SmallVector<int64_t> strides(sizes.size(), 0);
  for (int64_t i = int64_t(map.getNumResults()) - 1; i >= 0; --i) {
    int64_t constant = 0;
    auto coefficients =
        getCoefficients(map.getResult(i), sizes.size(), constant);
    auto [extent, step] = getTileExtent(map, i, sizes);
    for (size_t d = 0; succeeded(coefficients) && d < sizes.size(); ++d) {
      // A loop of one iteration goes nowhere.
      strides[d] +=
          sizes[d] > 1 || step == 1 ? (*coefficients)[d] / step * stride : 0;
    }
    bool isLast = i == int64_t(map.getNumResults()) - 1;
    if (isLast && isSpread && map.getNumResults() > 1) {
      // As TileBuilder::allocateSpread has it.
      stride *= extent;
      stride += isBlock(element) ? 1 : extent % 2 == 0 ? bytes : 0;
    } else {
      stride *= isLast ? getRowPitch(map, sizes) : extent;
    }
  }
  return strides;
}

std::pair<SmallVector<int64_t>, int64_t> getElementStrides(MemRefType type) {
  // Buffers that are no views are most; their strides need no expressions.
  if (type.getLayout().isIdentity()) {
    return {computeStrides(type.getShape()), 0};
  }
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (succeeded(type.getStridesAndOffset(strides, offset)) &&
      llvm::none_of(strides, ShapedType::isDynamic)) {
    return {strides, ShapedType::isDynamic(offset) ? 0 : offset};
  }
  return {computeStrides(type.getShape()), 0};
}

uint64_t estimateTransfer(linalg::LinalgOp op, OpOperand &operand,
                          ArrayRef<int64_t> sizes, const acc::Target &target,
                          bool isSpread) {
  auto type = cast<MemRefType>(operand.get().getType());
  if (getSpace(type) == Space::SPM) {
    return 0;
  }
  int64_t bytes = getElementBytes(type.getElementType());
  // Elements that follow each other in memory.
  int64_t run = 1;
  int64_t pitch = 1; // From run to run.
  SmallVector<int64_t> strides = getElementStrides(type).first;
  bool isWhole = true;
  int64_t elements = 1;
  AffineMap map = op.getMatchingIndexingMap(&operand);
  for (int64_t i = int64_t(map.getNumResults()) - 1; i >= 0; --i) {
    auto [extent, step] = getTileExtent(map, i, sizes);
    if (i + 1 == int64_t(map.getNumResults()) && !isSpread &&
        getRowPitch(map, sizes) == type.getDimSize(i)) {
      extent = type.getDimSize(i); // As TileBuilder::copyIn has it.
    }
    elements *= extent;
    isWhole &= step == 1;
    if (isWhole) {
      run *= extent;
      int64_t whole = strides[i] * type.getDimSize(i);
      pitch = i > 0 ? strides[i - 1] : whole;
      isWhole = !isSpread && extent == type.getDimSize(i) && pitch == whole &&
                (i + 1 < int64_t(map.getNumResults()) ||
                 getRowPitch(map, sizes) == extent);
    }
  }
  // Constants are packed in the order in which they are loaded; rows that are
  // apart in the scratchpad are runs all the same.
  if (getViewRoot(operand.get()).getDefiningOp<memref::GetGlobalOp>()) {
    run = isSpread ? run : elements;
    pitch = run;
  }
  return estimateTransferCycles(target, elements / run, run * bytes,
                                std::gcd(run, pitch) * bytes);
}

} // namespace xpu
