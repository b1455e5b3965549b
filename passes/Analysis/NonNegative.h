//===- NonNegative.h - Floats that are no less than zero --------*- C++ -*-===//

#ifndef PASSES_ANALYSIS_NONNEGATIVE_H
#define PASSES_ANALYSIS_NONNEGATIVE_H

#include "mlir/IR/Value.h"

namespace xpu {

/// Whether each element of a tensor of floats is known to be 0 (of either sign)
/// or more, or no number: from what makes it, through views, fills and
/// elementwise work. Such an element is its own magnitude. In time that does
/// not grow with the graph: it looks a few operations back.
bool isNonNegative(mlir::Value tensor);

} // namespace xpu

#endif // PASSES_ANALYSIS_NONNEGATIVE_H
