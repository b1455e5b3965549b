//===- Elementwise.cpp - Arithmetic, comparison and logic -----------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

using namespace mlir;

namespace acc {

namespace {

/// Operands must have one type.
void requireSameType(ImportContext &context, const OnnxValue &a,
                     const OnnxValue &b) {
  context.require(a.dtype == b.dtype,
                  "operands have types " + getName(a.dtype) + " and " +
                      getName(b.dtype) + "; they must be the same");
}

template <typename Make> void importBinary(ImportContext &context, Make make) {
  OnnxValue a = context.in(0), b = context.in(1);
  requireSameType(context, a, b);
  context.require(a.dtype != DType::Bool, "type bool has no arithmetic");
  OnnxValue operands[] = {a, b};
  context.out(elementwise(context, operands, a.dtype,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return make(x[0], x[1]);
                          }));
}

void importAdd(ImportContext &context) {
  importBinary(context, [](Scalar a, Scalar b) { return a + b; });
}
void importSub(ImportContext &context) {
  importBinary(context, [](Scalar a, Scalar b) { return a - b; });
}
void importMul(ImportContext &context) {
  importBinary(context, [](Scalar a, Scalar b) { return a * b; });
}
void importDiv(ImportContext &context) {
  importBinary(context, [](Scalar a, Scalar b) { return a / b; });
}

/// Max, Min, Sum and Mean take any number of operands.
template <typename Make>
void importVariadic(ImportContext &context, Make make, bool mean = false) {
  SmallVector<OnnxValue> operands;
  for (unsigned i = 0; i < context.numInputs(); ++i) {
    operands.push_back(context.in(i));
    requireSameType(context, operands[0], operands.back());
  }
  context.require(!operands.empty(), "has no inputs");
  double count = operands.size();
  context.out(elementwise(context, operands, operands[0].dtype,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            Scalar total = x[0];
                            for (Scalar next : x.drop_front()) {
                              total = make(total, next);
                            }
                            return mean ? total / count : total;
                          }));
}

void importMax(ImportContext &context) {
  importVariadic(context, [](Scalar a, Scalar b) { return maximum(a, b); });
}
void importMin(ImportContext &context) {
  importVariadic(context, [](Scalar a, Scalar b) { return minimum(a, b); });
}
void importSum(ImportContext &context) {
  importVariadic(context, [](Scalar a, Scalar b) { return a + b; });
}
void importMean(ImportContext &context) {
  importVariadic(context, [](Scalar a, Scalar b) { return a + b; }, true);
}

void importPow(ImportContext &context) {
  OnnxValue a = context.in(0), b = context.in(1);
  DType type = a.dtype;
  bool splat = b.isConstant() && b.constant->isSplat();
  if (splat) {
    double exponent = b.constant->getDouble(0);
    bool whole = exponent == 2.0 || exponent == 3.0 || exponent == 1.0;
    Shape shape = broadcastShapes(context, {a, b});
    context.out(elementwise(
        context, a, type,
        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
          return power(whole ? x[0] : toFloat(x[0]), exponent);
        },
        shape));
    return;
  }
  OnnxValue operands[] = {a, b};
  context.out(elementwise(context, operands, type,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return power(toFloat(x[0]), toFloat(x[1]));
                          }));
}

void importMod(ImportContext &context) {
  bool truncated = context.intAttr("fmod", 0) != 0;
  importBinary(context, [&](Scalar a, Scalar b) {
    Scalar rest = remainder(a, b);
    if (truncated) {
      return rest;
    }
    // The result has the sign of the divisor.
    Scalar zero = rest.constant(0);
    Scalar differs = logicalXor(compareScalars(Comparison::Less, rest, zero),
                                compareScalars(Comparison::Less, b, zero));
    Scalar adjust =
        logicalAnd(compareScalars(Comparison::NotEqual, rest, zero), differs);
    return select(adjust, rest + b, rest);
  });
}

template <Comparison comparison> void importCompare(ImportContext &context) {
  OnnxValue a = context.in(0), b = context.in(1);
  requireSameType(context, a, b);
  OnnxValue operands[] = {a, b};
  context.out(elementwise(context, operands, DType::Bool,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return compareScalars(comparison, x[0], x[1]);
                          }));
}

template <Scalar (*make)(Scalar, Scalar)>
void importLogic(ImportContext &context) {
  OnnxValue a = context.in(0), b = context.in(1);
  context.require(a.dtype == DType::Bool && b.dtype == DType::Bool,
                  "operands must have type bool");
  OnnxValue operands[] = {a, b};
  context.out(elementwise(context, operands, DType::Bool,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return make(x[0], x[1]);
                          }));
}

