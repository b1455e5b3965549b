//===- Reduction.cpp - What a reduction combines --------------------------===//

#include "passes/Analysis/Reduction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace xpu {

FailureOr<Reduction> matchReduction(linalg::LinalgOp op) {
  if (op.getNumReductionLoops() == 0 || op.getNumDpsInits() != 1) {
    return failure();
  }
  Block *body = op.getBlock();
  Value running = op.getRegionOutputArgs()[0];
  auto yield = cast<linalg::YieldOp>(body->getTerminator());
  Operation *combiner = yield.getOperand(0).getDefiningOp();
  if (!combiner || combiner->getBlock() != body ||
      combiner->getNumOperands() != 2 || !running.hasOneUse() ||
      *running.user_begin() != combiner) {
    return failure();
  }
  unsigned position = combiner->getOperand(0) == running ? 1 : 0;
  return Reduction{combiner, combiner->getOperand(position)};
}

std::optional<isa::Uop> getCombinerUop(Operation *combiner) {
  return llvm::TypeSwitch<Operation *, std::optional<isa::Uop>>(combiner)
      .Case<arith::AddFOp>([](auto) { return isa::Uop::FADD; })
      .Case<arith::MulFOp>([](auto) { return isa::Uop::FMUL; })
      .Case<arith::MaximumFOp>([](auto) { return isa::Uop::FMAX; })
      .Case<arith::MinimumFOp>([](auto) { return isa::Uop::FMIN; })
      .Case<arith::AddIOp>([](auto) { return isa::Uop::IADD; })
      .Case<arith::MulIOp>([](auto) { return isa::Uop::IMUL; })
      .Case<arith::MaxSIOp>([](auto) { return isa::Uop::IMAX; })
      .Case<arith::MinSIOp>([](auto) { return isa::Uop::IMIN; })
      // Of 8 bits: loads extend them by zeros.
      .Case<arith::MaxUIOp>([](arith::MaxUIOp op) {
        return op.getType().isInteger(8) ? std::optional(isa::Uop::IMAX)
                                         : std::nullopt;
      })
      .Case<arith::AndIOp>([](auto) { return isa::Uop::AND; })
      .Case<arith::OrIOp>([](auto) { return isa::Uop::OR; })
      .Case<arith::XOrIOp>([](auto) { return isa::Uop::XOR; })
      .Default([](Operation *) { return std::nullopt; });
}

TypedAttr getNeutralElement(Operation *combiner) {
  std::optional<isa::Uop> uop = getCombinerUop(combiner);
  if (!uop) {
    return nullptr;
  }
  bool isUnsigned = llvm::isa<arith::MaxUIOp>(combiner);
  Type type = combiner->getResult(0).getType();
  Builder builder(type.getContext());
  auto number = [&](double value) -> TypedAttr {
    return builder.getFloatAttr(type, value);
  };
  auto bits = [&](auto value) -> TypedAttr {
    return builder.getIntegerAttr(type, value(type.getIntOrFloatBitWidth()));
  };
  switch (*uop) {
  case isa::Uop::FADD:
    return number(0.0);
  case isa::Uop::FMUL:
    return number(1.0);
  case isa::Uop::FMAX:
    return number(-std::numeric_limits<double>::infinity());
  case isa::Uop::FMIN:
    return number(std::numeric_limits<double>::infinity());
  case isa::Uop::IADD:
  case isa::Uop::OR:
  case isa::Uop::XOR:
    return bits(APInt::getZero);
  case isa::Uop::IMUL:
    return bits([](unsigned width) { return APInt(width, 1); });
  case isa::Uop::IMAX:
    return bits(isUnsigned ? APInt::getZero : APInt::getSignedMinValue);
  case isa::Uop::IMIN:
    return bits(APInt::getSignedMaxValue);
  case isa::Uop::AND:
    return bits(APInt::getAllOnes);
  default:
    return nullptr;
  }
}

} // namespace xpu
