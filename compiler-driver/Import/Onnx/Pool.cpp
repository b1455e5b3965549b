//===- Pool.cpp - Pooling, and the windows it shares with Conv ------------===//

#include "compiler-driver/Import/Onnx/WindowAttributes.h"

#include <limits>

using namespace mlir;

namespace acc {

WindowAttributes readWindow(ImportContext &context,
                            ArrayRef<int64_t> inputShape, Shape kernel) {
  int64_t spatial = static_cast<int64_t>(inputShape.size()) - 2;
  WindowAttributes result;
  auto list = [&](StringRef name, int64_t length, int64_t byDefault) {
    std::vector<int64_t> values = context.intsAttr(name).value_or(
        std::vector<int64_t>(length, byDefault));
    context.require(static_cast<int64_t>(values.size()) == length,
                    "attribute '" + name + "' has " + Twine(values.size()) +
                        " elements; " + Twine(length) + " are expected");
    return values;
  };
  std::vector<int64_t> strides = list("strides", spatial, 1);
  std::vector<int64_t> dilations = list("dilations", spatial, 1);
  std::vector<int64_t> pads = list("pads", 2 * spatial, 0);
  if (auto given = context.intsAttr("kernel_shape")) {
    context.require(kernel.empty() ||
                        ArrayRef<int64_t>(kernel) == ArrayRef<int64_t>(*given),
                    "attribute 'kernel_shape' is " + formatShape(*given) +
                        ", but the weights have " + formatShape(kernel));
    kernel.assign(given->begin(), given->end());
  }
  context.require(static_cast<int64_t>(kernel.size()) == spatial,
                  "the kernel has " + Twine(kernel.size()) +
                      " dimensions; the input has " + Twine(spatial) +
                      " spatial ones");
  std::string automatic = context.stringAttr("auto_pad", "NOTSET");
  result.ceilMode = context.intAttr("ceil_mode", 0) != 0;
  Window &window = result.window;
  window.kernel = kernel;
  const int64_t limit = int64_t(1) << 31;
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t size = inputShape[i + 2];
    int64_t low = pads[i], high = pads[i + spatial];
    int64_t stride = strides[i], dilation = dilations[i];
    for (int64_t number : {low, high, stride, dilation, kernel[i]}) {
      context.require(number >= 0 && number < limit,
                      "a stride, dilation, kernel or padding size is " +
                          Twine(number));
    }
    context.require(stride > 0 && dilation > 0 && kernel[i] > 0,
                    "strides, dilations and kernel sizes must be positive");
    int64_t reach = (kernel[i] - 1) * dilation + 1;
    if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
      int64_t out = (size + stride - 1) / stride;
      int64_t total = std::max<int64_t>(0, (out - 1) * stride + reach - size);
      low = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
      high = total - low;
    } else if (automatic == "VALID") {
      low = high = 0;
    } else {
      context.require(automatic == "NOTSET" || automatic.empty(),
                      "attribute 'auto_pad' is '" + automatic + "'");
    }
    int64_t room = size + low + high - reach;
    context.require(room >= 0, "the kernel reaches over " + Twine(reach) +
                                   " elements, but the padded input has " +
                                   Twine(size + low + high));
    int64_t out = room / stride + 1;
    if (result.ceilMode && room % stride != 0 && out * stride < size + low) {
      // A last window may hang over, unless it starts in the end padding.
      ++out;
    }
    window.strides.push_back(stride);
    window.dilations.push_back(dilation);
    window.out.push_back(out);
    result.low.push_back(low);
    result.high.push_back(high);
    result.extra.push_back((out - 1) * stride + reach - (size + low + high));
  }
  return result;
}

OnnxValue padForWindow(ImportContext &context, const OnnxValue &input,
                       const WindowAttributes &attributes, double number) {
  SmallVector<int64_t> low{0, 0}, high{0, 0};
  low.append(attributes.low.begin(), attributes.low.end());
  for (size_t i = 0; i < attributes.high.size(); ++i) {
    high.push_back(attributes.high[i] +
                   std::max<int64_t>(0, attributes.extra[i]));
  }
  // The windows may stop short of the end; linalg wants the exact extent only
  // from above, so that rows left over need no copy.
  return pad(context, input, low, high, number);
}

