//===- SliceRtlTest.cpp - The RTL against the SystemC model ---------------===//
//
// Equal are: fault, start, end and address of every command, all counters,
// cycles, and the memory. ACC_RTL_SEEDS=FIRST:COUNT runs other random programs.
//
//===----------------------------------------------------------------------===//

#include "RandomProgram.h"
#include "rtl/tb/RtlSim.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::test;
using isa::Fault;
using isa::Format;

namespace {

const Target &tiny() {
  static const Target t = llvm::cantFail(loadTarget("xpu-tiny"));
  return t;
}

SimInput input(const Assembler &a, std::vector<uint8_t> hbm = {}) {
  return SimInput{tiny(), a.words, std::move(hbm), 10000000, true};
}

/// Runs on both and expects equality.
SimOutput both(const Assembler &a, std::vector<uint8_t> hbm = {}) {
  SimOutput s = llvm::cantFail(runSystemC(input(a, hbm)));
  SimOutput r = llvm::cantFail(runRtl(input(a, hbm)));
  llvm::Error e = compareResults(s, r);
  EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  return r;
}

TEST(Directed, ScalarProgram) {
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

TEST(Directed, AddVectors) {
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

TEST(Directed, QueueFull) {
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

/// Returns false if the seed shows a difference.
void runSeed(unsigned seed, bool faults, int only = -1) {
  RandomProgram p(tiny(), seed);
  p.only = only;
  p.faults = faults;
  p.generate(3);
  auto s = runSystemC(input(p.a, p.image));
  auto r = runRtl(input(p.a, p.image));
  if (!s && faults) { // a spoiled program may wait for ever
    llvm::consumeError(s.takeError());
    EXPECT_FALSE(bool(r)) << "seed " << seed;
    llvm::consumeError(r.takeError());
    return;
  }
  ASSERT_TRUE(bool(s)) << "seed " << seed << ": "
                       << llvm::toString(s.takeError());
  ASSERT_TRUE(bool(r)) << "seed " << seed << ": "
                       << llvm::toString(r.takeError());
  if (!faults) {
    EXPECT_EQ(s->fault, Fault::None) << "seed " << seed << " word "
                                     << s->faultPc;
  }
  llvm::Error e = compareResults(*s, *r);
  EXPECT_FALSE(bool(e)) << "seed " << seed << ": "
                        << llvm::toString(std::move(e));
}

/// One kind of command alone: small failures.
void runKind(int kind) {
  auto [first, count] = seeds(20);
  for (unsigned i = 0; i < count; ++i) {
    runSeed(first + i, false, kind);
  }
}
TEST(Random, Load) { runKind(0); }
TEST(Random, Store) { runKind(1); }
TEST(Random, Matmul) { runKind(2); }
TEST(Random, Accst) { runKind(3); }
TEST(Random, Vpu) { runKind(4); }

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
}

} // namespace
