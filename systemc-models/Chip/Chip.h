//===- Chip.h - The SystemC model of chips ------------------------*- C++
//-*-===//
//
// The slices of a chip, or of all chips of a rack, and their networks in one
// simulation. A slice by itself is a chip of one.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_CHIP_CHIP_H
#define ACC_SYSTEMC_MODELS_CHIP_CHIP_H

#include "dialects/Target/Machine.h"
#include "systemc-models/Fabric/DeadLinks.h"
#include "systemc-models/Functional/SliceProgram.h"
#include "systemc-models/Net/CycleRack.h"
#include "systemc-models/Net/CycleSlice.h"
#include "systemc-models/Net/RackTraffic.h"
#include "systemc-models/Slice/SliceTypes.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace acc {

struct ChipOptions {
  uint64_t maxCycles = UINT64_MAX;
  bool values = true; ///< see SliceOptions
  uint32_t chip = 0;  ///< CHIP_ID; chips of a rack have their numbers
  /// Slices that provably do the same are simulated once.
  bool symmetry = true;
  /// Of a rack: links are simulated cycle by cycle, and chips may be others
  /// than the SystemC model, which have no slices in the result.
  std::optional<CycleRackOptions> cycles;
  /// Of a rack whose links are not simulated cycle by cycle.
  std::vector<fabric::DeadLinks> deadLinks = {};
  bool checkRaces = false; ///< see SliceOptions
  /// Of a chip by itself, with values: by number, slices that are others than
  /// the SystemC model, which have no results. May be shorter.
  std::vector<CycleSlice *> slices = {};
};

struct ChipResult {
  std::vector<SliceResult> slices;
  uint32_t simulated = 0;             ///< slices; the others do the same
  std::optional<RackTraffic> traffic; ///< between chips, if they are several
};

/// Runs one program a slice from the same cycle on, and reports times, counters
/// and faults. An error is a deadlock, or no halt within the cycles allowed.
/// Each call makes a simulation context of its own, so that a process can run
/// several, one after the other (not at the same time: the kernel of SystemC is
/// global).
llvm::Expected<ChipResult> simulateChip(const Machine &machine,
                                        llvm::ArrayRef<SliceProgram> slices,
                                        const ChipOptions &options);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_CHIP_CHIP_H
