//===- HbmModelTest.cpp - Bandwidth and latency of the HBM model ----------===//

#include "systemc-models/Memory/HbmModel.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <gtest/gtest.h>

#include <deque>

using namespace acc;

namespace {

Target load(const char *name) { return llvm::cantFail(loadTarget(name)); }

/// Number and kind of the i-th line.
struct Request {
  uint64_t line;
  bool isWrite;
};

/// The model with an engine that makes one request a cycle.
class Engine {
public:
  explicit Engine(const Target &t) : model(t) {}

  /// A request in `cycle`.
  void request(uint64_t cycle, uint64_t address, uint32_t bytes, bool isWrite) {
    model.request(cycle, uint32_t(address), bytes, isWrite);
    waiting[isWrite].push_back(answers.size());
    answers.push_back(UINT64_MAX);
    model.advance(cycle);
    receive();
  }
  /// When the i-th request is answered; no other is made until then.
  uint64_t answer(size_t i) {
    while (answers[i] == UINT64_MAX) {
      model.advance(model.undecidedFrom());
      receive();
    }
    return answers[i];
  }
  uint64_t last() { return answer(answers.size() - 1); }

  HbmModel model;

private:
  std::vector<uint64_t> answers;
  std::deque<size_t> waiting[2];

  void receive() {
    for (bool isWrite : {false, true}) {
      while (auto cycle = model.take(isWrite)) {
        answers[waiting[isWrite].front()] = *cycle;
        waiting[isWrite].pop_front();
      }
    }
  }
};

/// Fraction of peak bandwidth of `lines` lines, at most `window` in flight.
double efficiency(const Target &t, uint64_t lines, unsigned window,
                  llvm::function_ref<Request(uint64_t)> request) {
  Engine engine(t);
  uint64_t cycle = 0;
  for (uint64_t i = 0; i < lines; ++i) {
    cycle = i >= window ? std::max(cycle + 1, engine.answer(i - window) + 1)
                        : cycle + 1;
    auto [line, isWrite] = request(i);
    engine.request(cycle, line * t.hbm.lineBytes, t.hbm.lineBytes, isWrite);
  }
  double seconds = double(engine.last()) / t.clockHz;
  return double(lines * t.hbm.lineBytes) / seconds /
         engine.model.peakBytesPerSecond();
}

TEST(HbmModel, StreamsReachNinetyPercent) {
  for (const char *name : {"jx1-slice", "xpu-tiny"}) {
    Target t = load(name);
    for (bool isWrite : {false, true}) {
      double e = efficiency(t, 200000, 128,
                            [&](uint64_t i) { return Request{i, isWrite}; });
      EXPECT_GE(e, 0.90) << name;
      // What waits in the queues at the end is not written.
      EXPECT_LE(e, isWrite ? 1.001 : 1.0) << name;
    }
  }
}

/// A line of the n-th row of set 0, with one channel and 8 sets of two banks.
uint64_t conflicting(const Target &t, uint64_t n) {
  uint64_t lines = 2 * t.hbm.rowBytes / t.hbm.lineBytes;
  // Sums of octal digits that 8 divides: 0, 17, 26, 35, ...
  return (n == 0 ? 0 : 8 * n + 8 - n) * lines;
}

TEST(HbmModel, BankConflictsAreSlow) {
  Target t = load("xpu-tiny");
  ASSERT_EQ(t.hbm.banks / t.hbm.lineBanks, 8u);
  // Rows of one set: every access but those that are put together precharges
  // and activates.
  EXPECT_LE(efficiency(t, 900, 8,
                       [&](uint64_t i) {
                         return Request{conflicting(t, i % 8), false};
                       }),
            0.05);
}

TEST(HbmModel, StridesMeetAllChannelsAndBanks) {
  Target t = load("jx1-slice");
  t.hbm.channels = 8;
  for (uint64_t stride : {2, 8, 32, 64, 48}) {
    EXPECT_GE(
        efficiency(t, 20000, 128,
                   [&](uint64_t i) { return Request{i * stride, false}; }),
        0.42)
        << stride;
  }
}

TEST(HbmModel, TilesOfRowsOfAnyPitchMeetAllChannels) {
  // A tile is two lines of each row: 2,560 elements of 16 bits are 20 lines.
  // One channel less than there are divides many of these.
  Target t = load("jx1-slice");
  for (unsigned channels : {6, 7, 8}) {
    t.hbm.channels = channels;
    for (uint64_t pitch : {5,  6,  7,  9,  10, 14, 16, 20, 24, 28,  30, 32,
                           35, 40, 42, 48, 56, 60, 64, 70, 80, 112, 128}) {
      EXPECT_GE(efficiency(t, 8192, 256,
                           [&](uint64_t i) {
                             return Request{i / 2 * pitch + i % 2, false};
                           }),
                0.75)
          << channels << " channels, rows of " << pitch << " lines";
    }
  }
}

TEST(HbmModel, MixedStreamsTurnTheBusSeldom) {
  Target t = load("jx1-slice");
  // Two reads and a write, as of a sum of two vectors.
  auto request = [](uint64_t i) {
    return Request{(i % 3) * 40000 + i / 3, i % 3 == 2};
  };
  EXPECT_GE(efficiency(t, 90000, 256, request), 0.75);
  t.hbm.writeQueue = 1;
  EXPECT_LE(efficiency(t, 90000, 256, request), 0.70);
}

TEST(HbmModel, IdleReadLatency) {
  Engine e(load("xpu-tiny"));
  // Controller 10 + tRCD 14 + tCL 14 + one burst 1 ns at 1 GHz.
  e.request(100, 0, 32, false);
  EXPECT_EQ(e.last(), 100u + 39);
  // Row hit, idle bus: two lines further is the same bank.
  e.request(200, 64, 4, false);
  EXPECT_EQ(e.last(), 200u + 25);
  EXPECT_EQ(e.model.statistics().activates, 1u);
  EXPECT_EQ(e.model.statistics().rowHits, 1u);
}

TEST(HbmModel, BurstsOfAGroupAreApart) {
  Target t = load("xpu-tiny");
  t.hbm.lineBanks = 1;
  Engine e(t);
  e.request(100, 0, 32, false);
  e.request(101, 32, 32, false); // tCCD_L, 2 ns, behind
  EXPECT_EQ(e.last(), 100u + 39 + 2);
  t.hbm.lineBanks = 2;
  Engine f(t);
  f.request(100, 0, 32, false);
  f.request(101, 32, 32, false); // another group: its row opens 2 ns later
  EXPECT_EQ(f.last(), 100u + 39 + 2);
  f.request(200, 64, 32, false);
  f.request(201, 96, 32, false); // tCCD_S, the burst
  EXPECT_EQ(f.last(), 200u + 25 + 1);
}

TEST(HbmModel, FourActivatesInAWindow) {
  Target t = load("xpu-tiny");
  t.hbm.lineBanks = 1;
  t.hbm.reorderWindow = 1;
  Engine e(t);
  uint64_t row = t.hbm.rowBytes;
  for (uint64_t i = 0; i < 5; ++i) {
    e.request(100 + i, i * row, 32, false);
  }
  // Other groups: tRRD_S = 2 ns apart; the fifth is tFAW = 15 ns behind the
  // first, and of its group.
  for (uint64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(e.answer(i), 100u + 39 + 2 * i);
  }
  EXPECT_EQ(e.answer(4), 100u + 39 + 15);
}

TEST(HbmModel, ActivatesOfAGroup) {
  Target t = load("xpu-tiny");
  t.hbm.lineBanks = 1;
  t.hbm.bankGroups = 1;
  Engine e(t);
  e.request(100, 0, 32, false);
  e.request(101, t.hbm.rowBytes, 32, false);
  EXPECT_EQ(e.last(), 100u + 39 + 3); // tRRD_L
}

TEST(HbmModel, RowHitsGoFirst) {
  Target t = load("xpu-tiny");
  uint64_t other = conflicting(t, 1) * t.hbm.lineBytes;
  for (bool inOrder : {false, true}) {
    t.hbm.reorderWindow = inOrder ? 1 : 4;
    Engine e(t);
    e.request(100, 0, 32, false);
    e.request(101, other, 32, false); // the same banks, another row
    e.request(102, 64, 32, false);    // the first row
    EXPECT_EQ(e.answer(0), 139u);
    // Activate in 110, precharge tRAS = 33 later or tRTP = 3 behind the last
    // read of the row; then tRP + tRCD + tCL and the burst.
    EXPECT_EQ(e.answer(1), 110u + 33 + 14 + 14 + 14 + 1);
    if (inOrder) {
      // Again the other way: reads of the other row at 171, its activate 157.
      EXPECT_EQ(e.answer(2), 157u + 33 + 14 + 14 + 14 + 1);
    } else {
      EXPECT_EQ(e.answer(2), 139u + 2);
    }
  }
}

TEST(HbmModel, NobodyIsOvertakenForEver) {
  Target t = load("xpu-tiny");
  t.hbm.reorderWindow = 4;
  Engine e(t);
  uint64_t other = conflicting(t, 1) * t.hbm.lineBytes;
  e.request(100, 0, 32, false);
  e.request(101, other, 32, false);
  for (uint64_t i = 1; i < 200; ++i) {
    e.request(101 + i, 32 * i % 1024, 32, false);
  }
  // At most four, of 2 ns as they are in two banks' groups by turns.
  EXPECT_LE(e.answer(1), 110u + 33 + 14 + 14 + 14 + 1 + 4 * 2);
  EXPECT_GE(e.answer(30), e.answer(1));
}

TEST(HbmModel, WriteToReadTurnaround) {
  Engine e(load("xpu-tiny"));
  // Acknowledged in the queue.
  e.request(100, 0, 32, true);
  EXPECT_EQ(e.last(), 100u + 10);
  // The line is written first: activate, data after tCWL; read command at least
  // 7.5 ns after the write data.
  e.request(111, 0, 32, false);
  EXPECT_EQ(e.last(), 111u + 10 + 14 + 8 + 1 + 8 + 14 + 1);
}

TEST(HbmModel, ReadsPassWaitingWrites) {
  Engine e(load("xpu-tiny"));
  e.request(100, 0, 32, true);
  e.request(101, 64, 32, false);
  EXPECT_EQ(e.last(), 101u + 10 + 14 + 14 + 1);
  EXPECT_EQ(e.model.statistics().writeAtoms, 1u);
  // The row is open when the write comes to it.
  EXPECT_EQ(e.model.statistics().activates, 1u);
  EXPECT_EQ(e.model.statistics().rowHits, 1u);
  // After the read's burst and the gap of 4 ns.
  EXPECT_EQ(e.model.statistics().written, 101u + 39 + 4 + 1);
}

TEST(HbmModel, FullQueueHoldsWritesBack) {
  Target t = load("xpu-tiny");
  t.hbm.writeQueue = 8;
  Engine e(t);
  for (uint64_t i = 0; i < 16; ++i) {
    e.request(100 + i, 32 * i, 32, true);
  }
  for (uint64_t i = 0; i < 8; ++i) {
    EXPECT_EQ(e.answer(i), 110u + i);
  }
  // Written from 117 on, two banks by turns, the second's row open 2 ns later:
  // a place is free when its burst has ended.
  EXPECT_EQ(e.answer(8), 117u + 14 + 8 + 1);
  for (uint64_t i = 9; i < 16; ++i) {
    EXPECT_EQ(e.answer(i), e.answer(8) + 1 + (i - 8)) << i;
  }
}

TEST(HbmModel, RefreshOfAllBanks) {
  Target t = load("xpu-tiny");
  t.hbm.postponedRefreshes = 0;
  for (uint64_t bank : {0, 1}) {
    Engine e(t);
    e.request(3895, 32 * bank, 32, false); // at the DRAM at 3905
    EXPECT_EQ(e.last(), 3900u + 160 + 14 + 14 + 1);
  }
}

TEST(HbmModel, BanksRefreshTogether) {
  Target t = load("xpu-tiny");
  t.hbm.postponedRefreshes = 0;
  Engine e(t);
  // A bank whose row is open until 3923, and another that is closed.
  e.request(3880, 0, 32, false); // activate at 3890
  e.request(3892, uint64_t(2) * t.hbm.rowBytes, 32, false);
  ASSERT_NE(e.model.locate(0, 32, false).set,
            e.model.locate(2 * t.hbm.rowBytes, 32, false).set);
  EXPECT_EQ(e.answer(1), 3923u + 14 + 160 + 14 + 14 + 1);
}

TEST(HbmModel, ADeepQueueHidesNoRefresh) {
  // A tenth of the bandwidth, too: lines wait for 1.3 us in the queues. Of each
  // 3.9 us no data come for 3 ns from a read to the precharge, 14 ns to close
  // rows, 260 ns, and 14 ns to open them, but what was on its way: a burst.
  for (uint32_t burst : {798, 7980}) {
    Target t = load("jx1-slice");
    t.hbm.tBurstPs = burst;
    for (bool isWrite : {false, true}) {
      double e = efficiency(t, isWrite ? 210000 : 200000, 128,
                            [&](uint64_t i) { return Request{i, isWrite}; });
      EXPECT_LE(e, 1.002 * (1 - (0.291 - 1e-6 * burst) / 3.9)) << burst;
      EXPECT_GE(e, 0.92) << burst;
    }
  }
}

TEST(HbmModel, BurstsLongerThanTheirDistanceInAGroup) {
  Target t = load("xpu-tiny");
  t.hbm.lineBanks = 1;
  t.hbm.tBurstPs = 9000; // tCCD_L is 2 ns
  Engine e(t);
  e.request(100, 0, 32, false);
  e.request(101, 32, 32, false);
  EXPECT_EQ(e.answer(0), 100u + 10 + 14 + 14 + 9);
  EXPECT_EQ(e.answer(1), e.answer(0) + 9);
}

TEST(HbmModel, WhatWaitsPostponesRefresh) {
  Target t = load("xpu-tiny");
  for (unsigned postponed : {0, 8}) {
    t.hbm.postponedRefreshes = postponed;
    Engine e(t);
    // Bank 0, whose refresh is due at 3900 in either case, is busy until tRAS
    // behind the activate.
    e.request(3880, 0, 32, false);  // activate at 3890
    e.request(3892, 64, 32, false); // at the DRAM at 3902, before 3923
    EXPECT_EQ(e.answer(1), postponed ? 3890u + 14 + 14 + 1 + 2
                                     : 3923u + 14 + 160 + 14 + 14 + 1);
  }
}

TEST(HbmModel, BusyBanksAreRefreshed) {
  // Two banks that always have something to do, for 200 us and what refreshes
  // take: each is refreshed in all intervals of 3.9 us but 8 that were done
  // before and 8 that are put off. One takes 160 ns of both banks, and at most
  // tRTP, tRP, tRCD and tCL with it.
  Target t = load("xpu-tiny");
  double e = efficiency(t, 200000, 64,
                        [](uint64_t i) { return Request{i % 64, false}; });
  double us = 200 / e, intervals = us / 3.9;
  EXPECT_GE(us, 200 + 2 * 0.160 * (intervals - 17));
  EXPECT_LE(us, 200 + 2 * 0.205 * (intervals - 15));
}

TEST(HbmModel, AStreamMeetsNoRefresh) {
  Target t = load("jx1-slice");
  t.hbm.postponedRefreshes = 8;
  t.hbm.tRfcPbPs = 160000;
  EXPECT_GE(
      efficiency(t, 200000, 128, [](uint64_t i) { return Request{i, false}; }),
      0.99);
}

TEST(HbmModel, AnswersDoNotDependOnSteps) {
  Target t = load("xpu-tiny");
  t.hbm.writeQueue = 5;
  auto run = [&](bool isStepped) {
    HbmModel model(t);
    std::vector<uint64_t> answers;
    uint64_t cycle = 0, random = 1;
    for (unsigned i = 0; i < 4000; ++i) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      uint64_t next = cycle + (random >> 60);
      for (; isStepped && cycle < next; ++cycle) {
        model.advance(cycle);
      }
      cycle = next;
      model.request(cycle, uint32_t(random >> 40) % (1 << 18) / 32 * 32, 32,
                    random >> 59 & 1);
    }
    model.advance(cycle + 100000);
    for (bool isWrite : {false, true}) {
      while (auto answer = model.take(isWrite)) {
        answers.push_back(*answer);
      }
    }
    EXPECT_EQ(answers.size(), 4000u);
    return answers;
  };
  EXPECT_EQ(run(true), run(false));
}

} // namespace
