//===- ContractionCost.cpp - What the tiles of a contraction take ---------===//

#include "passes/Tiling/MappingCost.h"
#include "passes/Tiling/TileSchedule.h"
#include "passes/Tiling/TileSimulation.h"

#include <cmath>

using namespace mlir;

namespace xpu {

double MappingCost::countWork() {
  double sum = 0;
  SmallVector<int64_t> part(tile.sizes);
  for (uint32_t edges = 0; edges < 1u << loops.dims.size(); ++edges) {
    double count = 1;
    for (auto [i, dim] : llvm::enumerate(loops.dims)) {
      int64_t rest = ranges[dim] % tile.sizes[dim];
      bool isEdge = edges >> i & 1;
      count *= isEdge ? rest != 0 : double(ranges[dim] / tile.sizes[dim]);
      part[dim] = isEdge ? rest : tile.sizes[dim];
    }
    if (count > 0) {
      sum += count * getWork(timesOf(edges, part));
    }
  }
  return sum;
}

uint64_t MappingCost::estimate(uint64_t limit) {
  // Steps that are followed; more of them go on at the pace of the later half.
  constexpr int64_t followed = 512;
  TileSchedule schedule(target);
  double halfEnd = 0, half = 0;
  while (step < followed && addStep()) {
    schedule.follow(program);
    if (step == followed / 2) {
      halfEnd = schedule.getEnd();
      half = work;
    }
    if (uint64_t(getLeast()) > limit) {
      return limit;
    }
  }
  double cycles = schedule.getEnd();
  if (step < total) {
    cycles = extrapolate(cycles, halfEnd, half);
  }
  // The busier two of them are, the more often one waits for the other, as
  // refreshes and pages of the memory have it (benchmarks/roofline).
  constexpr double waits = 0.15;
  double share =
      std::min(matrix, transfers) / std::max({1.0, matrix, transfers});
  return uint64_t(cycles * (1 + waits * std::pow(share, 4)));
}

uint64_t MappingCost::simulate(int64_t most) {
  hasTransfers = true;
  size_t halfCommands = 0;
  double half = 0;
  while (requests < most && addStep()) {
    if (requests <= most / 2) {
      halfCommands = program.commands.size();
      half = work;
    }
  }
  std::vector<double> ends = simulateTiles(target, program);
  auto latest = [&](size_t count) {
    double last = 0;
    for (double end : ArrayRef(ends).take_front(count)) {
      last = std::max(last, end);
    }
    return last;
  };
  double end = latest(ends.size());
  return uint64_t(step == total ? end
                                : extrapolate(end, latest(halfCommands), half));
}

bool MappingCost::appendTo(TileProgram &all, int64_t &made, int64_t most) {
  hasTransfers = true;
  while (made + requests < most && addStep()) {
  }
  if (step != total) {
    return false;
  }
  made += requests;
  // When buffers for the first loads are free, about: in rooms for two or three
  // tiles of a few commands each.
  constexpr unsigned kTurns = 6;
  int32_t free = -1;
  unsigned seen = 0;
  for (int32_t i = int32_t(all.commands.size()) - 1; i >= 0; --i) {
    if (all.commands[i].engine == TileCommand::Matrix && ++seen == kTurns) {
      free = i;
      break;
    }
  }
  const auto commands = int32_t(all.commands.size());
  const auto moves = int32_t(all.transfers.size());
  for (TileCommand command : program.commands) {
    for (int32_t &before : command.after) {
      before = before < 0 ? -1 : before + commands;
    }
    if (command.engine == TileCommand::Load && command.after[0] < 0) {
      command.after[0] = free;
    }
    command.transfer += command.transfer < 0 ? 0 : moves;
    all.add(command);
  }
  llvm::append_range(all.transfers, program.transfers);
  return true;
}

int64_t countReadBanks(linalg::LinalgOp op, const ContractionDims &dims,
                       const ContractionTile &tile, const acc::Target &target,
                       int64_t bodyCommands) {
  return MappingCost(op, dims, tile, target, bodyCommands).getReadBanks();
}

uint64_t estimateContraction(linalg::LinalgOp op, const ContractionDims &dims,
                             const ContractionTile &tile,
                             const acc::Target &target, int64_t bodyCommands,
                             uint64_t limit) {
  return MappingCost(op, dims, tile, target, bodyCommands).estimate(limit);
}

uint64_t simulateContraction(linalg::LinalgOp op, const ContractionDims &dims,
                             const ContractionTile &tile,
                             const acc::Target &target, int64_t bodyCommands,
                             int64_t requests) {
  return MappingCost(op, dims, tile, target, bodyCommands).simulate(requests);
}

std::optional<uint64_t> simulateInTurn(ArrayRef<TiledContraction> products,
                                       const ContractionDims &dims,
                                       const acc::Target &target,
                                       int64_t bodyCommands, int64_t requests) {
  TileProgram program;
  int64_t made = 0;
  for (const TiledContraction &product : products) {
    MappingCost cost(product.op, dims, product.tile, target, bodyCommands);
    if (!cost.appendTo(program, made, requests)) {
      return std::nullopt;
    }
  }
  std::vector<double> ends = simulateTiles(target, program);
  return uint64_t(*llvm::max_element(ends));
}

} // namespace xpu
