//===- Views.cpp - Reshape, transpose and broadcast without copies --------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace acc {

namespace {

ArrayRef<int64_t> shapeOf(Value tensor) {
  return llvm::cast<RankedTensorType>(tensor.getType()).getShape();
}

Value collapse(ImportContext &context, Value source, ArrayRef<int64_t> shape,
               ArrayRef<ReassociationIndices> groups) {
  if (shapeOf(source) == shape) {
    return source;
  }
  Type element = getElementTypeOrSelf(source.getType());
  return tensor::CollapseShapeOp::create(context.builder, context.loc,
                                         RankedTensorType::get(shape, element),
                                         source, groups);
}

Value expand(ImportContext &context, Value source, ArrayRef<int64_t> shape,
             ArrayRef<ReassociationIndices> groups) {
  if (shapeOf(source) == shape) {
    return source;
  }
  Type element = getElementTypeOrSelf(source.getType());
  return tensor::ExpandShapeOp::create(context.builder, context.loc,
                                       RankedTensorType::get(shape, element),
                                       source, groups);
}

/// Reshapes a plain tensor. Walks both shapes in step: a run of dimensions on
/// each side with the same product becomes one collapsed dimension in between.
Value reshapeTensor(ImportContext &context, Value source,
                    ArrayRef<int64_t> target) {
  SmallVector<int64_t> from(shapeOf(source));
  if (ArrayRef<int64_t>(from) == target) {
    return source;
  }
  if (llvm::is_contained(from, 0)) {
    return tensor::EmptyOp::create(context.builder, context.loc, target,
                                   getElementTypeOrSelf(source.getType()));
  }
  SmallVector<ReassociationIndices> fromGroups, toGroups;
  SmallVector<int64_t> middle;
  size_t i = 0, j = 0;
  while (i < from.size() && j < target.size()) {
    ReassociationIndices fromGroup{static_cast<int64_t>(i)};
    ReassociationIndices toGroup{static_cast<int64_t>(j)};
    int64_t a = from[i++], b = target[j++];
    while (a != b) {
      if (a < b) {
        fromGroup.push_back(i);
        a *= from[i++];
      } else {
        toGroup.push_back(j);
        b *= target[j++];
      }
    }
    middle.push_back(a);
    fromGroups.push_back(fromGroup);
    toGroups.push_back(toGroup);
  }
  // What is left on one side are dimensions of size 1.
  if (middle.empty()) {
    return from.size() > target.size() ? collapse(context, source, {}, {})
                                       : expand(context, source, target, {});
  }
  for (; i < from.size(); ++i) {
    fromGroups.back().push_back(i);
  }
  for (; j < target.size(); ++j) {
    toGroups.back().push_back(j);
  }
  return expand(context, collapse(context, source, middle, fromGroups), target,
                toGroups);
}

/// Removes base dimension `position`, which has size 1.
void dropBaseDim(ImportContext &context, OnnxValue &value, unsigned position) {
  SmallVector<int64_t> shape(shapeOf(value.base));
  shape.erase(shape.begin() + position);
  value.base = reshapeTensor(context, value.base, shape);
  value.dims.erase(value.dims.begin() + position);
}

bool isIdentity(const OnnxValue &value) {
  for (unsigned i = 0; i < value.dims.size(); ++i) {
    if (value.dims[i] != i) {
      return false;
    }
  }
  return value.dims.size() == value.shape.size();
}

} // namespace

OnnxValue withBase(ImportContext &context, const OnnxValue &value) {
  if (value.base) {
    return value;
  }
  OnnxValue result =
      makeValue(context.materializeConstant(value.constant), value.dtype);
  if (isInteger(value.dtype)) {
    result.range = getRange(value);
  }
  result.constant = value.constant;
  return result;
}

