//===- LoopForm.cpp - Loops of an operation that can be divided -----------===//

#include "passes/Partition/LoopForm.h"

#include "dialects/Model/IR/Model.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"
#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/Reduction.h"
#include "passes/Analysis/ScoreBody.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace xpu {

/// Loops that index an operand with others, or twice: parts of them are no
/// parts of it.
static void removeMixed(AffineMap map, llvm::SmallBitVector &loops) {
  llvm::SmallBitVector seen(loops.size());
  for (AffineExpr expr : map.getResults()) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      if (seen[dim.getPosition()]) {
        loops.reset(dim.getPosition());
      }
      seen.set(dim.getPosition());
      continue;
    }
    for (unsigned loop = 0; loop < loops.size(); ++loop) {
      if (expr.isFunctionOfDim(loop)) {
        loops.reset(loop);
      }
    }
  }
}

/// Whether a sum may start from `init` in every slice.
static bool isZeroFill(Value init) {
  while (auto shardOp = init.getDefiningOp<shard::ShardOp>()) {
    init = shardOp.getSrc();
  }
  auto fill = init.getDefiningOp<linalg::FillOp>();
  Attribute start;
  return fill && matchPattern(fill.getInputs()[0], m_Constant(&start)) &&
         isZeroStart(start);
}

/// What the collective network can add up as the body does. A start value that
/// every slice takes must not count several times.
static std::optional<shard::ReductionKind> findReduction(linalg::LinalgOp op) {
  if (isBlockProduct(op)) {
    return isZeroFill(op.getDpsInits()[0])
               ? std::optional(shard::ReductionKind::Sum)
               : std::nullopt;
  }
  FailureOr<Reduction> reduction = matchReduction(op);
  Type type = getElementTypeOrSelf(op->getResult(0).getType());
  if (failed(reduction) ||
      !(type.isF32() || type.isBF16() || type.isF16() || type.isInteger(32))) {
    return std::nullopt;
  }
  using Kind = std::optional<shard::ReductionKind>;
  return llvm::TypeSwitch<Operation *, Kind>(reduction->combiner)
      .Case<arith::AddFOp, arith::AddIOp>([&](auto) {
        return isZeroFill(op.getDpsInits()[0]) ? Kind(shard::ReductionKind::Sum)
                                               : Kind();
      })
      .Case<arith::MaximumFOp, arith::MaxSIOp>(
          [](auto) { return Kind(shard::ReductionKind::Max); })
      .Case<arith::MinimumFOp, arith::MinSIOp>(
          [](auto) { return Kind(shard::ReductionKind::Min); })
      .Default([](Operation *) { return Kind(); });
}

/// Whether the region reads tensors at places that it computes.
static bool hasCapturedTensors(Operation *op) {
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  return llvm::any_of(captured, [](Value value) {
    return llvm::isa<TensorType>(value.getType());
  });
}

/// Whether what lies beyond a loop can be left out of the sums over it.
static bool canMaskSums(linalg::LinalgOp op) {
  if (succeeded(matchContraction(op))) {
    // Blocks have scales, of which none is neutral.
    return !isBlockProduct(op);
  }
  FailureOr<Reduction> reduction = matchReduction(op);
  return succeeded(reduction) && getNeutralElement(reduction->combiner);
}

static std::optional<LoopForm> getLinalgForm(linalg::LinalgOp op) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  if (!op.hasPureTensorSemantics() || op->getNumResults() != 1 ||
      llvm::any_of(ranges, ShapedType::isDynamic)) {
    return std::nullopt;
  }
  LoopForm form;
  form.op = op;
  form.ranges = ranges;
  form.maps = op.getIndexingMapsArray();
  form.divisible.resize(ranges.size(), true);
  op.getBlock()->walk(
      [&](linalg::IndexOp index) { form.divisible.reset(index.getDim()); });
  form.reduction = findReduction(op);
  form.paddable.resize(ranges.size(), !hasCapturedTensors(op));
  for (unsigned loop = 0; loop < ranges.size(); ++loop) {
    if (form.isReduced(loop) && !canMaskSums(op)) {
      form.paddable.reset(loop);
    }
  }
  return form;
}

