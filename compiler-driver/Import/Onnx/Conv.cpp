//===- Conv.cpp - Convolution ---------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Import/Onnx/SmallTypes.h"
#include "compiler-driver/Import/Onnx/WindowAttributes.h"

using namespace mlir;

namespace acc {

void outWithBias(ImportContext &context, OnnxValue result, int64_t filters) {
  DType type = context.in(0).dtype;
  if (!context.has(2)) {
    context.out(cast(context, result, type));
    return;
  }
  OnnxValue bias = context.in(2);
  context.require(bias.rank() == 1 && bias.shape[0] == filters,
                  "bias has shape " + formatShape(bias.shape) + "; [" +
                      Twine(filters) + "] is expected");
  std::vector<int64_t> axes;
  for (int64_t i = 1; i + 1 < result.rank(); ++i) {
    axes.push_back(i);
  }
  OnnxValue operands[] = {result, unsqueeze(context, bias, axes)};
  context.out(elementwise(
      context, operands, type,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) { return x[0] + x[1]; }));
}

namespace {

/// The product of the window attributes' convolution, f32 or i32.
OnnxValue convolution(ImportContext &context, const OnnxValue &input,
                      const OnnxValue &weights) {
  std::string shapes =
      formatShape(input.shape) + " and " + formatShape(weights.shape);
  context.require(input.rank() >= 3 && weights.rank() == input.rank(),
                  "input and weights have shapes " + shapes +
                      "; [n, c, spatial...] and [f, c, kernel...] are "
                      "expected");
  context.require(input.dtype == weights.dtype,
                  "input and weights have types " + getName(input.dtype) +
                      " and " + getName(weights.dtype));
  int64_t groups = context.intAttr("group", 1);
  int64_t channels = input.shape[1], filters = weights.shape[0];
  context.require(groups >= 1 && channels % groups == 0 &&
                      filters % groups == 0 &&
                      weights.shape[1] == channels / groups,
                  "input and weights of shapes " + shapes + " do not fit " +
                      Twine(groups) + " group(s)");
  WindowAttributes window =
      readWindow(context, input.shape,
                 Shape(weights.shape.begin() + 2, weights.shape.end()));
  context.require(!window.ceilMode, "attribute 'ceil_mode' does not exist");
  OnnxValue padded = padForWindow(context, input, window, 0.0);
  Shape split{padded.shape[0], groups, channels / groups};
  split.append(padded.shape.begin() + 2, padded.shape.end());
  Shape kernel{groups, filters / groups, channels / groups};
  kernel.append(weights.shape.begin() + 2, weights.shape.end());
  OnnxValue result = convolve(context, reshape(context, padded, split),
                              reshape(context, weights, kernel), window.window);
  Shape shape{input.shape[0], filters};
  shape.append(window.window.out);
  return reshape(context, result, shape);
}

void importConv(ImportContext &context) {
  OnnxValue input = context.in(0), weights = context.in(1);
  OnnxValue result = convolution(context, input, weights);
  outWithBias(context, result, weights.shape[0]);
}

void importQLinearConv(ImportContext &context) {
  std::vector<int64_t> trailing, spatial;
  for (int64_t i = 1; i < context.in(3).rank(); ++i) {
    trailing.push_back(i);
    if (i > 1) {
      spatial.push_back(i - 1);
    }
  }
  OnnxValue result = convolution(context, centered(context, 0, 2, {}),
                                 centered(context, 3, 5, trailing));
  int64_t filters = context.in(3).shape[0];
  // Scales of weights and biases are one a filter, dimension 1 of the result.
  auto perFilter = [&](unsigned input, StringRef what) {
    OnnxValue value = context.in(input);
    if (value.numElements() == 1) {
      return reshape(context, value, {});
    }
    context.require(value.rank() == 1 && value.shape[0] == filters,
                    what + " has shape " + formatShape(value.shape) + "; [" +
                        Twine(filters) + "] is expected");
    return unsqueeze(context, value, spatial);
  };
  DType type = context.in(7).dtype;
  SmallVector<OnnxValue> operands{result, perFilter(1, "the input's scale"),
                                  perFilter(4, "the weights' scale"),
                                  perFilter(6, "the result's scale"),
                                  perFilter(7, "the result's zero point")};
  if (context.has(8)) {
    operands.push_back(perFilter(8, "the bias"));
  }
  context.out(elementwise(
      context, operands, type,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        Scalar sum = v.size() > 5 ? v[0] + v[5] : v[0];
        Scalar value = toFloat(sum) * (v[1] * v[2] / v[3]);
        return saturateTo(type,
                          apply(Function::RoundEven, value) + toFloat(v[4]));
      },
      result.shape));
}

void importConvInteger(ImportContext &context) {
  // Zero points of weights are one a filter, the first dimension.
  std::vector<int64_t> trailing;
  for (int64_t i = 1; i < context.in(1).rank(); ++i) {
    trailing.push_back(i);
  }
  OnnxValue input = centered(context, 0, 2, {});
  context.out(convolution(context, input, centered(context, 1, 3, trailing)));
}

} // namespace

void registerConvOps(OpTable &table) {
  table["Conv"] = importConv;
  table["QLinearConv"] = importQLinearConv;
  table["ConvInteger"] = importConvInteger;
}

} // namespace acc
