//===- FuseAttention.cpp - Attention that is spelled out ------------------===//
//
// From the second product back: weights = exp(score - top) / sum, and the
// scores from the first product by elementwise work.
//
//===----------------------------------------------------------------------===//

#include "passes/Input/Passes.h"

#include "dialects/Model/IR/Model.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/RegionUtils.h"
#include "passes/Analysis/AttentionPlan.h"
#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Analysis/Reduction.h"
#include "passes/Analysis/ScoreBody.h"
#include "passes/Analysis/ScratchpadRegions.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_FUSEATTENTIONPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

/// Behind conversions between floats: sums and exponentials are f32.
Value stripCasts(Value value) {
  while (Operation *def = value.getDefiningOp()) {
    if (!llvm::isa<arith::ExtFOp, arith::TruncFOp>(def)) {
      break;
    }
    value = def->getOperand(0);
  }
  return value;
}

Value getYielded(linalg::GenericOp op) {
  return op.getBody()->getTerminator()->getOperand(0);
}

bool isMinusInfinity(Value value) {
  APFloat number(0.0f);
  return matchPattern(value, m_ConstantFloat(&number)) && number.isInfinity() &&
         number.isNegative();
}

bool isZero(Value value) { return matchPattern(value, m_AnyZeroFloat()); }

/// `select(x == number, 0, result)`, as a guard of rows without keys; `value`
/// becomes `result`.
bool skipGuard(Value &value, Value x, bool (*isNumber)(Value)) {
  auto select = value.getDefiningOp<arith::SelectOp>();
  if (!select || !isZero(select.getTrueValue())) {
    return false;
  }
  auto compare = select.getCondition().getDefiningOp<arith::CmpFOp>();
  if (!compare || compare.getPredicate() != arith::CmpFPredicate::OEQ ||
      stripCasts(compare.getLhs()) != x || !isNumber(compare.getRhs())) {
    return false;
  }
  value = select.getFalseValue();
  return true;
}

/// The generic operation that makes `value`, if it has one result that is
/// written in the order of its loops, of which none is a reduction.
linalg::GenericOp getElementwise(Value value) {
  auto op = value.getDefiningOp<linalg::GenericOp>();
  if (!op || op.getNumDpsInits() != 1 || op.getNumReductionLoops() != 0 ||
      !op.getIndexingMapsArray().back().isIdentity() ||
      op.payloadUsesValueFromOperand(op.getDpsInitOperand(0))) {
    return nullptr;
  }
  return op;
}

/// Attention as a chain of operations.
struct Chain {
  linalg::GenericOp scores;            ///< The product of queries and keys.
  SmallVector<linalg::GenericOp> work; ///< From it to the scores, in order.
  /// The operand of each of `work` with what the one before made.
  SmallVector<unsigned> mainOperands;
  linalg::GenericOp values; ///< The product of weights and values.
  bool isGuarded = false;
};

class Matcher {
public:
  explicit Matcher(linalg::GenericOp values) { chain.values = values; }

  FailureOr<Chain> run() {
    linalg::GenericOp values = chain.values;
    FailureOr<xpu::ContractionDims> dims = xpu::matchFloatContraction(values);
    if (failed(dims) || dims->k.size() != 1 || dims->n.size() != 1 ||
        dims->m.empty() ||
        !values.getIndexingMapsArray()[0].isProjectedPermutation() ||
        !startsFromZero(values)) {
      return failure();
    }
    auto divide = getElementwise(values.getDpsInputs()[0]);
    if (!divide || !divide->hasOneUse() || !matchDivide(divide)) {
      return failure();
    }
    unsigned keyDim = 0;
    AffineMap map = values.getIndexingMapsArray()[0];
    for (unsigned i = 0; i < map.getNumResults(); ++i) {
      keyDim = map.getDimPosition(i) == dims->k[0] ? i : keyDim;
    }
    if (!matchSoftmax(keyDim) || !matchWork()) {
      return failure();
    }
    return chain;
  }

private:
  static bool startsFromZero(linalg::GenericOp op) {
    auto fill = op.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
    return fill && isZero(fill.getInputs()[0]);
  }

