//===- ProductBoundTest.cpp - Least time of a product over all mappings ---===//

#include "passes/Analysis/ProductBound.h"

#include "systemc-models/Memory/HbmModel.h"
#include "systemc-models/Timing/Timing.h"

#include <gtest/gtest.h>
#include <random>

using namespace xpu;

namespace {

acc::Target slice() { return llvm::cantFail(acc::loadTarget("jx1-slice")); }

ProductShape makeShape(uint64_t m, uint64_t n, uint64_t k) {
  ProductShape shape;
  shape.m = m;
  shape.n = n;
  shape.k = k;
  shape.depth = 16;
  return shape;
}

/// 16 x 240 elements of bf16; fill and drain: setup 8, a cycle of loading, 16 x
/// 4 cycles through the rows, 16 columns, tail 8.
TEST(ProductBound, MatrixUnitByHand) {
  constexpr uint64_t kFill = 8 + 1 + 64 + 16 + 8;
  // Rows may run along either side: what 8 x 240 columns leave need not be a
  // ninth stream of all rows.
  ProductBound bound = boundProduct(slice(), makeShape(2048, 2048, 2048));
  EXPECT_EQ(bound.limit, ProductBound::Limit::Array);
  EXPECT_EQ(bound.cycles,
            uint64_t(std::ceil(2048.0 * 2048 / 240 * 128 + kFill)));
  // 100 lines of 200; lines of 100 would be 200.
  bound = boundProduct(slice(), makeShape(100, 200, 64));
  EXPECT_EQ(bound.cycles, 4u * 100 + kFill);
  // Two lines of 240 for each of 100 rows, and 100 for the rest of 120.
  bound = boundProduct(slice(), makeShape(600, 100, 64));
  EXPECT_EQ(bound.cycles, 4u * (200 + 100) + kFill);
  // One row: loads are longer, of 128 columns as long as they take in a row of
  // ports. In six terms, six times.
  ProductShape row = makeShape(1, 256, 1024);
  EXPECT_EQ(boundProduct(slice(), row).cycles, 64u * 32 + kFill);
  row.terms = 6;
  EXPECT_EQ(boundProduct(slice(), row).cycles, 6u * 64 * 32 + kFill);
  // A step of one element need not load for as long as one of 16.
  EXPECT_EQ(boundProduct(slice(), makeShape(1, 128, 33)).cycles, 33 + kFill);
}

TEST(ProductBound, MemoryByHand) {
  // A byte takes 798 ps / (6 channels x 32 bytes).
  ProductShape shape = makeShape(1, 16, 16);
  shape.readBytes = 1000000;
  shape.writeBytes = 920000;
  // 6 queues of 32 lines of 256 bytes hold what was written last.
  double cycles = (1920000 - 6 * 32 * 256) / (6 * 32.0) * 798e-12 * 1.7e9;
  ProductBound bound = boundProduct(slice(), shape);
  EXPECT_EQ(bound.limit, ProductBound::Limit::Memory);
  EXPECT_EQ(bound.cycles, uint64_t(std::ceil(cycles)));
}

TEST(ProductBound, RefreshesByHand) {
  acc::Target target = slice();
  target.hbm.tBurstPs = 1000;
  ProductShape shape = makeShape(1, 16, 16);
  shape.readBytes = 39 * 192 * 1000; // 39 us
  // From a column command to the next: 3 ns, 14 ns to close rows, 260 ns, 14 ns
  // to open them. The last burst of 1 ns comes meanwhile; a write has data
  // 8 ns behind its command, a read 14 ns. 41.52 us are 10 intervals of 3.9 us,
  // of which one may not be over.
  double us = 39 + 9 * (0.003 + 0.014 + 0.260 + 0.014 + 0.008 - 0.014 - 0.001);
  EXPECT_EQ(boundProduct(target, shape).cycles, uint64_t(std::ceil(us * 1700)));
  // Banks that have refreshes of their own go on.
  target.hbm.postponedRefreshes = 8;
  EXPECT_EQ(boundProduct(target, shape).cycles, 39u * 1700);
}

/// Memories of any timing are not quicker, whatever is read and written.
TEST(ProductBound, NeverAboveTheMemory) {
  std::mt19937_64 random(5);
  for (int run = 0; run < 60; ++run) {
    acc::Target target = slice();
    target.hbm.tBurstPs = 500 + random() % 8000;
    target.hbm.tRfcPbPs = 50000 + random() % 400000;
    target.hbm.tRefiPs = 1500000 + random() % 3000000;
    target.hbm.channels = 1 + random() % 8;
    target.hbm.writeQueue = 1 + random() % 64;
    target.hbm.reorderWindow = 1 + random() % 32;
    uint64_t line = target.hbm.lineBytes;
    uint64_t window = 8u << (random() % 6), writes = random() % 3;
    uint64_t stride = random() % 2 ? 1 : 1 + random() % 50;
    ProductShape shape = makeShape(1, 1, 1);
    acc::HbmModel memory(target);
    uint64_t cycle = 0, last = 0, waiting = 0;
    auto receive = [&](uint64_t limit) {
      while (waiting > limit) {
        cycle = std::max(cycle, memory.undecidedFrom());
        memory.advance(cycle);
        for (bool isWrite : {false, true}) {
          while (std::optional<uint64_t> answer = memory.take(isWrite)) {
            last = std::max(last, *answer);
            --waiting;
          }
        }
      }
    };
    for (uint64_t i = 0; i < 8000; ++i) {
      bool isWrite = random() % 4 < writes;
      (isWrite ? shape.writeBytes : shape.readBytes) += line;
      memory.request(++cycle, uint32_t(i * stride * line), uint32_t(line),
                     isWrite);
      ++waiting;
      receive(window);
    }
    receive(0);
    EXPECT_LE(boundProduct(target, shape).cycles, last) << run;
  }
}

TEST(ProductBound, ReuseByHand) {
  acc::Target target = slice();
  target.hbm.tBurstPs *= 10;
  target.hbm.postponedRefreshes = 8;
  ProductShape shape = makeShape(4096, 4096, 4096);
  shape.elementBytes = 2;
  shape.writeBytes = 4 * 4096 * 4096;
  // 512 KiB, and 256 x 240 accumulators of 4 bytes. Phases that move twice of
  // that are nearly the best.
  double chip = 524288 + 4 * 256 * 240;
  double products = std::pow(chip, 1.5) / (2 * 2);
  double moved = 2 * chip * (std::pow(4096.0, 3) / products - 1);
  double perByte = 7980e-12 * 1.7e9 / (6 * 32.0);
  ProductBound bound = boundProduct(target, shape);
  EXPECT_EQ(bound.limit, ProductBound::Limit::Reuse);
  EXPECT_NEAR(double(bound.cycles), moved * perByte, 0.005 * moved * perByte);
  // Of a result of two bytes, two less are stored than sums need.
  shape.writeBytes /= 2;
  double less = double(bound.cycles - boundProduct(target, shape).cycles);
  EXPECT_NEAR(less, 2 * 4096 * 4096 * perByte, 2);
}

/// What a program of one product begins and ends with.
TEST(ProductBound, LatencyByHand) {
  ProductShape shape = makeShape(16, 16, 16);
  shape.isAlone = true;
  shape.readBytes = 2 * 16 * 16 * 2;
  shape.writeBytes = 4 * 16 * 16;
  // A word of the sequencer, LOAD's setup, 60 + 14 + 14 ns, its tail; and a
  // MATMUL starts in the cycle behind its end.
  constexpr uint64_t kStart = 1 + 8 + 149 + 4 + 1;
  constexpr uint64_t kFill = 8 + 1 + 64 + 16 + 8;
  // ACCST of a row, STORE with 60 ns, and HALT behind the end.
  constexpr uint64_t kRest = 8 + 1 + 8 + 8 + 102 + 4 + 2;
  ProductBound bound = boundProduct(slice(), shape);
  EXPECT_EQ(bound.limit, ProductBound::Limit::Array);
  EXPECT_EQ(bound.cycles, kStart + 16 + kFill + kRest);
  // More is read than the array has to do: the last row is made behind it.
  shape.readBytes = 192 * 100;
  bound = boundProduct(slice(), shape);
  EXPECT_EQ(bound.limit, ProductBound::Limit::Latency);
  EXPECT_EQ(bound.cycles, uint64_t(std::ceil(kStart + 100 * 0.798 * 1.7 +
                                             kFill + 1 + kRest)));
}

TEST(ProductBound, AccumulatorsByHand) {
  // 64 sums in an access of 256 bytes.
  ProductShape shape = makeShape(4096, 240, 16);
  EXPECT_EQ(boundProduct(slice(), shape).cycles, 4096u * 240 / 64);
  EXPECT_EQ(boundProduct(slice(), shape).limit,
            ProductBound::Limit::Accumulators);
}

/// The machine's own formula for one command on the best strides is never below
/// the bound, and within a few cycles of it for full tiles.
TEST(ProductBound, NeverAboveOneCommand) {
  std::mt19937_64 random(3);
  for (int run = 0; run < 5000; ++run) {
    acc::Target target = slice();
    target.mxu.rows = 1u << (random() % 6);
    target.mxu.unitCols = 1 + random() % 32;
    target.mxu.units = 1 + random() % 16;
    target.mxu.accRows = 1 + random() % 512;
    target.mxu.peLatency = 1 + random() % 8;
    target.spm.rowBytes = 32u << (random() % 4);
    uint64_t m = 1 + random() % target.mxu.accRows;
    uint64_t n = 1 + random() % target.mxuCols();
    uint64_t k = 1 + random() % 2000;
    acc::Matmul command;
    command.aFmt = command.wFmt = isa::Format::BF16;
    command.msize[2] = uint32_t(m);
    command.ksize[2] = uint32_t(k);
    command.msize[0] = command.msize[1] = 1;
    command.ksize[0] = command.ksize[1] = 1;
    command.ncols = uint16_t(n);
    command.aKstride[2] = 2;
    command.wByCol = random() % 2;
    command.wNstride = command.wByCol ? 2 * int32_t(k) : 2;
    command.wKstride[2] = command.wByCol ? 2 : 2 * int32_t(n);
    ProductShape shape = makeShape(m, n, k);
    shape.depth = target.mxu.rows;
    ProductBound bound = boundProduct(target, shape);
    uint64_t cycles = acc::matmulCycles(target, command);
    if (bound.limit == ProductBound::Limit::Array) {
      ASSERT_LE(bound.cycles, cycles) << m << " " << n << " " << k;
    }
  }
}

} // namespace
