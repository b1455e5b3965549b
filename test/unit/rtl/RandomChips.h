//===- RandomChips.h - Random programs of chips on two models ---*- C++ -*-===//
//
// ACC_RTL_SEEDS=FIRST:COUNT runs other programs than those of the test.
//
//===----------------------------------------------------------------------===//

#ifndef TEST_UNIT_RTL_RANDOMCHIPS_H
#define TEST_UNIT_RTL_RANDOMCHIPS_H

#include "ModelAndRtl.h"
#include "systemc-models/Random/RandomProgram.h"

namespace acc::test {

class RandomChips {
public:
  struct Program {
    unsigned seed;
    bool faults; ///< instructions that fault
    bool same;   ///< one program for all slices
    bool flips;  ///< bits of memories turn over
  };

  /// The first seed, and how many.
  static std::pair<unsigned, unsigned> seeds(unsigned count) {
    unsigned first = 1;
    if (const char *s = std::getenv("ACC_RTL_SEEDS")) {
      count = 1;
      std::sscanf(s, "%u:%u", &first, &count);
    }
    return {first, count};
  }

  static std::vector<RandomProgram> make(const Program &what) {
    RandomProgramOptions options;
    // Many short programs find more than few long ones.
    options.phases = 1;
    options.groups = 4;
    options.faults = what.faults;
    options.same = what.same;
    return makeRandomChip(machine(), what.seed, options);
  }

  /// A view: the programs outlive it.
  static ChipInput input(const std::vector<RandomProgram> &programs) {
    ChipInput in{machine(), {}, {}, {}};
    in.maxCycles = 300000;
    for (const RandomProgram &p : programs) {
      in.programs.push_back(p.words);
      in.hbm.push_back(p.hbm);
      in.entries.push_back(p.entry);
    }
    return in;
  }

  /// Of programs that ended in all slices, or did not in both models.
  unsigned faultsSeen[isa::kNumFaultValues] = {};
  uint64_t corrected = 0;
  unsigned compared = 0; ///< programs

  void run(const Program &what, RunRtl runRtl) {
    auto programs = make(what);
    ChipInput in = input(programs);
    if (what.flips) {
      in.flips = randomFlips(what.seed, in);
    }
    auto s = runSystemCChip(in);
    auto r = runRtl(in);
    // What other slices do after a fault inside a command of one is not part of
    // the contract.
    if (what.faults && ((s && isInside(*s)) || (r && isInside(*r)))) {
      llvm::consumeError(s.takeError());
      llvm::consumeError(r.takeError());
      return;
    }
    ++compared;
    SCOPED_TRACE("seed " + std::to_string(what.seed));
    if (!s && what.faults) {
      std::string left = llvm::toString(s.takeError());
      ASSERT_FALSE(bool(r)) << left;
      EXPECT_EQ(left.substr(0, 9), llvm::toString(r.takeError()).substr(0, 9));
      ++faultsSeen[0];
      return;
    }
    ASSERT_TRUE(bool(s)) << llvm::toString(s.takeError());
    ASSERT_TRUE(bool(r)) << llvm::toString(r.takeError());
    for (const SimOutput &slice : s->slices) {
      if (what.faults) {
        ++faultsSeen[unsigned(slice.fault)];
      } else {
        EXPECT_EQ(slice.fault, isa::Fault::None) << "word " << slice.faultPc;
      }
      corrected += slice.counters[unsigned(isa::Counter::SPM_CORRECTED)] +
                   slice.counters[unsigned(isa::Counter::HBM_CORRECTED)];
    }
    llvm::Error e = compareChips(*s, *r);
    EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  }

private:
  static bool isInside(const ChipOutput &out) {
    return llvm::any_of(out.slices, [](const SimOutput &s) {
      return s.fault == isa::Fault::SpmRange ||
             s.fault == isa::Fault::HbmRange ||
             s.fault == isa::Fault::BankClaim ||
             s.fault == isa::Fault::IndexRange;
    });
  }

  /// Bits of memories that turn over: at most one in a code word.
  static std::vector<MemoryFlip> randomFlips(unsigned seed,
                                             const ChipInput &in) {
    std::string text = "random:2000@2000,seed=" + std::to_string(seed);
    auto flips = parseFlips(text, machine(), in.hbm.front().size());
    return llvm::cantFail(std::move(flips));
  }
};

} // namespace acc::test

#endif // TEST_UNIT_RTL_RANDOMCHIPS_H
