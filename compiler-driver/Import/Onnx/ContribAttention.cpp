//===- ContribAttention.cpp - Attention of onnxruntime --------------------===//
//
// By ONNX's Attention, RotaryEmbedding and TensorScatter.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

using namespace mlir;

namespace acc {

namespace {

using Attributes = std::map<std::string, OnnxAttribute>;
using Optional = std::optional<OnnxValue>;

Optional inputIf(ImportContext &context, unsigned i) {
  return context.has(i) ? Optional(context.in(i)) : std::nullopt;
}

/// Requires [b, s, heads * d], or [b, heads, s, d] as a past has it.
void requireRank(ImportContext &context, const OnnxValue &value, StringRef what,
                 bool mayBePlain = true, bool mayBeDivided = true) {
  context.require((mayBePlain && value.rank() == 3) ||
                      (mayBeDivided && value.rank() == 4),
                  what + " has shape " + formatShape(value.shape));
}

OnnxValue add(ImportContext &context, const OnnxValue &a, const OnnxValue &b,
              DType type) {
  OnnxValue operands[] = {a, b};
  return elementwise(
      context, operands, type,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) { return x[0] + x[1]; });
}

/// Keys that padding hides, and what is added to scores, as one additive mask.
/// `padding` has the value 0 where a key is hidden: [b, t] or [b, s, t]; or it
/// has one length for each sequence: [b].
Optional makeMask(ImportContext &context, const Optional &padding,
                  const Optional &bias, int64_t batch, int64_t total) {
  if (!padding) {
    return bias;
  }
  OnnxValue given = narrowIndices(context, *padding);
  double hidden = context.floatAttr("mask_filter_value", -10000.0);
  OnnxValue seen = given;
  bool lengths = given.rank() == 1 && given.shape[0] == batch;
  if (lengths) {
    seen = reshape(context, given, {batch, 1, 1, 1});
  } else if (given.rank() == 2 && given.shape[0] == batch &&
             given.shape[1] == total) {
    seen = unsqueeze(context, given, {1, 2});
  } else if (given.rank() == 3) {
    seen = unsqueeze(context, given, {1});
  } else {
    context.unsupported("a mask of shape " + formatShape(given.shape));
  }
  Shape shape = seen.shape;
  shape.back() = total;
  OnnxValue mask = elementwise(
      context, seen, DType::F32,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
        Scalar visible =
            lengths
                ? compareScalars(Comparison::Less, loopIndex(b, 3), x[0])
                : compareScalars(Comparison::NotEqual, x[0], x[0].constant(0));
        return select(visible, floatConstant(b, 0.0), floatConstant(b, hidden));
      },
      shape);
  return bias ? add(context, mask, *bias, DType::F32) : mask;
}

Attributes attentionAttributes(ImportContext &context, int64_t heads,
                               int64_t kvHeads) {
  Attributes attributes;
  attributes["q_num_heads"] = OnnxAttribute::ofInt(heads);
  attributes["kv_num_heads"] = OnnxAttribute::ofInt(kvHeads);
  double scale = context.floatAttr("scale", 0.0);
  if (scale != 0.0) {
    attributes["scale"] = OnnxAttribute::ofFloat(scale);
  }
  if (context.intAttr("unidirectional", 0) != 0) {
    attributes["is_causal"] = OnnxAttribute::ofInt(1);
  }
  return attributes;
}