  /// weights = numerator / sum, rounded or not.
  bool matchDivide(linalg::GenericOp op) {
    Value value = stripCasts(getYielded(op));
    Block *body = op.getBody();
    if (op.getNumDpsInputs() != 2) {
      return false;
    }
    chain.isGuarded = skipGuard(value, body->getArgument(1), isZero);
    auto divide = stripCasts(value).getDefiningOp<arith::DivFOp>();
    if (!divide || stripCasts(divide.getLhs()) != body->getArgument(0) ||
        stripCasts(divide.getRhs()) != body->getArgument(1) ||
        !op.getIndexingMapsArray()[0].isIdentity()) {
      return false;
    }
    numerator = getElementwise(op.getDpsInputs()[0]);
    sum = op.getDpsInputs()[1];
    rowMap = op.getIndexingMapsArray()[1];
    return numerator != nullptr;
  }

  /// The source of `value` reduced by `combiner` over `keyDim`, as rows are
  /// read; null if it is no such thing.
  template <typename Combiner> Value getReduced(Value value, unsigned keyDim) {
    AffineMap map = rowMap;
    // A dimension of size 1 in place of the keys.
    if (auto expand = value.getDefiningOp<tensor::ExpandShapeOp>()) {
      value = expand.getSrc();
      SmallVector<AffineExpr> kept;
      for (const ReassociationIndices &group :
           expand.getReassociationIndices()) {
        AffineExpr found = nullptr;
        for (int64_t i : group) {
          bool isUnit = expand.getResultType().getDimSize(i) == 1;
          if (!found || !isUnit) {
            found = map.getResult(i);
          }
        }
        kept.push_back(found);
      }
      map = AffineMap::get(map.getNumDims(), 0, kept, map.getContext());
    }
    auto op = value.getDefiningOp<linalg::GenericOp>();
    if (!op || op.getNumReductionLoops() != 1 || op.getNumDpsInputs() != 1 ||
        op.getNumDpsInits() != 1 ||
        !op.getIndexingMapsArray()[0].isIdentity() ||
        op.getIteratorTypesArray()[keyDim] != utils::IteratorType::reduction) {
      return nullptr;
    }
    // Rows of the result are those of the scores; dimensions of size 1 are the
    // same wherever they are read.
    AffineMap out = op.getIndexingMapsArray()[1];
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    if (out.getNumResults() != map.getNumResults()) {
      return nullptr;
    }
    for (auto [a, b] : llvm::zip(out.getResults(), map.getResults())) {
      auto dim = dyn_cast<AffineDimExpr>(a);
      if (!dim || (a != b && ranges[dim.getPosition()] != 1)) {
        return nullptr;
      }
    }
    FailureOr<xpu::Reduction> reduction = xpu::matchReduction(op);
    if (failed(reduction) || !llvm::isa<Combiner>(reduction->combiner) ||
        stripCasts(reduction->element) != op.getBody()->getArgument(0)) {
      return nullptr;
    }
    return op.getDpsInputs()[0];
  }

  bool matchSoftmax(unsigned keyDim) {
    Value sums = getReduced<arith::AddFOp>(sum, keyDim);
    if (sums != numerator.getResult(0) || !hasUses(numerator.getResult(0), 2) ||
        numerator.getNumDpsInputs() != 2 ||
        !numerator.getIndexingMapsArray()[0].isIdentity()) {
      return false;
    }
    Block *body = numerator.getBody();
    Value value = stripCasts(getYielded(numerator));
    skipGuard(value, body->getArgument(0), isMinusInfinity);
    auto exp = stripCasts(value).getDefiningOp<math::ExpOp>();
    auto difference =
        exp ? stripCasts(exp.getOperand()).getDefiningOp<arith::SubFOp>()
            : nullptr;
    if (!difference ||
        stripCasts(difference.getLhs()) != body->getArgument(0) ||
        stripCasts(difference.getRhs()) != body->getArgument(1)) {
      return false;
    }
    score = numerator.getDpsInputs()[0];
    rowMap = numerator.getIndexingMapsArray()[1];
    Value top =
        getReduced<arith::MaximumFOp>(numerator.getDpsInputs()[1], keyDim);
    return top == score && hasUses(score, 2);
  }

  static bool hasUses(Value value, int64_t count) {
    return std::distance(value.use_begin(), value.use_end()) == count;
  }

