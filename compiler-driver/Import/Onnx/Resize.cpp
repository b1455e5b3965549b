//===- Resize.cpp - Resize and Upsample -----------------------------------===//
//
// Enlarging by a whole number with the nearest element is a broadcast. Every
// other resize is linear in the input and separable, so each axis is a product
// with a matrix that is computed at import.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

#include <cmath>

using namespace mlir;

namespace acc {

namespace {

struct Rules {
  std::string mode, coordinates, nearest;
  double cubicA = -0.75;
  bool excludeOutside = false;
};

double sourceCoordinate(ImportContext &context, const Rules &rules, int64_t at,
                        double scale, int64_t in, int64_t out) {
  const std::string &kind = rules.coordinates;
  double x = static_cast<double>(at);
  if (kind == "half_pixel") {
    return (x + 0.5) / scale - 0.5;
  }
  if (kind == "half_pixel_symmetric") {
    double adjustment = static_cast<double>(out) / (scale * in);
    double center = in / 2.0;
    return center * (1.0 - adjustment) + (x + 0.5) / scale - 0.5;
  }
  if (kind == "pytorch_half_pixel") {
    return out > 1 ? (x + 0.5) / scale - 0.5 : 0.0;
  }
  if (kind == "align_corners") {
    return out > 1 ? x * (in - 1) / (out - 1) : 0.0;
  }
  if (kind == "asymmetric") {
    return x / scale;
  }
  context.unsupported("coordinate_transformation_mode '" + kind + "'");
}

double roundNearest(const std::string &mode, double x) {
  if (mode == "floor") {
    return std::floor(x);
  }
  if (mode == "ceil") {
    return std::ceil(x);
  }
  // Exactly between two elements one of them is preferred.
  return mode == "round_prefer_ceil" ? std::floor(x + 0.5) : std::ceil(x - 0.5);
}

/// Row `to` has the weights of the input elements.
HostTensor makeMatrix(ImportContext &context, const Rules &rules, int64_t in,
                      int64_t out, double scale) {
  HostTensor matrix = HostTensor::zeros("resize", DType::F32, {out, in});
  for (int64_t to = 0; to < out; ++to) {
    double x = sourceCoordinate(context, rules, to, scale, in, out);
    std::vector<std::pair<int64_t, double>> taps;
    double base = std::floor(x), part = x - base;
    if (rules.mode == "nearest") {
      taps = {{static_cast<int64_t>(roundNearest(rules.nearest, x)), 1.0}};
    } else if (rules.mode == "linear") {
      taps = {{static_cast<int64_t>(base), 1.0 - part},
              {static_cast<int64_t>(base) + 1, part}};
    } else {
      double a = rules.cubicA;
      for (int64_t i = -1; i <= 2; ++i) {
        double d = std::fabs(part - static_cast<double>(i));
        double weight = d <= 1.0  ? ((a + 2) * d - (a + 3)) * d * d + 1
                        : d < 2.0 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
                                  : 0.0;
        taps.push_back({static_cast<int64_t>(base) + i, weight});
      }
    }
    double sum = 0.0;
    for (auto &[index, weight] : taps) {
      if (rules.excludeOutside && (index < 0 || index >= in)) {
        weight = 0.0;
      }
      sum += weight;
    }
    for (auto [index, weight] : taps) {
      int64_t at = to * in + std::clamp<int64_t>(index, 0, in - 1);
      double share = rules.excludeOutside ? weight / sum : weight;
      matrix.setDouble(at, matrix.getDouble(at) + share);
    }
  }
  return matrix;
}

/// Whether the matrix picks element i / factor.
bool repeatsElements(const HostTensor &matrix, int64_t in, int64_t factor) {
  for (int64_t to = 0; to < matrix.shape[0]; ++to) {
    if (matrix.getDouble(to * in + to / factor) != 1.0) {
      return false;
    }
  }
  return true;
}

OnnxValue resizeAxis(ImportContext &context, const OnnxValue &x, int64_t axis,
                     int64_t out, double scale, const Rules &rules) {
  int64_t in = x.shape[axis];
  if (in * out > (int64_t(1) << 24)) {
    context.unsupported("a resize from " + Twine(in) + " to " + Twine(out) +
                        " elements");
  }
  HostTensor matrix = makeMatrix(context, rules, in, out, scale);
  if (rules.mode == "nearest" && out % in == 0 &&
      repeatsElements(matrix, in, out / in)) {
    Shape wide = x.shape, result = x.shape;
    wide.insert(wide.begin() + axis + 1, out / in);
    result[axis] = out;
    return reshape(
        context, broadcastTo(context, unsqueeze(context, x, {axis + 1}), wide),
        result);
  }
  if (!isFloat(x.dtype)) {
    context.unsupported("this resize of " + getName(x.dtype));
  }
  SmallVector<unsigned> from, to;
  for (unsigned i = 0; i < x.rank(); ++i) {
    from.push_back(i);
    to.push_back(i);
  }
  unsigned fresh = x.rank();
  to[axis] = fresh;
  matrix.name = context.node->getLabel() + "_weights";
  unsigned matrixLoops[] = {fresh, static_cast<unsigned>(axis)};
  return cast(context,
              contract(context, x, from, makeConstant(std::move(matrix)),
                       matrixLoops, to),
              x.dtype);
}

void importResize(ImportContext &context) {
  OnnxValue x = context.in(0);
  Rules rules;
  rules.mode = context.stringAttr("mode", "nearest");
  bool old = context.opset() < 11 || context.node->opType == "Upsample";
  rules.coordinates = context.stringAttr("coordinate_transformation_mode",
                                         old ? "asymmetric" : "half_pixel");
  rules.nearest =
      context.stringAttr("nearest_mode", old ? "floor" : "round_prefer_floor");
  rules.cubicA = context.floatAttr("cubic_coeff_a", -0.75);
  rules.excludeOutside = context.intAttr("exclude_outside", 0) != 0;
  if (rules.mode != "nearest" && rules.mode != "linear" &&
      rules.mode != "cubic") {
    context.fail("attribute 'mode' is '" + rules.mode + "'");
  }
  if (context.intAttr("antialias", 0) != 0) {
    context.unsupported("antialiasing");
  }
  std::vector<int64_t> axes;
  if (auto given = context.intsAttr("axes")) {
    axes = *given;
    context.normalizeAxes(axes, x.rank());
  } else {
    for (int64_t i = 0; i < x.rank(); ++i) {
      axes.push_back(i);
    }
  }
  unsigned scalesInput = old ? 1 : 2;
  std::vector<double> scales;
  std::vector<int64_t> sizes;
  if (context.has(scalesInput) && context.in(scalesInput).numElements() > 0) {
    scales = context.constantFloats(scalesInput, "scales");
  } else if (const OnnxAttribute *given =
                 context.attr("scales", OnnxAttribute::Floats)) {
    scales = given->floats;
  } else {
    sizes = context.constantInts(3, "sizes");
  }
  context.require(scales.size() == axes.size() || sizes.size() == axes.size(),
                  "scales or sizes do not fit the number of axes");
  std::string policy =
      context.stringAttr("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch" && !sizes.empty()) {
    context.unsupported("keep_aspect_ratio_policy '" + policy + "'");
  }
  OnnxValue result = x;
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t axis = context.normalizeAxis(axes[i], x.rank());
    int64_t in = x.shape[axis];
    double scale = 0.0;
    int64_t out = 0;
    if (!sizes.empty()) {
      out = sizes[i];
      scale = static_cast<double>(out) / in;
    } else {
      scale = scales[i];
      context.require(scale > 0.0 && scale < 65536.0,
                      "a scale is not positive");
      out = static_cast<int64_t>(std::floor(in * scale));
    }
    context.require(in > 0 && out > 0, "cannot resize " + Twine(in) + " to " +
                                           Twine(out) + " elements");
    if (out != in || scale != 1.0) {
      result = resizeAxis(context, result, axis, out, scale, rules);
    }
  }
  context.out(result);
}

} // namespace

void registerResizeOps(OpTable &table) {
  table["Resize"] = importResize;
  table["Upsample"] = importResize;
}

} // namespace acc
