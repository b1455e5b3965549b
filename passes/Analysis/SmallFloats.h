//===- SmallFloats.h - Floats of fewer than nine bits -----------*- C++ -*-===//

#ifndef PASSES_ANALYSIS_SMALLFLOATS_H
#define PASSES_ANALYSIS_SMALLFLOATS_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Types.h"

namespace xpu {

/// Whether `type`, or its elements, are floats of at most eight bits.
bool isSmallFloat(mlir::Type type);

/// Whether the operation takes or makes small floats.
bool hasSmallFloat(mlir::Operation *op);

/// Whether a body widens or rounds small floats: a lane of the vector unit then
/// holds the number. In all other bodies it holds the code.
bool computesSmallFloats(mlir::Block &block);

/// Whether a body chooses among codes of small floats or looks at their bits:
/// infinities, NaN and formats without a conversion pass unchanged.
bool movesSmallFloats(mlir::Block &block);

} // namespace xpu

#endif // PASSES_ANALYSIS_SMALLFLOATS_H
