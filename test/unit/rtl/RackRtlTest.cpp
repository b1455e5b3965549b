//===- RackRtlTest.cpp - Two chips in RTL against the model ---------------===//
//
// The chips of a rack, joined by the model of wires and switch. Of every slice
// are equal: fault, start, end and address of every command, all counters,
// cycles, and the memory.
//
//===----------------------------------------------------------------------===//

#include "ModelAndRtl.h"
#include "systemc-models/Random/RandomProgram.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::test;
using isa::Chips;
using isa::CollectiveKind;
using isa::Fault;
using isa::Group;

namespace {

isa::Collective far(CollectiveKind kind, Group group, Chips chips) {
  isa::Collective c = ownTile(kind, group);
  c.chips = chips;
  return c;
}

std::string nameOf(const isa::Collective &c) {
  return (isa::stringify(c.kind) + " " + isa::stringify(c.group) + " " +
          isa::stringify(c.chips))
      .str();
}

/// The chips in RTL; with the others links are simulated cycle by cycle, too.
llvm::Expected<ChipOutput> mixed(const ChipInput &input, unsigned rtlChips,
                                 const fabric::CycleLinksOptions &links) {
  if (rtlChips == 0) {
    return runSystemCRack(input, {links, {}});
  }
  if (rtlChips == 3) {
    return runRtlChip(input, {}, links);
  }
  return runMixedRack(input, {(rtlChips & 1) != 0, (rtlChips & 2) != 0}, links);
}

/// Runs on chips of both kinds together, and expects the same of all.
void all(const ChipInput &input, const fabric::CycleLinksOptions &links) {
  auto first = mixed(input, 0, links);
  ASSERT_TRUE(bool(first)) << llvm::toString(first.takeError());
  for (unsigned rtlChips = 1; rtlChips < 4; ++rtlChips) {
    SCOPED_TRACE(rtlChips);
    auto out = mixed(input, rtlChips, links);
    ASSERT_TRUE(bool(out)) << llvm::toString(out.takeError());
    llvm::Error e = compareChips(*first, *out);
    EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  }
}

TEST(Mixed, EveryKind) {
  for (unsigned kind = 0; kind < isa::kNumCollectiveKindValues; ++kind) {
    for (Group group : {Group::Chip, Group::Column}) {
      isa::Collective c = far(CollectiveKind(kind), group, Chips::Rack);
      SCOPED_TRACE(nameOf(c));
      ChipPrograms programs(machine());
      programs.exchange(c);
      all(programs.input(machine()), {});
    }
  }
}

/// Bits on the links are wrong, so that there are hundreds of retries: chips of
/// all kinds are still equal, and memory is that without errors.
TEST(Mixed, BitErrors) {
  uint64_t retries = 0;
  for (CollectiveKind kind :
       {CollectiveKind::AllReduce, CollectiveKind::ReduceScatter,
        CollectiveKind::AllGather}) {
    isa::Collective c = far(kind, Group::Chip, Chips::Rack);
    c.rows = 16;
    c.columns = 64;
    c.srcStride = c.dstStride = 256;
    c.partStride = 4096;
    SCOPED_TRACE(nameOf(c));
    ChipPrograms programs(machine());
    for (unsigned s = 0; s < 4; ++s) {
      Assembler &a = programs.of(s);
      a.push(load(0, 0, ChipPrograms::imageWords, 1));
      a.push(load(8192, 8192, 6144, 1));
      a.push(load(32768, 2 * 32768, 8192, 4)).fence();
      for (unsigned i = 0; i < 3; ++i) {
        a.push(c).fence();
      }
      a.push(store(65536, 2 * 32768, 8192, 4)).halt();
    }
    ChipInput input = programs.input(machine());
    input.maxCycles = 1000000;
    auto clean = runSystemCChip(input);
    ASSERT_TRUE(bool(clean)) << llvm::toString(clean.takeError());
    fabric::CycleLinksStatistics statistics;
    fabric::CycleLinksOptions links;
    links.bitErrors = 1.5e-4;
    links.seed = uint64_t(kind) + 1;
    links.atEnd = &statistics;
    auto first = mixed(input, 0, links);
    ASSERT_TRUE(bool(first)) << llvm::toString(first.takeError());
    retries += statistics.retries;
    EXPECT_GT(first->slices[0].cycles, clean->slices[0].cycles);
    CompareOptions values;
    values.timing = false;
    llvm::Error e = compareChips(*clean, *first, values);
    EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
    for (unsigned rtlChips = 1; rtlChips < 4; ++rtlChips) {
      SCOPED_TRACE(rtlChips);
      fabric::CycleLinksStatistics again;
      links.atEnd = &again;
      auto out = mixed(input, rtlChips, links);
      ASSERT_TRUE(bool(out)) << llvm::toString(out.takeError());
      llvm::Error e = compareChips(*first, *out);
      EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
      EXPECT_GT(again.retries, 0u);
    }
  }
  EXPECT_GT(retries, 300u);
  RecordProperty("retries", std::to_string(retries));
}

TEST(Rack, EveryKindAndGroup) {
  for (Chips chips : {Chips::Rack, Chips::Tray, Chips::Peers, Chips::Own}) {
    for (Group group : {Group::Chip, Group::Row, Group::Column, Group::Slice}) {
      if (chips == Chips::Own && group == Group::Slice) {
        continue;
      }
      for (unsigned kind = 0; kind < isa::kNumCollectiveKindValues; ++kind) {
        isa::Collective c = far(CollectiveKind(kind), group, chips);
        SCOPED_TRACE(nameOf(c));
        ChipPrograms programs(machine());
        programs.exchange(c);
        auto out = both(programs);
        ASSERT_TRUE(out);
        for (const SimOutput &slice : out->slices) {
          EXPECT_EQ(slice.fault, Fault::None);
        }
      }
    }
  }
}

/// Rows that do not end with a beat, of all widths of elements, and sums of 16
/// bits: what is packed into messages is unpacked to the same.
TEST(Rack, OddRows) {
  for (auto [fmt, op] : {std::pair(isa::Format::BF16, isa::ReduceOp::FAdd),
                         std::pair(isa::Format::F16, isa::ReduceOp::FMax),
                         std::pair(isa::Format::I32, isa::ReduceOp::IAdd),
                         std::pair(isa::Format::I8, isa::ReduceOp::IAdd)}) {
    for (unsigned kind = 0; kind < isa::kNumCollectiveKindValues; ++kind) {
      isa::Collective c = far(CollectiveKind(kind), Group::Chip, Chips::Rack);
      c.fmt = fmt;
      c.op = op;
      c.rows = 7;
      c.columns = 21;
      c.srcStride = c.dstStride = 84;
      if (c.kind == CollectiveKind::Broadcast) {
        c.root = 3;
      }
      bool isSum = c.kind == CollectiveKind::AllReduce ||
                   c.kind == CollectiveKind::ReduceScatter;
      if (fmt == isa::Format::I8 && isSum) {
        continue;
      }
      SCOPED_TRACE(nameOf(c) + " " + isa::stringify(fmt).str());
      ChipPrograms programs(machine());
      programs.exchange(c);
      auto out = both(programs);
      ASSERT_TRUE(out);
      EXPECT_EQ(out->slices[1].fault, Fault::None);
    }
  }
}

/// One after the other without a pause, on all lanes: a message waits while the
/// next collective comes up, and one comes early.
TEST(Rack, OneBehindTheOther) {
  for (unsigned late = 0; late < 4; ++late) {
    ChipPrograms programs(machine());
    for (unsigned s = 0; s < 4; ++s) {
      Assembler &a = programs.of(s);
      a.push(load(0, 0, ChipPrograms::imageWords, 1));
      a.push(load(32768, 2 * 32768, ChipPrograms::imageWords, 4)).fence();
      for (unsigned i = 0; s == late && i < 300; ++i) {
        a.li(1, 1);
      }
      for (CollectiveKind kind :
           {CollectiveKind::AllReduce, CollectiveKind::AllGather,
            CollectiveKind::Barrier, CollectiveKind::ReduceScatter,
            CollectiveKind::AllReduce}) {
        for (Group group : {Group::Slice, Group::Row, Group::Column}) {
          a.push(far(kind, group, Chips::Rack));
        }
      }
      a.fence().push(store(65536, 2 * 32768, ChipPrograms::imageWords, 4));
    }
    programs.halt();
    SCOPED_TRACE(late);
    auto out = both(programs);
    ASSERT_TRUE(out);
    EXPECT_EQ(out->slices[3].fault, Fault::None);
  }
}

/// Members come at different times, at all distances from each other.
TEST(Rack, LateMembers) {
  for (unsigned late = 0; late < 4; ++late) {
    for (unsigned by = 0; by < 4; ++by) {
      ChipPrograms programs(machine());
      for (unsigned s = 0; s < 4; ++s) {
        for (unsigned i = 0; i < (s == late ? 2 * by : 3); ++i) {
          programs.of(s).li(1, 1);
        }
        programs.of(s).push(
            far(CollectiveKind::Barrier, Group::Slice, Chips::Rack));
        programs.of(s).push(
            far(CollectiveKind::AllReduce, Group::Chip, Chips::Tray));
      }
      programs.halt();
      ASSERT_TRUE(both(programs));
    }
  }
}

TEST(Rack, ChipsThatDisagree) {
  isa::Collective good =
      far(CollectiveKind::AllReduce, Group::Chip, Chips::Rack);
  std::vector<isa::Collective> bad(6, good);
  bad[0].rows += 1;
  bad[1].columns -= 1;
  bad[2].fmt = isa::Format::BF16;
  bad[3].op = isa::ReduceOp::FMax;
  bad[4].root = 1u << 31;
  bad[5].kind = CollectiveKind::Broadcast;
  for (const isa::Collective &other : bad) {
    ChipPrograms programs(machine());
    for (unsigned s = 0; s < 4; ++s) {
      programs.of(s).push(s >= 2 ? other : good);
    }
    programs.halt();
    auto out = both(programs);
    ASSERT_TRUE(out);
    for (const SimOutput &slice : out->slices) {
      EXPECT_EQ(slice.fault, Fault::NetMismatch);
    }
  }
}

TEST(Rack, FaultsAtTheStart) {
  isa::Collective c = far(CollectiveKind::AllReduce, Group::Chip, Chips::Rack);
  // Rows that overlap: more than the edge keeps, and as much.
  c.rows = 4096;
  c.columns = 33;
  c.srcStride = c.dstStride = 0;
  isa::Collective root =
      far(CollectiveKind::Broadcast, Group::Row, Chips::Rack);
  root.root = 4;
  for (const isa::Collective &bad : {c, root}) {
    ChipPrograms programs(machine());
    for (unsigned s = 0; s < 4; ++s) {
      programs.of(s).push(bad);
    }
    programs.halt();
    auto out = both(programs);
    ASSERT_TRUE(out);
    EXPECT_EQ(out->slices[2].fault, Fault::BadOperand);
  }
  c.columns = 32;
  ChipPrograms programs(machine());
  for (unsigned s = 0; s < 4; ++s) {
    programs.of(s).push(c);
  }
  programs.halt();
  ChipInput input = programs.input(machine());
  input.maxCycles = 1000000;
  auto out = both(input);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->slices[2].fault, Fault::None);
}

