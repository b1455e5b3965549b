//===- Workload.h - A model as kernels that depend on each other -*- C++
//-*-===//
//
// What a framework on an off-the-shelf system would launch for a graph, before
// anything is divided over devices, and what each of several devices launches
// after tensor parallelism.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_WORKLOAD_H
#define COMPILER_DRIVER_SYSTEMS_WORKLOAD_H

#include "compiler-driver/Baselines/Kernel.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace acc::systems {

/// Multiply-accumulates of a kernel's products, masked pairs of an attention
/// included; 0 for other kernels.
double countProducts(const Kernel &kernel);

/// One kernel of the graph on one device.
struct WorkStep {
  Kernel kernel;
  std::vector<unsigned> producers; ///< earlier steps whose results it reads
  Bytes weights;                   ///< constants that it reads
  Bytes result;                    ///< what it writes for later steps
  /// Of a Vector kernel: it reduces or gathers along the features, so that it
  /// needs whole rows.
  bool needsRows = false;
  /// Its result is a result of the graph.
  bool isOutput = false;
};

struct Workload {
  std::vector<WorkStep> steps; ///< in an order that respects producers
  Bytes weights;               ///< all constants
  Bytes arguments;             ///< inputs, caches included
  Bytes results;
  /// Format of floating-point tensors in memory and of their products.
  Format format = Format::Bf16;
  /// What a reader has to know of how the kernels were made.
  std::vector<std::string> notes;

  /// Most bytes of intermediate results that are needed at once.
  Bytes peakActivations() const;
  /// Weights, arguments, results and intermediate results.
  Bytes footprint() const;
};

/// The kernels of one of `devices` devices under tensor parallelism, in order
/// and with the collectives between them.
///
/// Products with weights are divided by columns where their input is whole on
/// every device, and by rows where it is divided; an all-reduce follows a
/// division by rows (Shoeybi et al., "Megatron-LM", 2019). Attention is divided
/// by heads. What needs whole rows of a divided tensor gathers it first.
struct DividedWorkload {
  std::vector<Kernel> kernels;
  Bytes footprint; ///< of one device
  double collectives = 0;
};
DividedWorkload divide(const Workload &workload, unsigned devices);

/// Fewest devices, a power of two, of which each can hold its part in
/// `capacity` bytes; an error if more than `most` would be needed.
llvm::Expected<unsigned> fewestDevices(const Workload &workload, Bytes capacity,
                                       unsigned most);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_WORKLOAD_H
