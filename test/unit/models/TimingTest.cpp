//===- TimingTest.cpp - Closed forms of section 5 against hand counts -----===//

#include "systemc-models/Timing/Timing.h"
#include "ClockedVpu.h"
#include "Seeds.h"
#include "systemc-models/Timing/Packets.h"

#include <gtest/gtest.h>
#include <random>

using namespace acc;

namespace {

Target tiny() { return llvm::cantFail(loadTarget("xpu-tiny")); }

TEST(Timing, ConflictDegree) {
  EXPECT_EQ(conflictDegree(1, 4, 4, 32), 1u);
  EXPECT_EQ(conflictDegree(100, 0, 4, 32), 1u);
  EXPECT_EQ(conflictDegree(8, 4, 4, 32), 1u);
  EXPECT_EQ(conflictDegree(9, 4, 4, 32), 2u);
  EXPECT_EQ(conflictDegree(8, 8, 4, 32), 2u);
  EXPECT_EQ(conflictDegree(8, -8, 4, 32), 2u);
  EXPECT_EQ(conflictDegree(8, 12, 4, 32), 1u); // odd strides are free
  EXPECT_EQ(conflictDegree(8, 32, 4, 32), 8u);
  EXPECT_EQ(conflictDegree(8, 4096, 4, 32), 8u);
  EXPECT_EQ(conflictDegree(16, 2, 2, 32), 1u);
  EXPECT_EQ(conflictDegree(16, 4, 2, 32), 2u);
  EXPECT_EQ(conflictDegree(5, INT32_MIN, 1, 32), 5u);
}

TEST(Timing, Matmul) {
  Target t = tiny(); // rows 8, cols 8, setup 3, tail 2, pe 1
  Matmul m;
  m.aFmt = m.wFmt = isa::Format::BF16;
  m.ncols = 8;
  m.msize = {1, 2, 10};
  m.ksize = {1, 1, 24};
  m.aKstride = {0, 0, 2};
  m.wKstride = {0, 0, 16};
  m.wNstride = 2;
  // WL = 8, AL = 1, M = 20, KS = 3: 3 + 8 + 2*20 + 20 + 8 + 8 + 2
  EXPECT_EQ(matmulCycles(t, m), 89u);
  m.msize = {1, 1, 4}; // weights are slower than activations
  EXPECT_EQ(matmulCycles(t, m), 3u + 8 + 2 * 8 + 4 + 8 + 8 + 2);
  m.ksize = {1, 1, 5}; // shorter than the array
  EXPECT_EQ(matmulCycles(t, m), 3u + 5 + 4 + 8 + 8 + 2);
  m.wByCol = 1; // columns of 5 elements at a stride of 8 elements
  EXPECT_EQ(matmulCycles(t, m), 3u + 8 * 3 + 4 + 8 + 8 + 2);
}

/// A port gives 32 bytes per cycle, and a step covers 8 rows of a group.
TEST(Timing, MatmulOfSmallFormats) {
  Target t = tiny();
  Matmul m;
  m.aFmt = m.wFmt = isa::Format::F8E4M3;
  m.ncols = 8;
  m.msize = {1, 1, 64};
  m.ksize = {1, 1, 70};
  m.aKstride = {0, 0, 1};
  m.wKstride = {0, 0, 8};
  m.wNstride = 1;
  const uint64_t ends = 3 + 8 + 8 + 2;
  // 32 elements of 1 byte in a vector, 32 rows of weights, 3 steps.
  EXPECT_EQ(matmulCycles(t, m), ends + 32 + 3 * 64);
  m.aFmt = isa::Format::I8;
  m.wFmt = isa::Format::U8;
  EXPECT_EQ(matmulCycles(t, m), ends + 8 + 9 * 64); // 8 elements
  m.aFmt = isa::Format::F6E3M2;
  m.wFmt = isa::Format::F4E2M1; // 64 elements: 2 cycles and 32 rows
  EXPECT_EQ(matmulCycles(t, m), ends + 32 + 2 * 128);
  m.aFmt = isa::Format::F4E2M1; // 128 elements, of which are 70
  EXPECT_EQ(matmulCycles(t, m), ends + 35 + 128);
  m.wByCol = 1;
  m.wKstride = {0, 0, 1};
  m.wNstride = 64;
  EXPECT_EQ(matmulCycles(t, m), ends + 8 * 2 + 128); // columns of 35 bytes
  m.scaled = true;
  m.wsKstride = {0, 0, 8};
  m.wsNstride = 1;
  m.asKstride = {0, 0, 64};
  m.asMstride = {0, 0, 1};
  // 3 blocks: a row of 8 scales of the weights, 64 of the activations.
  EXPECT_EQ(matmulCycles(t, m), ends + 16 + 3 * 1 + 3 * 2 + 128);
  Counters c{};
  Command command;
  command.engine = isa::Engine::Mxu;
  command.body = m;
  addCommandCounters(t, command, c);
  EXPECT_EQ(at(c, isa::Counter::MXU_MACS), 64u * 70 * 8);
  EXPECT_EQ(at(c, isa::Counter::SPM_RD_BYTES), (64u + 8) * 35 + (64 + 8) * 3);
  t.mxu.rows = 6; // 24 elements are less than a block
  m.aFmt = m.wFmt = isa::Format::F8E5M2;
  EXPECT_EQ(matmulDepth(t, m), 0u);
  m.aFmt = isa::Format::F4E2M1; // 48 elements
  EXPECT_EQ(matmulDepth(t, m), 32u);
}

TEST(Timing, MatmulsInARow) {
  Target t = tiny(); // setup 3; drain 8 * 1 + 8 + 2
  Matmul m;
  m.aFmt = m.wFmt = isa::Format::BF16;
  m.ncols = 8;
  m.msize = {1, 1, 20};
  m.ksize = {1, 1, 24}; // 3 steps: tiles of 8 cycles, streams of 20
  m.aKstride = {0, 0, 2};
  m.wNstride = 2;
  // Alone: the first tile is through behind cycle 110.
  MatmulTimes first = matmulTimes(t, m, 100);
  EXPECT_EQ(first.lastStep, 111u + 40);
  EXPECT_EQ(first.port.free, 111u + 60);
  EXPECT_EQ(first.end, 170u + 18);
  // Behind it: the tile waits for the port.
  MatmulTimes second = matmulTimes(t, m, first.lastStep, first.port);
  EXPECT_EQ(second.lastStep, 171u + 40);
  EXPECT_EQ(second.end, first.end + 60);
  EXPECT_EQ(matmulPeriod(t, m), 60u);
  // Short streams: the port waits for the tile, which follows setup.
  m.msize = {1, 1, 4};
  MatmulTimes third = matmulTimes(t, m, second.lastStep, second.port);
  EXPECT_EQ(third.lastStep, 231u + 2 * 8);
  MatmulTimes fourth = matmulTimes(t, m, third.lastStep, third.port);
  EXPECT_EQ(fourth.lastStep, third.lastStep + 3 + 8 + 2 * 8);
  EXPECT_EQ(fourth.end, fourth.lastStep + 4 - 1 + 18);
  EXPECT_EQ(matmulPeriod(t, m), 2u * 8 + 3 + 8);
}

TEST(Timing, SumsForOneRow) {
  Target t = tiny();
  t.mxu.accLatency = 2;
  Matmul m;
  m.aFmt = m.wFmt = isa::Format::BF16;
  m.ncols = 1;
  m.accBase = 5;
  m.msize = {1, 1, 1};
  m.ksize = {1, 10, 1}; // tiles and streams of a cycle
  m.aKstride = {0, 0, 2};
  MatmulTimes times = matmulTimes(t, m, 100);
  EXPECT_EQ(times.lastStep, 104u + 9 * 2);
  EXPECT_EQ(times.port.lastRow, 5u);
  m.msize = {1, 1, 3};
  times = matmulTimes(t, m, 100);
  EXPECT_EQ(times.lastStep, 104u + 9 * 3);
  EXPECT_EQ(times.port.lastRow, 7u);
  // The next one waits a cycle if it begins with that row.
  for (uint16_t base : {6, 7, 8}) {
    m.accBase = base;
    EXPECT_EQ(matmulTimes(t, m, 100, times.port).lastStep,
              times.port.free + (base == 7) + 9 * 3);
  }
  // Vectors of two cycles are far enough apart.
  m.accBase = 7;
  m.ksize = {1, 10, 8};
  m.aKstride[2] = 8;
  ASSERT_EQ(matmulVectorCycles(t, m), 2u);
  m.wNstride = 2;
  EXPECT_EQ(matmulTimes(t, m, 100, times.port).lastStep,
            times.port.free + 9 * 8);
}

TEST(Timing, Accst) {
  Target t = tiny();
  isa::Accst a;
  a.oFmt = isa::Format::F32;
  a.ncols = 8;
  a.msize = {2, 3, 4};
  a.oNstride = 4;
  EXPECT_EQ(accstCycles(t, a), 3u + 24 + 2);
  a.oNstride = 8;
  EXPECT_EQ(accstCycles(t, a), 3u + 48 + 2);
}

TEST(Timing, Vpu) {
  Target t = tiny(); // VL 16, chime 2, setup 4, tail 3, latencies 1
  isa::Vpurun v;
  v.size = {1, 1, 1, 1, 3, 40};
  v.inFmt = {isa::Format::F32, isa::Format::F32, isa::Format::None,
             isa::Format::Iota};
  v.inStride[5] = 4;
  v.inStride[11] = 0;
  v.outFmt = isa::Format::F32;
  v.outStride[5] = 4;
  v.nuops = 1;
  v.firstRed = 5;
  // N = 9; inputs 2 + 1, one uop 2, output 2: a load, a load beside a program,
  // seven of all, a program beside a store, a store.
  EXPECT_EQ(vpuInitiationInterval(t, v), 3u);
  EXPECT_EQ(vpuCycles(t, v), 4u + 3 + 3 + 7 * 3 + 2 + 2 + 3);
  v.nuops = 2;
  EXPECT_EQ(vpuCycles(t, v), 4u + 3 + 4 + 7 * 4 + 4 + 2 + 3);
  v.laneRed = 1;
  EXPECT_EQ(vpuCycles(t, v), 4u + 3 + 4 + 7 * 4 + 4 + 1 + 4 + 3);
  t.vpu.reduceLatency = 2;
  EXPECT_EQ(vpuCycles(t, v), 4u + 3 + 4 + 7 * 4 + 4 + 1 + 4 * 2 + 3);
  t.vpu.reduceLatency = 1;
  // Rows of 8 are half of a chunk: N = 3, inputs 1 + 1, two uops 2.
  v.size[5] = 8;
  EXPECT_EQ(vpuProgram(t, v).period, 2u);
  EXPECT_EQ(vpuCycles(t, v), 4u + 2 + 2 + 2 + 2 + 1 + 4 + 3);
  // One iteration has no slot of two.
  v.size[4] = 1;
  EXPECT_EQ(vpuCycles(t, v), 4u + 2 + 2 + 1 + 4 + 3);
  v.size[4] = 3;
  v.size[5] = 9;
  EXPECT_EQ(vpuProgram(t, v).period, 4u);
  v.laneRed = 0;
  v.size[5] = 16;
  v.nuops = 1;
  v.inStride[4] = 64;
  isa::UopInstr uop;
  uop.dst = 4;
  v.uops[0] = uop.encode();
  // Input 0 moves, 2 cycles; input 1 is the same for all three iterations: 2
  // and 1 in the first slot.
  EXPECT_FALSE(isHeldInput(t, v, 0));
  EXPECT_TRUE(isHeldInput(t, v, 1));
  EXPECT_FALSE(isHeldInput(t, v, 3));
  EXPECT_EQ(vpuInitiationInterval(t, v), 2u);
  EXPECT_EQ(vpuCycles(t, v), 4u + 3 + 2 + 2 + 2 + 2 + 3);
  v.inStride[11] = 4;
  EXPECT_EQ(vpuCycles(t, v), 4u + 4 + 2 + 2 + 2 + 2 + 3);
  // What a uop overwrites loads again, and what has more chunks.
  uop.dst = 1;
  v.uops[0] = uop.encode();
  EXPECT_FALSE(isHeldInput(t, v, 1));
  EXPECT_EQ(vpuCycles(t, v), 4u + 4 + 4 + 4 + 2 + 2 + 3);
  v.size[5] = 17;
  v.uops[0] = 0;
  EXPECT_FALSE(isHeldInput(t, v, 1));
  // By count: a chunk is a vector of 16 at most.
  EXPECT_EQ(vpuProgramCycles(t, 3, 8), 3u);
  EXPECT_EQ(vpuProgramCycles(t, 3, 9), 6u);
  EXPECT_EQ(vpuProgramCycles(t, 3, 1000), 6u);
}

TEST(Timing, MicroOperationsWait) {
  Target t = tiny();
  t.vpu.chime = 4;
  t.vpu.aluLatency = 4;
  t.vpu.sfuLatency = 8;
  isa::Vpurun v;
  v.size = {1, 1, 1, 1, 3, 8};
  v.inFmt.fill(isa::Format::None);
  v.inFmt[0] = v.inFmt[1] = isa::Format::F32;
  v.outFmt = isa::Format::F32;
  v.firstRed = 5;
  auto expectProgram = [&](uint64_t period, uint64_t drain) {
    EXPECT_EQ(vpuProgram(t, v).period, period);
    EXPECT_EQ(vpuProgram(t, v).drain, drain);
  };
  auto set = [&](unsigned u, isa::Uop op, unsigned dst, unsigned a,
                 unsigned b) {
    isa::UopInstr uop;
    uop.op = op;
    uop.dst = dst;
    uop.a = a;
    uop.b = b;
    v.uops[u] = uop.encode();
    v.nuops = u + 1;
  };
  expectProgram(0, 0);
  // R5 = exp2(R0 - R1): the second waits for the first; the third program
  // begins before the first has landed.
  set(0, isa::Uop::FSUB, 4, 0, 1);
  set(1, isa::Uop::EXP2, 5, 4, 0);
  v.outReg = 5;
  expectProgram(5, 7);
  // Of four groups the first is there when the last has been issued.
  v.size[5] = 32;
  expectProgram(8, 7);
  // In one register: it is stored before the next program writes it.
  set(1, isa::Uop::EXP2, 4, 4, 0);
  v.outReg = 4;
  expectProgram(12, 3);
  v.size[5] = 8;
  expectProgram(9, 3);
  // A short operation lands behind a long one on the same register.
  set(0, isa::Uop::EXP2, 5, 0, 0);
  set(1, isa::Uop::FADD, 5, 0, 1);
  v.outReg = 6;
  expectProgram(6, 3);
  // A value that passes from row to row; a maximum needs no sum.
  set(0, isa::Uop::FMAX, 15, 15, 0);
  v.outReg = 15;
  v.firstRed = 4;
  expectProgram(2, 0);
  v.size[5] = 32;
  expectProgram(4, 1);
  // An input is overwritten before it is loaded anew.
  v.firstRed = 5;
  v.outReg = 4;
  set(0, isa::Uop::FNEG, 0, 0, 0);
  expectProgram(5, 0);
  v.inFmt[0] = isa::Format::None;
  expectProgram(4, 1);
  // What an immediate stands for is not read.
  v.size[5] = 8;
  set(0, isa::Uop::FNEG, 6, 0, 0);
  set(1, isa::Uop::FADD, 7, 0, 6);
  expectProgram(3, 3);
  isa::UopInstr uop = isa::UopInstr::decode(v.uops[1]);
  uop.immSel = 2;
  v.uops[1] = uop.encode();
  expectProgram(2, 3);
}

/// Random programs of few registers, so that most wait.
TEST(Timing, MicroOperationsWaitAsOnTheClock) {
  const isa::Uop ops[] = {isa::Uop::FADD, isa::Uop::SEL, isa::Uop::I2F,
                          isa::Uop::EXP2, isa::Uop::COSPI2};
  Target t = tiny();
  std::mt19937_64 rng(1);
  uint64_t longer = 0, drains = 0;
  const uint64_t count = seedCount(20000);
  for (uint64_t seed = 0; seed < count; ++seed) {
    t.vpu.lanes = 1u << rng() % 4;
    t.vpu.chime = 1u << (1 + rng() % 4);
    t.vpu.aluLatency = 1 + rng() % 4;
    t.vpu.sfuLatency = 1 + rng() % 8;
    isa::Vpurun v;
    v.size = {1, 1, 1, 1, 1, 1 + uint32_t(rng() % t.vectorLength())};
    v.inFmt.fill(isa::Format::None);
    for (unsigned i = 0; i < 4; ++i) {
      v.inFmt[i] = rng() % 4 == 0 ? isa::Format::F32 : isa::Format::None;
    }
    const unsigned registers = 2 + rng() % 8;
    auto anyRegister = [&] { return rng() % 8 ? rng() % registers : 15; };
    v.outReg = anyRegister();
    v.firstRed = rng() % 2 ? 5 : 3;
    v.nuops = rng() % 3 ? rng() % 5 : rng() % (isa::kMaxUops + 1);
    for (unsigned u = 0; u < v.nuops; ++u) {
      isa::UopInstr uop;
      uop.op = ops[rng() % std::size(ops)];
      uop.dst = anyRegister();
      uop.a = anyRegister();
      uop.b = anyRegister();
      uop.c = anyRegister();
      uop.immSel = rng() % 4;
      v.uops[u] = uop.encode();
    }
    test::ClockedProgram clocked(t, v);
    VpuProgram program = vpuProgram(t, v);
    ASSERT_EQ(program.period, clocked.getDistance()) << seed;
    ASSERT_EQ(program.drain, clocked.getDrain()) << seed;
    longer += program.period > vpuProgramCycles(t, v.nuops, v.size[5]);
    drains += program.drain != 0;
  }
  EXPECT_GT(longer, count / 3);
  EXPECT_GT(drains, count / 3);
}

TEST(Timing, PacketsBreakAtLines) {
  Target t = tiny();
  Dma d;
  d.esize = 4;
  d.size = {1, 1, 1, 1, 2, 20};
  d.hbmBase = 24;
  d.hbmStride = {0, 0, 0, 0, 96, 4};
  d.spmStride = {0, 0, 0, 0, 80, 4};
  std::vector<uint32_t> bytes, addresses;
  for (PacketWalker w(d, 32); !w.done();) {
    Packet p = w.next();
    bytes.push_back(p.bytes);
    addresses.push_back(p.hbmAddress);
  }
  EXPECT_EQ(bytes, (std::vector<uint32_t>{8, 32, 32, 8, 8, 32, 32, 8}));
  EXPECT_EQ(addresses[4], 120u);
  EXPECT_EQ(dmaPackets(t, d), 8u);
  d.spmStride[5] = 8; // every element is a packet
  EXPECT_EQ(dmaPackets(t, d), 40u);
}

} // namespace
