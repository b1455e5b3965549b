//===- Special.cpp - Bit-exact special functions --------------------------===//

#include "systemc-models/Arithmetic/Special.h"
#include "systemc-models/Arithmetic/Float32.h"
#include "systemc-models/Arithmetic/Sfu.h"

using namespace acc::arith;

static constexpr SfuSegment table[sfuSegments] = {
#include "systemc-models/Arithmetic/SfuTables.inc"
};

/// The quadratic of a segment, 30 fraction bits.
static uint32_t evaluate(int segment, uint32_t t) {
  const SfuSegment &s = table[segment];
  int64_t u = (int64_t(s.c2) * t) >> sfuTWidth;
  int64_t v = ((s.c1 + u) * int64_t(t)) >> sfuTWidth;
  return uint32_t(s.c0 + v);
}

/// Like unpack, with the leading one of a subnormal moved to bit 23.
static Unpacked unpackNormalised(uint32_t a) {
  Unpacked u = unpack(a);
  int shift = __builtin_clz(u.significand) - 8;
  return {u.sign, u.exponent - shift, u.significand << shift};
}

/// floor(significand * 2^(exponent + fraction bits)); the result fits 64 bits.
static uint64_t toFixed(const Unpacked &u, int fractionBits) {
  int shift = u.exponent + fractionBits;
  if (shift >= 0) {
    return uint64_t(u.significand) << shift;
  }
  return shift > -24 ? u.significand >> -shift : 0;
}

uint32_t acc::arith::exp2(uint32_t a) {
  if (isNaN(a)) {
    return canonicalNaN;
  }
  bool sign = a >> 31;
  if ((a & 0x7FFFFFFF) >= 0x43800000) { // 256
    return sign ? 0 : infinity;
  }
  int64_t fixed = int64_t(toFixed(unpack(a), 26));
  if (sign) {
    fixed = -fixed;
  }
  int n = int(fixed >> 26);
  uint32_t frac = uint32_t(fixed) & 0x3FFFFFF;
  uint32_t p = evaluate(sfuExp2 + (frac >> 20), frac & 0xFFFFF);
  return roundPack(false, n - sfuFrac, p);
}

uint32_t acc::arith::log2(uint32_t a) {
  if ((a & 0x7FFFFFFF) == 0) {
    return signBit | infinity;
  }
  if (isNaN(a) || a >> 31) {
    return canonicalNaN;
  }
  if (isInf(a)) {
    return infinity;
  }
  Unpacked u = unpackNormalised(a);
  uint32_t f = u.significand & 0x7FFFFF;
  int64_t integer = u.exponent + 23;
  int64_t x = int64_t(f) << 1;
  if (f >> 22) {
    integer += 1;
    x = int64_t(f) - 0x800000;
  }
  uint32_t p = evaluate(sfuLog2 + (f >> 17), (f & 0x1FFFF) << 3);
  int64_t y = integer * (int64_t(1) << 54) + x * int64_t(p);
  bool sign = y < 0;
  return roundPack(sign, -54, sign ? uint64_t(-y) : uint64_t(y));
}

uint32_t acc::arith::rcp(uint32_t a) {
  uint32_t sign = a & signBit;
  if (isNaN(a)) {
    return canonicalNaN;
  }
  if (isInf(a)) {
    return sign;
  }
  if ((a & 0x7FFFFFFF) == 0) {
    return sign | infinity;
  }
  Unpacked u = unpackNormalised(a);
  uint32_t f = u.significand & 0x7FFFFF;
  uint32_t p = evaluate(sfuRcp + (f >> 16), (f & 0xFFFF) << 4);
  return roundPack(u.sign, -(u.exponent + 23) - sfuFrac, p);
}

uint32_t acc::arith::rsqrt(uint32_t a) {
  if ((a & 0x7FFFFFFF) == 0) {
    return infinity;
  }
  if (isNaN(a) || a >> 31) {
    return canonicalNaN;
  }
  if (isInf(a)) {
    return 0;
  }
  Unpacked u = unpackNormalised(a);
  uint32_t f = u.significand & 0x7FFFFF;
  int e = u.exponent + 23;
  int odd = e & 1;
  uint32_t p = evaluate(sfuRsqrt + 128 * odd + (f >> 16), (f & 0xFFFF) << 4);
  return roundPack(false, -((e - odd) / 2) - sfuFrac, p);
}

uint32_t acc::arith::tanh(uint32_t a) {
  if (isNaN(a)) {
    return canonicalNaN;
  }
  uint32_t mag = a & 0x7FFFFFFF;
  if (mag < 0x39800000) { // 2^-12
    return a;
  }
  if (mag >= 0x41800000) { // 16
    return (a & signBit) | one;
  }
  Unpacked u = unpack(a);
  if (mag < one) {
    uint32_t x = uint32_t(toFixed(u, 26));
    uint32_t p = evaluate(sfuTanh + (x >> 20), x & 0xFFFFF);
    return roundPack(u.sign, u.exponent - sfuFrac, uint64_t(u.significand) * p);
  }
  uint32_t f = u.significand & 0x7FFFFF;
  int e = u.exponent + 23;
  uint32_t p = evaluate(sfuTanh + 64 * (e + 1) + (f >> 17), (f & 0x1FFFF) << 3);
  return roundPack(u.sign, -sfuFrac, p);
}

/// sin or cos of 2 pi a.
static uint32_t sincos(uint32_t a, bool isCos) {
  if (isNaN(a) || isInf(a)) {
    return canonicalNaN;
  }
  Unpacked u = unpack(a);
  int octant = 0;
  uint32_t r = 0; // |a| reduced to [0, 1/8], 29 fraction bits
  uint32_t rsig = u.significand;
  int rexp = u.exponent;
  if ((a & 0x7FFFFFFF) < 0x3E000000) { // 1/8
    r = uint32_t(toFixed(u, 29));
  } else {
    int shift = u.exponent + 26;
    uint32_t phi =
        shift >= 26 ? 0
                    : uint32_t((uint64_t(u.significand) << shift) & 0x3FFFFFF);
    octant = int(phi >> 23);
    uint32_t q = phi & 0x7FFFFF;
    rsig = octant & 1 ? 0x800000 - q : q;
    rexp = -26;
    r = rsig << 3;
  }
  uint32_t offset = r >> 20;
  uint32_t t = r & 0xFFFFF;
  if (offset == 64) {
    offset = 63;
    t = 0xFFFFF;
  }
  bool swap = octant == 1 || octant == 2 || octant == 5 || octant == 6;
  bool sign = isCos ? octant >= 2 && octant <= 5 : (octant >= 4) != u.sign;
  if (isCos != swap) {
    return roundPack(sign, -sfuFrac, evaluate(sfuCos + offset, t));
  }
  uint32_t p = evaluate(sfuSin + offset, t);
  return roundPack(sign, rexp + 2 - sfuFrac, uint64_t(rsig) * p);
}

uint32_t acc::arith::sinpi2(uint32_t a) { return sincos(a, false); }
uint32_t acc::arith::cospi2(uint32_t a) { return sincos(a, true); }
