//===- FpTest.cpp - Floating point of the RTL against the golden code -----===//

#include "Vfp_bench.h"
#include "dialects/ISA/Isa.h"
#include "systemc-models/Arithmetic/Convert.h"
#include "systemc-models/Arithmetic/Float32.h"
#include "systemc-models/Arithmetic/Special.h"
#include "verilated.h"

#include "gtest/gtest.h"

#include <functional>

using namespace acc::arith;
using xpu::isa::Uop;

namespace {

enum Op : unsigned {
  ToBf16 = 128,
  ToF16,
  FromBf16,
  FromF16,
  F32TermOp,
  F16TermOp,
  PeFma,
  Reduction = 136 ///< of a and c; b says which
};

class Fp : public testing::Test {
protected:
  uint32_t run(unsigned op, uint32_t a, uint32_t b = 0, uint32_t c = 0) {
    dut.op_i = uint8_t(op);
    dut.a_i = a;
    dut.b_i = b;
    dut.c_i = c;
    dut.eval();
    return dut.y_o;
  }
  uint32_t run(Uop op, uint32_t a, uint32_t b = 0, uint32_t c = 0) {
    return run(unsigned(op), a, b, c);
  }

  /// xorshift64*
  uint32_t next() {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return uint32_t(state * 0x2545F4914F6CDD1Dull >> 32);
  }

  /// Any bits; half of the time with an exponent near that of `near`.
  uint32_t number(uint32_t near) {
    uint32_t x = next();
    switch (next() % 8) {
    case 0:
      return x & 0x807FFFFF; // subnormal
    case 1:
    case 2:
    case 3: {
      uint32_t e = (near >> 23 & 0xFF) + next() % 64 - 32;
      return (x & 0x807FFFFF) | (e & 0xFF) << 23;
    }
    case 4: // few bits: ties
      return x & (0xFF800000 | 1u << next() % 23 | 1u << next() % 23);
    default:
      return x;
    }
  }

  static const std::vector<uint32_t> &corners() {
    static const std::vector<uint32_t> all = [] {
      std::vector<uint32_t> v;
      for (uint32_t e : {0u, 1u, 2u, 23u, 24u, 103u, 126u, 127u, 128u, 150u,
                         151u, 230u, 253u, 254u, 255u}) {
        for (uint32_t f : {0u, 1u, 2u, 0x3FFFFFu, 0x400000u, 0x400001u,
                           0x7FFFFEu, 0x7FFFFFu}) {
          v.push_back(e << 23 | f);
          v.push_back(signBit | e << 23 | f);
        }
      }
      return v;
    }();
    return all;
  }

  using Golden2 = uint32_t (*)(uint32_t, uint32_t);
  void compare2(Uop op, Golden2 golden, unsigned count = 1000000) {
    for (uint32_t a : corners()) {
      for (uint32_t b : corners()) {
        ASSERT_EQ(run(op, a, b), golden(a, b)) << std::hex << a << " " << b;
      }
    }
    for (unsigned i = 0; i < count; ++i) {
      uint32_t a = next(), b = number(a);
      ASSERT_EQ(run(op, a, b), golden(a, b)) << std::hex << a << " " << b;
    }
  }

  using Golden1 = uint32_t (*)(uint32_t);
  void compare1(Uop op, Golden1 golden) {
    auto check = [&](uint32_t a) {
      ASSERT_EQ(run(op, a), golden(a)) << std::hex << a;
    };
    for (uint32_t a : corners()) {
      check(a);
    }
    // Every exponent and sign, around the borders of 128 and 256 segments.
    for (uint32_t top = 0; top < 1u << 17; ++top) {
      for (int d = -1; d <= 1; ++d) {
        check((top << 15) + uint32_t(d));
      }
    }
    for (unsigned i = 0; i < 1000000; ++i) {
      check(next());
    }
    // Where the functions are not trivial: 2^-16 to 2^16.
    for (unsigned i = 0; i < 1000000; ++i) {
      check((next() & 0x807FFFFF) | (111 + next() % 32) << 23);
    }
  }

