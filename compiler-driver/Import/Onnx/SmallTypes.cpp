//===- SmallTypes.cpp - Numbers of 8 and fewer bits -----------------------===//

#include "compiler-driver/Import/Onnx/SmallTypes.h"

#include "compiler-driver/Import/Onnx/Lowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;

namespace acc {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t exponentMask = 0x7F800000;

struct Format {
  int mantissaBits;
  int minExponent; ///< Of normal numbers.
  double largest;
  double overflow; ///< What a number beyond `largest` is without saturation.
};

Format getFormat(DType type) {
  switch (type) {
  case DType::F8E4M3FN:
    return {3, -6, 448.0, nan};
  case DType::F8E4M3FNUZ:
    return {3, -7, 240.0, nan};
  case DType::F8E5M2:
    return {2, -14, 57344.0, infinity};
  case DType::F8E5M2FNUZ:
    return {2, -15, 57344.0, nan};
  default:
    return {1, 0, 6.0, 6.0};
  }
}

Scalar toBits(Scalar a) {
  return {a.builder, arith::BitcastOp::create(
                         *a.builder, a.builder->getI32Type(), a.value)};
}

Scalar fromBits(Scalar a) {
  return {a.builder, arith::BitcastOp::create(
                         *a.builder, a.builder->getF32Type(), a.value)};
}

Scalar mask(Scalar a, int64_t bits) {
  return {a.builder,
          arith::AndIOp::create(*a.builder, a.value, a.constant(bits).value)};
}

Scalar shiftLeft(Scalar a, int bits) {
  return {a.builder,
          arith::ShLIOp::create(*a.builder, a.value, a.constant(bits).value)};
}

Scalar shiftRight(Scalar a, int bits) {
  return {a.builder,
          arith::ShRSIOp::create(*a.builder, a.value, a.constant(bits).value)};
}

/// The power of two that ONNX makes of the magnitude of a number.
Scalar roundToScale(Scalar a, bool saturate, ScaleRounding rounding) {
  Scalar magnitude = mask(toBits(a), INT32_MAX);
  Scalar special = compareScalars(Comparison::GreaterEqual, magnitude,
                                  magnitude.constant(exponentMask));
  int64_t carry = rounding == ScaleRounding::Up     ? 0x7FFFFF
                  : rounding == ScaleRounding::Down ? 0
                                                    : 0x400000;
  Scalar exponent = mask(magnitude + double(carry), exponentMask);
  if (rounding == ScaleRounding::Nearest) {
    // A tie among subnormal numbers stays at the least power.
    Scalar tie = compareScalars(Comparison::Equal, magnitude,
                                magnitude.constant(0x400000));
    exponent = select(tie, exponent.constant(0), exponent);
  }
  if (saturate) {
    exponent = minimum(exponent, exponent.constant(254ll << 23));
  }
  // The least power, 2^-127, is subnormal in f32.
  Scalar zero = exponent.constant(0);
  exponent = select(compareScalars(Comparison::Equal, exponent, zero),
                    exponent.constant(0x400000), exponent);
  // Infinity, to which a number may have been rounded up, is NaN.
  special = logicalOr(special, compareScalars(Comparison::Equal, exponent,
                                              exponent.constant(exponentMask)));
  return select(special, a.constant(nan), fromBits(exponent));
}

} // namespace

Scalar roundToSmallFloat(Scalar number, DType type, bool saturate,
                         ScaleRounding scale) {
  Scalar a = toFloat(number);
  if (type == DType::F8E8M0) {
    return roundToScale(a, saturate, scale);
  }
  Format format = getFormat(type);
  // The distance of neighbours is a power of two: dividing by it is exact, and
  // rounding the quotient to an integer is the rounding that is wanted.
  int64_t least = static_cast<int64_t>(format.minExponent + 127) << 23;
  Scalar bits = mask(toBits(a), exponentMask);
  Scalar top = maximum(bits, bits.constant(least));
  Scalar distance = top - double(int64_t(format.mantissaBits) << 23);
  Scalar inverse = distance.constant(254ll << 23) - distance;
  Scalar result =
      apply(Function::RoundEven, a * fromBits(inverse)) * fromBits(distance);
  Scalar isFinite =
      compareScalars(Comparison::Less, bits, bits.constant(exponentMask));
  result = select(isFinite, result, a);
  // The formats without infinity have no -0 either, but for E4M3FN and E2M1.
  if (type == DType::F8E4M3FNUZ || type == DType::F8E5M2FNUZ) {
    result = result + 0.0;
  }
  Scalar largest = a.constant(format.largest);
  if (saturate || type == DType::F4E2M1) {
    return minimum(maximum(result, -largest), largest);
  }
  Scalar overflow = a.constant(format.overflow);
  result = select(compareScalars(Comparison::Greater, result, largest),
                  overflow, result);
  return select(compareScalars(Comparison::Less, result, -largest), -overflow,
                result);
}

Scalar wrapSmallInteger(Scalar a, DType type) {
  unsigned bits = getFileBits(type);
  if (isUnsignedInteger(type)) {
    return mask(a, (1 << bits) - 1);
  }
  Scalar narrow = a;
  if (a.isLong()) {
    narrow = {a.builder, arith::TruncIOp::create(
                             *a.builder, a.builder->getI32Type(), a.value)};
  }
  return shiftRight(shiftLeft(narrow, 32 - bits), 32 - bits);
}

Scalar saturateTo(DType type, Scalar value) {
  value = maximum(value, value.constant(getMinInteger(type)));
  return minimum(value, value.constant(getMaxInteger(type)));
}

OnnxValue castToSmallFloat(ImportContext &context, const OnnxValue &value,
                           DType type, bool saturate, ScaleRounding scale) {
  if (value.dtype == type) {
    return value;
  }
  if (value.isConstant() && type != DType::F8E8M0) {
    HostTensor numbers = value.constant->convertTo(DType::F64);
    double largest = getFormat(type).largest;
    bool clamps = saturate || type == DType::F4E2M1;
    for (int64_t i = 0, n = numbers.getNumElements(); clamps && i < n; ++i) {
      double number = numbers.getDouble(i);
      if (!std::isnan(number)) {
        numbers.setDouble(i, std::clamp(number, -largest, largest));
      }
    }
    return makeConstant(numbers.convertTo(type));
  }
  return elementwise(context, value, type,
                     [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                       return roundToSmallFloat(x[0], type, saturate, scale);
                     });
}

} // namespace acc
