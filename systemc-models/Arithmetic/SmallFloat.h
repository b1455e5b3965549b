//===- SmallFloat.h - Formats of the Open Compute Project ---------*- C++
//-*-===//
//
// The fp8, fp6 and fp4 formats, block scales, and the exact sum of a processing
// element (sections 2 and 3 of docs/machine.md), in integer operations only.
// The RTL is compared with these functions.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_ARITHMETIC_SMALLFLOAT_H
#define ACC_SYSTEMC_MODELS_ARITHMETIC_SMALLFLOAT_H

#include <cstdint>

namespace acc::arith {

/// A sign, `exponentBits` and `fractionBits` bits from the top.
struct SmallFormat {
  unsigned exponentBits, fractionBits;
  int bias;
  enum Specials { None, OneNaN, Ieee } specials;
};

inline constexpr SmallFormat f8E4M3{4, 3, 7, SmallFormat::OneNaN};
inline constexpr SmallFormat f8E5M2{5, 2, 15, SmallFormat::Ieee};
inline constexpr SmallFormat f6E2M3{2, 3, 1, SmallFormat::None};
inline constexpr SmallFormat f6E3M2{3, 2, 3, SmallFormat::None};
inline constexpr SmallFormat f4E2M1{2, 1, 1, SmallFormat::None};

/// A number of any of these formats: all finite ones are multiples of 2^-16.
struct SmallNumber {
  enum Kind : uint8_t { Finite, Infinite, NaN } kind = Finite;
  int64_t units = 0; ///< of 2^-16; of an infinity: +1 or -1
};

/// Higher bits of `bits` are ignored.
SmallNumber decodeSmall(SmallFormat format, unsigned bits);

/// The number as fp32: exact, with the canonical NaN.
uint32_t smallToF32(SmallFormat format, unsigned bits);

/// The nearest number of an fp8 format, ties to even; infinities and what is
/// too large become the largest number, every NaN the positive quiet one.
uint8_t f32ToF8(SmallFormat format, uint32_t a);

/// A block scale that stands for 1.
inline constexpr uint8_t scaleOne = 127;
inline constexpr uint8_t scaleNaN = 0xFF;

/// psum + 2^(aScale-127) * 2^(wScale-127) * sum of a[i] * w[i] for i < count
/// (at least 1), rounded once to fp32; an exact zero is +0.
uint32_t groupSum(const SmallNumber *a, const SmallNumber *w, unsigned count,
                  uint8_t aScale, uint8_t wScale, uint32_t psum);

} // namespace acc::arith

#endif // ACC_SYSTEMC_MODELS_ARITHMETIC_SMALLFLOAT_H
