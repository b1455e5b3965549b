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

namespace acc::rack {
class RackDialect;
}

namespace xpu {

class XPUDialect;

#define GEN_PASS_DECL
#include "passes/Partition/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/Partition/Passes.h.inc"

/// Makes collectives of the shard dialect xpu.exchange on buffers, and
/// rack.send and rack.receive work on buffers.
void registerCollectiveBufferization(mlir::DialectRegistry &registry);

} // namespace xpu

#endif // PASSES_PARTITION_PASSES_H
