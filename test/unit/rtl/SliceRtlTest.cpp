//===- SliceRtlTest.cpp - The RTL against the SystemC model ---------------===//
//
// Equal are: fault, start, end and address of every command, all counters,
// cycles, and the memory. ACC_RTL_SEEDS=FIRST:COUNT runs other random programs.
//
//===----------------------------------------------------------------------===//

#include "rtl/tb/RtlSim.h"
#include "systemc-models/Random/RandomProgram.h"
#include "test/unit/models/Assembler.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::test;
using isa::Fault;
using isa::Format;

namespace {

const Target &target() {
  static const Target t = llvm::cantFail(loadTarget(rtlTargetName()));
  return t;
}

/// The directed tests and their numbers are for xpu-tiny.
class Directed : public testing::Test {
protected:
  void SetUp() override {
    if (rtlTargetName() != "xpu-tiny") {
      GTEST_SKIP();
    }
  }
};
using Faults = Directed;

SimInput input(const Assembler &a, std::vector<uint8_t> hbm = {}) {
  return SimInput{target(), a.words, std::move(hbm), 500000, true};
}

/// Runs on both and expects equality; not of memory for a program that stores
/// what it never wrote.
SimOutput both(const Assembler &a, std::vector<uint8_t> hbm = {},
               bool memory = true) {
  auto s = runSystemC(input(a, hbm));
  auto r = runRtl(input(a, hbm));
  if (!s || !r) {
    ADD_FAILURE() << "systemc: " << llvm::toString(s.takeError())
                  << "; rtl: " << llvm::toString(r.takeError());
    return SimOutput();
  }
  CompareOptions options;
  options.memory = memory;
  llvm::Error e = compareResults(*s, *r, options);
  EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  return std::move(*r);
}

TEST_F(Directed, ScalarProgram) {
  Assembler a;
  a.li(1, 3).scalar(Opcode::ADDI, 1, 1, 0, -1);
  a.scalar(Opcode::BNE, 0, 1, 0, 0, 1);
  a.scalar(Opcode::LOOP, 0, 0, 0, 5, 8);
  a.scalar(Opcode::LOOP, 0, 0, 0, 3, 6);
  a.scalar(Opcode::ADDI, 2, 2, 0, 1).scalar(Opcode::ADDI, 3, 3, 0, 1);
  a.scalar(Opcode::MUL, 4, 3, 2).halt();
  SimOutput out = both(a);
  EXPECT_EQ(out.fault, Fault::None);
  EXPECT_EQ(out.cycles, 1u + 3 + 2 * 3 + 1 + 1 + 5 * 6 + 1);
}

TEST_F(Directed, AddVectors) {
  std::vector<float> x(40);
  for (int i = 0; i < 40; ++i) {
    x[i] = float(i);
  }
  Assembler a;
  isa::Load l = load(0, 0, 40, 1);
  l.signalMask = 1;
  isa::Vpurun v = elementwise(isa::Uop::FADD, 0, 0, 65536, 40);
  v.rdBanks = 1;
  v.wrBanks = 4;
  v.waitMask = 1;
  v.signalMask = 2;
  isa::Store s = store(4096, 65536, 40, 4);
  s.waitMask = 2;
  a.push(l).push(v).push(s).halt();
  SimOutput out = both(a, floatsToBytes(x));
  auto y = readFloats(out.hbm, 4096, 40);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(y[i], 2.0f * i);
  }
}

TEST_F(Directed, QueueFull) {
  Assembler a;
  for (int i = 0; i < 20; ++i) {
    isa::Accst c;
    c.wrBanks = 1;
    c.oFmt = Format::F32;
    c.ncols = 8;
    c.msize = {1, 1, 50};
    c.oMstride = {0, 0, 32};
    c.oNstride = 4;
    a.push(c);
  }
  a.halt();
  both(a);
}

isa::Matmul matmul(uint32_t rows, uint32_t depth) {
  isa::Matmul m;
  m.aFmt = m.wFmt = Format::BF16;
  m.ncols = uint16_t(target().mxuCols());
  m.msize = {1, 1, rows};
  m.ksize = {1, 1, depth};
  m.aMstride = {0, 0, 16};
  m.aKstride = {0, 0, 2};
  m.wKstride = {0, 0, 16};
  m.wNstride = 2;
  m.wBase = 32768;
  m.rdBanks = 1;
  m.auxBanks = 2;
  return m;
}

void expectFault(const Assembler &a, Fault fault, uint32_t pc) {
  SimOutput out = both(a);
  EXPECT_EQ(out.fault, fault) << isa::stringify(out.fault).str();
  EXPECT_EQ(out.faultPc, pc);
}

