//===- FlexAttention.cpp - Attention with graphs in it --------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Tensor/TensorProto.h"

#include <cmath>

using namespace mlir;

namespace acc {

namespace {

/// What the graph makes of the value; the value itself without one.
OnnxValue modify(ImportContext &context, StringRef attribute,
                 const OnnxValue &value) {
  if (!context.hasAttr(attribute)) {
    return value;
  }
  std::vector<OnnxValue> results =
      context.call(context.graphAttr(attribute), value);
  context.require(results.size() == 1 && results[0].shape == value.shape,
                  "the graph '" + attribute +
                      "' does not make one tensor of the shape " +
                      formatShape(value.shape));
  return cast(context, results[0], value.dtype);
}

void importFlexAttention(ImportContext &context) {
  OnnxValue q = context.in(0), k = context.in(1), v = context.in(2);
  std::string shapes = formatShape(q.shape) + ", " + formatShape(k.shape) +
                       " and " + formatShape(v.shape);
  context.require(q.rank() == 4 && k.rank() == 4 && v.rank() == 4 &&
                      k.shape[0] == q.shape[0] && v.shape[0] == q.shape[0] &&
                      k.shape[1] > 0 && q.shape[1] % k.shape[1] == 0 &&
                      v.shape[1] == k.shape[1] && v.shape[2] == k.shape[2] &&
                      k.shape[3] == q.shape[3],
                  "query, key and value have shapes " + shapes +
                      " (batch, heads, length, size)");
  int64_t heads = k.shape[1], group = q.shape[1] / heads;
  double scale =
      context.floatAttr("scale", 1.0 / std::sqrt(double(q.shape[3])));
  DType wide = q.dtype == DType::F64 ? DType::F64 : DType::F32;
  int64_t requested = context.intAttr("softmax_precision", 0);
  if (requested != 0) {
    std::optional<DType> type = getDTypeFromOnnx(static_cast<int>(requested));
    context.require(type && isFloat(*type),
                    "attribute 'softmax_precision' is " +
                        getOnnxTypeName(static_cast<int>(requested)) +
                        "; a float is expected");
    wide = *type;
  }
  Shape split{q.shape[0], heads, group, q.shape[2], q.shape[3]};
  // Loops: 0 batch, 1 key head, 2 group, 3 query, 4 key, 5 size.
  OnnxValue product =
      contract(context, reshape(context, q, split), {0, 1, 2, 3, 5}, k,
               {0, 1, 4, 5}, {0, 1, 2, 3, 4});
  OnnxValue scores = elementwise(
      context, product, wide,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) { return x[0] * scale; });
  Shape square{q.shape[0], q.shape[1], q.shape[2], k.shape[2]};
  scores = modify(context, "score_mod", reshape(context, scores, square));
  OnnxValue weights = context.apply("Softmax", {scores},
                                    {{"axis", OnnxAttribute::ofInt(-1)}})[0];
  weights = modify(context, "prob_mod", weights);
  OnnxValue result = contract(
      context,
      reshape(context, weights,
              {q.shape[0], heads, group, q.shape[2], k.shape[2]}),
      {0, 1, 2, 3, 4}, cast(context, v, wide), {0, 1, 4, 5}, {0, 1, 2, 3, 5});
  context.out(cast(context,
                   reshape(context, result,
                           {q.shape[0], q.shape[1], q.shape[2], v.shape[3]}),
                   v.dtype));
}

} // namespace

void registerFlexAttentionOps(OpTable &table) {
  table["ai.onnx.preview.FlexAttention"] = importFlexAttention;
}

} // namespace acc
