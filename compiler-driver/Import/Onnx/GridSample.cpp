//===- GridSample.cpp - GridSample and AffineGrid -------------------------===//
//
// Coordinates of a grid go from -1 to 1 over an image, the last dimension
// first. Semantics of ONNX's evaluator; where it clamps the coordinates of a
// cubic interpolation first, those of PyTorch and onnxruntime.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Sample.h"

#include <cmath>

using namespace mlir;

namespace acc {

namespace {

enum class Interpolation { Nearest, Linear, Cubic };
enum class Padding { Zeros, Border, Reflection };

/// How one dimension is sampled.
struct Rules {
  Interpolation mode = Interpolation::Linear;
  Padding padding = Padding::Zeros;
  bool alignCorners = false;
  int64_t size = 0;

  double first() const { return alignCorners ? 0.0 : -0.5; }
  double last() const { return alignCorners ? size - 1.0 : size - 0.5; }
};

Rules readRules(ImportContext &context) {
  Rules rules;
  std::string mode =
      context.stringAttr("mode", context.opset() < 20 ? "bilinear" : "linear");
  if (mode == "nearest") {
    rules.mode = Interpolation::Nearest;
  } else if (mode == "cubic" || mode == "bicubic") {
    rules.mode = Interpolation::Cubic;
  } else {
    context.require(mode == "linear" || mode == "bilinear",
                    "attribute 'mode' is '" + mode + "'");
  }
  std::string padding = context.stringAttr("padding_mode", "zeros");
  if (padding == "border") {
    rules.padding = Padding::Border;
  } else if (padding == "reflection") {
    rules.padding = Padding::Reflection;
  } else {
    context.require(padding == "zeros",
                    "attribute 'padding_mode' is '" + padding + "'");
  }
  rules.alignCorners = context.intAttr("align_corners", 0) != 0;
  return rules;
}

Scalar clamp(Scalar x, double low, double high) {
  return minimum(maximum(x, x.constant(low)), x.constant(high));
}

/// Folds what is beyond the border back, as often as it takes.
Scalar reflect(Scalar x, const Rules &rules) {
  double extent = rules.last() - rules.first();
  if (extent == 0.0) {
    return x.constant(0.0);
  }
  Scalar distance = apply(Function::Abs, x - rules.first());
  Scalar turns = apply(Function::Floor, distance / (2.0 * extent));
  Scalar part = distance - turns * (2.0 * extent);
  Scalar folded = minimum(part, -part + 2.0 * extent) + rules.first();
  Scalar outside = logicalOr(
      compareScalars(Comparison::Less, x, x.constant(rules.first())),
      compareScalars(Comparison::Greater, x, x.constant(rules.last())));
  return select(outside, folded, x);
}

/// Where a coordinate from -1 to 1 is among the elements.
OnnxValue toElements(ImportContext &context, const OnnxValue &coordinate,
                     const Rules &rules) {
  double size = static_cast<double>(rules.size);
  return elementwise(
      context, coordinate, DType::F32,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        Scalar x = rules.alignCorners ? (v[0] + 1.0) * 0.5 * (size - 1.0)
                                      : ((v[0] + 1.0) * size - 1.0) * 0.5;
        if (rules.mode == Interpolation::Nearest) {
          x = apply(Function::RoundEven, x);
        }
        if (rules.mode == Interpolation::Cubic) {
          return x; // Its taps are moved into the image, as in PyTorch.
        }
        return rules.padding == Padding::Border ? clamp(x, 0.0, size - 1.0)
               : rules.padding == Padding::Reflection ? reflect(x, rules)
                                                      : x;
      });
}

/// The weight of the element `place` (-1 to 2) behind the one that is `part`
/// before the coordinate: R. Keys, Cubic convolution interpolation, 1981, with
/// a = -0.75.
Scalar cubicWeight(Scalar part, int64_t place) {
  constexpr double kA = -0.75;
  Scalar d = place <= 0 ? part - double(place) : -part + double(place);
  if (place == 0 || place == 1) {
    return (d * (kA + 2) - (kA + 3)) * d * d + 1.0;
  }
  return ((d * kA - 5 * kA) * d + 8 * kA) * d - 4 * kA;
}

std::vector<Tap> makeTaps(ImportContext &context, const OnnxValue &x,
                          const Rules &rules) {
  int64_t from = rules.mode == Interpolation::Cubic ? -1 : 0;
  int64_t to = rules.mode == Interpolation::Cubic    ? 2
               : rules.mode == Interpolation::Linear ? 1
                                                     : 0;
  double size = static_cast<double>(rules.size);
  std::vector<Tap> taps;
  for (int64_t place = from; place <= to; ++place) {
    OnnxValue position =
        elementwise(context, x, DType::I32,
                    [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                      Scalar at = apply(Function::Floor, v[0]) + double(place);
                      if (rules.padding == Padding::Reflection) {
                        at = reflect(at, rules);
                      }
                      return toInt(clamp(at, 0.0, size - 1.0));
                    });
    OnnxValue weight = elementwise(
        context, x, DType::F32,
        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
          Scalar low = apply(Function::Floor, v[0]);
          Scalar part = v[0] - low;
          Scalar share =
              rules.mode == Interpolation::Nearest ? part.constant(1.0)
              : rules.mode == Interpolation::Cubic ? cubicWeight(part, place)
              : place == 0                         ? -part + 1.0
                                                   : part;
          return rules.padding == Padding::Zeros
                     ? countInside(share, low + double(place), rules.size)
                     : share;
        });
    taps.push_back({position, weight});
  }
  return taps;
}

