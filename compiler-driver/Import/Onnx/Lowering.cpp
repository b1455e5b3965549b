//===- Lowering.cpp - Computing building blocks of the importer -----------===//

#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Import/Onnx/SmallTypes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <limits>

using namespace mlir;

namespace acc {

namespace {

using Iterators = SmallVector<utils::IteratorType>;

AffineMap mapOf(MLIRContext *context, unsigned loops,
                ArrayRef<unsigned> results) {
  SmallVector<AffineExpr> exprs;
  for (unsigned result : results) {
    exprs.push_back(getAffineDimExpr(result, context));
  }
  return AffineMap::get(loops, 0, exprs, context);
}

/// From the storage type of `dtype` to the type that bodies compute in; `wide`
/// bodies compute with 64-bit integers.
Scalar load(ImplicitLocOpBuilder &b, Value value, DType dtype,
            bool wide = false) {
  if (value.getType().isInteger(8)) {
    value = dtype == DType::U8
                ? arith::ExtUIOp::create(b, b.getI32Type(), value).getResult()
                : arith::ExtSIOp::create(b, b.getI32Type(), value).getResult();
  } else if (isa<FloatType>(value.getType()) && !value.getType().isF32()) {
    value = arith::ExtFOp::create(b, b.getF32Type(), value);
  }
  if (wide && value.getType().isInteger(32)) {
    value = arith::ExtSIOp::create(b, b.getI64Type(), value);
  }
  return {&b, value};
}

/// Wraps an integer to the 16 or fewer bits of `dtype`, or the 32 of uint32.
Value wrapTo(ImplicitLocOpBuilder &b, Value value, DType dtype) {
  if (getFileBits(dtype) < 8) {
    return wrapSmallInteger({&b, value}, dtype).value;
  }
  if (dtype == DType::U32) {
    Value mask = longConstant(b, UINT32_MAX).value;
    return arith::AndIOp::create(b, value, mask);
  }
  Type type = value.getType();
  value = arith::TruncIOp::create(b, b.getIntegerType(16), value);
  return dtype == DType::U16
             ? arith::ExtUIOp::create(b, type, value).getResult()
             : arith::ExtSIOp::create(b, type, value).getResult();
}

/// From the type that bodies compute in to the storage type of `dtype`, or to
/// i64 if `wide`. A float of 8 or fewer bits must be one already.
Value store(ImplicitLocOpBuilder &b, Scalar scalar, DType dtype,
            bool wide = false) {
  Type type = wide ? b.getI64Type() : getStorageType(b.getContext(), dtype);
  bool isResultInteger = isInteger(dtype);
  if (wide && scalar.isFloat()) {
    scalar.value = arith::FPToSIOp::create(b, type, scalar.value);
  }
  scalar = isFloat(dtype)         ? toFloat(scalar)
           : dtype == DType::Bool ? toBool(scalar)
                                  : toInt(scalar);
  if (wide && scalar.value.getType().isInteger(32)) {
    scalar.value = arith::ExtSIOp::create(b, type, scalar.value);
  }
  // The machine's own conversion wraps to 8 bits.
  unsigned bits = getFileBits(dtype);
  bool isNarrow = isResultInteger && (bits == 16 || bits < 8);
  if (isNarrow || (dtype == DType::U32 && scalar.isLong())) {
    scalar.value = wrapTo(b, scalar.value, dtype);
  }
  if (scalar.value.getType() == type) {
    return scalar.value;
  }
  if (isa<FloatType>(type)) {
    return arith::TruncFOp::create(b, type, scalar.value);
  }
  return arith::TruncIOp::create(b, type, scalar.value);
}

Scalar scalarOf(ImplicitLocOpBuilder &b, const HostTensor &tensor, bool wide) {
  if (isFloat(tensor.dtype)) {
    return floatConstant(b, tensor.getDouble(0));
  }
  if (tensor.dtype == DType::Bool) {
    return boolConstant(b, tensor.getInteger(0) != 0);
  }
  return wide ? longConstant(b, tensor.getInteger(0))
              : intConstant(b, tensor.getInteger(0));
}

/// Whether a constant can be a scalar in the body.
bool isScalarConstant(const OnnxValue &value) {
  return value.isConstant() && value.constant->isSplat() &&
         !value.constant->findBeyondFloat();
}

/// The operands of a generic: constants that are scalars stay out of it.
struct Operands {
  SmallVector<Value> tensors;
  SmallVector<AffineMap> maps;
  /// For each input the number of its operand, or -1 for a scalar.
  SmallVector<int> position;
  bool wide = false; ///< The body computes with 64-bit integers.