  bool matchWork() {
    Value value = score;
    bool isFirst = true;
    while (true) {
      auto op = value.getDefiningOp<linalg::GenericOp>();
      if (!op || (!isFirst && !hasUses(value, 1))) {
        return false;
      }
      if (succeeded(xpu::matchFloatContraction(op)) &&
          getElementTypeOrSelf(value.getType()).isF32()) {
        chain.scores = op;
        std::reverse(chain.work.begin(), chain.work.end());
        std::reverse(chain.mainOperands.begin(), chain.mainOperands.end());
        return startsFromZero(op);
      }
      isFirst = false;
      if (!getElementwise(value) || readsTables(op)) {
        return false;
      }
      std::optional<unsigned> main;
      for (OpOperand *input : op.getDpsInputOperands()) {
        auto def = input->get().getDefiningOp<linalg::GenericOp>();
        if (op.getMatchingIndexingMap(input).isIdentity() && def &&
            leadsToProduct(input->get())) {
          if (main) {
            return false;
          }
          main = input->getOperandNumber();
        } else if (!op.getMatchingIndexingMap(input).isProjectedPermutation() ||
                   !llvm::isa<RankedTensorType>(input->get().getType())) {
          return false;
        }
      }
      if (!main) {
        return false;
      }
      chain.work.push_back(op);
      chain.mainOperands.push_back(*main);
      value = op.getDpsInputs()[*main];
    }
  }

  static bool readsTables(linalg::GenericOp op) {
    return llvm::any_of(op.getBody()->without_terminator(), [](Operation &in) {
      return llvm::isa<tensor::ExtractOp>(in);
    });
  }

  /// Whether elementwise work on a product makes it.
  static bool leadsToProduct(Value value) {
    while (auto op = value.getDefiningOp<linalg::GenericOp>()) {
      if (succeeded(xpu::matchFloatContraction(op))) {
        return true;
      }
      if (!getElementwise(value) || op.getNumDpsInputs() == 0) {
        return false;
      }
      Value next;
      for (OpOperand *input : op.getDpsInputOperands()) {
        if (op.getMatchingIndexingMap(input).isIdentity() &&
            input->get().getDefiningOp<linalg::GenericOp>()) {
          next = input->get();
          break;
        }
      }
      if (!next) {
        return false;
      }
      value = next;
    }
    return false;
  }

  Chain chain;
  linalg::GenericOp numerator;
  Value sum, score;
  AffineMap rowMap; ///< How the divisor, or the largest score, is read.
};

/// Makes the operation of a chain.
class Builder {
public:
  Builder(RewriterBase &rewriter, Chain &chain)
      : rewriter(rewriter), chain(chain), context(rewriter.getContext()) {}

