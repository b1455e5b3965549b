//===- FuseElementwise.cpp - Fusion within the vector unit's limits -------===//

#include "passes/Input/PaddedOperands.h"
#include "passes/Input/Passes.h"
#include "passes/Input/Quantisation.h"
#include "passes/Input/ReductionBodies.h"

#include "dialects/ISA/Isa.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/SmallFloats.h"
#include "passes/Support/SplitReduction.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_FUSEELEMENTWISEPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

/// Micro-operations that a fused body may have; special functions are several
/// each, so this stays well below the hardware's limit.
constexpr unsigned kMaxBodyOps = 20;
/// Of one with integers of 8 bits: plain operations, and most read the one
/// before.
constexpr unsigned kMaxQuantisedOps = 44;

bool readsByIndex(linalg::GenericOp op) {
  return llvm::any_of(op.getBlock()->getOperations(), [](Operation &inner) {
    return llvm::isa<tensor::ExtractOp>(inner);
  });
}

/// The operations of a body, with those that are many micro-operations and
/// hold many registers counted by what they take.
unsigned countBodyOps(linalg::GenericOp op) {
  unsigned count = 0;
  for (Operation &inner : op.getBlock()->without_terminator()) {
    auto division = dyn_cast<arith::DivFOp>(inner);
    bool exact =
        division && !arith::bitEnumContainsAll(division.getFastmath(),
                                               arith::FastMathFlags::arcp);
    count += exact                            ? 12
             : llvm::isa<math::PowFOp>(inner) ? 8
             : llvm::isa<math::ErfOp>(inner)  ? 6
                                              : 1;
  }
  return count;
}

/// Whether the body is more than one command can compute.
bool isTooLong(linalg::GenericOp op) {
  unsigned count = countBodyOps(op);
  // Bodies of plain operations may be as long as a micro-program.
  bool onlyPlain = count == op.getBlock()->getOperations().size() - 1;
  return count > (onlyPlain ? xpu::isa::kMaxUops : kMaxBodyOps);
}

/// Whether reading the result takes clearly fewer bits than reading the inputs,
/// as with the sum of two tensors or a tensor that is rounded, not with the sum
/// of a tensor and a row.
bool readsMore(linalg::GenericOp op) {
  auto bits = [](Value value) -> int64_t {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    return type && type.hasStaticShape() && type.getElementType().isIntOrFloat()
               ? type.getNumElements() * type.getElementTypeBitWidth()
               : 1;
  };
  int64_t inputs = 0;
  for (Value input : op.getInputs()) {
    inputs += bits(input);
  }
  return inputs > bits(op->getResult(0)) * 3 / 2;
}

/// Whether the two hold small floats in different ways: as what they are, to be
/// moved, and as numbers, to be calculated with.
bool differInSmallFloats(linalg::GenericOp a, linalg::GenericOp b) {
  auto differ = [](Block &moving, Block &computing) {
    return xpu::movesSmallFloats(moving) && xpu::computesSmallFloats(computing);
  };
  return differ(*a.getBlock(), *b.getBlock()) ||
         differ(*b.getBlock(), *a.getBlock());
}

bool shouldFuse(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!producer || !consumer || readsByIndex(producer) ||
      readsByIndex(consumer) || succeeded(xpu::matchContraction(consumer)) ||
      producer.getNumReductionLoops() != 0 || producer->getNumResults() != 1) {
    return false;
  }
  if (differInSmallFloats(producer, consumer)) {
    return false;
  }
  // Work is not repeated: neither for several readers nor inside a broadcast.
  if (!producer->getResult(0).hasOneUse()) {
    bool cheap = countBodyOps(producer) <= 1 && !readsMore(producer);
    if (!cheap) {
      return false;
    }
  }
  // A product of scales takes an input instead of two.
  if (!consumer.getMatchingIndexingMap(operand).isPermutation() &&
      (countBodyOps(producer) > 2 || readsMore(producer) ||
       xpu::countStreams(producer) > 1)) {
    return false;
  }
  auto isQuantised = [](Value value) {
    return getElementTypeOrSelf(value.getType()).isInteger(8);
  };
  unsigned most =
      isQuantised(operand->get()) || isQuantised(consumer.getDpsInits()[0])
          ? kMaxQuantisedOps
          : kMaxBodyOps;
  return xpu::countStreams(producer) + xpu::countStreams(consumer) - 1 <=
             xpu::isa::kNumVpuInputs &&
         countBodyOps(producer) + countBodyOps(consumer) <= most;
}

