//===- Fold.cpp - Compute at import what is known -------------------------===//
//
// Exported graphs compute shapes with ordinary nodes in int64. This evaluator
// removes them: a node is folded if its inputs are constants (Shape and Size in
// any case). It is meant for small tensors and simple code, not for speed.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/FoldSupport.h"
#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Import/Onnx/ShapeRules.h"
#include "compiler-driver/Tensor/TensorProto.h"

#include <cmath>

using namespace mlir;

namespace acc {

namespace {

//===--- Creation and movement --------------------------------------------===//

bool foldConstant(ImportContext &context) {
  auto vector = [&](DType type, size_t count, bool scalar) {
    Shape shape;
    if (!scalar) {
      shape.push_back(count);
    }
    return HostTensor::zeros("", type, shape);
  };
  if (const auto *value = context.attr("value", OnnxAttribute::Tensor)) {
    context.out(HostTensor(*value->tensor));
  } else if (const auto *one = context.attr("value_int", OnnxAttribute::Int)) {
    HostTensor tensor = vector(DType::I64, 1, true);
    tensor.setInteger(0, one->intValue);
    context.out(std::move(tensor));
  } else if (const auto *real =
                 context.attr("value_float", OnnxAttribute::Float)) {
    HostTensor tensor = vector(DType::F32, 1, true);
    tensor.setDouble(0, real->floatValue);
    context.out(std::move(tensor));
  } else if (const auto *many =
                 context.attr("value_ints", OnnxAttribute::Ints)) {
    HostTensor tensor = vector(DType::I64, many->ints.size(), false);
    for (size_t i = 0; i < many->ints.size(); ++i) {
      tensor.setInteger(i, many->ints[i]);
    }
    context.out(std::move(tensor));
  } else if (const auto *reals =
                 context.attr("value_floats", OnnxAttribute::Floats)) {
    HostTensor tensor = vector(DType::F32, reals->floats.size(), false);
    for (size_t i = 0; i < reals->floats.size(); ++i) {
      tensor.setDouble(i, reals->floats[i]);
    }
    context.out(std::move(tensor));
  } else if (context.hasAttr("value_string") ||
             context.hasAttr("value_strings") ||
             context.hasAttr("sparse_value")) {
    context.unsupported("a string or sparse constant");
  } else {
    context.fail("has no value");
  }
  return true;
}

bool foldShape(ImportContext &context) {
  const OnnxValue &x = context.in(0);
  int64_t rank = x.rank();
  auto clampAxis = [&](int64_t axis) {
    return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  int64_t start = clampAxis(context.intAttr("start", 0));
  int64_t end = std::max(start, clampAxis(context.intAttr("end", rank)));
  HostTensor result = HostTensor::zeros("", DType::I64, {end - start});
  for (int64_t i = start; i < end; ++i) {
    result.setInteger(i - start, x.shape[i]);
  }
  context.out(std::move(result));
  return true;
}

bool foldSize(ImportContext &context) {
  HostTensor result = HostTensor::zeros("", DType::I64, {});
  result.setInteger(0, context.in(0).numElements());
  context.out(std::move(result));
  return true;
}

bool foldConstantOfShape(ImportContext &context) {
  std::vector<int64_t> shape = context.constantInts(0, "the shape");
  context.checkShape(shape);
  HostTensor value = HostTensor::zeros("", DType::F32, {1});
  if (const auto *given = context.attr("value", OnnxAttribute::Tensor)) {
    value = *given->tensor;
    context.require(value.getNumElements() == 1,
                    "attribute 'value' must have one element");
  }
  value.shape.clear();
  if (*countElements(shape) > foldLimit) {
    context.out(broadcastTo(context, makeConstant(std::move(value)), shape));
  } else {
    context.out(expandTo(value, shape));
  }
  return true;
}

bool foldRange(ImportContext &context) {
  double start = context.constantScalar(0, "the start");
  double limit = context.constantScalar(1, "the limit");
  double delta = context.constantScalar(2, "the step");
  context.require(delta != 0.0 && std::isfinite(start) &&
                      std::isfinite(limit) && std::isfinite(delta),
                  "the range is not finite");
  double count = std::max(0.0, std::ceil((limit - start) / delta));
  context.require(count <= foldLimit, "the range is too large");
  HostTensor result =
      HostTensor::zeros("", context.in(0).dtype, {static_cast<int64_t>(count)});
  for (int64_t i = 0; i < static_cast<int64_t>(count); ++i) {
    result.setDouble(i, start + static_cast<double>(i) * delta);
  }
  context.out(std::move(result));
  return true;
}

bool foldEyeLike(ImportContext &context) {
  const OnnxValue &x = context.in(0);
  if (x.rank() != 2 || x.numElements() > foldLimit) {
    return false;
  }
  std::optional<DType> type = x.dtype;
  if (context.hasAttr("dtype")) {
    type = getDTypeFromOnnx(static_cast<int>(context.intAttr("dtype")));
    if (!type) {
      return false;
    }
  }
  int64_t k = context.intAttr("k", 0);
  HostTensor result = HostTensor::zeros("", *type, x.shape);
  for (int64_t i = 0; i < x.shape[0]; ++i) {
    if (i + k >= 0 && i + k < x.shape[1]) {
      result.setInteger(i * x.shape[1] + i + k, 1);
    }
  }
  context.out(std::move(result));
  return true;
}

bool foldTranspose(ImportContext &context) {
  const HostTensor &x = tensorOf(context, 0);
  SmallVector<int64_t> own = stridesOf(x.shape), strides;
  Shape shape;
  for (int64_t axis : permutationOf(context)) {
    shape.push_back(x.shape[axis]);
    strides.push_back(own[axis]);
  }
  HostTensor result = copyStrided(x, shape, 0, strides);
  context.out(std::move(result));
  return true;
}

bool foldExpand(ImportContext &context) {
  Shape shape = expandedShape(context);
  if (countElements(shape).value_or(foldLimit) > expansionLimit) {
    return false;
  }
  context.out(expandTo(tensorOf(context, 0), shape));
  return true;
}

HostTensor sliceOf(const HostTensor &x, const SliceRange &range) {
  SmallVector<int64_t> own = stridesOf(x.shape), strides;
  int64_t offset = 0;
  for (size_t i = 0; i < own.size(); ++i) {
    offset += range.sizes[i] > 0 ? range.starts[i] * own[i] : 0;
    strides.push_back(range.steps[i] * own[i]);
  }
  return copyStrided(x, range.sizes, offset, strides);
}

bool foldSlice(ImportContext &context) {
  context.out(sliceOf(tensorOf(context, 0), sliceRange(context)));
  return true;
}

bool foldSplit(ImportContext &context) {
  const HostTensor &x = tensorOf(context, 0);
  int64_t axis =
      context.normalizeAxis(context.intAttr("axis", 0), x.shape.size());
  int64_t start = 0;
  std::vector<int64_t> sizes = splitSizes(context, axis);
  for (unsigned i = 0; i < sizes.size(); ++i) {
    SliceRange range;
    range.starts.assign(x.shape.size(), 0);
    range.steps.assign(x.shape.size(), 1);
    range.sizes.assign(x.shape.begin(), x.shape.end());
    range.starts[axis] = start;
    range.sizes[axis] = sizes[i];
    context.out(sliceOf(x, range), i);
    start += sizes[i];
  }
  return true;
}

bool foldConcat(ImportContext &context) {
  const HostTensor &first = tensorOf(context, 0);
  int64_t rank = first.shape.size();
  int64_t axis =
      context.normalizeAxis(context.opset() < 4 ? context.intAttr("axis", 1)
                                                : context.intAttr("axis"),
                            rank);
  Shape shape(first.shape.begin(), first.shape.end());
  shape[axis] = 0;
  for (unsigned i = 0; i < context.numInputs(); ++i) {
    const HostTensor &part = tensorOf(context, i);
    Shape other(part.shape.begin(), part.shape.end());
    if (part.dtype != first.dtype || part.shape.size() != first.shape.size()) {
      return false;
    }
    int64_t size = other[axis];
    other[axis] = shape[axis];
    if (other != shape) {
      return false;
    }
    shape[axis] += size;
  }
  context.checkShape(shape);
  HostTensor result = HostTensor::zeros("", first.dtype, shape);
  int64_t outer = 1;
  for (int64_t i = 0; i < axis; ++i) {
    outer *= shape[i];
  }
  size_t at = 0;
  for (int64_t o = 0; o < outer; ++o) {
    for (unsigned i = 0; i < context.numInputs(); ++i) {
      const HostTensor &part = tensorOf(context, i);
      size_t chunk = part.bytes.size() / outer;
      if (chunk > 0) {
        std::memcpy(result.bytes.data() + at, part.bytes.data() + o * chunk,
                    chunk);
      }
      at += chunk;
    }
  }
  context.out(std::move(result));
  return true;
}

bool foldGather(ImportContext &context) {
  const HostTensor &x = tensorOf(context, 0), &indices = tensorOf(context, 1);
  int64_t axis =
      context.normalizeAxis(context.intAttr("axis", 0), x.shape.size());
  if (!isInteger(indices.dtype)) {
    return false;
  }
  Shape shape(x.shape.begin(), x.shape.begin() + axis);
  shape.append(indices.shape.begin(), indices.shape.end());
  shape.append(x.shape.begin() + axis + 1, x.shape.end());
  int64_t count = countElements(shape).value_or(foldLimit + 1);
  if (count > foldLimit ||
      (count > expansionLimit && count > x.getNumElements())) {
    return false;
  }
  HostTensor result = HostTensor::zeros("", x.dtype, shape);
  int64_t outer = 1, inner = getByteSize(x.dtype), size = x.shape[axis];
  for (int64_t i = 0; i < axis; ++i) {
    outer *= x.shape[i];
  }
  for (size_t i = axis + 1; i < x.shape.size(); ++i) {
    inner *= x.shape[i];
  }
  char *to = result.bytes.data();
  for (int64_t o = 0; o < outer; ++o) {
    for (int64_t index : indices.toIntegers()) {
      context.require(index >= -size && index < size,
                      "index " + Twine(index) + " is out of range for " +
                          Twine(size) + " elements");
      index += index < 0 ? size : 0;
      std::memcpy(to, x.bytes.data() + (o * size + index) * inner, inner);
      to += inner;
    }
  }
  context.out(std::move(result));
  return true;
}

bool foldReduceProd(ImportContext &context, bool product) {
  const HostTensor &x = tensorOf(context, 0);
  auto axes = context.axes(1);
  if ((!axes || axes->empty()) &&
      context.intAttr("noop_with_empty_axes", 0) != 0) {
    return false;
  }
  bool all = !axes || (x.shape.size() == 1 && axes->size() == 1);
  if (!all || !isInteger(x.dtype) || x.shape.size() > 1) {
    return false;
  }
  int64_t total = product ? 1 : 0;
  for (int64_t value : x.toIntegers()) {
    total = product ? static_cast<int64_t>(uint64_t(total) * uint64_t(value))
                    : static_cast<int64_t>(uint64_t(total) + uint64_t(value));
  }
  bool keep = context.intAttr("keepdims", 1) != 0;
  HostTensor result = HostTensor::zeros("", x.dtype, {});
  if (keep) {
    result.shape.assign(x.shape.size(), 1);
  }
  result.setInteger(0, total);
  context.out(std::move(result));
  return true;
}

/// Operators by name; the inputs are constants when they are called.
bool foldByName(ImportContext &context, StringRef op) {
  if (foldElementwise(context, op)) {
    return true;
  }
  if (op == "Reshape") {
    context.out(withShape(tensorOf(context, 0), reshapedShape(context)));
    return true;
  }
  if (op == "Flatten") {
    context.out(withShape(tensorOf(context, 0), flattenedShape(context)));
    return true;
  }
  if (op == "Squeeze" || op == "Unsqueeze") {
    const HostTensor &x = tensorOf(context, 0);
    Shape shape;
    if (op == "Squeeze") {
      std::vector<int64_t> axes = squeezedAxes(context);
      for (size_t i = 0; i < x.shape.size(); ++i) {
        if (!llvm::is_contained(axes, i)) {
          shape.push_back(x.shape[i]);
        }
      }
    } else {
      shape.assign(x.shape.begin(), x.shape.end());
      for (int64_t axis : unsqueezedAxes(context)) {
        shape.insert(shape.begin() + axis, 1);
      }
    }
    context.out(withShape(x, shape));
    return true;
  }
  using Fold = bool (*)(ImportContext &);
  static const std::pair<const char *, Fold> folds[] = {
      {"ConstantOfShape", foldConstantOfShape},
      {"Range", foldRange},
      {"Transpose", foldTranspose},
      {"Expand", foldExpand},
      {"Slice", foldSlice},
      {"Split", foldSplit},
      {"Concat", foldConcat},
      {"Gather", foldGather}};
  for (auto [name, fold] : folds) {
    if (op == name) {
      return fold(context);
    }
  }
  if (op == "ReduceProd" || op == "ReduceSum") {
    return foldReduceProd(context, op == "ReduceProd");
  }
  return false;
}

} // namespace

bool foldConstants(ImportContext &context) {
  StringRef op = context.node->opType;
  if (op == "Constant") {
    return foldConstant(context);
  }
  if (op == "Shape") {
    return foldShape(context);
  }
  if (op == "Size") {
    return foldSize(context);
  }
  if (op == "EyeLike") {
    return foldEyeLike(context);
  }
  if (context.numInputs() == 0) {
    return false;
  }
  for (unsigned i = 0; i < context.numInputs(); ++i) {
    if (!context.has(i)) {
      continue;
    }
    const OnnxValue &value = context.lookUp(i);
    if (!value.isConstant() || value.numElements() > foldLimit) {
      return false;
    }
  }
  for (unsigned i = 0; i < context.numInputs(); ++i) {
    if (!context.has(i) && i < 2) {
      return false; // A missing input is the importer's business.
    }
  }
  return foldByName(context, op);
}

} // namespace acc
