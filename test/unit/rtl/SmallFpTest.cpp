//===- SmallFpTest.cpp - RTL of small formats and integers ----------------===//
//
// Against the conformance vectors and the golden code. ACC_RTL_SUMS=N checks N
// random sums instead of the default.
//
//===----------------------------------------------------------------------===//

#include "Vfp_bench.h"
#include "dialects/ISA/Isa.h"
#include "systemc-models/Arithmetic/Float32.h"
#include "test/unit/arith/MxVectors.h"
#include "verilated.h"

#include "gtest/gtest.h"

using namespace acc::test;
using xpu::isa::Format;

namespace {

constexpr unsigned peInt = 137, peDot = 138, toF8 = 139, fromF8 = 140;

class SmallFp : public testing::Test {
protected:
  static Format formatOf(unsigned format) {
    return *xpu::isa::symbolizeFormat(smallFormats[format].name);
  }

  uint32_t run(const Sum &s) {
    dut.op_i = peDot;
    dut.a_fmt_i = uint8_t(formatOf(s.a));
    dut.w_fmt_i = uint8_t(formatOf(s.w));
    dut.a_bits_i = s.aRow;
    dut.w_bits_i = s.wRow;
    dut.count_i = uint8_t(s.count);
    dut.a_scale_i = uint8_t(s.aScale);
    dut.w_scale_i = uint8_t(s.wScale);
    dut.c_i = s.psum;
    dut.eval();
    return dut.y_o;
  }

  /// splitmix64
  uint64_t next() {
    uint64_t x = state += 0x9E3779B97F4A7C15ull;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ x >> 27) * 0x94D049BB133111EBull;
    return x ^ x >> 31;
  }

  Vfp_bench dut;
  uint64_t state = 1;
};

std::string show(const Sum &s) {
  std::ostringstream out;
  out << smallFormats[s.a].name << " " << smallFormats[s.w].name << " "
      << s.count << std::hex << " " << s.aRow << " " << s.wRow << " "
      << s.aScale << " " << s.wScale << " " << s.psum;
  return out.str();
}

TEST_F(SmallFp, ConformanceVectors) {
  std::vector<Sum> all = readSums();
  ASSERT_GE(all.size(), 2000u);
  for (const Sum &s : all) {
    ASSERT_EQ(run(s), s.result) << show(s);
  }
}

TEST_F(SmallFp, Conversions) {
  auto run = [&](unsigned op, unsigned format, uint32_t x) {
    dut.op_i = uint8_t(op);
    dut.a_fmt_i = uint8_t(formatOf(format));
    dut.a_i = x;
    dut.eval();
    return dut.y_o;
  };
  for (const Scalar &s : readScalars("conversions.txt")) {
    ASSERT_EQ(run(toF8, s.format, s.code), s.value) << std::hex << s.code;
  }
  for (const Scalar &s : readScalars()) {
    if (smallFormats[s.format].bits == 8) {
      ASSERT_EQ(run(fromF8, s.format, s.code), s.value) << std::hex << s.code;
    }
  }
  for (unsigned i = 0; i < 500000; ++i) {
    auto x = uint32_t(next());
    if (i % 2) { // 2^-20 to 2^20
      x = (x & 0x807FFFFF) | (107 + (x >> 23) % 41) << 23;
    }
    unsigned format = i / 2 % 2;
    ASSERT_EQ(run(toF8, format, x),
              acc::arith::f32ToF8(smallFormats[format].format, x))
        << std::hex << x;
  }
}

TEST_F(SmallFp, AllPairs) {
  for (unsigned a = 0; a < 5; ++a) {
    for (unsigned w = 0; w < 5; ++w) {
      for (uint64_t x = 0; x < 1u << smallFormats[a].bits; ++x) {
        for (uint64_t y = 0; y < 1u << smallFormats[w].bits; ++y) {
          Sum s{a, w, 1, x, y, 127, 127, 0, 0};
          ASSERT_EQ(run(s), goldenSum(s)) << show(s);
        }
      }
    }
  }
}

TEST_F(SmallFp, RandomSums) {
  const char *env = std::getenv("ACC_RTL_SUMS");
  uint64_t count = env ? std::strtoull(env, nullptr, 0) : 400000;
  for (uint64_t i = 0; i < count; ++i) {
    Sum s{};
    uint64_t x = next();
    s.a = x % 5;
    s.w = x / 5 % 5;
    unsigned most = groupOf(s.a, s.w);
    s.count = x >> 8 & 1 ? most : 1 + (x >> 9) % most;
    s.aRow = next();
    s.wRow = next();
    if (x >> 16 & 7) { // mostly without infinity and NaN
      s.aRow &= 0xBFBFBFBFBFBFBFBF;
      s.wRow &= 0xBFBFBFBFBFBFBFBF;
    }
    s.aScale = x >> 20 & 3 ? 127 : x >> 24 & 255;
    s.wScale = x >> 22 & 3 ? 127 : x >> 32 & 255;
    s.psum = uint32_t(next());
    if (x >> 40 & 3) { // near the sum without it, often just its negative
      uint32_t near = goldenSum(
          {s.a, s.w, s.count, s.aRow, s.wRow, s.aScale, s.wScale, 0, 0});
      uint32_t distance = (x >> 42 & 1) ? 0 : uint32_t(x >> 43) % 160;
      s.psum = (near ^ acc::arith::signBit) + (distance << 23) -
               (80u << 23) * (distance != 0) + uint32_t(x >> 56) % 5 - 2;
      if (x >> 60 & 1) { // ties
        s.psum &= 0xFF800000 | (uint32_t(next()) & uint32_t(next()));
      }
    }
    ASSERT_EQ(run(s), goldenSum(s)) << show(s);
  }
}

TEST_F(SmallFp, IntegersExhaustively) {
  for (Format a : {Format::I8, Format::U8}) {
    for (Format w : {Format::I8, Format::U8}) {
      for (int x = 0; x < 256; ++x) {
        for (int y = 0; y < 256; ++y) {
          auto value = [](Format format, int bits) {
            return format == Format::I8 ? int(int8_t(bits)) : bits;
          };
          dut.op_i = peInt;
          dut.a_fmt_i = uint8_t(a);
          dut.w_fmt_i = uint8_t(w);
          dut.a_bits_i = uint64_t(x);
          dut.w_bits_i = uint64_t(y);
          dut.c_i = uint32_t(next());
          dut.eval();
          ASSERT_EQ(dut.y_o, dut.c_i + uint32_t(value(a, x) * value(w, y)))
              << x << " " << y;
        }
      }
    }
  }
}

} // namespace
