//===- Slice.cpp - The SystemC model of a slice ---------------------------===//

#include "systemc-models/Slice/Slice.h"
#include "systemc-models/Slice/Dispatcher.h"
#include "systemc-models/Slice/HbmMemory.h"
#include "systemc-models/Slice/Sequencer.h"

#include <memory>

using namespace acc;

/// SystemC's library refers to it; the simulations here do not start from it.
int sc_main(int, char **) { return 0; }

namespace {

/// A kernel context for one simulation. SystemC has one global context; a fresh
/// one per simulation is what lets a process run several.
class KernelContext {
public:
  KernelContext() : context(std::make_unique<sc_core::sc_simcontext>()) {
    sc_core::sc_curr_simcontext = context.get();
    sc_core::sc_default_global_context = context.get();
  }
  ~KernelContext() {
    sc_core::sc_curr_simcontext = nullptr;
    sc_core::sc_default_global_context = nullptr;
  }

private:
  std::unique_ptr<sc_core::sc_simcontext> context;
};

class Slice : public sc_core::sc_module {
public:
  Slice(sc_core::sc_module_name name, const Target &target,
        llvm::ArrayRef<isa::Word> program, SparseMemory &contents,
        const SliceOptions &options, SliceResult &result)
      : sc_module(name), executor(target, contents), memory("hbm", target),
        dma("dma", target, options.maxCycles),
        dispatcher("dispatcher", target, executor, dma, options, result),
        sequencer("sequencer", target, program, dispatcher, options, result) {
    dma.socket.bind(memory.socket);
    executor.setPacketLimit(options.maxCycles);
  }

  Executor executor;
  HbmMemory memory;
  DmaUnit dma;
  Dispatcher dispatcher;
  Sequencer sequencer;
};

} // namespace

static llvm::Error makeError(const std::string &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "%s",
                                 message.c_str());
}

llvm::Expected<SliceResult>
acc::simulateSlice(const Target &target, llvm::ArrayRef<isa::Word> program,
                   SparseMemory &hbm, const SliceOptions &options) {
  static bool running = false;
  if (running) {
    return makeError("a SystemC simulation is already running in this process");
  }
  running = true;
  SliceResult result;
  std::string error;
  {
    KernelContext kernel;
    Slice slice("slice", target, program, hbm, options, result);
    uint64_t limit = std::min(options.maxCycles, UINT64_MAX / 4);
    sc_core::sc_start(cycles(limit), sc_core::SC_EXIT_ON_STARVATION);
    if (!result.done && !sc_core::sc_pending_activity() &&
        slice.sequencer.nextCycle() < limit && !slice.dispatcher.isBusy()) {
      error = "deadlock: the sequencer waits at word " +
              std::to_string(slice.sequencer.lastPc()) +
              slice.dispatcher.describeWaiting();
    } else if (!result.done || result.cycles > options.maxCycles) {
      error = "no halt within " + std::to_string(options.maxCycles) + " cycles";
    }
    result.hbm = slice.memory.model().statistics();
    result.events = slice.sequencer.activations() +
                    slice.dispatcher.activations() + slice.dma.activations() +
                    result.hbm.reads + result.hbm.writes;
  }
  running = false;
  if (!error.empty()) {
    return makeError(error);
  }
  at(result.counters, isa::Counter::CYCLES) = result.cycles;
  return result;
}
