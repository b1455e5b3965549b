//===- Float32Test.cpp - Golden fp32 against the host ---------------------===//

#include "systemc-models/Arithmetic/Float32.h"
#include "Corners.h"
#include "systemc-models/Arithmetic/Host.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>

using namespace acc;

namespace {

uint32_t hostFma(uint32_t a, uint32_t b, uint32_t c) {
  using namespace arith::host;
  return toBits(std::fma(toFloat(a), toFloat(b), toFloat(c)));
}

void checkPair(uint32_t a, uint32_t b) {
  ASSERT_EQ(arith::fadd(a, b), arith::host::fadd(a, b))
      << std::hex << a << " " << b;
  ASSERT_EQ(arith::fsub(a, b), arith::host::fsub(a, b))
      << std::hex << a << " " << b;
  ASSERT_EQ(arith::fmul(a, b), arith::host::fmul(a, b))
      << std::hex << a << " " << b;
  // Of two terms, no reduction shows the order in which chips give them.
  ASSERT_EQ(arith::fadd(a, b), arith::fadd(b, a)) << std::hex << a << " " << b;
  ASSERT_EQ(arith::fmax(a, b), arith::fmax(b, a)) << std::hex << a << " " << b;
  ASSERT_EQ(arith::fmin(a, b), arith::fmin(b, a)) << std::hex << a << " " << b;
  float x = arith::host::toFloat(a), y = arith::host::toFloat(b);
  ASSERT_EQ(arith::feq(a, b), x == y);
  ASSERT_EQ(arith::flt(a, b), x < y) << std::hex << a << " " << b;
  ASSERT_EQ(arith::fle(a, b), x <= y);
  ASSERT_EQ(arith::funo(a, b), x != x || y != y);
}

TEST(Float32, CornerPairs) {
  auto v = cornerOperands();
  for (uint32_t a : v) {
    for (uint32_t b : v) {
      checkPair(a, b);
    }
  }
}

TEST(Float32, RandomPairs) {
  RandomOperands r(1);
  for (int i = 0; i < 1000000; ++i) {
    uint32_t a = r.any();
    checkPair(a, r.any());
    checkPair(a, r.near(a));
  }
}

TEST(Float32, FmaCorners) {
  auto v = cornerOperands();
  for (uint32_t a : v) {
    for (uint32_t b : v) {
      for (uint32_t c : v) {
        ASSERT_EQ(arith::fma(a, b, c), hostFma(a, b, c))
            << std::hex << a << " " << b << " " << c;
      }
    }
  }
}

TEST(Float32, FmaRandom) {
  RandomOperands r(2);
  for (int i = 0; i < 1000000; ++i) {
    uint32_t a = r.any(), b = r.near(0x3F800000);
    uint32_t product = arith::host::fmul(a, b);
    for (uint32_t c : {r.any(), r.near(product), product ^ 0x80000000}) {
      ASSERT_EQ(arith::fma(a, b, c), hostFma(a, b, c))
          << std::hex << a << " " << b << " " << c;
    }
  }
}

TEST(Float32, FmaArraysEqualsGolden) {
  RandomOperands r(3);
  std::vector<uint32_t> a(1003), b(1003), c(1003), out(1003);
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 1003; ++i) {
      a[i] = r.any();
      b[i] = r.near(0x3F800000);
      c[i] = r.near(a[i]);
    }
    arith::host::fmaArrays(a.data(), b.data(), c.data(), out.data(), 1003);
    for (int i = 0; i < 1003; ++i) {
      ASSERT_EQ(out[i], arith::fma(a[i], b[i], c[i]));
    }
  }
}