static std::optional<LoopForm>
getAttentionForm(acc::model::AttentionOp attention) {
  LoopForm form;
  form.op = attention;
  form.ranges = attention.getLoopRanges();
  if (attention->getNumResults() != 1 ||
      llvm::any_of(form.ranges, ShapedType::isDynamic)) {
    return std::nullopt;
  }
  for (unsigned i = 0; i < attention->getNumOperands(); ++i) {
    form.maps.push_back(attention.getMap(i));
  }
  // Each slice has all keys of its queries.
  form.divisible.resize(form.ranges.size(), false);
  form.divisible.set(0, attention.getKeyLoop());
  form.paddable.resize(form.ranges.size(), true);
  llvm::SmallBitVector counted = ScoreBody(attention).countedLoops();
  for (unsigned loop : counted.set_bits()) {
    form.divisible.reset(loop);
  }
  return form;
}

std::optional<LoopForm> getLoopForm(Operation *op) {
  std::optional<LoopForm> form;
  if (auto attention = dyn_cast<acc::model::AttentionOp>(op)) {
    form = getAttentionForm(attention);
  } else if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
    form = getLinalgForm(linalgOp);
  }
  if (!form) {
    return form;
  }
  for (AffineMap map : form->maps) {
    removeMixed(map, form->divisible);
  }
  for (unsigned loop = 0; loop < form->ranges.size(); ++loop) {
    if (form->isReduced(loop) && !form->reduction) {
      form->divisible.reset(loop);
    }
  }
  return form;
}

Division operandDivision(const LoopForm &form, unsigned operand,
                         const LoopCuts &loops) {
  AffineMap map = form.maps[operand];
  Division division(map.getNumResults());
  for (auto [dim, expr] : llvm::enumerate(map.getResults())) {
    if (auto loop = dyn_cast<AffineDimExpr>(expr)) {
      division.dims[dim] = loops[loop.getPosition()];
    }
  }
  return division;
}

Axes reducedAxes(const LoopForm &form, const LoopCuts &loops) {
  Axes axes;
  for (auto [loop, cut] : llvm::enumerate(loops)) {
    if (form.isReduced(loop)) {
      llvm::append_range(axes, cut.axes);
    }
  }
  llvm::sort(axes);
  return axes;
}

SmallVector<Division> listResults(const LoopForm &form, const LoopCuts &loops,
                                  const Grid &grid) {
  Division whole = operandDivision(form, form.maps.size() - 1, loops);
  SmallVector<Division> results = {whole};
  Axes reduced = reducedAxes(form, loops);
  if (reduced.empty()) {
    return results;
  }
  auto type = cast<RankedTensorType>(form.op->getResult(0).getType());
  const int64_t members = grid.count(reduced);
  for (auto [dim, cut] : llvm::enumerate(whole.dims)) {
    const int64_t size = cut.isWhole() ? type.getDimSize(dim) : cut.part;
    // Axes are in order, and members have equal parts of what they add up.
    if ((!cut.isWhole() && cut.axes.back() > reduced.front()) || size == 0 ||
        size % members != 0) {
      continue;
    }
    results.push_back(whole);
    Cut &scattered = results.back().dims[dim];
    scattered.part = size / members;
    llvm::append_range(scattered.axes, reduced);
  }
  return results;
}

std::optional<unsigned> scatteredDim(const LoopForm &form,
                                     const LoopCuts &loops,
                                     const Division &result, const Grid &grid) {
  SmallVector<Division> results = listResults(form, loops, grid);
  for (const Division &scattered : llvm::drop_begin(results)) {
    if (scattered != result) {
      continue;
    }
    for (auto [dim, cut] : llvm::enumerate(result.dims)) {
      if (cut != results.front().dims[dim]) {
        return dim;
      }
    }
  }
  return std::nullopt;
}

bool isPossible(const LoopForm &form, const LoopCuts &loops, const Grid &grid) {
  llvm::SmallDenseSet<int16_t> used;
  for (auto [loop, cut] : llvm::enumerate(loops)) {
    if (cut.isWhole()) {
      continue;
    }
    bool isOnce = llvm::all_of(
        cut.axes, [&](int16_t axis) { return used.insert(axis).second; });
    bool fits = !grid.isPadded(form.ranges[loop], cut) || form.paddable[loop];
    if (!form.divisible[loop] || !isOnce || !fits || form.ranges[loop] <= 1) {
      return false;
    }
  }
  return true;
}

} // namespace xpu
