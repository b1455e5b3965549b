//===- TileSchedule.cpp - Engines that work on tiles, in time -------------===//

#include "passes/Tiling/TileSchedule.h"

namespace xpu {

TileSchedule::TileSchedule(const acc::Target &target) : target(target) {
  const acc::Target::Hbm &hbm = target.hbm;
  latency = (hbm.tControllerPs + hbm.tRcdPs + hbm.tClPs) / target.cyclePs();
  refresh = double(hbm.tRefiPs) / double(hbm.tRefiPs - hbm.tRfcPs);
  // The bus turns around for a queue of writes and back.
  double queue = double(hbm.writeQueue) * hbm.lineBytes / hbm.atomBytes *
                 double(hbm.tBurstPs);
  turnaround =
      1 + (double(hbm.tRtwPs) + hbm.tWtrPs + hbm.tRcdPs + hbm.tClPs) / queue;
  fill = double(target.mxu.rows) * target.mxu.peLatency + target.mxu.unitCols +
         target.mxu.tail;
  loads = stores = makeEngine(target.dma.commands);
  matrix = makeEngine(target.mxu.commands);
  drains = makeEngine(1);
}

TileSchedule::Engine TileSchedule::makeEngine(unsigned commands) const {
  Engine engine;
  engine.starts.assign(std::max<size_t>(1, target.seq.queueDepth), 0.0);
  engine.ends.assign(std::max(1u, commands), 0.0);
  return engine;
}

double TileSchedule::begin(Engine &engine, double from) {
  // Words of a command, about.
  constexpr double words = 7;
  sequencer = std::max(sequencer + words,
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

double TileSchedule::transfer(Engine &engine, double from, double cycles,
                              double wait) {
  double start = begin(engine, from);
  engine.portFree =
      std::max(engine.portFree, start + target.dma.setup) + cycles;
  bus += cycles;
  double last = engine.portFree + wait + target.dma.tail;
  finish(engine, start, last);
  return last;
}

double TileSchedule::load(double from, double cycles) {
  return transfer(loads, from, cycles * refresh, latency);
}

double TileSchedule::store(double from, double cycles) {
  // Loads that come later in the program are often earlier in time: only
  // stores wait for the bus that both share. They are acknowledged when they
  // have a place in a queue.
  stores.portFree = std::max(stores.portFree, bus);
  return transfer(stores, from, cycles * refresh * turnaround,
                  target.hbm.tControllerPs / target.cyclePs());
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

double TileSchedule::drain(double from, double cycles) {
  double start = begin(drains, from);
  finish(drains, start, start + cycles);
  return start + cycles;
}

} // namespace xpu
