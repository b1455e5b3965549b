//===- Boundary.h - Types at the border of the machine ----------*- C++ -*-===//
//
// What the arguments and results of an imported function are called, which
// types they have for the user and which on the machine, and the conversions.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_HOST_BOUNDARY_H
#define ACC_COMPILER_DRIVER_HOST_BOUNDARY_H

#include "compiler-driver/Tensor/HostTensor.h"

#include "llvm/Support/Error.h"

namespace mlir {
class ModuleOp;
} // namespace mlir
namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace acc {

/// One argument or result of `main`.
struct BoundaryTensor {
  std::string name;
  /// The type in the user's files.
  DType dtype = DType::F32;
  /// The type on the machine: f32, f16, bf16, i32, i8 or bool.
  DType machineType = DType::F32;
  std::vector<int64_t> shape;
  /// The module was compiled for these values only (`acc.value`, the keys of a
  /// tensor).
  std::optional<std::vector<int64_t>> requiredValues;
};

/// The signature of an imported function.
struct Boundary {
  std::vector<BoundaryTensor> inputs, outputs;
};

/// The name of an argument in the user's files: `acc.name`, or `input_N`.
std::string getArgumentName(mlir::func::FuncOp func, unsigned index);

/// The function `main`, or the only one; null if there is neither.
mlir::func::FuncOp findMain(mlir::ModuleOp module);

/// Reads the signature of findMain's function.
llvm::Expected<Boundary> readBoundary(mlir::ModuleOp module);

/// Checks `tensor` against `spec` and converts it to the machine's type. A
/// 64-bit integer that does not fit 32 bits is an error.
llvm::Expected<HostTensor> toMachine(const HostTensor &tensor,
                                     const BoundaryTensor &spec);

/// Converts a result from the machine's type to the user's.
HostTensor fromMachine(const HostTensor &tensor, const BoundaryTensor &spec);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_HOST_BOUNDARY_H
