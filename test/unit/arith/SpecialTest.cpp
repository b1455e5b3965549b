//===- SpecialTest.cpp - Accuracy and specials of the SFU -----------------===//

#include "systemc-models/Arithmetic/Special.h"
#include "Corners.h"
#include "systemc-models/Arithmetic/Float32.h"
#include "systemc-models/Arithmetic/Host.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

using namespace acc;
using arith::host::toFloat;

namespace {

using Reference = std::function<double(double)>;
using Golden = uint32_t (*)(uint32_t);

/// Error of `bits` in units in the last place of the exact result.
double ulpError(uint32_t bits, double exact) {
  double got = toFloat(bits);
  if (std::fabs(exact) >= std::ldexp(1.0, 128) - std::ldexp(1.0, 103)) {
    return std::isinf(got) && std::signbit(got) == std::signbit(exact) ? 0
                                                                       : 1e9;
  }
  int e = exact == 0 ? -126 : std::max(std::ilogb(exact), -126);
  return std::fabs(got - exact) / std::ldexp(1.0, e - 23);
}

/// Largest error over random operands and exponents low..high (fields).
double worst(Golden golden, const Reference &f, int low, int high,
             bool negative) {
  RandomOperands r(7);
  double most = 0;
  for (int i = 0; i < 2000000; ++i) {
    uint32_t a = r.any();
    int field = low + int(r.any() % uint32_t(high - low + 1));
    a = (negative ? a & 0x80000000 : 0) | uint32_t(field) << 23 |
        (a & 0x7FFFFF);
    if ((a & 0x7FFFFFFF) == 0) {
      continue;
    }
    double error = ulpError(golden(a), f(toFloat(a)));
    if (error > most) {
      most = error;
    }
  }
  return most;
}

TEST(Special, Exp2) {
  double e =
      worst(arith::exp2, [](double x) { return std::exp2(x); }, 90, 134, true);
  RecordProperty("ulp", std::to_string(e));
  EXPECT_LE(e, 1.5);
  EXPECT_EQ(arith::exp2(0xFF800000), 0u);
  EXPECT_EQ(arith::exp2(0x7F800000), arith::infinity);
  EXPECT_EQ(arith::exp2(0x43000000), arith::infinity); // 128
  EXPECT_EQ(arith::exp2(0xC3150000), 1u);              // -149
  EXPECT_EQ(arith::exp2(0xC3170000), 0u);              // -151
  EXPECT_EQ(arith::exp2(0x00000001), arith::one);
  for (int n = -126; n < 128; ++n) {
    ASSERT_EQ(arith::exp2(arith::host::toBits(float(n))), uint32_t(n + 127)
                                                              << 23);
  }
}

TEST(Special, Log2) {
  Reference f = [](double x) { return std::log2(x); };
  EXPECT_LE(worst(arith::log2, f, 0, 254, false), 2);
  EXPECT_LE(worst(arith::log2, f, 126, 127, false), 2); // relative near 1
  EXPECT_EQ(arith::log2(arith::one), 0u);
  EXPECT_EQ(arith::log2(0), 0xFF800000u);
  EXPECT_EQ(arith::log2(0x80000000), 0xFF800000u);
  EXPECT_EQ(arith::log2(0xBF800000), arith::canonicalNaN);
  EXPECT_EQ(arith::log2(0xFF800000), arith::canonicalNaN);
  EXPECT_EQ(arith::log2(0x7F800000), arith::infinity);
  EXPECT_EQ(arith::log2(1), arith::host::toBits(-149.0f));
  // Every value close to one.
  for (uint32_t i = 1; i < 5000; ++i) {
    ASSERT_LE(ulpError(arith::log2(arith::one + i), f(toFloat(arith::one + i))),
              2);
    ASSERT_LE(ulpError(arith::log2(arith::one - i), f(toFloat(arith::one - i))),
              2);
  }
}

TEST(Special, Rcp) {
  EXPECT_LE(
      worst(arith::rcp, [](double x) { return 1 / x; }, 0, 254, true), 1.5);
  EXPECT_EQ(arith::rcp(0), arith::infinity);
  EXPECT_EQ(arith::rcp(0x80000000), 0xFF800000u);
  EXPECT_EQ(arith::rcp(0xFF800000), 0x80000000u);
  EXPECT_EQ(arith::rcp(1), arith::infinity);
  for (int n = -126; n < 127; ++n) {
    ASSERT_EQ(arith::rcp(uint32_t(n + 127) << 23), uint32_t(127 - n) << 23);
  }
}

TEST(Special, Rsqrt) {
  EXPECT_LE(worst(
                arith::rsqrt, [](double x) { return 1 / std::sqrt(x); }, 0, 254,
                false),
            1.5);
  EXPECT_EQ(arith::rsqrt(0), arith::infinity);
  EXPECT_EQ(arith::rsqrt(0x80000000), arith::infinity);
  EXPECT_EQ(arith::rsqrt(0x80000001), arith::canonicalNaN);
  EXPECT_EQ(arith::rsqrt(0x7F800000), 0u);
  for (int n = -126; n < 127; n += 2) {
    ASSERT_EQ(arith::rsqrt(uint32_t(n + 127) << 23), uint32_t(127 - n / 2)
                                                         << 23);
  }
}

TEST(Special, Tanh) {
  Reference f = [](double x) { return std::tanh(x); };
  EXPECT_LE(worst(arith::tanh, f, 0, 254, true), 2);
  EXPECT_LE(worst(arith::tanh, f, 110, 131, true), 2);
  EXPECT_EQ(arith::tanh(0x7F800000), arith::one);
  EXPECT_EQ(arith::tanh(0xFF800000), 0xBF800000u);
  EXPECT_EQ(arith::tanh(0x80000000), 0x80000000u);
}

TEST(Special, SinCosOfTurns) {
  RandomOperands r(8);
  double worstError = 0, worstSmall = 0;
  for (int i = 0; i < 4000000; ++i) {
    uint32_t a = (r.any() & 0x807FFFFF) | (100 + r.any() % 50) << 23;
    // The reduction is exact in double, so the reference is, too.
    double turns = std::remainder(double(toFloat(a)), 1.0);
    double s = std::sin(2 * M_PI * turns), c = std::cos(2 * M_PI * turns);
    worstError = std::max({worstError, std::fabs(toFloat(arith::sinpi2(a)) - s),
                           std::fabs(toFloat(arith::cospi2(a)) - c)});
    if (std::fabs(turns) < 0.125 && std::fabs(toFloat(a)) < 0.125) {
      worstSmall = std::max(worstSmall, ulpError(arith::sinpi2(a), s));
    }
  }
  EXPECT_LE(worstError, std::ldexp(1.0, -22));
  EXPECT_LE(worstSmall, 2);
  for (uint32_t a : {0x7F800000u, 0xFF800000u, 0x7FC00000u}) {
    EXPECT_EQ(arith::sinpi2(a), arith::canonicalNaN);
    EXPECT_EQ(arith::cospi2(a), arith::canonicalNaN);
  }
  EXPECT_EQ(arith::cospi2(0), arith::one);
  EXPECT_EQ(arith::cospi2(0x3F000000), 0xBF800000u); // half a turn
  EXPECT_EQ(arith::sinpi2(0x3E800000), arith::one);  // a quarter
  EXPECT_EQ(arith::sinpi2(0x4B800001), 0u);          // large: an integer
}

TEST(Special, NaN) {
  for (auto f :
       {arith::exp2, arith::log2, arith::rcp, arith::rsqrt, arith::tanh}) {
    EXPECT_EQ(f(0xFFC12345), arith::canonicalNaN);
  }
}

} // namespace
