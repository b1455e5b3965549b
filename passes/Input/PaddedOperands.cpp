//===- PaddedOperands.cpp - Work on what is padded, before it is ----------===//

#include "passes/Input/PaddedOperands.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace {

/// `f(insert(x, fill(c)))` is `insert(f(x), fill(f(c)))`: casts of what a
/// convolution pads are then part of what made it, and the padded copy has the
/// type that is read.
struct ComputeBeforePadding final : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || op.getNumReductionLoops() != 0 ||
        op.getNumDpsInputs() != 1 || op->getNumResults() != 1 ||
        op.hasIndexSemantics() ||
        !llvm::all_of(op.getIndexingMapsArray(),
                      [](AffineMap map) { return map.isIdentity(); }) ||
        !op.getRegionOutputArgs()[0].use_empty()) {
      return failure();
    }
    auto insert = op.getInputs()[0].getDefiningOp<tensor::InsertSliceOp>();
    auto fill =
        insert ? insert.getDest().getDefiningOp<linalg::FillOp>() : nullptr;
    if (!fill || !insert->hasOneUse() ||
        insert.getSourceType().getRank() != insert.getType().getRank()) {
      return failure();
    }
    // The body reads no memory, so it can be computed of one number.
    if (llvm::any_of(op.getBlock()->without_terminator(),
                     [](Operation &inner) { return !isPure(&inner); })) {
      return failure();
    }
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    IRMapping mapping;
    mapping.map(op.getRegionInputArgs()[0], fill.value());
    for (Operation &inner : op.getBlock()->without_terminator()) {
      rewriter.clone(inner, mapping);
    }
    Value padding =
        mapping.lookupOrDefault(op.getBlock()->getTerminator()->getOperand(0));
    Value empty = tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                          type.getElementType());
    Value filled =
        linalg::FillOp::create(rewriter, loc, padding, empty).getResult(0);
    auto sourceType = insert.getSourceType().clone(type.getElementType());
    Value sourceEmpty = tensor::EmptyOp::create(
        rewriter, loc, sourceType.getShape(), sourceType.getElementType());
    auto before = linalg::GenericOp::create(
        rewriter, loc, sourceType, insert.getSource(), sourceEmpty,
        op.getIndexingMapsArray(), op.getIteratorTypesArray());
    rewriter.inlineRegionBefore(op.getRegion(), before.getRegion(),
                                before.getRegion().begin());
    rewriter.replaceOpWithNewOp<tensor::InsertSliceOp>(
        op, before.getResult(0), filled, insert.getMixedOffsets(),
        insert.getMixedSizes(), insert.getMixedStrides());
    return success();
  }
};

} // namespace

void xpu::populatePaddedOperandPatterns(RewritePatternSet &patterns) {
  patterns.add<ComputeBeforePadding>(patterns.getContext());
}