Value materialize(ImportContext &context, const OnnxValue &value) {
  OnnxValue view = withBase(context, value);
  if (isIdentity(view)) {
    return view.base;
  }
  OpBuilder &b = context.builder;
  Type element = getElementTypeOrSelf(view.base.getType());
  // Bring the base dimensions into the order of the ONNX dimensions.
  if (!llvm::is_sorted(view.dims)) {
    SmallVector<int64_t> permutation, shape;
    for (unsigned i = 0; i < view.dims.size(); ++i) {
      permutation.push_back(i);
    }
    llvm::sort(permutation, [&](int64_t x, int64_t y) {
      return view.dims[x] < view.dims[y];
    });
    SmallVector<unsigned, 6> dims;
    for (int64_t from : permutation) {
      shape.push_back(shapeOf(view.base)[from]);
      dims.push_back(view.dims[from]);
    }
    // A transpose that only moves dimensions of size 1 is a reshape.
    int64_t last = -1;
    bool moves = false;
    for (int64_t from : permutation) {
      if (shapeOf(view.base)[from] == 1) {
        continue;
      }
      moves |= from < last;
      last = from;
    }
    if (moves) {
      Value empty = tensor::EmptyOp::create(b, context.loc, shape, element);
      view.base = linalg::TransposeOp::create(b, context.loc, view.base, empty,
                                              permutation)
                      ->getResult(0);
    } else {
      view.base = reshapeTensor(context, view.base, shape);
    }
    view.dims = dims;
  }
  bool broadcasts = false;
  for (unsigned dim = 0; dim < view.shape.size(); ++dim) {
    broadcasts |= view.shape[dim] != 1 && !llvm::is_contained(view.dims, dim);
  }
  if (!broadcasts) {
    return reshapeTensor(context, view.base, view.shape);
  }
  view.constant = nullptr;
  OnnxValue copy = elementwise(
      context, view, view.dtype,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) { return x[0]; },
      view.shape);
  return copy.base;
}

OnnxValue plain(ImportContext &context, const OnnxValue &value) {
  OnnxValue result = makeValue(materialize(context, value), value.dtype);
  result.range = value.range;
  return result;
}

OnnxValue reshape(ImportContext &context, const OnnxValue &value,
                  ArrayRef<int64_t> shape) {
  context.checkShape(shape);
  context.require(countElements(value.shape) == countElements(shape),
                  "shape " + formatShape(value.shape) +
                      " does not have as many elements as " +
                      formatShape(shape));
  if (ArrayRef<int64_t>(value.shape) == shape) {
    return value;
  }
  if (value.isConstant()) {
    HostTensor tensor = *value.constant;
    tensor.shape.assign(shape.begin(), shape.end());
    return makeConstant(std::move(tensor));
  }
  // If only dimensions of size 1 come and go, the view stays a view.
  auto isNotOne = [](int64_t size) { return size != 1; };
  Shape oldSizes, newSizes;
  llvm::copy_if(value.shape, std::back_inserter(oldSizes), isNotOne);
  llvm::copy_if(shape, std::back_inserter(newSizes), isNotOne);
  if (oldSizes == newSizes && !isIdentity(value)) {
    std::vector<int64_t> removed, added;
    for (int64_t i = 0; i < value.rank(); ++i) {
      if (value.shape[i] == 1) {
        removed.push_back(i);
      }
    }
    for (int64_t i = 0; i < static_cast<int64_t>(shape.size()); ++i) {
      if (shape[i] == 1) {
        added.push_back(i);
      }
    }
    return unsqueeze(context, squeeze(context, value, removed), added);
  }
  // A merge of (n, broadcast r): remember where it came from.
  OnnxValue result;
  if (value.rank() == static_cast<int64_t>(shape.size()) + 1) {
    for (int64_t d = 0; d + 1 < value.rank(); ++d) {
      Shape merged(value.shape);
      merged[d] *= merged[d + 1];
      merged.erase(merged.begin() + d + 1);
      if (ArrayRef<int64_t>(merged) == shape && value.shape[d] > 1 &&
          value.shape[d + 1] > 1 && !llvm::is_contained(value.dims, d + 1) &&
          llvm::is_contained(value.dims, d)) {
        OnnxValue source = value;
        source.shape.erase(source.shape.begin() + d + 1);
        for (unsigned &dim : source.dims) {
          dim -= dim > d;
        }
        result = source;
        result.base = nullptr;
        result.dims.clear();
        result.repeatSource = std::make_shared<OnnxValue>(std::move(source));
        result.repeatDim = d;
        break;
      }
    }
  }
  Value tensor = reshapeTensor(context, materialize(context, value), shape);
  OnnxValue flat = makeValue(tensor, value.dtype);
  flat.range = value.range;
  flat.repeatSource = result.repeatSource;
  flat.repeatDim = result.repeatDim;
  return flat;
}