  /// `inputs` must have the shape of the loop nest.
  Operands(ImportContext &context, ArrayRef<OnnxValue> inputs, unsigned loops) {
    wide = llvm::any_of(inputs, isWide);
    for (const OnnxValue &input : inputs) {
      if (isScalarConstant(input)) {
        position.push_back(-1);
        continue;
      }
      OnnxValue view = withBase(context, input);
      position.push_back(tensors.size());
      tensors.push_back(view.base);
      maps.push_back(mapOf(context.builder.getContext(), loops, view.dims));
    }
  }

  SmallVector<Scalar> getScalars(ImplicitLocOpBuilder &b,
                                 ArrayRef<OnnxValue> inputs,
                                 ValueRange args) const {
    SmallVector<Scalar> scalars;
    for (auto [i, input] : llvm::enumerate(inputs)) {
      scalars.push_back(position[i] < 0
                            ? scalarOf(b, *input.constant, wide)
                            : load(b, args[position[i]], input.dtype, wide));
    }
    return scalars;
  }
};

Scalar combine(Reduction kind, Scalar a, Scalar b) {
  switch (kind) {
  case Reduction::Sum:
    return a + b;
  case Reduction::Product:
    return a * b;
  case Reduction::Max:
    return maximum(a, b);
  case Reduction::Min:
    return minimum(a, b);
  }
  llvm_unreachable("every reduction is handled");
}

/// A tensor filled with the neutral element.
Value makeAccumulator(ImportContext &context, ArrayRef<int64_t> shape,
                      DType type, Reduction kind, bool wide = false) {
  OpBuilder &b = context.builder;
  Type storage = wide ? b.getI64Type() : getStorageType(b.getContext(), type);
  if (llvm::is_contained(shape, 0)) {
    return tensor::EmptyOp::create(b, context.loc, shape, storage);
  }
  double infinity = std::numeric_limits<double>::infinity();
  TypedAttr attribute;
  if (isFloat(type)) {
    double number = kind == Reduction::Sum       ? 0.0
                    : kind == Reduction::Product ? 1.0
                    : kind == Reduction::Max     ? -infinity
                                                 : infinity;
    attribute = b.getF32FloatAttr(static_cast<float>(number));
  } else {
    int64_t number = kind == Reduction::Sum       ? 0
                     : kind == Reduction::Product ? 1
                     : kind == Reduction::Max ? (wide ? INT64_MIN : INT32_MIN)
                                              : (wide ? INT64_MAX : INT32_MAX);
    attribute = b.getIntegerAttr(storage, number);
  }
  Value neutral = arith::ConstantOp::create(b, context.loc, attribute);
  Value empty = tensor::EmptyOp::create(b, context.loc, shape, storage);
  return linalg::FillOp::create(b, context.loc, neutral, empty).getResult(0);
}

/// The builder of a body, at the body's insertion point.
struct BodyBuilder {
  OpBuilder::InsertionGuard guard;
  ImplicitLocOpBuilder builder;