/// Work of the vector unit takes the shape of what it reads: rows of a matrix
/// product stay rows, and nothing is between the two.
bool shouldCollapse(OpOperand *operand) {
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  return consumer && !readsByIndex(consumer) && !consumer.hasIndexSemantics() &&
         failed(xpu::matchContraction(consumer));
}

/// A reduction whose terms have folded to nothing, such as products with zero:
/// the result is what it starts from.
struct DropEmptyReduction final : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || op.getNumReductionLoops() == 0 ||
        !llvm::equal(op.getBlock()->getTerminator()->getOperands(),
                     op.getRegionOutputArgs())) {
      return failure();
    }
    rewriter.replaceOp(op, op.getDpsInits());
    return success();
  }
};

/// Fused with a body that reads nothing, a reduction keeps that body's result,
/// which nobody uses, as nothing else says how far its loops go. An input that
/// is not read says so, too.
struct DropUnusedResult final : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (op->getNumResults() != 2 || !op.hasPureTensorSemantics() ||
        !op->getResult(0).use_empty()) {
      return failure();
    }
    // The first output is behind the last input already, and the producer,
    // which has no reduction, only read what was in it before.
    SmallVector<Value> inputs(op.getInputs());
    inputs.push_back(op.getOutputs()[0]);
    auto single = linalg::GenericOp::create(
        rewriter, op.getLoc(), op->getResultTypes()[1], inputs,
        op.getOutputs()[1], op.getIndexingMapsArray(),
        op.getIteratorTypesArray());
    rewriter.inlineRegionBefore(op.getRegion(), single.getRegion(),
                                single.getRegion().begin());
    Operation *end = single.getBlock()->getTerminator();
    rewriter.modifyOpInPlace(end, [&] { end->eraseOperand(0); });
    rewriter.replaceAllUsesWith(op->getResult(1), single.getResult(0));
    rewriter.eraseOp(op);
    return success();
  }
};

/// The 16-bit floats that `value` is, widened by an operation of its own and
/// seen in another shape or in part, so seen.
Value narrowSource(OpBuilder &builder, Value value) {
  auto expand = value.getDefiningOp<tensor::ExpandShapeOp>();
  auto slice = value.getDefiningOp<tensor::ExtractSliceOp>();
  linalg::GenericOp widen;
  if (expand || slice) {
    Value whole = expand ? expand.getSrc() : slice.getSource();
    widen = whole.getDefiningOp<linalg::GenericOp>();
  }
  if (!widen || widen.getNumReductionLoops() != 0 ||
      widen.getNumDpsInputs() != 1 || widen.getNumDpsInits() != 1 ||
      !llvm::all_of(widen.getIndexingMapsArray(),
                    [](AffineMap map) { return map.isIdentity(); })) {
    return {};
  }
  auto cast = widen.getBlock()
                  ->getTerminator()
                  ->getOperand(0)
                  .getDefiningOp<arith::ExtFOp>();
  auto type = dyn_cast<RankedTensorType>(widen.getInputs()[0].getType());
  if (!cast || cast.getIn() != widen.getBlock()->getArgument(0) || !type ||
      !(type.getElementType().isBF16() || type.getElementType().isF16())) {
    return {};
  }
  if (slice) {
    return tensor::ExtractSliceOp::create(
        builder, slice.getLoc(),
        slice.getResultType().clone(type.getElementType()),
        widen.getInputs()[0], slice.getMixedOffsets(), slice.getMixedSizes(),
        slice.getMixedStrides());
  }
  return tensor::ExpandShapeOp::create(
      builder, expand.getLoc(),
      expand.getResultType().clone(type.getElementType()), widen.getInputs()[0],
      expand.getReassociationIndices(), expand.getMixedOutputShape());
}