TEST(Rack, AChipThatNeverComesIsADeadlock) {
  ChipPrograms programs(machine());
  for (unsigned s = 0; s < 3; ++s) {
    programs.of(s).push(far(CollectiveKind::Barrier, Group::Chip, Chips::Rack));
  }
  programs.halt();
  EXPECT_FALSE(both(programs));
  // Or comes to a group of another kind.
  ChipPrograms others(machine());
  for (unsigned s = 0; s < 4; ++s) {
    others.of(s).push(far(CollectiveKind::Barrier,
                          s < 2 ? Group::Chip : Group::Row, Chips::Rack));
  }
  others.halt();
  EXPECT_FALSE(both(others));
}

//===----------------------------------------------------------------------===//
// Random programs
//===----------------------------------------------------------------------===//

TEST(RandomRack, ModelsAgree) {
  unsigned first = 1, count = 4;
  if (const char *s = std::getenv("ACC_RTL_SEEDS")) {
    std::sscanf(s, "%u:%u", &first, &count);
  }
  for (unsigned seed = first; seed < first + count; ++seed) {
    RandomProgramOptions options;
    options.phases = 1;
    options.same = seed % 2 == 0;
    auto programs = makeRandomChip(machine(), seed, options);
    ChipInput in{machine(), {}, {}, {}};
    in.maxCycles = 300000;
    for (const RandomProgram &p : programs) {
      in.programs.push_back(p.words);
      in.hbm.push_back(p.hbm);
      in.entries.push_back(p.entry);
    }
    SCOPED_TRACE(seed);
    auto out = both(in);
    ASSERT_TRUE(out);
    for (const SimOutput &slice : out->slices) {
      EXPECT_EQ(slice.fault, Fault::None);
    }
  }
}

} // namespace
