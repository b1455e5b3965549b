//===- Reduction.h - What a reduction combines ------------------*- C++ -*-===//

#ifndef PASSES_ANALYSIS_REDUCTION_H
#define PASSES_ANALYSIS_REDUCTION_H

#include "dialects/ISA/Isa.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <optional>

namespace xpu {

/// A reduction with one result whose body ends in
/// `running = combiner(running, element)`, in any order of operands.
struct Reduction {
  mlir::Operation *combiner = nullptr;
  mlir::Value element; ///< Does not depend on the running value.
};

/// Fails on operations of another form.
mlir::FailureOr<Reduction> matchReduction(mlir::linalg::LinalgOp op);

/// The vector unit's micro-operation for a combiner, none if it has no single
/// one.
std::optional<isa::Uop> getCombinerUop(mlir::Operation *combiner);

/// What a part of a reduction starts from so that it can be combined with other
/// parts; null for combiners that have no micro-operation.
mlir::TypedAttr getNeutralElement(mlir::Operation *combiner);

} // namespace xpu

#endif // PASSES_ANALYSIS_REDUCTION_H
