//===- Semaphores.h - Who signals and who takes -------------------*- C++
//-*-===//

#ifndef ACC_SYSTEMC_MODELS_RANDOM_SEMAPHORES_H
#define ACC_SYSTEMC_MODELS_RANDOM_SEMAPHORES_H

#include "systemc-models/Random/Choices.h"
#include "systemc-models/Timing/Command.h"

#include <iterator>

namespace acc {

/// Keeps what a phase has signalled or will signal, and who takes it: in a
/// phase only one engine, or the sequencer, takes from a semaphore, because two
/// takers could meet in one cycle.
class SemaphorePlan {
public:
  static constexpr unsigned sequencer = numEngines;
  static constexpr unsigned nobody = ~0u;

  explicit SemaphorePlan(Choices &choose) : choose(choose) {
    std::fill(std::begin(takers), std::end(takers), nobody);
  }

  /// A mask that is signalled `times` times by what is emitted next.
  uint32_t signal(unsigned times) {
    uint32_t mask = 0;
    while (choose.oneIn(2)) {
      unsigned i = choose.next() % isa::kNumSemaphores;
      if (!(mask >> i & 1) && signals[i] + times <= 100) {
        signals[i] += times;
        mask |= 1u << i;
      }
    }
    used |= mask;
    return mask;
  }

  /// A mask that `taker` takes `times` times in what is emitted next.
  uint32_t take(unsigned taker, unsigned times) {
    uint32_t mask = 0;
    for (unsigned i = 0; i < isa::kNumSemaphores; ++i) {
      bool may = takers[i] == nobody || takers[i] == taker;
      if (may && signals[i] >= times && choose.oneIn(4)) {
        signals[i] -= times;
        takers[i] = taker;
        mask |= 1u << i;
      }
    }
    return mask;
  }

  /// At the end of a phase: everything left that `taker` must take, once each;
  /// 0 if nothing is left. Nobody's is the sequencer's.
  uint32_t drain(unsigned taker) {
    uint32_t mask = 0;
    for (unsigned i = 0; i < isa::kNumSemaphores; ++i) {
      if (takers[i] == nobody) {
        takers[i] = sequencer;
      }
      if (takers[i] == taker && signals[i] != 0) {
        --signals[i];
        mask |= 1u << i;
      }
    }
    return mask;
  }

  uint32_t usedMask() const { return used; }

private:
  Choices &choose;
  unsigned signals[isa::kNumSemaphores] = {};
  unsigned takers[isa::kNumSemaphores];
  uint32_t used = 0;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_RANDOM_SEMAPHORES_H
