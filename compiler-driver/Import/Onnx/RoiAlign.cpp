//===- RoiAlign.cpp - RoiAlign and DeformConv -----------------------------===//
//
// What reads an image between its elements at places of its own: regions of
// interest and convolutions whose windows are deformed.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Sample.h"
#include "compiler-driver/Import/Onnx/WindowAttributes.h"

using namespace mlir;

namespace acc {

namespace {

/// How one dimension of a region is sampled.
struct RegionForm {
  double scale = 1.0, offset = 0.0;
  /// Whether regions may be smaller than an element.
  bool mayShrink = false;
  int64_t bins = 1, points = 1, size = 1;
};

/// Coordinates along one dimension for regions from `start` to `end` [r, 1...]:
/// loop `bin` counts the bins and loop `point` the points of a bin.
OnnxValue regionCoordinates(ImportContext &context, const OnnxValue &start,
                            const OnnxValue &end, const RegionForm &form,
                            unsigned bin, unsigned point) {
  Shape shape = start.shape;
  shape[bin] = form.bins;
  shape[point] = form.points;
  OnnxValue operands[] = {start, end};
  return elementwise(
      context, operands, DType::F32,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        Scalar from = toFloat(v[0]) * form.scale - form.offset;
        Scalar extent = toFloat(v[1]) * form.scale - form.offset - from;
        if (!form.mayShrink) {
          extent = maximum(extent, extent.constant(1.0));
        }
        Scalar step = extent / static_cast<double>(form.bins);
        Scalar part = (toFloat(loopIndex(b, point)) + 0.5) * step /
                      static_cast<double>(form.points);
        return from + toFloat(loopIndex(b, bin)) * step + part;
      },
      shape);
}

/// The two points around each coordinate. Up to one element beyond the border
/// counts as the border.
std::vector<Tap> regionTaps(ImportContext &context,
                            const OnnxValue &coordinates, int64_t size) {
  double last = static_cast<double>(size - 1);
  OnnxValue inside = elementwise(
      context, coordinates, DType::F32,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        return minimum(maximum(v[0], v[0].constant(0.0)), v[0].constant(last));
      });
  std::vector<Tap> taps = linearTaps(context, inside, size);
  for (Tap &tap : taps) {
    OnnxValue operands[] = {tap.weight, coordinates};
    tap.weight = elementwise(
        context, operands, DType::F32,
        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
          Scalar outside = logicalOr(
              compareScalars(Comparison::Less, v[1], v[1].constant(-1.0)),
              compareScalars(Comparison::Greater, v[1],
                             v[1].constant(last + 1.0)));
          return select(outside, v[0].constant(0.0), v[0]);
        });
  }
  return taps;
}

/// X [n, c, h, w], regions [r, 4] and their images [r] into
/// [r, c, output_height, output_width].
void importRoiAlign(ImportContext &context) {
  OnnxValue x = context.in(0), regions = context.in(1);
  OnnxValue images = narrowIndices(context, context.in(2));
  context.require(x.rank() == 4 && regions.rank() == 2 &&
                      regions.shape[1] == 4 && images.rank() == 1 &&
                      images.shape[0] == regions.shape[0],
                  "image, regions and batch indices have shapes " +
                      formatShape(x.shape) + ", " + formatShape(regions.shape) +
                      " and " + formatShape(images.shape) +
                      "; [n, c, h, w], [r, 4] and [r] are "
                      "expected");
  std::string coordinates = context.stringAttr(
      "coordinate_transformation_mode",
      context.opset() < 16 ? "output_half_pixel" : "half_pixel");
  context.require(
      coordinates == "half_pixel" || coordinates == "output_half_pixel",
      "attribute 'coordinate_transformation_mode' is '" + coordinates + "'");
  std::string mode = context.stringAttr("mode", "avg");
  context.require(mode == "avg" || mode == "max",
                  "attribute 'mode' is '" + mode + "'");
  int64_t height = context.intAttr("output_height", 1);
  int64_t width = context.intAttr("output_width", 1);
  int64_t points = context.intAttr("sampling_ratio", 0);
  context.require(height > 0 && width > 0 && points >= 0,
                  "sizes of the output must be positive");
  if (points == 0) {
    context.unsupported(
        "a number of points that follows from the size of each region; "
        "'sampling_ratio' has to be positive");
  }
  int64_t count = regions.shape[0], channels = x.shape[1];
  context.checkShape({count, channels, height, width, points, points});
  RegionForm form;
  form.scale = context.floatAttr("spatial_scale", 1.0);
  form.mayShrink = coordinates == "half_pixel";
  form.offset = form.mayShrink ? 0.5 : 0.0;
  form.points = points;
  // All is [r, c, bins of h, bins of w, points of h, points of w].
  auto column = [&](int64_t i) {
    return reshape(context, sliceAxis(context, regions, 1, i, 1),
                   {count, 1, 1, 1, 1, 1});
  };
  std::vector<std::vector<Tap>> taps;
  for (unsigned dim = 0; dim < 2; ++dim) {
    form.bins = dim == 0 ? height : width;
    form.size = x.shape[2 + dim];
    context.require(form.size > 0, "the image has no elements");
    taps.push_back(
        regionTaps(context,
                   regionCoordinates(context, column(1 - dim), column(3 - dim),
                                     form, 2 + dim, 4 + dim),
                   form.size));
  }
  OnnxValue image = reshape(context, images, {count, 1, 1, 1, 1, 1});
  Shape shape{count, channels, height, width, points, points};
  Reduction kind = mode == "max" ? Reduction::Max : Reduction::Sum;
  OnnxValue sampled =
      combineTaps(context, taps, kind, [&](ArrayRef<OnnxValue> positions) {
        return readAt(context, x, positions, shape, &image);
      });
  OnnxValue result = reduce(context, sampled, {4, 5}, kind);
  double share =
      mode == "max" ? 1.0 : 1.0 / static_cast<double>(points * points);
  context.out(elementwise(context, result, x.dtype,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                            return v[0] * share;
                          }));
}