TEST_F(Faults, Sequencer) {
  Assembler empty;
  empty.words.resize(1);
  expectFault(empty, Fault::BadOpcode, 0);
  Assembler length;
  length.li(1, 2).halt();
  length.words[1].lo ^= 0x300; // two words
  expectFault(length, Fault::BadOperand, 1);
  expectFault(Assembler().li(1, 1).scalar(Opcode::JMP, 0, 0, 0, 0, 65536),
              Fault::ImemRange, 65536);
  expectFault(Assembler().scalar(Opcode::LDS, 1, 0, 0, 2), Fault::Misaligned,
              0);
  expectFault(Assembler().scalar(Opcode::LDS, 1, 0, 0, 1 << 20),
              Fault::SpmRange, 0);
  Assembler loops;
  for (unsigned i = 0; i <= isa::kLoopDepth; ++i) {
    loops.scalar(Opcode::LOOP, 0, 0, 0, 2, isa::kLoopDepth + 2);
  }
  expectFault(loops, Fault::LoopDepth, isa::kLoopDepth);
  expectFault(Assembler().li(1, 1).scalar(Opcode::LOOP, 0, 0, 0, 2, 2).halt(),
              Fault::BadOperand, 1);
}

isa::Accst accst(uint32_t rows, uint32_t wait = 0, uint32_t signal = 0) {
  isa::Accst c;
  c.wrBanks = 1;
  c.waitMask = wait;
  c.signalMask = signal;
  c.oFmt = Format::F32;
  c.ncols = 8;
  c.msize = {1, 1, rows};
  c.oMstride = {0, 0, 32};
  c.oNstride = 4;
  return c;
}

isa::Vpurun vpu(uint32_t wait, uint16_t rd, uint16_t wr) {
  isa::Vpurun v = elementwise(isa::Uop::FADD, 32768, 32768, 65536, 8);
  v.rdBanks = rd;
  v.wrBanks = wr;
  v.waitMask = wait;
  return v;
}

TEST_F(Faults, Commands) {
  isa::Load l = load(16777216 - 8, 0, 4, 1);
  expectFault(Assembler().li(1, 0).push(l).halt(), Fault::HbmRange, 1);
  isa::Store s = store(16777216 - 8, 0, 4, 1);
  expectFault(Assembler().li(1, 0).push(s).halt(), Fault::HbmRange, 1);
  l = load(0, 262144 - 8, 4, 0xFF);
  expectFault(Assembler().push(l).halt(), Fault::SpmRange, 0);
  l = load(0, 32768 - 8, 4, 1);
  expectFault(Assembler().push(l).halt(), Fault::BankClaim, 0);
  expectFault(Assembler().push(vpu(0, 2, 8)).halt(), Fault::BankClaim, 0);
  expectFault(Assembler().push(vpu(0, 4, 4)).halt(), Fault::BankClaim, 0);
  expectFault(Assembler().push(accst(65)).halt(), Fault::AccRange, 0);
}

TEST_F(Faults, BankConflict) {
  // A write port that DRAIN holds.
  Assembler a;
  a.push(accst(59)).push(vpu(0, 2, 5)).halt();
  expectFault(a, Fault::BankConflict, 4);
  // Free again in the cycle after the end.
  for (uint32_t rows = 6; rows < 12; ++rows) {
    Assembler b;
    b.push(accst(rows)).push(vpu(0, 2, 5)).halt();
    both(b);
  }
  // Two starts in one cycle: the later engine is at fault.
  Assembler c;
  c.push(accst(5, 1)).push(vpu(2, 2, 5)).signal(3).halt();
  expectFault(c, Fault::BankConflict, 0);
  // Activations and weights of one command.
  isa::Matmul m = matmul(4, 8);
  m.auxBanks = 3;
  expectFault(Assembler().push(m).halt(), Fault::BankConflict, 0);
  // The bank of the weights of a command that starts in this cycle, and in an
  // earlier one.
  for (uint32_t between : {0, 3}) {
    Assembler e;
    e.push(matmul(20, 8));
    for (uint32_t i = 0; i < between; ++i) {
      e.li(1, 0);
    }
    const uint32_t lds = e.pc();
    e.scalar(Opcode::LDS, 1, 0, 0, 32768);
    expectFault(e.halt(), Fault::BankConflict, lds);
  }
  // A bank that does not exist is none.
  auto drain = accst(50);
  drain.wrBanks |= 0x8000;
  Assembler f;
  f.push(drain).push(load(0, 229376, 8, 0x8080)).halt();
  EXPECT_EQ(both(f, {}, false).fault, Fault::None);
  // LDS.
  Assembler d;
  d.push(vpu(0, 2, 4)).scalar(Opcode::LDS, 1, 0, 0, 32768);
  d.scalar(Opcode::LDS, 1, 0, 0, 32768).halt();
  both(d);
}

