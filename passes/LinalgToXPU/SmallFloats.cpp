//===- SmallFloats.cpp - Floats of 8 bits on the vector unit --------------===//
//
// The vector unit loads fp8 as fp32, exactly, and stores fp32 as fp8, rounded
// to nearest and saturated. In between a lane holds the number. Where a body
// only moves small floats it holds their codes, so that infinities, NaN and
// formats without a conversion pass unchanged.
//
//===----------------------------------------------------------------------===//

#include "passes/Analysis/SmallFloats.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"
#include "passes/LinalgToXPU/MicroProgram.h"

using namespace mlir;
using xpu::isa::Uop;

namespace xpu {

/// The largest number of a format.
static double getLargest(FloatType type) {
  return APFloat::getLargest(type.getFloatSemantics()).convertToDouble();
}

/// Whether `value` lies in [-largest, largest], or is NaN, by a minimum and a
/// maximum.
static bool isClamped(Value value, double largest) {
  bool isBelow = false;
  bool isAbove = false;
  while (Operation *def = value.getDefiningOp()) {
    FloatAttr bound;
    if (!llvm::isa<arith::MinimumFOp, arith::MaximumFOp>(def) ||
        !matchPattern(def->getOperand(1), m_Constant(&bound))) {
      break;
    }
    bool isInside = std::abs(bound.getValueAsDouble()) <= largest;
    isBelow |= llvm::isa<arith::MinimumFOp>(def) && isInside;
    isAbove |= llvm::isa<arith::MaximumFOp>(def) && isInside;
    value = def->getOperand(0);
  }
  return isBelow && isAbove;
}

/// The value before minima and maxima at the ends of a format's range, which
/// a store does itself.
static Value skipClamps(Value value, double largest) {
  while (Operation *def = value.getDefiningOp()) {
    FloatAttr bound;
    if (!llvm::isa<arith::MinimumFOp, arith::MaximumFOp>(def) ||
        !matchPattern(def->getOperand(1), m_Constant(&bound)) ||
        bound.getValueAsDouble() !=
            (llvm::isa<arith::MinimumFOp>(def) ? largest : -largest)) {
      break;
    }
    value = def->getOperand(0);
  }
  return value;
}

std::optional<std::string> MicroProgram::whyNotSmall(Operation *op) {
  if (!hasSmallFloat(op)) {
    return std::nullopt;
  }
  auto explain = [&](StringRef what) {
    return (op->getName().getStringRef() + " " + what).str();
  };
  auto isFp8 = [](Type type) {
    return llvm::isa<Float8E4M3FNType, Float8E5M2Type>(type);
  };
  Type in = op->getOperand(0).getType();
  Type out = op->getResult(0).getType();
  bool areNumbers = computesSmallFloats(*op->getBlock());
  if (llvm::isa<arith::BitcastOp, arith::SelectOp>(op) && !areNumbers) {
    return std::nullopt;
  }
  if (llvm::isa<arith::ExtFOp>(op) && isFp8(in) && out.isF32()) {
    return std::nullopt;
  }
  if (llvm::isa<arith::TruncFOp>(op) && in.isF32() && isFp8(out)) {
    // A store saturates; beyond the largest number E5M2 has infinities.
    if (llvm::isa<Float8E4M3FNType>(out) ||
        isClamped(op->getOperand(0), getLargest(cast<FloatType>(out)))) {
      return std::nullopt;
    }
    return explain("rounds to infinities, which stores of fp8 do not");
  }
  std::string text;
  llvm::raw_string_ostream(text)
      << op->getName() << " computes with floats of type "
      << (isSmallFloat(in) ? in : out);
  return text;
}

std::optional<MicroProgram::Operand>
MicroProgram::moveCode(arith::BitcastOp op) {
  std::optional<Operand> value = operand(op.getIn());
  unsigned width = op.getType().getIntOrFloatBitWidth();
  if (!value) {
    return std::nullopt;
  }
  // Lanes hold codes extended by zeros, integers by their sign.
  if (isSmallFloat(op.getIn().getType())) {
    return narrow(value, width);
  }
  return emit(Uop::AND, {*value, immediate((1 << width) - 1)});
}

std::optional<MicroProgram::Operand>
MicroProgram::roundToSmall(arith::TruncFOp op) {
  auto type = cast<FloatType>(op.getType());
  bool isStored = llvm::all_of(op->getUsers(), [](Operation *user) {
    return llvm::isa<linalg::YieldOp>(user);
  });
  double largest = getLargest(type);
  bool hasClamps = isClamped(op.getIn(), largest);
  std::optional<Operand> value = operand(
      isStored && hasClamps ? skipClamps(op.getIn(), largest) : op.getIn());
  // Beyond its largest number E4M3 has NaN only. What is halfway to where the
  // next one would be rounds to the largest, which is even.
  if (value && !hasClamps) {
    constexpr float kLimit = 464;
    constexpr int32_t kNaN = 0x7FC00000;
    std::optional<Operand> magnitude = emit(Uop::FABS, {keep(*value)});
    std::optional<Operand> isInside =
        chain(Uop::FLE, {magnitude, immediate(kLimit)});
    value = chain(Uop::SEL, {isInside, value, immediate(kNaN)});
  }
  if (!value || isStored) {
    return value;
  }
  // In the lane: 1.5 · 2^(23 - bits) times the leading power of two, which is
  // not less than that of subnormals, is added and subtracted again.
  const llvm::fltSemantics &semantics = type.getFloatSemantics();
  int bits = static_cast<int>(APFloat::semanticsPrecision(semantics)) - 1;
  float smallest = std::ldexp(1.0F, APFloat::semanticsMinExponent(semantics));
  float factor = std::ldexp(1.5F, 23 - bits);
  constexpr int32_t kExponent = 0x7F800000;
  constexpr auto kSign = static_cast<int32_t>(0x80000000);
  std::optional<Operand> sign =
      emit(Uop::AND, {keep(*value), immediate(kSign)});
  std::optional<Operand> power =
      sign ? emit(Uop::AND, {keep(*value), immediate(kExponent)})
           : std::nullopt;
  power = chain(Uop::FMAX, {power, immediate(smallest)});
  power = chain(Uop::FMUL, {power, immediate(factor)});
  if (!power) {
    return std::nullopt;
  }
  std::optional<Operand> magnitude = emit(Uop::FABS, {*value});
  std::optional<Operand> sum =
      magnitude ? emit(Uop::FADD, {*magnitude, keep(*power)}) : std::nullopt;
  std::optional<Operand> rounded = chain(Uop::FSUB, {sum, power});
  return chain(Uop::OR, {rounded, sign});
}

} // namespace xpu
