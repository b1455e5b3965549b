//===- Sample.cpp - Elements between the points of a grid -----------------===//

#include "compiler-driver/Import/Onnx/Sample.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace acc {

Scalar countInside(Scalar share, Scalar at, int64_t size) {
  Scalar inside =
      logicalAnd(compareScalars(Comparison::GreaterEqual, at, at.constant(0.0)),
                 compareScalars(Comparison::Less, at,
                                at.constant(static_cast<double>(size))));
  return select(inside, share, share.constant(0.0));
}

std::vector<Tap> linearTaps(ImportContext &context,
                            const OnnxValue &coordinates, int64_t size) {
  std::vector<Tap> taps;
  for (int64_t i = 0; i < 2; ++i) {
    double place = static_cast<double>(i);
    OnnxValue position = elementwise(
        context, coordinates, DType::I32,
        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
          Scalar at = apply(Function::Floor, v[0]) + place;
          return toInt(minimum(maximum(at, at.constant(0.0)),
                               at.constant(static_cast<double>(size - 1))));
        });
    OnnxValue weight = elementwise(
        context, coordinates, DType::F32,
        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
          Scalar low = apply(Function::Floor, v[0]);
          Scalar part = v[0] - low;
          return countInside(i == 0 ? -part + 1.0 : part, low + place, size);
        });
    taps.push_back({position, weight});
  }
  return taps;
}

OnnxValue combineTaps(ImportContext &context, ArrayRef<std::vector<Tap>> taps,
                      Reduction kind,
                      llvm::function_ref<OnnxValue(ArrayRef<OnnxValue>)> read) {
  size_t dims = taps.size();
  std::optional<OnnxValue> result;
  // Which tap of each dimension: a number that is counted up.
  SmallVector<size_t> digits(dims, 0);
  while (true) {
    SmallVector<OnnxValue> positions, operands;
    for (auto [dim, digit] : llvm::enumerate(digits)) {
      positions.push_back(taps[dim][digit].position);
      operands.push_back(taps[dim][digit].weight);
    }
    OnnxValue value = read(positions);
    operands.push_back(value);
    if (result) {
      operands.push_back(*result);
    }
    result = elementwise(
        context, operands, DType::F32,
        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
          Scalar product = toFloat(v[dims]);
          for (Scalar weight : v.take_front(dims)) {
            product = product * weight;
          }
          return v.size() == dims + 1     ? product
                 : kind == Reduction::Max ? maximum(v[dims + 1], product)
                                          : v[dims + 1] + product;
        },
        value.shape);
    size_t dim = dims;
    while (dim > 0 && ++digits[dim - 1] == taps[dim - 1].size()) {
      digits[--dim] = 0;
    }
    if (dim == 0) {
      return *result;
    }
  }
}

OnnxValue readAt(ImportContext &context, const OnnxValue &table,
                 ArrayRef<OnnxValue> positions, const Shape &shape,
                 const OnnxValue *first) {
  SmallVector<OnnxValue> operands(positions);
  if (first) {
    operands.push_back(*first);
  }
  Value source = materialize(context, table);
  size_t leading = table.rank() - positions.size();
  return elementwise(
      context, operands, table.dtype,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        auto toIndex = [&](Scalar position) -> Value {
          return arith::IndexCastOp::create(b, b.getIndexType(),
                                            position.value);
        };
        SmallVector<Value> subscripts;
        for (size_t dim = 0; dim < leading; ++dim) {
          subscripts.push_back(dim == 0 && first
                                   ? toIndex(v.back())
                                   : linalg::IndexOp::create(b, dim));
        }
        for (Scalar position : v.take_front(positions.size())) {
          subscripts.push_back(toIndex(position));
        }
        return Scalar{&b, tensor::ExtractOp::create(b, source, subscripts)};
      },
      shape, getElementTypeOrSelf(source.getType()));
}

} // namespace acc
