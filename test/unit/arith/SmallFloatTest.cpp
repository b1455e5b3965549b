//===- SmallFloatTest.cpp - fp8, fp6, fp4 and their exact sums ------------===//

#include "systemc-models/Arithmetic/SmallFloat.h"
#include "Corners.h"
#include "MxVectors.h"
#include "systemc-models/Arithmetic/Float32.h"
#include "systemc-models/Arithmetic/Host.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

using namespace acc;
using namespace acc::test;
using arith::SmallNumber;
using arith::host::toBits;
using arith::host::toFloat;

namespace {

TEST(SmallFloat, AllNumbersAreThoseOfTheOracle) {
  std::vector<Scalar> all = readScalars();
  ASSERT_EQ(all.size(), 256u + 256 + 64 + 64 + 16);
  for (const Scalar &s : all) {
    ASSERT_EQ(arith::smallToF32(smallFormats[s.format].format, s.code), s.value)
        << smallFormats[s.format].name << " " << s.code;
  }
}

TEST(SmallFloat, ConversionsSaturate) {
  std::vector<Scalar> all = readScalars("conversions.txt");
  ASSERT_GE(all.size(), 1000u);
  for (const Scalar &s : all) {
    ASSERT_EQ(arith::f32ToF8(smallFormats[s.format].format, s.code), s.value)
        << smallFormats[s.format].name << " " << std::hex << s.code;
  }
}

/// Products of the oracle's numbers are exact in fp32.
TEST(SmallFloat, AllPairs) {
  std::vector<Scalar> all = readScalars();
  for (const Scalar &x : all) {
    for (const Scalar &y : all) {
      SmallNumber a = arith::decodeSmall(smallFormats[x.format].format, x.code);
      SmallNumber w = arith::decodeSmall(smallFormats[y.format].format, y.code);
      // The exact sum of zero is +0.
      uint32_t product = toBits(toFloat(x.value) * toFloat(y.value) + 0.0f);
      ASSERT_EQ(arith::groupSum(&a, &w, 1, 127, 127, 0), product)
          << std::hex << smallFormats[x.format].name << " " << x.code << " "
          << smallFormats[y.format].name << " " << y.code;
    }
  }
}

TEST(SmallFloat, SumsAreThoseOfTheOracle) {
  std::vector<Sum> all = readSums();
  ASSERT_GE(all.size(), 2000u);
  for (const Sum &s : all) {
    ASSERT_EQ(goldenSum(s), s.result)
        << smallFormats[s.a].name << " " << smallFormats[s.w].name << std::hex
        << " " << s.aRow << " " << s.wRow << " " << s.aScale << " " << s.wScale
        << " " << s.psum;
  }
}

double scaleValue(unsigned scale) {
  return scale == 255 ? std::nan("") : std::ldexp(1.0, int(scale) - 127);
}

TEST(HostGroups, StepsAreThoseOfTheGoldenCode) {
  RandomOperands r(7);
  constexpr int columns = 19, depth = 70;
  for (unsigned fa = 0; fa < 5; ++fa) {
    for (unsigned fw = 0; fw < 5; ++fw) {
      int group = int(groupOf(fa, fw));
      for (unsigned round = 0; round < 40; ++round) {
        bool scaled = round % 2, first = round % 4 < 2, finite = round % 8 != 7;
        auto number = [&](unsigned format) {
          uint32_t x;
          do {
            x = arith::smallToF32(smallFormats[format].format, r.any());
          } while (finite && (x & 0x7F800000) == 0x7F800000);
          return double(toFloat(x));
        };
        auto scale = [&] {
          return scaled && !finite && r.any() % 16 == 0
                     ? 255
                     : 127 + int(r.any() % 9) - 4 + (round % 3 == 2 ? -70 : 0);
        };
        std::vector<double> a(depth), w(depth * columns), sa(3),
            sw(3 * columns);
        std::vector<unsigned> ca(3, 127), cw(3 * columns, 127);
        for (double &x : a) {
          x = number(fa);
        }
        for (double &x : w) {
          x = number(fw);
        }
        for (size_t i = 0; scaled && i < sa.size(); ++i) {
          sa[i] = scaleValue(ca[i] = unsigned(scale()));
        }
        for (size_t i = 0; scaled && i < sw.size(); ++i) {
          sw[i] = scaleValue(cw[i] = unsigned(scale()));
        }
        std::vector<float> row(columns);
        for (float &x : row) {
          x = float(int(r.any() % 2000) - 1000) / 64;
        }
        std::vector<float> exact = row, before = row;
        arith::host::GroupOperands o{
            a.data(), w.data(), scaled ? sa.data() : nullptr, sw.data(), depth,
            group,    columns};
        bool both = fa == 1 && fw == 1;
        if (!both) {
          arith::host::groupStep(o, row.data(), columns, first);
        }
        arith::host::groupStepExact(o, exact.data(), columns, first);
        for (int c = 0; c < columns; ++c) {
          uint32_t psum = 0;
          for (int k = 0; k < depth; k += group) {
            SmallNumber x[16], y[16];
            int n = std::min(group, depth - k);
            auto small = [](double v) {
              return std::isnan(v) ? SmallNumber{SmallNumber::NaN, 0}
                     : std::isinf(v)
                         ? SmallNumber{SmallNumber::Infinite, v < 0 ? -1 : 1}
                         : SmallNumber{SmallNumber::Finite, int64_t(v * 65536)};
            };
            for (int i = 0; i < n; ++i) {
              x[i] = small(a[k + i]);
              y[i] = small(w[(k + i) * columns + c]);
            }
            psum = arith::groupSum(x, y, unsigned(n), uint8_t(ca[k / 32]),
                                   uint8_t(cw[k / 32 * columns + c]), psum);
          }
          uint32_t expected =
              first ? psum : arith::fadd(toBits(before[c]), psum);
          ASSERT_EQ(toBits(exact[c]), expected) << fa << " " << fw << " " << c;
          if (!both) {
            ASSERT_EQ(toBits(row[c]), expected) << fa << " " << fw << " " << c;
          }
        }
      }
    }
  }
}

/// Two blocks times a column of ones; the scale of the first is 2^scale. All
/// elements but `first` and `second` are `rest`.
uint32_t twoGroups(double first, int scale, std::vector<double> second,
                   double rest = 0) {
  constexpr int depth = 36;
  std::vector<double> a(depth, rest), w(depth, 1.0);
  a[0] = first;
  std::copy(second.begin(), second.end(), a.begin() + 32);
  const double aScale[] = {std::ldexp(1.0, scale / 2), 1};
  const double wScale[] = {std::ldexp(1.0, scale - scale / 2), 1};
  arith::host::GroupOperands o{a.data(), w.data(), aScale, wScale, depth, 4, 1};
  float row;
  arith::host::groupStep(o, &row, 1, true);
  return toBits(row);
}

/// 64 + 2^-18 is half-way between two fp32 numbers; the sum of the first group
/// is far below what a double could add to it.
TEST(HostGroups, TiesSeeWhatADoubleDoesNot) {
  const uint32_t even = 0x42800000, odd = 0x42800001;
  const double low = std::ldexp(1.0, -18);
  EXPECT_EQ(twoGroups(0, -100, {64, low, 0, 0}), even);
  EXPECT_EQ(twoGroups(1, -100, {64, low, 0, 0}), odd);
  EXPECT_EQ(twoGroups(-1, -100, {64, low, 0, 0}), even);
  EXPECT_EQ(twoGroups(1, -100, {-64, -low, 0, 0}), even | arith::signBit);
  EXPECT_EQ(twoGroups(-1, -100, {-64, -low, 0, 0}), odd | arith::signBit);
  // 3 * 2^-18 above the odd number: the tie goes up, and below it does not.
  EXPECT_EQ(twoGroups(0, -100, {64, 3 * low, 0, 0}), odd + 1);
  EXPECT_EQ(twoGroups(-1, -100, {64, 3 * low, 0, 0}), odd);
}

/// -0 by underflow, and then products that are -0.
TEST(HostGroups, AnExactZeroIsPositive) {
  EXPECT_EQ(twoGroups(-1, -200, {}, -0.0), 0u);
}

TEST(HostGroups, IntegersWrap) {
  const int32_t a[] = {-128, 127, 255}, w[] = {-128, 1, 127, 2, 255, 3};
  float row[2];
  const uint32_t start[] = {0x7FFFFFFF, 5};
  std::memcpy(row, start, sizeof(row));
  arith::host::integerStep(a, w, 3, 2, row, 2, false);
  uint32_t result[2];
  std::memcpy(result, row, sizeof(row));
  EXPECT_EQ(result[0], 0x7FFFFFFFu + 16384 + 16129 + 65025);
  EXPECT_EQ(result[1], uint32_t(5 - 128 + 254 + 765));
  arith::host::integerStep(a, w, 3, 2, row, 2, true);
  std::memcpy(result, row, sizeof(row));
  EXPECT_EQ(result[0], 16384u + 16129 + 65025);
}

} // namespace
