//===- Pool.cpp - Pooling, and the windows it shares with Conv ------------===//

#include "compiler-driver/Import/Onnx/WindowAttributes.h"

#include <limits>

using namespace mlir;

namespace acc {

std::vector<int64_t> readPlaces(ImportContext &context, StringRef name,
                                int64_t length, int64_t byDefault) {
  std::vector<int64_t> values =
      context.intsAttr(name).value_or(std::vector<int64_t>(length, byDefault));
  context.require(static_cast<int64_t>(values.size()) == length,
                  "attribute '" + name + "' has " + Twine(values.size()) +
                      " elements; " + Twine(length) + " are expected");
  for (int64_t value : values) {
    context.require(llvm::isInt<32>(value),
                    "attribute '" + name + "' has an element " + Twine(value) +
                        "; one of 32 bits is expected");
  }
  return values;
}

WindowAttributes readWindow(ImportContext &context,
                            ArrayRef<int64_t> inputShape, Shape kernel) {
  int64_t spatial = static_cast<int64_t>(inputShape.size()) - 2;
  WindowAttributes result;
  std::vector<int64_t> strides = readPlaces(context, "strides", spatial, 1);
  std::vector<int64_t> dilations = readPlaces(context, "dilations", spatial, 1);
  std::vector<int64_t> pads = readPlaces(context, "pads", 2 * spatial, 0);
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
  HostTensor counts = context.makeZeros("counts", DType::F32, window.out);
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

/// Where the maximum of each window is, the first of equal ones: its position
/// in the whole input, in order of rows or (of the spatial part) columns.
OnnxValue maxIndices(ImportContext &context, const OnnxValue &input,
                     const OnnxValue &padded,
                     const WindowAttributes &attributes, bool columns) {
  const Window &window = attributes.window;
  int64_t spatial = static_cast<int64_t>(window.kernel.size());
  int64_t taps = countElements(window.kernel).value_or(INT64_MAX);
  constexpr int64_t maxTaps = 128;
  if (taps > maxTaps) {
    context.unsupported("the indices of MaxPool over " + Twine(taps) +
                        " elements; up to " + Twine(maxTaps) +
                        " are looked at in turn");
  }
  if (!getTypeRange(DType::I32).contains({0, input.numElements()})) {
    context.unsupported("the indices of an input of shape " +
                        formatShape(input.shape));
  }
  // What a step in each dimension of the input is in the index.
  SmallVector<int64_t> steps(input.rank(), 1);
  int64_t step = 1;
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t d = columns ? 2 + i : input.rank() - 1 - i;
    steps[d] = step;
    step *= input.shape[d];
  }
  steps[1] = step;
  steps[0] = step * input.shape[1];
  OnnxValue best, index;
  for (int64_t tap = 0; tap < taps; ++tap) {
    SmallVector<int64_t> at(spatial), starts{0, 0}, strides{1, 1};
    for (int64_t d = spatial, rest = tap; d-- > 0; rest /= window.kernel[d]) {
      at[d] = rest % window.kernel[d] * window.dilations[d];
    }
    Shape sizes{input.shape[0], input.shape[1]};
    for (int64_t d = 0; d < spatial; ++d) {
      starts.push_back(at[d]);
      strides.push_back(window.strides[d]);
      sizes.push_back(window.out[d]);
    }
    OnnxValue here = slice(context, padded, starts, sizes, strides);
    auto position = [&](ImplicitLocOpBuilder &b) {
      Scalar sum = loopIndex(b, 0) * double(steps[0]) +
                   loopIndex(b, 1) * double(steps[1]);
      for (int64_t d = 0; d < spatial; ++d) {
        Scalar coordinate = loopIndex(b, d + 2) * double(window.strides[d]) +
                            double(at[d] - attributes.low[d]);
        sum = sum + coordinate * double(steps[d + 2]);
      }
      return sum;
    };
    if (tap == 0) {
      index = elementwise(context, here, DType::I32,
                          [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar>) {
                            return position(b);
                          });
      best = here;
      continue;
    }
    OnnxValue forIndex[] = {here, best, index};
    index = elementwise(context, forIndex, DType::I32,
                        [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
                          return select(
                              compareScalars(Comparison::Greater, x[0], x[1]),
                              position(b), x[2]);
                        });
    OnnxValue forBest[] = {here, best};
    best = elementwise(context, forBest, input.dtype,
                       [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                         return maximum(x[0], x[1]);
                       });
  }
  return cast(context, index, DType::I64);
}

void importMaxPool(ImportContext &context) {
  OnnxValue input = context.in(0);
  checkPoolInput(context, input);
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
  if (context.hasOutput(1)) {
    bool columns = context.intAttr("storage_order", 0) != 0;
    context.out(maxIndices(context, context.in(0), padded, attributes, columns),
                1);
  }
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

/// (sum |x|^p)^(1/p), for a p of at least 1.
Scalar rootOfPowers(Scalar sum, double p) {
  return p == 1.0   ? sum
         : p == 2.0 ? apply(Function::Sqrt, sum)
                    : power(sum, 1.0 / p);
}

double readNorm(ImportContext &context) {
  // A float in the first operator set.
  double p = context.opset() < 2 ? context.floatAttr("p", 2.0)
                                 : double(context.intAttr("p", 2));
  context.require(p >= 1.0, "attribute 'p' must be at least 1");
  return p;
}

void importLpPool(ImportContext &context) {
  OnnxValue input = context.in(0);
  checkPoolInput(context, input);
  double p = readNorm(context);
  WindowAttributes attributes = readWindow(context, input.shape, {});
  OnnxValue powers =
      elementwise(context, input, DType::F32,
                  [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                    return power(apply(Function::Abs, x[0]), p);
                  });
  OnnxValue sum =
      reduceWindow(context, padForWindow(context, powers, attributes, 0.0), 2,
                   attributes.window, Reduction::Sum);
  context.out(elementwise(context, sum, input.dtype,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return rootOfPowers(x[0], p);
                          }));
}

void importGlobalLpPool(ImportContext &context) {
  OnnxValue input = context.in(0);
  checkPoolInput(context, input);
  double p = readNorm(context);
  std::vector<int64_t> axes;
  for (int64_t i = 2; i < input.rank(); ++i) {
    axes.push_back(i);
  }
  OnnxValue sum = reduce(
      context, input, axes, Reduction::Sum,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
        return power(apply(Function::Abs, x[0]), p);
      },
      DType::F32);
  OnnxValue result =
      elementwise(context, sum, input.dtype,
                  [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                    return rootOfPowers(x[0], p);
                  });
  context.out(unsqueeze(context, result, axes));
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
  table["LpPool"] = importLpPool;
  table["GlobalLpPool"] = importGlobalLpPool;
  table["GlobalAveragePool"] = importGlobalAveragePool;
  table["GlobalMaxPool"] = importGlobalMaxPool;
}

} // namespace acc
