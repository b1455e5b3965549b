//===- ConvertTest.cpp - Conversions and matrix-unit terms ----------------===//

#include "systemc-models/Arithmetic/Convert.h"
#include "Corners.h"
#include "systemc-models/Arithmetic/Float32.h"
#include "systemc-models/Arithmetic/Host.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace acc;
using arith::host::toFloat;

namespace {

TEST(Convert, F16RoundTripsExhaustively) {
  for (uint32_t h = 0; h < 65536; ++h) {
    uint32_t f = arith::f16ToF32(uint16_t(h));
    if (arith::isNaN(f)) {
      EXPECT_EQ(f, arith::canonicalNaN);
      EXPECT_EQ(arith::f32ToF16(f), 0x7E00);
      continue;
    }
    ASSERT_EQ(arith::f32ToF16(f), h);
    int field = (h >> 10) & 31;
    if (field != 31) {
      float expected = std::ldexp(float((h & 0x3FF) | (field ? 0x400 : 0)),
                                  (field ? field : 1) - 25);
      ASSERT_EQ(toFloat(f & 0x7FFFFFFF), expected);
    }
  }
}

TEST(Convert, F16RoundsToNearestEven) {
  // Between each pair of neighbours: the tie goes to even, its sides do not.
  for (uint32_t h = 0; h < 0x7C00; ++h) {
    float low = toFloat(arith::f16ToF32(uint16_t(h)));
    float high =
        h + 1 == 0x7C00 ? 65536.0f : toFloat(arith::f16ToF32(uint16_t(h + 1)));
    uint32_t mid = arith::host::toBits(low + (high - low) / 2);
    ASSERT_EQ(arith::f32ToF16(mid), h + (h & 1));
    ASSERT_EQ(arith::f32ToF16(mid - 1), h);
    ASSERT_EQ(arith::f32ToF16(mid + 1), h + 1);
  }
}

TEST(Convert, Bf16RoundsToNearestEven) {
  for (uint32_t h = 0; h < 0x7F80; ++h) {
    uint32_t mid = h << 16 | 0x8000;
    ASSERT_EQ(arith::f32ToBf16(mid), h + (h & 1));
    ASSERT_EQ(arith::f32ToBf16(mid - 1), h);
    ASSERT_EQ(arith::f32ToBf16(mid + 1), h + 1);
  }
  EXPECT_EQ(arith::f32ToBf16(0xFF800001), 0x7FC0);
  EXPECT_EQ(arith::bf16ToF32(0xFFFF), arith::canonicalNaN);
}

TEST(Convert, Integers) {
  RandomOperands r(5);
  for (int i = 0; i < 1000000; ++i) {
    int32_t x = int32_t(r.any()) >> (r.any() & 31);
    ASSERT_EQ(arith::i2f(x), arith::host::toBits(float(x)));
    uint32_t a = r.any();
    float f = toFloat(a);
    int32_t expected = std::isnan(f)         ? 0
                       : f >= 2147483648.0f  ? INT32_MAX
                       : f <= -2147483648.0f ? INT32_MIN
                                             : int32_t(f);
    ASSERT_EQ(arith::f2i(a), expected);
  }
  EXPECT_EQ(arith::i2f(INT32_MIN), 0xCF000000u);
  EXPECT_EQ(arith::f2i(0xCF000000), INT32_MIN);
  EXPECT_EQ(arith::f2i(0x4F000000), INT32_MAX);
}

double bf16(uint16_t h) { return toFloat(uint32_t(h) << 16); }

TEST(Convert, F32TermsSumToTheNumber) {
  RandomOperands r(6);
  for (int i = 0; i < 1000000; ++i) {
    uint32_t a = r.any();
    if (((a >> 23) & 0xFF) == 255) {
      continue;
    }
    double sum = bf16(arith::f32Term(a, 0)) + bf16(arith::f32Term(a, 1)) +
                 bf16(arith::f32Term(a, 2));
    double x = toFloat(a);
    if (((a >> 23) & 0xFF) >= 20) {
      ASSERT_EQ(sum, x) << std::hex << a;
    } else {
      ASSERT_LE(std::fabs(sum), std::fabs(x));
      ASSERT_LT(std::fabs(sum - x), 2 * std::ldexp(1.0, -133)) << std::hex << a;
    }
  }
}

TEST(Convert, TermSpecials) {
  EXPECT_EQ(arith::f32Term(0x7F800000, 0), 0x7F80);
  EXPECT_EQ(arith::f32Term(0xFF800000, 0), 0xFF80);
  EXPECT_EQ(arith::f32Term(0xFF800000, 1), 0);
  EXPECT_EQ(arith::f32Term(0xFFC00001, 0), 0x7FC0);
  EXPECT_EQ(arith::f32Term(0x7FC00000, 2), 0);
  EXPECT_EQ(arith::f32Term(0x80000000, 0), 0);
  EXPECT_EQ(arith::f32Term(0x80000001, 2), 0); // below 2^-133: truncated to +0
  EXPECT_EQ(arith::f32Term(0x80010000, 0), 0x8001);
  EXPECT_EQ(arith::f16Term(0xFC00, 0), 0xFF80);
  EXPECT_EQ(arith::f16Term(0x7C01, 0), 0x7FC0);
  EXPECT_EQ(arith::f16Term(0x7C01, 1), 0);
}

TEST(Convert, F16TermsSumToTheNumber) {
  for (uint32_t h = 0; h < 65536; ++h) {
    if (((h >> 10) & 31) == 31) {
      continue;
    }
    double sum = bf16(arith::f16Term(uint16_t(h), 0)) +
                 bf16(arith::f16Term(uint16_t(h), 1));
    ASSERT_EQ(sum, double(toFloat(arith::f16ToF32(uint16_t(h)))));
  }
}

} // namespace
