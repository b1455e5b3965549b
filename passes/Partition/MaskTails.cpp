//===- MaskTails.cpp - Sums without what lies beyond the whole ------------===//

#include "passes/Partition/MaskTails.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/Reduction.h"
#include "passes/Support/SplitReduction.h"

using namespace mlir;

namespace xpu {

/// What the host writes has zeros beyond the whole, and so have views of it.
static bool hasZeroTail(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!llvm::isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp,
                   tensor::ExtractSliceOp>(op)) {
      return false;
    }
    value = op->getOperand(0);
  }
  return true;
}

/// The tensor with zeros where the mask of a dimension says so.
static Value zeroTail(OpBuilder &builder, Value tensor, unsigned dim,
                      Value mask) {
  Location loc = tensor.getLoc();
  auto type = cast<RankedTensorType>(tensor.getType());
  AffineMap map = builder.getMultiDimIdentityMap(type.getRank());
  AffineMap maskMap = AffineMap::get(
      type.getRank(), 0, getAffineDimExpr(dim, builder.getContext()));
  SmallVector<utils::IteratorType> kinds(type.getRank(),
                                         utils::IteratorType::parallel);
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                        type.getElementType());
  Value zero = arith::ConstantOp::create(
      builder, loc, builder.getZeroAttr(type.getElementType()));
  return linalg::GenericOp::create(
             builder, loc, TypeRange{type}, ValueRange{mask, tensor},
             ValueRange{empty}, ArrayRef<AffineMap>{maskMap, map, map}, kinds,
             [&](OpBuilder &inner, Location loc, ValueRange args) {
               Value kept =
                   arith::SelectOp::create(inner, loc, args[0], args[1], zero);
               linalg::YieldOp::create(inner, loc, kept);
             })
      .getResult(0);
}

/// A product is neutral if its operands are zero: neither may be anything that
/// is no number.
static void maskOperands(OpBuilder &builder, linalg::LinalgOp op,
                         LoopMask mask) {
  AffineExpr loop = getAffineDimExpr(mask.loop, builder.getContext());
  for (OpOperand *operand : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(operand);
    std::optional<unsigned> dim = map.getResultPosition(loop);
    if (dim && !hasZeroTail(operand->get())) {
      operand->set(zeroTail(builder, operand->get(), *dim, mask.mask));
    }
  }
}

/// Other bodies choose by element, with masks as operands.
static linalg::LinalgOp maskElements(OpBuilder &builder, linalg::LinalgOp op,
                                     ArrayRef<LoopMask> masks) {
  IRRewriter rewriter(builder);
  rewriter.setInsertionPoint(op);
  auto generic = llvm::dyn_cast<linalg::GenericOp>(op.getOperation());
  if (!generic) {
    generic = *linalg::generalizeNamedOp(rewriter, op);
  }
  if (countStreams(generic) + masks.size() > isa::kNumVpuInputs) {
    generic = *splitReduction(rewriter, generic);
    rewriter.setInsertionPoint(generic);
  }
  SmallVector<Value> inputs(generic.getInputs());
  SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
  const unsigned first = inputs.size();
  for (auto [i, mask] : llvm::enumerate(masks)) {
    inputs.push_back(mask.mask);
    maps.insert(
        maps.begin() + first + i,
        AffineMap::get(generic.getNumLoops(), 0,
                       getAffineDimExpr(mask.loop, builder.getContext())));
  }
  auto masked = linalg::GenericOp::create(
      rewriter, generic.getLoc(), generic.getResultTypes(), inputs,
      generic.getOutputs(), maps, generic.getIteratorTypesArray());
  masked.getRegion().takeBody(generic.getRegion());
  Block *body = masked.getBlock();
  for (unsigned i = 0; i < masks.size(); ++i) {
    body->insertArgument(first + i, rewriter.getI1Type(), generic.getLoc());
  }
  Reduction reduction = *matchReduction(masked);
  rewriter.setInsertionPoint(reduction.combiner);
  Value neutral = arith::ConstantOp::create(
      rewriter, generic.getLoc(), getNeutralElement(reduction.combiner));
  Value kept = reduction.element;
  for (unsigned i = 0; i < masks.size(); ++i) {
    kept = arith::SelectOp::create(rewriter, generic.getLoc(),
                                   body->getArgument(first + i), kept, neutral);
  }
  reduction.combiner->replaceUsesOfWith(reduction.element, kept);
  rewriter.eraseOp(generic);
  return masked;
}

linalg::LinalgOp maskTails(OpBuilder &builder, linalg::LinalgOp op,
                           ArrayRef<LoopMask> masks) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(op);
  if (failed(matchContraction(op))) {
    return masks.empty() ? op : maskElements(builder, op, masks);
  }
  for (LoopMask mask : masks) {
    maskOperands(builder, op, mask);
  }
  return op;
}

} // namespace xpu
