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

/// Commands that one operation writes out in the body of a loop, about;
/// programs grow with them. The sums of a tile of a product are written out up
/// to kSumCommands times as many, so that its tiles overlap: only iterations of
/// innermost loops do.
inline constexpr int64_t kBodyCommands = 32;
inline constexpr int64_t kSumCommands = 5;

/// Of a module: a dictionary of the ranks of products' tiles, by the names of
/// their nodes (see xpu-tile-to-scratchpad).
inline constexpr llvm::StringLiteral kTileRanksAttr = "xpu.tile_ranks";

#define GEN_PASS_DECL
#include "passes/Tiling/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/Tiling/Passes.h.inc"

} // namespace xpu

#endif // PASSES_TILING_PASSES_H
