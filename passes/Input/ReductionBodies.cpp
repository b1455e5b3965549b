//===- ReductionBodies.cpp - Reductions as the vector unit has them -------===//

#include "passes/Input/ReductionBodies.h"

#include "passes/Analysis/Reduction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace {

/// What `combiner` reduces, if it is the combiner of a reduction.
FailureOr<xpu::Reduction> reductionOf(Operation *combiner) {
  auto body = dyn_cast_or_null<linalg::LinalgOp>(combiner->getParentOp());
  if (!body) {
    return failure();
  }
  FailureOr<xpu::Reduction> reduction = xpu::matchReduction(body);
  if (failed(reduction) || reduction->combiner != combiner) {
    return failure();
  }
  return reduction;
}

Value negate(OpBuilder &b, Location loc, Value value) {
  if (llvm::isa<FloatType>(value.getType())) {
    return arith::NegFOp::create(b, loc, value);
  }
  Value zero =
      arith::ConstantOp::create(b, loc, b.getZeroAttr(value.getType()));
  return arith::SubIOp::create(b, loc, zero, value);
}

template <typename Sub, typename Add>
struct SubtractToAdd final : OpRewritePattern<Sub> {
  using OpRewritePattern<Sub>::OpRewritePattern;

  LogicalResult matchAndRewrite(Sub op,
                                PatternRewriter &rewriter) const override {
    FailureOr<xpu::Reduction> reduction = reductionOf(op);
    if (failed(reduction) || reduction->element != op.getRhs()) {
      return failure();
    }
    rewriter.replaceOpWithNewOp<Add>(
        op, op.getLhs(), negate(rewriter, op.getLoc(), op.getRhs()));
    return success();
  }
};

struct NegateByMinusOne final : OpRewritePattern<arith::MulIOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::MulIOp op,
                                PatternRewriter &rewriter) const override {
    if (!op->hasOneUse() || !llvm::isa<arith::AddIOp>(*op->user_begin()) ||
        failed(reductionOf(*op->user_begin()))) {
      return failure();
    }
    for (auto [factor, other] : {std::pair(op.getRhs(), op.getLhs()),
                                 std::pair(op.getLhs(), op.getRhs())}) {
      APInt value;
      if (matchPattern(factor, m_ConstantInt(&value)) && value.isAllOnes()) {
        rewriter.replaceOp(op, negate(rewriter, op.getLoc(), other));
        return success();
      }
    }
    return failure();
  }
};

/// Whether all of a tensor is one known number.
bool isNumber(Value tensor) {
  Attribute value;
  if (auto fill = tensor.getDefiningOp<linalg::FillOp>()) {
    matchPattern(fill.getInputs()[0], m_Constant(&value));
  } else {
    matchPattern(tensor, m_Constant(&value));
  }
  if (auto splat = dyn_cast_or_null<SplatElementsAttr>(value)) {
    value = splat.getSplatValue<Attribute>();
  }
  auto number = dyn_cast_or_null<FloatAttr>(value);
  return number && !number.getValue().isNaN();
}

template <typename Ignoring, typename Propagating>
struct SkipNaNs final : OpRewritePattern<Ignoring> {
  using OpRewritePattern<Ignoring>::OpRewritePattern;

  LogicalResult matchAndRewrite(Ignoring op,
                                PatternRewriter &rewriter) const override {
    FailureOr<xpu::Reduction> reduction = reductionOf(op);
    if (failed(reduction)) {
      return failure();
    }
    auto body = cast<linalg::LinalgOp>(op->getParentOp());
    if (!isNumber(body.getDpsInits()[0])) {
      return failure();
    }
    Location loc = op.getLoc();
    Value element = reduction->element;
    Value running = op.getLhs() == element ? op.getRhs() : op.getLhs();
    Operation *combiner =
        rewriter.replaceOpWithNewOp<Propagating>(op, running, element);
    rewriter.setInsertionPoint(combiner);
    Value neutral = arith::ConstantOp::create(rewriter, loc,
                                              xpu::getNeutralElement(combiner));
    Value isNaN = arith::CmpFOp::create(
        rewriter, loc, arith::CmpFPredicate::UNO, element, element);
    Value number =
        arith::SelectOp::create(rewriter, loc, isNaN, neutral, element);
    rewriter.modifyOpInPlace(combiner,
                             [&] { combiner->setOperand(1, number); });
    return success();
  }
};

} // namespace

void xpu::populateReductionBodyPatterns(RewritePatternSet &patterns) {
  patterns.add<SubtractToAdd<arith::SubFOp, arith::AddFOp>,
               SubtractToAdd<arith::SubIOp, arith::AddIOp>, NegateByMinusOne,
               SkipNaNs<arith::MaxNumFOp, arith::MaximumFOp>,
               SkipNaNs<arith::MinNumFOp, arith::MinimumFOp>>(
      patterns.getContext());
}