void importMultiHeadAttention(ImportContext &context) {
  int64_t heads = context.intAttr("num_heads");
  OnnxValue q = context.in(0);
  if (q.rank() != 3 || !context.has(1) || !context.has(2) ||
      context.in(1).rank() == 5) {
    context.unsupported("query, key and value in one tensor");
  }
  OnnxValue k = context.in(1), v = context.in(2);
  requireRank(context, k, "the key");
  requireRank(context, v, "the value");
  context.require(heads > 0 && q.shape[2] % heads == 0,
                  "a query of shape " + formatShape(q.shape) +
                      " does not divide into " + Twine(heads) + " heads");
  if (context.has(3)) {
    // Biases of the three behind each other.
    OnnxValue bias = context.in(3);
    int64_t size = q.shape[2];
    int64_t valueSize = v.rank() == 3 ? v.shape[2] : v.shape[1] * v.shape[3];
    context.require(bias.rank() == 1 && bias.shape[0] == 2 * size + valueSize,
                    "the bias has shape " + formatShape(bias.shape));
    q = add(context, q, sliceAxis(context, bias, 0, 0, size), q.dtype);
    if (k.rank() == 3) {
      k = add(context, k, sliceAxis(context, bias, 0, size, size), k.dtype);
      v = add(context, v, sliceAxis(context, bias, 0, 2 * size, valueSize),
              v.dtype);
    }
  }
  Optional pastKey = inputIf(context, 6), pastValue = inputIf(context, 7);
  for (const Optional &past : {pastKey, pastValue}) {
    if (past) {
      requireRank(context, *past, "the past", /*mayBePlain=*/false);
    }
  }
  int64_t total = (k.rank() == 4 ? k.shape[2] : k.shape[1]) +
                  (pastKey ? pastKey->shape[2] : 0);
  Optional mask = makeMask(context, inputIf(context, 4), inputIf(context, 5),
                           q.shape[0], total);
  std::vector<OnnxValue> results =
      context.apply("Attention", {q, k, v, mask, pastKey, pastValue},
                    attentionAttributes(context, heads, heads), 3);
  for (unsigned i = 0; i < 3; ++i) {
    context.out(results[i], i);
  }
}

void importContribAttention(ImportContext &context) {
  OnnxValue x = context.in(0), weights = context.in(1);
  int64_t heads = context.intAttr("num_heads");
  context.require(x.rank() == 3 && weights.rank() == 2 &&
                      weights.shape[0] == x.shape[2],
                  "input and weights have shapes " + formatShape(x.shape) +
                      " and " + formatShape(weights.shape));
  if (context.intAttr("do_rotary", 0) != 0) {
    context.unsupported("rotation inside of Attention");
  }
  std::vector<int64_t> sizes =
      context.intsAttr("qkv_hidden_sizes")
          .value_or(std::vector<int64_t>(3, weights.shape[1] / 3));
  context.require(sizes.size() == 3 &&
                      llvm::all_of(sizes,
                                   [](int64_t size) {
                                     return llvm::isInt<32>(size) && size >= 0;
                                   }),
                  "attribute 'qkv_hidden_sizes' is not of three sizes");
  context.require(sizes[0] + sizes[1] + sizes[2] == weights.shape[1] &&
                      heads > 0,
                  "the weights do not divide into query, key and value");
  OnnxValue all = cast(context, matmul(context, x, weights), x.dtype);
  if (context.has(2)) {
    all = add(context, all, context.in(2), x.dtype);
  }
  OnnxValue q = sliceAxis(context, all, 2, 0, sizes[0]);
  OnnxValue k = sliceAxis(context, all, 2, sizes[0], sizes[1]);
  OnnxValue v = sliceAxis(context, all, 2, sizes[0] + sizes[1], sizes[2]);
  Optional pastKey, pastValue;
  int64_t total = x.shape[1];
  if (context.has(4)) {
    OnnxValue past = context.in(4);
    context.require(past.rank() == 5 && past.shape[0] == 2,
                    "the past has shape " + formatShape(past.shape));
    pastKey = squeeze(context, sliceAxis(context, past, 0, 0, 1), {0});
    pastValue = squeeze(context, sliceAxis(context, past, 0, 1, 1), {0});
    total += past.shape[3];
  }
  Optional mask = makeMask(context, inputIf(context, 3), inputIf(context, 5),
                           x.shape[0], total);
  std::vector<OnnxValue> results =
      context.apply("Attention", {q, k, v, mask, pastKey, pastValue},
                    attentionAttributes(context, heads, heads), 3);
  context.out(results[0]);
  if (context.hasOutput(1)) {
    OnnxValue parts[] = {unsqueeze(context, results[1], {0}),
                         unsqueeze(context, results[2], {0})};
    context.out(concat(context, parts, 0), 1);
  }
}

