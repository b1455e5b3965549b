//===- EccTest.cpp - Codes of the RTL, the golden code, and an oracle -----===//
//
// The oracle looks for the code word at distance 1 by trying all bits; whether
// a word is one it says by the columns of the parity-check matrix.
//
//===----------------------------------------------------------------------===//

#include "Vecc_bench.h"
#include "systemc-models/Memory/Secded.h"
#include "verilated.h"

#include "gtest/gtest.h"

#include <random>

using namespace acc;

namespace {

/// A received word: data, then check bits.
struct Word {
  uint64_t data = 0, check = 0;
};

template <typename Code> struct Oracle {
  static constexpr unsigned bits = Code::dataBits + Code::checkBits;

  static Word flip(Word w, unsigned bit) {
    (bit < Code::dataBits ? w.data : w.check) ^=
        uint64_t(1) << (bit < Code::dataBits ? bit : bit - Code::dataBits);
    return w;
  }
  static bool isCodeWord(Word w) {
    uint64_t sum = w.check;
    for (unsigned i = 0; i < Code::dataBits; ++i) {
      sum ^= w.data >> i & 1 ? Code::columns[i] : 0;
    }
    return sum == 0;
  }
  static CodeStatus decode(Word &w) {
    if (isCodeWord(w)) {
      return CodeStatus::Clean;
    }
    for (unsigned i = 0; i < bits; ++i) {
      if (isCodeWord(flip(w, i))) {
        w = flip(w, i);
        return CodeStatus::Corrected;
      }
    }
    return CodeStatus::Error;
  }
  /// The code word of data: the only one among all check bits.
  static uint64_t encode(uint64_t data) {
    for (uint64_t check = 0; check < 1u << Code::checkBits; ++check) {
      if (isCodeWord({data, check})) {
        return check;
      }
    }
    return 0;
  }
};

class Ecc : public testing::Test {
protected:
  Vecc_bench dut;

  void put(isa::SpmCode, Word w) {
    dut.spm_data_i = uint8_t(w.data);
    dut.spm_check_i = uint8_t(w.check);
  }
  void put(isa::HbmCode, Word w) {
    dut.hbm_data_i = w.data;
    dut.hbm_check_i = uint8_t(w.check);
  }

  template <typename Code> uint64_t encoded() const {
    return Code::dataBits == 8 ? dut.spm_check_o : dut.hbm_check_o;
  }
  template <typename Code> uint64_t decoded() const {
    return Code::dataBits == 8 ? dut.spm_data_o : dut.hbm_data_o;
  }
  template <typename Code> CodeStatus status() const {
    unsigned corrected =
        Code::dataBits == 8 ? dut.spm_corrected_o : dut.hbm_corrected_o;
    unsigned error = Code::dataBits == 8 ? dut.spm_error_o : dut.hbm_error_o;
    // The neighbours: one error above, two below.
    EXPECT_EQ(corrected & 5, 4u);
    EXPECT_EQ(error & 5, 1u);
    EXPECT_FALSE(corrected & error & 2);
    return corrected & 2 ? CodeStatus::Corrected
           : error & 2   ? CodeStatus::Error
                         : CodeStatus::Clean;
  }

  /// Golden code, RTL and oracle on one received word.
  template <typename Code> CodeStatus check(Word w) {
    dut.valid_i = 1;
    put(Code(), w);
    dut.eval();
    auto golden = Secded<Code>::decode(w.data, w.check);
    Word corrected = w;
    CodeStatus expected = Oracle<Code>::decode(corrected);
    EXPECT_EQ(golden.status, expected);
    EXPECT_EQ(golden.data, corrected.data);
    EXPECT_EQ(status<Code>(), expected);
    EXPECT_EQ(decoded<Code>(), corrected.data);
    return expected;
  }

  /// All single and all double errors of a word.
  template <typename Code> void checkErrors(uint64_t data) {
    Word word{data, Secded<Code>::encode(data)};
    ASSERT_EQ(word.check, Oracle<Code>::encode(data));
    ASSERT_EQ(check<Code>(word), CodeStatus::Clean);
    ASSERT_EQ(encoded<Code>(), word.check);
    for (unsigned i = 0; i < Oracle<Code>::bits; ++i) {
      Word one = Oracle<Code>::flip(word, i);
      ASSERT_EQ(check<Code>(one), CodeStatus::Corrected) << i;
      ASSERT_EQ(decoded<Code>(), data);
      for (unsigned j = 0; j < i; ++j) {
        ASSERT_EQ(check<Code>(Oracle<Code>::flip(one, j)), CodeStatus::Error)
            << i << " " << j;
      }
    }
  }
};

TEST_F(Ecc, ScratchpadAllErrorsOfAllBytes) {
  for (unsigned data = 0; data < 256; ++data) {
    checkErrors<isa::SpmCode>(data);
  }
}

TEST_F(Ecc, ScratchpadAllReceivedWords) {
  unsigned counts[3] = {};
  for (unsigned w = 0; w < 1u << 13; ++w) {
    ++counts[unsigned(check<isa::SpmCode>({w & 0xFF, w >> 8}))];
  }
  EXPECT_EQ(counts[0], 256u);
  EXPECT_EQ(counts[1], 256u * 13);
}

TEST_F(Ecc, HbmAllErrors) {
  std::mt19937_64 random(1);
  checkErrors<isa::HbmCode>(0);
  checkErrors<isa::HbmCode>(~uint64_t(0));
  for (unsigned i = 0; i < 30; ++i) {
    checkErrors<isa::HbmCode>(random());
  }
  for (unsigned i = 0; i < 20000; ++i) {
    check<isa::HbmCode>({random(), random() & 0xFF});
  }
}

TEST_F(Ecc, NothingIsReportedWithoutValid) {
  dut.valid_i = 0;
  put(isa::SpmCode(), {1, 0});
  put(isa::HbmCode(), {1, 0});
  dut.eval();
  EXPECT_EQ(dut.spm_corrected_o | dut.spm_error_o | dut.hbm_corrected_o |
                dut.hbm_error_o,
            0);
  EXPECT_EQ(dut.spm_check_o | dut.hbm_check_o, 0);
}

} // namespace