TEST_F(Faults, Semaphores) {
  Assembler a;
  a.push(accst(10, 1)).push(vpu(1, 2, 4)).signal(1).halt();
  expectFault(a, Fault::SemConflict, 0);
  Assembler b;
  b.push(accst(10, 1)).signal(1).wait(1).halt();
  expectFault(b, Fault::SemConflict, 5);
  Assembler c;
  c.scalar(Opcode::LOOP, 0, 0, 0, 256, 2).signal(1).halt();
  expectFault(c, Fault::SemOverflow, 1);
  // An add of DRAIN and one of the sequencer, around the same cycle.
  for (int i = 0; i < 4; ++i) {
    Assembler d;
    d.scalar(Opcode::LOOP, 0, 0, 0, 254, 2).signal(1);
    d.push(accst(1, 0, 1));
    for (int k = 0; k < i + 3; ++k) {
      d.li(1, k);
    }
    d.signal(1).halt();
    both(d);
  }
}

TEST_F(Directed, SemaphoreDistances) {
  // The end of the DRAIN command moves over the cycle in which WAIT or the VPU
  // looks at the semaphore.
  for (uint32_t rows = 1; rows < 24; ++rows) {
    Assembler a;
    a.push(accst(rows, 0, 3)).push(vpu(1, 2, 4)).wait(2).li(1, 1).halt();
    EXPECT_EQ(both(a).fault, Fault::None);
  }
}

isa::Load lines(uint32_t line, uint32_t count) {
  return load(32 * line, 32 * line, 8 * count, 1);
}

TEST_F(Directed, DmaCommandsBackToBack) {
  // The last request of the first moves over the cycle in which the second is
  // visible, and over the window of outstanding packets.
  for (uint32_t n = 1; n <= 20; ++n) {
    for (uint32_t m : {1u, 2u, 9u}) {
      Assembler a, b;
      a.push(lines(0, n)).push(lines(n, m)).push(lines(n + m, 1)).halt();
      SimOutput out = both(a);
      EXPECT_EQ(out.fault, Fault::None);
      ASSERT_EQ(out.commands.size(), 3u);
      EXPECT_LT(out.commands[1].start, out.commands[0].end);
      b.push(store(0, 0, 8 * n, 1)).push(store(4096, 64, 8 * m, 3));
      b.push(store(8192, 0, 8, 1)).push(store(32, 0, 8, 1)).halt();
      both(b, {}, false);
    }
  }
}

TEST_F(Directed, MatmulsBackToBack) {
  // Streams shorter and longer than setup and tile; steps, formats and scales
  // that differ between neighbours; more commands than can be active.
  for (uint32_t rows = 1; rows <= 24; ++rows) {
    for (uint32_t depth : {8u, 20u}) {
      Assembler a;
      isa::Matmulmx scaled;
      scaled.aFmt = Format::F8E4M3;
      scaled.wFmt = Format::F4E2M1;
      scaled.ncols = 5;
      scaled.msize = {1, 1, rows};
      scaled.ksize = {1, 1, 70};
      scaled.aMstride = {0, 0, 128};
      scaled.aKstride = {0, 0, 1};
      scaled.wKstride = {0, 0, 32};
      scaled.wNstride = 1;
      scaled.wBase = scaled.wsBase = scaled.asBase = 32768;
      scaled.wsKstride = {0, 0, 32};
      scaled.wsNstride = scaled.asMstride[2] = 1;
      scaled.rdBanks = 1;
      scaled.auxBanks = 2;
      isa::Matmul term = matmul(rows, depth), more = matmul(2, 8);
      term.wFmt = Format::F32_T1;
      term.wNstride = 4;
      term.ncols = 3;
      more.accumulate = 1;
      a.push(matmul(rows, depth)).push(matmul(rows, depth)).push(scaled);
      a.push(more).push(scaled).push(term).push(more).push(more);
      a.push(sync<isa::Mxusync>(0, 1)).push(accst(rows, 1)).fence();
      a.push(store(65536, 0, rows * 8, 1)).halt();
      std::vector<uint8_t> image(65536);
      for (size_t i = 0; i < image.size(); ++i) {
        image[i] = uint8_t(i * 37 % 251) & 0xBF;
      }
      Assembler b;
      b.push(load(0, 0, 16384, 3)).fence();
      uint32_t offset = b.pc();
      b.words.insert(b.words.end(), a.words.begin(), a.words.end());
      SimOutput out = both(b, image);
      EXPECT_EQ(out.fault, Fault::None);
      ASSERT_EQ(out.commands.size(), 12u);
      EXPECT_EQ(out.commands[1].pc, offset);
      // Two of a kind, of which the second finds its tile through and the port
      // busy: it ends its own stream later.
      const CommandRecord *c = &out.commands[1];
      if (uint64_t steps = (depth + 7) / 8; rows >= 3 + 8 && steps == 1) {
        EXPECT_EQ(c[1].start, c[0].end - 18 - rows + 1);
        EXPECT_EQ(c[1].end, c[0].end + rows);
      }
      EXPECT_LT(c[1].start, c[0].end);
    }
  }
}

