//===- Lowering.h - Building blocks of the importer -------------*- C++ -*-===//
//
// Internal to the importer: creates the linalg and tensor operations of which
// every ONNX operator is made.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_ONNX_LOWERING_H
#define ACC_COMPILER_DRIVER_ONNX_LOWERING_H

#include "compiler-driver/Import/Onnx/ImportContext.h"
#include "compiler-driver/Import/Onnx/Scalar.h"

namespace acc {

/// A body in the types that bodies compute in: f32, i32, i1.
using Body = llvm::function_ref<Scalar(mlir::ImplicitLocOpBuilder &,
                                       llvm::ArrayRef<Scalar>)>;

//===--- Views (Views.cpp) ------------------------------------------------===//

/// The value as a plain tensor of its ONNX shape.
mlir::Value materialize(ImportContext &context, const OnnxValue &value);
/// The same, as a value.
OnnxValue plain(ImportContext &context, const OnnxValue &value);
/// Makes `base` of a constant; leaves other values alone.
OnnxValue withBase(ImportContext &context, const OnnxValue &value);

OnnxValue reshape(ImportContext &context, const OnnxValue &value,
                  llvm::ArrayRef<int64_t> shape);
OnnxValue transpose(ImportContext &context, const OnnxValue &value,
                    llvm::ArrayRef<int64_t> permutation);
/// Inserts dimensions of size 1 at the (sorted) positions in the result.
OnnxValue unsqueeze(ImportContext &context, const OnnxValue &value,
                    llvm::ArrayRef<int64_t> axes);
/// Removes dimensions of size 1.
OnnxValue squeeze(ImportContext &context, const OnnxValue &value,
                  llvm::ArrayRef<int64_t> axes);
/// Broadcasts to `shape`, aligned at the last dimension.
OnnxValue broadcastTo(ImportContext &context, const OnnxValue &value,
                      llvm::ArrayRef<int64_t> shape);
/// The common shape of a broadcast; fails if there is none.
Shape broadcastShapes(ImportContext &context, llvm::ArrayRef<OnnxValue> values);

//===--- Data movement (Movement.cpp) -------------------------------------===//

/// Parts of a table along `axis`, by their numbers, of which negative ones
/// count from the end: i32, within the table.
OnnxValue gather(ImportContext &context, const OnnxValue &table,
                 const OnnxValue &indices, int64_t axis);

/// Positive steps only.
OnnxValue slice(ImportContext &context, const OnnxValue &value,
                llvm::ArrayRef<int64_t> starts, llvm::ArrayRef<int64_t> sizes,
                llvm::ArrayRef<int64_t> steps = {});
/// Elements [start, start + size) of one axis.
OnnxValue sliceAxis(ImportContext &context, const OnnxValue &value,
                    int64_t axis, int64_t start, int64_t size);
/// Reverses the order along the axes.
OnnxValue reverse(ImportContext &context, const OnnxValue &value,
                  llvm::ArrayRef<int64_t> axes);
OnnxValue concat(ImportContext &context, llvm::ArrayRef<OnnxValue> values,
                 int64_t axis);
/// Pads with a constant; negative amounts crop.
OnnxValue pad(ImportContext &context, const OnnxValue &value,
              llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
              double number);

//===--- Computation (Lowering.cpp) ---------------------------------------===//

/// Applies `body` to each element, with broadcasting; the result has type
/// `type`. With `shape`, the result has that shape. With `raw`, the body
/// returns that storage type itself. `range` is what the integers of the result
/// may be; without it they are no larger than those of the inputs.
OnnxValue elementwise(ImportContext &context, llvm::ArrayRef<OnnxValue> inputs,
                      DType type, Body body,
                      std::optional<Shape> shape = std::nullopt,
                      mlir::Type raw = nullptr,
                      std::optional<IntRange> range = std::nullopt);

/// Converts the element type.
OnnxValue cast(ImportContext &context, const OnnxValue &value, DType type);

enum class Reduction { Sum, Max, Min, Product };

/// Reduces over `axes` (sorted) what `body` makes of the broadcast inputs;
/// without a body, the one input itself. Accumulates in f32 (i32 if all inputs
/// are integers), or in `accumulator`, which is also the result's type; the
/// reduced dimensions are gone. `range` is what an integer result may be; if 32
/// bits may not hold it, it is an i64.
OnnxValue reduce(ImportContext &context, llvm::ArrayRef<OnnxValue> inputs,
                 llvm::ArrayRef<int64_t> axes, Reduction kind,
                 Body body = nullptr,
                 std::optional<DType> accumulator = std::nullopt,
                 std::optional<IntRange> range = std::nullopt);

/// Sum of products over the loops that `outLoops` lacks. Loop numbers name the
/// dimensions of the operands, as letters do in Einstein notation. The result
/// is f32 (i32 for integers), in the order of `outLoops`.
OnnxValue contract(ImportContext &context, const OnnxValue &a,
                   llvm::ArrayRef<unsigned> aLoops, const OnnxValue &b,
                   llvm::ArrayRef<unsigned> bLoops,
                   llvm::ArrayRef<unsigned> outLoops);

/// An 8-bit operand minus its zero point, as i32. A zero point that is a vector
/// gets dimensions of size 1 at the positions `trailing`.
OnnxValue centered(ImportContext &context, unsigned input, unsigned zeroPoint,
                   llvm::ArrayRef<int64_t> trailing);

/// ONNX MatMul: batch dimensions broadcast. The result is f32 or i32.
OnnxValue matmul(ImportContext &context, const OnnxValue &a,
                 const OnnxValue &b);

/// Refuses integers whose signed order is not their order.
void requireOrder(ImportContext &context, const OnnxValue &value);

/// Indices in 32 bits; those that do not fit stay out of range.
OnnxValue narrowIndices(ImportContext &context, const OnnxValue &indices);

/// A constant scalar of type `type`.
OnnxValue scalarConstant(DType type, double number);

/// f32 for floats, int32 for integers, bool for bool: the type in which bodies
/// compute.
DType getComputeType(DType type);

/// What a windowed operation (convolution or pooling) reads.
struct Window {
  Shape strides, dilations, kernel, out;
};

/// The maps of a loop nest (outer..., out spatial..., kernel spatial...) over
/// a padded input (outer..., spatial...): builds
/// acc = combine(acc, input) over the window. `outer` leading dimensions.
OnnxValue reduceWindow(ImportContext &context, const OnnxValue &input,
                       int64_t outer, const Window &window, Reduction kind);

/// Convolution of a padded input [n, g, c, spatial...] with weights
/// [g, f, c, kernel...] into [n, g, f, out...], f32 or i32.
OnnxValue convolve(ImportContext &context, const OnnxValue &input,
                   const OnnxValue &weights, const Window &window);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_ONNX_LOWERING_H
