//===- Float32.cpp - Bit-exact binary32 arithmetic ------------------------===//

#include "systemc-models/Arithmetic/Float32.h"

using namespace acc::arith;

using u128 = unsigned __int128;

Unpacked acc::arith::unpack(uint32_t a) {
  uint32_t field = (a >> 23) & 0xFF;
  uint32_t frac = a & 0x7FFFFF;
  bool sign = a >> 31;
  if (field == 0) {
    return {sign, -149, frac};
  }
  return {sign, int(field) - 150, frac | 0x800000};
}

uint32_t acc::arith::roundPack(bool sign, int exponent, uint64_t significand,
                               int fracBits, int bias) {
  int expBits = bias == 15 ? 5 : 8;
  uint32_t signWord = uint32_t(sign) << (fracBits + expBits);
  uint32_t infWord = ((1u << expBits) - 1) << fracBits;
  if (significand == 0) {
    return signWord;
  }
  // Leading one to bit 63; `e` is its weight.
  int shift = __builtin_clzll(significand);
  significand <<= shift;
  int e = exponent - shift + 63;
  if (e > bias) {
    return signWord | infWord;
  }
  int minE = 1 - bias;
  int drop = 63 - fracBits;
  bool subnormal = e < minE;
  if (subnormal) {
    int more = minE - e;
    drop = drop + more > 65 ? 65 : drop + more;
  }
  u128 wide = u128(significand) << 64;
  bool lost = drop == 65 && (significand & 1);
  wide >>= drop;
  uint64_t kept = uint64_t(wide >> 64);
  uint64_t rest = uint64_t(wide);
  uint64_t half = uint64_t(1) << 63;
  bool up = rest > half || (rest == half && (lost || (kept & 1)));
  uint32_t word = uint32_t(kept);
  if (!subnormal) {
    // The hidden bit of `kept` adds one to the field; a carry does, too.
    word += uint32_t(e - minE) << fracBits;
  }
  return signWord | (word + up);
}

uint32_t acc::arith::roundPack128(bool sign, int exponent, u128 sum) {
  uint64_t high = uint64_t(sum >> 64);
  if (high == 0) {
    return roundPack(sign, exponent, uint64_t(sum));
  }
  int shift = 64 - __builtin_clzll(high);
  u128 lost = sum & ((u128(1) << shift) - 1);
  return roundPack(sign, exponent + shift,
                   uint64_t(sum >> shift) | uint64_t(lost != 0));
}

uint32_t acc::arith::fma(uint32_t a, uint32_t b, uint32_t c) {
  if (isNaN(a) || isNaN(b) || isNaN(c)) {
    return canonicalNaN;
  }
  bool productSign = (a ^ b) >> 31;
  uint32_t magA = a & 0x7FFFFFFF, magB = b & 0x7FFFFFFF;
  if (magA == infinity || magB == infinity) {
    if (magA == 0 || magB == 0 || (isInf(c) && (c >> 31) != productSign)) {
      return canonicalNaN;
    }
    return uint32_t(productSign) << 31 | infinity;
  }
  if (isInf(c)) {
    return c;
  }
  Unpacked ua = unpack(a), ub = unpack(b), uc = unpack(c);
  u128 product = u128(uint64_t(ua.significand) * ub.significand);
  u128 addend = uc.significand;
  int exponent = ua.exponent + ub.exponent;
  // Align exactly where 128 bits suffice; farther away the smaller operand
  // only matters as a sticky one below every rounding position.
  int distance = uc.exponent - exponent;
  if (distance >= 0) {
    if (distance <= 76) {
      addend <<= distance;
    } else if (addend != 0) {
      addend <<= 76;
      exponent = uc.exponent - 76;
      product = product != 0;
    }
  } else if (-distance <= 70) {
    product <<= -distance;
    exponent = uc.exponent;
  } else if (product != 0) {
    product <<= 70;
    exponent -= 70;
    addend = addend != 0;
  } else {
    exponent = uc.exponent;
  }
  if (productSign == uc.sign) {
    return roundPack128(productSign, exponent, product + addend);
  }
  if (product == addend) {
    return 0; // exact cancellation gives +0
  }
  if (product > addend) {
    return roundPack128(productSign, exponent, product - addend);
  }
  return roundPack128(uc.sign, exponent, addend - product);
}

