//===- SmallFloat.cpp - Formats of the Open Compute Project ---------------===//

#include "systemc-models/Arithmetic/SmallFloat.h"
#include "systemc-models/Arithmetic/Float32.h"

using namespace acc::arith;

using u128 = unsigned __int128;

SmallNumber acc::arith::decodeSmall(SmallFormat f, unsigned bits) {
  unsigned fraction = bits & ((1u << f.fractionBits) - 1);
  unsigned exponent = bits >> f.fractionBits & ((1u << f.exponentBits) - 1);
  bool sign = bits >> (f.fractionBits + f.exponentBits) & 1;
  bool top = exponent == (1u << f.exponentBits) - 1;
  if (f.specials == SmallFormat::Ieee && top) {
    if (fraction != 0) {
      return {SmallNumber::NaN, 0};
    }
    return {SmallNumber::Infinite, sign ? -1 : 1};
  }
  if (f.specials == SmallFormat::OneNaN && top &&
      fraction == (1u << f.fractionBits) - 1) {
    return {SmallNumber::NaN, 0};
  }
  int64_t significand = fraction;
  if (exponent != 0) {
    significand |= int64_t(1) << f.fractionBits;
    --exponent;
  }
  // The lowest bit of a subnormal number weighs 2^(1 - bias - fractionBits).
  int shift = int(exponent) + 1 - f.bias - int(f.fractionBits) + 16;
  int64_t units = significand << shift;
  return {SmallNumber::Finite, sign ? -units : units};
}

uint32_t acc::arith::smallToF32(SmallFormat f, unsigned bits) {
  SmallNumber n = decodeSmall(f, bits);
  bool sign = bits >> (f.fractionBits + f.exponentBits) & 1;
  switch (n.kind) {
  case SmallNumber::NaN:
    return canonicalNaN;
  case SmallNumber::Infinite:
    return (sign ? signBit : 0) | infinity;
  case SmallNumber::Finite:
    break;
  }
  return roundPack(sign, -16, uint64_t(sign ? -n.units : n.units));
}

uint8_t acc::arith::f32ToF8(SmallFormat f, uint32_t a) {
  bool ieee = f.specials == SmallFormat::Ieee;
  if (isNaN(a)) {
    return ieee ? 0x7E : 0x7F;
  }
  auto sign = uint8_t(a >> 24 & 0x80);
  const uint32_t largest = ieee ? 0x7B : 0x7E;
  Unpacked u = unpack(a & ~signBit);
  int leading = u.exponent + 23; // of normal numbers; others become zero
  if (isInf(a) || leading > 16) {
    return uint8_t(sign | largest);
  }
  int lowest = 1 - f.bias;
  int exponent = leading < lowest ? lowest : leading;
  // Drop what is below the last fraction bit.
  int drop = exponent - int(f.fractionBits) - u.exponent;
  uint32_t code = 0;
  if (drop < 32) {
    uint64_t kept = uint64_t(u.significand) >> drop;
    uint64_t rest = u.significand - (kept << drop);
    uint64_t half = uint64_t(1) << (drop - 1);
    code = uint32_t(kept + (rest > half || (rest == half && (kept & 1))));
  }
  // The hidden bit adds one to the exponent field; a carry does, too.
  code += uint32_t(exponent - lowest) << f.fractionBits;
  return uint8_t(sign | (code > largest ? largest : code));
}

/// (-1)^sign * magnitude * 2^exponent + psum, rounded once; magnitude is not
/// zero and has at most 67 bits.
static uint32_t addRounded(bool sign, u128 magnitude, int exponent,
                           uint32_t psum) {
  Unpacked p = unpack(psum);
  u128 addend = p.significand;
  // Align exactly where 128 bits suffice; farther away the smaller number only
  // matters as a sticky one below every rounding position.
  int distance = p.exponent - exponent;
  if (addend == 0) {
    distance = 0;
  }
  if (distance >= 0) {
    if (distance <= 100) {
      addend <<= distance;
    } else {
      addend <<= 100;
      exponent = p.exponent - 100;
      magnitude = 1;
    }
  } else if (-distance <= 60) {
    magnitude <<= -distance;
    exponent = p.exponent;
  } else {
    magnitude <<= 60;
    exponent -= 60;
    addend = 1;
  }
  if (addend == 0 || sign == p.sign) {
    return roundPack128(sign, exponent, magnitude + addend);
  }
  if (magnitude == addend) {
    return 0;
  }
  return magnitude > addend
             ? roundPack128(sign, exponent, magnitude - addend)
             : roundPack128(p.sign, exponent, addend - magnitude);
}

uint32_t acc::arith::groupSum(const SmallNumber *a, const SmallNumber *w,
                              unsigned count, uint8_t aScale, uint8_t wScale,
                              uint32_t psum) {
  bool nan = aScale == scaleNaN || wScale == scaleNaN || isNaN(psum);
  bool positive = isInf(psum) && psum == infinity;
  bool negative = isInf(psum) && psum != infinity;
  __int128 sum = 0; // of 2^-32
  for (unsigned i = 0; i < count; ++i) {
    if (a[i].kind == SmallNumber::NaN || w[i].kind == SmallNumber::NaN) {
      nan = true;
    } else if (a[i].kind == SmallNumber::Finite &&
               w[i].kind == SmallNumber::Finite) {
      sum += __int128(a[i].units) * w[i].units;
    } else if (a[i].units == 0 || w[i].units == 0) {
      nan = true; // zero times infinity
    } else if ((a[i].units < 0) == (w[i].units < 0)) {
      positive = true;
    } else {
      negative = true;
    }
  }
  if (nan || (positive && negative)) {
    return canonicalNaN;
  }
  if (positive || negative) {
    return (negative ? signBit : 0) | infinity;
  }
  if (sum == 0) {
    return (psum & ~signBit) == 0 ? 0 : psum;
  }
  bool sign = sum < 0;
  return addRounded(sign, sign ? -u128(sum) : u128(sum),
                    -32 + int(aScale) - 127 + int(wScale) - 127, psum);
}
