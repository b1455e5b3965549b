//===- RestartTest.cpp - Programs one after the other on one slice --------===//
//
// What a program finds must not depend on the one before, whether that halted,
// faulted with requests under way, or was stopped by the host. xpu-tiny.
//
//===----------------------------------------------------------------------===//

#include "rtl/tb/RtlSim.h"
#include "systemc-models/Random/RandomProgram.h"
#include "test/unit/models/Assembler.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::test;
using isa::Counter;
using isa::Csr;
using isa::Fault;

namespace {

constexpr uint32_t statusBusy = 1, statusDone = 2, statusFault = 4,
                   statusStopped = 8;

/// Runs a program that must come to an end.
void mustEnd(RtlMachine &machine, const Assembler &a) {
  auto out = machine.run(a.words, 0, 10000);
  EXPECT_TRUE(bool(out)) << llvm::toString(out.takeError());
}

const Target &target() {
  static const Target t = llvm::cantFail(loadTarget(rtlTargetName()));
  return t;
}

/// Byte i of HBM is i / 32, the number of its line, from 1 on.
std::vector<uint8_t> numberedLines(size_t bytes) {
  std::vector<uint8_t> hbm(bytes);
  for (size_t i = 0; i < bytes; ++i) {
    hbm[i] = uint8_t(i / 32 + 1);
  }
  return hbm;
}

/// Runs a program on the slice and on a SystemC model that begins with the same
/// memory; expects equality.
void runLikeNew(RtlMachine &machine, const RandomProgram &p) {
  SimInput in{
      target(), p.words, machine.memory().read(0, machine.memory().usedBytes()),
      500000,   true,    p.entry};
  auto s = runSystemC(in);
  auto r = machine.run(p.words, p.entry, in.maxCycles);
  ASSERT_EQ(bool(s), bool(r));
  if (!s) { // spoiled, and waits for ever
    llvm::consumeError(s.takeError());
    llvm::consumeError(r.takeError());
    return;
  }
  CompareOptions options;
  options.memory = false;
  llvm::Error e = compareResults(*s, *r, options);
  // Inside a command only code and address are part of the contract, and which
  // of several is first is not.
  if (s->fault != Fault::None) {
    EXPECT_EQ(s->faultPc, r->faultPc);
    llvm::consumeError(std::move(e));
    return;
  }
  EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  uint64_t address = 0;
  EXPECT_FALSE(s->hbm.firstDifference(machine.memory(), address)) << address;
}

void runLikeNew(RtlMachine &machine, const Assembler &a) {
  runLikeNew(machine, RandomProgram{a.words, {}, 0});
}

/// Copies line 40 to line 100.
Assembler copyLine() {
  Assembler a;
  a.push(load(32 * 40, 0, 8, 1)).fence().push(store(32 * 100, 0, 8, 1)).halt();
  return a;
}

/// Before the host has written anything.
TEST(Restart, AResetClearsTheRegisters) {
  RtlMachine machine(target(), {});
  for (Csr csr : {Csr::STATUS, Csr::FAULT_CODE, Csr::FAULT_PC, Csr::FAULT_ADDR,
                  Csr::ENTRY, Csr::CHIP_ID}) {
    EXPECT_EQ(machine.readCsr(csr), 0u) << unsigned(csr);
  }
}

TEST(Restart, AfterAFaultWithReadsUnderWay) {
  // From a fault before the first request to one behind the last answer.
  for (int delay = 0; delay < 80; ++delay) {
    RtlMachine machine(target(), numberedLines(4096));
    Assembler a;
    a.push(load(0, 0, 8 * 8, 1));
    for (int i = 0; i < delay; ++i) {
      a.li(1, 1);
    }
    a.words.push_back({}); // no instruction
    auto out = machine.run(a.words, 0, 10000);
    ASSERT_TRUE(bool(out));
    EXPECT_EQ(out->fault, Fault::BadOpcode);
    runLikeNew(machine, copyLine());
    for (uint8_t byte : machine.memory().read(32 * 100, 32)) {
      ASSERT_EQ(byte, 41) << delay;
    }
  }
}

TEST(Restart, AfterAFaultWithWritesUnderWay) {
  for (int delay = 0; delay < 60; delay += 3) {
    RtlMachine machine(target(), numberedLines(4096));
    Assembler a;
    a.push(store(8192, 0, 8 * 8, 1));
    for (int i = 0; i < delay; ++i) {
      a.li(1, 1);
    }
    a.words.push_back({});
    mustEnd(machine, a);
    runLikeNew(machine, copyLine());
  }
}

TEST(Restart, RegistersAndSemaphoresAreZero) {
  RtlMachine machine(target(), {});
  Assembler first, second;
  for (int r = 1; r < 32; ++r) {
    first.li(r, -r);
    second.scalar(Opcode::BNE, 0, unsigned(r), 0, 0, 0xFFFFFF);
  }
  first.signal(~0u).scalar(Opcode::LOOP, 0, 0, 0, 2, 100).halt();
  second.halt();
  mustEnd(machine, first);
  runLikeNew(machine, second);
  EXPECT_EQ(machine.readCsr(Csr::FAULT_CODE), 0u);
  // Also after the very first reset.
  RtlMachine fresh(target(), {});
  runLikeNew(fresh, second);
  mustEnd(machine, first);
  // Nothing is left to be taken.
  for (unsigned s = 0; s < 32; ++s) {
    auto out = machine.run(Assembler().wait(1u << s).halt().words, 0, 50);
    EXPECT_FALSE(bool(out)) << s;
    llvm::consumeError(out.takeError());
  }
}

TEST(Restart, TheHostStopsAHungProgram) {
  for (uint32_t value : {0u, 2u}) {
    RtlMachine machine(target(), numberedLines(4096));
    Assembler a; // reads for ever
    a.push(load(0, 0, 64, 1)).scalar(Opcode::JMP, 0, 0, 0, 0, 0);
    for (uint32_t i = 0; i < a.pc(); ++i) {
      machine.writeImem(i, a.words[i]);
    }
    auto out = machine.run(a.words, 0, 300);
    ASSERT_FALSE(bool(out));
    EXPECT_EQ(llvm::toString(out.takeError()), "no halt within 300 cycles");
    EXPECT_EQ(machine.readCsr(Csr::STATUS), statusStopped);
    machine.writeCsr(Csr::CONTROL, 1);
    EXPECT_EQ(machine.readCsr(Csr::STATUS), statusBusy);
    for (int i = 0; i < 200; ++i) {
      machine.clock();
    }
    machine.writeCsr(Csr::CONTROL, value);
    // Answers are to come: a start is ignored until then.
    EXPECT_EQ(machine.readCsr(Csr::STATUS), statusBusy | statusStopped);
    machine.writeCsr(Csr::CONTROL, 1);
    int waited = 0;
    while (machine.readCsr(Csr::STATUS) & statusBusy) {
      ASSERT_LT(++waited, 200);
      machine.clock();
    }
    EXPECT_EQ(machine.readCsr(Csr::STATUS), statusStopped);
    runLikeNew(machine, copyLine());
    EXPECT_EQ(machine.readCsr(Csr::STATUS), statusDone);
  }
}

TEST(Restart, StatusIsThatOfTheLastStart) {
  RtlMachine machine(target(), {});
  Assembler bad;
  bad.words.push_back({});
  mustEnd(machine, bad);
  EXPECT_EQ(machine.readCsr(Csr::STATUS), statusDone | statusFault);
  EXPECT_EQ(machine.readCsr(Csr::FAULT_CODE), unsigned(Fault::BadOpcode));
  Assembler waits;
  waits.wait(1).halt();
  for (uint32_t i = 0; i < waits.pc(); ++i) {
    machine.writeImem(i, waits.words[i]);
  }
  machine.writeCsr(Csr::CONTROL, 1);
  machine.clock();
  EXPECT_EQ(machine.readCsr(Csr::STATUS), statusBusy);
  EXPECT_EQ(machine.readCsr(Csr::FAULT_CODE), 0u);
  EXPECT_EQ(machine.readCsr(Csr::FAULT_PC), 0u);
  machine.writeCsr(Csr::CONTROL, 0);
}

TEST(Restart, ARunningProgramCannotBeOverwritten) {
  RtlMachine machine(target(), {});
  Assembler a;
  a.scalar(Opcode::LOOP, 0, 0, 0, 50, 2).li(1, 1).halt();
  for (uint32_t i = 0; i < a.pc(); ++i) {
    machine.writeImem(i, a.words[i]);
  }
  machine.writeCsr(Csr::ENTRY, 0);
  machine.writeCsr(Csr::CONTROL, 1);
  machine.writeImem(2, {});
  machine.writeCsr(Csr::ENTRY, 1);
  for (int i = 0; i < 100; ++i) {
    machine.clock();
  }
  EXPECT_EQ(machine.readCsr(Csr::STATUS), statusDone);
  EXPECT_EQ(machine.readCsr(Csr::ENTRY), 0u);
  EXPECT_EQ(machine.readCounter(Counter::CYCLES), 52u);
}

/// Random programs, some of which fault, one after the other.
TEST(Restart, RandomPrograms) {
  RtlMachine machine(target(), makeRandomProgram(target(), 1).hbm);
  for (unsigned seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    RandomProgramOptions options;
    options.phases = 2;
    options.faults = seed % 3 != 0;
    runLikeNew(machine, makeRandomProgram(target(), 1000 + seed, options));
  }
}

} // namespace