TEST_F(Directed, MatmulsThatShareABank) {
  // The second reads its weights where the first reads A: it waits for the end.
  isa::Matmul first = matmul(20, 8), second = matmul(20, 8);
  second.wBase = 0;
  second.aBase = 32768;
  second.rdBanks = 2;
  second.auxBanks = 1;
  SimOutput out = both(Assembler().push(first).push(second).push(first).halt());
  ASSERT_EQ(out.commands.size(), 3u);
  EXPECT_EQ(out.commands[1].start, out.commands[0].end + 1);
  EXPECT_EQ(out.commands[2].start, out.commands[1].end + 1);
  // Where the first reads weights the second may read A; and a bank that does
  // not exist is none.
  second.wBase = 65536;
  second.auxBanks = 4 | 0x8000;
  first.rdBanks |= 0x8000;
  out = both(Assembler().push(first).push(second).halt());
  EXPECT_LT(out.commands[1].start, out.commands[0].end);
}

TEST_F(Directed, AccumulatorsAreStoredBesideMatmuls) {
  std::vector<uint8_t> image(65536);
  for (size_t i = 0; i < image.size(); ++i) {
    image[i] = uint8_t(i * 37 % 251) & 0xBF;
  }
  // Rows that the first has written, while the second writes others: one
  // signal for all; the third writes the rows that are stored, after that.
  for (uint32_t rows = 1; rows <= 30; ++rows) {
    isa::Matmul first = matmul(rows, 20), second = matmul(30, 12);
    isa::Matmul third = matmul(rows, 8);
    first.signalMask = 1;
    second.accBase = uint16_t(rows);
    third.waitMask = 2;
    isa::Accst stored = accst(rows, 1, 6);
    stored.wrBanks = 4;
    stored.oBase = 65536;
    isa::Store out = store(0, 65536, rows * 8, 4);
    out.waitMask = 4;
    Assembler a;
    a.push(load(0, 0, 16384, 3)).fence().push(first).push(second);
    a.push(stored).push(out).push(third).fence();
    stored.waitMask = stored.signalMask = 0;
    stored.msize[2] = rows + 30;
    out.waitMask = 0;
    out.hbmBase = 65536;
    out.size[5] *= rows + 30;
    out.size[5] /= rows;
    a.push(stored).fence().push(out).halt();
    SimOutput result = both(a, image);
    EXPECT_EQ(result.fault, Fault::None);
    const CommandRecord &drain = *llvm::find_if(result.commands, [](auto &c) {
      return c.engine == isa::Engine::Drain;
    });
    const CommandRecord *product[3];
    unsigned n = 0;
    for (const CommandRecord &c : result.commands) {
      if (c.engine == isa::Engine::Mxu) {
        product[n++] = &c;
      }
    }
    ASSERT_EQ(n, 3u);
    EXPECT_EQ(drain.start, product[0]->end + 1);
    EXPECT_EQ(drain.end, drain.start + 3 + rows + 2 - 1);
    EXPECT_LT(drain.start, product[1]->end);
    EXPECT_GT(product[2]->start, drain.end);
  }
}

TEST_F(Directed, DmaCommandsWithIndexAreAlone) {
  for (uint32_t n = 1; n <= 10; ++n) {
    isa::Load g = lines(64, n);
    g.size[0] = 2;
    g.idxEn = 1;
    g.idxLimit = ~0u; // any index: the stride is 0
    g.idxBase = 32768;
    g.auxBanks = 2;
    Assembler a;
    a.push(lines(0, n)).push(g).push(g).push(lines(1, n)).push(lines(2, 1));
    SimOutput out = both(a.halt());
    ASSERT_EQ(out.commands.size(), 5u);
    for (int i : {1, 2, 3}) {
      EXPECT_EQ(out.commands[i].start, out.commands[i - 1].end + 1);
    }
  }
}

TEST_F(Directed, SyncBehindActiveCommands) {
  // Behind two active commands of each DMA engine, and before a third.
  for (uint32_t n = 1; n <= 10; ++n) {
    Assembler a;
    a.push(lines(0, n)).push(lines(n, 1)).push(sync<isa::Loadsync>(0, 3));
    a.push(lines(n + 1, 1)).push(store(4096, 32768, 8 * n, 2)).wait(1);
    a.push(store(8192, 32768, 8, 2)).push(sync<isa::Storesync>(2, 4));
    a.push(store(64, 32768, 8, 2)).wait(4).halt();
    SimOutput out = both(a, {}, false);
    EXPECT_EQ(out.fault, Fault::None);
    EXPECT_EQ(out.counters[unsigned(isa::Counter::LOAD_CMDS)], 4u);
    EXPECT_EQ(out.counters[unsigned(isa::Counter::STORE_CMDS)], 4u);
  }
}

