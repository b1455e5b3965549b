//===- Attention.cpp - Attention and rotary embedding (opset 23) ----------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace acc {

namespace {

/// [b, s, heads * d] as [b, heads, s, d]; rank 4 stays.
OnnxValue splitHeads(ImportContext &context, const OnnxValue &x, int64_t heads,
                     StringRef what) {
  if (x.rank() == 4) {
    return x;
  }
  context.require(x.rank() == 3, what + " has shape " + formatShape(x.shape) +
                                     "; rank 3 or 4 is expected");
  context.require(heads > 0 && x.shape[2] % heads == 0,
                  what + " of shape " + formatShape(x.shape) +
                      " does not divide into " + Twine(heads) + " heads");
  OnnxValue split =
      reshape(context, x, {x.shape[0], x.shape[1], heads, x.shape[2] / heads});
  return transpose(context, split, {0, 2, 1, 3});
}

/// The additive or boolean mask as [b|1, 1|hkv, 1|g, 1|s, t] over grouped
/// heads.
OnnxValue groupMask(ImportContext &context, const OnnxValue &mask,
                    int64_t kvHeads, int64_t group) {
  context.require(mask.rank() >= 1 && mask.rank() <= 4,
                  "the mask has shape " + formatShape(mask.shape));
  std::vector<int64_t> axes;
  for (int64_t i = 0; i < 4 - mask.rank(); ++i) {
    axes.push_back(i);
  }
  OnnxValue wide = unsqueeze(context, mask, axes);
  Shape shape = wide.shape;
  bool perHead = shape[1] != 1;
  context.require(!perHead || shape[1] == kvHeads * group,
                  "the mask has shape " + formatShape(mask.shape) + " for " +
                      Twine(kvHeads * group) + " heads");
  shape[1] = perHead ? kvHeads : 1;
  shape.insert(shape.begin() + 2, perHead ? group : 1);
  return reshape(context, wide, shape);
}

void importAttention(ImportContext &context) {
  OnnxValue qIn = context.in(0);
  int64_t qHeads =
      qIn.rank() == 4 ? qIn.shape[1] : context.intAttr("q_num_heads");
  int64_t kvHeads = context.in(1).rank() == 4 ? context.in(1).shape[1]
                                              : context.intAttr("kv_num_heads");
  OnnxValue q = splitHeads(context, qIn, qHeads, "the query");
  OnnxValue k = splitHeads(context, context.in(1), kvHeads, "the key");
  OnnxValue v = splitHeads(context, context.in(2), kvHeads, "the value");
  int64_t past = 0;
  if (context.has(4) || context.has(5)) {
    OnnxValue keys[] = {context.in(4), k}, values[] = {context.in(5), v};
    context.require(keys[0].rank() == 4 && values[0].rank() == 4,
                    "the past must have rank 4");
    past = keys[0].shape[2];
    k = concat(context, keys, 2);
    v = concat(context, values, 2);
  }
  if (context.hasOutput(1)) {
    context.out(k, 1);
  }
  if (context.hasOutput(2)) {
    context.out(v, 2);
  }
  int64_t batch = q.shape[0], length = q.shape[2], size = q.shape[3];
  int64_t total = k.shape[2], valueSize = v.shape[3];
  context.require(k.shape[0] == batch && v.shape[0] == batch &&
                      k.shape[3] == size && v.shape[2] == total &&
                      v.shape[1] == k.shape[1] && kvHeads > 0 &&
                      qHeads % kvHeads == 0,
                  "query, key and value have shapes " + formatShape(q.shape) +
                      ", " + formatShape(k.shape) + " and " +
                      formatShape(v.shape) + " (batch, heads, length, size)");
  int64_t group = qHeads / kvHeads;
  double scale = context.floatAttr("scale", 1.0 / std::sqrt(double(size)));
  double cap = context.floatAttr("softcap", 0.0);
  bool causal = context.intAttr("is_causal", 0) != 0;
  int64_t left = context.intAttr("left_window_size", -1);
  int64_t right = context.intAttr("right_window_size", -1);
  bool hasLengths = context.has(6);
  context.require(!hasLengths || (!context.has(4) && !context.has(5)),
                  "has both a past and lengths of an outer cache");
  if (hasLengths && context.in(6).isConstant() &&
      llvm::all_of(context.in(6).constant->toIntegers(),
                   [&](int64_t seen) { return seen == total; })) {
    // All keys are there: the queries are the last of them.
    hasLengths = false;
    past = total - length;
  }
  context.require(left >= -1 && right >= -1,
                  "a window size is negative, but not -1");
  int64_t mode = context.intAttr("qk_matmul_output_mode", 0);
  DType type = qIn.dtype;
  context.require(isFloat(type) && isFloat(k.dtype) && isFloat(v.dtype),
                  "queries, keys and values have types " + getName(type) +
                      ", " + getName(k.dtype) + " and " + getName(v.dtype) +
                      "; floats are expected");

  // Query heads as (kv head, group); keys and values have no group dimension,
  // so nothing is repeated in memory.
  OnnxValue grouped;
  if (qIn.rank() == 3) {
    OnnxValue split =
        reshape(context, qIn, {batch, length, kvHeads, group, size});
    grouped = transpose(context, split, {0, 2, 3, 1, 4});
  } else {
    grouped = reshape(context, q, {batch, kvHeads, group, length, size});
  }
  // Loops: 0 batch, 1 kv head, 2 group, 3 query, 4 key, 5 size.
  OnnxValue product = contract(context, grouped, {0, 1, 2, 3, 5}, k,
                               {0, 1, 4, 5}, {0, 1, 2, 3, 4});
  SmallVector<OnnxValue> operands{product};
  bool hasMask = context.has(3);
  bool boolMask = false;
  if (hasMask) {
    OnnxValue mask = context.in(3);
    boolMask = mask.dtype == DType::Bool;
    // A mask may be shorter than the keys: the rest is masked.
    if (mask.rank() >= 1 && mask.shape.back() < total &&
        mask.shape.back() != 1) {
      SmallVector<int64_t> low(mask.rank(), 0), high(mask.rank(), 0);
      high.back() = total - mask.shape.back();
      mask = pad(context, mask, low, high,
                 boolMask ? 0.0 : -std::numeric_limits<double>::infinity());
    }
    operands.push_back(groupMask(context, mask, kvHeads, group));
  }
  if (hasLengths) {
    OnnxValue lengths = narrowIndices(context, context.in(6));
    context.require(isInteger(lengths.dtype) && lengths.numElements() == batch,
                    "the lengths have shape " + formatShape(lengths.shape) +
                        "; one for each of " + Twine(batch) +
                        " sequences is expected");
    operands.push_back(reshape(context, lengths, {batch, 1, 1, 1, 1}));
  }
  // Masks that may leave a query without any key.
  bool guarded = hasMask || hasLengths || left >= 0 || right >= 0;
  enum { Raw = 0, Masked = 1, Capped = 2 };
  auto score = [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x, int stage) {
    Scalar value = x[0] * scale;
    Scalar lowest = floatConstant(b, -std::numeric_limits<double>::infinity());
    if (cap != 0.0 && stage != Raw) {
      value = apply(Function::Tanh, value * (1.0 / cap)) * cap;
    }
    if (stage != Masked) {
      return value;
    }
    if (hasMask) {
      value = boolMask ? select(x[1], value, lowest) : value + x[1];
    }
    auto hideUnless = [&](Comparison comparison, Scalar u, Scalar v) {
      value = select(compareScalars(comparison, u, v), value, lowest);
    };
    // The position of the query among the keys.
    Scalar key = loopIndex(b, 4);
    Scalar position =
        loopIndex(b, 3) + (hasLengths ? x.back() - static_cast<double>(length)
                                      : intConstant(b, past));
    if (causal) {
      hideUnless(Comparison::LessEqual, key, position);
    }
    if (left >= 0) {
      hideUnless(Comparison::LessEqual, position - key, intConstant(b, left));
    }
    if (right >= 0) {
      hideUnless(Comparison::LessEqual, key - position, intConstant(b, right));
    }
    if (hasLengths) {
      hideUnless(Comparison::Less, key, x.back());
    }
    return value;
  };
  std::vector<int64_t> last{4};
  bool plainScore = !guarded && !causal && cap == 0.0;
  OnnxValue scores = elementwise(
      context, operands, DType::F32,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
        return score(b, x, plainScore ? Raw : Masked);
      },
      product.shape);
  OnnxValue top =
      unsqueeze(context, reduce(context, scores, last, Reduction::Max), last);
  OnnxValue shifted[] = {scores, top};
  OnnxValue numerator = elementwise(
      context, shifted, DType::F32,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
        Scalar value = apply(Function::Exp, x[0] - x[1]);
        if (!guarded) {
          return value;
        }
        // A row without any visible key gives zeros.
        Scalar lowest = x[0].constant(-std::numeric_limits<double>::infinity());
        return select(compareScalars(Comparison::Equal, x[0], lowest),
                      x[0].constant(0), value);
      });
  OnnxValue sum = unsqueeze(
      context, reduce(context, numerator, last, Reduction::Sum), last);
  OnnxValue fraction[] = {numerator, sum};
  // The type of the values, in which the second product is computed.
  DType weightType = v.dtype == DType::F64 ? DType::F32 : v.dtype;
  OnnxValue weights =
      elementwise(context, fraction, weightType,
                  [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                    if (!guarded) {
                      return roughQuotient(x[0], x[1]);
                    }
                    Scalar zero = x[1].constant(0);
                    return select(compareScalars(Comparison::Equal, x[1], zero),
                                  zero, roughQuotient(x[0], x[1]));
                  });
  OnnxValue result = cast(context,
                          contract(context, weights, {0, 1, 2, 3, 4}, v,
                                   {0, 1, 4, 5}, {0, 1, 2, 3, 5}),
                          type);
  if (qIn.rank() == 3) {
    OnnxValue moved = transpose(context, result, {0, 3, 1, 2, 4});
    context.out(reshape(context, moved, {batch, length, qHeads * valueSize}));
  } else {
    context.out(reshape(context, result, {batch, qHeads, length, valueSize}));
  }
  if (context.hasOutput(3)) {
    OnnxValue shown = weights;
    if (mode != 3) {
      shown = elementwise(
          context, operands, DType::F32,
          [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
            return score(b, x, mode == 0 ? Raw : mode == 1 ? Capped : Masked);
          },
          product.shape);
    }
    context.out(reshape(context, cast(context, shown, type),
                        {batch, qHeads, length, total}),
                3);
  }
}

