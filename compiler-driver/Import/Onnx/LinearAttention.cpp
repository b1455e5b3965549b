//===- LinearAttention.cpp - Layers with a state --------------------------===//
//
// Linear attention as its recurrence, unrolled over the steps, and the causal
// convolution in front of it.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

#include <cmath>

using namespace mlir;

namespace acc {

namespace {

/// [b, t, heads * d] as [b, heads, t, d], in f32.
OnnxValue byHead(ImportContext &context, const OnnxValue &x, int64_t heads,
                 StringRef what) {
  context.require(x.rank() == 3 && heads > 0 && x.shape[2] % heads == 0,
                  what + " has shape " + formatShape(x.shape) +
                      "; [batch, steps, " + Twine(heads) +
                      " heads * size] is expected");
  OnnxValue split =
      reshape(context, x, {x.shape[0], x.shape[1], heads, x.shape[2] / heads});
  return cast(context, transpose(context, split, {0, 2, 1, 3}), DType::F32);
}

OnnxValue combine(ImportContext &context, ArrayRef<OnnxValue> operands,
                  Body body) {
  return elementwise(context, operands, DType::F32, body);
}

void importLinearAttention(ImportContext &context) {
  std::string rule = context.stringAttr("update_rule", "gated_delta");
  bool gated = rule == "gated" || rule == "gated_delta";
  bool delta = rule == "delta" || rule == "gated_delta";
  context.require(gated || delta || rule == "linear",
                  "attribute 'update_rule' is '" + rule +
                      "'; 'linear', 'gated', 'delta' or 'gated_delta' is "
                      "expected");
  context.require(gated == context.has(4) && delta == context.has(5),
                  "decay and beta do not fit the update rule '" + rule + "'");
  context.intAttr("chunk_size", 0);
  int64_t qHeads = context.intAttr("q_num_heads");
  int64_t kvHeads = context.intAttr("kv_num_heads");
  context.require(kvHeads > 0 && qHeads > 0 && qHeads % kvHeads == 0,
                  Twine(qHeads) + " query heads do not share " +
                      Twine(kvHeads) + " of keys");
  OnnxValue q = byHead(context, context.in(0), qHeads, "the query");
  OnnxValue k = byHead(context, context.in(1), kvHeads, "the key");
  OnnxValue v = byHead(context, context.in(2), kvHeads, "the value");
  int64_t batch = q.shape[0], steps = q.shape[2], size = q.shape[3];
  int64_t width = v.shape[3], group = qHeads / kvHeads;
  constexpr int64_t maxSteps = 4096;
  if (steps > maxSteps) {
    context.unsupported(Twine(steps) + " steps of a recurrence; up to " +
                        Twine(maxSteps) + " are unrolled");
  }
  context.require(steps > 0 && k.shape[2] == steps && v.shape[2] == steps &&
                      k.shape[3] == size,
                  "query, key and value have different sizes");
  double scale = context.floatAttr("scale", 0.0);
  scale = scale == 0.0 ? 1.0 / std::sqrt(static_cast<double>(size)) : scale;
  DType type = context.in(0).dtype;
  DType stateType = context.has(3) ? context.in(3).dtype : type;
  // [b, kv heads, size, width].
  OnnxValue state = context.has(3)
                        ? cast(context, context.in(3), DType::F32)
                        : makeConstant(context.makeZeros(
                              "", DType::F32, {batch, kvHeads, size, width}));
  OnnxValue decay, beta;
  if (gated) {
    decay = byHead(context, context.in(4), kvHeads, "the decay");
    context.require(decay.shape[3] == 1 || decay.shape[3] == size,
                    "the decay has shape " + formatShape(context.in(4).shape));
  }
  if (delta) {
    context.require(context.in(5).rank() != 0, "beta is a scalar");
    int64_t heads = context.in(5).shape.back();
    context.require(heads == 1 || heads == kvHeads,
                    "beta has shape " + formatShape(context.in(5).shape));
    beta = byHead(context, context.in(5), heads, "beta");
  }
  auto at = [&](const OnnxValue &x, int64_t step) {
    return squeeze(context, sliceAxis(context, x, 2, step, 1), {2});
  };
  SmallVector<OnnxValue> outputs;
  for (int64_t step = 0; step < steps; ++step) {
    OnnxValue key = at(k, step), value = at(v, step);
    if (gated) {
      state =
          combine(context, {state, unsqueeze(context, at(decay, step), {3})},
                  [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                    return x[0] * apply(Function::Exp, x[1]);
                  });
    }
    if (delta) {
      OnnxValue known = reduce(context, {state, unsqueeze(context, key, {3})},
                               {2}, Reduction::Sum,
                               [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                                 return x[0] * x[1];
                               });
      value = combine(context, {at(beta, step), value, known},
                      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                        return x[0] * (x[1] - x[2]);
                      });
    }
    state = combine(
        context,
        {state, unsqueeze(context, key, {3}), unsqueeze(context, value, {2})},
        [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
          return x[0] + x[1] * x[2];
        });
    // Query heads as (kv head, group).
    OnnxValue query =
        reshape(context, at(q, step), {batch, kvHeads, group, size, 1});
    OnnxValue read =
        reduce(context, {query, unsqueeze(context, state, {2})}, {3},
               Reduction::Sum, [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                 return x[0] * x[1];
               });
    OnnxValue scaled =
        combine(context, read, [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
          return x[0] * scale;
        });
    outputs.push_back(reshape(context, cast(context, scaled, type),
                              {batch, 1, qHeads * width}));
  }
  context.out(concat(context, outputs, 1));
  context.out(cast(context, state, stateType), 1);
}

void importCausalConv(ImportContext &context) {
  OnnxValue x = context.in(0), weights = context.in(1);
  context.require(x.rank() == 3 && weights.rank() == 3 &&
                      weights.shape[0] == x.shape[1] && weights.shape[1] == 1,
                  "input and weights have shapes " + formatShape(x.shape) +
                      " and " + formatShape(weights.shape) +
                      "; [batch, channels, length] and [channels, 1, kernel] "
                      "are expected");
  std::string activation = context.stringAttr("activation", "none");
  bool gates = activation == "silu" || activation == "swish";
  context.require(gates || activation == "none",
                  "attribute 'activation' is '" + activation +
                      "'; 'none', 'silu' or 'swish' is expected");
  int64_t batch = x.shape[0], channels = x.shape[1], length = x.shape[2];
  int64_t kernel = weights.shape[2];
  OnnxValue padded;
  if (context.has(3)) {
    OnnxValue parts[] = {context.in(3), x};
    context.require(parts[0].shape == Shape{batch, channels, kernel - 1},
                    "the state has shape " + formatShape(parts[0].shape));
    padded = concat(context, parts, 2);
  } else {
    padded = pad(context, x, {0, 0, kernel - 1}, {0, 0, 0}, 0.0);
  }
  Window window;
  window.strides = window.dilations = {1};
  window.kernel = {kernel};
  window.out = {length};
  OnnxValue result = convolve(
      context,
      reshape(context, padded, {batch, channels, 1, length + kernel - 1}),
      reshape(context, weights, {channels, 1, 1, kernel}), window);
  SmallVector<OnnxValue> operands{
      reshape(context, result, {batch, channels, length})};
  if (context.has(2)) {
    operands.push_back(unsqueeze(context, context.in(2), {1}));
  }
  context.out(elementwise(context, operands, x.dtype,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                            Scalar sum = v.size() > 1 ? v[0] + v[1] : v[0];
                            return gates ? sum * sigmoid(sum) : sum;
                          }));
  if (context.hasOutput(1)) {
    context.out(sliceAxis(context, padded, 2, length, kernel - 1), 1);
  }
}

} // namespace

void registerLinearAttentionOps(OpTable &table) {
  table["LinearAttention"] = importLinearAttention;
  table["CausalConvWithState"] = importCausalConv;
}

} // namespace acc