TEST_F(Directed, SyncWaitsAndSignals) {
  Assembler a;
  a.push(sync<isa::Mxusync>(3, 12)).signal(1).signal(2).wait(12).halt();
  EXPECT_EQ(both(a).cycles, 6u);
  Assembler b;
  b.signal(1).push(sync<isa::Storesync>(1, 1)).li(1, 0).wait(1).halt();
  EXPECT_EQ(both(b).cycles, 5u);
  // Bank fields mean nothing, beside a command that claims the banks.
  Assembler c;
  auto s = sync<isa::Vpusync>();
  s.rdBanks = s.auxBanks = s.wrBanks = 0xFFFF;
  c.push(accst(10)).push(s).push(sync<isa::Vpusync>()).halt();
  SimOutput out = both(c);
  EXPECT_EQ(out.fault, Fault::None);
  ASSERT_EQ(out.commands.size(), 3u);
  EXPECT_EQ(out.commands[1].start, 5u);
  EXPECT_EQ(out.commands[2].start, 6u);
}

TEST_F(Directed, SyncMeetsAFullQueue) {
  for (unsigned chain = 0; chain < 4; ++chain) {
    for (unsigned delay = 0; delay < 4; ++delay) {
      EXPECT_EQ(both(pushWhileAPlaceIsFreed(chain, delay)).fault, Fault::None);
    }
  }
}

TEST_F(Faults, Sync) {
  Assembler a;
  a.scalar(Opcode::LOOP, 0, 0, 0, 255, 2).signal(1).li(1, 1);
  a.push(sync<isa::Loadsync>(0, 1)).halt();
  expectFault(a, Fault::SemOverflow, 3);
  Assembler b;
  b.push(sync<isa::Mxusync>(1)).push(sync<isa::Vpusync>(1)).signal(1).halt();
  expectFault(b, Fault::SemConflict, 1);
  Assembler c;
  c.push(sync<isa::Mxusync>()).halt();
  c.words[0].lo ^= 0x300; // two words
  expectFault(c, Fault::BadOperand, 0);
}

TEST_F(Faults, OfTwoDmaCommands) {
  // Claims: with each other none, with other engines until their own end.
  for (unsigned i : {0u, 1u}) {
    isa::Load l[2] = {lines(0, 1), lines(1, 1)};
    l[i].signalMask = 1;
    isa::Vpurun v = elementwise(isa::Uop::FADD, 32768, 32768, 0, 8);
    v.rdBanks = 2;
    v.wrBanks = 1;
    v.waitMask = 1;
    Assembler a;
    a.push(l[0]).push(l[1]).push(v).halt();
    EXPECT_EQ(both(a).fault, i ? Fault::None : Fault::BankConflict);
  }
  isa::Load other = load(0, 32768, 8, 2);
  expectFault(Assembler().push(accst(59)).push(other).push(lines(1, 1)).halt(),
              Fault::BankConflict, 11);
  // Inside: of the older one at the arrival, of the newer one at its request.
  isa::Load wide = load(0, 32768 - 32, 16, 1);
  expectFault(Assembler().push(wide).push(lines(2, 1)).halt(), Fault::BankClaim,
              0);
  expectFault(Assembler().push(lines(0, 2)).push(wide).halt(), Fault::BankClaim,
              7);
  expectFault(
      Assembler().push(lines(0, 2)).push(load(16777216 - 32, 0, 16, 1)).halt(),
      Fault::HbmRange, 7);
  // A claim of the older one does not serve the newer one.
  expectFault(Assembler().push(other).push(load(0, 32768, 8, 1)).halt(),
              Fault::BankClaim, 7);
  // Two ends one cycle apart overflow a semaphore: the first, the second.
  for (uint32_t count : {255u, 254u}) {
    isa::Load l = lines(0, 1);
    l.signalMask = 1;
    Assembler a;
    a.scalar(Opcode::LOOP, 0, 0, 0, int32_t(count), 2).signal(1);
    a.push(l).push(l).halt();
    expectFault(a, Fault::SemOverflow, count == 255 ? 2 : 9);
  }
}

TEST_F(Faults, OfMatmulsInARow) {
  // Claims last until the own end.
  for (unsigned i : {0u, 1u}) {
    isa::Matmul m[2] = {matmul(20, 8), matmul(20, 8)};
    m[i].signalMask = 1;
    isa::Vpurun v = elementwise(isa::Uop::FADD, 0, 0, 65536, 8);
    v.rdBanks = 1;
    v.wrBanks = 4;
    v.waitMask = 1;
    Assembler a;
    a.push(m[0]).push(m[1]).push(v).halt();
    EXPECT_EQ(both(a).fault, i ? Fault::None : Fault::BankConflict);
  }
  // Inside: of the older one on the A port while the newer one loads, of the
  // newer one on the W port while the older one streams.
  uint32_t words = uint32_t(Assembler().push(matmul(1, 8)).words.size());
  isa::Matmul beyond = matmul(20, 8);
  beyond.aBase = 32768 - 16 * 17;
  expectFault(Assembler().push(beyond).push(matmul(20, 8)).halt(),
              Fault::BankClaim, 0);
  isa::Matmul weights = matmul(20, 8);
  weights.wBase = 65536 - 64;
  expectFault(Assembler().push(matmul(20, 8)).push(weights).halt(),
              Fault::BankClaim, words);
}

//===----------------------------------------------------------------------===//
// Edges: each kills a mutation that the rest of the tests let live.
//===----------------------------------------------------------------------===//

