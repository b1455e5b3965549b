//===- LinalgToXPU.h - Instruction selection --------------------*- C++ -*-===//

#ifndef PASSES_LINALGTOXPU_LINALGTOXPU_H
#define PASSES_LINALGTOXPU_LINALGTOXPU_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::memref {
class MemRefDialect;
}

namespace xpu {
class XPUDialect;

#define GEN_PASS_DECL
#include "passes/LinalgToXPU/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/LinalgToXPU/Passes.h.inc"

} // namespace xpu

#endif // PASSES_LINALGTOXPU_LINALGTOXPU_H
