//===- LoadTarget.h - The target that a pass works for ----------*- C++ -*-===//

#ifndef PASSES_ANALYSIS_LOADTARGET_H
#define PASSES_ANALYSIS_LOADTARGET_H

#include "dialects/Target/Machine.h"
#include "mlir/IR/BuiltinOps.h"

namespace xpu {

/// Loads the machine of a pass option, or, if that is empty, of the module
/// around `op`; reports at `op`.
mlir::FailureOr<acc::Machine> loadMachineFor(mlir::Operation *op,
                                             llvm::StringRef name);

/// The same; its slice.
mlir::FailureOr<acc::Target> loadTargetFor(mlir::Operation *op,
                                           llvm::StringRef name);

} // namespace xpu

#endif // PASSES_ANALYSIS_LOADTARGET_H