void importNot(ImportContext &context) {
  OnnxValue a = context.in(0);
  context.require(a.dtype == DType::Bool, "the operand must have type bool");
  context.out(elementwise(context, a, DType::Bool,
                          [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return logicalNot(x[0]);
                          }));
}

void importWhere(ImportContext &context) {
  OnnxValue condition = context.in(0), a = context.in(1), b = context.in(2);
  requireSameType(context, a, b);
  context.require(condition.dtype == DType::Bool,
                  "the condition must have type bool");
  OnnxValue operands[] = {condition, a, b};
  context.out(elementwise(context, operands, a.dtype,
                          [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return select(x[0], x[1], x[2]);
                          }));
}

/// A function of one float.
template <Function function> void importFunction(ImportContext &context) {
  OnnxValue a = context.in(0);
  context.require(isFloat(a.dtype), "the operand must have a float type, but "
                                    "has " +
                                        getName(a.dtype));
  context.out(elementwise(context, a, a.dtype,
                          [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return apply(function, x[0]);
                          }));
}

template <typename Make> void importUnary(ImportContext &context, Make make) {
  OnnxValue a = context.in(0);
  context.out(elementwise(
      context, a, a.dtype,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) { return make(x[0]); }));
}

void importAbs(ImportContext &context) {
  importUnary(context, [](Scalar a) {
    return a.isFloat() ? apply(Function::Abs, a) : absInt(a);
  });
}
void importNeg(ImportContext &context) {
  importUnary(context, [](Scalar a) { return -a; });
}
void importReciprocal(ImportContext &context) {
  importUnary(context, [](Scalar a) { return a.constant(1.0) / a; });
}
void importSign(ImportContext &context) {
  importUnary(context, [](Scalar a) {
    Scalar zero = a.constant(0);
    // NaN stays NaN; the sum makes +0 of -0.
    Scalar positive = select(compareScalars(Comparison::Greater, a, zero),
                             a.constant(1), a + zero);
    return select(compareScalars(Comparison::Less, a, zero), a.constant(-1),
                  positive);
  });
}
void importTan(ImportContext &context) {
  importUnary(context, [](Scalar a) {
    return roughQuotient(apply(Function::Sin, a), apply(Function::Cos, a));
  });
}

template <typename Make>
void importPredicate(ImportContext &context, Make make) {
  OnnxValue a = context.in(0);
  context.require(isFloat(a.dtype), "the operand must have a float type");
  context.out(elementwise(
      context, a, DType::Bool,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) { return make(x[0]); }));
}

void importIsNaN(ImportContext &context) {
  importPredicate(context, [](Scalar a) {
    return compareScalars(Comparison::NotEqual, a, a);
  });
}

void importIsInf(ImportContext &context) {
  bool positive = context.intAttr("detect_positive", 1) != 0;
  bool negative = context.intAttr("detect_negative", 1) != 0;
  importPredicate(context, [&](Scalar a) {
    double infinity = std::numeric_limits<double>::infinity();
    Scalar result = boolConstant(*a.builder, false);
    if (positive) {
      result = logicalOr(
          result, compareScalars(Comparison::Equal, a, a.constant(infinity)));
    }
    if (negative) {
      result = logicalOr(
          result, compareScalars(Comparison::Equal, a, a.constant(-infinity)));
    }
    return result;
  });
}

void importClip(ImportContext &context) {
  OnnxValue a = context.in(0);
  SmallVector<OnnxValue> operands{a};
  bool low = false, high = false;
  if (context.opset() < 11) {
    low = context.hasAttr("min");
    high = context.hasAttr("max");
    if (low) {
      operands.push_back(
          scalarConstant(a.dtype, context.floatAttr("min", 0.0)));
    }
    if (high) {
      operands.push_back(
          scalarConstant(a.dtype, context.floatAttr("max", 0.0)));
    }
  } else {
    low = context.has(1);
    high = context.has(2);
    for (unsigned i : {1u, 2u}) {
      if (context.has(i)) {
        context.require(context.in(i).numElements() == 1,
                        "the bound must be a scalar");
        requireSameType(context, a, context.in(i));
        operands.push_back(reshape(context, context.in(i), {}));
      }
    }
  }
  context.out(elementwise(context, operands, a.dtype,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            Scalar value = x[0];
                            if (low) {
                              value = maximum(value, x[1]);
                            }
                            if (high) {
                              value = minimum(value, x.back());
                            }
                            return value;
                          }));
}

