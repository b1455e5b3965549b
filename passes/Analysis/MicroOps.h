//===- MicroOps.h - Operations that are one micro-operation -----*- C++ -*-===//

#ifndef PASSES_ANALYSIS_MICROOPS_H
#define PASSES_ANALYSIS_MICROOPS_H

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace xpu {

/// The sum of `max(a + b, +0)` in f32, if nothing else reads it: both are one
/// micro-operation (FADDRELU). Null if `op` is something else.
mlir::arith::AddFOp matchAddRelu(mlir::Operation *op);

/// A number that takes the place of a NaN (FNUM).
struct NaNReplacement {
  mlir::arith::CmpFOp test; ///< Only the selection reads it.
  mlir::Value value, number;
};

/// Whether `op` selects `number` where `value` is NaN, and `value` elsewhere.
std::optional<NaNReplacement> matchNaNReplacement(mlir::Operation *op);

/// Micro-operations of a body, about: functions that are several count as one,
/// and casts as none.
unsigned countMicroOps(mlir::Block &body);

} // namespace xpu

#endif // PASSES_ANALYSIS_MICROOPS_H