// a + b = a * 1 + b, also for the signs of zeros.
uint32_t acc::arith::fadd(uint32_t a, uint32_t b) { return fma(a, one, b); }

uint32_t acc::arith::fsub(uint32_t a, uint32_t b) {
  return fma(a, one, b ^ signBit);
}

uint32_t acc::arith::fmul(uint32_t a, uint32_t b) {
  uint32_t sign = (a ^ b) & signBit;
  // Adding a zero of the product's sign changes nothing.
  return fma(a, b, sign);
}

/// Orders all numbers, with -0 below +0.
static int32_t key(uint32_t a) {
  return int32_t(a >> 31 ? ~(a & 0x7FFFFFFF) : a);
}

uint32_t acc::arith::fmin(uint32_t a, uint32_t b) {
  if (isNaN(a) || isNaN(b)) {
    return canonicalNaN;
  }
  return key(b) < key(a) ? b : a;
}

uint32_t acc::arith::fmax(uint32_t a, uint32_t b) {
  if (isNaN(a) || isNaN(b)) {
    return canonicalNaN;
  }
  return key(a) < key(b) ? b : a;
}

bool acc::arith::funo(uint32_t a, uint32_t b) { return isNaN(a) || isNaN(b); }

bool acc::arith::feq(uint32_t a, uint32_t b) {
  return !funo(a, b) && (a == b || ((a | b) & 0x7FFFFFFF) == 0);
}

bool acc::arith::flt(uint32_t a, uint32_t b) {
  return !funo(a, b) && ((a | b) & 0x7FFFFFFF) != 0 && key(a) < key(b);
}

bool acc::arith::fle(uint32_t a, uint32_t b) { return flt(a, b) || feq(a, b); }

uint32_t acc::arith::ffloor(uint32_t a) {
  if (isNaN(a)) {
    return canonicalNaN;
  }
  uint32_t mag = a & 0x7FFFFFFF;
  bool sign = a >> 31;
  int e = int(mag >> 23) - 127;
  if (e >= 23 || mag == 0) {
    return a;
  }
  if (e < 0) {
    return sign ? (signBit | one) : 0;
  }
  uint32_t mask = 0x7FFFFFu >> e;
  // A carry out of the fraction goes into the exponent field, as it must.
  uint32_t up = sign && (mag & mask) ? mask + 1 : 0;
  return (a & signBit) | ((mag & ~mask) + up);
}

uint32_t acc::arith::fround(uint32_t a) {
  if (isNaN(a)) {
    return canonicalNaN;
  }
  uint32_t mag = a & 0x7FFFFFFF;
  uint32_t sign = a & signBit;
  int e = int(mag >> 23) - 127;
  if (e >= 23) {
    return a;
  }
  if (e < -1 || mag == 0x3F000000) {
    return sign; // below one half, or exactly one half (a tie to zero)
  }
  if (e == -1) {
    return sign | one;
  }
  uint32_t mask = 0x7FFFFFu >> e;
  uint32_t unit = mask + 1;
  uint32_t half = unit >> 1;
  uint32_t rest = mag & mask;
  uint32_t kept = mag & ~mask;
  // At e = 0 the lowest integer bit is the hidden one.
  bool odd = e == 0 || (kept & unit);
  bool up = rest > half || (rest == half && odd);
  return sign | (kept + (up ? unit : 0));
}

uint32_t acc::arith::halve(uint32_t a, uint8_t times) {
  uint32_t exponent = a >> 23 & 0xFF;
  if (times == 0 || exponent == 0xFF) {
    return a;
  }
  return exponent > times ? a - (uint32_t(times) << 23) : a & signBit;
}
