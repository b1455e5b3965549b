//===- HostModule.h - The functions that an object calls --------*- C++ -*-===//
//
// What the machine has no form for, as bytecode in the object (`.acc.host`),
// compiled for this CPU when it is first called.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_HOST_HOSTMODULE_H
#define ACC_COMPILER_DRIVER_HOST_HOSTMODULE_H

#include "compiler-driver/Runtime/HostRunner.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringMap.h"

namespace acc {

class HostModule {
public:
  /// Reads the bytecode of a module of functions on tensors.
  static llvm::Expected<std::unique_ptr<HostModule>>
  load(llvm::StringRef bytecode);

  /// Calls a function with tensors in the machine's types. An unknown name, or
  /// tensors that do not fit the signature, are errors.
  llvm::Expected<std::vector<HostTensor>>
  call(llvm::StringRef function, llvm::ArrayRef<HostTensor> inputs);

private:
  HostModule() = default;

  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  llvm::StringMap<std::unique_ptr<HostProgram>> programs;
};

} // namespace acc

#endif // ACC_COMPILER_DRIVER_HOST_HOSTMODULE_H
