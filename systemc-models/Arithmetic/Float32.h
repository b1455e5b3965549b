//===- Float32.h - Bit-exact binary32 arithmetic ------------------*- C++
//-*-===//
//
// The golden fp32 operations of section 3 of docs/machine.md on bit patterns,
// in integer operations only: round to nearest even, subnormals kept, every NaN
// result is `canonicalNaN`. The RTL is compared with these functions.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_ARITHMETIC_FLOAT32_H
#define ACC_SYSTEMC_MODELS_ARITHMETIC_FLOAT32_H

#include <cstdint>

namespace acc::arith {

inline constexpr uint32_t canonicalNaN = 0x7FC00000;
inline constexpr uint32_t infinity = 0x7F800000;
inline constexpr uint32_t signBit = 0x80000000;
inline constexpr uint32_t one = 0x3F800000;

inline bool isNaN(uint32_t a) { return (a & 0x7FFFFFFF) > infinity; }
inline bool isInf(uint32_t a) { return (a & 0x7FFFFFFF) == infinity; }

/// A finite number as (-1)^sign * significand * 2^exponent; the significand has
/// at most 24 bits, and all 24 if the number is normal.
struct Unpacked {
  bool sign;
  int exponent;
  uint32_t significand;
};

/// Splits a finite bit pattern.
Unpacked unpack(uint32_t a);

/// Rounds (-1)^sign * significand * 2^exponent to a binary format with
/// `fracBits` fraction bits and the exponent bias `bias` (IEEE layout), nearest
/// even, with subnormals and overflow to infinity. Bit 0 of the significand may
/// stand for a sticky bit if the significand has 26 bits or more.
uint32_t roundPack(bool sign, int exponent, uint64_t significand,
                   int fracBits = 23, int bias = 127);

/// The same for fp32 and a significand of up to 128 bits.
uint32_t roundPack128(bool sign, int exponent, unsigned __int128 significand);

uint32_t fadd(uint32_t a, uint32_t b);
uint32_t fsub(uint32_t a, uint32_t b);
uint32_t fmul(uint32_t a, uint32_t b);
/// a * b + c, rounded once.
uint32_t fma(uint32_t a, uint32_t b, uint32_t c);

/// Minimum and maximum; a NaN operand gives NaN, and -0 is below +0.
uint32_t fmin(uint32_t a, uint32_t b);
uint32_t fmax(uint32_t a, uint32_t b);

/// Comparisons; false if an operand is NaN.
bool feq(uint32_t a, uint32_t b);
bool flt(uint32_t a, uint32_t b);
bool fle(uint32_t a, uint32_t b);
bool funo(uint32_t a, uint32_t b);

/// Rounds to an integer toward minus infinity; keeps the sign of a zero.
uint32_t ffloor(uint32_t a);
/// Rounds to the nearest integer, ties to even; keeps the sign of a zero
/// result.
uint32_t fround(uint32_t a);

/// A finite number halved `times` times: exact, or a zero with its sign where
/// the result would be below the normal numbers. Infinity, NaN, and any number
/// halved 0 times stay as they are.
uint32_t halve(uint32_t a, uint8_t times);

} // namespace acc::arith

#endif // ACC_SYSTEMC_MODELS_ARITHMETIC_FLOAT32_H
