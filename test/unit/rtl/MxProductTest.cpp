//===- MxProductTest.cpp - Products of small formats in memory ------------===//
//
// Layout of elements and scales, blocks and steps, on SystemC and RTL, against
// products that are not of our own making (test/Inputs/mx/products.txt).
//
//===----------------------------------------------------------------------===//

#include "rtl/tb/RtlSim.h"
#include "test/unit/arith/MxVectors.h"
#include "test/unit/models/Assembler.h"

#include "llvm/ADT/StringExtras.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::test;

namespace {

struct Product {
  std::string aFormat, wFormat;
  uint32_t m, n, k;
  std::string a, w, aScales, wScales;
  std::vector<uint32_t> result;
};

std::vector<Product> readProducts() {
  std::ifstream in(mxFile("products.txt"));
  std::vector<Product> all;
  std::string result;
  for (Product p; in >> p.aFormat >> p.wFormat >> p.m >> p.n >> p.k >> p.a >>
                  p.w >> p.aScales >> p.wScales >> result;) {
    p.result.clear();
    for (size_t i = 0; i < result.size(); i += 8) {
      p.result.push_back(
          uint32_t(std::stoul(result.substr(i, 8), nullptr, 16)));
    }
    all.push_back(p);
  }
  return all;
}

void check(const Product &p, bool byColumn) {
  const Target target = llvm::cantFail(loadTarget("xpu-tiny"));
  const uint32_t bank = target.spm.bankBytes, stores = 0x40000;
  std::vector<uint8_t> hbm(4 * bank);
  auto place = [&](const std::string &hex, uint32_t at) {
    std::string bytes = llvm::fromHex(hex);
    std::copy(bytes.begin(), bytes.end(), hbm.begin() + at);
  };
  place(p.a, 0);
  place(p.w, bank);
  place(p.aScales, 2 * bank);
  place(p.wScales, 3 * bank);
  isa::Matmulmx m;
  m.aFmt = *isa::symbolizeFormat(p.aFormat);
  m.wFmt = *isa::symbolizeFormat(p.wFormat);
  auto rowBytes = [&](isa::Format format) {
    uint32_t elements = isa::formatElements(format);
    return int32_t((p.k + elements - 1) / elements);
  };
  auto blocks = int32_t((p.k + 31) / 32);
  m.wByCol = byColumn;
  m.ncols = uint16_t(p.n);
  m.msize = {1, 1, p.m};
  m.ksize = {1, 1, p.k};
  m.aMstride[2] = rowBytes(m.aFmt);
  m.aKstride[2] = m.wKstride[2] = 1;
  m.wNstride = rowBytes(m.wFmt);
  m.asMstride[2] = m.wsNstride = blocks;
  m.asKstride[2] = m.wsKstride[2] = 1;
  m.wBase = bank;
  m.asBase = 2 * bank;
  m.wsBase = 3 * bank;
  m.rdBanks = 1;
  m.auxBanks = 14;
  isa::Accst c;
  c.oFmt = isa::Format::F32;
  c.ncols = uint16_t(p.n);
  c.msize = {1, 1, p.m};
  c.oBase = 4 * bank;
  c.oMstride[2] = int32_t(4 * p.n);
  c.oNstride = 4;
  c.wrBanks = 16;
  Assembler a;
  a.push(load(0, 0, bank, 15)).fence().push(m).fence().push(c).fence();
  a.push(store(stores, 4 * bank, p.m * p.n, 16)).halt();
  SimInput input{target, a.words, hbm, 500000, true};
  for (bool rtl : {false, true}) {
    auto out = rtl ? runRtl(input) : runSystemC(input);
    ASSERT_TRUE(bool(out)) << llvm::toString(out.takeError());
    ASSERT_EQ(out->fault, isa::Fault::None);
    for (size_t i = 0; i < p.result.size(); ++i) {
      uint32_t word;
      out->hbm.read(stores + 4 * i, &word, 4);
      ASSERT_EQ(word, p.result[i])
          << p.aFormat << " " << p.wFormat << " " << p.m << " x " << p.k
          << " x " << p.n << ", element " << i;
    }
  }
}

/// The scales of a last block that is not whole are read, too.
TEST(MxProducts, RangeOfTheLastScale) {
  if (rtlTargetName() != "xpu-tiny") {
    GTEST_SKIP();
  }
  const Target target = llvm::cantFail(loadTarget("xpu-tiny"));
  for (bool activations : {false, true}) {
    for (uint32_t k : {32u, 33u}) {
      isa::Matmulmx m;
      m.aFmt = m.wFmt = isa::Format::F4E2M1;
      m.ncols = 1;
      m.msize = {1, 1, 1};
      m.ksize = {1, 1, k};
      m.aKstride[2] = m.wKstride[2] = m.asKstride[2] = m.wsKstride[2] = 1;
      (activations ? m.asBase : m.wsBase) = uint32_t(target.spmBytes() - 1);
      m.rdBanks = 1;
      m.auxBanks = 0xFFFE;
      m.wBase = target.spm.bankBytes;
      (activations ? m.wsBase : m.asBase) = target.spm.bankBytes;
      Assembler a;
      a.push(m).halt();
      SimInput input{target, a.words, {}, 500000, true};
      auto expected = k == 32 ? isa::Fault::None : isa::Fault::SpmRange;
      EXPECT_EQ(llvm::cantFail(runSystemC(input)).fault, expected);
      EXPECT_EQ(llvm::cantFail(runRtl(input)).fault, expected);
    }
  }
}

TEST(MxProducts, AreThoseOfTheOracle) {
  if (rtlTargetName() != "xpu-tiny") {
    GTEST_SKIP();
  }
  std::vector<Product> all = readProducts();
  ASSERT_GE(all.size(), 25u);
  for (const Product &p : all) {
    check(p, false);
    check(p, true);
  }
}

} // namespace