namespace {

/// Number of elements that each output position averages over, if it varies.
OnnxValue windowCounts(ImportContext &context, ArrayRef<int64_t> inputShape,
                       const WindowAttributes &attributes, bool includePad) {
  const Window &window = attributes.window;
  HostTensor counts = HostTensor::zeros("counts", DType::F32, window.out);
  int64_t total = counts.getNumElements();
  for (int64_t flat = 0; flat < total; ++flat) {
    int64_t rest = flat;
    double count = 1.0;
    for (size_t d = window.out.size(); d-- > 0;) {
      int64_t position = rest % window.out[d];
      rest /= window.out[d];
      int64_t inside = 0;
      for (int64_t k = 0; k < window.kernel[d]; ++k) {
        int64_t at = position * window.strides[d] + k * window.dilations[d] -
                     attributes.low[d];
        int64_t first = includePad ? -attributes.low[d] : 0;
        int64_t end = inputShape[d + 2] + (includePad ? attributes.high[d] : 0);
        inside += at >= first && at < end;
      }
      count *= std::max<int64_t>(inside, 1);
    }
    counts.setDouble(flat, count);
  }
  return makeConstant(std::move(counts));
}

void checkPoolInput(ImportContext &context, const OnnxValue &input) {
  context.require(input.rank() >= 3, "input has shape " +
                                         formatShape(input.shape) +
                                         "; [n, c, spatial...] is expected");
}

void importMaxPool(ImportContext &context) {
  OnnxValue input = context.in(0);
  checkPoolInput(context, input);
  if (context.hasOutput(1)) {
    context.unsupported("the indices of MaxPool");
  }
  WindowAttributes attributes = readWindow(context, input.shape, {});
  double lowest = isFloat(input.dtype)
                      ? -std::numeric_limits<double>::infinity()
                      : getMinInteger(input.dtype);
  if (isFloat(input.dtype)) {
    // The maximum of a window is that of its numbers: NaN is passed over.
    input = elementwise(context, input, input.dtype,
                        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                          return select(
                              compareScalars(Comparison::Equal, x[0], x[0]),
                              x[0], x[0].constant(lowest));
                        });
  }
  OnnxValue padded = padForWindow(context, input, attributes, lowest);
  context.out(
      cast(context,
           reduceWindow(context, padded, 2, attributes.window, Reduction::Max),
           input.dtype));
}

void importAveragePool(ImportContext &context) {
  OnnxValue input = context.in(0);
  checkPoolInput(context, input);
  context.require(isFloat(input.dtype), "input must have a float type");
  WindowAttributes attributes = readWindow(context, input.shape, {});
  bool includePad = context.intAttr("count_include_pad", 0) != 0;
  OnnxValue padded = padForWindow(context, input, attributes, 0.0);
  OnnxValue sum =
      reduceWindow(context, padded, 2, attributes.window, Reduction::Sum);
  OnnxValue operands[] = {
      sum, windowCounts(context, input.shape, attributes, includePad)};
  context.out(elementwise(context, operands, input.dtype,
                          [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return roughQuotient(x[0], x[1]);
                          }));
}

void importGlobalPool(ImportContext &context, bool average) {
  OnnxValue input = context.in(0);
  checkPoolInput(context, input);
  std::vector<int64_t> axes;
  double count = 1.0;
  for (int64_t i = 2; i < input.rank(); ++i) {
    axes.push_back(i);
    count *= static_cast<double>(input.shape[i]);
  }
  OnnxValue result =
      reduce(context, input, axes, average ? Reduction::Sum : Reduction::Max);
  if (average) {
    result = elementwise(context, result, input.dtype,
                         [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                           return x[0] / count;
                         });
  }
  context.out(unsqueeze(context, cast(context, result, input.dtype), axes));
}

void importGlobalAveragePool(ImportContext &context) {
  importGlobalPool(context, true);
}
void importGlobalMaxPool(ImportContext &context) {
  importGlobalPool(context, false);
}

} // namespace

void registerPoolOps(OpTable &table) {
  table["MaxPool"] = importMaxPool;
  table["AveragePool"] = importAveragePool;
  table["GlobalAveragePool"] = importGlobalAveragePool;
  table["GlobalMaxPool"] = importGlobalMaxPool;
}

} // namespace acc