/// Waits for ever on both.
void expectHang(const Assembler &a) {
  auto s = runSystemC(SimInput{target(), a.words, {}, 2000, true});
  auto r = runRtl(SimInput{target(), a.words, {}, 2000, true});
  EXPECT_FALSE(bool(s));
  EXPECT_FALSE(bool(r));
  llvm::consumeError(s.takeError());
  llvm::consumeError(r.takeError());
}

/// A word that is no address: a branch there faults.
constexpr uint32_t nowhere = 0xFFFFFF;

TEST_F(Directed, TakeAndAddInOneCycle) {
  // One is there, one is taken and one added: one is left, and not two.
  Assembler a;
  a.signal(1).push(sync<isa::Storesync>(1, 1)).li(1, 0).wait(1);
  EXPECT_EQ(both(Assembler(a).halt()).fault, Fault::None);
  expectHang(a.wait(1).halt());
}

TEST_F(Directed, Arithmetic) {
  struct {
    Opcode op;
    uint32_t a, b, result;
  } cases[] = {
      {Opcode::ADD, 0xFFFFFFFF, 2, 1},
      {Opcode::SUB, 1, 2, 0xFFFFFFFF},
      {Opcode::MUL, 0x10001, 0x10001, 0x20001},
      {Opcode::SAND, 0xF0F0, 0xFF00, 0xF000},
      {Opcode::SOR, 0xF0F0, 0xFF00, 0xFFF0},
      {Opcode::SXOR, 0xF0F0, 0xFF00, 0x0FF0},
      {Opcode::SSHL, 3, 30, 0xC0000000},
      {Opcode::SSHL, 3, 33, 6},
      {Opcode::SSHR, 0x80000000, 31, 1},
      {Opcode::SSHR, 0x80000000, 16, 0x8000},
      {Opcode::SLT, 0xFFFFFFFF, 0, 1},
      {Opcode::SLT, 0, 0xFFFFFFFF, 0},
      {Opcode::SLT, 0x7FFFFFFF, 0x80000000, 0},
      {Opcode::SLT, 5, 5, 0},
  };
  for (auto &c : cases) {
    Assembler a;
    a.li(29, int32_t(c.a)).li(30, int32_t(c.b)).li(1, int32_t(c.result));
    a.scalar(c.op, 31, 29, 30).scalar(Opcode::BNE, 0, 31, 1, 0, nowhere);
    EXPECT_EQ(both(a.halt()).fault, Fault::None) << unsigned(c.op);
  }
}

TEST_F(Directed, ProductsAreReadAtOnce) {
  const uint32_t x = 0x89ABCDEF, y = 0xFEDCBA98, product = x * y;
  // What reads a product in the next cycle, or writes its register.
  Assembler a;
  a.li(29, int32_t(x)).li(30, int32_t(y)).li(1, int32_t(product));
  a.li(2, int32_t(2 * product)).li(3, int32_t(product * product));
  a.li(4, int32_t(product * x)).li(6, 77).li(8, 16);
  auto expect = [&](unsigned reg, unsigned value) {
    a.scalar(Opcode::BNE, 0, reg, value, 0, nowhere);
  };
  a.scalar(Opcode::MUL, 31, 29, 30);
  expect(31, 1);
  a.scalar(Opcode::MUL, 31, 29, 30).scalar(Opcode::BNE, 0, 1, 31, 0, nowhere);
  a.scalar(Opcode::MUL, 31, 29, 30).scalar(Opcode::ADD, 5, 31, 31);
  expect(5, 2);
  a.scalar(Opcode::MUL, 31, 29, 30).scalar(Opcode::MUL, 5, 31, 31);
  expect(5, 3);
  a.scalar(Opcode::MUL, 31, 29, 30).scalar(Opcode::MUL, 31, 31, 29);
  expect(31, 4);
  a.scalar(Opcode::MUL, 31, 29, 30).li(31, 77);
  expect(31, 6);
  a.scalar(Opcode::MUL, 0, 29, 30).scalar(Opcode::ADD, 5, 0, 0);
  expect(5, 7);
  // A base, and the address of LDS.
  isa::Load l = load(0, 0, 8, 1);
  l.spmReg = 9;
  a.scalar(Opcode::MUL, 9, 8, 8).push(l).fence();
  a.li(10, 0x07070707).scalar(Opcode::MUL, 9, 8, 8);
  a.scalar(Opcode::LDS, 5, 9, 0, 28);
  expect(5, 10);
  a.li(11, 3).scalar(Opcode::MUL, 9, 11, 11);
  a.scalar(Opcode::LOOP, 0, 9, 0, 0, a.pc() + 2).addi(12, 12, 1);
  expect(12, 9);
  EXPECT_EQ(both(a.halt(), std::vector<uint8_t>(32, 7)).fault, Fault::None);
}