/// Reads floats of 16 bits as they are, however many others read them, rather
/// than twice as many bytes that an operation before has written: a load
/// widens them. Where no shape changes in between, plain fusion does it.
struct ReadNarrow final : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || readsByIndex(op) ||
        succeeded(xpu::matchContraction(op))) {
      return failure();
    }
    for (OpOperand *input : op.getDpsInputOperands()) {
      BlockArgument wide = op.getMatchingBlockArgument(input);
      if (wide.use_empty()) {
        continue;
      }
      Value narrow = narrowSource(rewriter, input->get());
      if (!narrow) {
        continue;
      }
      rewriter.modifyOpInPlace(op, [&] {
        Type type = wide.getType();
        input->set(narrow);
        wide.setType(getElementTypeOrSelf(narrow));
        OpBuilder body = OpBuilder::atBlockBegin(op.getBlock());
        auto widened = arith::ExtFOp::create(body, op.getLoc(), type, wide);
        wide.replaceAllUsesExcept(widened, widened);
      });
      return success();
    }
    return failure();
  }
};

struct FuseElementwisePass final
    : xpu::impl::FuseElementwisePassBase<FuseElementwisePass> {
  using Base::Base;

  void runOnOperation() override {
    // Operations with too many inputs or too long a body are cut into
    // single-operation ones and fused again within the limit.
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::GenericOp> reductions;
    getOperation().walk([&](linalg::GenericOp op) {
      if (op.getNumReductionLoops() != 0 && !readsByIndex(op) &&
          (xpu::countStreams(op) > xpu::isa::kNumVpuInputs || isTooLong(op))) {
        reductions.push_back(op);
      }
    });
    for (linalg::GenericOp op : reductions) {
      if (failed(xpu::splitReduction(rewriter, op))) {
        op.emitError("unsupported: a reduction of this form with more inputs "
                     "than the vector "
                     "unit has streams");
        return signalPassFailure();
      }
    }
    SmallVector<Operation *> wide;
    getOperation().walk([&](linalg::GenericOp op) {
      if (op.getNumReductionLoops() == 0 && !readsByIndex(op) &&
          (xpu::countStreams(op) > xpu::isa::kNumVpuInputs || isTooLong(op))) {
        wide.push_back(op);
      }
    });
    if (!wide.empty()) {
      RewritePatternSet split(&getContext());
      linalg::populateDecomposeLinalgOpsPattern(split);
      GreedyRewriteConfig config;
      config.setStrictness(GreedyRewriteStrictness::ExistingAndNewOps);
      if (failed(applyOpPatternsGreedily(wide, std::move(split), config))) {
        return signalPassFailure();
      }
    }
    RewritePatternSet patterns(&getContext());
    linalg::populateElementwiseOpsFusionPatterns(patterns, shouldFuse);
    linalg::populateFoldReshapeOpsByCollapsingPatterns(patterns,
                                                       shouldCollapse);
    // A reshape of what a reduction starts from moves before the fill.
    linalg::FillOp::getCanonicalizationPatterns(patterns, &getContext());
    linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
    linalg::GenericOp::getCanonicalizationPatterns(patterns, &getContext());
    xpu::populateReductionBodyPatterns(patterns);
    xpu::populatePaddedOperandPatterns(patterns);
    xpu::populateQuantisationPatterns(patterns);
    patterns.add<DropEmptyReduction, DropUnusedResult, ReadNarrow>(
        &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns)))) {
      return signalPassFailure();
    }
    // Bodies that were fused may do the same twice; a difference of the two is
    // nothing then.
    DominanceInfo dominance(getOperation());
    getOperation().walk([&](linalg::GenericOp op) {
      eliminateCommonSubExpressions(rewriter, dominance, op);
    });
    RewritePatternSet empty(&getContext());
    empty.add<DropEmptyReduction>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(empty)))) {
      return signalPassFailure();
    }
  }
};

} // namespace
