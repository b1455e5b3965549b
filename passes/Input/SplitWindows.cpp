//===- SplitWindows.cpp - Windows, one dimension at a time ----------------===//

#include "passes/Input/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/Reduction.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_SPLITWINDOWSPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

/// A subscript `position · step + window · pace`.
struct Window {
  unsigned subscript = 0;
  unsigned position = 0, window = 0; ///< Loops.
  int64_t step = 0, pace = 0;
};

/// The extremes of windows of one input.
struct Extremes {
  linalg::GenericOp op;
  OpOperand *input = nullptr;
  SmallVector<Window> windows; ///< Longer than one, the outermost first.
  /// Of the input; what is wider in the result is exactly such an element.
  Type element;
};

/// Extremes do not depend on their order, as sums of floats do.
bool isExtreme(Operation *combiner) {
  return isa<arith::MaximumFOp, arith::MinimumFOp, arith::MaxSIOp,
             arith::MaxUIOp, arith::MinSIOp>(combiner);
}

FailureOr<Extremes> matchExtremes(linalg::GenericOp op) {
  FailureOr<xpu::Reduction> reduction = xpu::matchReduction(op);
  if (failed(reduction) || !op.hasPureTensorSemantics() ||
      !isExtreme(reduction->combiner) ||
      llvm::any_of(op.getStaticLoopRanges(), ShapedType::isDynamic)) {
    return failure();
  }
  Value element = reduction->element;
  if (auto wide = element.getDefiningOp<arith::ExtFOp>();
      wide &&
      (wide.getIn().getType().isBF16() || wide.getIn().getType().isF16())) {
    element = wide.getIn();
  }
  auto argument = dyn_cast<BlockArgument>(element);
  if (!argument || argument.getOwner() != op.getBody() ||
      argument.getArgNumber() >= op.getNumDpsInputs()) {
    return failure();
  }
  Extremes extremes{op, op.getDpsInputOperand(argument.getArgNumber()), {}, {}};
  extremes.element = element.getType();
  // Others give windows their sizes.
  for (OpOperand *other : op.getDpsInputOperands()) {
    if (other != extremes.input && op.payloadUsesValueFromOperand(other)) {
      return failure();
    }
  }
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  AffineMap map = op.getMatchingIndexingMap(extremes.input);
  AffineMap outMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!outMap.isProjectedPermutation()) {
    return failure();
  }
  llvm::SmallDenseSet<unsigned> seen;
  for (auto [subscript, expr] : llvm::enumerate(map.getResults())) {
    int64_t constant = 0;
    auto coefficients = xpu::getCoefficients(expr, map.getNumDims(), constant);
    if (failed(coefficients) || constant != 0) {
      return failure();
    }
    Window found;
    found.subscript = subscript;
    unsigned positions = 0, windows = 0;
    for (auto [loop, coefficient] : llvm::enumerate(*coefficients)) {
      if (coefficient == 0) {
        continue;
      }
      if (coefficient < 0 || !seen.insert(loop).second) {
        return failure();
      }
      bool isWindow = iterators[loop] == utils::IteratorType::reduction;
      ++(isWindow ? windows : positions);
      (isWindow ? found.window : found.position) = loop;
      (isWindow ? found.pace : found.step) = coefficient;
    }
    if (positions > 1 || windows > 1) {
      return failure();
    }
    if (positions == 1 && windows == 1 && ranges[found.window] > 1) {
      extremes.windows.push_back(found);
    }
  }
  int64_t elements = 1;
  for (const Window &window : extremes.windows) {
    elements *= ranges[window.window];
  }
  // Fewer are inputs of one command each.
  if (extremes.windows.size() < 2 ||
      elements <= int64_t(xpu::isa::kNumVpuInputs)) {
    return failure();
  }
  return extremes;
}