TEST_F(Directed, RegisterZeroStaysZero) {
  Assembler a; // r1 is zero at the start
  a.li(0, 5).scalar(Opcode::BNE, 0, 0, 1, 0, nowhere);
  a.push(load(0, 0, 8, 1)).fence().scalar(Opcode::LDS, 0, 0, 0, 0);
  a.scalar(Opcode::BNE, 0, 0, 1, 0, nowhere).halt();
  EXPECT_EQ(both(a, std::vector<uint8_t>(32, 7)).fault, Fault::None);
}

TEST_F(Directed, LoopsBelowOneRunOnce) {
  for (int32_t count : {0, -1, INT32_MIN}) {
    Assembler a;
    a.scalar(Opcode::LOOP, 0, 0, 0, count, 2).addi(1, 1, 1).halt();
    EXPECT_EQ(both(a).cycles, 3u) << count;
  }
}

TEST_F(Directed, LastBytesOfTheMemories) {
  Assembler a;
  a.push(load(16777216 - 32, 262144 - 32, 8, 0x80)).fence();
  a.scalar(Opcode::LDS, 1, 0, 0, 262140);
  a.push(store(16777216 - 64, 262144 - 32, 8, 0x80)).fence();
  a.push(store(16777216 - 32, 262144 - 32, 8, 0x80)).halt();
  EXPECT_EQ(both(a).fault, Fault::None);
  isa::Load l = load(0, 262143, 2, 0x80);
  l.esize = 1;
  l.hbmStride[5] = l.spmStride[5] = 1;
  expectFault(Assembler().push(l).halt(), Fault::SpmRange, 0);
  expectFault(Assembler().scalar(Opcode::LDS, 1, 0, 0, 262144), Fault::SpmRange,
              0);
}

TEST_F(Directed, LastWordsOfTheInstructionMemory) {
  // A command ends with the last word; only what follows is beyond.
  Assembler a;
  a.scalar(Opcode::JMP, 0, 0, 0, 0, 65536 - 7);
  a.words.resize(65536 - 7);
  a.push(load(0, 0, 8, 1));
  expectFault(a, Fault::ImemRange, 65536);
  Assembler b;
  b.scalar(Opcode::JMP, 0, 0, 0, 0, 65536 - 6);
  b.words.resize(65536 - 6);
  b.push(load(0, 0, 8, 1));
  b.words.resize(65536);
  expectFault(b, Fault::ImemRange, 65536 - 6);
}

TEST_F(Faults, TieIsOfTheFirstEngine) {
  isa::Accst c = accst(0, 1);
  isa::Vpurun v = vpu(2, 2, 4);
  v.firstRed = 6;
  expectFault(Assembler().push(c).push(v).signal(3).halt(), Fault::BadOperand,
              4);
}

TEST_F(Faults, ReadClaimOfTheOlderCommand) {
  // The first store is active while the second is, and a command that waited
  // reads its bank.
  isa::Vpurun reader = vpu(0, 1, 4);
  reader.waitMask = 1;
  Assembler a;
  a.push(reader).push(store(0, 0, 8, 1)).push(store(4096, 98304, 8, 8));
  expectFault(a.signal(1).halt(), Fault::BankConflict, 0);
}

TEST_F(Faults, Alignment) {
  auto misaligned = [](const Assembler &a) {
    expectFault(a, Fault::Misaligned, 0);
  };
  isa::Load l = lines(0, 1);
  l.idxEn = 1;
  l.idxLimit = ~0u;
  l.auxBanks = 2;
  l.idxBase = 32768 + 2;
  misaligned(Assembler().push(l).halt());
  isa::Accst c = accst(2);
  c.oNstride = 2;
  misaligned(Assembler().push(c).halt());
  c = accst(2);
  c.oMstride = {0, 2, 32}; // of a size of 1, too
  misaligned(Assembler().push(c).halt());
  for (int d = 0; d < 6; ++d) {
    isa::Vpurun v = vpu(0, 2, 4);
    v.outStride[d] += 2;
    misaligned(Assembler().push(v).halt());
  }
}

TEST_F(Faults, LaneReductionIsOfRegister15) {
  isa::Vpurun v = vpu(0, 2, 4);
  v.laneRed = 1;
  v.outReg = 14;
  expectFault(Assembler().push(v).halt(), Fault::BadOperand, 0);
}

//===----------------------------------------------------------------------===//
// Speed: --gtest_also_run_disabled_tests --gtest_filter=*Speed*
//===----------------------------------------------------------------------===//

void speed(const char *name, const Assembler &a) {
  SimOutput r = llvm::cantFail(runRtl(input(a)));
  std::printf("%-10s %8llu cycles %10.0f cycles/s\n", name,
              (unsigned long long)r.cycles, double(r.cycles) / r.wallSeconds);
}

/// The program of docs/decisions/0003, on any target of the product.
TEST(Rtl, EightLoads) {
  if (target().spmBytes() < 131072) {
    GTEST_SKIP();
  }
  Assembler a;
  for (uint32_t i = 0; i < 8; ++i) {
    a.push(load(65536 * i, 65536 * (i % 2), 16384, i % 2 ? 12 : 3));
  }
  SimOutput out = both(a.halt());
  EXPECT_EQ(out.commands.size(), 8u);
  RecordProperty("cycles", int(out.cycles));
}

