//===- Sequencer.h - The sequencer of a slice ---------------------*- C++
//-*-===//
//
// Runs ahead of the kernel in local time through scalar instructions, pushes
// and signals, whose effects it posts with their cycle; it stops where it
// depends on the engines: full queues, WAIT, LDS, FENCE, HALT.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_SLICE_SEQUENCER_H
#define ACC_SYSTEMC_MODELS_SLICE_SEQUENCER_H

#include "systemc-models/Functional/SliceProgram.h"
#include "systemc-models/Slice/Dispatcher.h"

namespace acc {

class Sequencer : public sc_core::sc_module {
public:
  Sequencer(sc_core::sc_module_name name, const Target &target,
            const SliceProgram &program, const SliceId &id,
            Dispatcher &dispatcher, const SliceOptions &options,
            SliceResult &result);

  uint64_t activations() const { return activationCount; }
  uint32_t lastPc() const { return last.pc; }
  /// Of the next instruction.
  uint64_t localCycle() const { return local; }
  /// The next cycle in which it goes on by itself.
  uint64_t nextCycle() const { return wake.nextCycle(); }

private:
  SequencerCore core;
  Dispatcher &dispatcher;
  const SliceOptions &options;
  SliceResult &result;
  CycleEvent wake;
  uint64_t local = 0; ///< cycle of the next instruction, or of a blocked push
  bool pushBlocked = false;
  Step last;
  uint64_t activationCount = 0;

  void run();
  bool execute();
  bool tryPush();
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SLICE_SEQUENCER_H
