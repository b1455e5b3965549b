//===- Slice.h - The SystemC model of a slice ---------------------*- C++
//-*-===//
//
// Sequencer, dispatcher (queues, semaphores, claims), DMA and HBM as SystemC
// modules. Event driven: no process runs on a clock. Exact in cycles.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_SLICE_SLICE_H
#define ACC_SYSTEMC_MODELS_SLICE_SLICE_H

#include "systemc-models/Memory/SparseMemory.h"
#include "systemc-models/Slice/SliceTypes.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace acc {

/// Runs `program` on `hbm` and reports times, counters and faults. An error is
/// a deadlock, or no halt within the cycles allowed. Each call makes a
/// simulation context of its own, so that a process can run several, one after
/// the other (not at the same time: the kernel of SystemC is global).
llvm::Expected<SliceResult> simulateSlice(const Target &target,
                                          llvm::ArrayRef<isa::Word> program,
                                          SparseMemory &hbm,
                                          const SliceOptions &options);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_SLICE_SLICE_H
