//===- Quantisation.h - Rounding to integers of 8 bits ----------*- C++ -*-===//

#ifndef PASSES_INPUT_QUANTISATION_H
#define PASSES_INPUT_QUANTISATION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"

namespace xpu {

/// `number / scale`, rounded to the nearest integer (a tie to the even one),
/// plus `zero`, saturated to integers of 8 bits: ONNX's QuantizeLinear.
struct Quantisation {
  mlir::Value number; ///< In the body.
  float scale = 1;
  int64_t zero = 0;
  bool isUnsigned = false;

  int64_t least() const { return isUnsigned ? 0 : -128; }
  int64_t largest() const { return isUnsigned ? 255 : 127; }
  /// The result for a number.
  int64_t apply(float x) const;
};

std::optional<Quantisation> matchQuantisation(mlir::linalg::GenericOp op);

/// Does the same in fewer operations: numbers are clamped first, and the
/// quotient is the product with a reciprocal, corrected by its remainder, if
/// that is found to round as the quotient wherever it comes close to a tie.
void shortenQuantisation(mlir::RewriterBase &rewriter,
                         mlir::linalg::GenericOp op, const Quantisation &from);

/// Numbers that are quantised and dequantised by one operation of the vector
/// unit are integers as floats in between.
void populateQuantisationPatterns(mlir::RewritePatternSet &patterns);

} // namespace xpu

#endif // PASSES_INPUT_QUANTISATION_H