TEST(Rtl, DISABLED_Speed) {
  Assembler idle;
  idle.scalar(Opcode::LOOP, 0, 0, 0, 200000, 2).li(1, 1).halt();
  speed("scalar", idle);
  Assembler mxu, v, dma, all;
  isa::Vpurun x = elementwise(isa::Uop::FADD, 65536, 65536, 98304, 4000);
  x.rdBanks = 4;
  x.wrBanks = 8;
  isa::Load l = load(0, 131072, 8192, 16);
  isa::Store s = store(0x100000, 163840, 8192, 32);
  for (Assembler *a : {&mxu, &v, &dma, &all}) {
    a->push(load(0, 0, 65536, 0xFF)).fence();
    uint32_t at = a->pc();
    a->scalar(Opcode::LOOP, 0, 0, 0, 100, 0);
    if (a == &mxu || a == &all) {
      a->push(matmul(64, 100));
    }
    if (a == &v || a == &all) {
      a->push(x);
    }
    if (a == &dma || a == &all) {
      a->push(l).push(s);
    }
    uint32_t end = a->pc();
    a->halt();
    Assembler loop;
    loop.scalar(Opcode::LOOP, 0, 0, 0, a == &mxu || a == &v ? 100 : 20, end);
    a->words[at] = loop.words[0];
  }
  speed("mxu", mxu);
  speed("vpu", v);
  speed("dma", dma);
  speed("all", all);
}

//===----------------------------------------------------------------------===//
// Random programs
//===----------------------------------------------------------------------===//

std::pair<unsigned, unsigned> seeds(unsigned count) {
  if (const char *s = std::getenv("ACC_RTL_SEEDS")) {
    unsigned first = 0, n = 1;
    std::sscanf(s, "%u:%u", &first, &n);
    return {first, n};
  }
  return {1, count};
}

bool isInside(Fault f) {
  return f == Fault::SpmRange || f == Fault::HbmRange ||
         f == Fault::BankClaim || f == Fault::IndexRange;
}

unsigned faultsSeen[isa::kNumFaultValues];

void runSeed(unsigned seed, bool faults,
             std::optional<CommandKind> only = std::nullopt) {
  RandomProgramOptions options;
  options.faults = faults;
  options.only = only;
  RandomProgram p = makeRandomProgram(target(), seed, options);
  SimInput in{target(), p.words, p.hbm, 500000, true, p.entry};
  auto s = runSystemC(in);
  auto r = runRtl(in);
  if (!s && faults) {
    // A spoiled program may wait for ever.
    llvm::consumeError(s.takeError());
    EXPECT_FALSE(bool(r)) << "seed " << seed;
    llvm::consumeError(r.takeError());
    return;
  }
  ASSERT_TRUE(bool(s)) << "seed " << seed << ": "
                       << llvm::toString(s.takeError());
  ASSERT_TRUE(bool(r)) << "seed " << seed
                       << ": systemc: " << isa::stringify(s->fault).str()
                       << " at word " << s->faultPc
                       << "; rtl: " << llvm::toString(r.takeError());
  if (!faults) {
    EXPECT_EQ(s->fault, Fault::None)
        << "seed " << seed << " word " << s->faultPc;
  }
  ++faultsSeen[unsigned(s->fault)];
  // Which fault inside a command is found first is not part of the contract.
  if (isInside(s->fault) && isInside(r->fault) && s->faultPc == r->faultPc) {
    return;
  }
  llvm::Error e = compareResults(*s, *r);
  EXPECT_FALSE(bool(e)) << "seed " << seed << ": "
                        << llvm::toString(std::move(e));
}

/// One kind of command alone: small failures.
void runKind(CommandKind kind) {
  auto [first, count] = seeds(20);
  for (unsigned i = 0; i < count; ++i) {
    runSeed(first + i, false, kind);
  }
}
TEST(Random, Load) { runKind(CommandKind::Load); }
TEST(Random, Store) { runKind(CommandKind::Store); }
TEST(Random, Matmul) { runKind(CommandKind::Matmul); }
TEST(Random, Accst) { runKind(CommandKind::Accst); }
TEST(Random, Vpu) { runKind(CommandKind::Vpu); }

TEST(Random, Programs) {
  auto [first, count] = seeds(40);
  for (unsigned i = 0; i < count; ++i) {
    runSeed(first + i, false);
  }
}

TEST(Random, ProgramsWithFaults) {
  auto [first, count] = seeds(40);
  for (unsigned i = 0; i < count; ++i) {
    runSeed(100000 + first + i, true);
  }
  for (unsigned f = 0; f < isa::kNumFaultValues; ++f) {
    RecordProperty(isa::stringify(Fault(f)).str(), int(faultsSeen[f]));
  }
}

} // namespace
