//===- Memories.h - What is behind the slices of a bench ----------*- C++
//-*-===//

#ifndef ACC_RTL_TB_MEMORIES_H
#define ACC_RTL_TB_MEMORIES_H

#include "dialects/Target/Target.h"
#include "systemc-models/Memory/CodeErrors.h"
#include "systemc-models/Memory/HbmModel.h"
#include "systemc-models/Memory/SparseMemory.h"

#include <deque>

namespace acc {

/// Contents, errors and timing of the HBM of each slice. The model calls it
/// through DPI-C with a handle that it was given.
class Memories {
public:
  Memories(const Target &target, unsigned slices) : target(target) {
    for (unsigned i = 0; i < slices; ++i) {
      memories.emplace_back(target);
    }
  }

  /// Timing starts anew with a program.
  void resetTiming() {
    for (Memory &m : memories) {
      m.timing = HbmModel(target);
    }
  }

  SparseMemory &contents(unsigned slice) { return memories[slice].contents; }
  HbmErrors &errors(unsigned slice) { return memories[slice].errors; }
  HbmModel &timing(unsigned slice) { return memories[slice].timing; }
  uint32_t lineBytes() const { return target.hbm.lineBytes; }

  uint64_t handle() const { return reinterpret_cast<uint64_t>(this); }
  static Memories &of(long long handle) {
    return *reinterpret_cast<Memories *>(handle);
  }

private:
  struct Memory {
    explicit Memory(const Target &target)
        : contents(target.hbm.bytes), timing(target) {}
    SparseMemory contents;
    HbmErrors errors;
    HbmModel timing;
  };
  Target target;
  std::deque<Memory> memories;
};

} // namespace acc

#endif // ACC_RTL_TB_MEMORIES_H
