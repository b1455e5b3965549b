//===- HbmModelTest.cpp - Bandwidth and latency of the HBM model ----------===//

#include "systemc-models/Memory/HbmModel.h"

#include <gtest/gtest.h>

using namespace acc;

namespace {

Target load(const char *name) { return llvm::cantFail(loadTarget(name)); }

/// Fraction of peak bandwidth of `lines` lines, at most `window` in flight.
double efficiency(const Target &t, uint64_t lines, unsigned window,
                  uint64_t strideLines, bool isWrite) {
  HbmModel model(t);
  std::vector<uint64_t> ready(lines);
  uint64_t cycle = 0;
  for (uint64_t i = 0; i < lines; ++i) {
    cycle =
        i >= window ? std::max(cycle + 1, ready[i - window] + 1) : cycle + 1;
    ready[i] = model.access(cycle, uint32_t(i * strideLines * t.hbm.lineBytes),
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
      double e = efficiency(t, 200000, 128, 1, isWrite);
      EXPECT_GE(e, 0.90) << name;
      EXPECT_LE(e, 1.0) << name;
    }
  }
}

TEST(HbmModel, BankConflictsAreSlow) {
  Target t = load("xpu-tiny");
  // One line per row of one bank: every access precharges and activates.
  uint64_t stride = uint64_t(t.hbm.rowBytes / t.hbm.lineBytes) * t.hbm.banks;
  EXPECT_LE(efficiency(t, 900, 64, stride, false), 0.05);
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
  uint64_t written = model.access(100, 0, 32, true);
  EXPECT_EQ(written, 100u + 10 + 14 + 8 + 1);
  // Read command at least 7.5 ns after the write data.
  EXPECT_EQ(model.access(101, 32, 32, false), written + 8 + 14 + 1);
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
