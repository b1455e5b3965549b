//===- Scalar.cpp - Arithmetic inside a linalg body -----------------------===//

#include "compiler-driver/Import/Onnx/Scalar.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace acc {

namespace {

template <typename Op> Scalar unary(Scalar a) {
  return {a.builder, Op::create(*a.builder, a.value).getResult()};
}

template <typename Op> Scalar binary(Scalar a, Scalar b) {
  return {a.builder, Op::create(*a.builder, a.value, b.value).getResult()};
}

/// Two integers in the larger of their types.
void unify(Scalar &a, Scalar &b) {
  if (a.value.getType() == b.value.getType() || a.isFloat() || b.isFloat()) {
    return;
  }
  for (Scalar *scalar : {&a, &b}) {
    if (!scalar->isLong()) {
      *scalar = toInt(*scalar);
      scalar->value = arith::ExtSIOp::create(
          *a.builder, a.builder->getI64Type(), scalar->value);
    }
  }
}

template <typename FloatOp, typename IntOp> Scalar either(Scalar a, Scalar b) {
  unify(a, b);
  return a.isFloat() ? binary<FloatOp>(a, b) : binary<IntOp>(a, b);
}

} // namespace

Scalar floatConstant(ImplicitLocOpBuilder &b, double number) {
  return {&b, arith::ConstantOp::create(
                  b, b.getF32FloatAttr(static_cast<float>(number)))};
}

Scalar intConstant(ImplicitLocOpBuilder &b, int64_t number) {
  return {&b, arith::ConstantOp::create(
                  b, b.getI32IntegerAttr(static_cast<int32_t>(number)))};
}

Scalar longConstant(ImplicitLocOpBuilder &b, int64_t number) {
  return {&b, arith::ConstantOp::create(b, b.getI64IntegerAttr(number))};
}

Scalar boolConstant(ImplicitLocOpBuilder &b, bool value) {
  return {&b, arith::ConstantOp::create(b, b.getBoolAttr(value))};
}

Scalar Scalar::constant(double number) const {
  if (isFloat()) {
    return floatConstant(*builder, number);
  }
  if (isBool()) {
    return boolConstant(*builder, number != 0.0);
  }
  // A number beyond the range is the nearest in it; no number is 0.
  constexpr double kLimit = 9223372036854775808.0; // 2^63
  int64_t integer = std::isnan(number)  ? 0
                    : number >= kLimit  ? std::numeric_limits<int64_t>::max()
                    : number <= -kLimit ? std::numeric_limits<int64_t>::min()
                                        : static_cast<int64_t>(number);
  return isLong() ? longConstant(*builder, integer)
                  : intConstant(*builder, integer);
}

Scalar operator+(Scalar a, Scalar b) {
  return either<arith::AddFOp, arith::AddIOp>(a, b);
}
Scalar operator-(Scalar a, Scalar b) {
  return either<arith::SubFOp, arith::SubIOp>(a, b);
}
Scalar operator*(Scalar a, Scalar b) {
  return either<arith::MulFOp, arith::MulIOp>(a, b);
}
Scalar operator/(Scalar a, Scalar b) {
  return either<arith::DivFOp, arith::DivSIOp>(a, b);
}
Scalar operator+(Scalar a, double b) { return a + a.constant(b); }
Scalar operator-(Scalar a, double b) { return a - a.constant(b); }
Scalar operator*(Scalar a, double b) { return a * a.constant(b); }
Scalar operator/(Scalar a, double b) { return a / a.constant(b); }

Scalar roughQuotient(Scalar a, Scalar b) {
  return {a.builder, arith::DivFOp::create(*a.builder, a.value, b.value,
                                           arith::FastMathFlags::arcp)};
}

Scalar operator-(Scalar a) {
  return a.isFloat() ? unary<arith::NegFOp>(a) : a.constant(0) - a;
}

