//===- ScoreBody.cpp - What attention makes of a product ------------------===//

#include "passes/Analysis/ScoreBody.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

#include <functional>

using namespace mlir;

namespace xpu {

/// A number that is linear in the counters of the region.
static bool addLinear(Value value, acc::model::AttentionOp op, int64_t factor,
                      ScoreBody::Condition &sum) {
  APInt number;
  if (matchPattern(value, m_ConstantInt(&number))) {
    sum.constant += factor * number.getSExtValue();
    return true;
  }
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    unsigned first = 1 + op.getOthers().size();
    if (argument.getOwner() != &op.getScore().front() ||
        argument.getArgNumber() < first) {
      return false;
    }
    sum.coefficients[argument.getArgNumber() - first] += factor;
    return true;
  }
  Operation *def = value.getDefiningOp();
  if (llvm::isa<arith::IndexCastOp, arith::IndexCastUIOp, arith::ExtSIOp>(
          def)) {
    return addLinear(def->getOperand(0), op, factor, sum);
  }
  if (llvm::isa<arith::AddIOp, arith::SubIOp>(def)) {
    int64_t sign = llvm::isa<arith::SubIOp>(def) ? -1 : 1;
    return addLinear(def->getOperand(0), op, factor, sum) &&
           addLinear(def->getOperand(1), op, sign * factor, sum);
  }
  return false;
}

static bool isMinusInfinity(Value value) {
  APFloat number(0.0f);
  return matchPattern(value, m_ConstantFloat(&number)) && number.isInfinity() &&
         number.isNegative();
}

ScoreBody::ScoreBody(acc::model::AttentionOp op) : op(op) {
  Block &body = op.getScore().front();
  base = body.getTerminator()->getOperand(0);
  bool isPlain = true;
  while (auto select = base.getDefiningOp<arith::SelectOp>()) {
    bool isSeenIfTrue = isMinusInfinity(select.getFalseValue());
    if (!isSeenIfTrue && !isMinusInfinity(select.getTrueValue())) {
      break;
    }
    // What hides more does not change what is hidden.
    isPlain &= addCondition(select, isSeenIfTrue);
    base = isSeenIfTrue ? select.getTrueValue() : select.getFalseValue();
  }
  if (!isPlain) {
    return;
  }
  if (base == body.getArgument(0)) {
    scale = 1.0;
  } else if (auto product = base.getDefiningOp<arith::MulFOp>()) {
    FloatAttr factor;
    if (product.getLhs() == body.getArgument(0) &&
        matchPattern(product.getRhs(), m_Constant(&factor))) {
      scale = factor.getValueAsDouble();
    }
  }
}

bool ScoreBody::addCondition(arith::SelectOp select, bool isSeenIfTrue) {
  auto compare = select.getCondition().getDefiningOp<arith::CmpIOp>();
  if (!compare) {
    return false;
  }
  Condition condition;
  condition.select = select;
  condition.seen =
      isSeenIfTrue ? select.getTrueValue() : select.getFalseValue();
  condition.coefficients.assign(op.getKeyLoop() + 1, 0);
  using P = arith::CmpIPredicate;
  P predicate = isSeenIfTrue ? compare.getPredicate()
                             : arith::invertPredicate(compare.getPredicate());
  bool isLess = predicate == P::slt || predicate == P::sle;
  if (!isLess && predicate != P::sgt && predicate != P::sge) {
    return false;
  }
  int64_t sign = isLess ? 1 : -1;
  if (!addLinear(compare.getLhs(), op, sign, condition) ||
      !addLinear(compare.getRhs(), op, -sign, condition)) {
    return false;
  }
  condition.constant += predicate == P::slt || predicate == P::sgt;
  conditions.push_back(condition);
  return true;
}

std::pair<int64_t, int64_t> ScoreBody::getRange(const Condition &condition,
                                                const Part &part) const {
  int64_t low = condition.constant, high = condition.constant;
  for (auto [factor, offset, size] :
       llvm::zip(condition.coefficients, part.offsets, part.sizes)) {
    int64_t first = factor * offset, last = factor * (offset + size - 1);
    low += std::min(first, last);
    high += std::max(first, last);
  }
  return {low, high};
}

bool ScoreBody::isHidden(const Part &part) const {
  return llvm::any_of(conditions, [&](const Condition &condition) {
    return getRange(condition, part).first > 0;
  });
}

llvm::SmallBitVector ScoreBody::holding(const Part &part) const {
  llvm::SmallBitVector result(conditions.size());
  for (auto [i, condition] : llvm::enumerate(conditions)) {
    result[i] = getRange(condition, part).second <= 0;
  }
  return result;
}

bool ScoreBody::countsOutsideConditions(unsigned loop) {
  llvm::SmallBitVector all(conditions.size(), true);
  bool found = false;
  llvm::DenseSet<Value> seen;
  std::function<void(Value)> visit = [&](Value value) {
    if (!seen.insert(value).second) {
      return;
    }
    found |= value == op.getScore().front().getArgument(
                          1 + op.getOthers().size() + loop);
    Operation *def = value.getDefiningOp();
    if (!def || def->getBlock() != &op.getScore().front()) {
      return;
    }
    for (const Condition &condition : conditions) {
      if (condition.select == def) {
        visit(condition.seen);
        return;
      }
    }
    llvm::for_each(def->getOperands(), visit);
  };
  visit(op.getScore().front().getTerminator()->getOperand(0));
  return found;
}

llvm::SmallBitVector ScoreBody::countedLoops() {
  llvm::SmallBitVector loops(op.getKeyLoop() + 1);
  for (unsigned loop = 0; loop < loops.size(); ++loop) {
    loops[loop] = countsOutsideConditions(loop) ||
                  llvm::any_of(conditions, [&](const Condition &condition) {
                    return condition.coefficients[loop] != 0;
                  });
  }
  return loops;
}

Value ScoreBody::emit(OpBuilder &builder, IRMapping &mapping,
                      const llvm::SmallBitVector &holding, bool isPlain) {
  Block *body = &op.getScore().front();
  std::function<Value(Value)> make = [&](Value value) -> Value {
    if (Value made = mapping.lookupOrNull(value)) {
      return made;
    }
    Operation *def = value.getDefiningOp();
    if (!def || def->getBlock() != body) {
      return value; // A constant from outside.
    }
    if (isPlain && value == base) {
      return mapping.lookup(body->getArgument(0));
    }
    for (auto [i, condition] : llvm::enumerate(conditions)) {
      if (condition.select == def && holding[i]) {
        return make(condition.seen);
      }
    }
    // A factor and a mask are one operation, as scores are rounded anyway.
    if (auto sum = dyn_cast<arith::AddFOp>(def); sum && sum.getType().isF32()) {
      for (unsigned i = 0; i < 2; ++i) {
        auto product = sum->getOperand(i).getDefiningOp<arith::MulFOp>();
        if (product && product->hasOneUse() && product->getBlock() == body &&
            !(isPlain && product.getResult() == base)) {
          Value a = make(product.getLhs()), b = make(product.getRhs());
          Value c = make(sum->getOperand(1 - i));
          return math::FmaOp::create(builder, sum.getLoc(), a, b, c);
        }
      }
    }
    for (Value operand : def->getOperands()) {
      mapping.map(operand, make(operand));
    }
    return builder.clone(*def, mapping)->getResult(0);
  };
  return make(body->getTerminator()->getOperand(0));
}

} // namespace xpu
