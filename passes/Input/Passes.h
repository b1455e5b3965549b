//===- Passes.h - Tensors into forms that tiling knows ----------*- C++ -*-===//

#ifndef PASSES_INPUT_PASSES_H
#define PASSES_INPUT_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace acc::model {
class ModelDialect;
}
namespace mlir::affine {
class AffineDialect;
}
namespace mlir::arith {
class ArithDialect;
}
namespace mlir {
class RewriterBase;
}
namespace mlir::bufferization {
class BufferizationDialect;
}
namespace mlir::linalg {
class GenericOp;
class LinalgDialect;
} // namespace mlir::linalg
namespace mlir::math {
class MathDialect;
}
namespace mlir::scf {
class SCFDialect;
}
namespace mlir::tensor {
class TensorDialect;
}

namespace xpu {
class XPUDialect;

/// Operations that rolled layers must save: what is carried goes through HBM
/// from iteration to iteration, which small models do without.
inline constexpr int64_t kMinSavedOps = 12;

/// Replaces inputs that are read backwards (`7 - i`) by what a table read makes
/// of them.
void turnReversedSubscripts(mlir::RewriterBase &rewriter,
                            mlir::linalg::GenericOp op);

#define GEN_PASS_DECL
#include "passes/Input/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/Input/Passes.h.inc"
} // namespace xpu

#endif // PASSES_INPUT_PASSES_H