TEST(Float32, MatrixStepEqualsGolden) {
  RandomOperands r(9);
  const int depth = 16, count = 64 + 48 + 7;
  std::vector<uint32_t> a(depth), w(depth * count), row(count), got(count);
  for (int round = 0; round < 300; ++round) {
    // bf16 operands of all sizes; every third round only finite ones.
    auto operand = [&] {
      uint32_t x = (round % 3 ? r.near(0x3F800000) : r.any()) & 0xFFFF0000;
      return round % 3 == 1 ? (x & 0x80FF0000) : x;
    };
    for (uint32_t &x : a) {
      x = operand();
    }
    for (uint32_t &x : w) {
      x = operand();
    }
    for (uint32_t &x : row) {
      x = r.near(0x3F800000);
    }
    for (bool first : {true, false}) {
      auto toFloats = [](const std::vector<uint32_t> &bits) {
        std::vector<float> floats(bits.size());
        std::memcpy(floats.data(), bits.data(), bits.size() * 4);
        return floats;
      };
      std::vector<float> acc = toFloats(row);
      arith::host::matrixStep(toFloats(a).data(), toFloats(w).data(), depth,
                              count, acc.data(), count, first);
      std::memcpy(got.data(), acc.data(), got.size() * 4);
      for (int c = 0; c < count; ++c) {
        uint32_t sum = 0;
        for (int k = 0; k < depth; ++k) {
          sum = arith::fma(a[k], w[k * count + c], sum);
        }
        ASSERT_EQ(got[c], first ? sum : arith::fadd(row[c], sum)) << c;
      }
    }
  }
}

TEST(Float32, MinMaxOrderZerosAndPropagateNaN) {
  EXPECT_EQ(arith::fmin(0, 0x80000000), 0x80000000u);
  EXPECT_EQ(arith::fmin(0x80000000, 0), 0x80000000u);
  EXPECT_EQ(arith::fmax(0, 0x80000000), 0u);
  EXPECT_EQ(arith::fmax(0x80000000, 0), 0u);
  EXPECT_EQ(arith::fmax(0x7F800001, 0), arith::canonicalNaN);
  EXPECT_EQ(arith::fmin(0, 0xFFFFFFFF), arith::canonicalNaN);
  EXPECT_EQ(arith::fmin(0xC0000000, 0xBF800000), 0xC0000000u);
  EXPECT_EQ(arith::fmax(0xC0000000, 0xBF800000), 0xBF800000u);
}

TEST(Float32, HalvesExactlyOrToZero) {
  RandomOperands r(9);
  auto check = [](uint32_t a, uint8_t times) {
    const double halved = std::ldexp(double(arith::host::toFloat(a)), -times);
    uint32_t expected = arith::host::toBits(float(halved));
    if (times == 0 || !std::isfinite(halved)) {
      expected = a;
    } else if (std::fabs(halved) < double(FLT_MIN)) {
      expected = a & arith::signBit;
    }
    ASSERT_EQ(arith::halve(a, times), expected)
        << std::hex << a << " " << int(times);
  };
  for (unsigned times = 0; times < 256; ++times) {
    for (uint32_t exponent = 0; exponent < 256; ++exponent) {
      for (uint32_t fraction : {0u, 1u, 0x400000u, 0x7FFFFFu}) {
        check(exponent << 23 | fraction, uint8_t(times));
        check(arith::signBit | exponent << 23 | fraction, uint8_t(times));
      }
    }
  }
  for (int i = 0; i < 100000; ++i) {
    check(r.any(), uint8_t(r.any() % 40));
  }
}

TEST(Float32, RoundingToIntegers) {
  RandomOperands r(4);
  auto check = [](uint32_t a) {
    float x = arith::host::toFloat(a);
    ASSERT_EQ(arith::ffloor(a), arith::host::toBits(std::floor(x)))
        << std::hex << a;
    ASSERT_EQ(arith::fround(a), arith::host::toBits(std::nearbyint(x)))
        << std::hex << a;
  };
  for (uint32_t a : cornerOperands()) {
    check(a);
  }
  for (int i = 0; i < 1000000; ++i) {
    check(r.any());
    check(r.near(0x41000000));
  }
}

} // namespace
