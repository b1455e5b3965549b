//===- Passes.h - Tensors into forms that tiling knows ----------*- C++ -*-===//

#ifndef PASSES_INPUT_PASSES_H
#define PASSES_INPUT_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::arith {
class ArithDialect;
}
namespace mlir::linalg {
class LinalgDialect;
}
namespace mlir::tensor {
class TensorDialect;
}

namespace xpu {
class XPUDialect;

#define GEN_PASS_DECL
#include "passes/Input/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/Input/Passes.h.inc"
} // namespace xpu

#endif // PASSES_INPUT_PASSES_H
