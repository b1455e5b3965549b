//===- RaceTest.cpp - Races between commands ------------------------------===//
//
// Pairs of commands of all engines on the same bytes, that race, and twins that
// something orders. xpu-tiny.
//
//===----------------------------------------------------------------------===//

#include "Assembler.h"
#include "systemc-models/Slice/RaceDetector.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>

using namespace acc;
using namespace acc::test;
using isa::Engine;
using isa::Format;
using Memory = Race::Memory;

namespace {

const Target &tiny() {
  static const Target t = llvm::cantFail(loadTarget("xpu-tiny"));
  return t;
}

/// Everything lies at the begin of banks 0 to 3.
uint32_t bank(unsigned i) { return i * tiny().spm.bankBytes; }

std::vector<Race> racesOf(const Assembler &a) {
  SimInput input{tiny(), a.words, std::vector<uint8_t>(4096), 100000, true};
  input.checkRaces = true;
  SimOutput out = llvm::cantFail(runSystemC(input));
  EXPECT_EQ(out.fault, isa::Fault::None)
      << isa::stringify(out.fault).str() << " at " << out.faultPc;
  return out.races;
}

//===----------------------------------------------------------------------===//
// Commands: banks 0 (in), 1 (second in), 2 (out)
//===----------------------------------------------------------------------===//

isa::Vpurun vpu(uint32_t in, uint32_t out) {
  isa::Vpurun v = elementwise(isa::Uop::FADD, in, in, out, 16);
  v.rdBanks = uint16_t(1 << in / tiny().spm.bankBytes);
  v.wrBanks = uint16_t(1 << out / tiny().spm.bankBytes);
  return v;
}

/// A of bank 0 and W of bank 1 to accumulator rows 0 and 1.
isa::Matmul matmul() {
  isa::Matmul m;
  m.rdBanks = 1;
  m.auxBanks = 2;
  m.aBase = bank(0);
  m.wBase = bank(1);
  m.aFmt = m.wFmt = Format::BF16;
  m.ncols = 8;
  m.msize = {1, 1, 2};
  m.ksize = {1, 1, 8};
  m.aMstride = {0, 0, 16};
  m.aKstride = {0, 0, 2};
  m.wKstride = {0, 0, 16};
  m.wNstride = 2;
  return m;
}

isa::Accst accst(uint32_t row, uint32_t out) {
  isa::Accst a;
  a.wrBanks = uint16_t(1 << out / tiny().spm.bankBytes);
  a.accBase = uint16_t(row);
  a.oBase = out;
  a.oFmt = Format::F32;
  a.ncols = 8;
  a.msize = {1, 1, 1};
  a.oNstride = 4;
  return a;
}

isa::Collective gather(uint32_t source, uint32_t place) {
  isa::Collective c;
  c.kind = isa::CollectiveKind::AllGather;
  c.group = isa::Group::Chip;
  c.fmt = Format::I32;
  c.srcBase = source;
  c.dstBase = place;
  c.rows = 1;
  c.columns = 8;
  c.srcStride = c.dstStride = c.partStride = 32;
  c.rdBanks = uint16_t(1 << source / tiny().spm.bankBytes);
  c.wrBanks = uint16_t(1 << place / tiny().spm.bankBytes);
  return c;
}

using Push =
    std::function<void(Assembler &a, uint32_t waitMask, uint32_t signalMask)>;

template <typename Instr> Push command(Instr i) {
  return [i](Assembler &a, uint32_t waitMask, uint32_t signalMask) mutable {
    i.waitMask = waitMask;
    i.signalMask = signalMask;
    a.push(i);
  };
}

struct Pair {
  const char *name;
  Push first, second;
  Engine firstEngine, secondEngine;
  Memory memory;
  bool firstWrites, secondWrites;
};

std::vector<Pair> pairs() {
  auto loaded = [](unsigned b) {
    return command(load(0, bank(b), 64, 1 << b));
  };
  auto stored = [](unsigned b) {
    return command(store(1024, bank(b), 16, 1 << b));
  };
  Memory spm = Memory::Scratchpad;
  return {
      {"load-vpu", loaded(0), command(vpu(bank(0), bank(2))), Engine::Load,
       Engine::Vpu, spm, true, false},
      {"load-store", loaded(0), stored(0), Engine::Load, Engine::Store, spm,
       true, false},
      {"store-load", stored(0), loaded(0), Engine::Store, Engine::Load, spm,
       false, true},
      {"load-a", loaded(0), command(matmul()), Engine::Load, Engine::Mxu, spm,
       true, false},
      {"load-w", loaded(1), command(matmul()), Engine::Load, Engine::Mxu, spm,
       true, false},
      {"a-load", command(matmul()), loaded(0), Engine::Mxu, Engine::Load, spm,
       false, true},
      {"mxu-drain", command(matmul()), command(accst(1, bank(2))), Engine::Mxu,
       Engine::Drain, Memory::Accumulators, true, false},
      {"drain-mxu", command(accst(1, bank(2))), command(matmul()),
       Engine::Drain, Engine::Mxu, Memory::Accumulators, false, true},
      {"drain-vpu", command(accst(4, bank(2))), command(vpu(bank(2), bank(3))),
       Engine::Drain, Engine::Vpu, spm, true, false},
      {"vpu-drain", command(vpu(bank(2), bank(3))), command(accst(4, bank(2))),
       Engine::Vpu, Engine::Drain, spm, false, true},
      {"vpu-store", command(vpu(bank(0), bank(2))), stored(2), Engine::Vpu,
       Engine::Store, spm, true, false},
      {"vpu-net", command(vpu(bank(0), bank(2))),
       command(gather(bank(2), bank(3))), Engine::Vpu, Engine::Net, spm, true,
       false},
      {"net-store", command(gather(bank(0), bank(3))), stored(3), Engine::Net,
       Engine::Store, spm, true, false},
      {"store-load-hbm", command(store(2048, bank(0), 16, 1)),
       command(load(2048 + 60, bank(2), 1, 4)), Engine::Store, Engine::Load,
       Memory::Hbm, true, false},
      {"load-store-hbm", command(load(2048, bank(2), 16, 4)),
       command(store(2048 + 60, bank(0), 1, 1)), Engine::Load, Engine::Store,
       Memory::Hbm, false, true},
  };
}

TEST(Races, OfEachKindOfPair) {
  for (const Pair &p : pairs()) {
    SCOPED_TRACE(p.name);
    Assembler a;
    p.first(a, 0, 0);
    uint32_t second = a.pc();
    p.second(a, 0, 0);
    a.halt();
    std::vector<Race> races = racesOf(a);
    ASSERT_EQ(races.size(), 1u);
    const Race &r = races[0];
    EXPECT_EQ(r.memory, p.memory);
    EXPECT_EQ(r.first.engine, p.firstEngine);
    EXPECT_EQ(r.first.pc, 0u);
    EXPECT_EQ(r.first.isWriter, p.firstWrites);
    EXPECT_EQ(r.second.engine, p.secondEngine);
    EXPECT_EQ(r.second.pc, second);
    EXPECT_EQ(r.second.isWriter, p.secondWrites);
    EXPECT_LT(r.first.start, r.second.start);
  }
}

TEST(Races, NoneIfASignalOrders) {
  for (const Pair &p : pairs()) {
    SCOPED_TRACE(p.name);
    Assembler a;
    p.first(a, 0, 1);
    p.second(a, 1, 0);
    a.halt();
    EXPECT_TRUE(racesOf(a).empty());
  }
}

TEST(Races, NoneIfTheSequencerWaits) {
  for (const Pair &p : pairs()) {
    SCOPED_TRACE(p.name);
    Assembler waits;
    p.first(waits, 0, 1);
    waits.wait(1);
    p.second(waits, 0, 0);
    waits.halt();
    EXPECT_TRUE(racesOf(waits).empty());
    Assembler fence;
    p.first(fence, 0, 0);
    fence.fence();
    p.second(fence, 0, 0);
    fence.halt();
    EXPECT_TRUE(racesOf(fence).empty());
    // A signal that it gives itself says nothing of the first.
    Assembler own;
    p.first(own, 0, 0);
    own.signal(1);
    p.second(own, 1, 0);
    own.halt();
    EXPECT_EQ(racesOf(own).size(), 1u);
    // One that it gives behind the first does.
    Assembler relay;
    p.first(relay, 0, 1);
    relay.wait(1).signal(2);
    p.second(relay, 2, 0);
    relay.halt();
    EXPECT_TRUE(racesOf(relay).empty());
  }
}

/// The first's engine signals by a SYNC behind it, and an engine that has
/// nothing to do with it hands on.
TEST(Races, NoneThroughOthers) {
  Assembler a;
  a.push(load(0, bank(0), 64, 1)).push(sync<isa::Loadsync>(0, 1));
  a.push(sync<isa::Drainsync>(1, 0)).push(sync<isa::Drainsync>(0, 2));
  isa::Vpurun v = vpu(bank(0), bank(2));
  v.waitMask = 2;
  a.push(v).halt();
  EXPECT_TRUE(racesOf(a).empty());
}

/// What lies before a wait of the second's engine is ordered, too.
TEST(Races, LaterCommandsOfAnEngineKnowWhatTheFirstKnew) {
  Assembler a;
  a.push(load(0, bank(0), 64, 1)).push(sync<isa::Loadsync>(0, 1));
  a.push(sync<isa::Vpusync>(1, 0)).push(vpu(bank(0), bank(2))).halt();
  EXPECT_TRUE(racesOf(a).empty());
}

/// A signal of a command says that those before it have ended, but nothing of
/// those behind it.
TEST(Races, CommandsBehindASignal) {
  isa::Load first = load(0, bank(1), 4, 2);
  first.signalMask = 1;
  Assembler a;
  a.push(first).push(load(512, bank(0), 64, 1));
  isa::Vpurun v = vpu(bank(0), bank(2));
  v.waitMask = 1;
  a.push(v).halt();
  EXPECT_EQ(racesOf(a).size(), 1u);
}

/// It is no race that the second would have come late enough in this run.
TEST(Races, TimesDoNotOrder) {
  Assembler a;
  a.push(vpu(bank(0), bank(2)));
  for (int i = 0; i < 1000; ++i) {
    a.li(1, 0);
  }
  a.push(store(0, bank(2), 16, 4)).halt();
  std::vector<Race> races = racesOf(a);
  ASSERT_EQ(races.size(), 1u);
  EXPECT_GT(races[0].second.start, 1000u);
}

TEST(Races, OfLds) {
  auto program = [](bool waits) {
    Assembler a;
    isa::Load l = load(0, bank(0), 4, 1);
    l.signalMask = 1;
    a.push(l);
    if (waits) {
      a.wait(1);
    } else {
      a.li(1, 0).li(1, 0); // not before it starts
    }
    return a.scalar(Opcode::LDS, 1, 0, 0, int32_t(bank(0)) + 12).halt();
  };
  std::vector<Race> races = racesOf(program(false));
  ASSERT_EQ(races.size(), 1u);
  EXPECT_EQ(races[0].second.engine, Engine::Seq);
  EXPECT_EQ(races[0].address, bank(0) + 12);
  EXPECT_TRUE(racesOf(program(true)).empty());
  // What is pushed behind LDS comes behind it.
  Assembler a;
  a.scalar(Opcode::LDS, 1, 0, 0, int32_t(bank(0)));
  a.push(load(0, bank(0), 4, 1)).halt();
  EXPECT_TRUE(racesOf(a).empty());
}

/// The indices of a LOAD, and the rows that they name.
TEST(Races, OfIndices) {
  isa::Load l = load(0, bank(1), 1, 2);
  l.size = {2, 1, 1, 1, 1, 4};
  l.hbmStride[0] = l.spmStride[0] = 64;
  l.idxEn = 1;
  l.idxBase = bank(0);
  l.idxLimit = 16;
  l.auxBanks = 1;
  // The indices are 0, whatever the first writes: that comes later.
  auto racesWith = [&](const auto &first) {
    return racesOf(Assembler()
                       .push(load(0, bank(0), 64, 1))
                       .push(load(0, bank(2), 64, 4))
                       .push(load(0, bank(3), 64, 8))
                       .fence()
                       .push(first)
                       .push(l)
                       .halt());
  };
  EXPECT_EQ(racesWith(load(1024, bank(0), 64, 1)).size(), 0u); // one engine
  EXPECT_EQ(racesWith(vpu(bank(2), bank(0))).size(), 1u);
  // Bytes 0 to 15 of HBM alone are read.
  EXPECT_EQ(racesWith(store(12, bank(3), 1, 8)).size(), 1u);
  EXPECT_EQ(racesWith(store(16, bank(3), 12, 8)).size(), 0u);
}

TEST(Races, BytesInterleaved) {
  auto columns = [](uint32_t first) {
    isa::Load l = load(0, bank(0) + first, 1, 1);
    l.size = {1, 1, 1, 1, 8, 2};
    l.spmStride[4] = 16;
    return l;
  };
  auto reads = [](uint32_t first) {
    isa::Store s = store(1024, bank(0) + first, 1, 1);
    s.size = {1, 1, 1, 1, 8, 2};
    s.spmStride[4] = 16;
    s.hbmStride[4] = 8;
    return s;
  };
  auto count = [&](uint32_t first, uint32_t second) {
    return racesOf(Assembler().push(columns(first)).push(reads(second)).halt())
        .size();
  };
  EXPECT_EQ(count(0, 8), 0u);
  EXPECT_EQ(count(8, 0), 0u);
  EXPECT_EQ(count(0, 4), 1u);
  EXPECT_EQ(count(4, 8), 1u);
}

TEST(Races, EachPairOfInstructionsOnce) {
  isa::Load l = load(0, bank(0), 16, 1);
  isa::Store s = store(1024, bank(0), 16, 1);
  Assembler a;
  a.scalar(Opcode::LOOP, 0, 0, 0, 5, 1 + l.numWords() + s.numWords());
  a.push(l).push(s).halt();
  // In both directions: the next LOAD meets the STORE before it.
  EXPECT_EQ(racesOf(a).size(), 2u);
}

TEST(Races, Messages) {
  Race race{Memory::Hbm,
            77,
            {Engine::Store, 4, 9, true},
            {Engine::Load, 11, 30, false}};
  EXPECT_EQ(describeRace(race,
                         [](uint32_t pc) {
                           return std::string(pc == 4 ? "/layer/Add" : "");
                         }),
            "race at byte 77 of HBM: the Store command at word 4 (/layer/Add), "
            "started in cycle 9, writes; the Load command at word 11, started "
            "in cycle 30, reads; expects that the second waits for a signal "
            "of the first");
}

//===----------------------------------------------------------------------===//
// Sets of bytes
//===----------------------------------------------------------------------===//

/// Streams of up to four dimensions, against sets that are written out.
TEST(ByteSet, CommonBytesAreThoseOfBoth) {
  std::mt19937 rng(1);
  unsigned common = 0;
  for (unsigned i = 0; i < 20000; ++i) {
    std::set<uint64_t> bytes[2];
    std::vector<ByteSet> sets;
    for (std::set<uint64_t> &own : bytes) {
      std::vector<StreamDim> dims(rng() % 5);
      uint64_t base = 2000 + rng() % 64;
      uint32_t element = 1u << rng() % 3;
      std::vector<uint64_t> starts = {base};
      for (StreamDim &d : dims) {
        d = {1 + rng() % 4, int32_t(rng() % 97) - 48};
        std::vector<uint64_t> next;
        for (uint64_t s : starts) {
          for (uint64_t k = 0; k < d.size; ++k) {
            next.push_back(s + k * int64_t(d.strideBytes));
          }
        }
        starts = std::move(next);
      }
      for (uint64_t s : starts) {
        for (uint32_t b = 0; b < element; ++b) {
          own.insert(s + b);
        }
      }
      sets.emplace_back(base, dims, element);
      ASSERT_EQ(sets.back().begin(), *own.begin());
      ASSERT_EQ(sets.back().end(), *own.rbegin() + 1);
    }
    std::vector<uint64_t> both;
    std::set_intersection(bytes[0].begin(), bytes[0].end(), bytes[1].begin(),
                          bytes[1].end(), std::back_inserter(both));
    auto at = ByteSet::commonByte(sets[0], sets[1]);
    ASSERT_EQ(at.has_value(), !both.empty()) << i;
    if (at) {
      ASSERT_TRUE(bytes[0].count(*at) && bytes[1].count(*at)) << i;
      ++common;
    }
  }
  EXPECT_GT(common, 2000u);
  EXPECT_LT(common, 18000u);
}

} // namespace
