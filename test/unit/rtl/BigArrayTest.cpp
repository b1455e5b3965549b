//===- BigArrayTest.cpp - An array of 256 x 256 ---------------------------===//
//
// More products in a cycle than 16 bits can count.
//
//===----------------------------------------------------------------------===//

#include "rtl/tb/RtlSim.h"
#include "systemc-models/Random/Assembler.h"

#include <gtest/gtest.h>

using namespace acc;

namespace {

TEST(BigArray, CountsAllProducts) {
  Target target = llvm::cantFail(loadTarget(rtlTargetName()));
  isa::Matmul m; // one weight everywhere, one vector of one element
  m.aFmt = m.wFmt = isa::Format::BF16;
  m.ncols = 256;
  m.msize = {1, 1, 2};
  m.ksize = {1, 1, 256};
  m.wBase = target.spm.bankBytes;
  m.rdBanks = 1;
  m.auxBanks = 2;
  isa::Accst c;
  c.oFmt = isa::Format::F32;
  c.ncols = 256;
  c.msize = {1, 1, 2};
  c.oMstride = {0, 0, 1024};
  c.oNstride = 4;
  c.wrBanks = 4;
  c.oBase = 2 * target.spm.bankBytes;
  Assembler a;
  a.push(load(0, 0, 1, 1)).push(load(0, m.wBase, 1, 2)).fence();
  a.push(m).fence().push(c).fence().push(store(4096, c.oBase, 512, 4)).halt();
  // 1.5 in bf16
  SimInput in{target, a.words, {0xC0, 0x3F, 0xC0, 0x3F}, 100000, true};
  auto s = runSystemC(in);
  ASSERT_TRUE(bool(s)) << llvm::toString(s.takeError());
  auto r = runRtl(in);
  ASSERT_TRUE(bool(r)) << llvm::toString(r.takeError());
  llvm::Error e = compareResults(*s, *r);
  EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  EXPECT_EQ(r->fault, isa::Fault::None);
  EXPECT_EQ(r->counters[unsigned(isa::Counter::MXU_MACS)], 2u * 256 * 256);
  float last;
  r->hbm.read(4096 + 511 * 4, &last, 4);
  EXPECT_EQ(last, 256 * 2.25f);
}

} // namespace
