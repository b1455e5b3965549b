//===- Reduction.cpp - Reductions and arg-reductions
//-----------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

using namespace mlir;

namespace acc {

namespace {

std::vector<int64_t> allAxes(int64_t rank) {
  std::vector<int64_t> axes;
  for (int64_t i = 0; i < rank; ++i) {
    axes.push_back(i);
  }
  return axes;
}

/// With noop_with_empty_axes no axis is reduced, and what is done before and
/// after the reduction remains.
std::vector<int64_t> reducedAxes(const ImportContext &context, int64_t rank) {
  std::optional<std::vector<int64_t>> given = context.axes(1);
  bool none = context.intAttr("noop_with_empty_axes", 0) != 0;
  if (given && !given->empty()) {
    return context.normalizeAxes(*given, rank);
  }
  return none ? std::vector<int64_t>() : allAxes(rank);
}

enum class Before { None, Abs, Square, Exp };
enum class After { None, Mean, Sqrt, Log };

template <Reduction kind, Before before = Before::None,
          After after = After::None>
void importReduce(ImportContext &context) {
  OnnxValue x = context.in(0);
  bool keep = context.intAttr("keepdims", 1) != 0;
  std::vector<int64_t> axes = reducedAxes(context, x.rank());
  DType type = x.dtype;
  OnnxValue operand = x;
  if (type == DType::Bool) {
    operand = cast(context, x, DType::I32);
  }
  double count = 1.0;
  for (int64_t axis : axes) {
    count *= static_cast<double>(x.shape[axis]);
  }
  constexpr bool toFloatFirst =
      before == Before::Exp || after == After::Log || after == After::Sqrt;
  auto body = [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
    Scalar x = toFloatFirst ? toFloat(v[0]) : v[0];
    switch (before) {
    case Before::Abs:
      return x.isFloat() ? apply(Function::Abs, x) : absInt(x);
    case Before::Square:
      return x * x;
    case Before::Exp:
      return apply(Function::Exp, x);
    default:
      return x;
    }
  };
  std::optional<IntRange> range;
  if (exceeds32(type) && toFloatFirst) {
    range = getTypeRange(type);
  } else if (exceeds32(type)) {
    range = getRange(operand);
    range = before == Before::Abs      ? absolute(*range)
            : before == Before::Square ? *range * *range
                                       : *range;
    int64_t terms = static_cast<int64_t>(count);
    range = kind == Reduction::Sum
                ? unite(*range, {0, 0}) * IntRange{terms, terms}
            : kind == Reduction::Product ? getTypeRange(type)
                                         : *range;
  }
  OnnxValue result = reduce(
      context, operand, axes, kind, body,
      toFloatFirst ? std::optional<DType>(DType::F32) : std::nullopt, range);
  if (after != After::None) {
    result = elementwise(
        context, result, type,
        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
          switch (after) {
          case After::Mean:
            return v[0].isFloat() ? v[0] * (1.0 / count) : v[0] / count;
          case After::Sqrt:
            return apply(Function::Sqrt, v[0]);
          default:
            return apply(Function::Log, v[0]);
          }
        },
        std::nullopt, nullptr, range);
  }
  if (type == DType::Bool && kind == Reduction::Max && x.numElements() == 0) {
    // The least of bools, unlike that of integers, is false.
    result =
        broadcastTo(context, scalarConstant(DType::Bool, 0.0), result.shape);
  }
  result = cast(context, result, type);
  context.out(keep ? unsqueeze(context, result, axes) : result);
}

/// log(sum(exp(x))), shifted by the maximum.
void importReduceLogSumExp(ImportContext &context) {
  OnnxValue x = context.in(0);
  bool keep = context.intAttr("keepdims", 1) != 0;
  std::vector<int64_t> axes = reducedAxes(context, x.rank());
  OnnxValue top = reduce(context, x, axes, Reduction::Max, nullptr, DType::F32);
  OnnxValue operands[] = {x, unsqueeze(context, top, axes)};
  OnnxValue sum = reduce(
      context, operands, axes, Reduction::Sum,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        return apply(Function::Exp, toFloat(v[0]) - v[1]);
      },
      DType::F32);
  OnnxValue parts[] = {sum, top};
  OnnxValue result = elementwise(
      context, parts, x.dtype, [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        return apply(Function::Log, v[0]) + v[1];
      });
  context.out(keep ? unsqueeze(context, result, axes) : result);
}