/// Positions of `length` tokens that follow `first` others, [b, s].
OnnxValue positionsFrom(ImportContext &context, const OnnxValue &first,
                        int64_t batch, int64_t length) {
  OnnxValue start = reshape(context, first, {first.numElements(), 1});
  return elementwise(
      context, start, DType::I32,
      [](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
        return x[0] + loopIndex(b, 1);
      },
      Shape{batch, length});
}

/// The cosines or sines of a rotary embedding: a row for each position.
void requireCache(ImportContext &context, unsigned i) {
  const OnnxValue &cache = context.in(i);
  context.require(cache.rank() == 2 && cache.shape[1] > 0,
                  "a cache of shape " + formatShape(cache.shape) +
                      "; a matrix is expected");
}

void importContribRotary(ImportContext &context) {
  OnnxValue x = context.in(0), ids = narrowIndices(context, context.in(1));
  if (context.floatAttr("scale", 1.0) != 1.0) {
    context.unsupported("a scale of rotations");
  }
  context.intAttr("is_packed_batching", 0);
  requireRank(context, x, "the input");
  int64_t length = x.rank() == 4 ? x.shape[2] : x.shape[1];
  if (ids.numElements() == 1 && length != 1) {
    ids = positionsFrom(context, cast(context, ids, DType::I32), x.shape[0],
                        length);
  }
  int64_t heads = context.intAttr("num_heads", 0);
  int64_t rotated = context.intAttr("rotary_embedding_dim", 0);
  if (heads == 0 && x.rank() == 3) {
    requireCache(context, 2);
    // The cache has half of a head's size, unless a part is rotated.
    heads = x.shape[2] / (2 * context.in(2).shape.back());
  }
  context.out(context.apply(
      "RotaryEmbedding",
      {x, context.in(2), context.in(3),
       reshape(context, ids, {x.shape[0], length})},
      {{"interleaved", OnnxAttribute::ofInt(context.intAttr("interleaved", 0))},
       {"num_heads", OnnxAttribute::ofInt(heads)},
       {"rotary_embedding_dim", OnnxAttribute::ofInt(rotated)}})[0]);
}

/// [b, s, heads * d] as [b, heads, s, d].
OnnxValue byHead(ImportContext &context, const OnnxValue &x, int64_t heads) {
  return transpose(
      context,
      reshape(context, x, {x.shape[0], x.shape[1], heads, x.shape[2] / heads}),
      {0, 2, 1, 3});
}

