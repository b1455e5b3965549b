//===- CycleSlice.h - A slice that is simulated cycle by cycle ----*- C++
//-*-===//

#ifndef ACC_SYSTEMC_MODELS_NET_CYCLESLICE_H
#define ACC_SYSTEMC_MODELS_NET_CYCLESLICE_H

#include "systemc-models/Functional/SliceProgram.h"

#include "llvm/ADT/ArrayRef.h"

#include <optional>

namespace acc {

/// A slice as its clock and the collective network of its chip see it: the
/// ports of xpu_slice.
class CycleSlice {
public:
  virtual ~CycleSlice() = default;

  /// What the network says in a cycle.
  struct FromNet {
    bool go = false;                ///< all members of the group have come
    bool mismatch = false;          ///< instead: they disagree
    llvm::ArrayRef<uint32_t> words; ///< of a beat
  };

  /// The next edge begins cycle 0 of its program.
  virtual void start() = 0;
  /// The edge that ends a cycle.
  virtual void clock(const FromNet &in) = 0;
  /// Of the cycle that has begun; whether something is to come that does not
  /// need another slice.
  virtual bool observe(uint64_t cycle) = 0;

  // In the cycle that has begun.
  virtual bool isRunning() const = 0;
  /// What it waits with for the other members of the group.
  virtual std::optional<isa::Collective> offer() const = 0;
  /// What it gives to the network.
  virtual std::optional<llvm::ArrayRef<uint32_t>> beat() const = 0;

  /// For messages.
  virtual SliceState state() = 0;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_NET_CYCLESLICE_H
