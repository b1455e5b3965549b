//===- MicroOps.cpp - Operations that are one micro-operation -------------===//

#include "passes/Analysis/MicroOps.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace xpu {

arith::AddFOp matchAddRelu(Operation *op) {
  auto maximum = dyn_cast<arith::MaximumFOp>(op);
  if (!maximum || !maximum.getType().isF32() ||
      !matchPattern(maximum.getRhs(), m_PosZeroFloat())) {
    return nullptr;
  }
  auto sum = maximum.getLhs().getDefiningOp<arith::AddFOp>();
  return sum && sum->hasOneUse() && sum->getBlock() == op->getBlock() ? sum
                                                                      : nullptr;
}

std::optional<NaNReplacement> matchNaNReplacement(Operation *op) {
  auto select = dyn_cast<arith::SelectOp>(op);
  if (!select || !select.getType().isF32()) {
    return std::nullopt;
  }
  auto test = select.getCondition().getDefiningOp<arith::CmpFOp>();
  if (!test || !test->hasOneUse() || test.getLhs() != test.getRhs()) {
    return std::nullopt;
  }
  Value value, number;
  switch (test.getPredicate()) {
  case arith::CmpFPredicate::UNO:
  case arith::CmpFPredicate::UNE:
    number = select.getTrueValue();
    value = select.getFalseValue();
    break;
  case arith::CmpFPredicate::ORD:
  case arith::CmpFPredicate::OEQ:
    value = select.getTrueValue();
    number = select.getFalseValue();
    break;
  default:
    return std::nullopt;
  }
  if (value != test.getLhs()) {
    return std::nullopt;
  }
  return NaNReplacement{test, value, number};
}

unsigned countMicroOps(Block &body) {
  unsigned count = 0;
  for (Operation &op : body.without_terminator()) {
    if (op.hasTrait<OpTrait::ConstantLike>() ||
        llvm::isa<arith::ExtFOp, arith::TruncFOp>(op)) {
      continue;
    }
    ++count;
    // What is a part of it comes before it.
    count -= matchAddRelu(&op) || matchNaNReplacement(&op);
  }
  return count;
}

} // namespace xpu
