//===- FlipSchedule.h - Errors of memories over launches --------*- C++ -*-===//
//
// Bits of memories that turn over (--fault), in the cycles of a whole run: its
// launches and steps one after the other. HBM keeps its errors between them
// until somebody writes there; the host reads through the decoder, too.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_RUNTIME_FLIPSCHEDULE_H
#define COMPILER_DRIVER_RUNTIME_FLIPSCHEDULE_H

#include "systemc-models/Memory/MemoryFlip.h"
#include "systemc-models/Sim/Sim.h"
#include "llvm/Support/Error.h"

#include <vector>

namespace xpu {

class FlipSchedule {
public:
  FlipSchedule() = default;
  FlipSchedule(std::vector<acc::MemoryFlip> flips, uint32_t slices)
      : pending(std::move(flips)), errors(slices) {}

  bool empty() const { return errors.empty(); }

  /// What the next launch is given: errors that HBM has in its first cycle, and
  /// what has not turned over yet.
  std::vector<acc::MemoryFlip> next() const;

  /// The launch has run: of `output` the flips that were new stay, in cycles of
  /// the whole run.
  void ran(acc::ChipOutput &output);

  /// The host writes.
  void write(uint32_t slice, uint64_t address, uint64_t bytes);

  /// The host reads; an error that names slice and address if a word cannot be
  /// corrected.
  llvm::Error read(uint32_t slice, uint64_t address, uint64_t bytes) const;

private:
  std::vector<acc::MemoryFlip> pending;
  std::vector<acc::HbmErrors> errors; ///< of each slice
  uint64_t begin = 0;                 ///< cycle of the next launch
};

} // namespace xpu

#endif // COMPILER_DRIVER_RUNTIME_FLIPSCHEDULE_H
