//===- HostPipeline.h - From linalg to the LLVM dialect ---------*- C++ -*-===//

#ifndef ACC_COMPILER_DRIVER_HOST_HOSTPIPELINE_H
#define ACC_COMPILER_DRIVER_HOST_HOSTPIPELINE_H

#include "llvm/Support/Error.h"

namespace mlir {
class MLIRContext;
class ModuleOp;
} // namespace mlir

namespace acc {

/// Registers what the pipeline needs in `context`.
void registerHostDialects(mlir::MLIRContext &context);

/// Lowers a module of linalg on tensors to the LLVM dialect. Results become
/// additional arguments, and every function gets a C wrapper.
llvm::Error lowerForHost(mlir::ModuleOp module);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_HOST_HOSTPIPELINE_H
