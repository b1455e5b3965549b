//===- UnfoldWindows.cpp - Rows of windows as a dimension -----------------===//

#include "passes/Tiling/UnfoldWindows.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "passes/Tiling/ContractionTile.h"

using namespace mlir;

namespace xpu {

namespace {
/// A subscript `outer · step + inner · pace` of an image: which of its
/// dimensions, and the loops of positions and of the window.
struct WindowRows {
  unsigned position = 0;
  unsigned outer = 0, inner = 0;
  int64_t step = 0, pace = 0;
};
} // namespace

/// The rows of windows in a subscript but the last one, whose windows are of
/// elements that follow each other.
static FailureOr<WindowRows> findWindowRows(AffineMap map,
                                            ArrayRef<int64_t> ranges,
                                            ArrayRef<unsigned> sumDims) {
  for (unsigned i = 0; i + 1 < map.getNumResults(); ++i) {
    int64_t constant = 0;
    auto coefficients =
        getCoefficients(map.getResult(i), map.getNumDims(), constant);
    if (failed(coefficients) || constant != 0) {
      continue;
    }
    WindowRows rows{i, 0, 0, 0, 0};
    unsigned count = 0;
    for (auto [dim, coefficient] : llvm::enumerate(*coefficients)) {
      if (coefficient == 0) {
        continue;
      }
      ++count;
      bool isInner = llvm::is_contained(sumDims, dim);
      (isInner ? rows.inner : rows.outer) = dim;
      (isInner ? rows.pace : rows.step) = coefficient;
    }
    if (count == 2 && rows.step > 0 && rows.pace > 0 &&
        ranges[rows.inner] > 1 && ranges[rows.outer] > 1) {
      return rows;
    }
  }
  return failure();
}

FailureOr<UnfoldedWindows> UnfoldedWindows::create(RewriterBase &rewriter,
                                                   linalg::LinalgOp op,
                                                   const ContractionDims &dims,
                                                   const acc::Target &target) {
  auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
  if (!generic || isBlockProduct(op) || dims.m.empty() || dims.n.empty()) {
    return failure();
  }
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  const int64_t depth = getStepUnit(op, target);
  for (unsigned dim : dims.k) {
    if (ranges[dim] >= depth) {
      return failure();
    }
  }
  for (OpOperand *input : generic.getDpsInputOperands()) {
    auto type = dyn_cast<MemRefType>(input->get().getType());
    if (!type || !type.getLayout().isIdentity() || !type.hasStaticShape() ||
        getSpace(type) != Space::HBM) {
      continue;
    }
    SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
    AffineMap &map = maps[input->getOperandNumber()];
    FailureOr<WindowRows> rows = findWindowRows(map, ranges, dims.k);
    if (failed(rows)) {
      continue;
    }
    // [.., position, ..] is seen as [.., inner, outer, ..]: the window comes
    // first, behind the channels.
    SmallVector<int64_t> shape(type.getShape());
    SmallVector<int64_t> strides = computeStrides(shape);
    SmallVector<AffineExpr> subscripts(map.getResults());
    const int64_t stride = strides[rows->position];
    shape[rows->position] = ranges[rows->outer];
    strides[rows->position] = stride * rows->step;
    subscripts[rows->position] = rewriter.getAffineDimExpr(rows->outer);
    shape.insert(shape.begin() + rows->position, ranges[rows->inner]);
    strides.insert(strides.begin() + rows->position, stride * rows->pace);
    subscripts.insert(subscripts.begin() + rows->position,
                      rewriter.getAffineDimExpr(rows->inner));
    map = AffineMap::get(map.getNumDims(), 0, subscripts, op.getContext());

    UnfoldedWindows unfolded;
    unfolded.op = generic;
    unfolded.input = input->getOperandNumber();
    unfolded.image = input->get();
    unfolded.maps = generic.getIndexingMaps();
    rewriter.setInsertionPoint(op);
    auto layout =
        StridedLayoutAttr::get(op.getContext(), /*offset=*/0, strides);
    auto view = memref::ReinterpretCastOp::create(
        rewriter, op.getLoc(),
        MemRefType::get(shape, type.getElementType(), layout,
                        type.getMemorySpace()),
        input->get(), /*offset=*/0, shape, strides);
    rewriter.modifyOpInPlace(generic, [&] {
      input->set(view);
      generic.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    });
    return unfolded;
  }
  return failure();
}

void UnfoldedWindows::undo(RewriterBase &rewriter) const {
  OpOperand &operand = op->getOpOperand(input);
  Operation *view = operand.get().getDefiningOp();
  rewriter.modifyOpInPlace(op, [&] {
    operand.set(image);
    linalg::GenericOp(op).setIndexingMapsAttr(maps);
  });
  rewriter.eraseOp(view);
}

} // namespace xpu
