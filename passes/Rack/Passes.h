//===- Passes.h - Placement on the rack -------------------------*- C++ -*-===//

#ifndef PASSES_RACK_PASSES_H
#define PASSES_RACK_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir::func {
class FuncDialect;
}
namespace mlir::tensor {
class TensorDialect;
}
namespace xpu {
class XPUDialect;
}

namespace acc::rack {
class RackDialect;

#define GEN_PASS_DECL
#include "passes/Rack/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/Rack/Passes.h.inc"

/// A constant, an empty tensor, or a fill with a constant: made where it is
/// used instead of being moved.
bool isRematerializable(mlir::Operation *op);

} // namespace acc::rack

#endif // PASSES_RACK_PASSES_H
