//===- Elementwise.cpp - Arithmetic, comparison and logic -----------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"
#include "compiler-driver/Import/Onnx/SmallTypes.h"
#include "compiler-driver/Tensor/TensorProto.h"

#include "llvm/ADT/StringSwitch.h"

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

/// The second operand of a binary operator. Before operator set 7 it broadcasts
/// only if asked to, and then its dimensions are those of the first from `axis`
/// on, not the last ones.
OnnxValue secondOperand(ImportContext &context) {
  const OnnxValue &a = context.in(0), &b = context.in(1);
  if (context.opset() >= 7) {
    return b;
  }
  bool broadcasts = context.intAttr("broadcast", 0) != 0;
  int64_t axis = context.intAttr("axis", a.rank() - b.rank());
  if (!broadcasts) {
    context.require(a.shape == b.shape,
                    "shapes " + formatShape(a.shape) + " and " +
                        formatShape(b.shape) +
                        " differ; operator sets before 7 broadcast only with "
                        "the attribute 'broadcast'");
    return b;
  }
  axis += axis < 0 ? a.rank() : 0;
  if (b.numElements() == 1) {
    return reshape(context, b, {});
  }
  context.require(axis >= 0 && axis + b.rank() <= a.rank(),
                  "axis " + Twine(axis) + " is out of range for shapes " +
                      formatShape(a.shape) + " and " + formatShape(b.shape));
  std::vector<int64_t> trailing;
  for (int64_t i = b.rank(); i < a.rank() - axis; ++i) {
    trailing.push_back(i);
  }
  return unsqueeze(context, b, trailing);
}

/// What the integers of a result may be, if that can be more than 32 bits hold.
template <typename Combine>
std::optional<IntRange> rangeOf(const OnnxValue &a, const OnnxValue &b,
                                Combine combine) {
  if (!exceeds32(a.dtype)) {
    return std::nullopt;
  }
  return combine(getRange(a), getRange(b));
}

/// `combine` is the operation on ranges.
template <typename Make, typename Combine>
void importBinary(ImportContext &context, Make make, Combine combine) {
  OnnxValue a = context.in(0), b = secondOperand(context);
  requireSameType(context, a, b);
  context.require(a.dtype != DType::Bool, "type bool has no arithmetic");
  OnnxValue operands[] = {a, b};
  context.out(elementwise(
      context, operands, a.dtype,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
        return make(x[0], x[1]);
      },
      std::nullopt, nullptr, rangeOf(a, b, combine)));
}

void importAdd(ImportContext &context) {
  importBinary(
      context, [](Scalar a, Scalar b) { return a + b; },
      [](IntRange a, IntRange b) { return a + b; });
}
void importSub(ImportContext &context) {
  importBinary(
      context, [](Scalar a, Scalar b) { return a - b; },
      [](IntRange a, IntRange b) { return a - b; });
}
void importMul(ImportContext &context) {
  importBinary(
      context, [](Scalar a, Scalar b) { return a * b; },
      [](IntRange a, IntRange b) { return a * b; });
}
void importDiv(ImportContext &context) {
  requireOrder(context, context.in(0));
  requireOrder(context, context.in(1));
  importBinary(context, [](Scalar a, Scalar b) { return a / b; }, quotient);
}

