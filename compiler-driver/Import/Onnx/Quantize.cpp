//===- Quantize.cpp - Quantisation and integer matrix products ------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Import/Onnx/SmallTypes.h"
#include "compiler-driver/Tensor/TensorProto.h"

using namespace mlir;

namespace acc {

OnnxValue centered(ImportContext &context, unsigned input, unsigned zeroPoint,
                   ArrayRef<int64_t> trailing) {
  OnnxValue x = context.in(input);
  context.require(x.dtype == DType::I8 || x.dtype == DType::U8,
                  "input " + Twine(input) + " has type " + getName(x.dtype));
  SmallVector<OnnxValue> operands{x};
  if (context.has(zeroPoint)) {
    OnnxValue zero = context.in(zeroPoint);
    if (zero.numElements() == 1) {
      zero = reshape(context, zero, {});
    } else if (zero.rank() == 1) {
      zero = unsqueeze(context, zero, trailing);
    }
    operands.push_back(zero);
  }
  return elementwise(
      context, operands, DType::I32,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        return v.size() > 1 ? v[0] - v[1] : v[0];
      },
      x.shape);
}

namespace {

/// Scales or zero points of blocks along `axis` of `x`, one for each element.
OnnxValue spreadBlocks(ImportContext &context, const OnnxValue &x,
                       const OnnxValue &parameter, int64_t axis,
                       StringRef what) {
  int64_t size = x.shape[axis], blocks = parameter.shape[axis];
  int64_t block = context.intAttr("block_size", 0);
  Shape expected = x.shape;
  expected[axis] = blocks;
  context.require(block > 0 && parameter.shape == expected &&
                      blocks == (size + block - 1) / block,
                  what + " has shape " + formatShape(parameter.shape) +
                      ", which is not one for each block of " + Twine(block) +
                      " along axis " + Twine(axis) + " of " +
                      formatShape(x.shape));
  OnnxValue spread = unsqueeze(context, parameter, {axis + 1});
  Shape shape = spread.shape;
  shape[axis + 1] = block;
  spread = broadcastTo(context, spread, shape);
  shape.erase(shape.begin() + axis + 1);
  shape[axis] = blocks * block;
  spread = reshape(context, spread, shape);
  return blocks * block == size ? spread
                                : sliceAxis(context, spread, axis, 0, size);
}

/// A scale or zero point: a scalar, a vector along `axis` of `x`, or one for
/// each block along it.
OnnxValue alongAxis(ImportContext &context, const OnnxValue &x,
                    const OnnxValue &parameter, StringRef what) {
  int64_t given = context.intAttr("axis", 1);
  if (parameter.numElements() == 1 && parameter.rank() <= 1) {
    return reshape(context, parameter, {});
  }
  int64_t axis = context.normalizeAxis(given, x.rank());
  if (parameter.rank() == x.rank() && context.intAttr("block_size", 0) != 0) {
    return spreadBlocks(context, x, parameter, axis, what);
  }
  context.require(parameter.rank() == 1 && parameter.shape[0] == x.shape[axis],
                  what + " has shape " + formatShape(parameter.shape) +
                      ", but axis " + Twine(axis) + " has " +
                      Twine(x.shape[axis]) + " elements");
  std::vector<int64_t> trailing;
  for (int64_t i = axis + 1; i < x.rank(); ++i) {
    trailing.push_back(i - axis);
  }
  return unsqueeze(context, parameter, trailing);
}

void importQuantizeLinear(ImportContext &context) {
  OnnxValue x = context.in(0);
  DType type = DType::U8;
  int64_t requested = context.intAttr("output_dtype", 0);
  bool saturate = context.intAttr("saturate", 1) != 0;
  if (context.has(2)) {
    type = context.in(2).dtype;
  } else if (requested != 0) {
    std::optional<DType> named = getDTypeFromOnnx(static_cast<int>(requested));
    context.require(named.has_value(),
                    "attribute 'output_dtype' is " +
                        getOnnxTypeName(static_cast<int>(requested)) +
                        "; an integer or float of 8 bits is expected");
    type = *named;
  }
  bool isNarrowInteger = isInteger(type) && getFileBits(type) <= 16;
  context.require(isNarrowInteger ||
                      (isSmallFloat(type) && type != DType::F8E8M0),
                  "quantises to " + getName(type) +
                      "; an integer of up to 16 bits or a float of up to 8 is "
                      "expected");
  SmallVector<OnnxValue> operands{
      x, alongAxis(context, x, context.in(1), "the scale")};
  if (context.has(2) && isNarrowInteger) {
    operands.push_back(alongAxis(context, x, context.in(2), "the zero point"));
  }
  context.out(elementwise(
      context, operands, type,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        Scalar value = toFloat(v[0]) / v[1];
        if (!isNarrowInteger) {
          return roundToSmallFloat(value, type, saturate);
        }
        value = apply(Function::RoundEven, value);
        if (v.size() > 2) {
          value = value + toFloat(v[2]);
        }
        return saturateTo(type, value);
      },
      x.shape));
}

