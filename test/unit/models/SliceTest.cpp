//===- SliceTest.cpp - Hand-computed cycles, values and faults ------------===//
//
// xpu-tiny: queue 8, branch 2, LDS 2; DMA two commands, setup 4, outstanding 8,
// index latency 3, tail 2; a packet takes 39 cycles from a closed and 25 from
// an open row; MXU 8x8, setup 3, tail 2; VPU VL 16, chime 2, setup 4, tail 2.
//
//===----------------------------------------------------------------------===//

#include "Assembler.h"
#include "ClockedSlice.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::test;
using isa::Counter;
using isa::Fault;
using isa::Format;

namespace {

/// With a memory whose lines lie in one bank after the other, one burst a
/// cycle: a row that was opened once costs nothing more.
const Target &tiny() {
  static const Target t = [] {
    Target t = llvm::cantFail(loadTarget("xpu-tiny"));
    t.hbm.lineBanks = 1;
    t.hbm.tCcdLPs = t.hbm.tBurstPs;
    return t;
  }();
  return t;
}

SimInput input(const Assembler &a, std::vector<uint8_t> hbm = {},
               uint64_t maxCycles = 100000) {
  return SimInput{tiny(), a.words, std::move(hbm), maxCycles, true};
}

/// Runs on both models, expects agreement on everything without time.
SimOutput run(const Assembler &a, std::vector<uint8_t> hbm = {}) {
  SimOutput s = llvm::cantFail(runSystemC(input(a, hbm)));
  SimOutput f = llvm::cantFail(runFunctional(input(a, hbm)));
  CompareOptions options;
  options.timing = false;
  llvm::Error e = compareResults(f, s, options);
  EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  return s;
}

uint64_t cyclesOf(const Assembler &a) { return run(a).cycles; }

//===----------------------------------------------------------------------===//
// Sequencer
//===----------------------------------------------------------------------===//

TEST(Sequencer, ScalarsTakeOneCycle) {
  EXPECT_EQ(cyclesOf(Assembler().halt()), 1u);
  EXPECT_EQ(cyclesOf(Assembler().li(1, 2).li(2, 3).halt()), 3u);
}

TEST(Sequencer, TakenBranchesPayThePenalty) {
  Assembler a;
  a.li(1, 3).scalar(Opcode::ADDI, 1, 1, 0, -1);
  a.scalar(Opcode::BNE, 0, 1, 0, 0, 1).halt();
  // li; 3 x addi; 2 taken (3 cycles), 1 not taken; halt
  EXPECT_EQ(cyclesOf(a), 1u + 3 + 2 * 3 + 1 + 1);
}

TEST(Sequencer, HardwareLoopsAreFree) {
  Assembler a;
  a.scalar(Opcode::LOOP, 0, 0, 0, 5, 5);     // 0: until 5
  a.scalar(Opcode::LOOP, 0, 0, 0, 3, 3);     // 1: until 3
  a.scalar(Opcode::ADDI, 1, 1, 0, 1);        // 2
  a.scalar(Opcode::ADDI, 2, 2, 0, 1);        // 3
  a.scalar(Opcode::ADDI, 3, 3, 0, 1).halt(); // 4
  // 1 + 5 x (loop + 3 + 2) + halt
  EXPECT_EQ(cyclesOf(a), 1u + 5 * 6 + 1);
  EXPECT_EQ(run(a).counters[unsigned(Counter::INSTRS)], 1u + 5 * 6 + 1);
}

TEST(Sequencer, WaitTakesASignalOneCycleLater) {
  // signal in 0, visible in 1: wait executes in 1.
  EXPECT_EQ(cyclesOf(Assembler().signal(1).wait(1).halt()), 3u);
  EXPECT_EQ(cyclesOf(Assembler().signal(1).li(1, 0).wait(1).halt()), 4u);
}

TEST(Sequencer, LdsReadsAndTakesItsLatency) {
  Assembler a;
  a.push(load(0, 64, 4, 1)).fence();
  a.scalar(Opcode::LDS, 1, 0, 0, 68);
  a.scalar(Opcode::BEQ, 0, 1, 0, 0, 0);
  a.halt();
  std::vector<uint8_t> hbm(16);
  hbm[4] = 7;
  SimOutput out = run(a, hbm);
  ASSERT_EQ(out.commands.size(), 1u);
  // fence in e + 1, LDS 1 + 2 cycles, beq, halt
  EXPECT_EQ(out.cycles, out.commands[0].end + 1 + 1 + 3 + 1 + 1);
}

TEST(Sequencer, Deadlocks) {
  Assembler a;
  a.wait(1).halt();
  auto f = runFunctional(input(a));
  ASSERT_FALSE(bool(f));
  EXPECT_EQ(llvm::toString(f.takeError()),
            "deadlock: the sequencer waits for a semaphore at word 0");
  auto s = runSystemC(input(a));
  ASSERT_FALSE(bool(s));
  EXPECT_EQ(llvm::toString(s.takeError()),
            "deadlock: the sequencer waits at word 0");
}

TEST(Sequencer, EndlessLoopHitsTheLimit) {
  Assembler a;
  a.scalar(Opcode::JMP, 0, 0, 0, 0, 0);
  auto s = runSystemC(input(a));
  ASSERT_FALSE(bool(s));
  EXPECT_EQ(llvm::toString(s.takeError()), "no halt within 100000 cycles");
}

//===----------------------------------------------------------------------===//
// Engines
//===----------------------------------------------------------------------===//

/// An MXU command whose T is known: ACCST of `rows` rows, T = 3 + rows + 2.
isa::Accst accst(uint32_t rows, uint32_t wait = 0, uint32_t signal = 0) {
  isa::Accst a;
  a.wrBanks = 1;
  a.waitMask = wait;
  a.signalMask = signal;
  a.oFmt = Format::F32;
  a.ncols = 8;
  a.msize = {1, 1, rows};
  a.oMstride = {0, 0, 32};
  a.oNstride = 4;
  return a;
}

/// A VPU command with T = 4 + 3 * 2 + 2 = 12 on banks 1 (in) and 2 (out).
isa::Vpurun vpu(uint32_t wait = 0, uint32_t signal = 0) {
  isa::Vpurun v = elementwise(isa::Uop::FADD, 32768, 32768, 65536, 8);
  v.inFmt[1] = Format::None;
  v.rdBanks = 2;
  v.wrBanks = 4;
  v.waitMask = wait;
  v.signalMask = signal;
  return v;
}

TEST(Engines, PushAndStart) {
  Assembler a;
  a.push(accst(10)).halt(); // 4 words: pushed in cycle 3, starts in 4
  SimOutput out = run(a);
  ASSERT_EQ(out.commands.size(), 1u);
  EXPECT_EQ(out.commands[0].start, 4u);
  EXPECT_EQ(out.commands[0].end, 4u + 15 - 1);
  EXPECT_EQ(out.cycles, out.commands[0].end + 2);
  EXPECT_EQ(out.counters[unsigned(Counter::DRAIN_BUSY)], 15u);
  EXPECT_EQ(out.counters[unsigned(Counter::MXU_BUSY)], 0u);
  EXPECT_EQ(out.counters[unsigned(Counter::ACC_BYTES)], 320u);
}

TEST(Engines, BackToBackStartsFollowDirectly) {
  Assembler a;
  a.push(accst(10)).push(accst(10)).halt();
  SimOutput out = run(a);
  ASSERT_EQ(out.commands.size(), 2u);
  EXPECT_EQ(out.commands[1].start, out.commands[0].end + 1);
}

TEST(Engines, SemaphoreOfAnEngineAtDistanceOne) {
  Assembler a;
  // MXU: starts 4, ends 18 and signals; the VPU can take it in 19.
  a.push(accst(10, 0, 1)).push(vpu(1)).halt();
  SimOutput out = run(a);
  ASSERT_EQ(out.commands.size(), 2u);
  EXPECT_EQ(out.commands[1].start, out.commands[0].end + 1);
}

TEST(Engines, FullQueueHoldsTheSequencer) {
  Assembler a;
  // The first leaves the queue in cycle 4, eight more fill it, the tenth has
  // its last word in cycle 39 but gets a place when the second starts.
  for (int i = 0; i < 10; ++i) {
    a.push(accst(59)); // T = 64
  }
  a.halt();
  SimOutput out = run(a);
  ASSERT_EQ(out.commands.size(), 10u);
  EXPECT_EQ(out.commands[1].start, 68u);
  // Pushed in 69: HALT from 70 on; the end decides the total.
  EXPECT_EQ(out.cycles, 4u + 64 * 10 + 1);
  // A signal after the tenth push shows the cycle of the push.
  Assembler b;
  for (int i = 0; i < 10; ++i) {
    b.push(accst(59));
  }
  b.signal(2);
  b.push(vpu(2)); // 14 words from 71: pushed in 84
  b.halt();
  SimOutput out2 = run(b);
  for (const CommandRecord &c : out2.commands) {
    if (c.engine == isa::Engine::Vpu) {
      EXPECT_EQ(c.start, 69u + 1 + 1 + 14);
    }
  }
}

/// Start cycles against the cycle-by-cycle oracle.
void expectLikeOracle(const Assembler &a) {
  SimInput in = input(a);
  SimOutput out = llvm::cantFail(runSystemC(in));
  ClockedSlice oracle(in);
  ASSERT_TRUE(oracle.run());
  EXPECT_EQ(out.cycles, oracle.cycles);
  EXPECT_EQ(out.commands, oracle.commands);
}

TEST(Engines, PushAroundTheCycleInWhichAPlaceIsFreed) {
  // Nine commands: one runs from 4 to 67, eight fill the queue. The tenth has
  // its last word from 10 cycles before to 10 cycles after the start in 68; the
  // vpu command behind it shows when it was pushed.
  for (int delay = 19; delay < 40; ++delay) {
    Assembler a;
    for (int i = 0; i < 9; ++i) {
      a.push(accst(59));
    }
    for (int i = 0; i < delay; ++i) {
      a.li(1, 0);
    }
    a.push(accst(59)).push(vpu()).halt();
    expectLikeOracle(a);
  }
}

TEST(Engines, TwoPlacesAreFreedBeforeThePush) {
  // The ninth VPU command has its last word in 133 and finds the queue full;
  // the first starts when the MXU ends, the second 12 cycles later, at about
  // 133.
  for (uint32_t rows = 36; rows < 64; ++rows) {
    Assembler a;
    a.push(accst(55)).push(accst(rows, 0, 1)).push(vpu(1));
    for (int i = 0; i < 7; ++i) {
      a.push(vpu());
    }
    a.push(vpu(0, 2)).wait(2).push(accst(1)).halt();
    expectLikeOracle(a);
  }
}

TEST(Engines, LoadOfOnePacket) {
  Assembler a;
  a.push(load(0, 0, 8, 1)).halt(); // 7 words: pushed in 6, starts in 7
  SimOutput out = run(a);
  ASSERT_EQ(out.commands.size(), 1u);
  EXPECT_EQ(out.commands[0].start, 7u);
  // Request in 11, data 39 cycles later (closed bank), tail 2.
  EXPECT_EQ(out.commands[0].end, 11u + 39 + 2);
  EXPECT_EQ(out.counters[unsigned(Counter::HBM_RD_PKTS)], 1u);
}

TEST(Engines, LoadWindowOfOutstandingPackets) {
  Assembler a;
  a.push(load(0, 0, 8 * 9, 1)).halt(); // 9 lines, 8 outstanding
  SimOutput out = run(a);
  // Packets arrive in 50 .. 57; packet 8 is requested in 51, a row hit: its
  // data come 25 cycles later.
  EXPECT_EQ(out.commands[0].end, 51u + 25 + 2);
}

TEST(Engines, LoadAndStoreShareTheMemoryInTimeOrder) {
  Assembler a;
  a.push(load(0, 0, 512, 1)).push(store(8192, 65536, 512, 4));
  a.push(load(16384, 32768, 512, 2)).push(store(0x6000, 65536, 512, 4)).halt();
  SimOutput out = run(a);
  EXPECT_EQ(out.commands.size(), 4u);
  EXPECT_EQ(out.hbmStatistics.reads, 128u);
  EXPECT_EQ(out.hbmStatistics.writes, 128u);
}

//===----------------------------------------------------------------------===//
// Two commands of one DMA engine. A LOAD has 7 words: the first is pushed in 6
// and starts in 7, the second is visible in 14, the third in 21.
//===----------------------------------------------------------------------===//

isa::Load lines(uint32_t line, uint32_t count) {
  return load(32 * line, 32 * line, 8 * count, 1);
}

SimOutput runWith(uint32_t commands, const Assembler &a) {
  Target target = tiny();
  target.dma.commands = commands;
  SimInput in{target, a.words, {}, 100000, true};
  SimOutput out = llvm::cantFail(runSystemC(in));
  ClockedSlice oracle(in);
  EXPECT_TRUE(oracle.run());
  EXPECT_EQ(out.cycles, oracle.cycles);
  EXPECT_EQ(out.commands, oracle.commands);
  return out;
}

TEST(DmaOverlap, StartsBehindTheLastRequest) {
  // Requests of the first in 11, 12, ...: with three packets the last is in 13,
  // with eight in 18. The ninth waits for the first arrival, in 50.
  const uint64_t starts[] = {0, 14, 14, 14, 15, 16, 17, 18, 19, 52};
  for (uint32_t n = 1; n <= 9; ++n) {
    SimOutput out =
        runWith(2, Assembler().push(lines(0, n)).push(lines(n, 1)).halt());
    ASSERT_EQ(out.commands.size(), 2u);
    EXPECT_EQ(out.commands[1].start, starts[n]) << n;
    if (n <= 8) {
      // One row and no gap in the window: the data are one per cycle from 50
      // on.
      EXPECT_EQ(out.commands[0].end, 50u + n - 1 + 2) << n;
    }
    if (n < 8) {
      EXPECT_EQ(out.commands[1].end, 50u + n + 2) << n;
    }
    if (n == 8) {
      // Its request waits for the arrival in 50.
      EXPECT_EQ(out.commands[1].end, 51u + 25 + 2);
    }
  }
}

TEST(DmaOverlap, OneCommandIsTheOldMachine) {
  for (uint32_t n = 1; n <= 8; ++n) {
    SimOutput out =
        runWith(1, Assembler().push(lines(0, n)).push(lines(n, 1)).halt());
    ASSERT_EQ(out.commands.size(), 2u);
    EXPECT_EQ(out.commands[0].end, 50u + n - 1 + 2);
    EXPECT_EQ(out.commands[1].start, 50u + n - 1 + 3);
    EXPECT_EQ(out.commands[1].end, 50u + n - 1 + 3 + 4 + 25 + 2);
  }
}

//===----------------------------------------------------------------------===//
// SYNC: one word, starts when its engine is idle, ends in the same cycle.
//===----------------------------------------------------------------------===//

TEST(Sync, BehindTwoActiveLoads) {
  Assembler a;
  a.push(lines(0, 3)).push(lines(3, 1)).push(sync<isa::Loadsync>(0, 1));
  a.push(lines(4, 1)).wait(1).halt();
  SimOutput out = runWith(2, a);
  ASSERT_EQ(out.commands.size(), 4u);
  // Data come from 50 on, one line per cycle; the loads end in 54 and 55.
  EXPECT_EQ(out.commands[1].end, 55u);
  EXPECT_EQ(out.commands[2].pc, 14u);
  EXPECT_EQ(out.commands[2].start, 56u);
  EXPECT_EQ(out.commands[2].end, 56u);
  // Behind it, though two loads could be active: request in 61, an open row.
  EXPECT_EQ(out.commands[3].start, 57u);
  EXPECT_EQ(out.commands[3].end, 61u + 25 + 2);
  EXPECT_EQ(out.counters[unsigned(Counter::LOAD_CMDS)], 4u);
  EXPECT_EQ(out.counters[unsigned(Counter::LOAD_BUSY)], 88u - 7 + 1);
  EXPECT_EQ(out.counters[unsigned(Counter::HBM_RD_PKTS)], 5u);
  run(a);
}

TEST(Sync, WaitsAndSignals) {
  Assembler a;
  // Signals in 1 and 2: it takes both in 3, WAIT takes its own in 4.
  a.push(sync<isa::Mxusync>(3, 12)).signal(1).signal(2).wait(12).halt();
  SimOutput out = run(a);
  ASSERT_EQ(out.commands.size(), 1u);
  EXPECT_EQ(out.commands[0].start, 3u);
  EXPECT_EQ(out.cycles, 6u);
  // A take and an add of one semaphore in one cycle leave it as it is.
  Assembler b;
  b.signal(1).push(sync<isa::Storesync>(1, 1)).li(1, 0).wait(1).halt();
  EXPECT_EQ(run(b).cycles, 5u);
}

TEST(Sync, BackToBack) {
  Assembler a;
  for (int i = 0; i < 3; ++i) {
    a.push(sync<isa::Vpusync>());
  }
  SimOutput out = run(a.halt());
  ASSERT_EQ(out.commands.size(), 3u);
  for (unsigned i = 0; i < 3; ++i) {
    EXPECT_EQ(out.commands[i].start, 1u + i);
    EXPECT_EQ(out.commands[i].end, 1u + i);
  }
  EXPECT_EQ(out.cycles, 5u);
  EXPECT_EQ(out.counters[unsigned(Counter::VPU_CMDS)], 3u);
  EXPECT_EQ(out.counters[unsigned(Counter::VPU_BUSY)], 3u);
}

TEST(Sync, ClaimsNothing) {
  auto s = sync<isa::Vpusync>();
  s.rdBanks = s.auxBanks = s.wrBanks = 0xFFFF;
  Assembler a;
  a.push(accst(10)).push(s).halt(); // DRAIN claims bank 0 from 4 on
  SimOutput out = run(a);
  EXPECT_EQ(out.fault, Fault::None);
  ASSERT_EQ(out.commands.size(), 2u); // in the order of their ends
  EXPECT_EQ(out.commands[0].start, 5u);
}

TEST(Sync, PushAroundTheCycleInWhichAPlaceIsFreed) {
  // A command of one word can be ready to be pushed in the very cycle in which
  // the head of its full queue starts: the place is free in the next.
  for (unsigned chain = 0; chain < 4; ++chain) {
    for (unsigned delay = 0; delay < 4; ++delay) {
      expectLikeOracle(pushWhileAPlaceIsFreed(chain, delay));
    }
  }
}

TEST(DmaOverlap, TheThirdWaitsForTheEndOfTheFirst) {
  Assembler a;
  a.push(lines(0, 1)).push(lines(1, 1)).push(lines(2, 1)).halt();
  SimOutput out = runWith(2, a);
  std::vector<CommandRecord> expected{
      {isa::Engine::Load, 0, 7, 50 + 2},
      {isa::Engine::Load, 7, 14, 51 + 2},
      // Starts in the cycle in which the second ends; request in 57.
      {isa::Engine::Load, 14, 53, 57 + 25 + 2}};
  EXPECT_EQ(out.commands, expected);
  EXPECT_EQ(out.cycles, 84u + 2);
  EXPECT_EQ(out.counters[unsigned(Counter::LOAD_BUSY)], 84u - 7 + 1);
  EXPECT_EQ(out.counters[unsigned(Counter::LOAD_CMDS)], 3u);
}

TEST(DmaOverlap, BusyLeavesGapsOut) {
  Assembler a;
  a.push(lines(0, 1)).push(lines(1, 1)).fence().push(lines(2, 1)).halt();
  SimOutput out = runWith(2, a);
  // Fence in 54, then 7 words from 55, start in 62; request in 66.
  ASSERT_EQ(out.commands.size(), 3u);
  EXPECT_EQ(out.commands[2].start, 62u);
  EXPECT_EQ(out.counters[unsigned(Counter::LOAD_BUSY)],
            (53u - 7 + 1) + (66u + 25 + 2 - 62 + 1));
}

TEST(DmaOverlap, IndexedCommandsAreAlone) {
  isa::Load g = lines(64, 1);
  g.idxEn = 1;
  g.idxLimit = ~0u; // any index: the stride is 0
  g.idxBase = 32768;
  g.auxBanks = 2;
  Assembler a;
  a.push(lines(0, 1)).push(g).push(lines(1, 1)).halt();
  SimOutput out = runWith(2, a);
  ASSERT_EQ(out.commands.size(), 3u);
  EXPECT_EQ(out.commands[1].start, 53u);
  EXPECT_EQ(out.commands[2].start, out.commands[1].end + 1);
  Assembler b; // also one after the other
  b.push(g).push(g).halt();
  out = runWith(2, b);
  ASSERT_EQ(out.commands.size(), 2u);
  EXPECT_EQ(out.commands[1].start, out.commands[0].end + 1);
}

TEST(DmaOverlap, WaitsForItsSemaphore) {
  isa::Load l = lines(1, 1);
  l.waitMask = 1;
  Assembler a;
  a.push(lines(0, 1)).push(l);
  for (int i = 0; i < 10; ++i) {
    a.li(1, i);
  }
  a.signal(1).halt(); // in 24
  SimOutput out = runWith(2, a);
  ASSERT_EQ(out.commands.size(), 2u);
  EXPECT_EQ(out.commands[1].start, 25u);
}

TEST(DmaOverlap, StoresToo) {
  Assembler a;
  a.push(store(0, 0, 8, 1)).push(store(32, 32, 8, 1)).halt();
  SimOutput out = runWith(2, a);
  ASSERT_EQ(out.commands.size(), 2u);
  EXPECT_EQ(out.commands[1].start, 14u);
  // Both are acknowledged from the queue of the memory, one as fast as the
  // other.
  EXPECT_GT(out.commands[0].end, out.commands[1].start);
  EXPECT_EQ(out.commands[1].end - out.commands[1].start,
            out.commands[0].end - out.commands[0].start);
}

TEST(DmaOverlap, EightLoadsOnJx1) {
  // 64 KiB are 256 lines of 256 bytes, a line is 8 bursts of 798 ps on one of
  // six channels: the memory needs 2048 * 8 * 798 / 6 ps = 3704 cycles. A
  // command that waits for the one before it adds most of setup, latency and
  // tail.
  uint64_t cycles[3] = {};
  for (uint32_t commands : {1u, 2u}) {
    Target target = llvm::cantFail(loadTarget("jx1-slice"));
    target.dma.commands = commands;
    Assembler a;
    for (uint32_t i = 0; i < 8; ++i) {
      a.push(load(65536 * i, 65536 * (i % 2), 16384, i % 2 ? 12 : 3));
    }
    a.halt();
    SimInput in{target, a.words, {}, 100000, true};
    SimOutput out = llvm::cantFail(runSystemC(in));
    ClockedSlice oracle(in);
    EXPECT_TRUE(oracle.run());
    EXPECT_EQ(out.commands, oracle.commands);
    cycles[commands] = out.cycles;
    RecordProperty("cycles_" + std::to_string(commands), int(out.cycles));
  }
  EXPECT_GE(cycles[2], 3704u);
  EXPECT_LE(cycles[2], 3704u + 3704 / 10);
  EXPECT_GE(cycles[1], cycles[2] + 7 * 150);
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

TEST(Values, AddVectors) {
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
  SimOutput out = run(a, floatsToBytes(x));
  EXPECT_EQ(out.fault, Fault::None);
  auto y = readFloats(out.hbm, 4096, 40);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(y[i], 2.0f * i);
  }
  EXPECT_EQ(out.counters[unsigned(Counter::VPU_OPS)], 40u);
}

TEST(Values, LaneReduction) {
  std::vector<float> x(40, 0.5f);
  Assembler a;
  isa::Load l = load(0, 0, 40, 1);
  l.signalMask = 1;
  isa::Vpurun v = elementwise(isa::Uop::FADD, 0, 0, 65536, 40);
  isa::UopInstr u;
  u.op = isa::Uop::FADD;
  u.dst = 15;
  u.a = 15;
  u.b = 0;
  v.uops[0] = u.encode();
  v.inFmt[1] = Format::None;
  v.laneRed = 1;
  v.outReg = 15;
  v.redOp = isa::ReduceOp::FAdd;
  v.rdBanks = 1;
  v.wrBanks = 4;
  v.waitMask = 1;
  v.signalMask = 2;
  isa::Store s = store(4096, 65536, 1, 4);
  s.waitMask = 2;
  a.push(l).push(v).push(s).halt();
  SimOutput out = run(a, floatsToBytes(x));
  EXPECT_EQ(readFloats(out.hbm, 4096, 1)[0], 20.0f);
}

TEST(Values, MatmulOfFp32InThreeTerms) {
  // 3 x 20 by 20 x 8, all nine term products: exact for small integers.
  const int rows = 3, depth = 20, cols = 8;
  std::vector<float> x(rows * depth + depth * cols);
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = float(int(i * 37 % 1001) - 500);
  }
  Assembler a;
  isa::Load l = load(0, 0, uint32_t(x.size()), 1);
  l.signalMask = 1;
  a.push(l);
  isa::Load l2 = load(rows * depth * 4, 32768, depth * cols, 2);
  l2.signalMask = 2;
  a.push(l2);
  bool first = true;
  for (Format fa : {Format::F32_T0, Format::F32_T1, Format::F32_T2}) {
    for (Format fw : {Format::F32_T0, Format::F32_T1, Format::F32_T2}) {
      isa::Matmul m;
      m.rdBanks = 1;
      m.auxBanks = 2;
      m.wBase = 32768;
      m.aFmt = fa;
      m.wFmt = fw;
      m.accumulate = !first;
      m.ncols = cols;
      m.msize = {1, 1, rows};
      m.ksize = {1, 1, depth};
      m.aMstride = {0, 0, depth * 4};
      m.aKstride = {0, 0, 4};
      m.wKstride = {0, 0, cols * 4};
      m.wNstride = 4;
      m.waitMask = first ? 3 : 0;
      m.signalMask = fa == Format::F32_T2 && fw == Format::F32_T2 ? 8 : 0;
      a.push(m);
      first = false;
    }
  }
  isa::Accst st = accst(rows, 8, 4);
  st.oBase = 65536;
  st.wrBanks = 4;
  a.push(st);
  isa::Store s = store(65536, 65536, rows * cols, 4);
  s.waitMask = 4;
  a.push(s).halt();
  SimOutput out = run(a, floatsToBytes(x));
  ASSERT_EQ(out.fault, Fault::None);
  auto y = readFloats(out.hbm, 65536, rows * cols);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < cols; ++j) {
      float sum = 0;
      for (int k = 0; k < depth; ++k) {
        sum += x[i * depth + k] * x[rows * depth + k * cols + j];
      }
      EXPECT_EQ(y[i * cols + j], sum);
    }
  }
  EXPECT_EQ(out.counters[unsigned(Counter::MXU_MACS)],
            9u * rows * depth * cols);
}

