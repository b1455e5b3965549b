//===- TileSchedule.cpp - Engines that work on tiles, in time -------------===//

#include "passes/Tiling/TileSchedule.h"

#include <algorithm>

namespace xpu {

TileSchedule::TileSchedule(const acc::Target &target) : target(target) {
  const acc::Target::Hbm &hbm = target.hbm;
  latency = (hbm.tControllerPs + hbm.tRcdPs + hbm.tClPs) / target.cyclePs();
  // The bus turns around for a queue of writes and back, to another row.
  double queue = double(hbm.writeQueue) * hbm.lineBytes / hbm.atomBytes *
                 double(hbm.tBurstPs);
  turnaround = 1 + (double(hbm.tRtwPs) + hbm.tWtrPs + hbm.tRpPs + hbm.tRcdPs +
                    hbm.tClPs) /
                       queue;
  fill = double(target.mxu.rows) * target.mxu.peLatency + target.mxu.unitCols +
         target.mxu.tail;
  loads = stores = makeEngine(target.dma.commands);
  matrix = makeEngine(target.mxu.commands);
  drains = vectors = makeEngine(1);
}

TileSchedule::Engine TileSchedule::makeEngine(unsigned commands) const {
  Engine engine;
  engine.starts.assign(std::max<size_t>(1, target.seq.queueDepth), 0.0);
  engine.ends.assign(std::max(1u, commands), 0.0);
  return engine;
}

void TileSchedule::follow(const TileProgram &program) {
  for (size_t i = ends.size(); i < program.commands.size(); ++i) {
    const TileCommand &command = program.commands[i];
    if (command.isFenced) {
      sequencer = end;
    }
    double from = 0;
    for (int32_t before : command.after) {
      from = before < 0 ? from : std::max(from, ends[before]);
    }
    switch (command.engine) {
    case TileCommand::Load:
      ends.push_back(load(from, command.cycles));
      break;
    case TileCommand::Store:
      ends.push_back(store(from, command.cycles));
      break;
    case TileCommand::Matrix:
      ends.push_back(multiply(from, command.cycles));
      break;
    case TileCommand::Drain:
      ends.push_back(work(drains, from, command.cycles));
      break;
    case TileCommand::Vector:
      ends.push_back(work(vectors, from, command.cycles));
      break;
    }
  }
}

double TileSchedule::begin(Engine &engine, double from) {
  sequencer = std::max(sequencer + kCommandWords,
                       engine.starts[engine.count % engine.starts.size()]);
  return std::max(
      {from, sequencer, engine.ends[engine.count % engine.ends.size()]});
}

void TileSchedule::finish(Engine &engine, double start, double last) {
  engine.starts[engine.count % engine.starts.size()] = start;
  engine.ends[engine.count % engine.ends.size()] = last;
  ++engine.count;
  end = std::max(end, last);
}

double TileSchedule::load(double from, double cycles) {
  double start = begin(loads, from);
  double first = std::max(loads.portFree, start + target.dma.setup);
  // Channels run dry between commands, as in a row of loads on jx1-slice.
  constexpr double gap = 20;
  double last = first + cycles + gap;
  // Stores take the bus away.
  for (auto [begin, end] : storing) {
    last += std::max(0.0, std::min(end, last) - std::max(begin, first));
  }
  loads.portFree = last;
  bus += cycles;
  last += latency + target.dma.tail;
  finish(loads, start, last);
  return last;
}

double TileSchedule::store(double from, double cycles) {
  double start = begin(stores, from);
  // Loads that come later in the program are often earlier in time: a store
  // waits for as much as all before it have had of the bus.
  double first =
      std::max({stores.portFree, bus, start + double(target.dma.setup)});
  double last = first + cycles * turnaround;
  storing[stores.count % storing.size()] = {first, last};
  stores.portFree = last;
  bus += cycles * turnaround;
  // Acknowledged when it has a place in a queue.
  last += target.hbm.tControllerPs / target.cyclePs() + target.dma.tail;
  finish(stores, start, last);
  return last;
}

double TileSchedule::multiply(double from, double cycles) {
  double start = begin(matrix, from);
  matrix.portFree =
      std::max(matrix.portFree, start + target.mxu.setup + target.mxu.rows) +
      cycles;
  double last = matrix.portFree + fill;
  finish(matrix, start, last);
  return last;
}

double TileSchedule::work(Engine &engine, double from, double cycles) {
  double start = begin(engine, from);
  finish(engine, start, start + cycles);
  return start + cycles;
}

} // namespace xpu
