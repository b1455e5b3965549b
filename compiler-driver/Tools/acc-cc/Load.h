//===- Load.h - From an input file to a module ------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_ACC_CC_LOAD_H
#define COMPILER_DRIVER_ACC_CC_LOAD_H

#include "compiler-driver/Tools/acc-cc/Compile.h"

namespace xpu {

/// Reads an ONNX model or MLIR of any stage that --emit prints. What is
/// compiled is the module's function 'main', and its only one.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
loadModule(mlir::MLIRContext &context, const CompileOptions &options);

/// How far a module has come: the stage whose output it could be.
Stage findStage(mlir::ModuleOp module);

} // namespace xpu

#endif // COMPILER_DRIVER_ACC_CC_LOAD_H