TEST(Values, IndexedLoadGathersRows) {
  std::vector<uint8_t> hbm(4096);
  uint32_t indices[3] = {5, 0, 2};
  std::memcpy(hbm.data(), indices, 12);
  for (int i = 0; i < 8 * 32; ++i) {
    hbm[1024 + i] = uint8_t(i);
  }
  Assembler a;
  a.push(load(0, 0, 3, 1)).fence();
  isa::Load g = load(1024, 32768, 8, 2);
  g.idxEn = 1;
  g.idxLimit = 8;
  g.auxBanks = 1;
  g.size = {3, 1, 1, 1, 1, 8};
  g.hbmStride[0] = g.spmStride[0] = 32;
  a.push(g).fence().push(store(2048, 32768, 24, 2)).halt();
  SimOutput out = run(a, hbm);
  ASSERT_EQ(out.fault, Fault::None);
  for (int r = 0; r < 3; ++r) {
    EXPECT_EQ(out.hbm.read(2048 + 32 * r, 1)[0], uint8_t(32 * indices[r]));
  }
  // Requests in s+7, s+11, s+15, all before the row is open: the data follow
  // each other from s+7+39 on.
  const CommandRecord &c = out.commands[1];
  EXPECT_EQ(c.end - c.start, 7u + 39 + 2 + 2);
}