/// X [n, c, in...] at grid [n, out..., dims] into [n, c, out...].
void importGridSample(ImportContext &context) {
  OnnxValue x = context.in(0), grid = context.in(1);
  int64_t dims = x.rank() - 2;
  context.require(dims >= 1 && grid.rank() == x.rank() &&
                      grid.shape.back() == dims && grid.shape[0] == x.shape[0],
                  "image and grid have shapes " + formatShape(x.shape) +
                      " and " + formatShape(grid.shape) +
                      "; [n, c, in...] and [n, out..., " + Twine(dims) +
                      "] are expected");
  context.require(isFloat(grid.dtype), "the grid has type " +
                                           getName(grid.dtype) +
                                           "; floats are expected");
  Rules rules = readRules(context);
  if (dims > 3 || !isFloat(x.dtype)) {
    context.unsupported("a grid of " + Twine(dims) + " dimensions over " +
                        getName(x.dtype));
  }
  context.require(x.numElements() > 0 || grid.numElements() == 0,
                  "the image has no elements");
  Shape shape{x.shape[0], x.shape[1]};
  shape.append(grid.shape.begin() + 1, grid.shape.end() - 1);
  std::vector<std::vector<Tap>> taps;
  for (int64_t dim = 0; dim < dims; ++dim) {
    rules.size = x.shape[dim + 2];
    OnnxValue part =
        sliceAxis(context, grid, grid.rank() - 1, dims - 1 - dim, 1);
    // [n, out...] as [n, 1, out...].
    part = unsqueeze(context, squeeze(context, part, {grid.rank() - 1}), {1});
    taps.push_back(makeTaps(context, toElements(context, part, rules), rules));
  }
  OnnxValue result = combineTaps(context, taps, Reduction::Sum,
                                 [&](ArrayRef<OnnxValue> positions) {
                                   return readAt(context, x, positions, shape);
                                 });
  context.out(cast(context, result, x.dtype));
}

/// Coordinates [n, out..., dims] of theta [n, dims, dims + 1].
void importAffineGrid(ImportContext &context) {
  OnnxValue theta = context.in(0);
  std::vector<int64_t> size = context.constantInts(1, "size");
  bool alignCorners = context.intAttr("align_corners", 0) != 0;
  int64_t dims = static_cast<int64_t>(size.size()) - 2;
  context.require((dims == 2 || dims == 3) &&
                      theta.shape == Shape{size[0], dims, dims + 1},
                  "theta has shape " + formatShape(theta.shape) +
                      " and size is " + formatShape(size) +
                      "; [n, d, d + 1] and [n, c, out...] are expected");
  ArrayRef<int64_t> out = ArrayRef<int64_t>(size).drop_front(2);
  context.checkShape(size);
  int64_t points = 1;
  for (int64_t extent : out) {
    context.require(extent > 0, "size is " + formatShape(size));
    points *= extent;
  }
  HostTensor grid = context.makeZeros(context.node->getLabel() + "_grid",
                                      DType::F32, {points, dims + 1});
  for (int64_t point = 0; point < points; ++point) {
    int64_t rest = point;
    for (int64_t dim = dims - 1; dim >= 0; --dim) {
      int64_t extent = out[dim], at = rest % extent;
      rest /= extent;
      double x = alignCorners ? -1.0 + 2.0 * at / (extent - 1.0)
                              : -1.0 + (2.0 * at + 1.0) / extent;
      // The only point of a dimension whose corners would be aligned.
      x = extent == 1 && alignCorners ? -1.0 : x;
      grid.setDouble(point * (dims + 1) + (dims - 1 - dim), x);
    }
    grid.setDouble(point * (dims + 1) + dims, 1.0);
  }
  OnnxValue result = contract(context, theta, {0, 1, 2},
                              makeConstant(std::move(grid)), {3, 2}, {0, 3, 1});
  Shape shape{size[0]};
  shape.append(out.begin(), out.end());
  shape.push_back(dims);
  context.out(cast(context, reshape(context, result, shape), theta.dtype));
}

} // namespace

void registerGridSampleOps(OpTable &table) {
  table["GridSample"] = importGridSample;
  table["AffineGrid"] = importAffineGrid;
}

} // namespace acc