/// X [n, c, h, w], weights [m, c / group, kh, kw] and offsets
/// [n, offset groups * kh * kw * 2, oh, ow] into [n, m, oh, ow].
void importDeformConv(ImportContext &context) {
  OnnxValue x = context.in(0), weights = context.in(1), offset = context.in(2);
  int64_t groups = context.intAttr("group", 1);
  int64_t parts = context.intAttr("offset_group", 1);
  if (x.rank() != 4 || !isFloat(x.dtype)) {
    context.unsupported("a deformed convolution of " + formatShape(x.shape) +
                        " in " + getName(x.dtype));
  }
  context.require(weights.rank() == 4 && offset.rank() == 4 && groups > 0 &&
                      parts > 0 && x.shape[1] % groups == 0 &&
                      x.shape[1] % parts == 0 &&
                      weights.shape[1] == x.shape[1] / groups &&
                      weights.shape[0] % groups == 0,
                  "image and weights of shapes " + formatShape(x.shape) +
                      " and " + formatShape(weights.shape) + " do not fit " +
                      Twine(groups) + " and " + Twine(parts) + " group(s)");
  int64_t n = x.shape[0], channels = x.shape[1], filters = weights.shape[0];
  int64_t kh = weights.shape[2], kw = weights.shape[3], places = kh * kw;
  std::vector<int64_t> strides = readPlaces(context, "strides", 2, 1);
  std::vector<int64_t> dilations = readPlaces(context, "dilations", 2, 1);
  std::vector<int64_t> pads = readPlaces(context, "pads", 4, 0);
  if (auto given = context.intsAttr("kernel_shape")) {
    context.require(*given == std::vector<int64_t>{kh, kw},
                    "attribute 'kernel_shape' is " + formatShape(*given) +
                        ", but the weights have " + formatShape(weights.shape));
  }
  SmallVector<int64_t, 2> out;
  for (unsigned dim = 0; dim < 2; ++dim) {
    int64_t reach = (weights.shape[2 + dim] - 1) * dilations[dim] + 1;
    context.require(strides[dim] > 0 && dilations[dim] > 0,
                    "strides and dilations must be positive");
    int64_t room = x.shape[2 + dim] + pads[dim] + pads[2 + dim] - reach;
    context.require(room >= 0 && x.shape[2 + dim] > 0,
                    "the window is larger than the image");
    out.push_back(room / strides[dim] + 1);
  }
  context.require(offset.shape == Shape{n, parts * places * 2, out[0], out[1]},
                  "offsets have shape " + formatShape(offset.shape) + "; " +
                      formatShape({n, parts * places * 2, out[0], out[1]}) +
                      " is expected");
  // All is [n, offset group, channel, kh, kw, oh, ow].
  OnnxValue offsets =
      reshape(context, offset, {n, parts, 1, kh, kw, 2, out[0], out[1]});
  std::vector<std::vector<Tap>> taps;
  for (unsigned dim = 0; dim < 2; ++dim) {
    OnnxValue part =
        squeeze(context, sliceAxis(context, offsets, 5, dim, 1), {5});
    OnnxValue coordinates = elementwise(
        context, part, DType::F32,
        [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
          Scalar corner = loopIndex(b, 5 + dim) * double(strides[dim]);
          Scalar place = loopIndex(b, 3 + dim) * double(dilations[dim]);
          return toFloat(v[0]) +
                 toFloat(corner + place - static_cast<double>(pads[dim]));
        });
    taps.push_back(linearTaps(context, coordinates, x.shape[2 + dim]));
  }
  if (context.has(4)) {
    OnnxValue mask =
        reshape(context, context.in(4), {n, parts, 1, kh, kw, out[0], out[1]});
    for (Tap &tap : taps[0]) {
      OnnxValue operands[] = {tap.weight, mask};
      tap.weight = elementwise(context, operands, DType::F32,
                               [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                                 return v[0] * toFloat(v[1]);
                               });
    }
  }
  Shape shape{n, parts, channels / parts, kh, kw, out[0], out[1]};
  OnnxValue image =
      reshape(context, x, {n, parts, channels / parts, x.shape[2], x.shape[3]});
  OnnxValue columns = combineTaps(
      context, taps, Reduction::Sum, [&](ArrayRef<OnnxValue> positions) {
        return readAt(context, image, positions, shape);
      });
  columns = reshape(context, cast(context, columns, x.dtype),
                    {n, groups, channels / groups * places, out[0] * out[1]});
  OnnxValue matrix = reshape(
      context, weights, {groups, filters / groups, channels / groups * places});
  // n 0, group 1, filter 2, place 3, summed 4.
  OnnxValue result =
      contract(context, columns, {0, 1, 4, 3}, matrix, {1, 2, 4}, {0, 1, 2, 3});
  result = reshape(context, result, {n, filters, out[0], out[1]});
  if (context.has(3)) {
    OnnxValue operands[] = {result,
                            reshape(context, context.in(3), {filters, 1, 1})};
    result = elementwise(context, operands, DType::F32,
                         [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                           return v[0] + toFloat(v[1]);
                         });
  }
  context.out(cast(context, result, x.dtype));
}

} // namespace

void registerRoiAlignOps(OpTable &table) {
  table["RoiAlign"] = importRoiAlign;
  table["DeformConv"] = importDeformConv;
}

} // namespace acc
