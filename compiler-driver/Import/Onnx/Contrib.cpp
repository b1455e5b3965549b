//===- Contrib.cpp - Operators of onnxruntime (com.microsoft) -------------===//
//
// Those that its optimiser and its exporters write, by the operators of ONNX
// where they are made of them.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Import/Onnx/SmallTypes.h"

using namespace mlir;

namespace acc {

namespace {

using Attributes = std::map<std::string, OnnxAttribute>;

OnnxValue addAll(ImportContext &context, ArrayRef<OnnxValue> terms,
                 DType type) {
  return elementwise(context, terms, type,
                     [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                       Scalar sum = x[0];
                       for (Scalar next : x.drop_front()) {
                         sum = sum + next;
                       }
                       return sum;
                     });
}

/// Gelu of the sum with a bias, if there is one.
template <bool fast> void importBiasGelu(ImportContext &context) {
  OnnxValue x = context.in(0);
  if (context.has(1)) {
    x = addAll(context, {x, context.in(1)}, x.dtype);
  }
  context.out(context.apply(
      "Gelu", {x},
      {{"approximate", OnnxAttribute::ofString(fast ? "tanh" : "none")}})[0]);
}

void importQuickGelu(ImportContext &context) {
  double alpha = context.floatAttr("alpha", 1.702);
  OnnxValue x = context.in(0);
  context.out(elementwise(context, x, x.dtype,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                            return v[0] * sigmoid(v[0] * alpha);
                          }));
}

void importFusedMatMul(ImportContext &context) {
  OnnxValue a = context.in(0), b = context.in(1);
  if (context.intAttr("transBatchA", 0) != 0 ||
      context.intAttr("transBatchB", 0) != 0) {
    context.unsupported("transposed batch dimensions");
  }
  auto turn = [&](OnnxValue x, StringRef attribute) {
    if (context.intAttr(attribute, 0) == 0 || x.rank() < 2) {
      return x;
    }
    SmallVector<int64_t> order;
    for (int64_t i = 0; i < x.rank(); ++i) {
      order.push_back(i);
    }
    std::swap(order[order.size() - 1], order[order.size() - 2]);
    return transpose(context, x, order);
  };
  double alpha = context.floatAttr("alpha", 1.0);
  OnnxValue product = matmul(context, turn(a, "transA"), turn(b, "transB"));
  context.out(elementwise(context, product, a.dtype,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                            return alpha == 1.0 ? v[0] : v[0] * alpha;
                          }));
}

/// Normalisation over the last dimension of input, skip and bias together.
template <bool centers> void importSkipNormalization(ImportContext &context) {
  OnnxValue x = context.in(0);
  unsigned biasInput = centers ? 4 : 3;
  SmallVector<OnnxValue> terms{x, context.in(1)};
  if (context.has(biasInput)) {
    terms.push_back(context.in(biasInput));
  }
  OnnxValue sum = addAll(context, terms, x.dtype);
  Attributes attributes{
      {"epsilon", OnnxAttribute::ofFloat(context.floatAttr("epsilon", 1e-12))},
      {"axis", OnnxAttribute::ofInt(-1)}};
  if (context.hasOutput(1) || context.hasOutput(2)) {
    context.unsupported("mean and deviation as results");
  }
  if (centers) {
    std::optional<OnnxValue> beta;
    if (context.has(3)) {
      beta = context.in(3);
    }
    context.out(context.apply("LayerNormalization", {sum, context.in(2), beta},
                              attributes)[0]);
  } else {
    context.out(
        context.apply("RMSNormalization", {sum, context.in(2)}, attributes)[0]);
  }
  context.out(sum, 3);
}

void importSimplifiedNormalization(ImportContext &context) {
  context.out(context.apply(
      "RMSNormalization", {context.in(0), context.in(1)},
      {{"epsilon", OnnxAttribute::ofFloat(context.floatAttr("epsilon", 1e-5))},
       {"axis", OnnxAttribute::ofInt(context.intAttr("axis", -1))}})[0]);
}

/// The 4-bit or 8-bit numbers of packed rows, as uint8 [rows, columns].
HostTensor unpackRows(const HostTensor &packed, int64_t rows, int64_t columns,
                      int64_t bits) {
  HostTensor result = HostTensor::zeros("weights", DType::U8, {rows, columns});
  int64_t rowBytes = static_cast<int64_t>(packed.bytes.size()) / rows;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      uint8_t byte = static_cast<uint8_t>(
          packed.bytes.data()[r * rowBytes + c * bits / 8]);
      result.setInteger(r * columns + c,
                        byte >> (c * bits % 8) & ((1 << bits) - 1));
    }
  }
  return result;
}

