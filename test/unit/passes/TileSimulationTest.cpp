//===- TileSimulationTest.cpp - Tiles with the memory's own timing --------===//

#include "passes/Tiling/TileSimulation.h"

#include <gtest/gtest.h>

using namespace xpu;

namespace {

acc::Target slice() { return llvm::cantFail(acc::loadTarget("jx1-slice")); }

/// Adds a transfer of consecutive bytes.
int32_t move(TileProgram &program, TileCommand::Engine engine, int64_t address,
             int64_t bytes, int32_t after = -1) {
  TileCommand command;
  command.engine = engine;
  command.after[0] = after;
  command.transfer = int32_t(program.transfers.size());
  TileTransfer transfer;
  transfer.address = address;
  transfer.run = bytes;
  program.transfers.push_back(transfer);
  return program.add(command);
}

/// A line comes after the controller (60 ns), row to column and column to data
/// (14 ns each), and 8 bursts of 798 ps: 94.4 ns, 161 cycles of 1.7 GHz. Before
/// it is the command's setup of 8 cycles, and behind it its tail of 4.
TEST(TileSimulation, LatencyByHand) {
  TileProgram program;
  move(program, TileCommand::Load, 0, 256);
  double end = simulateTiles(slice(), program).front();
  // The sequencer takes some cycles for the command's words.
  EXPECT_GE(end, 161 + 8 + 4);
  EXPECT_LE(end, 161 + 8 + 4 + 16);
}

/// 4 MB at 32 bytes in 798 ps on each of 6 channels, and refreshes of 260 ns in
/// each 3.9 us: 29,632 cycles and 7.1 %. Rows of the memory cost a little.
TEST(TileSimulation, PeakByHand) {
  TileProgram program;
  for (int64_t at = 0; at < 4194304; at += 32768) {
    move(program, TileCommand::Load, at, 32768);
  }
  double end = simulateTiles(slice(), program).back();
  double least = 4194304 / 192.0 * 798e-12 * 1.7e9 * 3.9 / 3.64;
  EXPECT_GE(end, least * 0.99);
  EXPECT_LE(end, least * 1.04);
}

/// Two commands of LOAD are active at a time: of short ones, two take hardly
/// longer than one, and a third waits for the first.
TEST(TileSimulation, CommandsOverlap) {
  TileProgram program;
  for (int i = 0; i < 3; ++i) {
    move(program, TileCommand::Load, i * 65536, 256);
  }
  std::vector<double> ends = simulateTiles(slice(), program);
  EXPECT_LE(ends[1], ends[0] + 40);
  EXPECT_GE(ends[2], ends[0] + 161);
}

/// What reads a buffer waits for it, and what writes it again for the reader.
TEST(TileSimulation, BuffersTakeTurns) {
  TileProgram program;
  BufferRing ring(2);
  std::vector<int32_t> loads, products;
  for (int i = 0; i < 4; ++i) {
    loads.push_back(
        move(program, TileCommand::Load, i * 4096, 4096, ring.next()));
    TileCommand product;
    product.engine = TileCommand::Matrix;
    product.after[0] = loads.back();
    product.cycles = 5000;
    products.push_back(program.add(product));
    ring.use(products.back());
  }
  std::vector<double> ends = simulateTiles(slice(), program);
  for (int i = 0; i < 4; ++i) {
    EXPECT_GE(ends[products[i]], ends[loads[i]] + 5000);
  }
  // Two places: the third load is behind the first product.
  EXPECT_LT(ends[loads[1]], ends[products[0]]);
  EXPECT_GE(ends[loads[2]], ends[products[0]] + 161);
  EXPECT_LT(ends[loads[2]], ends[products[1]]);
}

/// Loops over runs reach the same bytes as one run: rows of 256 bytes that
/// follow each other take what they take together; far apart each is a row of
/// the memory of its own.
TEST(TileSimulation, Requests) {
  acc::Target target = slice();
  auto time = [&](int64_t stride) {
    TileProgram program;
    move(program, TileCommand::Load, 0, 256);
    program.transfers[0].loops = {{64, stride * 4}, {4, stride}};
    EXPECT_EQ(countRequests(target, program.transfers[0]), 256);
    return simulateTiles(target, program).front();
  };
  TileProgram whole;
  move(whole, TileCommand::Load, 0, 65536);
  EXPECT_EQ(time(256), simulateTiles(target, whole).front());
  EXPECT_GT(time(8192), time(256));
}

} // namespace
