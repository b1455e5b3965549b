//===- NormalizeInput.cpp - What has no loops of its own ------------------===//

#include "passes/Input/Passes.h"
#include "passes/Input/ReductionBodies.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_NORMALIZEINPUTPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

/// Operations that unrolling a loop may write out; longer loops run on the
/// host.
constexpr int64_t kMaxUnrolledOps = 512;

/// A NaN makes all of its row NaN, through the sum if not through the maximum:
/// of the two forms of the maximum the one that is a micro-operation does.
void propagateNaN(RewriterBase &rewriter, Value softmax) {
  SetVector<Operation *> slice;
  (void)getBackwardSlice(softmax, &slice);
  for (Operation *op : slice) {
    auto reduction = dyn_cast<linalg::GenericOp>(op);
    if (!reduction || reduction.getNumReductionLoops() != 1) {
      continue;
    }
    auto maxima = reduction.getBlock()->getOps<arith::MaxNumFOp>();
    if (maxima.empty()) {
      continue;
    }
    arith::MaxNumFOp maximum = *maxima.begin();
    rewriter.setInsertionPoint(maximum);
    rewriter.replaceOpWithNewOp<arith::MaximumFOp>(maximum, maximum.getLhs(),
                                                   maximum.getRhs());
    rewriter.setInsertionPoint(reduction);
    Location loc = reduction.getLoc();
    auto type = cast<RankedTensorType>(reduction.getResultTypes()[0]);
    Value lowest = arith::ConstantOp::create(
        rewriter, loc,
        rewriter.getFloatAttr(type.getElementType(),
                              -std::numeric_limits<double>::infinity()));
    auto fill = reduction.getOutputs()[0].getDefiningOp<linalg::FillOp>();
    auto start =
        linalg::FillOp::create(rewriter, loc, lowest, fill.getOutputs()[0]);
    rewriter.modifyOpInPlace(reduction, [&] {
      reduction.getDpsInitsMutable()[0].set(start.getResult(0));
    });
  }
}

struct DecomposeAggregate final
    : OpInterfaceRewritePattern<linalg::AggregatedOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::AggregatedOpInterface op,
                                PatternRewriter &rewriter) const override {
    FailureOr<SmallVector<Value>> values = op.decomposeOperation(rewriter);
    if (failed(values)) {
      return failure();
    }
    if (llvm::isa<linalg::SoftmaxOp>(op)) {
      propagateNaN(rewriter, values->front());
    }
    rewriter.replaceOp(op, *values);
    return success();
  }
};

struct LowerPack final : OpRewritePattern<linalg::PackOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::PackOp op,
                                PatternRewriter &rewriter) const override {
    return linalg::lowerPack(rewriter, op);
  }
};

struct LowerUnPack final : OpRewritePattern<linalg::UnPackOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::UnPackOp op,
                                PatternRewriter &rewriter) const override {
    return linalg::lowerUnPack(rewriter, op);
  }
};

/// The same bits as other elements is a cast of each of them.
struct LowerBitcast final : OpRewritePattern<tensor::BitcastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::BitcastOp op,
                                PatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<arith::BitcastOp>(op, op.getType(),
                                                  op.getSource());
    return success();
  }
};

/// The vector unit's maximum and minimum are NaN if an operand is; these are
/// the other operand then. (Reductions: ReductionBodies.h.)
template <typename Ignoring, typename Propagating>
struct LowerNaNIgnoring final : OpRewritePattern<Ignoring> {
  using OpRewritePattern<Ignoring>::OpRewritePattern;

  LogicalResult matchAndRewrite(Ignoring op,
                                PatternRewriter &rewriter) const override {
    auto body = dyn_cast_or_null<linalg::LinalgOp>(op->getParentOp());
    if (body && body.getNumReductionLoops() != 0) {
      return failure();
    }
    Location loc = op.getLoc();
    auto isNaN = [&](Value value) {
      return arith::CmpFOp::create(rewriter, loc, arith::CmpFPredicate::UNO,
                                   value, value);
    };
    Value a = op.getLhs(), b = op.getRhs();
    Value first = arith::SelectOp::create(rewriter, loc, isNaN(a), b, a);
    Value second = arith::SelectOp::create(rewriter, loc, isNaN(b), a, b);
    rewriter.replaceOpWithNewOp<Propagating>(op, first, second);
    return success();
  }
};

struct DropAssert final : OpRewritePattern<cf::AssertOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(cf::AssertOp op,
                                PatternRewriter &rewriter) const override {
    rewriter.eraseOp(op);
    return success();
  }
};

int64_t countOps(Region &region) {
  int64_t count = 0;
  region.walk([&](Operation *) { ++count; });
  return count;
}

struct NormalizeInputPass final
    : xpu::impl::NormalizeInputPassBase<NormalizeInputPass> {
  using Base::Base;

  void runOnOperation() override {
    // Inner loops first: the size of the outer one's body is then known.
    SmallVector<scf::ForOp> loops;
    getOperation().walk<WalkOrder::PostOrder>(
        [&](scf::ForOp op) { loops.push_back(op); });
    for (scf::ForOp loop : loops) {
      std::optional<APInt> trips = loop.getStaticTripCount();
      // Within other control flow it runs on the host in any case.
      bool isOnHost = loop->getParentOp() != getOperation() &&
                      !llvm::isa<scf::ForOp>(loop->getParentOp());
      if (trips && !isOnHost && trips->isIntN(32) &&
          trips->getSExtValue() * countOps(loop.getRegion()) <=
              kMaxUnrolledOps) {
        (void)loopUnrollFull(loop);
      }
    }
    RewritePatternSet patterns(&getContext());
    patterns
        .add<DecomposeAggregate, LowerPack, LowerUnPack, LowerBitcast,
             LowerNaNIgnoring<arith::MaxNumFOp, arith::MaximumFOp>,
             LowerNaNIgnoring<arith::MinNumFOp, arith::MinimumFOp>, DropAssert>(
            &getContext());
    xpu::populateReductionBodyPatterns(patterns);
    linalg::populateDecomposeWinogradOpsPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns)))) {
      return signalPassFailure();
    }
  }
};

} // namespace