OnnxValue transpose(ImportContext &context, const OnnxValue &value,
                    ArrayRef<int64_t> permutation) {
  OnnxValue result = withBase(context, value);
  result.constant = nullptr;
  result.shape.clear();
  SmallVector<unsigned> newPosition(permutation.size());
  for (auto [to, from] : llvm::enumerate(permutation)) {
    result.shape.push_back(value.shape[from]);
    newPosition[from] = to;
  }
  for (unsigned &dim : result.dims) {
    dim = newPosition[dim];
  }
  if (value.repeatSource) {
    result.repeatSource = std::make_shared<OnnxValue>(
        transpose(context, *value.repeatSource, permutation));
    result.repeatDim = newPosition[value.repeatDim];
  }
  return result;
}

OnnxValue unsqueeze(ImportContext &context, const OnnxValue &value,
                    ArrayRef<int64_t> axes) {
  if (axes.empty()) {
    return value;
  }
  int64_t rank = value.rank() + axes.size();
  Shape shape;
  SmallVector<unsigned> newPosition;
  size_t next = 0;
  for (int64_t i = 0; i < rank; ++i) {
    if (llvm::is_contained(axes, i)) {
      shape.push_back(1);
    } else {
      newPosition.push_back(i);
      shape.push_back(value.shape[next++]);
    }
  }
  if (value.isConstant()) {
    return reshape(context, value, shape);
  }
  OnnxValue result = value;
  result.repeatSource = nullptr;
  result.shape = shape;
  for (unsigned &dim : result.dims) {
    dim = newPosition[dim];
  }
  return result;
}

OnnxValue squeeze(ImportContext &context, const OnnxValue &value,
                  ArrayRef<int64_t> axes) {
  if (axes.empty()) {
    return value;
  }
  Shape shape;
  SmallVector<int> newPosition(value.rank(), -1);
  for (int64_t i = 0; i < value.rank(); ++i) {
    if (!llvm::is_contained(axes, i)) {
      newPosition[i] = shape.size();
      shape.push_back(value.shape[i]);
    }
  }
  if (value.isConstant()) {
    return reshape(context, value, shape);
  }
  OnnxValue result = value;
  result.repeatSource = nullptr;
  for (unsigned i = result.dims.size(); i-- > 0;) {
    if (newPosition[result.dims[i]] < 0) {
      dropBaseDim(context, result, i);
    }
  }
  result.shape = shape;
  for (unsigned &dim : result.dims) {
    dim = newPosition[dim];
  }
  return result;
}

OnnxValue broadcastTo(ImportContext &context, const OnnxValue &value,
                      ArrayRef<int64_t> shape) {
  if (ArrayRef<int64_t>(value.shape) == shape) {
    return value;
  }
  int64_t offset = static_cast<int64_t>(shape.size()) - value.rank();
  context.require(offset >= 0, "shape " + formatShape(value.shape) +
                                   " cannot be broadcast to " +
                                   formatShape(shape));
  OnnxValue result = withBase(context, value);
  result.constant = nullptr;
  result.repeatSource = nullptr;
  for (int64_t i = 0; i < value.rank(); ++i) {
    if (value.shape[i] == shape[i + offset]) {
      continue;
    }
    context.require(value.shape[i] == 1, "shape " + formatShape(value.shape) +
                                             " cannot be broadcast to " +
                                             formatShape(shape));
    for (unsigned position = 0; position < result.dims.size(); ++position) {
      if (result.dims[position] == i) {
        dropBaseDim(context, result, position);
        break;
      }
    }
  }
  result.shape.assign(shape.begin(), shape.end());
  for (unsigned &dim : result.dims) {
    dim += offset;
  }
  return result;
}

Shape broadcastShapes(ImportContext &context, ArrayRef<OnnxValue> values) {
  Shape result;
  for (const OnnxValue &value : values) {
    if (value.shape.size() > result.size()) {
      result.insert(result.begin(), value.shape.size() - result.size(), 1);
    }
  }
  for (const OnnxValue &value : values) {
    size_t offset = result.size() - value.shape.size();
    for (size_t i = 0; i < value.shape.size(); ++i) {
      int64_t size = value.shape[i];
      int64_t &common = result[i + offset];
      if (common == 1) {
        common = size;
      } else if (size != 1 && size != common) {
        std::string shapes;
        for (const OnnxValue &each : values) {
          shapes += (shapes.empty() ? "" : " and ") + formatShape(each.shape);
        }
        context.fail("shapes " + shapes + " cannot be broadcast together");
      }
    }
  }
  return result;
}

} // namespace acc
