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
  bool antialias = false;
};

/// One dimension that is resized.
struct AxisForm {
  int64_t axis = 0, in = 0, out = 0;
  double scale = 1.0;
  /// What of the input is seen, as parts of its extent.
  double start = 0.0, end = 1.0;
};

double unboundedCoordinate(ImportContext &context, const Rules &rules,
                           int64_t at, const AxisForm &form) {
  const std::string &kind = rules.coordinates;
  int64_t in = form.in, out = form.out;
  double scale = form.scale;
  double x = static_cast<double>(at);
  // ONNX's evaluator counts the part of an element that is cut off, too.
  double width = scale * in;
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
    return width == 1.0 ? 0.0 : x * (in - 1) / (width - 1);
  }
  if (kind == "tf_crop_and_resize") {
    double first = form.start * (in - 1), last = form.end * (in - 1);
    return width == 1.0 ? 0.5 * (first + last)
                        : first + x * (last - first) / (width - 1);
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

bool isCrop(const Rules &rules) {
  return rules.coordinates == "tf_crop_and_resize";
}

/// Whether the element `to` lies in the input; a crop may reach out of it.
/// Far outside of the input it no longer matters where.
double sourceCoordinate(ImportContext &context, const Rules &rules, int64_t at,
                        const AxisForm &form) {
  double x = unboundedCoordinate(context, rules, at, form);
  context.require(!std::isnan(x), "a coordinate is no number");
  return std::clamp(x, double(INT32_MIN), double(INT32_MAX));
}

bool isInside(ImportContext &context, const Rules &rules, const AxisForm &form,
              int64_t to) {
  double x = sourceCoordinate(context, rules, to, form);
  return !isCrop(rules) || (x >= 0.0 && x <= double(form.in - 1));
}

/// The weight of an element at distance `d`, without scaling.
double weigh(const Rules &rules, double distance) {
  double d = std::fabs(distance), a = rules.cubicA;
  if (rules.mode == "linear") {
    return std::max(0.0, 1.0 - d);
  }
  return d <= 1.0  ? ((a + 2) * d - (a + 3)) * d * d + 1
         : d < 2.0 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
                   : 0.0;
}

/// Row `to` has the weights of the input elements.
HostTensor makeMatrix(ImportContext &context, const Rules &rules,
                      const AxisForm &form) {
  int64_t in = form.in, out = form.out;
  // When it makes smaller, an antialiasing filter is as much wider.
  double shrink = rules.antialias ? std::min(form.scale, 1.0) : 1.0;
  HostTensor matrix = context.makeZeros("resize", DType::F32, {out, in});
  for (int64_t to = 0; to < out; ++to) {
    double x = sourceCoordinate(context, rules, to, form);
    std::vector<std::pair<int64_t, double>> taps;
    double base = std::floor(x), part = x - base;
    if (rules.mode == "nearest") {
      taps = {{static_cast<int64_t>(roundNearest(rules.nearest, x)), 1.0}};
    } else {
      int64_t reach = static_cast<int64_t>(
          std::ceil((rules.mode == "linear" ? 1.0 : 2.0) / shrink));
      for (int64_t i = 1 - reach; i <= reach; ++i) {
        double distance = part - static_cast<double>(i);
        taps.push_back(
            {static_cast<int64_t>(base) + i, weigh(rules, distance * shrink)});
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
      double share =
          rules.excludeOutside || rules.antialias ? weight / sum : weight;
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

OnnxValue resizeAxis(ImportContext &context, const OnnxValue &x,
                     const AxisForm &form, const Rules &rules) {
  int64_t axis = form.axis, in = form.in, out = form.out;
  // A dense matrix of weights bounds what is sensible.
  constexpr int64_t kMostWeights = int64_t(1) << 24;
  constexpr int64_t kMostElements = int64_t(1) << 16;
  if (out > kMostElements || in > kMostWeights / out) {
    context.unsupported("a resize from " + Twine(in) + " to " + Twine(out) +
                        " elements");
  }
  HostTensor matrix = makeMatrix(context, rules, form);
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
  // It does nothing to the nearest element.
  rules.antialias =
      context.intAttr("antialias", 0) != 0 && rules.mode != "nearest";
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
  context.require(policy == "stretch" || policy == "not_larger" ||
                      policy == "not_smaller",
                  "attribute 'keep_aspect_ratio_policy' is '" + policy + "'");
  if (policy != "stretch" && !sizes.empty()) {
    // One scale for all axes, that of the one that decides.
    double common = 0.0;
    for (size_t i = 0; i < axes.size(); ++i) {
      int64_t in = x.shape[context.normalizeAxis(axes[i], x.rank())];
      double scale = static_cast<double>(sizes[i]) / in;
      common = i == 0                   ? scale
               : policy == "not_larger" ? std::min(common, scale)
                                        : std::max(common, scale);
    }
    for (size_t i = 0; i < axes.size(); ++i) {
      int64_t in = x.shape[context.normalizeAxis(axes[i], x.rank())];
      sizes[i] = static_cast<int64_t>(std::floor(common * in + 0.5));
    }
    scales.assign(axes.size(), common);
  }
  std::vector<double> region;
  if (isCrop(rules)) {
    region = context.constantFloats(1, "the region");
    context.require(region.size() == 2 * axes.size(),
                    "the region has " + Twine(region.size()) +
                        " elements; two for each axis are expected");
  }
  double beyond = context.floatAttr("extrapolation_value", 0.0);
  OnnxValue result = x, inside;
  bool reachesOut = false;
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t axis = context.normalizeAxis(axes[i], x.rank());
    int64_t in = x.shape[axis];
    double scale = 0.0;
    int64_t out = 0;
    if (!sizes.empty()) {
      out = sizes[i];
      scale = scales.empty() ? static_cast<double>(out) / in : scales[i];
    } else {
      scale = scales[i];
      context.require(scale > 0.0 && scale < 65536.0,
                      "a scale is not positive");
      out = static_cast<int64_t>(std::floor(in * scale));
    }
    context.require(in > 0 && out > 0 && scale > 0.0,
                    "cannot resize " + Twine(in) + " to " + Twine(out) +
                        " elements");
    AxisForm form{axis, in, out, scale};
    if (!region.empty()) {
      form.start = region[i];
      form.end = region[i + axes.size()];
    }
    if (out != in || scale != 1.0 || !region.empty()) {
      result = resizeAxis(context, result, form, rules);
    }
    if (isCrop(rules)) {
      HostTensor mask = context.makeZeros("", DType::Bool, {out});
      for (int64_t to = 0; to < out; ++to) {
        mask.setInteger(to, isInside(context, rules, form, to));
        reachesOut |= !isInside(context, rules, form, to);
      }
      std::vector<int64_t> trailing;
      for (int64_t d = axis + 1; d < x.rank(); ++d) {
        trailing.push_back(d - axis);
      }
      OnnxValue here =
          unsqueeze(context, makeConstant(std::move(mask)), trailing);
      OnnxValue both[] = {here, i == 0 ? here : inside};
      inside = elementwise(context, both, DType::Bool,
                           [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                             return logicalAnd(v[0], v[1]);
                           });
    }
  }
  if (reachesOut) {
    OnnxValue operands[] = {inside, result};
    result = elementwise(context, operands, x.dtype,
                         [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                           return select(v[0], v[1], v[1].constant(beyond));
                         });
  }
  context.out(result);
}

} // namespace

void registerResizeOps(OpTable &table) {
  table["Resize"] = importResize;
  table["Upsample"] = importResize;
}

} // namespace acc