void importDequantizeLinear(ImportContext &context) {
  OnnxValue x = context.in(0);
  context.require(isInteger(x.dtype) || isSmallFloat(x.dtype),
                  "the operand has type " + getName(x.dtype));
  SmallVector<OnnxValue> operands{
      x, alongAxis(context, x, context.in(1), "the scale")};
  bool hasZero = context.has(2);
  if (hasZero) {
    context.require(context.in(2).dtype == x.dtype,
                    "the zero point has another type");
    operands.push_back(alongAxis(context, x, context.in(2), "the zero point"));
  }
  int64_t requested = context.intAttr("output_dtype", 0);
  std::optional<DType> named = getDTypeFromOnnx(static_cast<int>(requested));
  DType type =
      requested == 0 ? context.in(1).dtype : named.value_or(DType::Bool);
  context.require(isFloat(type),
                  "the result has element type " +
                      getOnnxTypeName(static_cast<int>(requested)) +
                      "; a float is expected");
  context.out(elementwise(
      context, operands, type,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        return toFloat(hasZero ? v[0] - v[2] : v[0]) * v[1];
      },
      x.shape));
}

void importDynamicQuantizeLinear(ImportContext &context) {
  OnnxValue x = context.in(0);
  std::vector<int64_t> axes;
  for (int64_t i = 0; i < x.rank(); ++i) {
    axes.push_back(i);
  }
  OnnxValue bounds[] = {reduce(context, x, axes, Reduction::Min),
                        reduce(context, x, axes, Reduction::Max)};
  OnnxValue scale =
      elementwise(context, bounds, DType::F32,
                  [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                    Scalar zero = v[0].constant(0);
                    return (maximum(v[1], zero) - minimum(v[0], zero)) / 255.0;
                  });
  OnnxValue forZero[] = {bounds[0], scale};
  OnnxValue zero =
      elementwise(context, forZero, DType::U8,
                  [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                    Scalar none = v[0].constant(0);
                    Scalar value = (none - minimum(v[0], none)) / v[1];
                    value = minimum(maximum(value, none), none.constant(255));
                    return apply(Function::RoundEven, value);
                  });
  OnnxValue operands[] = {x, scale, zero};
  context.out(elementwise(context, operands, DType::U8,
                          [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                            Scalar value =
                                apply(Function::RoundEven, v[0] / v[1]) +
                                toFloat(v[2]);
                            return saturateTo(DType::U8, value);
                          }),
              0);
  context.out(scale, 1);
  context.out(zero, 2);
}

void importMatMulInteger(ImportContext &context) {
  context.out(matmul(context, centered(context, 0, 2, /*trailing=*/{1}),
                     centered(context, 1, 3, /*trailing=*/{})));
}

void importQLinearMatMul(ImportContext &context) {
  OnnxValue product = matmul(context, centered(context, 0, 2, /*trailing=*/{1}),
                             centered(context, 3, 5, /*trailing=*/{}));
  for (unsigned i : {1u, 4u, 6u, 7u}) {
    if (context.in(i).numElements() != 1) {
      context.unsupported("QLinearMatMul with more than one scale");
    }
  }
  DType type = context.in(7).dtype;
  OnnxValue operands[] = {product, reshape(context, context.in(1), {}),
                          reshape(context, context.in(4), {}),
                          reshape(context, context.in(6), {}),
                          reshape(context, context.in(7), {})};
  context.out(elementwise(
      context, operands, type,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        Scalar factor = v[1] * v[2] / v[3];
        Scalar value =
            apply(Function::RoundEven, toFloat(v[0]) * factor) + toFloat(v[4]);
        return saturateTo(type, value);
      },
      product.shape));
}

} // namespace

void registerQuantizeOps(OpTable &table) {
  table["QuantizeLinear"] = importQuantizeLinear;
  table["DequantizeLinear"] = importDequantizeLinear;
  table["DynamicQuantizeLinear"] = importDynamicQuantizeLinear;
  table["MatMulInteger"] = importMatMulInteger;
  table["QLinearMatMul"] = importQLinearMatMul;
}

} // namespace acc
