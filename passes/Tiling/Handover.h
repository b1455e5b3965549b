//===- Handover.h - Values between stages, tile by tile ---------*- C++ -*-===//

#ifndef PASSES_TILING_HANDOVER_H
#define PASSES_TILING_HANDOVER_H

#include "dialects/Target/Target.h"
#include "mlir/IR/PatternMatch.h"

namespace xpu {

/// Makes broadcasts of tiles of a rack.send or rack.receive, and erases it;
/// `bodyCommands` as in Passes.h.
mlir::LogicalResult tileHandover(mlir::RewriterBase &rewriter,
                                 mlir::Operation *op, const acc::Target &target,
                                 int64_t bodyCommands);

} // namespace xpu

#endif // PASSES_TILING_HANDOVER_H