/// The extremes over some loops of an operation on `input`, whose subscripts
/// are `subscripts`; loops are numbered as in `extremes`, and those that it
/// does not use go away.
Value emitExtremes(OpBuilder &builder, Extremes &extremes, Value input,
                   ArrayRef<AffineExpr> subscripts,
                   ArrayRef<unsigned> resultLoops, ArrayRef<int64_t> ranges,
                   ArrayRef<unsigned> windowLoops) {
  Location loc = extremes.op.getLoc();
  MLIRContext *context = builder.getContext();
  const unsigned all = ranges.size();
  // Loops in their order, without gaps.
  SmallVector<AffineExpr> renumbered(all, builder.getAffineConstantExpr(0));
  SmallVector<utils::IteratorType> iterators;
  for (unsigned loop = 0; loop < all; ++loop) {
    bool isWindow = llvm::is_contained(windowLoops, loop);
    if (isWindow || llvm::is_contained(resultLoops, loop)) {
      renumbered[loop] = builder.getAffineDimExpr(iterators.size());
      iterators.push_back(isWindow ? utils::IteratorType::reduction
                                   : utils::IteratorType::parallel);
    }
  }
  auto makeMap = [&](ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(all, 0, exprs, context)
        .replaceDimsAndSymbols(renumbered, {}, iterators.size(), 0);
  };
  auto shapeOf = [&](ArrayRef<unsigned> loops) {
    return llvm::map_to_vector(loops,
                               [&](unsigned loop) { return ranges[loop]; });
  };
  auto exprsOf = [&](ArrayRef<unsigned> loops) {
    return llvm::map_to_vector(loops, [&](unsigned loop) -> AffineExpr {
      return builder.getAffineDimExpr(loop);
    });
  };
  Operation *combiner = xpu::matchReduction(extremes.op)->combiner;
  // Of the type of the input.
  Value empty = tensor::EmptyOp::create(builder, loc, shapeOf(resultLoops),
                                        extremes.element);
  TypedAttr neutral = xpu::getNeutralElement(combiner);
  if (auto number = dyn_cast<FloatAttr>(neutral)) {
    neutral = builder.getFloatAttr(extremes.element, number.getValueAsDouble());
  }
  Value start = arith::ConstantOp::create(builder, loc, neutral);
  Value filled =
      linalg::FillOp::create(builder, loc, start, empty).getResult(0);
  Value window = tensor::EmptyOp::create(builder, loc, shapeOf(windowLoops),
                                         extremes.element);
  return linalg::GenericOp::create(
             builder, loc, filled.getType(), ValueRange{input, window},
             ValueRange{filled},
             ArrayRef<AffineMap>{makeMap(subscripts),
                                 makeMap(exprsOf(windowLoops)),
                                 makeMap(exprsOf(resultLoops))},
             iterators,
             [&](OpBuilder &inner, Location where, ValueRange args) {
               Operation *combined =
                   inner.create(where, combiner->getName().getIdentifier(),
                                ValueRange{args[2], args[0]}, extremes.element);
               linalg::YieldOp::create(inner, where, combined->getResult(0));
             })
      .getResult(0);
}

/// Whether a reduction starts from what does not change its result.
bool startsNeutral(linalg::GenericOp op) {
  auto fill = op.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
  Attribute start;
  return fill && matchPattern(fill.getInputs()[0], m_Constant(&start)) &&
         start == xpu::getNeutralElement(xpu::matchReduction(op)->combiner);
}

/// Takes the outermost windows first: rows stay long.
void split(RewriterBase &rewriter, Extremes &extremes) {
  linalg::GenericOp op = extremes.op;
  rewriter.setInsertionPoint(op);
  AffineMap map = op.getMatchingIndexingMap(extremes.input);
  AffineMap outMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  SmallVector<AffineExpr> subscripts(map.getResults());
  SmallVector<unsigned> windowLoops, resultLoops;
  for (auto [loop, iterator] : llvm::enumerate(op.getIteratorTypesArray())) {
    if (iterator == utils::IteratorType::reduction) {
      windowLoops.push_back(loop);
    }
  }
  for (unsigned i = 0; i < outMap.getNumResults(); ++i) {
    resultLoops.push_back(outMap.getDimPosition(i));
  }
  Value value = extremes.input->get();
  for (const Window &window : ArrayRef(extremes.windows).drop_back()) {
    // A loop for each dimension of what is read, and one over the window.
    auto type = cast<RankedTensorType>(value.getType());
    const unsigned rank = type.getRank();
    SmallVector<int64_t> sizes(type.getShape());
    sizes[window.subscript] = ranges[window.position];
    SmallVector<AffineExpr> read;
    for (unsigned i = 0; i < rank; ++i) {
      AffineExpr at = rewriter.getAffineDimExpr(i);
      read.push_back(i == window.subscript
                         ? at * window.step +
                               rewriter.getAffineDimExpr(rank) * window.pace
                         : at);
    }
    auto dims = llvm::to_vector(llvm::seq<unsigned>(0, rank));
    sizes.push_back(ranges[window.window]);
    value = emitExtremes(rewriter, extremes, value, read, dims, sizes, {rank});
    subscripts[window.subscript] = rewriter.getAffineDimExpr(window.position);
    llvm::erase(windowLoops, window.window);
  }
  value = emitExtremes(rewriter, extremes, value, subscripts, resultLoops,
                       ranges, windowLoops);
  // Extremes of narrow floats are such floats.
  auto type = cast<RankedTensorType>(op.getResult(0).getType());
  if (type.getElementType() != extremes.element) {
    Value empty = tensor::EmptyOp::create(
        rewriter, op.getLoc(), type.getShape(), type.getElementType());
    AffineMap identity = rewriter.getMultiDimIdentityMap(type.getRank());
    SmallVector<utils::IteratorType> parallel(type.getRank(),
                                              utils::IteratorType::parallel);
    value = linalg::GenericOp::create(
                rewriter, op.getLoc(), type, value, empty,
                ArrayRef<AffineMap>{identity, identity}, parallel,
                [&](OpBuilder &builder, Location where, ValueRange args) {
                  Value wide = arith::ExtFOp::create(
                      builder, where, type.getElementType(), args[0]);
                  linalg::YieldOp::create(builder, where, wide);
                })
                .getResult(0);
  }
  rewriter.replaceOp(op, value);
}

struct SplitWindowsPass final
    : xpu::impl::SplitWindowsPassBase<SplitWindowsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<Extremes> found;
    getOperation().walk([&](linalg::GenericOp op) {
      FailureOr<Extremes> extremes = matchExtremes(op);
      if (succeeded(extremes) && startsNeutral(op)) {
        found.push_back(*extremes);
      }
    });
    IRRewriter rewriter(&getContext());
    for (Extremes &extremes : found) {
      split(rewriter, extremes);
    }
  }
};

} // namespace
