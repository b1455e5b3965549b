//===- RandomTest.cpp - Random programs on both models --------------------===//

#include "ClockedSlice.h"
#include "systemc-models/Random/RandomProgram.h"
#include "systemc-models/Sim/Sim.h"

#include <gtest/gtest.h>

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
  CompareOptions options;
  options.memory = false;
  llvm::Error e = compareResults(expected, out, options);
  ASSERT_FALSE(bool(e)) << seed << ": " << llvm::toString(std::move(e));
}

void runSeeds(const char *name, uint64_t count, bool clocked) {
  Target target = llvm::cantFail(loadTarget(name));
  for (uint64_t seed = 0; seed < count; ++seed) {
    RandomProgram p = makeRandomProgram(target, seed);
    SimInput input{target, p.words, p.hbm, 10000000, true};
    auto f = runFunctional(input);
    ASSERT_TRUE(bool(f)) << seed << ": " << llvm::toString(f.takeError());
    ASSERT_EQ(f->fault, isa::Fault::None)
        << seed << ": " << isa::stringify(f->fault).str() << " at "
        << f->faultPc;
    auto s = runSystemC(input);
    ASSERT_TRUE(bool(s)) << seed << ": " << llvm::toString(s.takeError());
    CompareOptions options;
    options.timing = false;
    llvm::Error e = compareResults(*f, *s, options);
    ASSERT_FALSE(bool(e)) << seed << ": " << llvm::toString(std::move(e));
    if (clocked) {
      checkTiming(input, *s, seed);
    }
  }
}

TEST(Random, ModelsAgreeTiny) { runSeeds("xpu-tiny", 300, true); }
TEST(Random, ModelsAgreeJx1) { runSeeds("jx1-slice", 40, true); }

} // namespace