  BodyBuilder(OpBuilder &b, Location loc)
      : guard(b), builder(loc, b.getContext()) {
    builder.setInsertionPoint(b.getInsertionBlock(), b.getInsertionPoint());
  }
};

} // namespace

DType getComputeType(DType type) {
  return isFloat(type)         ? DType::F32
         : type == DType::Bool ? DType::Bool
                               : DType::I32;
}

OnnxValue scalarConstant(DType type, double number) {
  HostTensor tensor = HostTensor::zeros("", type, {});
  tensor.setDouble(0, number);
  return makeConstant(std::move(tensor));
}

OnnxValue elementwise(ImportContext &context, ArrayRef<OnnxValue> inputs,
                      DType type, Body body, std::optional<Shape> shape,
                      Type raw, std::optional<IntRange> range) {
  Shape result = shape ? *shape : broadcastShapes(context, inputs);
  context.checkShape(result);
  SmallVector<OnnxValue> views;
  for (const OnnxValue &input : inputs) {
    views.push_back(
        isScalarConstant(input) ? input : broadcastTo(context, input, result));
  }
  OpBuilder &b = context.builder;
  unsigned loops = result.size();
  bool wide = llvm::any_of(views, isWide);
  // What leaves an unsigned type comes back at its other end.
  IntRange limit = getTypeRange(type);
  bool wraps = range && !limit.contains(*range);
  bool wideResult =
      exceeds32(type) && (range ? wraps || !range->fits32() : wide);
  Type storage = raw          ? raw
                 : wideResult ? b.getI64Type()
                              : getStorageType(b.getContext(), type);
  Value empty = tensor::EmptyOp::create(b, context.loc, result, storage);
  if (llvm::is_contained(result, 0)) {
    return makeValue(empty, type);
  }
  Operands operands(context, views, loops);
  operands.wide |= wideResult && !raw;
  operands.maps.push_back(b.getMultiDimIdentityMap(loops));
  Iterators iterators(loops, utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, context.loc, empty.getType(), operands.tensors, empty, operands.maps,
      iterators, [&](OpBuilder &nested, Location loc, ValueRange args) {
        BodyBuilder inside(nested, loc);
        ImplicitLocOpBuilder &ib = inside.builder;
        Scalar value = body(ib, operands.getScalars(ib, views, args));
        linalg::YieldOp::create(ib, raw ? value.value
                                        : store(ib, value, type, wideResult));
      });
  OnnxValue value = makeValue(generic.getResult(0), type);
  if (range && exceeds32(type)) {
    value.range = wraps ? limit : *range;
  }
  return value;
}

void requireOrder(ImportContext &context, const OnnxValue &value) {
  if (value.dtype == DType::U64 && getRange(value).low < 0) {
    context.unsupported(
        "the order of uint64 numbers that may be 2^63 and more");
  }
}

OnnxValue narrowIndices(ImportContext &context, const OnnxValue &indices) {
  if (!isWide(indices)) {
    return indices;
  }
  return elementwise(
      context, indices, DType::I64,
      [](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
        return minimum(maximum(x[0], longConstant(b, INT32_MIN)),
                       longConstant(b, INT32_MAX));
      },
      std::nullopt, nullptr, IntRange{INT32_MIN, INT32_MAX});
}

OnnxValue cast(ImportContext &context, const OnnxValue &value, DType type) {
  if (value.dtype == type) {
    return value;
  }
  if (isSmallFloat(type)) {
    return castToSmallFloat(context, value, type, /*saturate=*/true);
  }
  if (value.isConstant()) {
    HostTensor tensor = value.constant->convertTo(type);
    return makeConstant(std::move(tensor));
  }
  if (isFloat(type)) {
    requireOrder(context, value);
  }
  // The numbers that there are, and those that the type has.
  IntRange range = isFloat(value.dtype) ? getTypeRange(type) : getRange(value);
  IntRange limit = getTypeRange(type);
  bool wraps = !limit.contains(range);
  bool same = getStorageType(context.builder.getContext(), value.dtype) ==
              getStorageType(context.builder.getContext(), type);
  if (same && !isWide(value) &&
      ((isFloat(type) && !isSmallFloat(type)) || getFileBits(type) == 8 ||
       !wraps)) {
    // int32 and int64, for example, are one type on the machine.
    OnnxValue result = value;
    result.dtype = type;
    result.range.reset();
    if (exceeds32(type)) {
      result.range = range;
    }
    return result;
  }
  return elementwise(
      context, value, type,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
        return x[0]; // The store converts.
      },
      std::nullopt, nullptr, wraps ? limit : range);
}

