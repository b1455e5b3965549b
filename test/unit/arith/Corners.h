//===- Corners.h - Operands that arithmetic tests must meet -------*- C++
//-*-===//

#ifndef ACC_TEST_UNIT_ARITH_CORNERS_H
#define ACC_TEST_UNIT_ARITH_CORNERS_H

#include <cstdint>
#include <random>
#include <vector>

/// Zeros, subnormals, limits, infinities, NaNs, powers of two with neighbours.
inline std::vector<uint32_t> cornerOperands() {
  std::vector<uint32_t> v = {
      0x00000000, 0x00000001, 0x00000002, 0x007FFFFF, 0x00400000, 0x00800000,
      0x00800001, 0x7F7FFFFF, 0x7F7FFFFE, 0x7F800000, 0x7FC00000, 0x7F800001,
      0x7FFFFFFF, 0x3F000000, 0x3EFFFFFF, 0x3F000001, 0x4B000000, 0x4B000001,
      0x4AFFFFFF, 0x4B7FFFFF, 0x4F000000, 0x4EFFFFFF, 0x3FC00000, 0x40200000,
      0x7F000000, 0x00FFFFFF, 0x3F7FFFFF, 0x3F800001};
  for (int e = 1; e < 255; e += 12) {
    v.push_back(uint32_t(e) << 23);
    v.push_back((uint32_t(e) << 23) + 1);
    v.push_back((uint32_t(e) << 23) | 0x7FFFFF);
  }
  size_t n = v.size();
  for (size_t i = 0; i < n; ++i) {
    v.push_back(v[i] | 0x80000000);
  }
  return v;
}

/// Random operands: all bit patterns, or close exponents (cancellation, ties).
class RandomOperands {
public:
  explicit RandomOperands(uint64_t seed) : rng(seed) {}
  uint32_t any() { return uint32_t(rng()); }
  uint32_t near(uint32_t other) {
    uint32_t r = uint32_t(rng());
    int shift = int(rng() % 60) - 30;
    int e = int((other >> 23) & 0xFF) + shift;
    e = e < 0 ? 0 : e > 254 ? 254 : e;
    // Few significant bits make ties frequent.
    uint32_t frac = r & 0x7FFFFF;
    if (rng() & 1) {
      frac &= ~0u << (rng() % 24);
    }
    return (r & 0x80000000) | uint32_t(e) << 23 | (frac & 0x7FFFFF);
  }

private:
  std::mt19937_64 rng;
};

#endif // ACC_TEST_UNIT_ARITH_CORNERS_H
