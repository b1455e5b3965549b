//===- ConvTranspose.cpp - Transposed convolution -------------------------===//
//
// The input with zeros between its elements, convolved with the weights in
// reversed order.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Import/Onnx/WindowAttributes.h"

using namespace mlir;

namespace acc {

namespace {

/// Sizes along the spatial dimensions.
struct Transposed {
  Shape strides, dilations, low, high, extra;
};

Transposed readTransposed(ImportContext &context, ArrayRef<int64_t> input,
                          ArrayRef<int64_t> kernel) {
  int64_t spatial = static_cast<int64_t>(kernel.size());
  auto list = [&](StringRef name, int64_t length, int64_t byDefault) {
    std::vector<int64_t> values = readPlaces(context, name, length, byDefault);
    for (int64_t value : values) {
      context.require(value >= 0,
                      "attribute '" + name + "' contains " + Twine(value));
    }
    return Shape(values.begin(), values.end());
  };
  Transposed result;
  result.strides = list("strides", spatial, 1);
  result.dilations = list("dilations", spatial, 1);
  result.extra = list("output_padding", spatial, 0);
  Shape pads = list("pads", 2 * spatial, 0);
  std::string automatic = context.stringAttr("auto_pad", "NOTSET");
  std::optional<std::vector<int64_t>> wanted = context.intsAttr("output_shape");
  if (wanted && static_cast<int64_t>(wanted->size()) == spatial + 2) {
    wanted->erase(wanted->begin(), wanted->begin() + 2);
  }
  context.require(!wanted || static_cast<int64_t>(wanted->size()) == spatial,
                  "attribute 'output_shape' does not fit the input");
  if (wanted) {
    context.checkShape(*wanted);
  }
  bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  context.require(same || automatic == "NOTSET" || automatic == "VALID" ||
                      automatic.empty(),
                  "attribute 'auto_pad' is '" + automatic + "'");
  if (auto given = context.intsAttr("kernel_shape")) {
    context.require(ArrayRef<int64_t>(*given) == kernel,
                    "attribute 'kernel_shape' is " + formatShape(*given) +
                        ", but the weights have " + formatShape(kernel));
  }
  for (int64_t i = 0; i < spatial; ++i) {
    context.require(result.strides[i] > 0 && result.dilations[i] > 0 &&
                        kernel[i] > 0,
                    "strides, dilations and kernel sizes must be positive");
    // Both are extents that the padded input has.
    context.checkShape({input[i], result.strides[i]});
    context.checkShape({kernel[i], result.dilations[i]});
    int64_t low = automatic == "VALID" ? 0 : pads[i];
    int64_t high = automatic == "VALID" ? 0 : pads[i + spatial];
    if (wanted || same) {
      int64_t full = result.strides[i] * (input[i] - 1) + result.extra[i] +
                     (kernel[i] - 1) * result.dilations[i] + 1;
      int64_t size = wanted ? (*wanted)[i] : input[i] * result.strides[i];
      int64_t total = std::max<int64_t>(0, full - size);
      low = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
      high = total - low;
      // What the kernel does not reach is padding behind.
      result.extra[i] += std::max<int64_t>(0, size - full);
    }
    result.low.push_back(low);
    result.high.push_back(high);
  }
  return result;
}

/// Puts stride - 1 zeros between the elements of dimension `axis`.
OnnxValue spread(ImportContext &context, const OnnxValue &x, int64_t axis,
                 int64_t stride) {
  if (stride == 1 || x.shape[axis] <= 1) {
    return x;
  }
  OnnxValue apart = unsqueeze(context, x, {axis + 1});
  SmallVector<int64_t> low(apart.rank(), 0), high(apart.rank(), 0);
  high[axis + 1] = stride - 1;
  apart = pad(context, apart, low, high, 0.0);
  Shape shape = x.shape;
  shape[axis] *= stride;
  apart = reshape(context, apart, shape);
  return sliceAxis(context, apart, axis, 0, shape[axis] - stride + 1);
}

void importConvTranspose(ImportContext &context) {
  OnnxValue input = context.in(0), weights = context.in(1);
  std::string shapes =
      formatShape(input.shape) + " and " + formatShape(weights.shape);
  context.require(input.rank() >= 3 && weights.rank() == input.rank() &&
                      input.dtype == weights.dtype,
                  "input and weights have shapes " + shapes +
                      "; [n, c, spatial...] and [c, f, kernel...] of one type "
                      "are expected");
  int64_t groups = context.intAttr("group", 1);
  int64_t channels = input.shape[1], filters = weights.shape[1];
  context.require(groups >= 1 && channels % groups == 0 &&
                      weights.shape[0] == channels,
                  "input and weights of shapes " + shapes + " do not fit " +
                      Twine(groups) + " group(s)");
  ArrayRef<int64_t> kernel = ArrayRef<int64_t>(weights.shape).drop_front(2);
  Transposed form = readTransposed(
      context, ArrayRef<int64_t>(input.shape).drop_front(2), kernel);
  Window window;
  SmallVector<int64_t> low{0, 0}, high{0, 0};
  std::vector<int64_t> reversed;
  OnnxValue padded = input;
  for (auto [i, size] : llvm::enumerate(kernel)) {
    padded = spread(context, padded, i + 2, form.strides[i]);
    int64_t reach = (size - 1) * form.dilations[i];
    low.push_back(reach - form.low[i]);
    high.push_back(reach - form.high[i] + form.extra[i]);
    int64_t out = padded.shape[i + 2] + low.back() + high.back() - reach;
    context.require(out > 0, "the result would have no elements");
    window.strides.push_back(1);
    window.dilations.push_back(form.dilations[i]);
    window.kernel.push_back(size);
    window.out.push_back(out);
    reversed.push_back(i + 3);
  }
  padded = pad(context, padded, low, high, 0.0);
  // Weights [groups, f, c, kernel...].
  Shape split{groups, channels / groups, filters};
  split.append(kernel.begin(), kernel.end());
  SmallVector<int64_t> order{0, 2, 1};
  order.append(reversed.begin(), reversed.end());
  OnnxValue turned = reverse(
      context, transpose(context, reshape(context, weights, split), order),
      reversed);
  Shape parts{input.shape[0], groups, channels / groups};
  parts.append(padded.shape.begin() + 2, padded.shape.end());
  OnnxValue result =
      convolve(context, reshape(context, padded, parts), turned, window);
  Shape shape{input.shape[0], groups * filters};
  shape.append(window.out);
  result = reshape(context, result, shape);
  outWithBias(context, result, groups * filters);
}

/// Blocks [n, c * kernel..., positions] summed up where they lie in an image
/// [n, c, image...]: a transposed convolution in which each element of a block
/// has a filter of its own, with a one at its place.
void importCol2Im(ImportContext &context) {
  OnnxValue x = context.in(0);
  std::vector<int64_t> image = context.constantInts(1, "the image's shape");
  std::vector<int64_t> kernel = context.constantInts(2, "the block's shape");
  int64_t spatial = static_cast<int64_t>(image.size());
  context.require(spatial >= 1 && kernel.size() == image.size(),
                  "image and block have shapes " + formatShape(image) +
                      " and " + formatShape(kernel));
  context.checkShape(image);
  context.checkShape(kernel);
  std::vector<int64_t> strides = readPlaces(context, "strides", spatial, 1);
  std::vector<int64_t> dilations = readPlaces(context, "dilations", spatial, 1);
  std::vector<int64_t> pads = readPlaces(context, "pads", 2 * spatial, 0);
  std::vector<int64_t> blocks, extra;
  int64_t elements = 1, positions = 1;
  for (int64_t i = 0; i < spatial; ++i) {
    context.require(image[i] > 0 && kernel[i] > 0 && strides[i] > 0 &&
                        dilations[i] > 0,
                    "sizes, strides and dilations must be positive");
    int64_t reach = (kernel[i] - 1) * dilations[i] + 1;
    int64_t room = image[i] + pads[i] + pads[i + spatial] - reach;
    context.require(room >= 0, "the block is larger than the image");
    blocks.push_back(room / strides[i] + 1);
    extra.push_back(room % strides[i]);
    context.checkShape(blocks);
    elements *= kernel[i];
    positions *= blocks.back();
  }
  context.require(
      x.rank() == 3 && x.shape[1] % elements == 0 && x.shape[2] == positions,
      "the input has shape " + formatShape(x.shape) + "; [n, c * " +
          Twine(elements) + ", " + Twine(positions) + "] is expected");
  int64_t channels = x.shape[1] / elements;
  Shape split{x.shape[0], x.shape[1]};
  split.append(blocks.begin(), blocks.end());
  Shape places{x.shape[1], 1};
  places.append(kernel.begin(), kernel.end());
  context.checkShape(places);
  HostTensor ones =
      context.makeZeros(context.node->getLabel() + "_places", x.dtype, places);
  for (int64_t i = 0; i < x.shape[1]; ++i) {
    ones.setInteger(i * elements + i % elements, 1);
  }
  auto ints = [](ArrayRef<int64_t> values) {
    OnnxAttribute attribute;
    attribute.kind = OnnxAttribute::Ints;
    attribute.ints = values;
    return attribute;
  };
  context.out(
      context.apply("ConvTranspose",
                    {reshape(context, x, split), makeConstant(std::move(ones))},
                    {{"group", OnnxAttribute::ofInt(channels)},
                     {"strides", ints(strides)},
                     {"dilations", ints(dilations)},
                     {"pads", ints(pads)},
                     {"output_padding", ints(extra)}})[0]);
}

} // namespace

void registerConvTransposeOps(OpTable &table) {
  table["ConvTranspose"] = importConvTranspose;
  table["Col2Im"] = importCol2Im;
}

} // namespace acc