  /// `isNarrow`: operands of f32 are going to be of 16 bits.
  LogicalResult run(const acc::Target &target, bool isNarrow) {
    if (!findLoops()) {
      return failure();
    }
    // Streams of the vector unit: products, other tensors, counters.
    llvm::SmallDenseSet<unsigned> counted;
    size_t streams = 1;
    for (linalg::GenericOp op : chain.work) {
      streams += op.getNumDpsInputs() - 1;
      op.getBody()->walk(
          [&](linalg::IndexOp index) { counted.insert(index.getDim()); });
    }
    if (streams + counted.size() > xpu::isa::kNumVpuInputs) {
      return failure();
    }
    linalg::GenericOp values = chain.values;
    rewriter.setInsertionPoint(values);
    SmallVector<AffineMap> maps;
    maps.push_back(mapOf(chain.scores, 0, scoreLoops));
    maps.push_back(mapOf(chain.scores, 1, scoreLoops));
    maps.push_back(mapOf(values, 1, valueLoops));
    SmallVector<Value> others;
    for (auto [op, main] : llvm::zip(chain.work, chain.mainOperands)) {
      for (OpOperand *input : op.getDpsInputOperands()) {
        if (input->getOperandNumber() != main) {
          others.push_back(input->get());
          maps.push_back(mapOf(op, input->getOperandNumber(),
                               ArrayRef(scoreLoops).take_front(rank)));
        }
      }
    }
    maps.push_back(mapOf(values, 2, valueLoops));
    // The zeros that the product starts from are not read.
    auto fill = values.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
    auto attention = acc::model::AttentionOp::create(
        rewriter, values.getLoc(), values.getResultTypes(),
        chain.scores.getDpsInputs()[0], chain.scores.getDpsInputs()[1],
        values.getDpsInputs()[1], others, fill.getDpsInits()[0], batch.size(),
        rows.size(), rewriter.getAffineMapArrayAttr(maps), chain.isGuarded);
    fillRegion(attention);
    // Residents take half of the scratchpad at most, and long programs are
    // those of large operations, which share it with few.
    xpu::ScoreBody body(attention);
    xpu::AttentionShape shape = xpu::getAttentionShape(attention, body);
    if (isNarrow) {
      shape.narrow();
    }
    if (failed(xpu::planAttention(shape, target, target.spm.banks / 2,
                                  /*limitsProgram=*/false)) ||
        failed(xpu::planAttention(shape, target, target.spm.banks,
                                  /*limitsProgram=*/true))) {
      rewriter.eraseOp(attention);
      return failure();
    }
    rewriter.replaceOp(values, attention.getResults());
    return success();
  }

private:
  /// Numbers the loops of both products alike.
  bool findLoops() {
    FailureOr<xpu::ContractionDims> scoreDims =
        xpu::matchFloatContraction(chain.scores);
    FailureOr<xpu::ContractionDims> valueDims =
        xpu::matchFloatContraction(chain.values);
    AffineMap scoreOut = chain.scores.getIndexingMapsArray()[2];
    AffineMap weights = chain.values.getIndexingMapsArray()[0];
    // An operand may leave loops of size 1 out, which are then of the other.
    SmallVector<int64_t> scoreRanges = chain.scores.getStaticLoopRanges();
    SmallVector<unsigned> keyLoops = scoreDims->n;
    llvm::erase_if(keyLoops, [&](unsigned s) {
      return scoreRanges[s] == 1 && scoreDims->n.size() > 1;
    });
    if (scoreDims->k.size() != 1 || keyLoops.size() != 1 ||
        !llvm::all_of(chain.scores.getIndexingMapsArray(),
                      [](AffineMap m) { return m.isProjectedPermutation(); }) ||
        !llvm::all_of(chain.values.getIndexingMapsArray(),
                      [](AffineMap m) { return m.isProjectedPermutation(); }) ||
        scoreOut.getNumResults() != weights.getNumResults()) {
      return false;
    }
    rank = weights.getNumResults();
    // What each dimension of the scores is.
    SmallVector<unsigned> dims;
    std::optional<unsigned> key;
    for (unsigned i = 0; i < rank; ++i) {
      unsigned s = scoreOut.getDimPosition(i), v = weights.getDimPosition(i);
      bool isKey = s == keyLoops[0];
      if (isKey != (v == valueDims->k[0])) {
        return false;
      }
      if (isKey) {
        key = i;
      } else if ((llvm::is_contained(scoreDims->batch, s) ||
                  scoreRanges[s] == 1) &&
                 llvm::is_contained(valueDims->batch, v)) {
        batch.push_back(i);
      } else if (llvm::is_contained(scoreDims->m, s) &&
                 llvm::is_contained(valueDims->m, v)) {
        rows.push_back(i);
      } else {
        return false;
      }
    }
    if (!key || rows.empty()) {
      return false;
    }
    order = batch;
    llvm::append_range(order, rows);
    order.push_back(*key);
    scoreLoops.assign(chain.scores.getNumLoops(), 0);
    valueLoops.assign(chain.values.getNumLoops(), 0);
    elementLoops.assign(rank, 0);
    for (auto [loop, dim] : llvm::enumerate(order)) {
      scoreLoops[scoreOut.getDimPosition(dim)] = loop;
      valueLoops[weights.getDimPosition(dim)] = loop;
      elementLoops[dim] = loop;
    }
    scoreLoops[scoreDims->k[0]] = rank;
    valueLoops[valueDims->n[0]] = rank + 1;
    // Elementwise work goes over the dimensions of the scores.
    if (!scoreOut.isIdentity()) {
      AffineMap expected = AffineMap::getMultiDimIdentityMap(
          chain.scores.getNumLoops(), context);
      if (scoreOut != expected.getMajorSubMap(rank)) {
        return false;
      }
    }
    return true;
  }

  AffineMap mapOf(linalg::GenericOp op, unsigned operand,
                  ArrayRef<unsigned> loops) {
    SmallVector<AffineExpr> exprs;
    for (AffineExpr expr : op.getIndexingMapsArray()[operand].getResults()) {
      exprs.push_back(getAffineDimExpr(
          loops[cast<AffineDimExpr>(expr).getPosition()], context));
    }
    return AffineMap::get(rank + 2, 0, exprs, context);
  }

