//===- Passes.h - Passes on the way to one slice's program ------*- C++ -*-===//

#ifndef PASSES_XPU_PASSES_H
#define PASSES_XPU_PASSES_H

#include "dialects/Target/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Pass/Pass.h"

namespace mlir::arith {
class ArithDialect;
}
namespace mlir::bufferization {
class BufferizationDialect;
}
namespace mlir::memref {
class MemRefDialect;
}
namespace mlir::tensor {
class TensorDialect;
}

namespace xpu {
class XPUDialect;

#define GEN_PASS_DECL
#include "passes/XPU/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/XPU/Passes.h.inc"

/// Loads the target of a pass option, or, if that is empty, of the module
/// around `op`; reports at `op`.
mlir::FailureOr<acc::Target> loadTargetFor(mlir::Operation *op,
                                           llvm::StringRef name);

/// Tiles one operation; the function behind xpu-tile-to-scratchpad.
mlir::LogicalResult tileToScratchpad(mlir::RewriterBase &rewriter,
                                     mlir::linalg::LinalgOp op,
                                     const acc::Target &target);
} // namespace xpu

#endif // PASSES_XPU_PASSES_H