/// Max, Min, Sum and Mean take any number of operands.
/// `combine` is the operation on ranges.
template <typename Make, typename Combine>
void importVariadic(ImportContext &context, Make make, Combine combine,
                    bool mean = false) {
  SmallVector<OnnxValue> operands;
  for (unsigned i = 0; i < context.numInputs(); ++i) {
    operands.push_back(context.in(i));
    requireSameType(context, operands[0], operands.back());
  }
  context.require(!operands.empty(), "has no inputs");
  double count = operands.size();
  std::optional<IntRange> range;
  if (exceeds32(operands[0].dtype)) {
    range = getRange(operands[0]);
    for (const OnnxValue &operand :
         ArrayRef<OnnxValue>(operands).drop_front()) {
      range = combine(*range, getRange(operand));
    }
  }
  auto combineAll = [&](ArrayRef<OnnxValue> some, DType type, bool last) {
    return elementwise(
        context, some, type,
        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
          Scalar total = x[0];
          for (Scalar next : x.drop_front()) {
            total = make(total, next);
          }
          return mean && last ? total / count : total;
        },
        std::nullopt, nullptr, range);
  };
  // A few at a time, in order: cutting one body of hundreds of operands up
  // takes minutes. What is in between keeps the precision of a body.
  DType type = operands[0].dtype;
  constexpr size_t groupSize = 8;
  MutableArrayRef<OnnxValue> rest = operands;
  while (rest.size() > groupSize) {
    OnnxValue total = combineAll(rest.take_front(groupSize),
                                 isFloat(type) ? DType::F32 : type, false);
    rest = rest.drop_front(groupSize - 1);
    rest.front() = total;
  }
  context.out(combineAll(rest, type, true));
}

void importMax(ImportContext &context) {
  importVariadic(
      context, [](Scalar a, Scalar b) { return maximum(a, b); }, unite);
}
void importMin(ImportContext &context) {
  importVariadic(
      context, [](Scalar a, Scalar b) { return minimum(a, b); }, unite);
}
void importSum(ImportContext &context) {
  importVariadic(
      context, [](Scalar a, Scalar b) { return a + b; },
      [](IntRange a, IntRange b) { return a + b; });
}
void importMean(ImportContext &context) {
  importVariadic(
      context, [](Scalar a, Scalar b) { return a + b; },
      [](IntRange a, IntRange b) { return a + b; }, true);
}

void importPow(ImportContext &context) {
  OnnxValue a = context.in(0), b = secondOperand(context);
  DType type = a.dtype;
  OnnxValue operands[] = {a, b};
  bool splat = b.isConstant() && b.constant->isSplat();
  double exponent = splat ? b.constant->getDouble(0) : 0.0;
  bool isPlain =
      splat && (exponent == 1.0 || exponent == 2.0 || exponent == 3.0);
  if (isInteger(type) && !isPlain) {
    std::optional<IntRange> range;
    if (exceeds32(type)) {
      range = getTypeRange(type);
    }
    context.out(elementwise(
        context, operands, type,
        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
          return x[1].isFloat() ? truncatedPower(x[0], x[1])
                                : integerPower(x[0], x[1]);
        },
        std::nullopt, nullptr, range));
    return;
  }
  if (splat) {
    IntRange base = getRange(a), range = base;
    for (int i = 1; isPlain && i < exponent; ++i) {
      range = range * base;
    }
    Shape shape = broadcastShapes(context, operands);
    context.out(elementwise(
        context, a, type,
        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
          return power(x[0], exponent);
        },
        shape, nullptr,
        isInteger(type) ? std::optional<IntRange>(range) : std::nullopt));
    return;
  }
  context.out(elementwise(context, operands, type,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return power(x[0], toFloat(x[1]));
                          }));
}

void importMod(ImportContext &context) {
  requireOrder(context, context.in(0));
  requireOrder(context, context.in(1));
  bool truncated = context.intAttr("fmod", 0) != 0;
  importBinary(
      context,
      [&](Scalar a, Scalar b) {
        Scalar rest = remainder(a, b);
        if (truncated) {
          return rest;
        }
        // The result has the sign of the divisor, a zero as well.
        Scalar zero = rest.constant(0);
        Scalar isBelow = compareScalars(Comparison::Less, b, zero);
        Scalar differs =
            logicalXor(compareScalars(Comparison::Less, rest, zero), isBelow);
        Scalar isZero = compareScalars(Comparison::Equal, rest, zero);
        Scalar exact =
            rest.isFloat() ? select(isBelow, rest.constant(-0.0), zero) : zero;
        return select(isZero, exact, select(differs, rest + b, rest));
      },
      remainderRange);
}

