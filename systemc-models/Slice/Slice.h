//===- Slice.h - The SystemC model of a slice ---------------------*- C++
//-*-===//
//
// Sequencer, dispatcher (queues, semaphores, claims) and DMA with the memory
// behind it as SystemC modules. Event driven: no process runs on a clock. Exact
// in cycles.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_SLICE_SLICE_H
#define ACC_SYSTEMC_MODELS_SLICE_SLICE_H

#include "systemc-models/Functional/SliceProgram.h"
#include "systemc-models/Slice/Dispatcher.h"
#include "systemc-models/Slice/Sequencer.h"
#include "systemc-models/Slice/SliceTypes.h"

namespace acc {

/// Runs its program from cycle 0 on. All it is given outlives it.
class Slice : public sc_core::sc_module {
public:
  Slice(sc_core::sc_module_name name, const Machine &machine, const SliceId &id,
        const SliceProgram &program, Net &net, const SliceOptions &options);

  /// What happened until now.
  SliceResult takeResult();

  bool isDone() const { return result.done; }
  /// At the end of a simulation: nothing can happen any more, though the limit
  /// of cycles is not reached.
  bool isStuck(uint64_t limit) const;
  SliceState state() const;

private:
  SliceResult result;
  Net &net;
  Executor executor;
  DmaUnit dma;
  Dispatcher dispatcher;
  Sequencer sequencer;
  uint32_t slice;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SLICE_SLICE_H
