//===- Convert.cpp - Bit-exact format conversions -------------------------===//

#include "systemc-models/Arithmetic/Convert.h"
#include "systemc-models/Arithmetic/Float32.h"

using namespace acc::arith;

int32_t acc::arith::f2i(uint32_t a) {
  if (isNaN(a)) {
    return 0;
  }
  bool sign = a >> 31;
  int e = int((a >> 23) & 0xFF) - 127;
  if (e < 0) {
    return 0;
  }
  if (e >= 31) {
    return sign ? INT32_MIN : INT32_MAX;
  }
  uint32_t sig = (a & 0x7FFFFF) | 0x800000;
  uint32_t mag = e >= 23 ? sig << (e - 23) : sig >> (23 - e);
  return sign ? -int32_t(mag) : int32_t(mag);
}

uint32_t acc::arith::i2f(int32_t a) {
  bool sign = a < 0;
  uint32_t mag = sign ? 0u - uint32_t(a) : uint32_t(a);
  return roundPack(sign, 0, mag);
}

uint16_t acc::arith::f32ToBf16(uint32_t a) {
  if (isNaN(a)) {
    return 0x7FC0;
  }
  // Same exponent range: rounding is an addition, and overflow gives infinity.
  return uint16_t((a + 0x7FFF + ((a >> 16) & 1)) >> 16);
}

uint16_t acc::arith::f32ToF16(uint32_t a) {
  if (isNaN(a)) {
    return 0x7E00;
  }
  if (isInf(a)) {
    return uint16_t((a >> 16 & 0x8000) | 0x7C00);
  }
  Unpacked u = unpack(a);
  return uint16_t(roundPack(u.sign, u.exponent, u.significand, 10, 15));
}

uint32_t acc::arith::bf16ToF32(uint16_t a) {
  uint32_t word = uint32_t(a) << 16;
  return isNaN(word) ? canonicalNaN : word;
}

uint32_t acc::arith::f16ToF32(uint16_t a) {
  bool sign = a >> 15;
  uint32_t field = (a >> 10) & 31;
  uint32_t frac = a & 0x3FF;
  if (field == 31) {
    return frac ? canonicalNaN : (uint32_t(sign) << 31 | infinity);
  }
  return field == 0 ? roundPack(sign, -24, frac)
                    : roundPack(sign, int(field) - 25, frac | 0x400);
}

/// (-1)^sign * chunk * 2^exponent as bf16, truncated below 2^-133.
static uint16_t chunkToBf16(bool sign, uint32_t chunk, int exponent) {
  if (chunk == 0) {
    return 0;
  }
  int top = 31 - __builtin_clz(chunk);
  int e = exponent + top;
  uint32_t word;
  if (e >= -126) {
    word = uint32_t(e + 127) << 7 | ((chunk << (7 - top)) & 0x7F);
  } else {
    int shift = exponent + 133;
    word = shift >= 0 ? chunk << shift : shift > -32 ? chunk >> -shift : 0;
    if (word == 0) {
      return 0;
    }
  }
  return uint16_t(uint32_t(sign) << 15 | word);
}

uint16_t acc::arith::f32Term(uint32_t a, int term) {
  if (isNaN(a) || isInf(a)) {
    return term != 0 ? 0 : isNaN(a) ? 0x7FC0 : uint16_t(a >> 16);
  }
  Unpacked u = unpack(a);
  int low = 16 - 8 * term;
  return chunkToBf16(u.sign, (u.significand >> low) & 0xFF, u.exponent + low);
}

uint16_t acc::arith::f16Term(uint16_t a, int term) {
  bool sign = a >> 15;
  uint32_t field = (a >> 10) & 31;
  uint32_t frac = a & 0x3FF;
  if (field == 31) {
    return term != 0 ? 0
           : frac    ? 0x7FC0
                     : uint16_t(uint32_t(sign) << 15 | 0x7F80);
  }
  uint32_t sig = field ? frac | 0x400 : frac;
  int e = field ? int(field) - 25 : -24;
  return term == 0 ? chunkToBf16(sign, sig >> 3, e + 3)
                   : chunkToBf16(sign, sig & 7, e);
}
