//===- ScatterND.cpp - Write slices at positions that are data ------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

#include <cstring>

using namespace mlir;

namespace acc {

namespace {

/// The positions of constant index tuples in `sizes`, row-major.
std::vector<int64_t> flatPositions(ImportContext &context,
                                   const OnnxValue &indices,
                                   ArrayRef<int64_t> sizes) {
  std::vector<int64_t> result;
  std::vector<int64_t> numbers = indices.constant->toIntegers();
  for (size_t i = 0; i < numbers.size(); i += sizes.size()) {
    int64_t flat = 0;
    for (auto [d, size] : llvm::enumerate(sizes)) {
      int64_t index = numbers[i + d];
      context.require(index >= -size && index < size,
                      "index " + Twine(index) + " is out of range for " +
                          Twine(size) + " elements");
      flat = flat * size + (index < 0 ? index + size : index);
    }
    result.push_back(flat);
  }
  return result;
}

/// Constants, row by row.
OnnxValue copyRows(const HostTensor &data, const HostTensor &updates,
                   ArrayRef<int64_t> from) {
  HostTensor result = data;
  if (from.empty()) {
    return makeConstant(std::move(result));
  }
  size_t row = data.bytes.size() / from.size();
  for (auto [i, source] : llvm::enumerate(from)) {
    if (source >= 0) {
      std::memcpy(result.bytes.data() + i * row,
                  updates.bytes.data() + source * row, row);
    }
  }
  return makeConstant(std::move(result));
}

/// The rows one by one, by their numbers in `data` and `updates` together.
OnnxValue gatherRows(ImportContext &context, const OnnxValue &data,
                     const OnnxValue &updates, ArrayRef<int64_t> from) {
  int64_t rows = data.shape[0];
  HostTensor numbers = HostTensor::zeros("", DType::I32, {rows});
  auto *to = reinterpret_cast<int32_t *>(numbers.bytes.data());
  for (auto [i, source] : llvm::enumerate(from)) {
    to[i] = int32_t(source < 0 ? int64_t(i) : rows + source);
  }
  return gather(context, concat(context, {data, updates}, 0),
                makeConstant(std::move(numbers)), 0);
}

/// Rows of `data` and of `updates` [rows, n], as constant positions say.
OnnxValue takeRows(ImportContext &context, const OnnxValue &data,
                   const OnnxValue &updates, ArrayRef<int64_t> positions) {
  std::vector<int64_t> from(data.shape[0], -1);
  for (auto [i, position] : llvm::enumerate(positions)) {
    from[position] = static_cast<int64_t>(i); // The last one counts.
  }
  if (data.isConstant() && updates.isConstant()) {
    return copyRows(*data.constant, *updates.constant, from);
  }
  // Stretches that follow each other in one of the two. Each is an operation,
  // and the analysis of buffers takes the square of their number (1 s of 1,000,
  // 45 s of 6,500); rows by their numbers go element by element, which long
  // rows are too dear for.
  const size_t most = data.shape[1] >= 64 ? 1024 : 64;
  SmallVector<OnnxValue> parts;
  for (int64_t row = 0; row < data.shape[0];) {
    if (parts.size() == most) {
      return gatherRows(context, data, updates, from);
    }
    int64_t end = row + 1;
    bool old = from[row] < 0;
    while (end < data.shape[0] &&
           (old ? from[end] < 0 : from[end] == from[end - 1] + 1)) {
      ++end;
    }
    parts.push_back(sliceAxis(context, old ? data : updates, 0,
                              old ? row : from[row], end - row));
    row = end;
  }
  return concat(context, parts, 0);
}

/// One elementwise step for each update.
OnnxValue updateInTurn(ImportContext &context, const OnnxValue &data,
                       const OnnxValue &indices, const OnnxValue &updates,
                       StringRef kind) {
  int64_t depth = indices.shape[1];
  OnnxValue result = data;
  for (int64_t i = 0; i < indices.shape[0]; ++i) {
    OnnxValue tuple = sliceAxis(context, indices, 0, i, 1);
    SmallVector<OnnxValue> operands;
    for (int64_t d = 0; d < depth; ++d) {
      operands.push_back(
          reshape(context, sliceAxis(context, tuple, 1, d, 1), {}));
    }
    operands.push_back(
        squeeze(context, sliceAxis(context, updates, 0, i, 1), {0}));
    operands.push_back(result);
    std::optional<IntRange> range;
    if (exceeds32(data.dtype)) {
      range = uniteUpdate(kind, getRange(result), getRange(updates));
    }
    result = elementwise(
        context, operands, data.dtype,
        [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
          Scalar here = boolConstant(b, true);
          for (int64_t d = 0; d < depth; ++d) {
            Scalar negative =
                compareScalars(Comparison::Less, v[d], v[d].constant(0));
            Scalar index = select(
                negative, v[d] + static_cast<double>(data.shape[d]), v[d]);
            here = logicalAnd(here, compareScalars(Comparison::Equal, index,
                                                   loopIndex(b, d)));
          }
          Scalar update = v[depth], old = v[depth + 1];
          Scalar value = kind == "add"   ? old + update
                         : kind == "mul" ? old * update
                         : kind == "max" ? maximum(old, update)
                         : kind == "min" ? minimum(old, update)
                                         : update;
          return select(here, value, old);
        },
        data.shape, nullptr, range);
  }
  return result;
}

void importScatterND(ImportContext &context) {
  OnnxValue data = context.in(0), updates = context.in(2);
  OnnxValue indices = narrowIndices(context, context.in(1));
  std::string kind = context.stringAttr("reduction", "none");
  context.require(isInteger(indices.dtype) && indices.rank() >= 1 &&
                      updates.dtype == data.dtype,
                  "data, indices and updates have types " +
                      getName(data.dtype) + ", " + getName(indices.dtype) +
                      " and " + getName(updates.dtype));
  int64_t depth = indices.shape.back();
  Shape expected(indices.shape.begin(), indices.shape.end() - 1);
  int64_t count = 1;
  for (int64_t size : expected) {
    count *= size;
  }
  context.require(depth >= 1 && depth <= data.rank(),
                  "indices of shape " + formatShape(indices.shape) +
                      " do not fit data of shape " + formatShape(data.shape));
  ArrayRef<int64_t> outer = ArrayRef<int64_t>(data.shape).take_front(depth);
  ArrayRef<int64_t> inner = ArrayRef<int64_t>(data.shape).drop_front(depth);
  expected.append(inner.begin(), inner.end());
  context.require(updates.shape == expected,
                  "updates have shape " + formatShape(updates.shape) + "; " +
                      formatShape(expected) + " is expected");
  if (count == 0 || data.numElements() == 0) {
    context.out(data);
    return;
  }
  if (kind == "none" && indices.isConstant()) {
    std::vector<int64_t> positions = flatPositions(context, indices, outer);
    int64_t rows = 1, row = 1;
    for (int64_t size : outer) {
      rows *= size;
    }
    for (int64_t size : inner) {
      row *= size;
    }
    OnnxValue result =
        takeRows(context, reshape(context, data, {rows, row}),
                 reshape(context, updates, {count, row}), positions);
    context.out(reshape(context, result, data.shape));
    return;
  }
  if (count > 256) {
    context.unsupported("more than 256 updates (" + Twine(count) +
                        ") at positions that are data");
  }
  Shape rows{count};
  rows.append(inner.begin(), inner.end());
  context.out(updateInTurn(context, data,
                           reshape(context, indices, {count, depth}),
                           reshape(context, updates, rows), kind));
}

} // namespace

void registerScatterOps(OpTable &table) {
  table["ScatterND"] = importScatterND;
}

} // namespace acc
