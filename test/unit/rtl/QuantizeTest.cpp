//===- QuantizeTest.cpp - Blocks of fp8 with scales on the vector unit ----===//
//
// The commands of docs/machine.md (section 8, block scales) on SystemC and RTL,
// against blocks that are not of our own making (test/Inputs/mx/blocks.txt).
//
//===----------------------------------------------------------------------===//

#include "rtl/tb/RtlSim.h"
#include "test/unit/arith/MxVectors.h"
#include "test/unit/models/Assembler.h"

#include "llvm/ADT/StringExtras.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::test;
using isa::Format;
using isa::Uop;

namespace {

struct Blocks {
  std::vector<uint8_t> numbers; ///< fp32
  std::string scales, elements;
};

Blocks readBlocks(const std::string &format) {
  std::ifstream in(mxFile("blocks.txt"));
  Blocks all;
  std::string name, words, elements;
  for (unsigned scale; in >> name >> words >> std::hex >> scale >> elements;) {
    if (name != format) {
      continue;
    }
    for (size_t i = 0; i < words.size(); i += 8) {
      auto word = uint32_t(std::stoul(words.substr(i, 8), nullptr, 16));
      for (unsigned byte = 0; byte < 4; ++byte) {
        all.numbers.push_back(uint8_t(word >> 8 * byte));
      }
    }
    all.scales.push_back(char(scale));
    all.elements += llvm::fromHex(elements);
  }
  return all;
}

/// An operation with `imm` as its first (1) or second (2) operand, or none (0).
uint64_t uop(Uop op, uint8_t dst, uint8_t a, uint8_t b, uint8_t immSel = 0,
             uint32_t imm = 0) {
  isa::UopInstr u;
  u.op = op;
  u.dst = dst;
  u.a = a;
  u.b = b;
  u.immSel = immSel;
  u.imm = imm;
  return u.encode();
}

void check(const std::string &name, uint32_t largestExponent) {
  Blocks blocks = readBlocks(name);
  auto count = uint32_t(blocks.scales.size());
  ASSERT_GE(count, 12u);
  const Target target = llvm::cantFail(loadTarget("xpu-tiny"));
  const uint32_t bank = target.spm.bankBytes;
  isa::Vpurun v;
  v.inFmt.fill(Format::None);
  v.firstRed = 5;
  // Largest magnitude of each block.
  isa::Vpurun largest = v;
  largest.size = {1, 1, 1, 1, count, 32};
  largest.inFmt[0] = Format::F32;
  largest.inStride[4] = 128;
  largest.inStride[5] = 4;
  largest.outFmt = Format::F32;
  largest.outBase = bank;
  largest.outStride[4] = 4;
  largest.laneRed = 1;
  largest.redOp = isa::ReduceOp::FMax;
  largest.outReg = 15;
  largest.nuops = 2;
  largest.uops[0] = uop(Uop::FABS, 1, 0, 0);
  largest.uops[1] = uop(Uop::FMAX, 15, 15, 1);
  largest.rdBanks = 1;
  largest.wrBanks = 2;
  // Its exponent less that of the format.
  isa::Vpurun scale = v;
  scale.size = {1, 1, 1, 1, 1, count};
  scale.inFmt[0] = Format::F32;
  scale.inBase[0] = bank;
  scale.inStride[5] = 4;
  scale.outFmt = Format::U8;
  scale.outBase = 2 * bank;
  scale.outStride[5] = 1;
  scale.outReg = 1;
  scale.nuops = 3;
  scale.uops[0] = uop(Uop::SHR, 1, 0, 0, 2, 23);
  scale.uops[1] = uop(Uop::ISUB, 1, 1, 0, 2, largestExponent);
  scale.uops[2] = uop(Uop::IMAX, 1, 1, 0, 2, 0);
  scale.rdBanks = 2;
  scale.wrBanks = 4;
  // Elements times 2^(127 - scale).
  isa::Vpurun elements = v;
  elements.size = {1, 1, 1, 1, count, 32};
  elements.inFmt[0] = Format::F32;
  elements.inStride[4] = 128;
  elements.inStride[5] = 4;
  elements.inFmt[1] = Format::U8;
  elements.inBase[1] = 2 * bank;
  elements.inStride[10] = 1;
  elements.outFmt = *isa::symbolizeFormat(name);
  elements.outBase = 3 * bank;
  elements.outStride[4] = 32;
  elements.outStride[5] = 1;
  elements.outReg = 3;
  elements.nuops = 3;
  elements.uops[0] = uop(Uop::ISUB, 2, 0, 1, 1, 254);
  elements.uops[1] = uop(Uop::SHL, 2, 2, 0, 2, 23);
  elements.uops[2] = uop(Uop::FMUL, 3, 0, 2);
  elements.rdBanks = 5;
  elements.wrBanks = 8;
  Assembler a;
  a.push(load(0, 0, 32 * count, 1)).fence().push(largest).fence();
  a.push(scale).fence().push(elements).fence();
  a.push(store(0x40000, 2 * bank, (count + 3) / 4, 4));
  a.push(store(0x41000, 3 * bank, 8 * count, 8)).halt();
  SimInput input{target, a.words, blocks.numbers, 500000, true};
  for (bool rtl : {false, true}) {
    auto out = rtl ? runRtl(input) : runSystemC(input);
    ASSERT_TRUE(bool(out)) << llvm::toString(out.takeError());
    ASSERT_EQ(out->fault, isa::Fault::None);
    std::string scales(count, 0), codes(32 * count, 0);
    out->hbm.read(0x40000, scales.data(), count);
    out->hbm.read(0x41000, codes.data(), codes.size());
    EXPECT_EQ(scales, blocks.scales);
    EXPECT_EQ(codes, blocks.elements);
  }
}

TEST(Quantize, BlocksAreThoseOfTheOracle) {
  if (rtlTargetName() != "xpu-tiny") {
    GTEST_SKIP();
  }
  check("F8E4M3", 8);
  check("F8E5M2", 15);
}

} // namespace
