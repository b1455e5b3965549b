//===- Slice.cpp - The SystemC model of a slice ---------------------------===//

#include "systemc-models/Slice/Slice.h"

#include <algorithm>

using namespace acc;

Slice::Slice(sc_core::sc_module_name name, const Machine &machine,
             const SliceId &id, const SliceProgram &program, Net &net,
             const SliceOptions &options)
    : sc_module(name), net(net), executor(machine.slice, *program.hbm),
      dma("dma", machine.slice, options.maxCycles),
      dispatcher("dispatcher", machine, executor, dma, net, id.slice, options,
                 result),
      sequencer("sequencer", machine.slice, program, id, dispatcher, options,
                result) {
  executor.setPacketLimit(options.maxCycles);
  dma.setHorizon([this] {
    uint64_t next = std::min(dispatcher.nextCycle(), sequencer.nextCycle());
    // The last member of its group may start its collective in this cycle.
    return dispatcher.waitsForNet()
               ? std::min(next, currentCycle() + this->net.leastCycles())
               : next;
  });
}

SliceResult Slice::takeResult() {
  at(result.counters, isa::Counter::CYCLES) = result.cycles;
  result.hbm = dma.memory().statistics();
  result.events = sequencer.activations() + dispatcher.activations() +
                  dma.activations() + result.hbm.reads + result.hbm.writes;
  return std::move(result);
}

bool Slice::isStuck(uint64_t limit) const {
  return !result.done && sequencer.localCycle() < limit && !dispatcher.isBusy();
}

SliceState Slice::state() const {
  return {result.done, result.fault, result.faultPc,
          "the sequencer waits at word " + std::to_string(sequencer.lastPc()) +
              dispatcher.describeWaiting()};
}
