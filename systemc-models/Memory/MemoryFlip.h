//===- MemoryFlip.h - Bits of memories that turn over -----------*- C++ -*-===//
//
// Errors that a run is given (section 10 of docs/machine.md says when they
// happen).
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_MEMORY_MEMORYFLIP_H
#define ACC_SYSTEMC_MODELS_MEMORY_MEMORYFLIP_H

#include "dialects/Target/Machine.h"
#include "systemc-models/Memory/CodeErrors.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace acc {

struct MemoryFlip {
  enum class Where : uint8_t { Scratchpad, Hbm };
  uint32_t slice = 0;
  Where where = Where::Hbm;
  uint64_t address = 0; ///< of the byte, or of the word of 8 bytes
  unsigned bit = 0;     ///< of the code word, check bits behind the data
  uint64_t cycle = 0;   ///< not before; in results, when it happened

  bool operator==(const MemoryFlip &o) const {
    return slice == o.slice && where == o.where && address == o.address &&
           bit == o.bit && cycle == o.cycle;
  }
};

/// "[sliceN:]scratchpad:BANK:ROW:BIT@CYCLE" (BIT counts through the code words
/// of the row, the byte with the lowest address first),
/// "[sliceN:]hbm:ADDRESS:BIT@CYCLE", or "random:N@CYCLES[,seed=S]": N flips in
/// the first CYCLES, anywhere in the scratchpads and below `hbmBytes` of HBM,
/// at most one in a code word.
llvm::Expected<std::vector<MemoryFlip>>
parseFlips(llvm::StringRef text, const Machine &machine, uint64_t hbmBytes);

/// As parseFlips reads it.
std::string describe(const MemoryFlip &flip, const Machine &machine);

/// By cycle, then by place.
void sortFlips(std::vector<MemoryFlip> &flips);

/// The errors of a memory as flips of cycle 0.
std::vector<MemoryFlip> asFlips(const HbmErrors &errors, uint32_t slice);

/// An error if a place does not exist, one bit turns over twice, or more than
/// two of a code word do, on which the code has nothing to say.
llvm::Error checkFlips(llvm::ArrayRef<MemoryFlip> flips,
                       const Machine &machine);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_MEMORY_MEMORYFLIP_H
