//===- RackTest.cpp - Several chips on both models ------------------------===//

#include "ChipPrograms.h"
#include "Seeds.h"
#include "systemc-models/Fabric/Topology.h"
#include "systemc-models/Net/RackTiming.h"
#include "systemc-models/Random/RandomProgram.h"

#include <gtest/gtest.h>

#include <map>

using namespace acc;
using namespace acc::test;
using isa::Chips;
using isa::CollectiveKind;
using isa::Fault;
using isa::Group;

namespace {

const Machine &rackOf(const char *name) {
  static std::map<std::string, Machine> machines;
  auto it = machines.find(name);
  if (it == machines.end()) {
    it = machines.emplace(name, llvm::cantFail(loadMachine(name))).first;
  }
  return it->second;
}
const Machine &twoChips() { return rackOf("xpu-tiny-4x2"); }
/// Two trays of two.
const Machine &fourChips() { return rackOf("xpu-tiny-4x2x2"); }

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

float source(uint32_t slice, uint32_t part, uint32_t row, uint32_t column) {
  return ChipPrograms::value(slice, part * 256 + row * 16 + column);
}

/// Members of the last slice's group by chip, and in it by row of slices.
using Members = std::vector<std::vector<std::vector<uint32_t>>>;

struct Grouping {
  Group group;
  Chips chips;
  Members members;
  uint32_t own; ///< the last slice's number among them
};

const std::vector<Grouping> &groupings() {
  static const std::vector<Grouping> all = {
      {Group::Chip,
       Chips::Rack,
       {{{0, 1}, {2, 3}},
        {{4, 5}, {6, 7}},
        {{8, 9}, {10, 11}},
        {{12, 13}, {14, 15}}},
       15},
      {Group::Row,
       Chips::Rack,
       {{{2, 3}}, {{6, 7}}, {{10, 11}}, {{14, 15}}},
       7},
      {Group::Column,
       Chips::Tray,
       {{{9}, {11}}, {{13}, {15}}}, // of one row each
       3},
      {Group::Slice, Chips::Peers, {{{7}}, {{15}}}, 1},
      {Group::Chip, Chips::Peers, {{{4, 5}, {6, 7}}, {{12, 13}, {14, 15}}}, 7},
  };
  return all;
}

std::vector<uint32_t> flat(const Members &members) {
  std::vector<uint32_t> all;
  for (const auto &chip : members) {
    for (const auto &row : chip) {
      all.insert(all.end(), row.begin(), row.end());
    }
  }
  return all;
}

/// Rows of slices, then these, then chips. A column is added as it is.
float reduced(const Members &members, uint32_t part, uint32_t row,
              uint32_t column) {
  float total = 0;
  for (size_t c = 0; c < members.size(); ++c) {
    float ofChip = 0;
    for (size_t r = 0; r < members[c].size(); ++r) {
      float ofRow = 0;
      for (size_t i = 0; i < members[c][r].size(); ++i) {
        float x = source(members[c][r][i], part, row, column);
        ofRow = i == 0 ? x : ofRow + x;
      }
      ofChip = r == 0 ? ofRow : ofChip + ofRow;
    }
    total = c == 0 ? ofChip : total + ofChip;
  }
  return total;
}

ChipOutput exchange(CollectiveKind kind, const Grouping &g, uint32_t root = 0) {
  ChipPrograms programs(fourChips());
  isa::Collective c = tile(kind, g.group);
  c.chips = g.chips;
  c.root = root;
  c.partStride = 256; // 16 parts of 240 bytes
  c.wrBanks = 4;
  programs.exchange(c);
  return run(programs.input(fourChips()));
}

/// What the last slice has stored of a row.
std::vector<float> rowOf(const ChipOutput &out, uint32_t part, uint32_t row) {
  std::vector<float> x(9);
  out.slices.back().hbm.read(65536 + part * 256 + row * 48, x.data(), 36);
  return x;
}

/// A source's part is 64 words from the next one here.
float partSource(const Members &m, uint32_t part, uint32_t row,
                 uint32_t column) {
  // value(slice, 64 part + 16 row + column), added in order.
  float total = 0;
  for (size_t c = 0; c < m.size(); ++c) {
    float ofChip = 0;
    for (size_t r = 0; r < m[c].size(); ++r) {
      float ofRow = 0;
      for (size_t i = 0; i < m[c][r].size(); ++i) {
        float x =
            ChipPrograms::value(m[c][r][i], part * 64 + row * 16 + column);
        ofRow = i == 0 ? x : ofRow + x;
      }
      ofChip = r == 0 ? ofRow : ofChip + ofRow;
    }
    total = c == 0 ? ofChip : total + ofChip;
  }
  return total;
}

TEST(RackValues, AllReduce) {
  unsigned differ = 0;
  for (const Grouping &g : groupings()) {
    ChipOutput out = exchange(CollectiveKind::AllReduce, g);
    for (uint32_t row = 0; row < 5; ++row) {
      for (uint32_t column = 0; column < 9; ++column) {
        EXPECT_EQ(rowOf(out, 0, row)[column],
                  reduced(g.members, 0, row, column));
      }
    }
    // The values tell this order from that of a single row.
    for (uint32_t column = 0; column < 9; ++column) {
      differ += reduced(g.members, 0, 0, column) !=
                reduced({{flat(g.members)}}, 0, 0, column);
    }
  }
  EXPECT_GT(differ, 0u);
}

TEST(RackValues, ReduceScatter) {
  for (const Grouping &g : groupings()) {
    ChipOutput out = exchange(CollectiveKind::ReduceScatter, g);
    for (uint32_t row = 0; row < 4; ++row) {
      for (uint32_t column = 0; column < 9; ++column) {
        EXPECT_EQ(rowOf(out, 0, row)[column],
                  partSource(g.members, g.own, row, column));
      }
    }
  }
}

TEST(RackValues, AllGather) {
  for (const Grouping &g : groupings()) {
    ChipOutput out = exchange(CollectiveKind::AllGather, g);
    uint32_t part = 0;
    for (uint32_t m : flat(g.members)) {
      for (uint32_t row = 0; row < 5; ++row) {
        for (uint32_t column = 0; column < 9; ++column) {
          EXPECT_EQ(rowOf(out, part, row)[column], source(m, 0, row, column));
        }
      }
      ++part;
    }
  }
}

TEST(RackValues, Broadcast) {
  for (const Grouping &g : groupings()) {
    std::vector<uint32_t> all = flat(g.members);
    for (uint32_t root : {0u, uint32_t(all.size() - 1)}) {
      ChipOutput out = exchange(CollectiveKind::Broadcast, g, root);
      for (uint32_t column = 0; column < 9; ++column) {
        EXPECT_EQ(rowOf(out, 0, 4)[column], source(all[root], 0, 4, column));
      }
    }
  }
}

TEST(RackValues, SumsOfBf16AreRoundedOnce) {
  // In chips 1 and 2^-8, 2^-8 and 0: as in a chip of four.
  ChipPrograms programs(twoChips());
  const uint16_t bits[] = {0x3F80, 0, 0, 0, 0x3B80, 0x3B80, 0, 0};
  std::vector<std::vector<uint8_t>> images;
  for (uint16_t x : bits) {
    images.push_back({uint8_t(x), uint8_t(x >> 8)});
  }
  isa::Collective c = tile(CollectiveKind::AllReduce, Group::Chip);
  c.chips = Chips::Rack;
  c.fmt = isa::Format::BF16;
  c.rows = c.columns = 1;
  programs.exchange(c);
  ChipInput input = programs.input(twoChips());
  input.hbm.assign(images.begin(), images.end());
  ChipOutput out = run(input);
  for (const SimOutput &slice : out.slices) {
    EXPECT_EQ(words(slice.hbm, 65536, 1)[0] & 0xFFFF, 0x3F81u);
  }
}

TEST(RackValues, ChipsHaveTheirNumbers) {
  ChipPrograms programs(fourChips());
  programs.storeIds();
  ChipOutput out = run(programs.input(fourChips()));
  for (uint32_t i = 0; i < 16; ++i) {
    EXPECT_EQ(words(out.slices[i].hbm, 0, 3),
              (std::vector<uint32_t>{i % 4, i / 4, i % 4 / 2}));
  }
  ChipInput in = programs.input(fourChips());
  in.chip = 3;
  EXPECT_EQ(llvm::toString(runSystemCChip(in).takeError()),
            "chip 3 is given; chips of a rack have their numbers");
}

//===----------------------------------------------------------------------===//
// Time
//===----------------------------------------------------------------------===//

/// The time of a lone message of so many bytes, from edge to edge in core
/// cycles, if it is ready in `cycle`: by a network of its own.
uint64_t arrivalOf(const Machine &machine, uint64_t bytes, uint64_t cycle) {
  fabric::TopologyOptions topology;
  topology.chips = 2;
  auto network = llvm::cantFail(fabric::makeNetwork(machine, topology));
  RackClock clock(machine);
  uint64_t core = fabric::delaysOf(machine).core;
  network->send(clock.toPort(cycle) + core, 0, 1, bytes, 2);
  return clock.toCore(network->run() + core);
}

/// Both chips start together: what goes one way does not hinder what goes the
/// other.
TEST(RackTiming, TwoChips) {
  const unsigned setup = 4, stage = 5, tail = 3, part = 5 * 3, bytes = 5 * 36;
  struct Case {
    CollectiveKind kind;
    Group group;
    unsigned up, message, add, down;
  } cases[] = {
      {CollectiveKind::AllReduce, Group::Chip, part, bytes, part, part},
      {CollectiveKind::AllReduce, Group::Row, part, bytes, part, part},
      {CollectiveKind::AllGather, Group::Chip, 4 * part, 4 * bytes, 0,
       8 * part},
      {CollectiveKind::ReduceScatter, Group::Column, 4 * part, 2 * bytes,
       2 * part, 2 * part},
      {CollectiveKind::Barrier, Group::Chip, 0, 0, 0, 0},
  };
  for (const Case &c : cases) {
    ChipPrograms programs(twoChips());
    for (unsigned s = 0; s < 8; ++s) {
      isa::Collective command = tile(c.kind, c.group);
      command.chips = Chips::Rack;
      command.partStride = 256;
      // Of the other groups of a chip nobody sends anything.
      bool isMember = c.group == Group::Chip  ? true
                      : c.group == Group::Row ? s % 4 >= 2
                                              : s % 2 == 1;
      if (isMember) {
        programs.of(s).push(command);
      }
    }
    programs.halt();
    ChipOutput out = run(programs.input(twoChips()));
    ASSERT_EQ(out.slices.size(), 8u);
    // Three words from cycle 0 on, visible in the next.
    uint64_t stages = c.group == Group::Chip ? 2 * stage : stage;
    uint64_t edge = 3 + setup + c.up + stages;
    uint64_t there = arrivalOf(twoChips(), 8 + c.message, edge);
    for (unsigned s : {3u, 7u}) {
      const CommandRecord &net = out.slices[s].commands.at(0);
      EXPECT_EQ(net.start, 3u);
      EXPECT_EQ(net.end, there + c.add + setup + c.down + stages + tail - 1);
    }
    ASSERT_TRUE(out.traffic.has_value());
    EXPECT_EQ(out.traffic->messages, 2u);
    EXPECT_EQ(out.traffic->bytes, 2u * (8 + c.message));
  }
}

/// One-shot and by parts are one sum; which is taken is the closed form's.
TEST(RackTiming, LargeSumsGoByParts) {
  EXPECT_FALSE(reducesByParts(fourChips(), 2, 1 << 20, 4));
  EXPECT_FALSE(reducesByParts(fourChips(), 4, 16, 4));
  EXPECT_TRUE(reducesByParts(fourChips(), 4, 4096, 4));
  uint64_t messages[2];
  for (bool isLarge : {false, true}) {
    ChipPrograms programs(fourChips());
    isa::Collective c = tile(CollectiveKind::AllReduce, Group::Chip);
    c.chips = Chips::Rack;
    c.rows = isLarge ? 32 : 1;
    c.columns = isLarge ? 60 : 4;
    c.srcStride = c.dstStride = 240;
    programs.exchange(c);
    ChipOutput out = run(programs.input(fourChips()));
    messages[isLarge] = out.traffic->messages;
  }
  EXPECT_EQ(messages[0], 12u);
  EXPECT_EQ(messages[1], 24u);
}

//===----------------------------------------------------------------------===//
// What goes wrong
//===----------------------------------------------------------------------===//

TEST(RackFaults, ChipsThatDisagree) {
  ChipPrograms programs(twoChips());
  for (unsigned s = 0; s < 8; ++s) {
    isa::Collective c = tile(CollectiveKind::AllReduce, Group::Row);
    c.chips = Chips::Rack;
    c.columns = uint16_t(c.columns - (s == 6 || s == 7));
    programs.of(s).push(c);
  }
  programs.halt();
  ChipOutput out = run(programs.input(twoChips()));
  for (unsigned s = 0; s < 8; ++s) {
    EXPECT_EQ(out.slices[s].fault,
              s % 4 < 2 ? Fault::None : Fault::NetMismatch);
  }
}

TEST(RackFaults, NoOtherChips) {
  for (auto [group, chips] : {std::pair(Group::Chip, Chips::Rack),
                              std::pair(Group::Slice, Chips::Own)}) {
    Machine chip = llvm::cantFail(loadMachine("xpu-tiny-4"));
    ChipPrograms programs(chip);
    isa::Collective c = tile(CollectiveKind::Barrier, group);
    c.chips = chips;
    for (unsigned s = 0; s < 4; ++s) {
      programs.of(s).push(c);
    }
    programs.halt();
    ChipOutput out = run(programs.input(chip));
    EXPECT_EQ(out.slices[1].fault, Fault::BadOperand);
  }
}

TEST(RackFaults, AccessesOfMembers) {
  ChipPrograms programs(twoChips());
  for (unsigned s = 0; s < 8; ++s) {
    isa::Collective c = tile(CollectiveKind::AllReduce, Group::Chip);
    c.chips = Chips::Rack;
    c.wrBanks = s == 5 ? 8 : 4;
    programs.of(s).push(c).fence();
  }
  programs.halt();
  ChipOutput out = run(programs.input(twoChips()));
  EXPECT_EQ(out.slices[5].fault, Fault::BankClaim);
  EXPECT_EQ(out.slices[4].fault, Fault::None);
}

TEST(RackFaults, AChipThatNeverComes) {
  ChipPrograms programs(twoChips());
  isa::Collective barrier = tile(CollectiveKind::Barrier, Group::Chip);
  barrier.chips = Chips::Rack;
  for (unsigned s = 0; s < 7; ++s) {
    programs.of(s).push(barrier);
  }
  programs.halt();
  ChipInput input = programs.input(twoChips());
  std::string s = llvm::toString(runSystemCChip(input).takeError());
  std::string f = llvm::toString(runFunctionalChip(input).takeError());
  for (const std::string &text : {s, f}) {
    EXPECT_EQ(text.substr(0, 63), "deadlock: chip 0 slice 0 to chip 1 slice 2: "
                                  "the sequencer waits");
    EXPECT_EQ(text.find("chip 1 slice 3"), std::string::npos);
  }
}

TEST(RackFaults, MachinesThatCannotBeRun) {
  Machine pod = llvm::cantFail(loadMachine("jx1-pod"));
  Assembler halt = Assembler().halt();
  ChipInput in{pod, {halt.words}, {}};
  EXPECT_EQ(llvm::toString(runFunctionalChip(in).takeError()),
            "'jx1-pod' is a pod; expects a rack, a chip or a slice");
  Machine noPort = twoChips();
  noPort.chip->fabric.localPorts = 0;
  ChipPrograms programs(noPort);
  programs.halt();
  EXPECT_EQ(llvm::toString(runSystemCChip(programs.input(noPort)).takeError()),
            "fabric.local_ports is 0; expects a port for each of the 1 planes");
}

//===----------------------------------------------------------------------===//
// Random programs, symmetry
//===----------------------------------------------------------------------===//

TEST(RackRandom, ModelsAgree) {
  uint64_t messages = 0;
  for (const char *name : {"xpu-tiny-4x2", "xpu-tiny-4x2x2"}) {
    const Machine &machine = rackOf(name);
    for (uint64_t seed = 1; seed <= seedCount(20); ++seed) {
      RandomProgramOptions options;
      options.phases = 2;
      options.same = seed % 2 == 0;
      auto programs = makeRandomChip(machine, seed, options);
      ChipInput in{machine, {}, {}, {}};
      for (const RandomProgram &p : programs) {
        in.programs.push_back(p.words);
        in.hbm.push_back(p.hbm);
        in.entries.push_back(p.entry);
      }
      SCOPED_TRACE(std::string(name) + ", seed " + std::to_string(seed));
      ChipOutput out = run(in);
      ASSERT_FALSE(out.slices.empty());
      for (const SimOutput &slice : out.slices) {
        ASSERT_EQ(slice.fault, Fault::None);
      }
      messages += out.traffic->messages;
    }
  }
  EXPECT_GT(messages, 300u);
}

/// One slice stands for its chip if all its slices take part; chips differ.
TEST(RackSymmetry, OneSliceOfAChip) {
  for (Group group : {Group::Chip, Group::Row}) {
    Assembler a;
    isa::Collective c = tile(CollectiveKind::AllReduce, group);
    c.chips = Chips::Rack;
    for (unsigned i = 0; i < 5; ++i) {
      a.push(load(0, 0, 512, 1)).fence().push(c).fence();
    }
    a.halt();
    ChipInput in{fourChips(), {a.words}, {}};
    in.values = false;
    ChipOutput once = llvm::cantFail(runSystemCChip(in));
    in.symmetry = false;
    ChipOutput each = llvm::cantFail(runSystemCChip(in));
    EXPECT_EQ(once.simulated, group == Group::Chip ? 4u : 16u);
    EXPECT_EQ(each.simulated, 16u);
    CompareOptions options;
    options.memory = false;
    llvm::Error e = compareChips(once, each, options);
    EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  }
}

} // namespace