//===----------------------------------------------------------------------===//
// Faults
//===----------------------------------------------------------------------===//

void expectFault(const Assembler &a, Fault fault, uint32_t pc,
                 bool functionalToo = true) {
  SimOutput s = llvm::cantFail(runSystemC(input(a)));
  EXPECT_EQ(s.fault, fault) << isa::stringify(s.fault).str();
  EXPECT_EQ(s.faultPc, pc);
  if (functionalToo) {
    SimOutput f = llvm::cantFail(runFunctional(input(a)));
    EXPECT_EQ(f.fault, fault) << isa::stringify(f.fault).str();
    EXPECT_EQ(f.faultPc, pc);
  }
}

TEST(Faults, OfTheSequencer) {
  Assembler empty;
  empty.words.resize(1);
  expectFault(empty, Fault::BadOpcode, 0);
  expectFault(Assembler().scalar(Opcode::JMP, 0, 0, 0, 0, 65536),
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
}

TEST(Faults, OfCommands) {
  isa::Load l = load(0, 0, 0, 1);
  expectFault(Assembler().push(l).halt(), Fault::BadOperand, 0);
  l = load(2, 0, 4, 1);
  expectFault(Assembler().push(l).halt(), Fault::Misaligned, 0);
  l = load(16777216 - 8, 0, 4, 1);
  expectFault(Assembler().li(1, 0).push(l).halt(), Fault::HbmRange, 1);
  l = load(0, 262144 - 8, 4, 0xFF);
  expectFault(Assembler().push(l).halt(), Fault::SpmRange, 0);
  l = load(0, 32768 - 8, 4, 1);
  expectFault(Assembler().push(l).halt(), Fault::BankClaim, 0);
  isa::Accst s = accst(65);
  expectFault(Assembler().push(s).halt(), Fault::AccRange, 0);
}

TEST(Faults, BankConflictInTheCycleOfTheStart) {
  Assembler a;
  a.push(
      accst(59)); // pushed in 3, starts in 4, claims the write port of bank 0
  isa::Vpurun v = vpu();
  v.wrBanks = 1;
  v.outBase = 0;
  a.push(v).halt(); // 14 words: pushed in 17, starts in 18
  expectFault(a, Fault::BankConflict, 4, false);
  EXPECT_EQ(llvm::cantFail(runSystemC(input(a))).cycles, 19u);
}

TEST(Faults, BankClaimsOfTwoDmaCommands) {
  // The first LOAD ends in 52 and the second, on the same bank, in 53: a write
  // to that bank can start in 54.
  for (bool second : {false, true}) {
    Assembler a;
    isa::Load l[2] = {lines(0, 1), lines(1, 1)};
    l[second].signalMask = 1;
    isa::Vpurun v = vpu(1);
    v.wrBanks = 1;
    v.outBase = 0;
    a.push(l[0]).push(l[1]).push(v).halt();
    SimOutput out = llvm::cantFail(runSystemC(input(a)));
    EXPECT_EQ(out.fault, second ? Fault::None : Fault::BankConflict);
    if (second) {
      ASSERT_EQ(out.commands.size(), 3u);
      EXPECT_EQ(out.commands[2].start, 54u);
    } else {
      EXPECT_EQ(out.faultPc, 14u);
      EXPECT_EQ(out.cycles, 53u + 1);
      EXPECT_EQ(out.counters[unsigned(Counter::LOAD_BUSY)], 52u - 7 + 1);
    }
  }
  // Against another engine the second command conflicts as any: ACCST has bank
  // 0 from 4 to 67, the LOADs start in 11 and 18.
  isa::Load first = lines(0, 1);
  first.wrBanks = 2;
  first.spmBase = 32768;
  Assembler b;
  b.push(accst(59)).push(first).push(lines(1, 1)).halt();
  expectFault(b, Fault::BankConflict, 11, false);
  EXPECT_EQ(llvm::cantFail(runSystemC(input(b))).cycles, 18u + 1);
}

TEST(Faults, SemaphoreConflictAndOverflow) {
  Assembler a;
  a.push(accst(10, 1)).push(vpu(1)).signal(1).halt();
  expectFault(a, Fault::SemConflict, 0, false); // DRAIN comes behind the VPU
  Assembler b;
  b.scalar(Opcode::LOOP, 0, 0, 0, 256, 2).signal(1).halt();
  expectFault(b, Fault::SemOverflow, 1, false);
}

TEST(Results, JsonRoundTrip) {
  Assembler a;
  a.push(accst(10)).push(vpu()).halt();
  std::string path = ::testing::TempDir() + "/acc-result.json";
  CompareOptions options;
  options.memory = false;
  ChipOutput out;
  for (unsigned slices = 1; slices <= 2; ++slices) {
    out.slices.push_back(run(a));
    if (slices == 2) {
      out.traffic.emplace();
      out.traffic->messages = 3;
      out.traffic->bytes = 4096;
      out.traffic->frames = 17;
      out.traffic->retries = 1;
      out.traffic->resent = 2;
      out.traffic->sentBytes = {2112, 2176};
    }
    ASSERT_FALSE(bool(writeResultJson(out, path)));
    ChipOutput back = llvm::cantFail(readResultJson(path));
    ASSERT_EQ(back.slices.size(), slices);
    ASSERT_EQ(back.traffic.has_value(), slices == 2);
    if (back.traffic) {
      EXPECT_EQ(back.traffic->messages, 3u);
      EXPECT_EQ(back.traffic->bytes, 4096u);
      EXPECT_EQ(back.traffic->frames, 17u);
      EXPECT_EQ(back.traffic->retries, 1u);
      EXPECT_EQ(back.traffic->resent, 2u);
      EXPECT_EQ(back.traffic->sentBytes, (std::vector<uint64_t>{2112, 2176}));
    }
    EXPECT_FALSE(bool(compareChips(out, back, options)));
    back.slices.back().commands[0].end += 1;
    llvm::Error e = compareChips(out, back, options);
    EXPECT_TRUE(bool(e));
    llvm::consumeError(std::move(e));
  }
}

} // namespace
