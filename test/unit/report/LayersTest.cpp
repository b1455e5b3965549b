//===- LayersTest.cpp - Time by node of the model -------------------------===//

#include "Programs.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::report;
using namespace acc::test;

namespace {

TEST(Layers, UnionCountsACycleOnce) {
  EXPECT_EQ(unionCycles({}), 0u);
  EXPECT_EQ(unionCycles({{5, 5}}), 1u);
  EXPECT_EQ(unionCycles({{10, 19}, {0, 9}, {5, 12}, {30, 39}}), 30u);
}

TEST(Layers, GroupsByNodeAndDividesSharedCycles) {
  Program program;
  LayerTable table = buildLayers(tiny(), program.object, makeRun(program));
  ASSERT_EQ(table.layers.size(), 3u);
  const Layer &load = table.layers[0], &mul = table.layers[1],
              &exp = table.layers[2];
  EXPECT_EQ(mul.name, "mul+add");
  EXPECT_EQ(load.commands, 2u);
  EXPECT_EQ(load.cycles, 20u);
  EXPECT_EQ(mul.cycles, 30u);
  EXPECT_EQ(exp.cycles, 30u);
  // Cycles 15 to 19 belong to load and mul.
  EXPECT_DOUBLE_EQ(load.elapsedCycles, 17.5);
  EXPECT_DOUBLE_EQ(mul.elapsedCycles, 27.5);
  EXPECT_DOUBLE_EQ(exp.elapsedCycles, 30);
  EXPECT_DOUBLE_EQ(table.idleCycles, 100 - 75);
  EXPECT_EQ(mul.dominant, isa::Engine::Mxu);
  EXPECT_EQ(exp.dominant, isa::Engine::Store);
  EXPECT_EQ(mul.firstCycle, 15u);
  EXPECT_EQ(mul.lastCycle, 49u);
}

TEST(Layers, OnlyLeadingProductsAreUseful) {
  Program program;
  LayerTable table = buildLayers(tiny(), program.object, makeRun(program));
  EXPECT_EQ(table.layers[1].activity.macs, 256u);
  EXPECT_EQ(table.layers[1].activity.usefulMacs, 128u);
  EXPECT_EQ(table.layers[1].activity.matrixFormat(), "fp32");
  EXPECT_EQ(table.layers[0].activity.matrixFormat(), "");
  EXPECT_EQ(
      activityOfCommand(tiny(), program.object, program.leading).matrixFormat(),
      "bf16");
  EXPECT_EQ(table.layers[2].activity.vectorFlop, 8u + 2 * 8);
  EXPECT_EQ(table.layers[2].activity.uops[unsigned(UopKind::Special)], 8u);
}

TEST(Layers, ColumnsBetweenRowsAreNoResults) {
  Program program;
  for (::xpu::ObjectLine &line : program.object.lines) {
    line.usedColumns = line.pc == program.leading ? 6 : 0;
  }
  LayerTable table = buildLayers(tiny(), program.object, makeRun(program));
  EXPECT_EQ(table.layers[1].activity.macs, 256u);
  EXPECT_EQ(table.layers[1].activity.usefulMacs, 96u);
}

TEST(Layers, FootprintCountsAByteOnce) {
  Program program;
  LayerTable table = buildLayers(tiny(), program.object, makeRun(program));
  ASSERT_TRUE(table.hasFootprint);
  EXPECT_EQ(table.layers[0].activity.hbmReadBytes, 512u);
  EXPECT_EQ(table.layers[0].footprint.readBytes, 256u);
  EXPECT_EQ(table.layers[2].footprint.writeBytes, 32u);
}

TEST(Layers, BoundFollowsTheDominantEngine) {
  Program program;
  SimOutput run = makeRun(program);
  LayerTable table = buildLayers(tiny(), program.object, run);
  // 512 bytes at 32 a cycle need 16 of 20 cycles.
  EXPECT_EQ(table.layers[0].bound, Bound::Hbm);
  EXPECT_EQ(table.layers[0].mostly, Phase::Bandwidth);
  // 16 of the cycles of such a product are setup and drain.
  EXPECT_EQ(table.layers[1].bound, Bound::Latency);
  EXPECT_EQ(table.layers[1].mostly, Phase::Setup);
  // In a row what hides behind the one before counts for neither: the second
  // adds 4 cycles, of which 2 are of its products' vectors.
  SimOutput row = makeRun(program);
  row.commands[3].start = 30;
  row.commands[3].end = 38;
  LayerTable overlapped = buildLayers(tiny(), program.object, row);
  auto setupOf = [](const LayerTable &t) {
    return t.layers[1].phaseCycles[unsigned(Phase::Setup)];
  };
  EXPECT_EQ(setupOf(table), 2 * 21.0); // 3 + 8 + 8 + 2 each
  EXPECT_EQ(setupOf(overlapped), 21.0);
  for (CommandRecord &record : run.commands) {
    record.end = record.start + 10 * (record.end - record.start);
  }
  run.cycles = 1000;
  table = buildLayers(tiny(), program.object, run);
  EXPECT_EQ(table.layers[0].bound, Bound::Latency);
}

TEST(ByteSet, MergesWhatOverlaps) {
  ByteSet set;
  for (uint64_t i = 0; i < 300000; ++i) {
    set.add((i * 7919) % 1000 * 8, 12); // overlaps its neighbour by 4
  }
  EXPECT_EQ(set.size(), 999u * 8 + 12);
}

} // namespace
