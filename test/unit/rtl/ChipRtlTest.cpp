//===- ChipRtlTest.cpp - The RTL of a chip against the models -------------===//
//
// Of every slice are equal: fault, start, end and address of every command, all
// counters, cycles, and the memory. ACC_RTL_SEEDS=FIRST:COUNT runs other random
// programs.
//
//===----------------------------------------------------------------------===//

#include "RandomChips.h"

#include <gtest/gtest.h>

#include <set>

using namespace acc;
using namespace acc::test;
using isa::CollectiveKind;
using isa::Fault;

namespace {

/// A chip by itself has no others, and a slice alone is no group there.
TEST(Chip, NoOtherChips) {
  for (unsigned chips = 0; chips < isa::kNumChipsValues; ++chips) {
    isa::Group group = chips == 0 ? isa::Group::Slice : isa::Group::Chip;
    isa::Collective c = ownTile(CollectiveKind::Barrier, group);
    c.chips = isa::Chips(chips);
    ChipPrograms programs(machine());
    programs.exchange(c);
    auto out = both(programs);
    ASSERT_TRUE(out);
    for (const SimOutput &slice : out->slices) {
      EXPECT_EQ(slice.fault, Fault::BadOperand);
    }
  }
}

TEST(Chip, EveryKindAndGroup) {
  for (isa::Group group :
       {isa::Group::Chip, isa::Group::Row, isa::Group::Column}) {
    for (unsigned kind = 0; kind < isa::kNumCollectiveKindValues; ++kind) {
      isa::Collective c = ownTile(CollectiveKind(kind), group);
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

/// Members come at different times, at all distances from each other.
TEST(Chip, LateMembers) {
  for (unsigned late = 0; late < 4; ++late) {
    for (unsigned by = 0; by < 8; ++by) {
      ChipPrograms programs(machine());
      for (unsigned s = 0; s < 4; ++s) {
        for (unsigned i = 0; i < (s == late ? by : 3); ++i) {
          programs.of(s).li(1, 1);
        }
        programs.of(s).push(ownTile(CollectiveKind::Barrier, isa::Group::Row));
        programs.of(s).push(ownTile(CollectiveKind::Barrier, isa::Group::Chip));
        programs.of(s).push(
            ownTile(CollectiveKind::Barrier, isa::Group::Column));
      }
      programs.halt();
      ASSERT_TRUE(both(programs));
    }
  }
}

TEST(Chip, Identity) {
  ChipPrograms programs(machine());
  programs.storeIds();
  ChipInput input = programs.input(machine());
  input.chip = 7;
  auto out = both(input);
  ASSERT_TRUE(out);
  // Slice, chip, row, column, rows, columns.
  for (uint32_t s = 0; s < 4; ++s) {
    std::vector<uint32_t> expected = {s, 7, s / 2, s % 2, 2, 2};
    EXPECT_EQ(words(out->slices[s].hbm, 0, 6), expected);
  }
}

TEST(Chip, Mismatch) {
  isa::Collective good = ownTile(CollectiveKind::AllReduce, isa::Group::Chip);
  std::vector<isa::Collective> bad(6, good);
  bad[0].rows += 1;
  bad[1].columns -= 1;
  bad[2].fmt = isa::Format::BF16;
  bad[3].op = isa::ReduceOp::FMax;
  bad[4].root = 1;
  bad[5].kind = CollectiveKind::Broadcast;
  for (const isa::Collective &other : bad) {
    ChipPrograms programs(machine());
    for (unsigned s = 0; s < 4; ++s) {
      programs.of(s).push(s == 2 ? other : good);
    }
    programs.halt();
    auto out = both(programs);
    ASSERT_TRUE(out);
    for (const SimOutput &slice : out->slices) {
      EXPECT_EQ(slice.fault, Fault::NetMismatch);
    }
  }
}

TEST(Chip, StoppedMemberIsADeadlock) {
  ChipPrograms programs(machine());
  for (unsigned s = 1; s < 4; ++s) {
    programs.of(s).push(ownTile(CollectiveKind::Barrier, isa::Group::Chip));
  }
  programs.halt();
  EXPECT_FALSE(both(programs));
  // In the very cycle in which the last member starts, and around it.
  for (unsigned by = 0; by < 12; ++by) {
    ChipPrograms late(machine());
    for (unsigned s = 0; s < 4; ++s) {
      late.of(s).push(ownTile(CollectiveKind::Barrier, isa::Group::Chip));
      for (unsigned i = 0; s == 1 && i < by; ++i) {
        late.of(s).li(1, 1);
      }
    }
    late.of(1).words.emplace_back(); // no instruction: the slice stops
    late.halt();
    SCOPED_TRACE(by);
    both(late);
  }
}

TEST(Chip, FaultsAtTheStart) {
  auto expectFault = [&](isa::Collective c, Fault fault) {
    ChipPrograms programs(machine());
    for (unsigned s = 0; s < 4; ++s) {
      programs.of(s).push(c);
    }
    programs.halt();
    auto out = both(programs);
    ASSERT_TRUE(out);
    EXPECT_EQ(out->slices[3].fault, fault)
        << isa::stringify(out->slices[3].fault).str();
  };
  isa::Collective good = ownTile(CollectiveKind::AllReduce, isa::Group::Chip);
  isa::Collective c = good;
  c.kind = CollectiveKind(5);
  expectFault(c, Fault::BadOperand);
  c = good;
  c.group = isa::Group(3);
  expectFault(c, Fault::BadOperand);
  c = good;
  c.op = isa::ReduceOp::IAdd;
  expectFault(c, Fault::BadOperand);
  c = good;
  c.op = isa::ReduceOp(6);
  expectFault(c, Fault::BadOperand);
  c = good;
  c.fmt = isa::Format::Iota;
  expectFault(c, Fault::BadOperand);
  c = good;
  c.rows = 0;
  expectFault(c, Fault::BadOperand);
  c = good;
  c.columns = 0;
  expectFault(c, Fault::BadOperand);
  c = ownTile(CollectiveKind::Broadcast, isa::Group::Row);
  c.root = 2;
  expectFault(c, Fault::BadOperand);
  c = good;
  c.partStride = 2;
  expectFault(c, Fault::Misaligned);
  c = good;
  c.srcBase += 2;
  expectFault(c, Fault::Misaligned);
  c = good;
  c.rdBanks = 0;
  expectFault(c, Fault::BankClaim);
  c = good;
  c.dstBase = uint32_t(machine().slice.spmBytes()) - 64;
  c.wrBanks = 0xFFFF;
  expectFault(c, Fault::SpmRange);
}

TEST(Chip, RdidOfNothing) {
  ChipPrograms programs(machine());
  programs.of(2).scalar(isa::Opcode::RDID, 1, 0, 0, 6);
  programs.halt();
  auto out = both(programs);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->slices[2].fault, Fault::BadOperand);
  EXPECT_EQ(out->slices[1].fault, Fault::None);
}

/// An error that can be corrected is counted in the slice that has it; one that
/// cannot be stops that slice. The rest of the chip goes on.
TEST(Chip, ErrorsInTheMemoryOfASlice) {
  ChipPrograms programs(machine());
  isa::Collective c = ownTile(CollectiveKind::AllReduce, isa::Group::Chip);
  programs.exchange(c);
  ChipInput clean = programs.input(machine());
  auto expected = both(clean);
  ASSERT_TRUE(expected);
  auto pcOf = [](const SimOutput &out, isa::Engine engine) {
    auto it = llvm::find_if(out.commands, [&](const CommandRecord &r) {
      return r.engine == engine;
    });
    return it == out.commands.end() ? 0u : it->pc;
  };
  uint32_t net = pcOf(expected->slices[2], isa::Engine::Net);
  // When both loads have ended and no collective has begun in any slice.
  uint64_t between = 0;
  for (const SimOutput &slice : expected->slices) {
    for (const CommandRecord &r : slice.commands) {
      between = r.engine == isa::Engine::Load ? std::max(between, r.end + 1)
                                              : between;
    }
  }
  using Where = MemoryFlip::Where;
  ChipInput input = programs.input(machine());
  // A byte of the tile in slices 1 and 2, one of no row in slice 3, a word in
  // slice 0.
  input.flips = {{1, Where::Scratchpad, 64 * 2 + 35, 12, between},
                 {2, Where::Scratchpad, 64 * 4, 0, between},
                 {2, Where::Scratchpad, 64 * 4 + 1, 3, between},
                 {3, Where::Scratchpad, 64 + 36, 3, between},
                 {0, Where::Hbm, 8, 70, 0}};
  auto out = both(input);
  ASSERT_TRUE(out);
  const uint64_t bytes[] = {0, 1, 2, 0}, words[] = {1, 0, 0, 0};
  for (unsigned s = 0; s < 4; ++s) {
    const SimOutput &slice = out->slices[s];
    EXPECT_EQ(slice.fault, Fault::None);
    EXPECT_EQ(slice.counters[unsigned(isa::Counter::SPM_CORRECTED)], bytes[s]);
    EXPECT_EQ(slice.counters[unsigned(isa::Counter::HBM_CORRECTED)], words[s]);
    EXPECT_EQ(slice.cycles, expected->slices[s].cycles);
    uint64_t difference = 0;
    EXPECT_FALSE(
        slice.hbm.firstDifference(expected->slices[s].hbm, difference));
  }
  input.flips.push_back({2, Where::Scratchpad, 64 * 4, 7, between});
  out = both(input);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->slices[2].fault, Fault::SpmError);
  EXPECT_EQ(out->slices[2].faultPc, net);
  EXPECT_EQ(out->slices[2].faultAddress, 64u * 4);
  for (unsigned s : {0u, 1u, 3u}) {
    EXPECT_EQ(out->slices[s].fault, Fault::None);
  }
  input.flips = {{3, Where::Hbm, 64, 7, 0}, {3, Where::Hbm, 64, 8, 0}};
  out = both(input); // its members wait for slice 3: a deadlock, in both
  EXPECT_FALSE(out);
}

/// Two benches in one process, one inside the life of the other.
TEST(Chip, MachinesSideBySide) {
  ChipPrograms programs(machine());
  programs.exchange(ownTile(CollectiveKind::AllReduce, isa::Group::Chip));
  ChipInput input = programs.input(machine());
  RtlMachine first(machine());
  first.memory(3).write(0, programs.image(3).data(), programs.image(3).size());
  ASSERT_TRUE(both(input));
  input.hbm = {};
  auto out = first.run(input);
  ASSERT_TRUE(bool(out)) << llvm::toString(out.takeError());
  auto alone = runSystemCChip(input);
  EXPECT_EQ(out->slices[0].cycles, alone->slices[0].cycles);
}

//===----------------------------------------------------------------------===//
// Random programs
//===----------------------------------------------------------------------===//

RandomChips random;

llvm::Expected<ChipOutput> onRtl(const ChipInput &input) {
  return runRtlChip(input);
}

/// Short as they are, the first programs have all commands, collectives of all
/// kinds in all groups, and reductions in all formats.
TEST(RandomPrograms, Coverage) {
  std::set<isa::Opcode> commands;
  std::set<std::pair<CollectiveKind, isa::Group>> collectives;
  std::set<std::pair<isa::ReduceOp, isa::Format>> reductions;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    auto programs = RandomChips::make({seed, false, false, false});
    auto out = runSystemCChip(RandomChips::input(programs));
    ASSERT_TRUE(bool(out)) << llvm::toString(out.takeError());
    for (auto [slice, program] : llvm::zip_equal(out->slices, programs)) {
      for (const CommandRecord &r : slice.commands) {
        const isa::Word *code = &program.words[r.pc];
        auto opcode = isa::Opcode(code->lo & 0xFF);
        commands.insert(opcode);
        if (opcode == isa::Opcode::COLLECTIVE) {
          auto c = isa::Collective::decode(code);
          collectives.insert({c.kind, c.group});
          if (c.kind == CollectiveKind::AllReduce ||
              c.kind == CollectiveKind::ReduceScatter) {
            reductions.insert({c.op, c.fmt});
          }
        }
      }
    }
  }
  for (isa::Opcode opcode :
       {isa::Opcode::LOAD, isa::Opcode::STORE, isa::Opcode::MATMUL,
        isa::Opcode::MATMULMX, isa::Opcode::MATMULRS, isa::Opcode::ACCST,
        isa::Opcode::VPURUN, isa::Opcode::COLLECTIVE, isa::Opcode::LOADSYNC,
        isa::Opcode::STORESYNC, isa::Opcode::MXUSYNC, isa::Opcode::DRAINSYNC,
        isa::Opcode::VPUSYNC, isa::Opcode::NETSYNC}) {
    EXPECT_TRUE(commands.count(opcode)) << unsigned(opcode);
  }
  // Of a chip by itself, no slice is a group.
  EXPECT_EQ(collectives.size(),
            isa::kNumCollectiveKindValues * (isa::kNumGroupValues - 1));
  // Three operations on three formats, and three on integers.
  EXPECT_EQ(reductions.size(), 3u * 3u + 3u);
}

void runSeeds(unsigned count, bool faults, bool same, bool flips = false) {
  auto [first, n] = RandomChips::seeds(count);
  for (unsigned i = 0; i < n; ++i) {
    random.run({first + i, faults, same, flips}, onRtl);
  }
}
TEST(RandomChip, DifferentPrograms) { runSeeds(80, false, false); }
TEST(RandomChip, Flips) {
  runSeeds(20, false, false, true);
  EXPECT_GT(random.corrected, 0u);
}
TEST(RandomChip, OneProgram) { runSeeds(40, false, true); }
TEST(RandomChip, Faults) {
  runSeeds(100, true, false);
  EXPECT_GT(random.faultsSeen[unsigned(Fault::NetMismatch)], 0u);
}

} // namespace
