//===- MixedRtlTest.cpp - Slices in RTL beside SystemC --------------------===//
//
// A chip of which some slices are in RTL, against the SystemC model of all. Of
// every slice are equal: fault, start, end and address of every command, all
// counters, cycles, and the memory. ACC_RTL_SEEDS=FIRST:COUNT runs other random
// programs.
//
//===----------------------------------------------------------------------===//

#include "RandomChips.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::test;
using isa::CollectiveKind;
using isa::Fault;
using isa::Format;
using isa::Group;
using isa::ReduceOp;

namespace {

/// The slices of a set of bits.
std::vector<uint32_t> slicesOf(unsigned set) {
  std::vector<uint32_t> slices;
  for (uint32_t s = 0; s < machine().slices(); ++s) {
    if (set >> s & 1) {
      slices.push_back(s);
    }
  }
  return slices;
}

/// All sets of a chip of four but the empty one.
constexpr unsigned kSets = 16;

llvm::Expected<ChipOutput> mixed(const ChipInput &input, unsigned set) {
  return runMixedChip(input, slicesOf(set));
}

/// Runs with each set of slices in RTL; the result of the last.
std::optional<ChipOutput> all(const ChipPrograms &programs) {
  std::optional<ChipOutput> out;
  for (unsigned set = 1; set < kSets; ++set) {
    SCOPED_TRACE(set);
    out = both(programs.input(machine()),
               [&](const ChipInput &in) { return mixed(in, set); });
  }
  return out;
}

TEST(Mixed, EveryKindAndGroup) {
  for (Group group : {Group::Chip, Group::Row, Group::Column}) {
    for (unsigned kind = 0; kind < isa::kNumCollectiveKindValues; ++kind) {
      SCOPED_TRACE(kind);
      ChipPrograms programs(machine());
      programs.exchange(ownTile(CollectiveKind(kind), group));
      auto out = all(programs);
      ASSERT_TRUE(out);
      EXPECT_EQ(out->slices[3].fault, Fault::None);
    }
  }
}

/// Rows that do not end with a beat, elements of all widths, sums of 16 bits,
/// and every root.
TEST(Mixed, OddRows) {
  for (auto [fmt, op] : {std::pair(Format::BF16, ReduceOp::FAdd),
                         std::pair(Format::F16, ReduceOp::FMax),
                         std::pair(Format::I32, ReduceOp::IMin),
                         std::pair(Format::I8, ReduceOp::IAdd)}) {
    for (unsigned kind = 0; kind < isa::kNumCollectiveKindValues; ++kind) {
      isa::Collective c = ownTile(CollectiveKind(kind), Group::Chip);
      c.fmt = fmt;
      c.op = op;
      c.rows = 3;
      c.columns = 21;
      c.srcStride = c.dstStride = 84;
      c.root = kind % 4;
      bool isSum = c.kind == CollectiveKind::AllReduce ||
                   c.kind == CollectiveKind::ReduceScatter;
      if (fmt == Format::I8 && isSum) {
        continue;
      }
      SCOPED_TRACE(kind);
      ChipPrograms programs(machine());
      programs.exchange(c);
      auto out = all(programs);
      ASSERT_TRUE(out);
      EXPECT_EQ(out->slices[1].fault, Fault::None);
    }
  }
}

/// Members come at different times, at all distances from each other, and one
/// after a long time: slices in RTL are not clocked meanwhile.
TEST(Mixed, LateMembers) {
  for (unsigned late = 0; late < 4; ++late) {
    for (unsigned by : {0, 1, 2, 4, 5, 6, 60}) {
      SCOPED_TRACE(late * 100 + by);
      ChipPrograms programs(machine());
      for (unsigned s = 0; s < 4; ++s) {
        for (unsigned i = 0; i < (s == late ? by : 3); ++i) {
          programs.of(s).li(1, 1);
        }
        programs.of(s).push(ownTile(CollectiveKind::Barrier, Group::Row));
        programs.of(s).push(ownTile(CollectiveKind::AllReduce, Group::Chip));
        programs.of(s).push(ownTile(CollectiveKind::Barrier, Group::Column));
      }
      programs.halt();
      ASSERT_TRUE(all(programs));
    }
  }
}

/// A result takes the place of its source.
TEST(Mixed, InPlace) {
  for (CollectiveKind kind :
       {CollectiveKind::AllReduce, CollectiveKind::Broadcast}) {
    isa::Collective c = ownTile(kind, Group::Chip);
    c.dstBase = c.srcBase;
    c.dstStride = c.srcStride;
    c.wrBanks = 1;
    ChipPrograms programs(machine());
    for (unsigned s = 0; s < 4; ++s) {
      Assembler &a = programs.of(s);
      a.push(load(0, 0, ChipPrograms::imageWords, 1)).fence();
      a.push(c).push(c).fence();
      a.push(store(65536, 0, ChipPrograms::imageWords, 1)).halt();
    }
    ASSERT_TRUE(all(programs));
  }
}

TEST(Mixed, Identity) {
  ChipPrograms programs(machine());
  programs.storeIds();
  ChipInput input = programs.input(machine());
  input.chip = 7;
  auto out = both(input, [](const ChipInput &in) { return mixed(in, 0b1010); });
  ASSERT_TRUE(out);
  std::vector<uint32_t> expected = {3, 7, 1, 1, 2, 2};
  EXPECT_EQ(words(out->slices[3].hbm, 0, 6), expected);
}

TEST(Mixed, Mismatch) {
  isa::Collective good = ownTile(CollectiveKind::AllReduce, Group::Chip);
  std::vector<isa::Collective> bad(6, good);
  bad[0].rows += 1;
  bad[1].columns -= 1;
  bad[2].fmt = Format::BF16;
  bad[3].op = ReduceOp::FMax;
  bad[4].root = 1;
  bad[5].kind = CollectiveKind::Broadcast;
  for (const isa::Collective &other : bad) {
    ChipPrograms programs(machine());
    for (unsigned s = 0; s < 4; ++s) {
      programs.of(s).push(s == 2 ? other : good);
    }
    programs.halt();
    auto out = all(programs);
    ASSERT_TRUE(out);
    EXPECT_EQ(out->slices[0].fault, Fault::NetMismatch);
  }
}

/// In the very cycle in which the last member starts, and around it: the one
/// that stops is the last, or another comes behind it.
TEST(Mixed, StoppedMemberIsADeadlock) {
  unsigned deadlocks = 0, met = 0;
  for (unsigned later : {0, 6}) {
    for (unsigned by = 0; by < 14; ++by) {
      SCOPED_TRACE(later * 100 + by);
      ChipPrograms programs(machine());
      for (unsigned s = 0; s < 4; ++s) {
        for (unsigned i = 0; s == 2 && i < later; ++i) {
          programs.of(s).li(1, 1);
        }
        programs.of(s).push(ownTile(CollectiveKind::Barrier, Group::Chip));
        for (unsigned i = 0; s == 1 && i < by; ++i) {
          programs.of(s).li(1, 1);
        }
      }
      programs.of(1).words.emplace_back(); // no instruction: the slice stops
      programs.halt();
      ++(all(programs) ? met : deadlocks);
    }
  }
  EXPECT_GT(deadlocks, 0u);
  EXPECT_GT(met, 0u);
}

TEST(Mixed, DeadlockSaysWhoWaits) {
  ChipPrograms programs(machine());
  for (unsigned s = 1; s < 4; ++s) {
    programs.of(s).push(ownTile(CollectiveKind::Barrier, Group::Chip));
  }
  programs.halt();
  auto out = mixed(programs.input(machine()), 0b0110);
  ASSERT_FALSE(bool(out));
  std::string message = llvm::toString(out.takeError());
  EXPECT_NE(message.find("deadlock"), std::string::npos) << message;
  EXPECT_NE(message.find("slice 2"), std::string::npos) << message;
}

TEST(Mixed, ErrorsInTheMemoryOfASlice) {
  ChipPrograms programs(machine());
  programs.exchange(ownTile(CollectiveKind::AllReduce, Group::Chip));
  using Where = MemoryFlip::Where;
  for (unsigned set = 1; set < kSets; ++set) {
    SCOPED_TRACE(set);
    ChipInput input = programs.input(machine());
    auto run = [&](const ChipInput &in) { return mixed(in, set); };
    input.flips = {{0, Where::Hbm, 8, 70, 0},
                   {3, Where::Hbm, 64, 7, 0},
                   {1, Where::Scratchpad, 64 * 2 + 35, 12, 3000},
                   {2, Where::Scratchpad, 64 * 4, 0, 3000}};
    auto out = both(input, run);
    ASSERT_TRUE(out);
    EXPECT_EQ(out->slices[3].counters[unsigned(isa::Counter::HBM_CORRECTED)],
              1u);
    // Its members wait for slice 3: a deadlock, in both.
    input.flips.push_back({3, Where::Hbm, 64, 8, 0});
    EXPECT_FALSE(both(input, run));
  }
}

TEST(Mixed, TooLong) {
  ChipPrograms programs(machine());
  programs.exchange(ownTile(CollectiveKind::AllReduce, Group::Chip));
  ChipInput input = programs.input(machine());
  input.maxCycles = 100;
  auto out = mixed(input, 0b1001);
  ASSERT_FALSE(bool(out));
  EXPECT_EQ(llvm::toString(out.takeError()), "no halt within 100 cycles");
}

TEST(Mixed, SlicesThatAreNone) {
  ChipPrograms programs(machine());
  programs.halt();
  for (auto [slices, message] :
       {std::pair<std::vector<uint32_t>, const char *>(
            {0, 4}, "slice 4: 'small-chip' has slices 0 to 3"),
        {{1, 1}, "slice 1 is named twice"}}) {
    auto out = runMixedChip(programs.input(machine()), slices);
    ASSERT_FALSE(bool(out));
    EXPECT_EQ(llvm::toString(out.takeError()), message);
  }
}

//===----------------------------------------------------------------------===//
// Random programs, each with another set of slices in RTL
//===----------------------------------------------------------------------===//

RandomChips random;

void runSeeds(unsigned count, bool faults, bool same, bool flips = false) {
  auto [first, n] = RandomChips::seeds(count);
  for (unsigned i = 0; i < n; ++i) {
    unsigned set = 1 + (first + i) * 7 % (kSets - 1);
    SCOPED_TRACE(set);
    random.run({first + i, faults, same, flips},
               [&](const ChipInput &in) { return mixed(in, set); });
  }
}
TEST(RandomMixed, DifferentPrograms) { runSeeds(240, false, false); }
TEST(RandomMixed, Flips) {
  runSeeds(80, false, false, true);
  EXPECT_GT(random.corrected, 0u);
}
TEST(RandomMixed, OneProgram) { runSeeds(160, false, true); }
TEST(RandomMixed, Faults) {
  runSeeds(280, true, false);
  EXPECT_GT(random.faultsSeen[unsigned(Fault::NetMismatch)], 0u);
}

} // namespace
