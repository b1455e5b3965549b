//===- Trigonometry.cpp - Inverse trigonometric and hyperbolic functions --===//
//
// Polynomials of the Cephes library for single precision (S. L. Moshier), to
// about two units in the last place.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

using namespace mlir;

namespace acc {

namespace {

constexpr double pi = 3.14159265358979323846;
constexpr double ln2 = 0.693147180559945309417;

/// Coefficients from the highest power to the constant.
Scalar polynomial(Scalar x, std::initializer_list<double> coefficients) {
  const double *next = coefficients.begin();
  Scalar sum = x.constant(*next++);
  while (next != coefficients.end()) {
    sum = sum * x + *next++;
  }
  return sum;
}

Scalar absolute(Scalar a) { return apply(Function::Abs, a); }

Scalar isAbove(Scalar a, double limit) {
  return compareScalars(Comparison::Greater, a, a.constant(limit));
}

/// The magnitude with the sign of `like`.
Scalar withSign(Scalar magnitude, Scalar like) {
  Scalar negative = compareScalars(Comparison::Less, like, like.constant(0));
  return select(negative, -magnitude, magnitude);
}

/// asin for a number of [0, 0.5], from its square.
Scalar smallArcSine(Scalar x, Scalar square) {
  return polynomial(square, {4.2163199048e-2, 2.4181311049e-2, 4.5470025998e-2,
                             7.4953002686e-2, 1.6666752422e-1}) *
             square * x +
         x;
}

Scalar arcSine(Scalar a) {
  Scalar x = absolute(a);
  Scalar large = isAbove(x, 0.5);
  Scalar half = (-x + 1.0) * 0.5;
  Scalar square = select(large, half, x * x);
  Scalar root = select(large, apply(Function::Sqrt, half), x);
  Scalar angle = smallArcSine(root, square);
  return withSign(select(large, angle * -2.0 + pi / 2, angle), a);
}

Scalar arcCosine(Scalar a) {
  Scalar x = absolute(a);
  Scalar large = isAbove(x, 0.5);
  Scalar half = (-x + 1.0) * 0.5;
  Scalar angle = smallArcSine(apply(Function::Sqrt, half), half) * 2.0;
  Scalar negative = compareScalars(Comparison::Less, a, a.constant(0));
  Scalar outer = select(negative, -angle + pi, angle);
  return select(large, outer, -smallArcSine(a, a * a) + pi / 2);
}

Scalar arcTangent(Scalar a) {
  Scalar x = absolute(a);
  Scalar large = isAbove(x, 1.0);
  Scalar y = select(large, x.constant(1.0) / x, x);
  Scalar middle = isAbove(y, 0.4142135623730950);
  Scalar reduced = select(middle, (y - 1.0) / (y + 1.0), y);
  Scalar square = reduced * reduced;
  Scalar angle = polynomial(square, {8.05374449538e-2, -1.38776856032e-1,
                                     1.99777106478e-1, -3.33329491539e-1}) *
                     square * reduced +
                 reduced;
  angle = select(middle, angle + pi / 4, angle);
  return withSign(select(large, -angle + pi / 2, angle), a);
}

Scalar arcSinh(Scalar a) {
  Scalar x = absolute(a);
  Scalar square = x * x;
  Scalar small = polynomial(square, {2.0122003309e-2, -4.2699340972e-2,
                                     7.4847586088e-2, -1.6666288134e-1}) *
                     square * x +
                 x;
  Scalar middle = apply(Function::Log, x + apply(Function::Sqrt, square + 1.0));
  Scalar large = apply(Function::Log, x) + ln2;
  Scalar value = select(isAbove(x, 1e4), large, middle);
  return withSign(select(isAbove(x, 0.5), value, small), a);
}

Scalar arcCosh(Scalar a) {
  Scalar z = a - 1.0;
  Scalar small =
      polynomial(z, {1.7596881071e-3, -7.5272886713e-3, 2.6454905019e-2,
                     -1.1784741703e-1, 1.4142135263}) *
      apply(Function::Sqrt, z);
  Scalar middle =
      apply(Function::Log, a + apply(Function::Sqrt, z * (a + 1.0)));
  Scalar large = apply(Function::Log, a) + ln2;
  Scalar value = select(isAbove(a, 1e4), large, middle);
  return select(isAbove(z, 0.5), value, small);
}

Scalar arcTanh(Scalar a) {
  Scalar x = absolute(a);
  Scalar square = x * x;
  Scalar small =
      polynomial(square, {1.81740078349e-1, 8.24370301058e-2, 1.46691431730e-1,
                          1.99782164500e-1, 3.33337300303e-1}) *
          square * x +
      x;
  Scalar large = apply(Function::Log, (x + 1.0) / (-x + 1.0)) * 0.5;
  return withSign(select(isAbove(x, 0.5), large, small), a);
}

template <Scalar (*function)(Scalar)>
void importFloatFunction(ImportContext &context) {
  OnnxValue a = context.in(0);
  context.require(isFloat(a.dtype), "the operand must have a float type, but "
                                    "has " +
                                        getName(a.dtype));
  context.out(elementwise(context, a, a.dtype,
                          [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return function(x[0]);
                          }));
}

} // namespace

void registerTrigonometryOps(OpTable &table) {
  table["Asin"] = importFloatFunction<arcSine>;
  table["Acos"] = importFloatFunction<arcCosine>;
  table["Atan"] = importFloatFunction<arcTangent>;
  table["Asinh"] = importFloatFunction<arcSinh>;
  table["Acosh"] = importFloatFunction<arcCosh>;
  table["Atanh"] = importFloatFunction<arcTanh>;
}

} // namespace acc