OnnxValue reduce(ImportContext &context, ArrayRef<OnnxValue> inputs,
                 ArrayRef<int64_t> axes, Reduction kind, Body body,
                 std::optional<DType> accumulator,
                 std::optional<IntRange> range) {
  bool anyFloat =
      llvm::any_of(inputs, [](const OnnxValue &v) { return isFloat(v.dtype); });
  DType type = accumulator.value_or(anyFloat ? DType::F32 : DType::I32);
  bool wide = !accumulator && !anyFloat &&
              (range ? !range->fits32() : llvm::any_of(inputs, isWide));
  if (wide) {
    type = DType::I64;
  }
  if (axes.empty()) {
    return elementwise(
        context, inputs, type,
        [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
          return body ? body(b, x) : x[0];
        },
        std::nullopt, nullptr, range);
  }
  Shape shape = broadcastShapes(context, inputs);
  unsigned loops = shape.size();
  SmallVector<OnnxValue> views;
  llvm::SmallBitVector covered(loops);
  for (const OnnxValue &input : inputs) {
    views.push_back(
        isScalarConstant(input)
            ? input
            : withBase(context, broadcastTo(context, input, shape)));
    for (unsigned dim : views.back().dims) {
      covered.set(dim);
    }
  }
  // A loop over a dimension that no operand has would have no extent.
  for (int64_t axis : axes) {
    if (!covered.test(axis)) {
      OnnxValue full = inputs[0];
      full = broadcastTo(context, full, shape);
      views[0] = plain(context, full);
      break;
    }
  }
  Shape kept;
  SmallVector<unsigned> keptLoops;
  Iterators iterators(loops, utils::IteratorType::parallel);
  for (unsigned i = 0; i < loops; ++i) {
    if (llvm::is_contained(axes, i)) {
      iterators[i] = utils::IteratorType::reduction;
    } else {
      kept.push_back(shape[i]);
      keptLoops.push_back(i);
    }
  }
  OpBuilder &b = context.builder;
  Value init = makeAccumulator(context, kept, type, kind, wide);
  if (llvm::is_contained(shape, 0)) {
    return makeValue(init,
                     type); // Nothing to combine with the neutral element.
  }
  Operands operands(context, views, loops);
  operands.wide |= wide;
  operands.maps.push_back(mapOf(b.getContext(), loops, keptLoops));
  auto generic = linalg::GenericOp::create(
      b, context.loc, init.getType(), operands.tensors, init, operands.maps,
      iterators, [&](OpBuilder &nested, Location loc, ValueRange args) {
        BodyBuilder inside(nested, loc);
        ImplicitLocOpBuilder &ib = inside.builder;
        SmallVector<Scalar> scalars = operands.getScalars(ib, views, args);
        Scalar value = body ? body(ib, scalars) : scalars[0];
        value = type == DType::F32 ? toFloat(value) : toInt(value);
        Value element = wide ? store(ib, value, type, wide) : value.value;
        if (!wide && value.isLong()) {
          element = arith::TruncIOp::create(ib, ib.getI32Type(), element);
        }
        Scalar total =
            combine(kind, Scalar{&ib, args.back()}, Scalar{&ib, element});
        linalg::YieldOp::create(ib, total.value);
      });
  OnnxValue result = makeValue(generic.getResult(0), type);
  if (!anyFloat && range) {
    result.range = range;
  }
  return result;
}

/// acc + a * b in the accumulator's type.
static void buildMultiplyAdd(OpBuilder &nested, Location loc, ValueRange args,
                             DType a, DType b) {
  BodyBuilder inside(nested, loc);
  ImplicitLocOpBuilder &ib = inside.builder;
  bool wide = args[2].getType().isInteger(64);
  Scalar product = load(ib, args[0], a, wide) * load(ib, args[1], b, wide);
  Scalar total = Scalar{&ib, args[2]} + product;
  linalg::YieldOp::create(ib, total.value);
}

