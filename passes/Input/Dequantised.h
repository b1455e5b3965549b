//===- Dequantised.h - Tensors that are codes times a scale -----*- C++ -*-===//

#ifndef PASSES_INPUT_DEQUANTISED_H
#define PASSES_INPUT_DEQUANTISED_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"

namespace xpu {

/// `(codes - zero) · scale`, element by element, as f32.
struct Dequantised {
  mlir::Value codes; ///< Integers of 8 bits.
  bool isUnsigned = false;
  int64_t zero = 0;
  float scale = 1;
  /// Instead of `scale`: one for each index of dimension `dim`.
  mlir::Value scales;
  int64_t dim = 0;
};

/// Codes may be integers of any size here.
std::optional<Dequantised> matchDequantised(mlir::linalg::GenericOp op);

/// `value` as codes, moved as it is (transposed, reshaped, cut, put into larger
/// tensors of the number `padding`, which is 0 or minus infinity: the least
/// code). May make operations that have no use, if there is no such form.
std::optional<Dequantised> traceDequantised(mlir::RewriterBase &rewriter,
                                            mlir::Value value, float padding);

/// The operation that dequantises.
mlir::Value makeDequantised(mlir::OpBuilder &builder, mlir::Location loc,
                            const Dequantised &from);

/// Replaces `op` by a constant if it dequantises one.
void foldDequantised(mlir::RewriterBase &rewriter, mlir::linalg::GenericOp op);

} // namespace xpu

#endif // PASSES_INPUT_DEQUANTISED_H
