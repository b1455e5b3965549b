//===- Step.h - A sequence of kernels on several devices --------*- C++ -*-===//

#ifndef COMPILER_DRIVER_SYSTEMS_STEP_H
#define COMPILER_DRIVER_SYSTEMS_STEP_H

#include "compiler-driver/Baselines/KernelModel.h"
#include "compiler-driver/Baselines/Workload.h"

namespace acc::systems {

/// What a system makes of a whole workload. The kernels of a device run one
/// after the other, from a queue or graph that is never empty.
struct StepEstimate {
  unsigned devices = 1;
  Bytes footprint; ///< in the memory of one device
  Bytes capacity;  ///< what a framework may use of it
  /// Format of the products that the workload asks for, and the one that the
  /// system's matrix units have for it.
  Format asked = Format::Bf16, used = Format::Bf16;
  std::vector<Kernel> kernels;     ///< of one device, collectives included
  std::vector<Estimate> estimates; ///< of each, by itself
  Seconds time;
  Seconds low, high; ///< the kernels' errors, all at one end together
  Seconds bound;     ///< no system with this data sheet is faster
  Joules energy;     ///< packages of all devices
  Joules lowEnergy, highEnergy;
  Resource limit = Resource::Latency; ///< what most of the time goes to
  double meanError = 0;               ///< mean |error|, weighted by time
  bool isMeasured = false; ///< every class was measured on this system
};

/// Prices `workload` on `devices` devices, or the fewest that hold it. Fails if
/// the system joins fewer devices, cannot hold it, or lacks a figure.
llvm::Expected<StepEstimate> estimateStep(const KernelModel &model,
                                          const Workload &workload,
                                          const System &system,
                                          std::optional<unsigned> devices);

/// Part of the memory that frameworks leave to weights, caches and
/// activations: vLLM's default gpu_memory_utilization.
inline constexpr double usableMemory = 0.9;

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_STEP_H
