//===- ChipTest.cpp - Several slices on both models -----------------------===//

#include "ChipPrograms.h"
#include "Seeds.h"
#include "systemc-models/Random/RandomProgram.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::test;
using isa::CollectiveKind;
using isa::Fault;
using isa::Group;

namespace {

const Machine &tiny4() {
  static const Machine m = llvm::cantFail(loadMachine("xpu-tiny-4"));
  return m;
}

/// Runs on both models, expects agreement on everything without time.
ChipOutput run(const ChipInput &input) {
  auto s = runSystemCChip(input);
  auto f = runFunctionalChip(input);
  if (!s || !f) {
    ADD_FAILURE() << "systemc: " << llvm::toString(s.takeError())
                  << "; functional: " << llvm::toString(f.takeError());
    return ChipOutput();
  }
  CompareOptions options;
  options.timing = false;
  llvm::Error e = compareChips(*f, *s, options);
  EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  return std::move(*s);
}

/// Row `row` of a part of the tile as the host computes it.
float source(uint32_t slice, uint32_t part, uint32_t row, uint32_t column) {
  return ChipPrograms::value(slice, part * 256 + row * 16 + column);
}

struct Grouping {
  Group group;
  std::vector<std::vector<uint32_t>> rows; ///< members, by row of slices
};

const std::vector<Grouping> &groupsOfSlice3() {
  static const std::vector<Grouping> groups = {{Group::Chip, {{0, 1}, {2, 3}}},
                                               {Group::Row, {{2, 3}}},
                                               {Group::Column, {{1, 3}}}};
  return groups;
}

/// ((x0 + x1) + ...) of each row of slices, and then of these.
float reduced(const Grouping &g, uint32_t part, uint32_t row, uint32_t column) {
  float total = 0;
  bool first = true;
  for (const auto &members : g.rows) {
    float sum = source(members[0], part, row, column);
    for (size_t i = 1; i < members.size(); ++i) {
      sum += source(members[i], part, row, column);
    }
    total = first ? sum : total + sum;
    first = false;
  }
  return total;
}

/// What slice 3 has stored of a row.
std::vector<float> rowOf(const ChipOutput &out, uint32_t part, uint32_t row) {
  std::vector<float> x(9);
  out.slices[3].hbm.read(65536 + part * 1024 + row * 48, x.data(), 36);
  return x;
}

ChipOutput exchange(CollectiveKind kind, Group group, uint32_t root = 0) {
  ChipPrograms programs(tiny4());
  isa::Collective c = tile(kind, group);
  c.root = root;
  programs.exchange(c);
  return run(programs.input(tiny4()));
}

TEST(ChipValues, AllReduce) {
  for (const Grouping &g : groupsOfSlice3()) {
    ChipOutput out = exchange(CollectiveKind::AllReduce, g.group);
    for (uint32_t row = 0; row < 5; ++row) {
      for (uint32_t column = 0; column < 9; ++column) {
        EXPECT_EQ(rowOf(out, 0, row)[column], reduced(g, 0, row, column));
      }
    }
  }
  // The values tell one order from another.
  unsigned differ = 0;
  for (uint32_t i = 0; i < 9; ++i) {
    const Grouping backwards{Group::Chip, {{3, 2}, {1, 0}}};
    const Grouping inARow{Group::Chip, {{0, 1, 2, 3}}};
    float x = reduced(groupsOfSlice3()[0], 0, 0, i);
    differ += x != reduced(backwards, 0, 0, i);
    differ += x != reduced(inARow, 0, 0, i);
  }
  EXPECT_GT(differ, 0u);
}

TEST(ChipValues, ReduceScatter) {
  const uint32_t memberOfSlice3[] = {3, 1, 1};
  for (unsigned i = 0; i < 3; ++i) {
    const Grouping &g = groupsOfSlice3()[i];
    ChipOutput out = exchange(CollectiveKind::ReduceScatter, g.group);
    for (uint32_t row = 0; row < 5; ++row) {
      for (uint32_t column = 0; column < 9; ++column) {
        EXPECT_EQ(rowOf(out, 0, row)[column],
                  reduced(g, memberOfSlice3[i], row, column));
      }
    }
  }
}

TEST(ChipValues, AllGather) {
  for (const Grouping &g : groupsOfSlice3()) {
    ChipOutput out = exchange(CollectiveKind::AllGather, g.group);
    uint32_t part = 0;
    for (const auto &members : g.rows) {
      for (uint32_t m : members) {
        for (uint32_t row = 0; row < 5; ++row) {
          for (uint32_t column = 0; column < 9; ++column) {
            EXPECT_EQ(rowOf(out, part, row)[column], source(m, 0, row, column));
          }
        }
        ++part;
      }
    }
  }
}

TEST(ChipValues, Broadcast) {
  for (const Grouping &g : groupsOfSlice3()) {
    ChipOutput out = exchange(CollectiveKind::Broadcast, g.group, 1);
    uint32_t root = g.rows[0].size() > 1 ? g.rows[0][1] : g.rows[1][0];
    for (uint32_t column = 0; column < 9; ++column) {
      EXPECT_EQ(rowOf(out, 0, 4)[column], source(root, 0, 4, column));
    }
    EXPECT_EQ(out.slices[root].counters[unsigned(isa::Counter::NET_BYTES)],
              2u * 5 * 9 * 4);
    EXPECT_EQ(out.slices[root ^ 1].counters[unsigned(isa::Counter::NET_BYTES)],
              g.group == Group::Column ? 2u * 5 * 9 * 4 : 1u * 5 * 9 * 4);
  }
}

TEST(ChipValues, SumsOfBf16AreRoundedOnce) {
  // 1 + 2^-8 + 2^-8 is 1 + 2^-7 in bf16 if the sum is rounded once; rounded
  // after each addition it is 1.
  ChipPrograms programs(tiny4());
  const uint16_t bits[] = {0x3F80, 0x3B80, 0x3B80, 0x0000};
  std::vector<std::vector<uint8_t>> images;
  for (uint16_t x : bits) {
    images.push_back({uint8_t(x), uint8_t(x >> 8)});
  }
  isa::Collective c = tile(CollectiveKind::AllReduce, Group::Chip);
  c.fmt = isa::Format::BF16;
  c.rows = c.columns = 1;
  programs.exchange(c);
  ChipInput input = programs.input(tiny4());
  input.hbm.assign(images.begin(), images.end());
  ChipOutput out = run(input);
  for (const SimOutput &slice : out.slices) {
    EXPECT_EQ(words(slice.hbm, 65536, 1)[0] & 0xFFFF, 0x3F81u);
  }
}

/// net: 16 bytes a cycle, stage 5, setup 4, tail 3; rows of 36 bytes are three
/// beats.
TEST(ChipTiming, ClosedForm) {
  const unsigned setup = 4, stage = 5, tail = 3, part = 5 * 3;
  struct Case {
    CollectiveKind kind;
    Group group;
    unsigned cycles;
  } cases[] = {
      {CollectiveKind::AllReduce, Group::Chip, setup + part + 2 * stage + tail},
      {CollectiveKind::AllReduce, Group::Row, setup + part + stage + tail},
      {CollectiveKind::AllGather, Group::Chip,
       setup + 4 * part + 2 * stage + tail},
      {CollectiveKind::AllGather, Group::Column,
       setup + 2 * part + stage + tail},
      {CollectiveKind::ReduceScatter, Group::Chip,
       setup + 4 * part + 2 * stage + tail},
      {CollectiveKind::Broadcast, Group::Row, setup + part + stage + tail},
      {CollectiveKind::Barrier, Group::Chip, setup + 2 * stage + tail},
      {CollectiveKind::Barrier, Group::Row, setup + stage + tail},
  };
  for (const Case &c : cases) {
    ChipPrograms programs(tiny4());
    for (unsigned s = 0; s < 4; ++s) {
      for (unsigned i = 0; i < 10 * s; ++i) {
        programs.of(s).li(1, 1);
      }
      programs.of(s).push(tile(c.kind, c.group));
    }
    programs.halt();
    ChipOutput out = run(programs.input(tiny4()));
    // Slice 3 comes last: three words from cycle 30 on, visible in the next.
    for (unsigned s = c.group == Group::Chip ? 0 : 3; s < 4; ++s) {
      const CommandRecord &net = out.slices[s].commands.at(0);
      EXPECT_EQ(net.start, 10 * s + 3);
      EXPECT_EQ(net.end, 33 + c.cycles - 1);
      EXPECT_EQ(out.slices[s].counters[unsigned(isa::Counter::NET_BUSY)],
                net.end - net.start + 1);
    }
  }
}

TEST(ChipTiming, MismatchIsRaisedThreeCyclesLater) {
  ChipPrograms programs(tiny4());
  for (unsigned s = 0; s < 4; ++s) {
    isa::Collective c = tile(CollectiveKind::AllReduce, Group::Row);
    c.columns = uint16_t(c.columns + (s == 3));
    programs.of(s).push(c);
  }
  programs.halt();
  ChipOutput out = run(programs.input(tiny4()));
  EXPECT_EQ(out.slices[0].fault, Fault::None);
  EXPECT_EQ(out.slices[2].fault, Fault::NetMismatch);
  EXPECT_EQ(out.slices[3].fault, Fault::NetMismatch);
  EXPECT_EQ(out.slices[2].cycles, 3u + 3 + 1); // start in 3
}

TEST(ChipDeadlock, SaysWhoWaits) {
  ChipPrograms programs(tiny4());
  isa::Collective barrier = tile(CollectiveKind::Barrier, Group::Row);
  programs.of(0).push(barrier);
  programs.of(1).words.emplace_back(); // no instruction
  programs.of(2).push(barrier);
  barrier.group = Group::Column;
  programs.of(3).push(barrier);
  programs.halt();
  ChipInput input = programs.input(tiny4());
  std::string s = llvm::toString(runSystemCChip(input).takeError());
  std::string f = llvm::toString(runFunctionalChip(input).takeError());
  EXPECT_EQ(s, "deadlock: slice 0 and slice 2 to slice 3: the sequencer waits "
               "at word 3; Net waits with the command at word 0, slice 1: "
               "BadOpcode at word 0");
  EXPECT_EQ(f.substr(0, 31), "deadlock: slice 0 and slice 2 t");
}

TEST(ChipRandom, ModelsAgree) {
  for (bool same : {false, true}) {
    for (uint64_t seed = 1; seed <= seedCount(150); ++seed) {
      RandomProgramOptions options;
      options.phases = 2;
      options.same = same;
      auto programs = makeRandomChip(tiny4(), seed, options);
      ChipInput in{tiny4(), {}, {}, {}};
      for (const RandomProgram &p : programs) {
        in.programs.push_back(p.words);
        in.hbm.push_back(p.hbm);
        in.entries.push_back(p.entry);
      }
      SCOPED_TRACE(seed);
      ChipOutput out = run(in);
      for (const SimOutput &slice : out.slices) {
        ASSERT_EQ(slice.fault, Fault::None);
      }
    }
  }
}

//===----------------------------------------------------------------------===//
// Symmetry
//===----------------------------------------------------------------------===//

/// A program for all slices: rounds of products, sums and what is loaded.
Assembler rounds(unsigned count) {
  Assembler a;
  a.scalar(isa::Opcode::LOOP, 0, 0, 0, int32_t(count), 0);
  isa::Load l = load(0, 0, 512, 1);
  l.signalMask = 1;
  a.push(l);
  isa::Collective c = tile(CollectiveKind::AllReduce, Group::Chip);
  c.waitMask = 1;
  c.signalMask = 2;
  a.push(c);
  isa::Store s = store(4096, 2 * 32768, 512, 4);
  s.waitMask = 2;
  a.push(s);
  a.push(tile(CollectiveKind::Barrier, Group::Row));
  a.fence();
  a.addi(1, 1, 1);
  a.words[0].lo = 0;
  Assembler head;
  head.scalar(isa::Opcode::LOOP, 0, 0, 0, int32_t(count), a.pc());
  a.words[0] = head.words[0];
  return a.halt();
}

ChipInput timingOnly(const Machine &machine, const Assembler &a) {
  ChipInput in{machine, {a.words}, {}, {0}};
  in.values = false;
  return in;
}

TEST(ChipSymmetry, OneSliceStandsForAll) {
  Assembler a = rounds(20);
  ChipInput in = timingOnly(tiny4(), a);
  ChipOutput once = llvm::cantFail(runSystemCChip(in));
  in.symmetry = false;
  ChipOutput each = llvm::cantFail(runSystemCChip(in));
  EXPECT_EQ(once.simulated, 1u);
  EXPECT_EQ(each.simulated, 4u);
  CompareOptions options;
  options.memory = false;
  llvm::Error e = compareChips(once, each, options);
  EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  // Values change nothing in the time.
  in.values = true;
  ChipOutput values = llvm::cantFail(runSystemCChip(in));
  EXPECT_EQ(values.slices[3].cycles, once.slices[3].cycles);
}

/// What could make slices differ is simulated in each.
TEST(ChipSymmetry, OnlyIfProvable) {
  auto simulated = [&](const Assembler &a) {
    return llvm::cantFail(runSystemCChip(timingOnly(tiny4(), a))).simulated;
  };
  EXPECT_EQ(simulated(Assembler().li(1, 3).halt()), 1u);
  EXPECT_EQ(simulated(Assembler().scalar(isa::Opcode::RDID, 1).halt()), 4u);
  EXPECT_EQ(simulated(Assembler().scalar(isa::Opcode::LDS, 1).halt()), 4u);
  isa::Load indexed = load(0, 0, 4, 1);
  indexed.idxEn = 1;
  indexed.idxLimit = 100;
  indexed.idxBase = 32768;
  indexed.auxBanks = 2;
  Assembler a;
  a.push(load(0, 32768, 8, 2)).fence().push(indexed).halt();
  EXPECT_EQ(simulated(a), 4u);
  EXPECT_EQ(
      simulated(
          Assembler().push(tile(CollectiveKind::Broadcast, Group::Row)).halt()),
      4u);
  Assembler first = Assembler().halt(), second = Assembler().li(1, 1).halt();
  ChipInput different = timingOnly(tiny4(), first);
  different.programs = {first.words, second.words, first.words, first.words};
  EXPECT_EQ(llvm::cantFail(runSystemCChip(different)).simulated, 4u);
}

TEST(ChipSymmetry, SixtyFourSlices) {
  Machine jx1 = llvm::cantFail(loadMachine("jx1"));
  Assembler a = rounds(3);
  ChipInput in = timingOnly(jx1, a);
  ChipOutput once = llvm::cantFail(runSystemCChip(in));
  in.symmetry = false;
  ChipOutput each = llvm::cantFail(runSystemCChip(in));
  EXPECT_EQ(once.simulated, 1u);
  EXPECT_EQ(each.simulated, 64u);
  CompareOptions options;
  options.memory = false;
  llvm::Error e = compareChips(once, each, options);
  EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
}

} // namespace
