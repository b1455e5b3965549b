//===- Movement.cpp - Slice, concatenate, pad -----------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace acc {

namespace {

SmallVector<OpFoldResult> toFoldResults(OpBuilder &b,
                                        ArrayRef<int64_t> values) {
  return getAsIndexOpFoldResult(b.getContext(), values);
}

/// The same integers in 64 bits.
OnnxValue widen(ImportContext &context, const OnnxValue &value) {
  return elementwise(
      context, value, value.dtype,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) { return x[0]; },
      value.shape, nullptr, getTypeRange(value.dtype));
}

} // namespace

OnnxValue slice(ImportContext &context, const OnnxValue &value,
                ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes,
                ArrayRef<int64_t> steps) {
  if (ArrayRef<int64_t>(value.shape) == sizes) {
    return value;
  }
  SmallVector<int64_t> strides(steps);
  strides.resize(sizes.size(), 1);
  OnnxValue result = withBase(context, value);
  result.constant = nullptr;
  result.repeatSource = nullptr;
  result.shape.assign(sizes.begin(), sizes.end());
  if (llvm::is_contained(sizes, 0)) {
    Type type = getElementTypeOrSelf(result.base.getType());
    return makeValue(
        tensor::EmptyOp::create(context.builder, context.loc, sizes, type),
        value.dtype);
  }
  // Slice the base; a broadcast dimension just gets shorter.
  SmallVector<int64_t> baseStarts, baseSizes, baseStrides;
  for (unsigned dim : result.dims) {
    baseStarts.push_back(starts[dim]);
    baseSizes.push_back(sizes[dim]);
    baseStrides.push_back(sizes[dim] == 1 ? 1 : strides[dim]);
  }
  OpBuilder &b = context.builder;
  if (llvm::cast<RankedTensorType>(result.base.getType()).getShape() !=
      ArrayRef<int64_t>(baseSizes)) {
    result.base = tensor::ExtractSliceOp::create(
        b, context.loc, result.base, toFoldResults(b, baseStarts),
        toFoldResults(b, baseSizes), toFoldResults(b, baseStrides));
  }
  return result;
}

OnnxValue sliceAxis(ImportContext &context, const OnnxValue &value,
                    int64_t axis, int64_t start, int64_t size) {
  SmallVector<int64_t> starts(value.rank(), 0), sizes(value.shape);
  starts[axis] = start;
  sizes[axis] = size;
  return slice(context, value, starts, sizes);
}

OnnxValue reverse(ImportContext &context, const OnnxValue &value,
                  ArrayRef<int64_t> axes) {
  OpBuilder &b = context.builder;
  Value source = materialize(context, value);
  auto type = llvm::cast<RankedTensorType>(source.getType());
  SmallVector<AffineExpr> from;
  for (int64_t i = 0; i < value.rank(); ++i) {
    AffineExpr dim = b.getAffineDimExpr(i);
    from.push_back(llvm::is_contained(axes, i)
                       ? b.getAffineConstantExpr(value.shape[i] - 1) - dim
                       : dim);
  }
  AffineMap maps[] = {AffineMap::get(value.rank(), 0, from, b.getContext()),
                      b.getMultiDimIdentityMap(value.rank())};
  SmallVector<utils::IteratorType> iterators(value.rank(),
                                             utils::IteratorType::parallel);
  Value empty = tensor::EmptyOp::create(b, context.loc, type.getShape(),
                                        type.getElementType());
  auto generic = linalg::GenericOp::create(
      b, context.loc, type, source, empty, maps, iterators,
      [](OpBuilder &nested, Location loc, ValueRange args) {
        linalg::YieldOp::create(nested, loc, args[0]);
      });
  return makeValue(generic.getResult(0), value.dtype);
}

