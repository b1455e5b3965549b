//===- MachineType.h - Types of elements in the machine's memory *- C++ -*-===//

#ifndef COMPILER_DRIVER_TENSOR_MACHINETYPE_H
#define COMPILER_DRIVER_TENSOR_MACHINETYPE_H

#include "compiler-driver/Tensor/DType.h"
#include "mlir/IR/Types.h"

#include <optional>

namespace acc {

/// The type that elements of an MLIR type have at the border of a program;
/// nothing if such tensors cannot cross it. Signs of integers are not theirs.
std::optional<DType> getMachineType(mlir::Type type);

} // namespace acc

#endif // COMPILER_DRIVER_TENSOR_MACHINETYPE_H
