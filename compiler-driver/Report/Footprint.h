//===- Footprint.h - Distinct bytes that commands touch ---------*- C++ -*-===//
//
// A tiled program may read the same bytes several times. What another machine
// has to move is the footprint: every byte of HBM once.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_FOOTPRINT_H
#define COMPILER_DRIVER_REPORT_FOOTPRINT_H

#include "systemc-models/Sim/Sim.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace acc::report {

/// A set of bytes as sorted, disjoint intervals.
class ByteSet {
public:
  void add(uint64_t begin, uint64_t bytes);
  uint64_t size();

private:
  std::vector<std::pair<uint64_t, uint64_t>> intervals; ///< [begin, end)
  size_t compacted = 0;

  void compact();
};

struct Footprint {
  uint64_t readBytes = 0;
  uint64_t writeBytes = 0;
};

/// Footprints of groups of commands: `groupOf` maps the address of a command to
/// its group. Executes the scalar part of the program again to know the
/// addresses. What goes through an index list counts in full. None if scalar
/// registers depend on data (LDS), if a command has no group, or if the program
/// does not halt within `maxInstructions`.
std::optional<std::vector<Footprint>> computeFootprints(
    const Target &target, llvm::ArrayRef<isa::Word> code, unsigned numGroups,
    llvm::function_ref<unsigned(uint32_t)> groupOf, uint64_t maxInstructions);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_FOOTPRINT_H
