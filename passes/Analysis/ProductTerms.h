//===- ProductTerms.h - Products of wide numbers in bf16 terms --*- C++ -*-===//

#ifndef PASSES_ANALYSIS_PRODUCTTERMS_H
#define PASSES_ANALYSIS_PRODUCTTERMS_H

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace xpu {

/// Formats in which the matrix unit reads the two operands, for each of the
/// commands whose products are added.
using ProductTerms = llvm::SmallVector<std::pair<FormatKind, FormatKind>>;

/// The terms of a contraction's products, the smallest first, when its input
/// `stationary` is the weights; fails if the matrix unit does not multiply
/// numbers of these types. Six of the nine products of f32
/// terms reach 2^-24; f16 operands need all four.
mlir::FailureOr<ProductTerms> getProductTerms(mlir::linalg::LinalgOp op,
                                              unsigned stationary);

} // namespace xpu

#endif // PASSES_ANALYSIS_PRODUCTTERMS_H