Scalar maximum(Scalar a, Scalar b) {
  return either<arith::MaximumFOp, arith::MaxSIOp>(a, b);
}
Scalar minimum(Scalar a, Scalar b) {
  return either<arith::MinimumFOp, arith::MinSIOp>(a, b);
}
Scalar remainder(Scalar a, Scalar b) {
  return either<arith::RemFOp, arith::RemSIOp>(a, b);
}

Scalar compareScalars(Comparison comparison, Scalar a, Scalar b) {
  static const arith::CmpFPredicate floats[] = {
      arith::CmpFPredicate::OEQ, arith::CmpFPredicate::UNE,
      arith::CmpFPredicate::OLT, arith::CmpFPredicate::OLE,
      arith::CmpFPredicate::OGT, arith::CmpFPredicate::OGE};
  static const arith::CmpIPredicate ints[] = {
      arith::CmpIPredicate::eq,  arith::CmpIPredicate::ne,
      arith::CmpIPredicate::slt, arith::CmpIPredicate::sle,
      arith::CmpIPredicate::sgt, arith::CmpIPredicate::sge};
  unsigned i = static_cast<unsigned>(comparison);
  unify(a, b);
  if (a.isFloat()) {
    return {a.builder,
            arith::CmpFOp::create(*a.builder, floats[i], a.value, b.value)};
  }
  return {a.builder,
          arith::CmpIOp::create(*a.builder, ints[i], a.value, b.value)};
}

Scalar select(Scalar condition, Scalar a, Scalar b) {
  unify(a, b);
  return {a.builder, arith::SelectOp::create(*a.builder, condition.value,
                                             a.value, b.value)};
}

Scalar logicalAnd(Scalar a, Scalar b) { return binary<arith::AndIOp>(a, b); }
Scalar logicalOr(Scalar a, Scalar b) { return binary<arith::OrIOp>(a, b); }
Scalar logicalXor(Scalar a, Scalar b) { return binary<arith::XOrIOp>(a, b); }
Scalar logicalNot(Scalar a) {
  return logicalXor(a, boolConstant(*a.builder, true));
}

Scalar apply(Function function, Scalar a) {
  switch (function) {
  case Function::Exp:
    return unary<math::ExpOp>(a);
  case Function::Log:
    return unary<math::LogOp>(a);
  case Function::Tanh:
    return unary<math::TanhOp>(a);
  case Function::Erf:
    return unary<math::ErfOp>(a);
  case Function::Sqrt:
    return unary<math::SqrtOp>(a);
  case Function::Rsqrt:
    return unary<math::RsqrtOp>(a);
  case Function::Sin:
    return unary<math::SinOp>(a);
  case Function::Cos:
    return unary<math::CosOp>(a);
  case Function::Abs:
    return unary<math::AbsFOp>(a);
  case Function::Floor:
    return unary<math::FloorOp>(a);
  case Function::Ceil:
    return unary<math::CeilOp>(a);
  case Function::RoundEven:
    return unary<math::RoundEvenOp>(a);
  }
  llvm_unreachable("every function is handled");
}

Scalar integerPower(Scalar a, Scalar exponent) {
  ImplicitLocOpBuilder &b = *a.builder;
  // In 64 bits, of which a narrower result keeps the low ones.
  Scalar zero = longConstant(b, 0), one = longConstant(b, 1);
  Scalar base = a + zero, rest = exponent + zero;
  // The powers of -1, 0 and 1 with a negative exponent: for any other base, 0.
  Scalar isOdd = compareScalars(Comparison::NotEqual,
                                binary<arith::AndIOp>(rest, one), zero);
  Scalar isUnit = compareScalars(Comparison::Equal, base * base, one);
  Scalar fraction = select(isUnit, select(isOdd, base, one), zero);
  Scalar isFraction = compareScalars(Comparison::Less, rest, zero);
  Scalar result = one;
  for (int64_t bit = 0; bit < 63; ++bit) {
    Scalar mask = longConstant(b, int64_t(1) << bit);
    Scalar isSet = compareScalars(Comparison::NotEqual,
                                  binary<arith::AndIOp>(rest, mask), zero);
    result = select(isSet, result * base, result);
    base = base * base;
  }
  return select(isFraction, fraction, result);
}

