//===- Gather.cpp - Gather, scatter, one-hot ------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace acc {

namespace {

/// An index counted from the end if negative.
Scalar wrapIndex(Scalar index, int64_t size) {
  Scalar negative = compareScalars(Comparison::Less, index, index.constant(0));
  return select(negative, index + static_cast<double>(size), index);
}

Type storageOf(Value tensor) { return getElementTypeOrSelf(tensor.getType()); }

Value toIndex(ImplicitLocOpBuilder &b, Scalar scalar) {
  return arith::IndexCastOp::create(b, b.getIndexType(), scalar.value);
}

/// Constant indices must be in range; run-time ones are the caller's duty.
void checkConstantIndices(ImportContext &context, const OnnxValue &indices,
                          int64_t size) {
  if (!indices.isConstant()) {
    return;
  }
  for (int64_t index : indices.constant->toIntegers()) {
    context.require(index >= -size && index < size,
                    "index " + Twine(index) + " is out of range for " +
                        Twine(size) + " elements");
  }
}

void requireIndices(ImportContext &context, const OnnxValue &indices) {
  context.require(isInteger(indices.dtype), "indices have type " +
                                                getName(indices.dtype) +
                                                "; an integer is expected");
}

/// If the constant indices count up by one, where they start.
std::optional<int64_t> getConsecutive(const OnnxValue &indices, int64_t size) {
  if (!indices.isConstant() || indices.rank() > 1 ||
      indices.numElements() == 0) {
    return std::nullopt;
  }
  std::vector<int64_t> values = indices.constant->toIntegers();
  for (int64_t &value : values) {
    value += value < 0 ? size : 0;
  }
  for (size_t i = 1; i < values.size(); ++i) {
    if (values[i] != values[0] + static_cast<int64_t>(i)) {
      return std::nullopt;
    }
  }
  return values[0];
}

void importGather(ImportContext &context) {
  OnnxValue table = context.in(0);
  OnnxValue indices = narrowIndices(context, context.in(1));
  requireIndices(context, indices);
  int64_t axis =
      context.normalizeAxis(context.intAttr("axis", 0), table.rank());
  int64_t size = table.shape[axis];
  checkConstantIndices(context, indices, size);
  if (std::optional<int64_t> start = getConsecutive(indices, size)) {
    OnnxValue part =
        sliceAxis(context, table, axis, *start, indices.numElements());
    context.out(indices.rank() == 0 ? squeeze(context, part, axis) : part);
    return;
  }
  Shape shape(table.shape.begin(), table.shape.begin() + axis);
  shape.append(indices.shape);
  shape.append(table.shape.begin() + axis + 1, table.shape.end());
  // Align the indices with the result's dimensions.
  std::vector<int64_t> axes;
  for (int64_t i = axis + 1; i < table.rank(); ++i) {
    axes.push_back(axis + indices.rank() + (i - axis - 1));
  }
  std::vector<int64_t> trailing;
  for (size_t i = 0; i < axes.size(); ++i) {
    trailing.push_back(indices.rank() + i);
  }
  OnnxValue aligned = unsqueeze(context, indices, trailing);
  Value source = materialize(context, table);
  context.out(elementwise(
      context, aligned, table.dtype,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        SmallVector<Value> position;
        unsigned loop = 0;
        for (int64_t i = 0; i < table.rank(); ++i) {
          if (i == axis) {
            position.push_back(toIndex(b, wrapIndex(v[0], size)));
            loop += indices.rank();
          } else {
            position.push_back(linalg::IndexOp::create(b, loop++));
          }
        }
        return Scalar{&b, tensor::ExtractOp::create(b, source, position)};
      },
      shape, storageOf(source)));
}

void importGatherElements(ImportContext &context) {
  OnnxValue table = context.in(0);
  OnnxValue indices = narrowIndices(context, context.in(1));
  requireIndices(context, indices);
  int64_t axis =
      context.normalizeAxis(context.intAttr("axis", 0), table.rank());
  context.require(indices.rank() == table.rank(),
                  "indices have shape " + formatShape(indices.shape) +
                      ", the data " + formatShape(table.shape));
  for (int64_t i = 0; i < table.rank(); ++i) {
    context.require(i == axis || indices.shape[i] <= table.shape[i],
                    "indices of shape " + formatShape(indices.shape) +
                        " reach beyond data of shape " +
                        formatShape(table.shape));
  }
  int64_t size = table.shape[axis];
  checkConstantIndices(context, indices, size);
  Value source = materialize(context, table);
  context.out(elementwise(
      context, indices, table.dtype,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        SmallVector<Value> position;
        for (int64_t i = 0; i < table.rank(); ++i) {
          position.push_back(i == axis
                                 ? toIndex(b, wrapIndex(v[0], size))
                                 : linalg::IndexOp::create(b, i).getResult());
        }
        return Scalar{&b, tensor::ExtractOp::create(b, source, position)};
      },
      indices.shape, storageOf(source)));
}