/// The index of the first (or last) largest or smallest element, as an i32.
OnnxValue firstIndex(ImportContext &context, const OnnxValue &x, int64_t axis,
                     Reduction kind, bool last = false) {
  OnnxValue best = reduce(context, x, axis, kind);
  OnnxValue operands[] = {x, unsqueeze(context, best, axis)};
  return reduce(
      context, operands, axis, last ? Reduction::Max : Reduction::Min,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        Scalar none = intConstant(b, last ? -1 : INT32_MAX);
        Scalar hit = compareScalars(Comparison::Equal, v[0], v[1]);
        if (v[0].isFloat()) {
          // A NaN is the result of either reduction, and equals nothing.
          hit =
              logicalOr(hit, compareScalars(Comparison::NotEqual, v[0], v[0]));
        }
        return select(hit, loopIndex(b, axis), none);
      },
      DType::I32);
}

template <Reduction kind> void importArg(ImportContext &context) {
  OnnxValue x = context.in(0);
  int64_t axis = context.normalizeAxis(context.intAttr("axis", 0), x.rank());
  context.require(x.shape[axis] > 0, "the axis has no elements");
  bool last = context.intAttr("select_last_index", 0) != 0;
  OnnxValue index = firstIndex(context, x, axis, kind, last);
  index.dtype = DType::I64;
  context.out(context.intAttr("keepdims", 1) != 0
                  ? unsqueeze(context, index, axis)
                  : index);
}

/// 1 at the first of the largest elements, else 0.
void importHardmax(ImportContext &context) {
  OnnxValue x = context.in(0);
  bool flat = context.opset() < 13;
  int64_t axis =
      context.normalizeAxis(context.intAttr("axis", flat ? 1 : -1), x.rank());
  OnnxValue rows = x;
  if (flat) {
    // All dimensions from the axis on are one.
    int64_t outer = 1, inner = 1;
    for (int64_t i = 0; i < x.rank(); ++i) {
      (i < axis ? outer : inner) *= x.shape[i];
    }
    rows = reshape(context, x, {outer, inner});
    axis = 1;
  }
  OnnxValue first = firstIndex(context, rows, axis, Reduction::Max);
  OnnxValue result = elementwise(
      context, unsqueeze(context, first, axis), x.dtype,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        Scalar hit =
            compareScalars(Comparison::Equal, v[0], loopIndex(b, axis));
        return select(hit, floatConstant(b, 1.0), floatConstant(b, 0.0));
      },
      rows.shape);
  context.out(reshape(context, result, x.shape));
}

} // namespace

void registerReductionOps(OpTable &table) {
  table["ReduceSum"] = importReduce<Reduction::Sum>;
  table["ReduceMean"] = importReduce<Reduction::Sum, Before::None, After::Mean>;
  table["ReduceMax"] = importReduce<Reduction::Max>;
  table["ReduceMin"] = importReduce<Reduction::Min>;
  table["ReduceProd"] = importReduce<Reduction::Product>;
  table["ReduceL1"] = importReduce<Reduction::Sum, Before::Abs>;
  table["ReduceL2"] = importReduce<Reduction::Sum, Before::Square, After::Sqrt>;
  table["ReduceSumSquare"] = importReduce<Reduction::Sum, Before::Square>;
  table["ReduceLogSum"] =
      importReduce<Reduction::Sum, Before::None, After::Log>;
  table["ReduceLogSumExp"] = importReduceLogSumExp;
  table["ArgMax"] = importArg<Reduction::Max>;
  table["ArgMin"] = importArg<Reduction::Min>;
  table["Hardmax"] = importHardmax;
}

} // namespace acc