Scalar truncatedPower(Scalar a, Scalar exponent) {
  ImplicitLocOpBuilder &b = *a.builder;
  // In f64, which holds what an fp32 power would round to the integer below.
  Type type = b.getF64Type();
  Scalar base = {&b, arith::SIToFPOp::create(b, type, a.value)};
  Scalar wide = {&b, arith::ExtFOp::create(b, type, exponent.value)};
  Scalar result = binary<math::PowFOp>(base, wide);
  return {&b, arith::FPToSIOp::create(b, b.getI64Type(), result.value)};
}

Scalar power(Scalar a, Scalar b) { return binary<math::PowFOp>(a, b); }

Scalar power(Scalar a, double exponent) {
  if (exponent == 1.0) {
    return a;
  }
  if (exponent == 2.0) {
    return a * a;
  }
  if (exponent == 3.0) {
    return a * a * a;
  }
  if (exponent == 0.5) {
    return apply(Function::Sqrt, a);
  }
  if (exponent == -0.5) {
    return apply(Function::Rsqrt, a);
  }
  if (exponent == -1.0) {
    return a.constant(1.0) / a;
  }
  return power(a, a.constant(exponent));
}

Scalar sigmoid(Scalar a) {
  return roughQuotient(a.constant(1.0), apply(Function::Exp, -a) + 1.0);
}

Scalar toFloat(Scalar a) {
  if (a.isFloat()) {
    return a;
  }
  Type type = a.builder->getF32Type();
  Value value =
      a.isBool()
          ? arith::UIToFPOp::create(*a.builder, type, a.value).getResult()
          : arith::SIToFPOp::create(*a.builder, type, a.value).getResult();
  return {a.builder, value};
}

Scalar toInt(Scalar a) {
  Type type = a.builder->getI32Type();
  if (a.isFloat()) {
    return {a.builder, arith::FPToSIOp::create(*a.builder, type, a.value)};
  }
  if (a.isBool()) {
    return {a.builder, arith::ExtUIOp::create(*a.builder, type, a.value)};
  }
  return a;
}

Scalar toBool(Scalar a) {
  return a.isBool() ? a
                    : compareScalars(Comparison::NotEqual, a, a.constant(0));
}

/// Turns the order of the negative ones among bit patterns of floats around.
static Scalar turnNegatives(Scalar bits) {
  Scalar sign = binary<arith::ShRSIOp>(bits, bits.constant(31));
  return binary<arith::XOrIOp>(
      bits, binary<arith::AndIOp>(sign, bits.constant(INT32_MAX)));
}

Scalar toOrderedInt(Scalar a) {
  // The sum makes +0 of -0.
  Scalar sum = a + 0.0;
  Scalar isNumber = compareScalars(Comparison::Equal, a, a);
  Scalar bits = {
      a.builder,
      arith::BitcastOp::create(*a.builder, a.builder->getI32Type(), sum.value)};
  return select(isNumber, turnNegatives(bits), bits.constant(0x7FC00000));
}

Scalar fromOrderedInt(Scalar a) {
  return {a.builder,
          arith::BitcastOp::create(*a.builder, a.builder->getF32Type(),
                                   turnNegatives(a).value)};
}

Scalar absInt(Scalar a) { return maximum(a, a.constant(0) - a); }

Scalar loopIndex(ImplicitLocOpBuilder &b, unsigned dim) {
  Value index = linalg::IndexOp::create(b, dim);
  return {&b, arith::IndexCastOp::create(b, b.getI32Type(), index)};
}

} // namespace acc