/// The element type with ONNX number `number`.
DType typeOfNumber(ImportContext &context, int64_t number) {
  static const std::pair<int, DType> table[] = {
      {1, DType::F32},  {2, DType::U8},   {3, DType::I8},   {4, DType::U16},
      {5, DType::I16},  {6, DType::I32},  {7, DType::I64},  {9, DType::Bool},
      {10, DType::F16}, {11, DType::F64}, {12, DType::U32}, {13, DType::U64},
      {16, DType::BF16}};
  for (auto [entry, type] : table) {
    if (entry == number) {
      return type;
    }
  }
  context.unsupported("conversion to element type number " + Twine(number));
}

void importCastTo(ImportContext &context, DType type) {
  OnnxValue a = context.in(0);
  if (!isFloat(type) && type != DType::Bool && getByteSize(type) == 2) {
    // Stored as i32 on the machine: the wrap-around has to be spelled out.
    if (!a.isConstant() && a.dtype != DType::Bool && getByteSize(a.dtype) > 1) {
      context.unsupported("run-time conversion to " + getName(type));
    }
  }
  context.out(cast(context, a, type));
}

void importCast(ImportContext &context) {
  importCastTo(context, typeOfNumber(context, context.intAttr("to")));
}

void importCastLike(ImportContext &context) {
  importCastTo(context, context.in(1).dtype);
}

void importIdentity(ImportContext &context) { context.out(context.in(0)); }

void importDropout(ImportContext &context) {
  if (context.opset() < 7 && context.intAttr("is_test", 0) == 0) {
    context.unsupported("Dropout in training mode");
  }
  if (context.has(2)) {
    if (context.constantScalar(2, "training_mode") != 0.0 &&
        !(context.has(1) && context.constantScalar(1, "ratio") == 0.0)) {
      context.unsupported("Dropout in training mode");
    }
  }
  OnnxValue a = context.in(0);
  if (context.hasOutput(1)) {
    HostTensor mask = HostTensor::zeros("", DType::Bool, a.shape);
    std::fill(mask.bytes.begin(), mask.bytes.end(), 1);
    context.out(std::move(mask), 1);
  }
  context.out(a);
}

} // namespace

void registerElementwiseOps(OpTable &table) {
  table["Add"] = importAdd;
  table["Sub"] = importSub;
  table["Mul"] = importMul;
  table["Div"] = importDiv;
  table["Max"] = importMax;
  table["Min"] = importMin;
  table["Sum"] = importSum;
  table["Mean"] = importMean;
  table["Pow"] = importPow;
  table["Mod"] = importMod;
  table["Equal"] = importCompare<Comparison::Equal>;
  table["Less"] = importCompare<Comparison::Less>;
  table["LessOrEqual"] = importCompare<Comparison::LessEqual>;
  table["Greater"] = importCompare<Comparison::Greater>;
  table["GreaterOrEqual"] = importCompare<Comparison::GreaterEqual>;
  table["And"] = importLogic<logicalAnd>;
  table["Or"] = importLogic<logicalOr>;
  table["Xor"] = importLogic<logicalXor>;
  table["Not"] = importNot;
  table["Where"] = importWhere;
  table["Exp"] = importFunction<Function::Exp>;
  table["Log"] = importFunction<Function::Log>;
  table["Tanh"] = importFunction<Function::Tanh>;
  table["Erf"] = importFunction<Function::Erf>;
  table["Sqrt"] = importFunction<Function::Sqrt>;
  table["Sin"] = importFunction<Function::Sin>;
  table["Cos"] = importFunction<Function::Cos>;
  table["Floor"] = importFunction<Function::Floor>;
  table["Ceil"] = importFunction<Function::Ceil>;
  table["Round"] = importFunction<Function::RoundEven>;
  table["Abs"] = importAbs;
  table["Neg"] = importNeg;
  table["Reciprocal"] = importReciprocal;
  table["Sign"] = importSign;
  table["Tan"] = importTan;
  table["IsNaN"] = importIsNaN;
  table["IsInf"] = importIsInf;
  table["Clip"] = importClip;
  table["Cast"] = importCast;
  table["CastLike"] = importCastLike;
  table["Identity"] = importIdentity;
  table["Dropout"] = importDropout;
}

} // namespace acc
