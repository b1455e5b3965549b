//===- Gather.cpp - Gather, scatter, compress, one-hot --------------------===//

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

/// Whether an index is one of `size` elements.
Scalar isElement(Scalar index, int64_t size) {
  return logicalAnd(
      compareScalars(Comparison::GreaterEqual, index, index.constant(0)),
      compareScalars(Comparison::Less, index,
                     index.constant(static_cast<double>(size))));
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
  context.out(gather(context, table, indices, axis));
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
  // The tuples as one index each into the table's dimensions that they count
  // in. One that is out of range stays so: it is -1.
  int64_t inner = static_cast<int64_t>(shape.size()) - outer;
  int64_t last = indices.rank() - 1, span = table.shape[batch];
  auto component = [&](int64_t i) {
    return squeeze(context, sliceAxis(context, indices, last, i, 1), {last});
  };
  OnnxValue index = component(0);
  for (int64_t i = 1; i < depth; ++i) {
    int64_t size = table.shape[batch + i];
    OnnxValue operands[] = {index, component(i)};
    index = elementwise(context, operands, DType::I32,
                        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                          Scalar high = i == 1 ? wrapIndex(v[0], span) : v[0];
                          Scalar low = wrapIndex(v[1], size);
                          Scalar inside = logicalAnd(isElement(high, span),
                                                     isElement(low, size));
                          return select(inside,
                                        high * static_cast<double>(size) + low,
                                        low.constant(-1.0));
                        });
    span *= size;
  }
  std::vector<int64_t> trailing;
  for (int64_t j = 0; j < inner; ++j) {
    trailing.push_back(outer + j);
  }
  Shape merged(table.shape.begin(), table.shape.begin() + batch);
  merged.push_back(span);
  merged.append(table.shape.begin() + batch + depth, table.shape.end());
  Value source = materialize(context, reshape(context, table, merged));
  context.out(elementwise(
      context, unsqueeze(context, index, trailing), table.dtype,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        SmallVector<Value> position;
        for (int64_t i = 0; i < batch; ++i) {
          position.push_back(linalg::IndexOp::create(b, i));
        }
        position.push_back(
            toIndex(b, depth == 1 ? wrapIndex(v[0], span) : v[0]));
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
  SmallVector<int64_t> low(data.rank(), 0), high(data.rank(), 0);
  for (int64_t i = 0; i < data.rank(); ++i) {
    if (i != axis) {
      high[i] = data.shape[i] - indices.shape[i];
      context.require(high[i] >= 0, "indices of shape " +
                                        formatShape(indices.shape) +
                                        " reach beyond data of shape " +
                                        formatShape(data.shape));
    }
  }
  int64_t count = indices.shape[axis], size = data.shape[axis];
  if (count > 256) {
    context.unsupported("more than 256 updates along the axis (" +
                        Twine(count) + ")");
  }
  checkConstantIndices(context, indices, size);
  if (llvm::any_of(high, [](int64_t amount) { return amount > 0; })) {
    // What the updates do not cover has an index that is no element's.
    indices = pad(context, cast(context, indices, DType::I32), low, high,
                  static_cast<double>(size));
    updates = pad(context, updates, low, high, 0.0);
  }
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

/// The first elements along the time axis in reverse order, as many as each
/// element of the batch has.
void importReverseSequence(ImportContext &context) {
  OnnxValue data = context.in(0);
  OnnxValue lengths = narrowIndices(context, context.in(1));
  requireIndices(context, lengths);
  int64_t time =
      context.normalizeAxis(context.intAttr("time_axis", 0), data.rank());
  int64_t batch =
      context.normalizeAxis(context.intAttr("batch_axis", 1), data.rank());
  context.require(time != batch && lengths.shape == Shape{data.shape[batch]},
                  "lengths have shape " + formatShape(lengths.shape) +
                      "; one for each element of the batch is expected");
  int64_t size = data.shape[time];
  if (lengths.isConstant()) {
    for (int64_t length : lengths.constant->toIntegers()) {
      context.require(length >= 0 && length <= size,
                      "a sequence of " + Twine(length) + " of " + Twine(size) +
                          " elements");
    }
  }
  std::vector<int64_t> trailing;
  for (int64_t i = batch + 1; i < data.rank(); ++i) {
    trailing.push_back(i - batch);
  }
  Value source = materialize(context, data);
  context.out(elementwise(
      context, unsqueeze(context, lengths, trailing), data.dtype,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        SmallVector<Value> position;
        for (int64_t i = 0; i < data.rank(); ++i) {
          position.push_back(linalg::IndexOp::create(b, i));
        }
        Scalar at = loopIndex(b, time);
        Scalar reversed = v[0] - at - 1.0;
        Scalar from =
            select(compareScalars(Comparison::Less, at, v[0]), reversed, at);
        position[time] = toIndex(b, from);
        return Scalar{&b, tensor::ExtractOp::create(b, source, position)};
      },
      data.shape, storageOf(source)));
}

/// Elements at the places of a condition that is known at import.
void importCompress(ImportContext &context) {
  OnnxValue data = context.in(0);
  std::vector<int64_t> condition = context.constantInts(1, "the condition");
  int64_t axis = 0;
  if (context.hasAttr("axis")) {
    axis = context.normalizeAxis(context.intAttr("axis"), data.rank());
  } else {
    data = reshape(context, data, {data.numElements()});
  }
  int64_t size = data.shape[axis];
  context.require(static_cast<int64_t>(condition.size()) <= size,
                  "a condition of " + Twine(condition.size()) + " for " +
                      Twine(size) + " elements");
  // Runs of elements that stay; many of them are copies by their numbers, as
  // the time to compile slices grows with more than their number.
  constexpr unsigned kRuns = 32;
  unsigned runCount = 0;
  std::vector<int64_t> kept;
  for (auto [i, stays] : llvm::enumerate(condition)) {
    if (stays) {
      runCount += kept.empty() || kept.back() + 1 != int64_t(i);
      kept.push_back(i);
    }
  }
  if (runCount > kRuns) {
    HostTensor numbers =
        context.makeZeros("", DType::I32, {int64_t(kept.size())});
    for (auto [i, number] : llvm::enumerate(kept)) {
      numbers.setInteger(i, number);
    }
    context.out(gather(context, data, makeConstant(std::move(numbers)), axis));
    return;
  }
  std::vector<OnnxValue> runs;
  for (size_t from = 0; from < condition.size();) {
    size_t to = from;
    while (to < condition.size() && condition[to]) {
      ++to;
    }
    if (to > from) {
      runs.push_back(sliceAxis(context, data, axis, from, to - from));
    }
    from = to + 1;
  }
  context.out(runs.empty() ? sliceAxis(context, data, axis, 0, 0)
                           : concat(context, runs, axis));
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

OnnxValue gather(ImportContext &context, const OnnxValue &table,
                 const OnnxValue &indices, int64_t axis) {
  const int64_t size = table.shape[axis];
  Shape shape(table.shape.begin(), table.shape.begin() + axis);
  shape.append(indices.shape);
  shape.append(table.shape.begin() + axis + 1, table.shape.end());
  // Align the indices with the result's dimensions.
  std::vector<int64_t> trailing;
  for (int64_t i = axis + 1; i < table.rank(); ++i) {
    trailing.push_back(indices.rank() + (i - axis - 1));
  }
  OnnxValue aligned = unsqueeze(context, indices, trailing);
  Value source = materialize(context, table);
  return elementwise(
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
      shape, storageOf(source));
}

void registerGatherOps(OpTable &table) {
  table["Gather"] = importGather;
  table["GatherElements"] = importGatherElements;
  table["GatherND"] = importGatherND;
  table["ScatterElements"] = importScatterElements;
  table["Scatter"] = importScatterElements;
  table["OneHot"] = importOneHot;
  table["ReverseSequence"] = importReverseSequence;
  table["Compress"] = importCompress;
}

} // namespace acc