void importRotaryEmbedding(ImportContext &context) {
  OnnxValue x = context.in(0), cosine = context.in(1), sine = context.in(2);
  bool interleaved = context.intAttr("interleaved", 0) != 0;
  // Work on [b, s, heads, d], which is how rank 3 lies in memory.
  OnnxValue wide;
  if (x.rank() == 3) {
    int64_t heads = context.intAttr("num_heads", 0);
    context.require(heads > 0 && x.shape[2] % heads == 0,
                    "input of shape " + formatShape(x.shape) +
                        " does not divide into " + Twine(heads) + " heads");
    wide = reshape(context, x,
                   {x.shape[0], x.shape[1], heads, x.shape[2] / heads});
  } else {
    context.require(x.rank() == 4, "input has shape " + formatShape(x.shape) +
                                       "; rank 3 or 4 is expected");
    wide = transpose(context, x, {0, 2, 1, 3});
  }
  int64_t size = wide.shape[3];
  int64_t rotated = context.intAttr("rotary_embedding_dim", 0);
  rotated = rotated == 0 ? size : rotated;
  context.require(rotated > 0 && rotated <= size && rotated % 2 == 0,
                  "rotates " + Twine(rotated) + " of " + Twine(size) +
                      " elements");
  int64_t half = rotated / 2;
  if (context.has(3)) {
    OnnxValue ids = context.in(3);
    context.require(cosine.rank() == 2 && sine.rank() == 2 &&
                        isInteger(ids.dtype),
                    "the caches must have rank 2 and the position ids be "
                    "integers");
    ids = narrowIndices(context, ids);
    cosine = gather(context, cosine, ids, 0);
    sine = gather(context, sine, ids, 0);
  }
  auto align = [&](const OnnxValue &cache) {
    context.require(cache.rank() == 3 && cache.shape[2] == half,
                    "a cache has shape " + formatShape(cache.shape) +
                        "; its last dimension should be " + Twine(half));
    return unsqueeze(context, cache, {2});
  };
  cosine = align(cosine);
  sine = align(sine);
  OnnxValue turned = sliceAxis(context, wide, 3, 0, rotated);
  OnnxValue first, second;
  if (interleaved) {
    Shape pairs = turned.shape;
    pairs[3] = half;
    pairs.push_back(2);
    OnnxValue split = reshape(context, turned, pairs);
    first = squeeze(context, sliceAxis(context, split, 4, 0, 1), {4});
    second = squeeze(context, sliceAxis(context, split, 4, 1, 1), {4});
  } else {
    first = sliceAxis(context, turned, 3, 0, half);
    second = sliceAxis(context, turned, 3, half, half);
  }
  OnnxValue operands[] = {first, second, cosine, sine};
  OnnxValue real = elementwise(
      context, operands, x.dtype,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        return v[2] * v[0] - v[3] * v[1];
      },
      first.shape);
  OnnxValue imaginary = elementwise(
      context, operands, x.dtype,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        return v[3] * v[0] + v[2] * v[1];
      },
      first.shape);
  OnnxValue result;
  if (interleaved) {
    OnnxValue parts[] = {unsqueeze(context, real, {4}),
                         unsqueeze(context, imaginary, {4})};
    result = reshape(context, concat(context, parts, 4), turned.shape);
    if (rotated < size) {
      OnnxValue all[] = {result,
                         sliceAxis(context, wide, 3, rotated, size - rotated)};
      result = concat(context, all, 3);
    }
  } else {
    SmallVector<OnnxValue> parts{real, imaginary};
    if (rotated < size) {
      parts.push_back(sliceAxis(context, wide, 3, rotated, size - rotated));
    }
    result = concat(context, parts, 3);
  }
  context.out(x.rank() == 3 ? reshape(context, result, x.shape)
                            : transpose(context, result, {0, 2, 1, 3}));
}

} // namespace

void registerAttentionOps(OpTable &table) {
  table["Attention"] = importAttention;
  table["RotaryEmbedding"] = importRotaryEmbedding;
}

} // namespace acc
