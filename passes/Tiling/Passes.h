//===- Passes.h - Fusion, residency and tiles -------------------*- C++ -*-===//

#ifndef PASSES_TILING_PASSES_H
#define PASSES_TILING_PASSES_H

#include "dialects/Target/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Pass/Pass.h"

namespace mlir::affine {
class AffineDialect;
}
namespace mlir::arith {
class ArithDialect;
}
namespace mlir::bufferization {
class BufferizationDialect;
}
namespace mlir::memref {
class MemRefDialect;
}
namespace mlir::scf {
class SCFDialect;
}

namespace xpu {
class XPUDialect;

#define GEN_PASS_DECL
#include "passes/Tiling/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/Tiling/Passes.h.inc"

/// Tiles one operation; the function behind xpu-tile-to-scratchpad.
mlir::LogicalResult tileToScratchpad(mlir::RewriterBase &rewriter,
                                     mlir::linalg::LinalgOp op,
                                     const acc::Target &target);
} // namespace xpu

#endif // PASSES_TILING_PASSES_H
