//===- Contraction.h - What the matrix unit computes ------------*- C++ -*-===//

#ifndef PASSES_ANALYSIS_CONTRACTION_H
#define PASSES_ANALYSIS_CONTRACTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "passes/Analysis/StaticView.h"

namespace xpu {

/// Loop dimensions of out[m, n] += a[m, k] * w[n, k] by what they index; batch
/// dimensions index all three. Dimensions may meet in one subscript, as in a
/// convolution (m · stride + k).
struct ContractionDims {
  llvm::SmallVector<unsigned> batch;
  llvm::SmallVector<unsigned> m; ///< In operand 0 and the result.
  llvm::SmallVector<unsigned> n; ///< In operand 1 and the result.
  llvm::SmallVector<unsigned> k; ///< In both operands, not in the result.
};

/// Recognises a body of multiply and add (with widening casts) over two inputs
/// into an f32 result, or over 8-bit integers into an i32 result, with loop
/// dimensions as above, or one of `xpu.block_dot`.
mlir::FailureOr<ContractionDims> matchContraction(mlir::linalg::LinalgOp op);

/// Whether a contraction is one of blocks with scales; then inputs 2 and 3 are
/// the scales of inputs 0 and 1.
bool isBlockProduct(mlir::linalg::LinalgOp op);

/// The same with a result of any type of floats.
mlir::FailureOr<ContractionDims>
matchFloatContraction(mlir::linalg::LinalgOp op);

/// Whether the body takes the integers of an input for unsigned ones.
bool widensUnsigned(mlir::linalg::LinalgOp op, unsigned input);

/// Coefficients of a linear expression in the loop dimensions; fails if it is
/// not linear.
mlir::FailureOr<llvm::SmallVector<int64_t>>
getCoefficients(mlir::AffineExpr expr, unsigned numDims, int64_t &constant);

/// Byte strides of a buffer by loop dimension under an indexing map; `offset`
/// gets the byte offset of the first element. Fails if the map is not linear.
mlir::FailureOr<llvm::SmallVector<int64_t>>
getLoopStrides(mlir::AffineMap map, const StaticView &view, int64_t &offset);

/// Name of the attribute with the constant that a reduction starts from,
/// instead of the contents of its result.
inline constexpr llvm::StringLiteral kInitialValueAttr = "xpu.initial_value";

/// Whether a reduction with this start value starts from +0, as accumulators
/// do; `start` may be null.
bool isZeroStart(mlir::Attribute start);

/// Name of the attribute that tiling puts on a contraction: the dimension that
/// runs over the columns of the array, and which operand is stationary.
inline constexpr llvm::StringLiteral kColumnDimAttr = "xpu.column_dim";
inline constexpr llvm::StringLiteral kStationaryAttr = "xpu.stationary";

/// Names of the attributes with a second dimension over the columns, if there
/// is one, outside the first: each of its iterations is a row of columns, and
/// so many columns lie from the begin of one row to that of the next. What the
/// array computes between rows is of no use.
inline constexpr llvm::StringLiteral kColumnRowDimAttr = "xpu.column_row_dim";
inline constexpr llvm::StringLiteral kColumnPitchAttr = "xpu.column_pitch";

/// Name of the attribute on elementwise work that is done with the results of
/// a contraction, tile by tile: the number of the operand with them.
inline constexpr llvm::StringLiteral kEpilogueAttr = "xpu.epilogue";
/// On a buffer in the scratchpad whose rows have a pitch: nothing is between
/// them, and anything may be written there.
inline constexpr llvm::StringLiteral kGapsAttr = "xpu.gaps";

/// Name of the attribute on elementwise work with one input, which an epilogue
/// writes: it is done with the epilogue's tiles, too.
inline constexpr llvm::StringLiteral kSecondEpilogueAttr =
    "xpu.second_epilogue";

} // namespace xpu

#endif // PASSES_ANALYSIS_CONTRACTION_H
