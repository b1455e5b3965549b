//===- FoldElementwise.cpp - Evaluate arithmetic on constants -------------===//

#include "compiler-driver/Import/Onnx/FoldSupport.h"

#include <cmath>

using namespace mlir;

namespace acc {

namespace {

using FloatBinary = double (*)(double, double);
using IntBinary = int64_t (*)(int64_t, int64_t);

/// Wrapping arithmetic: what a model computes must not be undefined here.
int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }

int64_t remainder(int64_t a, int64_t b) {
  return b == 0 || b == -1 ? 0 : a % b;
}

int64_t power(int64_t a, int64_t b) {
  if (b < 0) {
    return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
  }
  uint64_t result = 1;
  for (uint64_t factor = a; b != 0; b >>= 1, factor *= factor) {
    result *= b & 1 ? factor : 1;
  }
  return wrap(result);
}

struct BinaryRule {
  const char *name;
  FloatBinary floats;
  IntBinary ints;
  bool toBool;
};

const BinaryRule binaryRules[] = {
    {"Add", [](double a, double b) { return a + b; },
     [](int64_t a, int64_t b) { return wrap(uint64_t(a) + uint64_t(b)); },
     false},
    {"Sub", [](double a, double b) { return a - b; },
     [](int64_t a, int64_t b) { return wrap(uint64_t(a) - uint64_t(b)); },
     false},
    {"Mul", [](double a, double b) { return a * b; },
     [](int64_t a, int64_t b) { return wrap(uint64_t(a) * uint64_t(b)); },
     false},
    {"Div", [](double a, double b) { return a / b; },
     [](int64_t a, int64_t b) {
       return b == 0 ? 0 : b == -1 ? wrap(0 - uint64_t(a)) : a / b;
     },
     false},
    {"Mod", [](double a, double b) { return std::fmod(a, b); },
     [](int64_t a, int64_t b) {
       int64_t rest = remainder(a, b);
       return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
     },
     false},
    {"Pow", [](double a, double b) { return std::pow(a, b); }, power, false},
    {"Max", [](double a, double b) { return std::isnan(a) || a > b ? a : b; },
     [](int64_t a, int64_t b) { return std::max(a, b); }, false},
    {"Min", [](double a, double b) { return std::isnan(a) || a < b ? a : b; },
     [](int64_t a, int64_t b) { return std::min(a, b); }, false},
    {"Equal", [](double a, double b) { return double(a == b); },
     [](int64_t a, int64_t b) { return int64_t(a == b); }, true},
    {"Less", [](double a, double b) { return double(a < b); },
     [](int64_t a, int64_t b) { return int64_t(a < b); }, true},
    {"LessOrEqual", [](double a, double b) { return double(a <= b); },
     [](int64_t a, int64_t b) { return int64_t(a <= b); }, true},
    {"Greater", [](double a, double b) { return double(a > b); },
     [](int64_t a, int64_t b) { return int64_t(a > b); }, true},
    {"GreaterOrEqual", [](double a, double b) { return double(a >= b); },
     [](int64_t a, int64_t b) { return int64_t(a >= b); }, true},
    {"And", nullptr, [](int64_t a, int64_t b) { return a & b; }, true},
    {"Or", nullptr, [](int64_t a, int64_t b) { return a | b; }, true},
    {"Xor", nullptr, [](int64_t a, int64_t b) { return a ^ b; }, true},
};

bool foldBinary(ImportContext &context, const BinaryRule &rule) {
  if (context.numInputs() != 2) {
    return false;
  }
  const HostTensor &a = tensorOf(context, 0), &b = tensorOf(context, 1);
  if (context.opset() < 7 && a.shape != b.shape) {
    return false; // Broadcasts by rules of its own.
  }
  // A power of an integer to a float is computed in floats.
  bool floats = isFloat(a.dtype) || isFloat(b.dtype);
  bool mixed = a.dtype != b.dtype && StringRef(rule.name) != "Pow";
  if (mixed || (floats && !rule.floats)) {
    return false; // The importer of the operator says what is wrong.
  }
  IntBinary ints = rule.ints;
  if (StringRef(rule.name) == "Mod") {
    bool truncated = context.intAttr("fmod", 0) != 0;
    if (!truncated && floats) {
      return false;
    }
    ints = truncated ? remainder : ints;
  }
  if ((StringRef(rule.name) == "Div" || StringRef(rule.name) == "Mod") &&
      !floats) {
    for (int64_t divisor : b.toIntegers()) {
      context.require(divisor != 0, "divides by zero");
    }
  }
  // The rules take 64 bits as signed.
  for (const HostTensor *tensor : {&a, &b}) {
    if (tensor->dtype == DType::U64 &&
        llvm::any_of(tensor->toIntegers(),
                     [](int64_t number) { return number < 0; })) {
      context.unsupported("uint64 constants of 2^63 and more");
    }
  }
  OnnxValue left = context.in(0), right = context.in(1);
  Shape shape;
  {
    // The shape rule is in one place; views need no builder here.
    size_t rank = std::max(left.shape.size(), right.shape.size());
    shape.assign(rank, 1);
    for (const OnnxValue *value : {&left, &right}) {
      size_t offset = rank - value->shape.size();
      for (size_t i = 0; i < value->shape.size(); ++i) {
        int64_t size = value->shape[i];
        if (shape[i + offset] != 1 && size != 1 && size != shape[i + offset]) {
          return false; // Reported by the operator's importer.
        }
        if (size != 1) {
          shape[i + offset] = size;
        }
      }
    }
  }
  if (countElements(shape).value_or(foldLimit + 1) > foldLimit) {
    return false;
  }
  int64_t count = *countElements(shape);
  if (count > expansionLimit &&
      count > std::max(a.getNumElements(), b.getNumElements())) {
    return false;
  }
  HostTensor result =
      HostTensor::zeros("", rule.toBool ? DType::Bool : a.dtype, shape);
  SmallVector<int64_t> fromB(result.getNumElements());
  forEach(shape, 0, broadcastStrides(b, shape),
          [&](int64_t flat, int64_t source) { fromB[flat] = source; });
  forEach(shape, 0, broadcastStrides(a, shape),
          [&](int64_t flat, int64_t source) {
            if (floats) {
              result.setDouble(flat, rule.floats(a.getDouble(source),
                                                 b.getDouble(fromB[flat])));
            } else {
              result.setInteger(
                  flat, ints(a.getInteger(source), b.getInteger(fromB[flat])));
            }
          });
  context.out(std::move(result));
  return true;
}

struct UnaryRule {
  const char *name;
  double (*floats)(double);
};

const UnaryRule unaryRules[] = {
    {"Sqrt", [](double a) { return std::sqrt(a); }},
    {"Exp", [](double a) { return std::exp(a); }},
    {"Log", [](double a) { return std::log(a); }},
    {"Sin", [](double a) { return std::sin(a); }},
    {"Cos", [](double a) { return std::cos(a); }},
    {"Tanh", [](double a) { return std::tanh(a); }},
    {"Floor", [](double a) { return std::floor(a); }},
    {"Ceil", [](double a) { return std::ceil(a); }},
    {"Round", [](double a) { return std::nearbyint(a); }},
    {"Reciprocal", [](double a) { return 1.0 / a; }},
    {"Relu", [](double a) { return std::isnan(a) || a > 0.0 ? a : 0.0; }},
    {"Sigmoid", [](double a) { return 1.0 / (1.0 + std::exp(-a)); }},
};

bool foldUnary(ImportContext &context, double (*function)(double)) {
  const HostTensor &a = tensorOf(context, 0);
  if (!isFloat(a.dtype)) {
    return false;
  }
  HostTensor result = HostTensor::zeros("", a.dtype, a.shape);
  for (int64_t i = 0, n = a.getNumElements(); i < n; ++i) {
    result.setDouble(i, function(a.getDouble(i)));
  }
  context.out(std::move(result));
  return true;
}

bool foldNegAbsNot(ImportContext &context, StringRef op) {
  const HostTensor &a = tensorOf(context, 0);
  if ((op == "Not") != (a.dtype == DType::Bool)) {
    return false;
  }
  HostTensor result = HostTensor::zeros("", a.dtype, a.shape);
  for (int64_t i = 0, n = a.getNumElements(); i < n; ++i) {
    if (isFloat(a.dtype)) {
      double x = a.getDouble(i);
      result.setDouble(i, op == "Neg" ? -x : std::fabs(x));
    } else {
      int64_t x = a.getInteger(i);
      bool flip = op == "Neg" || (op == "Abs" && x < 0);
      result.setInteger(i, op == "Not" ? !x : flip ? wrap(0 - uint64_t(x)) : x);
    }
  }
  context.out(std::move(result));
  return true;
}

bool foldWhere(ImportContext &context) {
  const HostTensor &condition = tensorOf(context, 0), &a = tensorOf(context, 1),
                   &b = tensorOf(context, 2);
  if (a.dtype != b.dtype || condition.dtype != DType::Bool) {
    return false;
  }
  size_t rank =
      std::max({condition.shape.size(), a.shape.size(), b.shape.size()});
  Shape shape(rank, 1);
  for (const HostTensor *value : {&condition, &a, &b}) {
    size_t offset = rank - value->shape.size();
    for (size_t i = 0; i < value->shape.size(); ++i) {
      int64_t size = value->shape[i];
      if (shape[i + offset] != 1 && size != 1 && size != shape[i + offset]) {
        return false;
      }
      if (size != 1) {
        shape[i + offset] = size;
      }
    }
  }
  if (countElements(shape).value_or(foldLimit + 1) > expansionLimit) {
    return false;
  }
  HostTensor mask = expandTo(condition, shape), x = expandTo(a, shape);
  HostTensor result = expandTo(b, shape);
  size_t width = getByteSize(a.dtype);
  for (int64_t i = 0, n = result.getNumElements(); i < n; ++i) {
    if (mask.getInteger(i)) {
      std::memcpy(result.bytes.data() + i * width, x.bytes.data() + i * width,
                  width);
    }
  }
  context.out(std::move(result));
  return true;
}

} // namespace

bool foldElementwise(ImportContext &context, StringRef op) {
  for (const BinaryRule &rule : binaryRules) {
    if (op == rule.name) {
      return foldBinary(context, rule);
    }
  }
  for (const UnaryRule &rule : unaryRules) {
    if (op == rule.name) {
      return foldUnary(context, rule.floats);
    }
  }
  if (op == "Neg" || op == "Abs" || op == "Not") {
    return foldNegAbsNot(context, op);
  }
  return op == "Where" && foldWhere(context);
}

} // namespace acc
