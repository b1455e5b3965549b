//===- HostRunner.h - Run an imported module on the host CPU ----*- C++ -*-===//
//
// Compiles the function `main` of a module of linalg on tensors for the host
// and runs it. It is the fallback for what the accelerator cannot do, and the
// reference in tests.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_HOST_HOSTRUNNER_H
#define ACC_COMPILER_DRIVER_HOST_HOSTRUNNER_H

#include "compiler-driver/Tensor/HostTensor.h"

#include "llvm/Support/Error.h"

#include <memory>

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace acc {

/// A module compiled for the host; may run any number of times.
class HostProgram {
public:
  /// Compiles `main` of `module`, which is not changed.
  static llvm::Expected<std::unique_ptr<HostProgram>>
  compile(mlir::ModuleOp module);

  ~HostProgram();

  /// Runs with one tensor for each argument, in order. Types are those of
  /// `acc.dtype` where that is given: a 64-bit integer input is converted to
  /// the 32 bits of the machine, and refused if a value does not fit.
  llvm::Expected<std::vector<HostTensor>>
  run(llvm::ArrayRef<HostTensor> inputs);

private:
  HostProgram();

  struct Implementation;
  std::unique_ptr<Implementation> implementation;
};

/// Compiles and runs once.
llvm::Expected<std::vector<HostTensor>>
runOnHost(mlir::ModuleOp module, llvm::ArrayRef<HostTensor> inputs);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_HOST_HOSTRUNNER_H