template <Comparison comparison> void importCompare(ImportContext &context) {
  OnnxValue a = context.in(0), b = secondOperand(context);
  requireSameType(context, a, b);
  if (comparison != Comparison::Equal) {
    requireOrder(context, a);
    requireOrder(context, b);
  }
  OnnxValue operands[] = {a, b};
  context.out(elementwise(context, operands, DType::Bool,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return compareScalars(comparison, x[0], x[1]);
                          }));
}

template <Scalar (*make)(Scalar, Scalar)>
void importLogic(ImportContext &context) {
  OnnxValue a = context.in(0), b = secondOperand(context);
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
  context.out(elementwise(
      context, operands, a.dtype,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
        return select(x[0], x[1], x[2]);
      },
      std::nullopt, nullptr, rangeOf(a, b, unite)));
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

/// `map` is the operation on ranges.
template <typename Make, typename Map>
void importUnary(ImportContext &context, Make make, Map map) {
  OnnxValue a = context.in(0);
  std::optional<IntRange> range;
  if (exceeds32(a.dtype)) {
    range = map(getRange(a));
  }
  context.out(elementwise(
      context, a, a.dtype,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) { return make(x[0]); },
      std::nullopt, nullptr, range));
}

IntRange same(IntRange range) { return range; }

void importAbs(ImportContext &context) {
  importUnary(
      context,
      [](Scalar a) {
        return a.isFloat() ? apply(Function::Abs, a) : absInt(a);
      },
      absolute);
}
void importNeg(ImportContext &context) {
  importUnary(
      context, [](Scalar a) { return -a; },
      [](IntRange a) { return IntRange{0, 0} - a; });
}
void importReciprocal(ImportContext &context) {
  importUnary(context, [](Scalar a) { return a.constant(1.0) / a; }, same);
}
void importSign(ImportContext &context) {
  importUnary(
      context,
      [](Scalar a) {
        Scalar zero = a.constant(0);
        // NaN stays NaN; the sum makes +0 of -0.
        Scalar positive = select(compareScalars(Comparison::Greater, a, zero),
                                 a.constant(1), a + zero);
        return select(compareScalars(Comparison::Less, a, zero), a.constant(-1),
                      positive);
      },
      [](IntRange) { return IntRange{-1, 1}; });
}
void importTan(ImportContext &context) {
  importUnary(
      context,
      [](Scalar a) {
        return roughQuotient(apply(Function::Sin, a), apply(Function::Cos, a));
      },
      same);
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
  if (std::optional<DType> type = getDTypeFromOnnx(static_cast<int>(number))) {
    return *type;
  }
  context.unsupported("conversion to element type " +
                      getOnnxTypeName(static_cast<int>(number)));
}

void importCastTo(ImportContext &context, DType type) {
  OnnxValue a = context.in(0);
  bool saturate = context.intAttr("saturate", 1) != 0;
  std::string name = context.stringAttr("round_mode", "up");
  std::optional<ScaleRounding> rounding =
      llvm::StringSwitch<std::optional<ScaleRounding>>(name)
          .Case("up", ScaleRounding::Up)
          .Case("down", ScaleRounding::Down)
          .Case("nearest", ScaleRounding::Nearest)
          .Default(std::nullopt);
  context.require(rounding.has_value(),
                  "attribute 'round_mode' is '" + name +
                      "'; 'up', 'down' or 'nearest' is expected");
  context.out(isSmallFloat(type)
                  ? castToSmallFloat(context, a, type, saturate, *rounding)
                  : cast(context, a, type));
}

void importCast(ImportContext &context) {
  importCastTo(context, typeOfNumber(context, context.intAttr("to")));
}

void importCastLike(ImportContext &context) {
  importCastTo(context, context.in(1).dtype);
}

void importIdentity(ImportContext &context) {
  context.out(OnnxValue(context.lookUp(0)));
}

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
    HostTensor mask = context.makeZeros("", DType::Bool, a.shape);
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
