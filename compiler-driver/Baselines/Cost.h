//===- Cost.h - Events and time of a kernel on a device ---------*- C++ -*-===//
//
// What the models of the kernel classes return, and what they share.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_COST_H
#define COMPILER_DRIVER_SYSTEMS_COST_H

#include "compiler-driver/Baselines/Device.h"
#include "compiler-driver/Baselines/Kernel.h"
#include "compiler-driver/Baselines/Parameters.h"

namespace acc::systems {

/// Countable work that takes energy.
struct Events {
  Operations matrix16, matrix8, matrix4; ///< by the width of the operands
  Bytes memory;                          ///< to and from HBM
  Bytes link;                            ///< leaving the device

  Events &operator+=(const Events &o);
};

struct Cost {
  Seconds time;
  Seconds bound; ///< peak rates of the data sheet and compulsory bytes
  Resource limit = Resource::Latency;
  Events events;

  /// Runs after this one.
  Cost &operator+=(const Cost &o);
};

/// So many of the same, one after the other.
Cost repeated(Cost cost, double times);

/// Adds operations to the counter of a width.
void addMatrix(Events &events, Operations operations, int bits);

/// Time of two activities that overlap: the norm of this order, at least the
/// longer one, at most (order 1) their sum.
Seconds overlap(Seconds a, Seconds b, double order);

/// Part of data that come from memory when a kernel is run on the same again
/// and again: all of them if they do not fit in the last cache, none in half of
/// it, where what is written and what lies in the way of others has room, too.
double coldShare(Bytes data, const Device &device);

/// Energy of the events, without the power that flows at all times.
Joules dynamicEnergy(const Events &events, const Parameters &parameters);

/// Power while kernels run, without what their events take.
Watts standingPower(const Device &device, const Parameters &parameters);

/// Slows a kernel down so that its mean power stays within the package's
/// limit: clocks fall under dense matrix work.
void limitPower(Cost &cost, const Device &device, const Parameters &parameters);

/// Of one kernel, within the power limit.
Cost costOf(const Kernel &kernel, const Device &device,
            const Parameters &parameters);

// By class, at full clocks: a power limit acts on the mean over milliseconds,
// so that a caller applies it to a kernel or to a whole step.
Cost costAtFullClock(const Kernel &kernel, const Device &device,
                     const Parameters &parameters);
/// Whether an attention is a step of a decode loop: few queries per sequence.
bool isDecode(const Attention &attention);

Cost gemmCost(const Gemm &gemm, const Device &device,
              const Parameters &parameters);
Cost groupedGemmCost(const GroupedGemm &gemm, const Device &device,
                     const Parameters &parameters);
Cost moeCost(const MoeExperts &moe, const Device &device,
             const Parameters &parameters);
Cost attentionCost(const Attention &attention, const Device &device,
                   const Parameters &parameters);
Cost vectorCost(const Vector &vector, const Device &device,
                const Parameters &parameters);
Cost collectiveCost(const Collective &collective, const Device &device,
                    const Parameters &parameters);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_COST_H
