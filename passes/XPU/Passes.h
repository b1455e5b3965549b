//===- Passes.h - Placement and order of commands ---------------*- C++ -*-===//

#ifndef PASSES_XPU_PASSES_H
#define PASSES_XPU_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::memref {
class MemRefDialect;
}

namespace xpu {
class XPUDialect;

#define GEN_PASS_DECL
#include "passes/XPU/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/XPU/Passes.h.inc"
} // namespace xpu

#endif // PASSES_XPU_PASSES_H
