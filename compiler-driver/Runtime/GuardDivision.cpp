//===- GuardDivision.cpp - Integer division that never traps --------------===//

#include "compiler-driver/Runtime/GuardDivision.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;

namespace {
/// Divides by 1 where the division would trap, and selects what it gives then.
void guard(Operation *op) {
  ImplicitLocOpBuilder b(op->getLoc(), op);
  Value x = op->getOperand(0);
  Value y = op->getOperand(1);
  Type type = x.getType();
  bool isSigned = llvm::isa<arith::DivSIOp, arith::RemSIOp>(op);
  bool isRemainder = llvm::isa<arith::RemSIOp, arith::RemUIOp>(op);
  unsigned width = type.getIntOrFloatBitWidth();
  auto constant = [&](const APInt &value) -> Value {
    return arith::ConstantOp::create(b, b.getIntegerAttr(type, value));
  };
  Value zero = constant(APInt::getZero(width));
  Value one = constant(APInt(width, 1));
  Value minusOne = constant(APInt::getAllOnes(width));
  Value byZero = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, y, zero);
  Value traps = byZero;
  if (isSigned) {
    Value smallest = constant(APInt::getSignedMinValue(width));
    Value overflows = arith::AndIOp::create(
        b, arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x, smallest),
        arith::CmpIOp::create(b, arith::CmpIPredicate::eq, y, minusOne));
    traps = arith::OrIOp::create(b, byZero, overflows);
  }
  Value safe = arith::SelectOp::create(b, traps, one, y);
  op->setOperand(1, safe);
  b.setInsertionPointAfter(op);
  // By 1 the quotient is x and the remainder 0: right for the overflow.
  Value result = op->getResult(0);
  auto select =
      arith::SelectOp::create(b, byZero, isRemainder ? x : minusOne, result);
  result.replaceAllUsesExcept(select, select);
}

struct GuardDivisionPass final
    : PassWrapper<GuardDivisionPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(GuardDivisionPass)

  StringRef getArgument() const final { return "acc-guard-division"; }

  void runOnOperation() override {
    SmallVector<Operation *> divisions;
    getOperation().walk([&](Operation *op) {
      if (llvm::isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp,
                    arith::RemUIOp>(op) &&
          llvm::isa<IntegerType>(op->getResult(0).getType())) {
        divisions.push_back(op);
      }
    });
    llvm::for_each(divisions, guard);
  }
};
} // namespace

std::unique_ptr<Pass> acc::createGuardDivisionPass() {
  return std::make_unique<GuardDivisionPass>();
}