  void fillRegion(acc::model::AttentionOp attention) {
    Location loc = attention.getLoc();
    Block *body = rewriter.createBlock(&attention.getScore());
    Value value = body->addArgument(rewriter.getF32Type(), loc);
    for (Value other : attention.getOthers()) {
      body->addArgument(getElementTypeOrSelf(other.getType()), loc);
    }
    for (unsigned i = 0; i < rank; ++i) {
      body->addArgument(rewriter.getIndexType(), loc);
    }
    unsigned other = 1;
    unsigned counters = 1 + attention.getOthers().size();
    for (auto [op, main] : llvm::zip(chain.work, chain.mainOperands)) {
      IRMapping mapping;
      for (OpOperand *input : op.getDpsInputOperands()) {
        mapping.map(op.getMatchingBlockArgument(input),
                    input->getOperandNumber() == main
                        ? value
                        : body->getArgument(other++));
      }
      for (Operation &inner : op.getBody()->without_terminator()) {
        if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
          mapping.map(
              index.getResult(),
              body->getArgument(counters + elementLoops[index.getDim()]));
        } else {
          rewriter.clone(inner, mapping);
        }
      }
      value = mapping.lookupOrDefault(getYielded(op));
    }
    if (!value.getType().isF32()) {
      value =
          arith::ExtFOp::create(rewriter, loc, rewriter.getF32Type(), value);
    }
    acc::model::YieldOp::create(rewriter, loc, value);
  }

  RewriterBase &rewriter;
  Chain &chain;
  MLIRContext *context;
  unsigned rank = 0;
  /// Dimensions of the scores, by what they are, and all in the order of loops.
  SmallVector<unsigned> batch, rows, order;
  /// Loops of the operation by those of the products and of elementwise work.
  SmallVector<unsigned> scoreLoops, valueLoops, elementLoops;
};

/// Keys of each query.
int64_t countKeys(Chain &chain) {
  FailureOr<xpu::ContractionDims> dims =
      xpu::matchFloatContraction(chain.values);
  return chain.values.getStaticLoopRanges()[dims->k[0]];
}

struct FuseAttentionPass final
    : xpu::impl::FuseAttentionPassBase<FuseAttentionPass> {
  using Base::Base;

  void runOnOperation() override {
    FailureOr<acc::Target> machine =
        xpu::loadTargetFor(getOperation(), target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    SmallVector<linalg::GenericOp> products;
    getOperation().walk([&](linalg::GenericOp op) { products.push_back(op); });
    IRRewriter rewriter(&getContext());
    for (linalg::GenericOp op : products) {
      FailureOr<Chain> chain = Matcher(op).run();
      if (failed(chain)) {
        continue;
      }
      auto options = remark::RemarkOpts::name("attention").category("xpu-fuse");
      auto scores =
          cast<RankedTensorType>(chain->scores.getResultTypes().front());
      if (!scores.hasStaticShape()) {
        continue;
      }
      // What stays in the scratchpad between operations needs no second look
      // at the values, unless rows are so long that blocks of them are good
      // vectors, too: then overlapping with loads wins.
      int64_t bytes = scores.getNumElements() * 4;
      int64_t room = xpu::ScratchpadRegions::residentRoom(*machine);
      int64_t vector =
          int64_t(machine->vpu.lanes) * int64_t(machine->vpu.chime);
      constexpr int64_t kLongRow = 8; // vectors
      bool areRowsLong =
          bytes > room / 4 && countKeys(*chain) >= kLongRow * vector;
      if (bytes <= room && !areRowsLong && !always) {
        remark::missed(op.getLoc(), options)
            << "attention stays taken apart: its scores fit in the scratchpad"
            << remark::metric("bytes", bytes);
        continue;
      }
      Location loc = op.getLoc();
      if (succeeded(
              Builder(rewriter, *chain).run(*machine, precision != "fp32"))) {
        remark::passed(loc, options)
            << "attention is one operation" << remark::metric("bytes", bytes);
      } else {
        remark::missed(loc, options)
            << "attention stays taken apart: it has no blocks of queries and "
               "keys that fit"
            << remark::metric("bytes", bytes);
      }
    }
    // What made weights of scores is not needed any more.
    (void)runRegionDCE(rewriter, getOperation()->getRegions());
  }
};

} // namespace
