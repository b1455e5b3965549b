//===- Timing.h - Closed-form time and counters of commands -------*- C++
//-*-===//
//
// Sections 5 and 6 of docs/machine.md as functions: the one place from which
// the SystemC model and the compiler's cost model take durations. All commands
// must have passed the checks of their start (all sizes at least 1).
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_TIMING_TIMING_H
#define ACC_SYSTEMC_MODELS_TIMING_TIMING_H

#include "dialects/Target/Machine.h"
#include "systemc-models/Timing/Command.h"

namespace acc {

/// Cycles in which a bank port of `rowBytes` reads or writes `count` elements
/// of `elementBytes` bytes at a stride of `strideBytes` (section 1).
uint64_t conflictDegree(uint64_t count, int64_t strideBytes,
                        uint32_t elementBytes, uint32_t rowBytes);

/// Elements of ksize[2] that one step of the command covers (D); 0 if the
/// machine cannot do it.
uint32_t matmulDepth(const Target &target, const Matmul &m);

/// Steps of the command (KS), and cycles per A vector (AL).
uint64_t matmulSteps(const Target &target, const Matmul &m);
uint64_t matmulVectorCycles(const Target &target, const Matmul &m);

/// What a MATMUL leaves to the next one at the A port.
struct MatmulPort {
  uint64_t free = 0; ///< the first cycle behind the A stream
  /// The accumulator row of its last vector.
  uint32_t lastRow = UINT32_MAX;
};

/// What others wait for in a MATMUL.
struct MatmulTimes {
  uint64_t lastStep; ///< the first cycle in which its last step streams A
  MatmulPort port;
  uint64_t end;
};

/// Times of a MATMUL that starts in `start` behind what `port` says.
MatmulTimes matmulTimes(const Target &target, const Matmul &m, uint64_t start,
                        MatmulPort port = {});

/// T in cycles; of a MATMUL that no other is before.
uint64_t matmulCycles(const Target &target, const Matmul &m);
/// Cycles that a MATMUL adds to a row of its like.
uint64_t matmulPeriod(const Target &target, const Matmul &m);
uint64_t accstCycles(const Target &target, const isa::Accst &a);
uint64_t vpuCycles(const Target &target, const isa::Vpurun &v);

/// Whether input `i` is the same in every iteration, and loaded once.
bool isHeldInput(const Target &target, const isa::Vpurun &v, unsigned i);
/// The program of an iteration: cycles up to the next one (B), and those that
/// its last result lands behind that (D).
struct VpuProgram {
  uint64_t period, drain;
};
VpuProgram vpuProgram(const Target &target, const isa::Vpurun &v);
/// Cycles from an iteration to the next in a long command, and iterations (N).
uint64_t vpuInitiationInterval(const Target &target, const isa::Vpurun &v);
/// Cycles in which so many micro-operations over a chunk of `elements`, or over
/// a vector if there are more, are issued: a lower bound of the period.
uint64_t vpuProgramCycles(const Target &target, uint64_t uops,
                          uint64_t elements);
uint64_t vpuIterations(const Target &target, const isa::Vpurun &v);

/// Cycles in which a collective moves data, and T from the cycle on in which
/// the last member of the group starts.
uint64_t collectiveBeats(const Chip::Net &net, const Collective &c);
uint64_t collectiveCycles(const Chip::Net &net, const Collective &c);
/// Cycles from a beat's read to its write in the scratchpad.
uint64_t collectiveLatency(const Chip::Net &net, const Collective &c);

/// T of a command that is neither DMA nor a collective.
uint64_t commandCycles(const Target &target, const Command &command);

/// T of a LOAD or STORE that has the memory for itself and meets a memory that
/// answers every request after `latencyCycles` (at least 2): a lower bound, for
/// cost models. The number of packets is exact unless the command is indexed.
uint64_t dmaCyclesEstimate(const Target &target, const Dma &dma,
                           uint64_t latencyCycles);

/// Number of packets of a DMA command that is not indexed, or with aligned
/// rows.
uint64_t dmaPackets(const Target &target, const Dma &dma);

/// Adds what the end of the command adds to the counters, other than BUSY and
/// the packets of DMA commands, which depend on the run.
void addCommandCounters(const Target &target, const Command &command,
                        Counters &counters);

/// Adds a finished command: the above, its packets and its busy time.
void addCommandCounters(const Target &target, const Command &command,
                        uint64_t packets, uint64_t busyCycles,
                        Counters &counters);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_TIMING_TIMING_H
