//===- KernelText.h - Kernels for readers -----------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_SYSTEMS_KERNELTEXT_H
#define COMPILER_DRIVER_SYSTEMS_KERNELTEXT_H

#include "compiler-driver/Baselines/Workload.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::systems {

/// Class of a kernel: "gemm", "attention", "norm", "all-reduce".
std::string describeClass(const Kernel &kernel);

/// Its sizes: "2 x 128 x 64 bf16", "batch 2, 1 of 16 tokens, 8/2 heads".
std::string describeSizes(const Kernel &kernel);

/// A line for each kernel of one device, and what it holds in memory.
void printKernels(const Workload &workload, unsigned devices,
                  llvm::raw_ostream &os);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_KERNELTEXT_H
