//===- SplitReduction.h - Reductions of fewer streams -----------*- C++ -*-===//

#ifndef PASSES_SUPPORT_SPLITREDUCTION_H
#define PASSES_SUPPORT_SPLITREDUCTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace xpu {

/// Input streams of an operation: its inputs, and the loop indices it reads.
unsigned countStreams(mlir::linalg::GenericOp op);

/// A reduction with too many streams becomes an elementwise operation over its
/// whole loop space, which can be cut further, and a plain reduction, which is
/// returned. Fails if it is not of the form that matchReduction finds.
mlir::FailureOr<mlir::linalg::GenericOp>
splitReduction(mlir::RewriterBase &rewriter, mlir::linalg::GenericOp op);

} // namespace xpu

#endif // PASSES_SUPPORT_SPLITREDUCTION_H
