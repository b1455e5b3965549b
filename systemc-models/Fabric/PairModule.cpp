//===- PairModule.cpp - Two ports as modules of SystemC -------------------===//

#include "systemc-models/Fabric/PairModule.h"

#include "systemc-models/Slice/Kernel.h"

using namespace acc;
using namespace acc::fabric;

PortModule::PortModule(sc_core::sc_module_name name, End<Port> &end,
                       const Wire &from, Wire &to)
    : sc_module(name), end(end), from(from), to(to) {
  SC_METHOD(run);
}

void PortModule::run() {
  uint64_t cycle = currentCycle();
  PortInputs in = end.inputs(from, cycle);
  to.write(cycle, end.port.link());
  end.clock(in);
  next_trigger(cycles(1));
}

PairResult fabric::simulatePair(const PairOptions &options,
                                uint64_t maxCycles) {
  KernelContext kernel;
  Pair<Port> pair(options);
  PortModule first("port_0", pair.ends[0], pair.wires[1], pair.wires[0]);
  PortModule second("port_1", pair.ends[1], pair.wires[0], pair.wires[1]);
  PairResult result;
  while (!pair.done() && result.cycles < maxCycles) {
    uint64_t step = std::min<uint64_t>(1024, maxCycles - result.cycles);
    sc_core::sc_start(cycles(step));
    result.cycles += step;
  }
  result.done = pair.done();
  for (unsigned side = 0; side < 2; ++side) {
    const Sink &sink = pair.ends[1 - side].sink;
    PairResult::Direction &to = result.to[side];
    to.transactions = sink.taken();
    to.bytes = 8 * sink.takenUnits();
    for (uint64_t n : options.traffic[side].transactions) {
      to.missing += n;
    }
    to.missing -= sink.taken();
    to.wrong = sink.wrong();
    to.flippedBits = pair.wires[side].flippedBits();
    to.lostWords = pair.wires[side].lostWords();
    for (unsigned c = 0; c < kNumFabricCounterValues; ++c) {
      result.counters[side][c] = pair.ends[side].port.counter(FabricCounter(c));
    }
  }
  return result;
}
