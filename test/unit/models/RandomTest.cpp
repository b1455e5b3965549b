//===- RandomTest.cpp - Random programs on both models --------------------===//

#include "systemc-models/Random/RandomProgram.h"
#include "systemc-models/Sim/Sim.h"

#include <gtest/gtest.h>

using namespace acc;

namespace {

void runSeeds(const char *name, uint64_t count) {
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
  }
}

TEST(Random, FunctionalEqualsSystemCTiny) { runSeeds("xpu-tiny", 300); }
TEST(Random, FunctionalEqualsSystemCJx1) { runSeeds("jx1-slice", 40); }

} // namespace
