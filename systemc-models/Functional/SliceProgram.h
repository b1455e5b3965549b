//===- SliceProgram.h - What the slices of a run begin with -------*- C++
//-*-===//

#ifndef ACC_SYSTEMC_MODELS_FUNCTIONAL_SLICEPROGRAM_H
#define ACC_SYSTEMC_MODELS_FUNCTIONAL_SLICEPROGRAM_H

#include "dialects/Target/Machine.h"
#include "systemc-models/Functional/SequencerCore.h"
#include "systemc-models/Memory/MemoryFlip.h"
#include "systemc-models/Memory/SparseMemory.h"

#include <memory>
#include <string>

namespace acc {

struct SliceProgram {
  std::shared_ptr<DecodedProgram> program; ///< slices may share it
  uint32_t entry = 0;
  SparseMemory *hbm = nullptr; ///< outlives the run
  /// Of its memories, by cycle; the functional model has no cycles and no
  /// flips.
  std::vector<MemoryFlip> flips = {};
};

/// How a slice is when no slice of its chip can go on.
struct SliceState {
  bool isDone = false;
  isa::Fault fault = isa::Fault::None;
  uint32_t faultPc = 0;
  std::string waits; ///< for what; the model may not know
};

/// Says that no slice can go on, and how each is that is not at its end, those
/// that are alike together. One by itself has no number.
std::string describeDeadlock(llvm::ArrayRef<SliceState> slices,
                             uint32_t chips = 1);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_FUNCTIONAL_SLICEPROGRAM_H
