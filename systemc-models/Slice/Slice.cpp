//===- Slice.cpp - The SystemC model of a slice ---------------------------===//

#include "systemc-models/Slice/Slice.h"

#include "llvm/ADT/STLExtras.h"

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
                result),
      slice(id.slice) {
  executor.setPacketLimit(options.maxCycles);
  for (const MemoryFlip &flip : program.flips) {
    if (flip.where == MemoryFlip::Where::Hbm) {
      dma.addFlip(flip);
    } else {
      dispatcher.addFlip(flip);
    }
  }
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
  at(result.counters, isa::Counter::SPM_CORRECTED) =
      executor.errors().corrected();
  at(result.counters, isa::Counter::HBM_CORRECTED) = dma.correctedWords();
  dma.flipBefore(result.cycles);
  llvm::append_range(result.flips, dma.flips());
  sortFlips(result.flips);
  result.hbmErrors = asFlips(dma.errors(), slice);
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
