//===- Quantize.h - Operands of matrix work in small formats ----*- C++ -*-===//
//
// What is constant is quantised by the compiler, the rest by the vector unit.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_INPUT_QUANTIZE_H
#define PASSES_INPUT_QUANTIZE_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/PatternMatch.h"

namespace xpu {

/// An elementwise operation with a result of `shape`, by default that of the
/// first input.
mlir::Value
makeElementwise(mlir::OpBuilder &builder, mlir::Location loc,
                mlir::ValueRange inputs, llvm::ArrayRef<mlir::AffineMap> maps,
                mlir::Type element,
                llvm::function_ref<mlir::Value(mlir::ImplicitLocOpBuilder &,
                                               mlir::ValueRange)>
                    body,
                llvm::ArrayRef<int64_t> shape = {});

/// The low 16 bits are those of `number`, an f32 below 2^22, rounded to the
/// nearest integer, a tie to the even one: one sum. Zero for a NaN.
mlir::Value roundToInteger(mlir::ImplicitLocOpBuilder &b, mlir::Value number);

/// The code of a small float, as i32.
mlir::Value getCode(mlir::ImplicitLocOpBuilder &b, mlir::Value number);

/// A tensor of floats of 8 bits or fewer as f32, and one of f8E8M0FNU.
mlir::Value widenCodes(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value tensor);
mlir::Value widenScales(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value tensor);

/// Bytes as blocks of `type` (xpu.blocks).
mlir::Value viewBlocks(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value bytes, mlir::FloatType type);

/// Values of f32 tensors in other formats, each made once.
class Quantizer {
public:
  /// What is quantised at run time is rounded to `kept` before, if there is
  /// one.
  explicit Quantizer(mlir::RewriterBase &rewriter, mlir::FloatType kept = {})
      : rewriter(rewriter), kept(kept) {}

  /// `value` rounded to nearest bf16 or f16.
  mlir::Value round(mlir::Value value, mlir::FloatType type);

  /// Values that were rounded, and what came of them, in the order of requests;
  /// constants left out.
  llvm::ArrayRef<std::pair<mlir::Value, mlir::Value>> getRounded() const {
    return roundedAtRunTime;
  }

  /// Numbers that are to be multiplied by a scale.
  struct Scaled {
    mlir::Value values;
    /// f32, with the dimensions of `values` that are not in `shared`, in order.
    mlir::Value scales;
  };
  /// `value` as integers of 8 bits or fp8, scaled by what makes the largest
  /// magnitude the format's largest; dimensions in `shared` have one scale.
  Scaled scale(mlir::Value value, llvm::ArrayRef<int64_t> shared,
               mlir::Type type);

  /// Blocks of 32 elements along one dimension.
  struct Blocks {
    /// The dimensions of the source without the one of the blocks; then that,
    /// and the bytes of a block (see viewBlocks).
    mlir::Value bytes;
    /// f8E8M0FNU, without the last dimension.
    mlir::Value scales;
  };
  /// `value` in a microscaling format (OCP 1.0): the scale of a block is the
  /// power of two of its largest magnitude, by that of the format's largest
  /// number; elements are rounded to nearest even and saturate. A last block
  /// that is not whole is padded with zeros.
  Blocks makeBlocks(mlir::Value value, int64_t dim, mlir::FloatType type);

private:
  mlir::RewriterBase &rewriter;
  mlir::FloatType kept;
  llvm::DenseMap<std::pair<mlir::Value, mlir::Type>, mlir::Value> rounded;
  llvm::SmallVector<std::pair<mlir::Value, mlir::Value>> roundedAtRunTime;
  llvm::DenseMap<std::tuple<mlir::Value, mlir::Attribute, mlir::Type>, Scaled>
      scaled;
  llvm::DenseMap<std::tuple<mlir::Value, int64_t, mlir::Type>, Blocks> blocks;

  mlir::Value keep(mlir::Value value);
  Scaled scaleConstant(mlir::Location loc, mlir::ElementsAttr constant,
                       llvm::ArrayRef<int64_t> shared, mlir::Type type);
  Scaled scaleAtRunTime(mlir::Value value, llvm::ArrayRef<int64_t> shared,
                        mlir::Type type);
  Blocks makeConstantBlocks(mlir::Location loc, mlir::ElementsAttr constant,
                            int64_t dim, mlir::FloatType type);
  Blocks makeBlocksAtRunTime(mlir::Value value, int64_t dim,
                             mlir::FloatType type);
};

} // namespace xpu

#endif // PASSES_INPUT_QUANTIZE_H
