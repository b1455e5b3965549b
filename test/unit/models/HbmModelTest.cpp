//===- HbmModelTest.cpp - Bandwidth and latency of the HBM model ----------===//

#include "systemc-models/Memory/HbmModel.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <gtest/gtest.h>

using namespace acc;

namespace {

Target load(const char *name) { return llvm::cantFail(loadTarget(name)); }

/// Number and kind of the i-th line.
struct Request {
  uint64_t line;
  bool isWrite;
};

/// Fraction of peak bandwidth of `lines` lines, at most `window` in flight.
double efficiency(const Target &t, uint64_t lines, unsigned window,
                  llvm::function_ref<Request(uint64_t)> request) {
  HbmModel model(t);
  std::vector<uint64_t> ready(lines);
  uint64_t cycle = 0;
  for (uint64_t i = 0; i < lines; ++i) {
    cycle =
        i >= window ? std::max(cycle + 1, ready[i - window] + 1) : cycle + 1;
    auto [line, isWrite] = request(i);
    ready[i] = model.access(cycle, uint32_t(line * t.hbm.lineBytes),
                            t.hbm.lineBytes, isWrite);
    EXPECT_GE(ready[i], cycle + 2);
  }
  double seconds = double(ready.back()) / t.clockHz;
  return double(lines * t.hbm.lineBytes) / seconds / model.peakBytesPerSecond();
}

TEST(HbmModel, StreamsReachNinetyPercent) {
  for (const char *name : {"jx1-slice", "xpu-tiny"}) {
    Target t = load(name);
    for (bool isWrite : {false, true}) {
      double e = efficiency(t, 200000, 128,
                            [&](uint64_t i) { return Request{i, isWrite}; });
      EXPECT_GE(e, 0.90) << name;
      EXPECT_LE(e, 1.0) << name;
    }
  }
}

TEST(HbmModel, BankConflictsAreSlow) {
  Target t = load("xpu-tiny");
  // Two rows of one bank, 15 = 0 + 15 = 1 + 14: every access precharges and
  // activates.
  ASSERT_EQ(t.hbm.banks, 16u);
  uint64_t lines = t.hbm.rowBytes / t.hbm.lineBytes;
  EXPECT_LE(efficiency(t, 900, 64,
                       [&](uint64_t i) {
                         return Request{(i % 2 ? 30 : 15) * lines, false};
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
        0.55)
        << stride;
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
  EXPECT_LE(efficiency(t, 90000, 256, request), 0.50);
}

TEST(HbmModel, IdleReadLatency) {
  Target t = load("xpu-tiny");
  HbmModel model(t);
  // Controller 10 + tRCD 14 + tCL 14 + one burst 1 ns at 1 GHz.
  EXPECT_EQ(model.access(100, 64, 32, false), 100u + 39);
  // Row hit, idle bus.
  EXPECT_EQ(model.access(200, 96, 4, false), 200u + 25);
  EXPECT_EQ(model.statistics().activates, 1u);
  EXPECT_EQ(model.statistics().rowHits, 1u);
}

TEST(HbmModel, WriteToReadTurnaround) {
  Target t = load("xpu-tiny");
  HbmModel model(t);
  // Acknowledged in the queue.
  EXPECT_EQ(model.access(100, 0, 32, true), 100u + 10);
  // The line is written first: activate, data after tCWL; read command at least
  // 7.5 ns after the write data.
  EXPECT_EQ(model.access(101, 0, 32, false),
            101u + 10 + 14 + 8 + 1 + 8 + 14 + 1);
}

TEST(HbmModel, ReadsPassWaitingWrites) {
  Target t = load("xpu-tiny");
  HbmModel model(t);
  model.access(100, 0, 32, true);
  EXPECT_EQ(model.access(101, 32, 32, false), 101u + 10 + 14 + 14 + 1);
  EXPECT_EQ(model.statistics().writeAtoms, 1u);
  // The row is open when the write comes to it.
  EXPECT_EQ(model.statistics().activates, 1u);
  EXPECT_EQ(model.statistics().rowHits, 1u);
  // After the read's burst, with the latency of a write.
  EXPECT_EQ(model.statistics().written, 101u + 39 + 8 + 1);
}

TEST(HbmModel, FullQueueHoldsWritesBack) {
  Target t = load("xpu-tiny");
  t.hbm.writeQueue = 8;
  HbmModel model(t);
  for (uint64_t i = 0; i < 8; ++i) {
    EXPECT_EQ(model.access(100 + i, uint32_t(32 * i), 32, true), 110u + i);
  }
  // Written from 117 on: a place is free when its burst has ended, and what
  // comes meanwhile is written behind.
  for (uint64_t i = 8; i < 16; ++i) {
    EXPECT_EQ(model.access(100 + i, uint32_t(32 * i), 32, true),
              117u + 14 + 8 + 1 + (i - 8));
  }
  EXPECT_EQ(model.access(200, 0, 32, false),
            200u + 10 + 14 + 1); // All of them are in the row.
}

TEST(HbmModel, RefreshDelays) {
  Target t = load("xpu-tiny");
  HbmModel model(t);
  // The request reaches the DRAM just after the refresh at tREFI has begun.
  uint64_t ready = model.access(3895, 0, 32, false);
  EXPECT_EQ(ready, 3900u + 260 + 14 + 14 + 1);
  EXPECT_EQ(model.statistics().refreshes, 1u);
}

} // namespace
