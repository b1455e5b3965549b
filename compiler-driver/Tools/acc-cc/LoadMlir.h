//===- LoadMlir.h - MLIR as people have it ----------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_ACC_CC_LOADMLIR_H
#define COMPILER_DRIVER_ACC_CC_LOADMLIR_H

#include "compiler-driver/Tools/acc-cc/Compile.h"

namespace xpu {

/// The name of the function that is compiled, whatever it is in the file.
inline constexpr llvm::StringLiteral kMainFunction = "main";

/// Reads MLIR as text or bytecode, and turns the function that is asked for
/// into one of linalg on tensors of static shapes, unless it is past that.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
loadMlir(mlir::MLIRContext &context, const CompileOptions &options);

} // namespace xpu

#endif // COMPILER_DRIVER_ACC_CC_LOADMLIR_H
