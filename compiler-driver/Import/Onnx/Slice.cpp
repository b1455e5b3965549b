//===- Slice.cpp - Slice, split, pad, triangles ---------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Import/Onnx/ShapeRules.h"

using namespace mlir;

namespace acc {

SliceRange sliceRange(ImportContext &context) {
  const OnnxValue &x = context.in(0);
  std::vector<int64_t> starts, ends, axes, steps;
  bool hasAxes = false;
  if (context.opset() < 10) {
    auto first = context.intsAttr("starts"), last = context.intsAttr("ends");
    context.require(first && last,
                    "attributes 'starts' and 'ends' are missing");
    starts = *first;
    ends = *last;
    if (auto given = context.intsAttr("axes")) {
      axes = *given;
      hasAxes = true;
    }
  } else {
    starts = context.constantInts(1, "starts");
    ends = context.constantInts(2, "ends");
    if (context.has(3)) {
      axes = context.constantInts(3, "axes");
      hasAxes = true;
    }
    if (context.has(4)) {
      steps = context.constantInts(4, "steps");
    }
  }
  if (!hasAxes) {
    for (size_t i = 0; i < starts.size(); ++i) {
      axes.push_back(i);
    }
  }
  if (steps.empty()) {
    steps.assign(starts.size(), 1);
  }
  context.require(starts.size() == ends.size() &&
                      starts.size() == axes.size() &&
                      starts.size() == steps.size(),
                  "starts, ends, axes and steps differ in length");
  context.normalizeAxes(axes, x.rank()); // Checks range and uniqueness.
  SliceRange range;
  range.starts.assign(x.rank(), 0);
  range.steps.assign(x.rank(), 1);
  range.sizes = x.shape;
  for (size_t i = 0; i < starts.size(); ++i) {
    int64_t axis = context.normalizeAxis(axes[i], x.rank());
    int64_t size = x.shape[axis], step = steps[i];
    context.require(step != 0, "a step is 0");
    step = std::clamp<int64_t>(step, -(size + 1), size + 1);
    auto absolute = [&](int64_t index, int64_t low, int64_t high) {
      // Beware of INT64_MIN: add only to negative numbers.
      index = index < 0 ? index + size : index;
      return std::clamp(index, low, high);
    };
    int64_t start = step > 0 ? absolute(starts[i], 0, size)
                             : absolute(starts[i], 0, size - 1);
    int64_t end =
        step > 0 ? absolute(ends[i], 0, size) : absolute(ends[i], -1, size - 1);
    int64_t span = step > 0 ? end - start : start - end;
    int64_t stride = std::abs(step);
    range.starts[axis] = start;
    range.steps[axis] = step;
    range.sizes[axis] =
        size == 0 || span <= 0 ? 0 : (span + stride - 1) / stride;
  }
  return range;
}

std::vector<int64_t> splitSizes(ImportContext &context, int64_t axis) {
  int64_t total = context.in(0).shape[axis];
  std::optional<std::vector<int64_t>> given;
  if (context.has(1)) {
    given = context.constantInts(1, "split");
  } else {
    given = context.intsAttr("split");
  }
  std::vector<int64_t> sizes;
  if (given) {
    sizes = *given;
  } else {
    int64_t parts = context.intAttr("num_outputs",
                                    static_cast<int64_t>(context.numOutputs()));
    context.require(parts > 0 && parts <= total,
                    "cannot split " + Twine(total) + " elements into " +
                        Twine(parts) + " parts");
    int64_t each = (total + parts - 1) / parts;
    for (int64_t left = total; left > 0; left -= each) {
      sizes.push_back(std::min(each, left));
    }
  }
  int64_t sum = 0;
  for (int64_t size : sizes) {
    context.require(size >= 0 && size <= total,
                    "a part has size " + Twine(size));
    sum += size;
  }
  context.require(sum == total && sizes.size() == context.numOutputs(),
                  "parts " + formatShape(sizes) + " do not cover " +
                      Twine(total) + " elements in " +
                      Twine(context.numOutputs()) + " outputs");
  return sizes;
}

namespace {

void importSlice(ImportContext &context) {
  SliceRange range = sliceRange(context);
  std::vector<int64_t> reversed;
  for (size_t i = 0; i < range.sizes.size(); ++i) {
    if (range.steps[i] < 0) {
      // Take the same elements forwards, then turn them around.
      range.starts[i] += (range.sizes[i] - 1) * range.steps[i];
      range.steps[i] = -range.steps[i];
      reversed.push_back(i);
    }
  }
  OnnxValue result =
      slice(context, context.in(0), range.starts, range.sizes, range.steps);
  context.out(reversed.empty() ? result : reverse(context, result, reversed));
}

void importSplit(ImportContext &context) {
  OnnxValue x = context.in(0);
  int64_t axis = context.normalizeAxis(context.intAttr("axis", 0), x.rank());
  int64_t start = 0;
  std::vector<int64_t> sizes = splitSizes(context, axis);
  for (unsigned i = 0; i < sizes.size(); ++i) {
    context.out(sliceAxis(context, x, axis, start, sizes[i]), i);
    start += sizes[i];
  }
}

/// Pads one axis by repeating or mirroring what is there.
OnnxValue padByCopy(ImportContext &context, const OnnxValue &x, int64_t axis,
                    int64_t low, int64_t high, StringRef mode) {
  int64_t size = x.shape[axis];
  auto part = [&](int64_t amount, bool atEnd) -> OnnxValue {
    if (mode == "edge") {
      Shape shape = x.shape;
      shape[axis] = amount;
      return broadcastTo(
          context, sliceAxis(context, x, axis, atEnd ? size - 1 : 0, 1), shape);
    }
    if (mode == "wrap") {
      context.require(amount <= size, "the padding is wider than the tensor");
      return sliceAxis(context, x, axis, atEnd ? 0 : size - amount, amount);
    }
    context.require(amount < size, "the padding is wider than the tensor");
    return reverse(
        context,
        sliceAxis(context, x, axis, atEnd ? size - 1 - amount : 1, amount),
        axis);
  };
  SmallVector<OnnxValue> parts;
  if (low > 0) {
    parts.push_back(part(low, false));
  }
  parts.push_back(x);
  if (high > 0) {
    parts.push_back(part(high, true));
  }
  return concat(context, parts, axis);
}

void importPad(ImportContext &context) {
  OnnxValue x = context.in(0);
  std::vector<int64_t> pads;
  double number = 0.0;
  if (context.opset() < 11) {
    auto given = context.intsAttr("pads");
    context.require(given.has_value(), "attribute 'pads' is missing");
    pads = *given;
    number = context.floatAttr("value", 0.0);
  } else {
    pads = context.constantInts(1, "pads");
    if (context.has(2) && context.in(2).numElements() > 0) {
      number = context.constantScalar(2, "the padding value");
    }
  }
  std::vector<int64_t> axes;
  if (context.has(3)) {
    axes = context.constantInts(3, "axes");
    context.normalizeAxes(axes, x.rank());
  } else {
    for (int64_t i = 0; i < x.rank(); ++i) {
      axes.push_back(i);
    }
  }
  context.require(pads.size() == 2 * axes.size(),
                  "there are " + Twine(pads.size()) + " pads for " +
                      Twine(axes.size()) + " axes");
  SmallVector<int64_t> low(x.rank(), 0), high(x.rank(), 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t axis = context.normalizeAxis(axes[i], x.rank());
    low[axis] = pads[i];
    high[axis] = pads[i + axes.size()];
    context.require(llvm::isInt<32>(low[axis]) && llvm::isInt<32>(high[axis]),
                    "a pad is too large");
  }
  std::string mode = context.stringAttr("mode", "constant");
  if (mode == "constant") {
    context.out(pad(context, x, low, high, number));
    return;
  }
  if (mode != "edge" && mode != "reflect" && mode != "wrap") {
    context.fail("attribute 'mode' is '" + mode + "'");
  }
  SmallVector<int64_t> lowCrop, highCrop;
  for (int64_t i = 0; i < x.rank(); ++i) {
    lowCrop.push_back(std::min<int64_t>(low[i], 0));
    highCrop.push_back(std::min<int64_t>(high[i], 0));
  }
  OnnxValue result = pad(context, x, lowCrop, highCrop, 0.0);
  for (int64_t i = 0; i < x.rank(); ++i) {
    if (low[i] > 0 || high[i] > 0) {
      result = padByCopy(context, result, i, low[i], high[i], mode);
    }
  }
  context.out(result);
}

void importTrilu(ImportContext &context) {
  OnnxValue x = context.in(0);
  context.require(x.rank() >= 2, "a matrix is expected, but the shape is " +
                                     formatShape(x.shape));
  bool upper = context.intAttr("upper", 1) != 0;
  int64_t k =
      context.has(1) ? static_cast<int64_t>(context.constantScalar(1, "k")) : 0;
  k = std::clamp<int64_t>(k, -(int64_t(1) << 30), int64_t(1) << 30);
  context.out(elementwise(
      context, x, x.dtype,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        Scalar row = loopIndex(b, x.rank() - 2) + static_cast<double>(k);
        Scalar column = loopIndex(b, x.rank() - 1);
        Scalar keep = compareScalars(upper ? Comparison::GreaterEqual
                                           : Comparison::LessEqual,
                                     column, row);
        return select(keep, v[0], v[0].constant(0));
      },
      x.shape));
}

/// The middle of each axis, cropped or padded to a size; of an odd number the
/// larger part goes behind.
void importCenterCropPad(ImportContext &context) {
  OnnxValue x = context.in(0);
  std::vector<int64_t> sizes = context.constantInts(1, "the shape");
  std::vector<int64_t> axes;
  if (auto given = context.intsAttr("axes")) {
    context.normalizeAxes(*given, x.rank()); // Each of them once.
    for (int64_t axis : *given) {
      axes.push_back(context.normalizeAxis(axis, x.rank()));
    }
  } else {
    for (int64_t i = 0; i < x.rank(); ++i) {
      axes.push_back(i);
    }
  }
  context.require(sizes.size() == axes.size(),
                  Twine(sizes.size()) + " sizes for " + Twine(axes.size()) +
                      " axes");
  SmallVector<int64_t> low(x.rank(), 0), high(x.rank(), 0);
  Shape shape = x.shape;
  for (auto [axis, size] : llvm::zip(axes, sizes)) {
    context.require(size >= 0, "a size is " + Twine(size));
    shape[axis] = size;
    int64_t missing = size - x.shape[axis];
    low[axis] = missing / 2;
    high[axis] = missing - missing / 2;
  }
  context.checkShape(shape);
  context.out(pad(context, x, low, high, 0.0));
}

} // namespace

void registerSliceOps(OpTable &table) {
  table["Slice"] = importSlice;
  table["Split"] = importSplit;
  table["Pad"] = importPad;
  table["Trilu"] = importTrilu;
  table["CenterCropPad"] = importCenterCropPad;
}

} // namespace acc
