//===- Passes.h - Division over the slices of a chip ------------*- C++ -*-===//

#ifndef PASSES_PARTITION_PASSES_H
#define PASSES_PARTITION_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::arith {
class ArithDialect;
}
namespace mlir::linalg {
class LinalgDialect;
}
namespace mlir::memref {
class MemRefDialect;
}
namespace mlir::shard {
class ShardDialect;
}
namespace mlir::tensor {
class TensorDialect;
}

namespace xpu {

class XPUDialect;

#define GEN_PASS_DECL
#include "passes/Partition/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/Partition/Passes.h.inc"

/// What xpu-choose-divisions takes as `parallel`.
bool isDivisionName(llvm::StringRef name);
inline constexpr llvm::StringLiteral kDivisionNames =
    "auto, none, rows, columns, grid or sums";

/// Makes shard.all_gather and shard.all_reduce xpu.exchange on buffers.
void registerCollectiveBufferization(mlir::DialectRegistry &registry);

} // namespace xpu

#endif // PASSES_PARTITION_PASSES_H