  Vfp_bench dut;
  uint64_t state = 0x9E3779B97F4A7C15ull;
};

TEST_F(Fp, Add) { compare2(Uop::FADD, fadd); }
TEST_F(Fp, Sub) { compare2(Uop::FSUB, fsub); }
TEST_F(Fp, Mul) { compare2(Uop::FMUL, fmul); }
TEST_F(Fp, Min) { compare2(Uop::FMIN, acc::arith::fmin); }
TEST_F(Fp, Max) { compare2(Uop::FMAX, acc::arith::fmax); }
TEST_F(Fp, Eq) {
  compare2(Uop::FEQ,
           [](uint32_t a, uint32_t b) { return uint32_t(feq(a, b)); });
}
TEST_F(Fp, Lt) {
  compare2(Uop::FLT,
           [](uint32_t a, uint32_t b) { return uint32_t(flt(a, b)); });
}
TEST_F(Fp, Le) {
  compare2(Uop::FLE,
           [](uint32_t a, uint32_t b) { return uint32_t(fle(a, b)); });
}
TEST_F(Fp, Uno) {
  compare2(Uop::FUNO,
           [](uint32_t a, uint32_t b) { return uint32_t(funo(a, b)); });
}

TEST_F(Fp, Fma) {
  for (uint32_t a : corners()) {
    for (uint32_t b : corners()) {
      for (uint32_t c :
           {0u, signBit, one, signBit | one, 1u, signBit | 1u, infinity,
            signBit | infinity, canonicalNaN, 0x7F7FFFFFu, 0x00800000u}) {
        ASSERT_EQ(run(Uop::FMA, a, b, c), acc::arith::fma(a, b, c))
            << std::hex << a << " " << b << " " << c;
      }
    }
  }
  for (unsigned i = 0; i < 2000000; ++i) {
    uint32_t a = number(one), b = number(one);
    // Near the product, so that the sum cancels often.
    uint32_t c = number(fmul(a, b));
    ASSERT_EQ(run(Uop::FMA, a, b, c), acc::arith::fma(a, b, c))
        << std::hex << a << " " << b << " " << c;
  }
}

TEST_F(Fp, Pe) {
  for (unsigned i = 0; i < 2000000; ++i) {
    uint32_t a = number(one) & 0xFFFF0000, b = number(one) & 0xFFFF0000;
    uint32_t c = number(fmul(a, b));
    ASSERT_EQ(run(PeFma, a >> 16, b >> 16, c), acc::arith::fma(a, b, c))
        << std::hex << a << " " << b << " " << c;
  }
  for (uint32_t a : corners()) {
    for (uint32_t b : corners()) {
      for (uint32_t c :
           {0u, signBit, one, 1u, infinity, signBit | infinity, canonicalNaN}) {
        uint32_t x = a & 0xFFFF0000, y = b & 0xFFFF0000;
        ASSERT_EQ(run(PeFma, x >> 16, y >> 16, c), acc::arith::fma(x, y, c))
            << std::hex << x << " " << y << " " << c;
      }
    }
  }
}

TEST_F(Fp, Reductions) {
  using xpu::isa::ReduceOp;
  auto check = [&](uint32_t a, uint32_t b) {
    const std::pair<ReduceOp, uint32_t> expected[] = {
        {ReduceOp::FAdd, fadd(a, b)},
        {ReduceOp::FMax, acc::arith::fmax(a, b)},
        {ReduceOp::FMin, acc::arith::fmin(a, b)},
        {ReduceOp::IAdd, a + b},
        {ReduceOp::IMax, uint32_t(std::max(int32_t(a), int32_t(b)))},
        {ReduceOp::IMin, uint32_t(std::min(int32_t(a), int32_t(b)))},
    };
    for (auto [op, y] : expected) {
      ASSERT_EQ(run(Reduction, a, uint32_t(op), b), y)
          << std::hex << unsigned(op) << " " << a << " " << b;
    }
  };
  for (uint32_t a : corners()) {
    for (uint32_t b : corners()) {
      check(a, b);
    }
  }
  for (unsigned i = 0; i < 1000000; ++i) {
    uint32_t a = next();
    check(a, number(a));
  }
  // Sums that cancel: neighbours in all bits but the last ones.
  for (unsigned i = 0; i < 300000; ++i) {
    uint32_t a = number(next());
    check(a, (a ^ signBit) + next() % 64 - 32);
    check(a & 0x8FFFFFFF, ((a & 0x8FFFFFFF) ^ signBit) + (next() & 0xFFFFFF));
  }
}

TEST_F(Fp, NarrowFormatsExhaustive) {
  for (uint32_t x = 0; x < 0x10000; ++x) {
    uint16_t h = uint16_t(x);
    ASSERT_EQ(run(FromBf16, x), bf16ToF32(h)) << std::hex << x;
    ASSERT_EQ(run(FromF16, x), f16ToF32(h)) << std::hex << x;
    for (int term = 0; term < 2; ++term) {
      ASSERT_EQ(run(F16TermOp, x, uint32_t(term)), f16Term(h, term))
          << std::hex << x << " " << term;
    }
  }
}

TEST_F(Fp, ToNarrowFormats) {
  auto check = [&](uint32_t a) {
    ASSERT_EQ(run(ToBf16, a), f32ToBf16(a)) << std::hex << a;
    ASSERT_EQ(run(ToF16, a), f32ToF16(a)) << std::hex << a;
    ASSERT_EQ(run(Uop::CVTBF16, a), bf16ToF32(f32ToBf16(a))) << std::hex << a;
    ASSERT_EQ(run(Uop::CVTF16, a), f16ToF32(f32ToF16(a))) << std::hex << a;
  };
  // All fp16 numbers, what lies half-way between them, and its neighbours.
  for (uint32_t x = 0; x < 0x10000; ++x) {
    uint32_t w = f16ToF32(uint16_t(x)), up = f16ToF32(uint16_t(x + 1));
    uint32_t middle = w + (up - w) / 2;
    for (int d = -1; d <= 1; ++d) {
      check(w + uint32_t(d));
      check(middle + uint32_t(d));
      check((x << 16 | 0x8000) + uint32_t(d));
    }
  }
  for (uint32_t a : corners()) {
    check(a);
  }
  for (unsigned i = 0; i < 1000000; ++i) {
    check(next());
  }
}

TEST_F(Fp, Terms) {
  auto check = [&](uint32_t a) {
    for (int term = 0; term < 3; ++term) {
      ASSERT_EQ(run(F32TermOp, a, uint32_t(term)), f32Term(a, term))
          << std::hex << a << " " << term;
    }
  };
  for (uint32_t a : corners()) {
    check(a);
  }
  for (unsigned i = 0; i < 1000000; ++i) {
    check(next());
    check(next() & 0x8FFFFFFF); // small
  }
}

TEST_F(Fp, Floor) { compare1(Uop::FFLOOR, ffloor); }
TEST_F(Fp, Round) { compare1(Uop::FROUND, fround); }
TEST_F(Fp, ToInt) {
  compare1(Uop::F2I, [](uint32_t a) { return uint32_t(f2i(a)); });
}
TEST_F(Fp, FromInt) {
  compare1(Uop::I2F, [](uint32_t a) { return i2f(int32_t(a)); });
}
TEST_F(Fp, Exp2) { compare1(Uop::EXP2, acc::arith::exp2); }
/// From the last normal number to what rounds to zero.
TEST_F(Fp, Exp2Underflows) {
  for (uint32_t a = 0xC2FA0000; a <= 0xC3180000; a += 97) {
    ASSERT_EQ(run(Uop::EXP2, a), acc::arith::exp2(a)) << std::hex << a;
  }
}
TEST_F(Fp, Log2) { compare1(Uop::LOG2, acc::arith::log2); }
TEST_F(Fp, Rcp) { compare1(Uop::RCP, rcp); }
TEST_F(Fp, Rsqrt) { compare1(Uop::RSQRT, rsqrt); }
TEST_F(Fp, Tanh) { compare1(Uop::TANH, acc::arith::tanh); }
TEST_F(Fp, Sin) { compare1(Uop::SINPI2, sinpi2); }
TEST_F(Fp, Cos) { compare1(Uop::COSPI2, cospi2); }

} // namespace