void importMatMulNBits(ImportContext &context) {
  OnnxValue a = context.in(0);
  int64_t columns = context.intAttr("K"), rows = context.intAttr("N");
  int64_t bits = context.intAttr("bits", 4);
  int64_t block = context.intAttr("block_size");
  context.intAttr("accuracy_level", 0);
  if (bits != 4 && bits != 8) {
    context.unsupported("weights of " + Twine(bits) + " bits");
  }
  if (context.has(4)) {
    context.unsupported("rows in another order (g_idx)");
  }
  context.require(rows > 0 && columns > 0 && block >= 16 && a.rank() >= 1 &&
                      a.shape.back() == columns,
                  "an input of shape " + formatShape(a.shape) +
                      " does not fit K = " + Twine(columns));
  int64_t blocks = (columns + block - 1) / block;
  int64_t padded = blocks * block;
  if (!context.in(1).isConstant()) {
    context.needsConstant(1, "the packed weights");
  }
  const HostTensor &packed = *context.in(1).constant;
  OnnxValue scales = context.in(2);
  context.require(
      static_cast<int64_t>(packed.bytes.size()) == rows * padded * bits / 8 &&
          scales.numElements() == rows * blocks,
      "weights of shape " + formatShape(packed.shape) +
          " and scales of shape " + formatShape(scales.shape) +
          " do not fit N = " + Twine(rows) + ", K = " + Twine(columns));
  HostTensor numbers = unpackRows(packed, rows, padded, bits);
  numbers.shape = {rows, blocks, block};
  SmallVector<OnnxValue> operands{makeConstant(std::move(numbers)),
                                  reshape(context, scales, {rows, blocks, 1})};
  double middle = static_cast<double>(int64_t(1) << (bits - 1));
  if (context.has(3)) {
    OnnxValue zeros = context.in(3);
    if (zeros.dtype == DType::U8) {
      if (!zeros.isConstant()) {
        context.needsConstant(3, "packed zero points");
      }
      context.require(static_cast<int64_t>(zeros.constant->bytes.size()) ==
                          rows * ((blocks * bits + 7) / 8),
                      "zero points have shape " + formatShape(zeros.shape));
      zeros = makeConstant(unpackRows(*zeros.constant, rows, blocks, bits));
    }
    operands.push_back(reshape(context, zeros, {rows, blocks, 1}));
  }
  OnnxValue weights = elementwise(
      context, operands, a.dtype,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        Scalar number = toFloat(v[0]);
        return (v.size() > 2 ? number - toFloat(v[2]) : number - middle) * v[1];
      });
  weights = reshape(context, weights, {rows, padded});
  if (padded != columns) {
    weights = sliceAxis(context, weights, 1, 0, columns);
  }
  OnnxValue product = matmul(context, a, transpose(context, weights, {1, 0}));
  context.out(context.has(5)
                  ? addAll(context, {product, context.in(5)}, a.dtype)
                  : cast(context, product, a.dtype));
}

/// An 8-bit operand as a float: (x - zero point) * scale.
OnnxValue dequantize(ImportContext &context, unsigned first) {
  std::optional<OnnxValue> zero;
  if (context.has(first + 2)) {
    zero = context.in(first + 2);
  }
  return context.apply("DequantizeLinear",
                       {context.in(first), context.in(first + 1), zero}, {})[0];
}

void outQuantized(ImportContext &context, const OnnxValue &value,
                  unsigned first, DType type) {
  OnnxValue zero = context.has(first + 1)
                       ? context.in(first + 1)
                       : makeConstant(HostTensor::zeros("", type, {}));
  context.out(
      context.apply("QuantizeLinear", {value, context.in(first), zero}, {})[0]);
}

template <bool product> void importQLinearBinary(ImportContext &context) {
  OnnxValue a = dequantize(context, 0), b = dequantize(context, 3);
  OnnxValue operands[] = {a, b};
  OnnxValue value = elementwise(context, operands, DType::F32,
                                [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                                  return product ? v[0] * v[1] : v[0] + v[1];
                                });
  outQuantized(context, value, 6, context.in(0).dtype);
}

void importQLinearSigmoid(ImportContext &context) {
  OnnxValue x = dequantize(context, 0);
  outQuantized(context, context.apply("Sigmoid", {x}, {})[0], 3,
               context.in(0).dtype);
}

void importQLinearLeakyRelu(ImportContext &context) {
  OnnxValue x = dequantize(context, 0);
  Attributes attributes{
      {"alpha", OnnxAttribute::ofFloat(context.floatAttr("alpha", 0.01))}};
  outQuantized(context, context.apply("LeakyRelu", {x}, attributes)[0], 3,
               context.in(0).dtype);
}

void importQLinearGlobalAveragePool(ImportContext &context) {
  if (context.intAttr("channels_last", 0) != 0) {
    context.unsupported("channels in the last dimension");
  }
  OnnxValue x = dequantize(context, 0);
  outQuantized(context, context.apply("GlobalAveragePool", {x}, {})[0], 3,
               context.in(0).dtype);
}

/// Inputs: the result's scale and zero point, then triples.
void importQLinearConcat(ImportContext &context) {
  SmallVector<OnnxValue> parts;
  for (unsigned i = 2; i + 1 < context.numInputs(); i += 3) {
    parts.push_back(dequantize(context, i));
  }
  context.require(!parts.empty(), "has no inputs");
  int64_t axis =
      context.normalizeAxis(context.intAttr("axis"), parts[0].rank());
  outQuantized(context, concat(context, parts, axis), 0, context.in(1).dtype);
}

} // namespace

void registerContribOps(OpTable &table) {
  table["com.microsoft.BiasGelu"] = importBiasGelu<false>;
  table["com.microsoft.FastGelu"] = importBiasGelu<true>;
  table["com.microsoft.QuickGelu"] = importQuickGelu;
  table["com.microsoft.FusedMatMul"] = importFusedMatMul;
  table["com.microsoft.SkipLayerNormalization"] = importSkipNormalization<true>;
  table["com.microsoft.SkipSimplifiedLayerNormalization"] =
      importSkipNormalization<false>;
  // onnxruntime has it in ONNX's own domain.
  table["SimplifiedLayerNormalization"] = importSimplifiedNormalization;
  table["com.microsoft.MatMulNBits"] = importMatMulNBits;
  table["com.microsoft.QLinearAdd"] = importQLinearBinary<false>;
  table["com.microsoft.QLinearMul"] = importQLinearBinary<true>;
  table["com.microsoft.QLinearSigmoid"] = importQLinearSigmoid;
  table["com.microsoft.QLinearLeakyRelu"] = importQLinearLeakyRelu;
  table["com.microsoft.QLinearGlobalAveragePool"] =
      importQLinearGlobalAveragePool;
  table["com.microsoft.QLinearConcat"] = importQLinearConcat;
}

} // namespace acc