OnnxValue contract(ImportContext &context, const OnnxValue &a,
                   ArrayRef<unsigned> aLoops, const OnnxValue &b,
                   ArrayRef<unsigned> bLoops, ArrayRef<unsigned> outLoops) {
  // Loops in the order of the output, then the summed ones as a has them.
  unsigned total = 0;
  for (ArrayRef<unsigned> list : {aLoops, bLoops, outLoops}) {
    for (unsigned loop : list) {
      total = std::max(total, loop + 1);
    }
  }
  SmallVector<int64_t> sizes(total, 1);
  for (auto [i, loop] : llvm::enumerate(aLoops)) {
    sizes[loop] = a.shape[i];
  }
  for (auto [i, loop] : llvm::enumerate(bLoops)) {
    sizes[loop] = b.shape[i];
  }
  SmallVector<int> order(total, -1);
  unsigned loops = 0;
  for (unsigned loop : outLoops) {
    order[loop] = loops++;
  }
  unsigned parallel = loops;
  for (ArrayRef<unsigned> list : {aLoops, bLoops}) {
    for (unsigned loop : list) {
      if (order[loop] < 0) {
        order[loop] = loops++;
      }
    }
  }
  // A view that lacks only dimensions of size 1 is a reshape away from a plain
  // tensor, for which there are named operations.
  auto prepare = [&](const OnnxValue &value) {
    OnnxValue view = withBase(context, value);
    bool cheap = llvm::is_sorted(view.dims);
    for (unsigned dim = 0; dim < view.shape.size(); ++dim) {
      cheap &= view.shape[dim] == 1 || llvm::is_contained(view.dims, dim);
    }
    return cheap ? plain(context, view) : view;
  };
  // The matrix unit multiplies numbers of one type, or of fp32 by parts.
  bool mixed = isFloat(a.dtype) &&
               getStorageType(context.builder.getContext(), a.dtype) !=
                   getStorageType(context.builder.getContext(), b.dtype);
  OnnxValue left = prepare(mixed ? cast(context, a, DType::F32) : a);
  OnnxValue right = prepare(mixed ? cast(context, b, DType::F32) : b);
  auto loopsOf = [&](const OnnxValue &value, ArrayRef<unsigned> list) {
    SmallVector<unsigned> result;
    for (unsigned dim : value.dims) {
      result.push_back(order[list[dim]]);
    }
    return result;
  };
  SmallVector<unsigned> leftLoops = loopsOf(left, aLoops);
  SmallVector<unsigned> rightLoops = loopsOf(right, bLoops);
  for (unsigned loop = parallel; loop < loops; ++loop) {
    if (!llvm::is_contained(leftLoops, loop) &&
        !llvm::is_contained(rightLoops, loop)) {
      left = plain(context, left);
      leftLoops = loopsOf(left, aLoops);
      right = plain(context, right);
      rightLoops = loopsOf(right, bLoops);
      break;
    }
  }
  Shape shape;
  for (unsigned loop : outLoops) {
    shape.push_back(sizes[loop]);
  }
  DType type = isFloat(a.dtype) ? DType::F32 : DType::I32;
  std::optional<IntRange> range;
  if (exceeds32(a.dtype)) {
    int64_t terms = 1;
    for (unsigned loop = 0; loop < total; ++loop) {
      terms *= order[loop] >= static_cast<int>(parallel) ? sizes[loop] : 1;
    }
    range = unite(getRange(a) * getRange(b), {0, 0}) * IntRange{terms, terms};
    type = DType::I64;
  }
  bool wide = range && !range->fits32();
  OpBuilder &builder = context.builder;
  Value init = makeAccumulator(context, shape, type, Reduction::Sum, wide);
  MLIRContext *mlirContext = builder.getContext();
  if (llvm::is_contained(sizes, 0)) {
    return makeValue(init, type); // An empty sum, or an empty result.
  }

  // The named forms, which the rest of the compiler recognises by name.
  using Loops = SmallVector<unsigned>;
  if (isFloat(a.dtype) && isFloat(b.dtype)) {
    if (leftLoops == Loops{0, 2} && rightLoops == Loops{2, 1} &&
        parallel == 2 && loops == 3) {
      auto op = linalg::MatmulOp::create(builder, context.loc,
                                         ValueRange{left.base, right.base},
                                         ValueRange{init});
      return makeValue(op->getResult(0), type);
    }
    if (leftLoops == Loops{0, 1, 3} && rightLoops == Loops{0, 3, 2} &&
        parallel == 3 && loops == 4) {
      auto op = linalg::BatchMatmulOp::create(builder, context.loc,
                                              ValueRange{left.base, right.base},
                                              ValueRange{init});
      return makeValue(op->getResult(0), type);
    }
  }
  Iterators iterators(loops, utils::IteratorType::parallel);
  std::fill(iterators.begin() + parallel, iterators.end(),
            utils::IteratorType::reduction);
  SmallVector<unsigned> outOrder;
  for (unsigned i = 0; i < parallel; ++i) {
    outOrder.push_back(i);
  }
  AffineMap maps[] = {mapOf(mlirContext, loops, leftLoops),
                      mapOf(mlirContext, loops, rightLoops),
                      mapOf(mlirContext, loops, outOrder)};
  auto generic = linalg::GenericOp::create(
      builder, context.loc, init.getType(), ValueRange{left.base, right.base},
      init, maps, iterators,
      [&](OpBuilder &nested, Location loc, ValueRange args) {
        buildMultiplyAdd(nested, loc, args, left.dtype, right.dtype);
      });
  OnnxValue result = makeValue(generic.getResult(0), type);
  result.range = range;
  return result;
}

/// Expressions `out * stride + kernel * dilation` for each spatial dimension.
static void appendWindow(MLIRContext *context, SmallVector<AffineExpr> &exprs,
                         const Window &window, unsigned outLoop,
                         unsigned kernelLoop) {
  for (unsigned i = 0; i < window.kernel.size(); ++i) {
    exprs.push_back(getAffineDimExpr(outLoop + i, context) * window.strides[i] +
                    getAffineDimExpr(kernelLoop + i, context) *
                        window.dilations[i]);
  }
}