OnnxValue concat(ImportContext &context, ArrayRef<OnnxValue> values,
                 int64_t axis) {
  OpBuilder &b = context.builder;
  Shape shape = values[0].shape;
  shape[axis] = 0;
  SmallVector<const OnnxValue *> parts;
  for (const OnnxValue &value : values) {
    Shape expected = shape;
    bool fits = value.shape.size() == shape.size();
    if (fits) {
      expected[axis] = value.shape[axis];
      fits = value.shape == expected;
    }
    context.require(fits, "shapes " + formatShape(values[0].shape) + " and " +
                              formatShape(value.shape) +
                              " cannot be concatenated along axis " +
                              Twine(axis));
    context.require(value.dtype == values[0].dtype,
                    "types " + getName(values[0].dtype) + " and " +
                        getName(value.dtype) + " cannot be concatenated");
    if (value.shape[axis] > 0) {
      parts.push_back(&value);
    }
  }
  for (const OnnxValue *part : parts) {
    shape[axis] += part->shape[axis];
  }
  context.checkShape(shape);
  if (parts.size() == 1) {
    return *parts[0];
  }
  // Bufferization looks at every pair of insertions into one tensor, so that
  // many parts are joined in groups.
  constexpr size_t groupSize = 16;
  if (parts.size() > groupSize) {
    SmallVector<OnnxValue> groups;
    for (size_t i = 0; i < parts.size(); i += groupSize) {
      SmallVector<OnnxValue> group;
      for (size_t k = i; k < std::min(i + groupSize, parts.size()); ++k) {
        group.push_back(*parts[k]);
      }
      groups.push_back(concat(context, group, axis));
    }
    return concat(context, groups, axis);
  }
  DType dtype = values[0].dtype;
  bool wide = llvm::any_of(values, isWide);
  Type storage = wide ? b.getI64Type() : getStorageType(b.getContext(), dtype);
  Value result = tensor::EmptyOp::create(b, context.loc, shape, storage);
  if (llvm::is_contained(shape, 0)) {
    return makeValue(result, dtype);
  }
  SmallVector<int64_t> offsets(shape.size(), 0), ones(shape.size(), 1);
  for (const OnnxValue *part : parts) {
    Value source = materialize(context, *part);
    if (source.getType() != RankedTensorType::get(part->shape, storage)) {
      source = widen(context, *part).base;
    }
    result = tensor::InsertSliceOp::create(
        b, context.loc, source, result, toFoldResults(b, offsets),
        toFoldResults(b, part->shape), toFoldResults(b, ones));
    offsets[axis] += part->shape[axis];
  }
  OnnxValue joined = makeValue(result, dtype);
  if (exceeds32(dtype)) {
    joined.range = getRange(*parts[0]);
    for (const OnnxValue *part : parts) {
      joined.range = unite(*joined.range, getRange(*part));
    }
  }
  return joined;
}

OnnxValue pad(ImportContext &context, const OnnxValue &value,
              ArrayRef<int64_t> low, ArrayRef<int64_t> high, double number) {
  OpBuilder &b = context.builder;
  SmallVector<int64_t> starts, sizes, lows, highs, shape;
  for (int64_t i = 0; i < value.rank(); ++i) {
    int64_t start = std::max<int64_t>(0, -low[i]);
    int64_t end = value.shape[i] - std::max<int64_t>(0, -high[i]);
    context.require(end >= start, "padding removes more than there is");
    starts.push_back(start);
    sizes.push_back(end - start);
    lows.push_back(std::max<int64_t>(0, low[i]));
    highs.push_back(std::max<int64_t>(0, high[i]));
    shape.push_back(sizes[i] + lows[i] + highs[i]);
  }
  context.checkShape(shape);
  OnnxValue cropped = slice(context, value, starts, sizes);
  if (ArrayRef<int64_t>(shape) == ArrayRef<int64_t>(cropped.shape)) {
    return cropped;
  }
  Value source = materialize(context, cropped);
  Type element = getElementTypeOrSelf(source.getType());
  TypedAttr attribute =
      isa<FloatType>(element)
          ? TypedAttr(b.getFloatAttr(element, number))
          : TypedAttr(b.getIntegerAttr(
                element, APInt(element.getIntOrFloatBitWidth(),
                               static_cast<int64_t>(number),
                               /*isSigned=*/true, /*implicitTrunc=*/true)));
  Value filler = arith::ConstantOp::create(b, context.loc, attribute);
  if (llvm::is_contained(sizes, 0)) {
    Value empty = tensor::EmptyOp::create(b, context.loc, shape, element);
    return makeValue(
        linalg::FillOp::create(b, context.loc, filler, empty).getResult(0),
        value.dtype);
  }
  Value padded = tensor::PadOp::create(
      b, context.loc, RankedTensorType::get(shape, element), source,
      toFoldResults(b, lows), toFoldResults(b, highs), filler);
  return makeValue(padded, value.dtype);
}

} // namespace acc
