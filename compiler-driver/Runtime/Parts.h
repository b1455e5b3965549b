//===- Parts.h - Tensors in the memories of slices --------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_RUNTIME_PARTS_H
#define COMPILER_DRIVER_RUNTIME_PARTS_H

#include "compiler-driver/Object/Object.h"
#include "compiler-driver/Tensor/HostTensor.h"
#include "systemc-models/Sim/Sim.h"

namespace xpu {

/// HBM of a slice from address 0: constants, and inputs in machine types, or
/// what the slice has of them.
std::vector<uint8_t> makeHbmImage(const Object &object,
                                  llvm::ArrayRef<acc::HostTensor> inputs,
                                  uint32_t slice = 0);

/// Constants and inputs of a slice, in bytes: what the host writes into its
/// HBM.
uint64_t countLoadedBytes(const Object &object, uint32_t slice);

/// Writes an input to all its places in the HBM of a slice.
void writeInput(const Object &object, size_t number,
                const acc::HostTensor &tensor, uint32_t slice,
                acc::SparseMemory &hbm);

/// Reads a tensor of which slices have parts; `bytes` is as large as the whole.
void readParts(const Object &object, const ObjectTensor &tensor,
               const acc::ChipOutput &output, void *bytes);

} // namespace xpu

#endif // COMPILER_DRIVER_RUNTIME_PARTS_H