OnnxValue reduceWindow(ImportContext &context, const OnnxValue &input,
                       int64_t outer, const Window &window, Reduction kind) {
  OpBuilder &b = context.builder;
  MLIRContext *mlirContext = b.getContext();
  unsigned spatial = window.kernel.size();
  unsigned loops = outer + 2 * spatial;
  Value source = materialize(context, input);
  // Only its shape matters: it gives the kernel loops their extent.
  Value extent =
      tensor::EmptyOp::create(b, context.loc, window.kernel, b.getF32Type());
  SmallVector<AffineExpr> from, kernel, to;
  Shape shape;
  for (int64_t i = 0; i < outer; ++i) {
    from.push_back(b.getAffineDimExpr(i));
    to.push_back(b.getAffineDimExpr(i));
    shape.push_back(input.shape[i]);
  }
  appendWindow(mlirContext, from, window, outer, outer + spatial);
  for (unsigned i = 0; i < spatial; ++i) {
    to.push_back(b.getAffineDimExpr(outer + i));
    kernel.push_back(b.getAffineDimExpr(outer + spatial + i));
    shape.push_back(window.out[i]);
  }
  DType type = getComputeType(input.dtype);
  Value init = makeAccumulator(context, shape, type, kind);
  AffineMap maps[] = {AffineMap::get(loops, 0, from, mlirContext),
                      AffineMap::get(loops, 0, kernel, mlirContext),
                      AffineMap::get(loops, 0, to, mlirContext)};
  Iterators iterators(loops, utils::IteratorType::parallel);
  std::fill(iterators.end() - spatial, iterators.end(),
            utils::IteratorType::reduction);
  auto generic = linalg::GenericOp::create(
      b, context.loc, init.getType(), ValueRange{source, extent}, init, maps,
      iterators, [&](OpBuilder &nested, Location loc, ValueRange args) {
        BodyBuilder inside(nested, loc);
        ImplicitLocOpBuilder &ib = inside.builder;
        Scalar total =
            combine(kind, Scalar{&ib, args[2]}, load(ib, args[0], input.dtype));
        linalg::YieldOp::create(ib, total.value);
      });
  return makeValue(generic.getResult(0), type);
}

OnnxValue convolve(ImportContext &context, const OnnxValue &input,
                   const OnnxValue &weights, const Window &window) {
  OpBuilder &b = context.builder;
  MLIRContext *mlirContext = b.getContext();
  unsigned spatial = window.kernel.size();
  bool grouped = weights.shape[0] != 1;
  OnnxValue data = input, kernel = weights;
  if (!grouped) {
    data = squeeze(context, input, {1});
    kernel = squeeze(context, weights, {0});
  }
  // Loops: n, [g], f, out..., c, kernel...
  unsigned g = 1, f = grouped ? 2 : 1, o = f + 1, c = o + spatial, k = c + 1;
  unsigned loops = k + spatial;
  auto dim = [&](unsigned i) { return b.getAffineDimExpr(i); };
  SmallVector<AffineExpr> from{dim(0)}, with, to{dim(0)};
  Shape shape{input.shape[0]};
  if (grouped) {
    from.push_back(dim(g));
    with.push_back(dim(g));
    to.push_back(dim(g));
    shape.push_back(weights.shape[0]);
  }
  from.push_back(dim(c));
  appendWindow(mlirContext, from, window, o, k);
  with.append({dim(f), dim(c)});
  to.push_back(dim(f));
  shape.push_back(weights.shape[1]);
  for (unsigned i = 0; i < spatial; ++i) {
    with.push_back(dim(k + i));
    to.push_back(dim(o + i));
    shape.push_back(window.out[i]);
  }
  DType type = isFloat(input.dtype) ? DType::F32 : DType::I32;
  Value init = makeAccumulator(context, shape, type, Reduction::Sum);
  AffineMap maps[] = {AffineMap::get(loops, 0, from, mlirContext),
                      AffineMap::get(loops, 0, with, mlirContext),
                      AffineMap::get(loops, 0, to, mlirContext)};
  Iterators iterators(loops, utils::IteratorType::parallel);
  std::fill(iterators.begin() + c, iterators.end(),
            utils::IteratorType::reduction);
  Value operands[] = {materialize(context, data), materialize(context, kernel)};
  auto generic = linalg::GenericOp::create(
      b, context.loc, init.getType(), operands, init, maps, iterators,
      [&](OpBuilder &nested, Location loc, ValueRange args) {
        buildMultiplyAdd(nested, loc, args, input.dtype, weights.dtype);
      });
  OnnxValue result = makeValue(generic.getResult(0), type);
  return grouped ? result : unsqueeze(context, result, {1});
}

} // namespace acc
