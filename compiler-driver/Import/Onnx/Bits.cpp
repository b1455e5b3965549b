//===- Bits.cpp - Operators on the bits of numbers ------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Tensor/TensorProto.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace acc {

namespace {

/// Results of types that 32 bits may not hold are any of their numbers.
std::optional<IntRange> anyOf(DType type) {
  return exceeds32(type) ? std::optional(getTypeRange(type)) : std::nullopt;
}

void requireInteger(ImportContext &context, const OnnxValue &value) {
  context.require(isInteger(value.dtype), "an operand has type " +
                                              getName(value.dtype) +
                                              "; an integer is expected");
}

template <Scalar (*make)(Scalar, Scalar)>
void importBitwise(ImportContext &context) {
  OnnxValue operands[] = {context.in(0), context.in(1)};
  requireInteger(context, operands[0]);
  context.require(operands[0].dtype == operands[1].dtype,
                  "operands have types " + getName(operands[0].dtype) +
                      " and " + getName(operands[1].dtype));
  context.out(elementwise(
      context, operands, operands[0].dtype,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
        return make(x[0], x[1]);
      },
      std::nullopt, nullptr, anyOf(operands[0].dtype)));
}

void importBitwiseNot(ImportContext &context) {
  OnnxValue a = context.in(0);
  requireInteger(context, a);
  context.out(elementwise(
      context, a, a.dtype,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
        return x[0].constant(-1) - x[0];
      },
      std::nullopt, nullptr, anyOf(a.dtype)));
}

void importBitShift(ImportContext &context) {
  OnnxValue operands[] = {context.in(0), context.in(1)};
  DType type = operands[0].dtype;
  context.require(isInteger(type) && operands[1].dtype == type,
                  "operands have types " + getName(type) + " and " +
                      getName(operands[1].dtype) +
                      "; integers of one type are expected");
  std::string direction = context.stringAttr("direction", "");
  context.require(direction == "LEFT" || direction == "RIGHT",
                  "attribute 'direction' is '" + direction +
                      "'; 'LEFT' or 'RIGHT' is expected");
  bool left = direction == "LEFT";
  double bits = getFileBits(type);
  context.out(elementwise(
      context, operands, type,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
        // By less than nothing, or more than there is, all bits leave.
        Scalar zero = x[1].constant(0), last = x[1].constant(bits - 1);
        Scalar inside =
            logicalAnd(compareScalars(Comparison::GreaterEqual, x[1], zero),
                       compareScalars(Comparison::LessEqual, x[1], last));
        Value value = x[0].value, by = select(inside, x[1], last).value;
        // Of unsigned numbers only large ones of 64 bits are negative here.
        bool logical = !left && x[0].isLong() && isUnsignedInteger(type);
        Value shifted = left ? arith::ShLIOp::create(b, value, by).getResult()
                        : logical
                            ? arith::ShRUIOp::create(b, value, by).getResult()
                            : arith::ShRSIOp::create(b, value, by).getResult();
        Scalar result{&b, shifted};
        bool keepsSign = !left && !isUnsignedInteger(type);
        return keepsSign ? result : select(inside, result, zero);
      },
      std::nullopt, nullptr, anyOf(type)));
}

void importBitCast(ImportContext &context) {
  OnnxValue a = context.in(0);
  int64_t number = context.intAttr("to");
  std::optional<DType> type = getDTypeFromOnnx(static_cast<int>(number));
  if (!type) {
    context.unsupported("element type " +
                        getOnnxTypeName(static_cast<int>(number)));
  }
  context.require(getFileBits(a.dtype) == getFileBits(*type),
                  "casts " + getName(a.dtype) + " to " + getName(*type) +
                      ", which has another width");
  if (a.isConstant() && getFileBits(*type) >= 8) {
    HostTensor tensor = *a.constant;
    tensor.dtype = *type;
    context.out(std::move(tensor));
    return;
  }
  bool fromWord = a.dtype == DType::I32 || a.dtype == DType::U32;
  bool toWord = *type == DType::I32 || *type == DType::U32;
  if (!isFloat(a.dtype) && !isFloat(*type)) {
    // Integers wrap into the other type: its bits are the same.
    context.out(cast(context, a, *type));
  } else if (a.dtype == DType::F32 && toWord) {
    OnnxValue bits =
        elementwise(context, a, DType::I32,
                    [](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
                      return Scalar{&b, arith::BitcastOp::create(
                                            b, b.getI32Type(), x[0].value)};
                    });
    context.out(cast(context, bits, *type));
  } else if (fromWord && *type == DType::F32) {
    context.out(elementwise(context, cast(context, a, DType::I32), DType::F32,
                            [](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
                              return Scalar{&b,
                                            arith::BitcastOp::create(
                                                b, b.getF32Type(), x[0].value)};
                            }));
  } else {
    context.unsupported("the bits of " + getName(a.dtype) + " as " +
                        getName(*type));
  }
}

} // namespace

void registerBitOps(OpTable &table) {
  table["BitwiseAnd"] = importBitwise<logicalAnd>;
  table["BitwiseOr"] = importBitwise<logicalOr>;
  table["BitwiseXor"] = importBitwise<logicalXor>;
  table["BitwiseNot"] = importBitwiseNot;
  table["BitShift"] = importBitShift;
  table["BitCast"] = importBitCast;
}

} // namespace acc
