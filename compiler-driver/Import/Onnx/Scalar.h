//===- Scalar.h - Arithmetic inside a linalg body ---------------*- C++ -*-===//
//
// A value in the body of a linalg.generic, with operators, so that the body of
// an operator reads like its formula. Values are f32, i32 or i1; or i64, if 32
// bits may not hold an integer operand or the result.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_ONNX_SCALAR_H
#define ACC_COMPILER_DRIVER_ONNX_SCALAR_H

#include "compiler-driver/Tensor/DType.h"

#include "mlir/IR/Builders.h"

namespace acc {

/// A scalar SSA value and the builder at whose insertion point it is used.
struct Scalar {
  mlir::ImplicitLocOpBuilder *builder = nullptr;
  mlir::Value value;

  bool isFloat() const { return llvm::isa<mlir::FloatType>(value.getType()); }
  bool isBool() const { return value.getType().isInteger(1); }
  bool isLong() const { return value.getType().isInteger(64); }
  /// A constant of the same type.
  Scalar constant(double number) const;
};

/// A constant f32, i32 or i1; an i64.
Scalar floatConstant(mlir::ImplicitLocOpBuilder &builder, double number);
Scalar intConstant(mlir::ImplicitLocOpBuilder &builder, int64_t number);
Scalar longConstant(mlir::ImplicitLocOpBuilder &builder, int64_t number);
Scalar boolConstant(mlir::ImplicitLocOpBuilder &builder, bool value);

/// Arithmetic on two floats or two integers of one type (signed).
Scalar operator+(Scalar a, Scalar b);
Scalar operator-(Scalar a, Scalar b);
Scalar operator*(Scalar a, Scalar b);
Scalar operator/(Scalar a, Scalar b);
Scalar operator+(Scalar a, double b);
Scalar operator-(Scalar a, double b);
Scalar operator*(Scalar a, double b);
Scalar operator/(Scalar a, double b);
/// A float quotient to about an ulp, by the reciprocal: for the divisions that
/// are our way to compute something. `/` rounds as IEEE 754 does.
Scalar roughQuotient(Scalar a, Scalar b);
Scalar operator-(Scalar a);
Scalar maximum(Scalar a, Scalar b);
Scalar minimum(Scalar a, Scalar b);
Scalar remainder(Scalar a, Scalar b);

/// Comparisons; ordered for floats except notEqual. Booleans may be compared
/// for (in)equality.
enum class Comparison {
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual
};
Scalar compareScalars(Comparison comparison, Scalar a, Scalar b);
Scalar select(Scalar condition, Scalar a, Scalar b);
Scalar logicalAnd(Scalar a, Scalar b);
Scalar logicalOr(Scalar a, Scalar b);
Scalar logicalXor(Scalar a, Scalar b);
Scalar logicalNot(Scalar a);

/// Functions of floats.
enum class Function {
  Exp,
  Log,
  Tanh,
  Erf,
  Sqrt,
  Rsqrt,
  Sin,
  Cos,
  Abs,
  Floor,
  Ceil,
  RoundEven
};
Scalar apply(Function function, Scalar a);
Scalar power(Scalar a, Scalar b);
/// An integer to an integer; 0 for the fractions of a negative exponent.
Scalar integerPower(Scalar a, Scalar exponent);
/// An integer to a float, truncated.
Scalar truncatedPower(Scalar a, Scalar exponent);
/// `a` to a constant exponent, without powf where that is possible.
Scalar power(Scalar a, double exponent);
Scalar sigmoid(Scalar a);

/// Conversions between the types that bodies compute in.
Scalar toFloat(Scalar a);
Scalar toInt(Scalar a);
Scalar toBool(Scalar a);

/// An i32 that orders as the float does, with one zero and with NaN above all
/// numbers; and the float of such a key.
Scalar toOrderedInt(Scalar a);
Scalar fromOrderedInt(Scalar a);

/// Signed integer absolute value.
Scalar absInt(Scalar a);

/// The index of the loop `dim`, as i32.
Scalar loopIndex(mlir::ImplicitLocOpBuilder &builder, unsigned dim);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_ONNX_SCALAR_H