void importGatherND(ImportContext &context) {
  OnnxValue table = context.in(0);
  OnnxValue indices = narrowIndices(context, context.in(1));
  requireIndices(context, indices);
  int64_t batch = context.intAttr("batch_dims", 0);
  context.require(indices.rank() >= 1 && batch >= 0 &&
                      batch < std::min(table.rank(), indices.rank()),
                  "attribute 'batch_dims' is " + Twine(batch));
  int64_t depth = indices.shape.back();
  context.require(depth >= 1 && batch + depth <= table.rank(),
                  "indices of shape " + formatShape(indices.shape) +
                      " do not fit data of shape " + formatShape(table.shape));
  for (int64_t i = 0; i < batch; ++i) {
    context.require(indices.shape[i] == table.shape[i],
                    "the batch dimensions differ");
  }
  Shape shape(indices.shape.begin(), indices.shape.end() - 1);
  int64_t outer = shape.size();
  shape.append(table.shape.begin() + batch + depth, table.shape.end());
  // One operand for each component of the index tuples.
  SmallVector<OnnxValue> components;
  int64_t inner = static_cast<int64_t>(shape.size()) - outer;
  for (int64_t i = 0; i < depth; ++i) {
    OnnxValue part =
        squeeze(context, sliceAxis(context, indices, indices.rank() - 1, i, 1),
                {indices.rank() - 1});
    std::vector<int64_t> trailing;
    for (int64_t j = 0; j < inner; ++j) {
      trailing.push_back(outer + j);
    }
    components.push_back(unsqueeze(context, part, trailing));
  }
  Value source = materialize(context, table);
  context.out(elementwise(
      context, components, table.dtype,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        SmallVector<Value> position;
        for (int64_t i = 0; i < batch; ++i) {
          position.push_back(linalg::IndexOp::create(b, i));
        }
        for (int64_t i = 0; i < depth; ++i) {
          position.push_back(
              toIndex(b, wrapIndex(v[i], table.shape[batch + i])));
        }
        for (int64_t i = 0; i < inner; ++i) {
          position.push_back(linalg::IndexOp::create(b, outer + i));
        }
        return Scalar{&b, tensor::ExtractOp::create(b, source, position)};
      },
      shape, storageOf(source)));
}

/// One elementwise step for each position of the updates along the axis.
void importScatterElements(ImportContext &context) {
  OnnxValue data = context.in(0), updates = context.in(2);
  OnnxValue indices = narrowIndices(context, context.in(1));
  requireIndices(context, indices);
  int64_t axis = context.normalizeAxis(context.intAttr("axis", 0), data.rank());
  std::string kind = context.stringAttr("reduction", "none");
  context.require(
      indices.shape == updates.shape && indices.rank() == data.rank(),
      "data, indices and updates have shapes " + formatShape(data.shape) +
          ", " + formatShape(indices.shape) + " and " +
          formatShape(updates.shape));
  context.require(updates.dtype == data.dtype,
                  "data and updates differ in type");
  SmallVector<int64_t> low, high, region(data.shape);
  for (int64_t i = 0; i < data.rank(); ++i) {
    if (i != axis && indices.shape[i] != data.shape[i]) {
      context.require(indices.shape[i] < data.shape[i],
                      "indices of shape " + formatShape(indices.shape) +
                          " reach beyond data of shape " +
                          formatShape(data.shape));
      context.unsupported("updates that cover only a part of the data in the "
                          "dimensions other than the axis");
    }
  }
  int64_t count = indices.shape[axis], size = data.shape[axis];
  if (count > 256) {
    context.unsupported("more than 256 updates along the axis (" +
                        Twine(count) + ")");
  }
  checkConstantIndices(context, indices, size);
  OnnxValue result = data;
  for (int64_t k = 0; k < count; ++k) {
    OnnxValue operands[] = {sliceAxis(context, indices, axis, k, 1),
                            sliceAxis(context, updates, axis, k, 1), result};
    std::optional<IntRange> range;
    if (exceeds32(data.dtype)) {
      range = uniteUpdate(kind, getRange(result), getRange(updates));
    }
    result = elementwise(
        context, operands, data.dtype,
        [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
          Scalar here = compareScalars(Comparison::Equal, wrapIndex(v[0], size),
                                       loopIndex(b, axis));
          Scalar update = kind == "add"   ? v[2] + v[1]
                          : kind == "mul" ? v[2] * v[1]
                          : kind == "max" ? maximum(v[2], v[1])
                          : kind == "min" ? minimum(v[2], v[1])
                                          : v[1];
          return select(here, update, v[2]);
        },
        data.shape, nullptr, range);
  }
  context.out(result);
}

void importOneHot(ImportContext &context) {
  OnnxValue indices = narrowIndices(context, context.in(0));
  OnnxValue values = context.in(2);
  int64_t depth = static_cast<int64_t>(context.constantScalar(1, "the depth"));
  context.require(depth > 0 && depth < INT32_MAX,
                  "the depth is " + Twine(depth));
  context.require(values.shape == Shape{2}, "values have shape " +
                                                formatShape(values.shape) +
                                                "; [2] is expected");
  int64_t axis =
      context.normalizeAxis(context.intAttr("axis", -1), indices.rank() + 1);
  Shape shape = indices.shape;
  shape.insert(shape.begin() + axis, depth);
  auto pick = [&](int64_t i) {
    if (values.isConstant()) {
      return scalarConstant(values.dtype, values.constant->getDouble(i));
    }
    return squeeze(context, sliceAxis(context, values, 0, i, 1), 0);
  };
  OnnxValue operands[] = {unsqueeze(context, indices, axis), pick(0), pick(1)};
  context.out(elementwise(
      context, operands, values.dtype,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        Scalar here =
            compareScalars(Comparison::Equal, wrapIndex(toInt(v[0]), depth),
                           loopIndex(b, axis));
        return select(here, v[2], v[1]);
      },
      shape));
}

} // namespace

void registerGatherOps(OpTable &table) {
  table["Gather"] = importGather;
  table["GatherElements"] = importGatherElements;
  table["GatherND"] = importGatherND;
  table["ScatterElements"] = importScatterElements;
  table["Scatter"] = importScatterElements;
  table["OneHot"] = importOneHot;
}

} // namespace acc
