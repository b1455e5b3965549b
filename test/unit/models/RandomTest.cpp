//===- RandomTest.cpp - Random programs on both models --------------------===//

#include "ClockedSlice.h"
#include "Seeds.h"
#include "systemc-models/Random/RandomProgram.h"
#include "systemc-models/Sim/Sim.h"
#include "systemc-models/Slice/RaceDetector.h"

#include <gtest/gtest.h>

#include <random>

using namespace acc;

namespace {

/// Every command and the total against the cycle-by-cycle oracle.
void checkTiming(const SimInput &input, const SimOutput &out, uint64_t seed) {
  test::ClockedSlice oracle(input);
  ASSERT_TRUE(oracle.run()) << seed;
  SimOutput expected;
  expected.model = "oracle";
  expected.cycles = oracle.cycles;
  expected.commands = oracle.commands;
  expected.counters = out.counters;
  for (unsigned e = 0; e < numEngines; ++e) {
    expected.counters[unsigned(busyOf(e))] = oracle.busy[e];
  }
  CompareOptions options;
  options.memory = false;
  llvm::Error e = compareResults(expected, out, options);
  ASSERT_FALSE(bool(e)) << seed << ": " << llvm::toString(std::move(e));
}

/// Commands that start before the one before them on their engine ends.
unsigned countOverlaps(const std::vector<CommandRecord> &commands) {
  unsigned overlaps = 0;
  uint64_t lastEnd[numEngines] = {}; // ends are in the order of starts
  for (const CommandRecord &c : commands) {
    overlaps += c.start <= lastEnd[unsigned(c.engine)];
    lastEnd[unsigned(c.engine)] = c.end;
  }
  return overlaps;
}

std::string noSource(uint32_t) { return ""; }

void runSeeds(const Target &target, uint64_t count, bool clocked,
              bool overlap = true) {
  uint64_t overlaps = 0;
  for (uint64_t seed = 0; seed < count; ++seed) {
    RandomProgram p = makeRandomProgram(target, seed);
    SimInput input{target, p.words, p.hbm, 10000000, true, p.entry};
    input.checkRaces = true;
    auto f = runFunctional(input);
    ASSERT_TRUE(bool(f)) << seed << ": " << llvm::toString(f.takeError());
    ASSERT_EQ(f->fault, isa::Fault::None)
        << seed << ": " << isa::stringify(f->fault).str() << " at "
        << f->faultPc;
    auto s = runSystemC(input);
    ASSERT_TRUE(bool(s)) << seed << ": " << llvm::toString(s.takeError());
    for (const Race &race : s->races) {
      ADD_FAILURE() << seed << ": " << describeRace(race, noSource);
    }
    CompareOptions options;
    options.timing = false;
    llvm::Error e = compareResults(*f, *s, options);
    ASSERT_FALSE(bool(e)) << seed << ": " << llvm::toString(std::move(e));
    if (clocked) {
      checkTiming(input, *s, seed);
    }
    overlaps += countOverlaps(s->commands);
  }
  if (overlap) {
    EXPECT_GT(overlaps, count);
  } else {
    EXPECT_EQ(overlaps, 0u);
  }
}

/// Programs with flipped bits: anything may happen but a crash or a hang.
TEST(Random, BrokenProgramsEnd) {
  Target target = llvm::cantFail(loadTarget("xpu-tiny"));
  std::mt19937_64 rng(1);
  unsigned faults = 0;
  const uint64_t count = seedCount(600);
  for (uint64_t seed = 0; seed < count; ++seed) {
    RandomProgram p = makeRandomProgram(target, seed % 20);
    for (unsigned flips = 1 + rng() % 4; flips > 0; --flips) {
      isa::Word &word = p.words[rng() % p.words.size()];
      (rng() & 1 ? word.lo : word.hi) ^= uint64_t(1) << rng() % 64;
    }
    SimInput input{target, p.words, p.hbm, 120000, true, p.entry};
    for (auto *run : {runFunctional, runSystemC}) {
      auto out = run(input);
      if (!out) {
        llvm::consumeError(out.takeError());
      } else {
        faults += out->fault != isa::Fault::None;
      }
    }
  }
  EXPECT_GE(faults, count / 2);
}

TEST(Random, ModelsAgreeTiny) {
  runSeeds(llvm::cantFail(loadTarget("xpu-tiny")), seedCount(300), true);
}
TEST(Random, ModelsAgreeTinyOneCommand) {
  Target target = llvm::cantFail(loadTarget("xpu-tiny"));
  target.dma.commands = target.mxu.commands = 1;
  runSeeds(target, seedCount(100), true, /*overlap=*/false);
}
TEST(Random, ModelsAgreeDeepLanes) {
  Target target = llvm::cantFail(loadTarget("xpu-tiny"));
  target.vpu.aluLatency = 3;
  target.vpu.sfuLatency = 7;
  runSeeds(target, seedCount(100), true);
}
TEST(Random, ModelsAgreeJx1) {
  runSeeds(llvm::cantFail(loadTarget("jx1-slice")), seedCount(40), true);
}

} // namespace
