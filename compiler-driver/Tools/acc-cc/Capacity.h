//===- Capacity.h - What a target is too small for --------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_ACC_CC_CAPACITY_H
#define COMPILER_DRIVER_ACC_CC_CAPACITY_H

#include "compiler-driver/Tools/acc-cc/Compile.h"

namespace xpu {

/// An error if a graph's arguments, results and constants alone exceed the
/// memory of the target, or of all its slices together. Known from the types,
/// so it is said before any work; what lies between them is the memory
/// planner's.
llvm::Error checkCapacity(mlir::ModuleOp graph, const acc::Boundary &boundary,
                          const acc::Machine &machine,
                          const CompileOptions &options);

} // namespace xpu

#endif // COMPILER_DRIVER_ACC_CC_CAPACITY_H
