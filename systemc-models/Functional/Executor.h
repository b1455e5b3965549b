//===- Executor.h - Bit-exact execution of commands ---------------*- C++
//-*-===//
//
// The state of a slice (scratchpad, accumulators, vector registers, HBM) and
// what each command does to it. No time: a command is executed as a whole.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FUNCTIONAL_EXECUTOR_H
#define ACC_SYSTEMC_MODELS_FUNCTIONAL_EXECUTOR_H

#include "dialects/Target/Target.h"
#include "systemc-models/Functional/SpmErrors.h"
#include "systemc-models/Memory/SparseMemory.h"
#include "systemc-models/Timing/Command.h"

#include <vector>

namespace acc {

/// Tiles of the matrix unit, kept to save allocations.
struct MatrixScratch {
  template <typename T> struct Tiles {
    std::vector<T> a, w;
  };
  Tiles<float> wide;
  Tiles<int32_t> integers;
  Tiles<double> small, scales;
  std::vector<uint8_t> halvings;
};

class Executor {
public:
  /// `hbm` must outlive the executor.
  Executor(const Target &target, SparseMemory &hbm);

  /// Executes a command that has passed checkStart. With `arithmetic` false
  /// only DMA is executed, with `moves` false not even that (addresses are
  /// checked all the same).
  isa::Fault execute(const Command &command, bool arithmetic = true,
                     bool moves = true);

  /// DMA commands stop after so many packets (of a run that cannot end in
  /// time).
  void setPacketLimit(uint64_t limit) { packetLimit = limit; }

  isa::Fault executeMatmul(const Command &command, bool arithmetic = true);
  isa::Fault executeAccst(const Command &command, bool arithmetic = true);
  isa::Fault executeVpu(const Command &command, bool arithmetic = true);

  /// What each index of dimension 0 adds to the HBM addresses of an indexed DMA
  /// command; empty if it is not indexed. Without `arithmetic` an index may not
  /// have been computed: one that is out of range is then taken as its place in
  /// the list, modulo the limit.
  isa::Fault readIndexOffsets(const Command &command,
                              std::vector<uint32_t> &offsets,
                              bool arithmetic = true) const;

  /// The word that LDS reads; faults for range, then alignment. It does not
  /// look for errors of the memory: `errors` does.
  isa::Fault readWord(uint32_t address, uint32_t &word) const;

  /// Errors of the scratchpad. Data are right as long as they can be corrected.
  SpmErrors &errors() { return spmErrors; }

  /// Looks for errors of the memory in what a command without faults reads, and
  /// forgets those of what it writes.
  isa::Fault findErrors(const Command &command);

  /// Packets of the last command executed; 0 if it is not DMA.
  uint64_t lastPackets() const { return packets; }

  std::vector<uint8_t> &scratchpad() { return spm; }

private:
  const Target &target;
  SparseMemory &hbm;
  std::vector<uint8_t> spm;
  SpmErrors spmErrors;
  std::vector<float> accumulators;       ///< accRows x columns
  std::vector<uint32_t> vectorRegisters; ///< 16 x vector length
  MatrixScratch scratch;
  uint32_t reduced = 0; ///< result of the last lane reduction
  uint64_t packets = 0;
  uint64_t packetLimit = UINT64_MAX;

  template <typename Product>
  void runProduct(const Matmul &m, const Product &product);
  isa::Fault executeCommand(const Command &command, bool arithmetic,
                            bool moves);
  isa::Fault executeDma(const Command &command, bool isLoad, bool arithmetic,
                        bool moves);
  void reduceLanes(const isa::Vpurun &v);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_FUNCTIONAL_EXECUTOR_H
