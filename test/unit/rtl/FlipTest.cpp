//===- FlipTest.cpp - Errors in memories, RTL against SystemC -------------===//
//
// What turns over when, what is corrected and counted, and what stops the
// machine: equal in both, and as section 10 of docs/machine.md says.
// ACC_RTL_SEEDS=FIRST:COUNT runs other random programs.
//
//===----------------------------------------------------------------------===//

#include "rtl/tb/RtlSim.h"
#include "systemc-models/Random/RandomProgram.h"
#include "test/unit/models/Assembler.h"

#include <gtest/gtest.h>

#include <random>

using namespace acc;
using namespace acc::test;
using isa::Counter;
using isa::Fault;
using isa::Format;
using Where = MemoryFlip::Where;

namespace {

const Target &target() {
  static const Target t = llvm::cantFail(loadTarget(rtlTargetName()));
  return t;
}

SimInput inputOf(const Assembler &a, std::vector<MemoryFlip> flips) {
  std::vector<uint8_t> hbm(65536);
  for (size_t i = 0; i < hbm.size(); ++i) {
    hbm[i] = uint8_t(i * 37 % 251);
  }
  SimInput input{target(), a.words, std::move(hbm), 500000, true};
  input.flips = std::move(flips);
  return input;
}

/// Runs on both and expects equality.
SimOutput both(const SimInput &input, bool memory = true) {
  auto s = runSystemC(input);
  auto r = runRtl(input);
  if (!s || !r) {
    ADD_FAILURE() << "systemc: " << llvm::toString(s.takeError())
                  << "; rtl: " << llvm::toString(r.takeError());
    return SimOutput();
  }
  CompareOptions options;
  options.memory = memory;
  llvm::Error e = compareResults(*s, *r, options);
  EXPECT_FALSE(bool(e)) << llvm::toString(std::move(e));
  return std::move(*r);
}

MemoryFlip spm(uint64_t address, unsigned bit, uint64_t cycle = 0) {
  return {0, Where::Scratchpad, address, bit, cycle};
}
MemoryFlip hbm(uint64_t address, unsigned bit, uint64_t cycle = 0) {
  return {0, Where::Hbm, address, bit, cycle};
}

uint64_t corrected(const SimOutput &out, Counter counter) {
  return out.counters[unsigned(counter)];
}

void expectCorrected(const SimOutput &out, Counter counter, uint64_t count) {
  EXPECT_EQ(out.fault, Fault::None) << isa::stringify(out.fault).str();
  EXPECT_EQ(corrected(out, counter), count);
}

void expectFault(const SimOutput &out, Fault fault, uint32_t pc,
                 uint64_t address) {
  EXPECT_EQ(out.fault, fault) << isa::stringify(out.fault).str();
  EXPECT_EQ(out.faultPc, pc);
  EXPECT_EQ(out.faultAddress, address);
}

//===----------------------------------------------------------------------===//
// Scratchpad
//===----------------------------------------------------------------------===//

/// Writes bank 0, waits so long that a flip of cycle 300 lies between, and does
/// something with it.
class Between : public testing::Test {
protected:
  Between() {
    a.push(load(0, 0, 2048, 1)).fence();
    a.scalar(isa::Opcode::LOOP, 0, 0, 0, 1500, a.pc() + 2).li(1, 1);
    at = a.pc();
  }
  SimOutput run(std::vector<MemoryFlip> flips, bool memory = true) {
    a.halt();
    return both(inputOf(a, std::move(flips)), memory);
  }
  Assembler a;
  uint32_t at; ///< word of the command under test
  static constexpr uint64_t then = 1200;
};

TEST_F(Between, EveryBitOfAByteIsCorrected) {
  a.push(store(32768, 0, 64, 1)).halt();
  SimOutput clean = both(inputOf(a, {}));
  for (unsigned bit = 0; bit < 13; ++bit) {
    SimOutput out = both(inputOf(a, {spm(77, bit, then)}));
    expectCorrected(out, Counter::SPM_CORRECTED, 1);
    EXPECT_EQ(out.cycles, clean.cycles);
    uint64_t difference = 0;
    EXPECT_FALSE(out.hbm.firstDifference(clean.hbm, difference));
    ASSERT_EQ(out.flips.size(), 1u);
    EXPECT_EQ(out.flips[0].cycle, then);
  }
}

TEST_F(Between, EveryPairOfBitsStops) {
  a.push(store(32768, 0, 64, 1)).halt();
  for (unsigned bit = 0; bit < 13; ++bit) {
    for (unsigned other = 0; other < bit; ++other) {
      expectFault(
          both(inputOf(a, {spm(77, bit, then), spm(77, other, then + 1)})),
          Fault::SpmError, at, 77);
    }
  }
}

TEST_F(Between, ErrorsInSeveralBytes) {
  a.push(store(32768, 0, 64, 1));
  std::vector<MemoryFlip> flips;
  for (unsigned i = 0; i < 40; ++i) {
    flips.push_back(spm(32 + i, i % 13, then));
  }
  expectCorrected(run(flips), Counter::SPM_CORRECTED, 40);
}

TEST_F(Between, WritingForgets) {
  a.push(load(4096, 64, 8, 1)).fence().push(store(32768, 0, 64, 1));
  expectCorrected(run({spm(70, 1, then), spm(70, 2, then), spm(96, 3, then)}),
                  Counter::SPM_CORRECTED, 1);
}

TEST_F(Between, LdsReads) {
  a.scalar(isa::Opcode::LDS, 3, 0, 0, 64);
  a.scalar(isa::Opcode::LDS, 4, 0, 0, 64).scalar(isa::Opcode::LDS, 4, 0, 0, 68);
  expectCorrected(run({spm(65, 9, then), spm(67, 0, then)}),
                  Counter::SPM_CORRECTED, 4);
}

TEST_F(Between, LdsStops) {
  a.scalar(isa::Opcode::LDS, 4, 0, 0, 60).scalar(isa::Opcode::LDS, 3, 0, 0, 64);
  a.li(1, 1);
  expectFault(run({spm(66, 9, then), spm(66, 0, then)}), Fault::SpmError,
              at + 1, 66);
}

TEST_F(Between, StridesAndRepeatsAreCountedByAccess) {
  // 40 elements in chunks of 16 with stride 0, 3 rows: 3 accesses each.
  isa::Vpurun v = elementwise(isa::Uop::FADD, 0, 0, 65536, 40);
  v.size[4] = 3;
  v.rdBanks = 1;
  v.wrBanks = 4;
  v.inStride[5] = 0;
  a.push(v).fence().push(store(32768, 65536, 40, 4));
  // In both inputs, of which the second has stride 4.
  expectCorrected(run({spm(2, 9, then)}), Counter::SPM_CORRECTED, 3 * 3 + 3);
}

TEST_F(Between, ResultsOfAReductionForgetOnlyWhereTheyLie) {
  isa::Vpurun v = elementwise(isa::Uop::FADD, 0, 0, 2048, 16);
  v.rdBanks = v.wrBanks = 1;
  v.inFmt[1] = Format::None;
  v.laneRed = 1;
  v.outReg = 15;
  a.push(v).fence().push(store(32768, 2048, 16, 1));
  expectCorrected(run({spm(2049, 4, then), spm(2053, 4, then)}, false),
                  Counter::SPM_CORRECTED, 1);
}

isa::Matmul matmul() {
  isa::Matmul m;
  m.aFmt = m.wFmt = Format::BF16;
  m.ncols = 8;
  m.msize = {1, 1, 5};
  m.ksize = {1, 1, 20};
  m.aMstride = {0, 0, 64};
  m.aKstride = {0, 0, 2};
  m.wKstride = {0, 0, 16};
  m.wNstride = 2;
  m.wBase = 32768;
  m.rdBanks = 1;
  m.auxBanks = 2;
  return m;
}

TEST_F(Between, MatrixUnit) {
  a.push(load(0, 32768, 256, 2)).fence();
  isa::Matmul m = matmul();
  a.push(m);              // A once; W once
  m.aMstride = {0, 0, 0}; // A five times
  m.wNstride = 0;         // W once in each of its rows
  a.push(m);
  m.wByCol = 1;           // W once in each column
  m.aKstride = {0, 0, 0}; // A once in each step
  a.push(m).push(sync<isa::Mxusync>(0, 1));
  expectCorrected(run({spm(0, 9, then)}), Counter::SPM_CORRECTED,
                  1 + 5 + 5 * 3);
}

TEST_F(Between, WeightsStop) {
  a.push(load(0, 32768, 256, 2)).fence();
  uint32_t pc = a.pc();
  isa::Matmul m = matmul();
  a.push(m).fence();
  a.scalar(isa::Opcode::LOOP, 0, 0, 0, 1500, a.pc() + 2).li(1, 1);
  pc = a.pc();
  a.push(m);
  SimOutput out = run({spm(32768 + 33, 9, 3000), spm(32768 + 33, 1, 3000)});
  expectFault(out, Fault::SpmError, pc, 32768 + 33);
}

TEST_F(Between, AClaimDelays) {
  // The flip is due while a command reads the bank, which may have read the
  // byte or not: it comes when the bank is free.
  for (uint64_t cycle = 1500; cycle < 1700; cycle += 7) {
    Assembler b = a;
    b.push(store(32768, 0, 256, 1)).push(store(65536, 0, 256, 1)).fence();
    b.push(store(32768, 0, 256, 1)).halt();
    SimOutput out = both(inputOf(b, {spm(77, 3, cycle)}));
    EXPECT_EQ(out.fault, Fault::None);
    ASSERT_EQ(out.flips.size(), 1u);
    EXPECT_GE(out.flips[0].cycle, cycle);
    // It cannot lie inside a command.
    for (const CommandRecord &c : out.commands) {
      EXPECT_FALSE(c.start < out.flips[0].cycle && out.flips[0].cycle <= c.end);
    }
  }
}

TEST_F(Between, AfterTheEndNothingHappens) {
  SimOutput out = run({spm(77, 3, 400000), hbm(0, 3, 400000)});
  EXPECT_TRUE(out.flips.empty());
  EXPECT_TRUE(out.hbmErrors.empty());
}

//===----------------------------------------------------------------------===//
// HBM
//===----------------------------------------------------------------------===//

Assembler copy() {
  Assembler a;
  a.push(load(64, 0, 64, 1)).fence().push(store(32768, 0, 64, 1)).halt();
  return a;
}

TEST(Hbm, EveryBitOfAWordIsCorrected) {
  SimOutput clean = both(inputOf(copy(), {}));
  for (unsigned bit = 0; bit < 72; ++bit) {
    SimOutput out = both(inputOf(copy(), {hbm(104, bit)}));
    expectCorrected(out, Counter::HBM_CORRECTED, 1);
    EXPECT_EQ(out.cycles, clean.cycles);
    uint64_t difference = 0;
    EXPECT_FALSE(out.hbm.firstDifference(clean.hbm, difference));
    // It is not repaired where it lies.
    ASSERT_EQ(out.hbmErrors.size(), 1u);
    EXPECT_EQ(out.hbmErrors[0], hbm(104, bit));
  }
}

TEST(Hbm, PairsOfBitsStop) {
  for (unsigned bit = 0; bit < 72; ++bit) {
    for (unsigned other = bit % 5; other < bit; other += 5) {
      expectFault(both(inputOf(copy(), {hbm(104, bit), hbm(104, other)})),
                  Fault::HbmError, 0, 104);
    }
  }
}

TEST(Hbm, InTheCycleOfARequest) {
  // The word is read in one cycle: the flip comes before it or after it.
  unsigned seen[2] = {};
  for (uint64_t cycle = 0; cycle < 40; ++cycle) {
    SimOutput out = both(inputOf(copy(), {hbm(104, 70, cycle)}));
    EXPECT_EQ(out.fault, Fault::None);
    ++seen[corrected(out, Counter::HBM_CORRECTED)];
    out = both(inputOf(copy(), {hbm(104, 70, cycle), hbm(104, 3, cycle / 2)}));
  }
  EXPECT_GT(seen[0], 0u);
  EXPECT_GT(seen[1], 0u);
}

TEST(Hbm, OnlyWordsWithPayloadAreRead) {
  Assembler a;
  a.push(load(72, 0, 3, 1)).halt(); // bytes 72 to 83: words 72 and 80
  expectCorrected(both(inputOf(a, {hbm(64, 1), hbm(72, 1), hbm(80, 1),
                                   hbm(88, 1), hbm(88, 2)})),
                  Counter::HBM_CORRECTED, 2);
}

/// Payloads of every place and size in a line of 32 bytes, and errors in each
/// of its words: who reads the word counts it, or stops with its address.
TEST(Hbm, PayloadsOfEveryPlaceInALine) {
  for (uint32_t first = 0; first < 8; ++first) {
    for (uint32_t count = 1; first + count <= 8; ++count) {
      Assembler a;
      a.push(load(64 + 4 * first, 0, count, 1)).halt();
      std::vector<MemoryFlip> flips;
      for (uint32_t word = 0; word < 4; ++word) {
        flips.push_back(hbm(64 + 8 * word, word));
      }
      uint32_t last = first + count - 1;
      expectCorrected(both(inputOf(a, flips)), Counter::HBM_CORRECTED,
                      last / 2 - first / 2 + 1);
      flips.push_back(hbm(64 + 8 * (last / 2), 70));
      expectFault(both(inputOf(a, flips)), Fault::HbmError, 0,
                  64 + 8 * (last / 2));
    }
  }
}

TEST(Hbm, StoresMergeWords) {
  Assembler a;
  a.push(load(4096, 0, 64, 1)).fence();
  uint32_t pc = a.pc();
  a.push(store(76, 4, 8, 1)).halt(); // bytes 76 to 107: a half, 3 words, a half
  SimOutput out = both(inputOf(
      a, {hbm(72, 1), hbm(80, 1), hbm(80, 2), hbm(88, 7), hbm(104, 71)}));
  expectCorrected(out, Counter::HBM_CORRECTED, 2);
  EXPECT_TRUE(out.hbmErrors.empty());
  expectFault(both(inputOf(a, {hbm(72, 1), hbm(72, 9)})), Fault::HbmError, pc,
              72);
  expectFault(both(inputOf(a, {hbm(104, 1), hbm(104, 64)})), Fault::HbmError,
              pc, 104);
  // Inside one word.
  Assembler b;
  b.push(load(4096, 0, 64, 1)).fence();
  pc = b.pc();
  b.push(store(76, 4, 1, 1)).halt();
  expectCorrected(both(inputOf(b, {hbm(72, 1)})), Counter::HBM_CORRECTED, 1);
  expectFault(both(inputOf(b, {hbm(72, 1), hbm(72, 68)})), Fault::HbmError, pc,
              72);
  // Both ends of one packet.
  Assembler c;
  c.push(load(4096, 0, 64, 1)).fence();
  c.push(store(76, 4, 4, 1)).halt(); // bytes 76 to 91
  expectCorrected(both(inputOf(c, {hbm(72, 1), hbm(88, 2)})),
                  Counter::HBM_CORRECTED, 2);
}

TEST(Hbm, TheSecondOfTwoCommands) {
  // LOADs overlap: the fault names the one whose packet it is.
  for (uint32_t line = 0; line < 12; ++line) {
    Assembler a;
    a.push(load(0, 0, 8 * 6, 1));
    uint32_t second = a.pc();
    a.push(load(32 * 6, 32 * 6, 8 * 6, 1)).halt();
    expectFault(
        both(inputOf(a, {hbm(32 * line + 8, 1), hbm(32 * line + 8, 2)})),
        Fault::HbmError, line < 6 ? 0 : second, 32 * line + 8);
    Assembler b;
    b.push(load(4096, 0, 128, 1)).fence();
    uint32_t first = b.pc();
    b.push(store(4, 0, 8 * 6 - 1, 1));
    second = b.pc();
    b.push(store(32 * 6, 32 * 6, 8 * 6 - 1, 1)).halt();
    bool isFirst = line < 6;
    uint64_t word = isFirst ? 0 : 32 * 12 - 8;
    expectFault(both(inputOf(b, {hbm(word, 1), hbm(word, 2)})), Fault::HbmError,
                isFirst ? first : second, word);
  }
}

TEST(Hbm, AlwaysTheSameAfterAFault) {
  // The machine starts again with what memory has, errors too.
  RtlMachine machine(target(), std::vector<uint8_t>(4096, 1));
  machine.memory();
  ChipInput input{Machine::alone(target()), {}, {}, {0}};
  Assembler a = copy();
  input.programs = {a.words};
  input.flips = {hbm(104, 1), hbm(104, 2)};
  for (unsigned run = 0; run < 2; ++run) {
    auto out = machine.run(input);
    ASSERT_TRUE(bool(out)) << llvm::toString(out.takeError());
    expectFault(out->slices[0], Fault::HbmError, 0, 104);
    input.flips.clear();
  }
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

struct Totals {
  uint64_t flips = 0, spm = 0, hbm = 0, faults = 0, unread = 0;
};

SimInput randomInput(unsigned seed) {
  RandomProgramOptions options;
  options.phases = 1;
  RandomProgram p = makeRandomProgram(target(), seed, options);
  return {target(), p.words, p.hbm, 500000, true, p.entry};
}

/// The memory of a run without flips, and how long it takes.
SimOutput cleanRun(const SimInput &input) {
  auto out = runSystemC(input);
  EXPECT_TRUE(bool(out)) << llvm::toString(out.takeError());
  return out ? std::move(*out) : SimOutput();
}

/// A place that the program may use.
MemoryFlip randomPlace(std::mt19937_64 &random, const SimInput &input,
                       uint64_t cycles) {
  MemoryFlip f;
  f.where = random() % 2 ? Where::Hbm : Where::Scratchpad;
  bool isHbm = f.where == Where::Hbm;
  f.address = isHbm ? random() % (input.hbm.size() / 8) * 8
                    : random() % target().spmBytes();
  f.bit = unsigned(random() % (isHbm ? 72 : 13));
  f.cycle = random() % cycles;
  return f;
}

/// Many single flips: all are corrected, nothing else changes.
TEST(RandomFlips, SingleOnesAreCorrected) {
  Totals totals;
  auto [first, n] = seeds(40);
  for (unsigned seed = first; seed < first + n; ++seed) {
    SimInput input = randomInput(seed);
    SimOutput clean = cleanRun(input);
    std::mt19937_64 random(seed);
    std::set<std::pair<Where, uint64_t>> words;
    for (unsigned i = 0; i < 400; ++i) {
      MemoryFlip f = randomPlace(random, input, clean.cycles);
      if (words.insert({f.where, f.address}).second) {
        input.flips.push_back(f);
      }
    }
    SCOPED_TRACE(seed);
    SimOutput out = both(input);
    EXPECT_EQ(out.fault, Fault::None);
    EXPECT_EQ(out.cycles, clean.cycles);
    uint64_t difference = 0;
    EXPECT_FALSE(out.hbm.firstDifference(clean.hbm, difference)) << difference;
    totals.flips += out.flips.size();
    totals.spm += corrected(out, Counter::SPM_CORRECTED);
    totals.hbm += corrected(out, Counter::HBM_CORRECTED);
  }
  std::printf("%llu flips, %llu bytes and %llu words corrected\n",
              (unsigned long long)totals.flips, (unsigned long long)totals.spm,
              (unsigned long long)totals.hbm);
  EXPECT_GT(totals.flips, 100u * n);
  EXPECT_GT(totals.spm, n);
  EXPECT_GT(totals.hbm, n);
}

/// Two flips in one word: whoever reads it stops, with its address; if nobody
/// does, nothing changes, and what HBM keeps is told at the end.
TEST(RandomFlips, DoubleOnesAreReported) {
  Totals totals;
  auto [first, n] = seeds(150);
  for (unsigned seed = first; seed < first + n; ++seed) {
    SimInput input = randomInput(seed % 50);
    SimOutput clean = cleanRun(input);
    std::mt19937_64 random(seed);
    MemoryFlip f = randomPlace(random, input, clean.cycles / 2), g = f;
    g.bit = (f.bit + 1 + unsigned(random() % 12)) %
            (f.where == Where::Hbm ? 72 : 13);
    SCOPED_TRACE(seed);
    // Is it read? One flip in its place tells.
    input.flips = {f};
    SimOutput one = both(input);
    bool isRead = corrected(one, Counter::SPM_CORRECTED) != 0 ||
                  corrected(one, Counter::HBM_CORRECTED) != 0;
    input.flips = {f, g};
    SimOutput out = both(input);
    EXPECT_EQ(out.fault != Fault::None, isRead);
    if (isRead) {
      EXPECT_EQ(out.fault,
                f.where == Where::Hbm ? Fault::HbmError : Fault::SpmError);
      EXPECT_EQ(out.faultAddress, f.address);
      ++totals.faults;
    } else {
      uint64_t difference = 0;
      EXPECT_FALSE(out.hbm.firstDifference(clean.hbm, difference));
      ++totals.unread;
    }
  }
  std::printf("%llu double errors reported, %llu never read\n",
              (unsigned long long)totals.faults,
              (unsigned long long)totals.unread);
  EXPECT_GE(totals.faults, n / 10);
}

} // namespace
