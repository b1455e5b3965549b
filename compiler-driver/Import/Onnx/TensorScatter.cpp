//===- TensorScatter.cpp - Write rows of a cache --------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace acc {

namespace {

/// Cache rows from `first`, one for each batch, on are those of the update.
void importTensorScatter(ImportContext &context) {
  OnnxValue past = context.in(0), update = context.in(1);
  int64_t axis =
      context.normalizeAxis(context.intAttr("axis", -2), past.rank());
  std::string mode = context.stringAttr("mode", "linear");
  context.require(mode == "linear" || mode == "circular",
                  "attribute 'mode' is '" + mode +
                      "'; 'linear' or 'circular' is expected");
  Shape expected = past.shape;
  expected[axis] = update.shape[axis];
  context.require(
      axis > 0 && update.dtype == past.dtype && update.shape == expected &&
          update.shape[axis] <= past.shape[axis],
      "a cache of shape " + formatShape(past.shape) +
          " does not take an update of shape " + formatShape(update.shape));
  int64_t batch = past.shape[0], rows = past.shape[axis];
  int64_t fresh = update.shape[axis];
  OnnxValue first = makeConstant(context.makeZeros("", DType::I32, {batch}));
  if (context.has(2)) {
    first = narrowIndices(context, context.in(2));
    context.require(first.rank() == 1 && first.shape[0] == batch,
                    "the positions have shape " + formatShape(first.shape) +
                        "; [" + Twine(batch) + "] is expected");
  }
  // The row of the update for each of the cache, or none.
  OnnxValue from = elementwise(
      context, unsqueeze(context, cast(context, first, DType::I32), {1}),
      DType::I32,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
        Scalar row = loopIndex(b, 1) - x[0];
        if (mode == "linear") {
          return row;
        }
        Scalar zero = row.constant(0);
        return select(compareScalars(Comparison::Less, row, zero),
                      row + static_cast<double>(rows), row);
      },
      Shape{batch, rows});
  OnnxValue row = elementwise(
      context, from, DType::I32,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
        return minimum(maximum(x[0], x[0].constant(0)),
                       x[0].constant(static_cast<double>(fresh - 1)));
      });
  // The cache as [outer, rows, inner], the update as a table of rows.
  int64_t outer = 1, inner = 1;
  for (int64_t i = 0; i < past.rank(); ++i) {
    outer *= i < axis ? past.shape[i] : 1;
    inner *= i > axis ? past.shape[i] : 1;
  }
  OnnxValue place = elementwise(
      context, reshape(context, row, {batch, 1, rows}), DType::I32,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
        Scalar block = loopIndex(b, 0) * static_cast<double>(outer / batch) +
                       loopIndex(b, 1);
        return block * static_cast<double>(fresh) + x[0];
      },
      Shape{batch, outer / batch, rows});
  place = reshape(context, place, {outer, rows, 1});
  Value table =
      materialize(context, reshape(context, update, {outer * fresh, inner}));
  Shape flat{outer, rows, inner};
  OnnxValue taken = elementwise(
      context, place, past.dtype,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
        Value position[] = {
            arith::IndexCastOp::create(b, b.getIndexType(), x[0].value),
            linalg::IndexOp::create(b, 2)};
        return Scalar{&b, tensor::ExtractOp::create(b, table, position)};
      },
      flat, getElementTypeOrSelf(table.getType()));
  OnnxValue steps =
      broadcastTo(context, reshape(context, from, {batch, 1, rows}),
                  {batch, outer / batch, rows});
  OnnxValue operands[] = {reshape(context, steps, {outer, rows, 1}), taken,
                          reshape(context, past, flat)};
  OnnxValue result = elementwise(
      context, operands, past.dtype,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
        Scalar inside = logicalAnd(
            compareScalars(Comparison::GreaterEqual, x[0], x[0].constant(0)),
            compareScalars(Comparison::Less, x[0],
                           x[0].constant(static_cast<double>(fresh))));
        return select(inside, x[1], x[2]);
      },
      flat);
  context.out(reshape(context, result, past.shape));
}

} // namespace

void registerTensorScatterOps(OpTable &table) {
  table["TensorScatter"] = importTensorScatter;
}

} // namespace acc