void importGroupQueryAttention(ImportContext &context) {
  int64_t heads = context.intAttr("num_heads");
  int64_t kvHeads = context.intAttr("kv_num_heads");
  OnnxValue q = context.in(0), k, v;
  context.require(q.rank() == 3 && heads > 0 && kvHeads > 0 &&
                      llvm::isInt<32>(heads) && heads % kvHeads == 0,
                  "a query of shape " + formatShape(q.shape) +
                      " does not divide into " + Twine(heads) + " heads");
  int64_t batch = q.shape[0], length = q.shape[1];
  if (context.has(1)) {
    k = context.in(1);
    v = context.in(2);
    requireRank(context, k, "the key", /*mayBePlain=*/true,
                /*mayBeDivided=*/false);
    requireRank(context, v, "the value", /*mayBePlain=*/true,
                /*mayBeDivided=*/false);
  } else {
    int64_t size = q.shape[2] / (heads + 2 * kvHeads);
    k = sliceAxis(context, q, 2, heads * size, kvHeads * size);
    v = sliceAxis(context, q, 2, (heads + kvHeads) * size, kvHeads * size);
    q = sliceAxis(context, q, 2, 0, heads * size);
  }
  OnnxValue lengths = elementwise(
      context, narrowIndices(context, context.in(5)), DType::I32,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) { return x[0] + 1.0; });
  lengths = reshape(context, lengths, {batch});
  int64_t total = context.constantInt(6, "the length of all tokens");
  context.require(llvm::isInt<32>(total) && total >= 0,
                  "the length of all tokens is " + Twine(total));
  bool isPrompt = total == length;
  // Tokens before those of this step.
  OnnxValue first =
      isPrompt ? makeConstant(context.makeZeros("", DType::I32, {batch}))
               : elementwise(context, lengths, DType::I32,
                             [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                               return x[0] - double(length);
                             });
  if (context.intAttr("do_rotary", 0) != 0) {
    OnnxValue ids = context.has(9)
                        ? context.in(9)
                        : positionsFrom(context, first, batch, length);
    int64_t interleaved = context.intAttr("rotary_interleaved", 0);
    auto rotate = [&](const OnnxValue &x, int64_t count) {
      int64_t size = x.shape[2] / count;
      requireCache(context, 7);
      int64_t rotated = 2 * context.in(7).shape.back();
      return context.apply(
          "RotaryEmbedding", {x, context.in(7), context.in(8), ids},
          {{"interleaved", OnnxAttribute::ofInt(interleaved)},
           {"num_heads", OnnxAttribute::ofInt(count)},
           {"rotary_embedding_dim",
            OnnxAttribute::ofInt(rotated == size ? 0 : rotated)}})[0];
    };
    q = rotate(q, heads);
    k = rotate(k, kvHeads);
  } else {
    context.intAttr("rotary_interleaved", 0);
  }
  k = byHead(context, k, kvHeads);
  v = byHead(context, v, kvHeads);
  Attributes attributes = attentionAttributes(context, heads, kvHeads);
  attributes["is_causal"] = OnnxAttribute::ofInt(1);
  double cap = context.floatAttr("softcap", 0.0);
  if (cap != 0.0) {
    attributes["softcap"] = OnnxAttribute::ofFloat(cap);
  }
  int64_t window = context.intAttr("local_window_size", -1);
  if (window > 0) { // The token itself counts.
    attributes["left_window_size"] = OnnxAttribute::ofInt(window - 1);
  }
  if (context.intAttr("smooth_softmax", 0) != 0) {
    context.unsupported("smooth_softmax");
  }
  // The cache with the new tokens in their places.
  Optional known;
  for (unsigned past : {3, 4}) {
    if (context.has(past)) {
      requireRank(context, context.in(past), "the past", /*mayBePlain=*/false);
    }
  }
  if (context.has(3) && context.in(3).shape[2] > 0) {
    auto write = [&](unsigned input, const OnnxValue &fresh) {
      OnnxValue past = context.in(input);
      int64_t missing = total - past.shape[2];
      if (missing > 0) {
        past = pad(context, past, {0, 0, 0, 0}, {0, 0, missing, 0}, 0.0);
      }
      return context.apply("TensorScatter", {past, fresh, first}, {})[0];
    };
    k = write(3, k);
    v = write(4, v);
    known = lengths;
  }
  // Keys have four dimensions now, so should queries.
  OnnxValue result =
      context.apply("Attention",
                    {byHead(context, q, heads), k, v, std::nullopt,
                     std::nullopt, std::nullopt, known},
                    attributes)[0];
  OnnxValue rows = transpose(context, result, {0, 2, 1, 3});
  context.out(reshape(context, rows, {batch, length, heads * result.shape[3]}));
  context.out(k, 1);
  context.out(v, 2);
}

} // namespace

void registerContribAttentionOps(OpTable &table) {
  table["com.microsoft.MultiHeadAttention"] = importMultiHeadAttention;
  table["com.microsoft.Attention"] = importContribAttention;
  table["com.microsoft.RotaryEmbedding"] = importContribRotary;
  table["com.microsoft.GroupQueryAttention"] = importGroupQueryAttention;
}

} // namespace acc
