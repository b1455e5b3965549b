//===- TopK.cpp - The k largest or smallest elements ----------------------===//
//
// Few are found in k rounds of two reductions: the best value that comes after
// the one found last, and the first index where it stands. For many, elements
// are counted that come before each one: as many as its place in the order.
// "Comes before" orders by value, then by index, so equal values and infinities
// are each taken once. Floats are compared as integers of the same order, in
// which NaN is above all numbers.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

using namespace mlir;

namespace acc {

namespace {

/// More rounds than this make a program longer than counting does.
constexpr int64_t kMostRounds = 64;
/// Counting compares each element with each other.
constexpr int64_t kMostCounted = 1 << 15;

/// The k best of integers along an axis, and where they are.
struct Found {
  OnnxValue values, places;
};

Found findInRounds(ImportContext &context, const OnnxValue &x, int64_t axis,
                   int64_t k, bool largest) {
  Reduction best = largest ? Reduction::Max : Reduction::Min;
  Comparison worse = largest ? Comparison::Less : Comparison::Greater;
  SmallVector<OnnxValue> values, indices;
  for (int64_t round = 0; round < k; ++round) {
    SmallVector<OnnxValue> operands{x};
    if (round > 0) {
      operands.push_back(values.back());
      operands.push_back(indices.back());
    }
    auto isLeft = [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
      Scalar later =
          compareScalars(Comparison::Greater, loopIndex(b, axis), v[2]);
      Scalar same = compareScalars(Comparison::Equal, v[0], v[1]);
      return logicalOr(compareScalars(worse, v[0], v[1]),
                       logicalAnd(same, later));
    };
    OnnxValue value =
        reduce(context, operands, axis, best,
               [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
                 if (round == 0) {
                   return v[0];
                 }
                 Scalar none =
                     v[0].isLong()
                         ? longConstant(b, largest ? INT64_MIN : INT64_MAX)
                         : intConstant(b, largest ? INT32_MIN : INT32_MAX);
                 return select(isLeft(b, v), v[0], none);
               });
    operands.push_back(unsqueeze(context, value, axis));
    OnnxValue index = reduce(
        context, operands, axis, Reduction::Min,
        [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
          Scalar hit = compareScalars(Comparison::Equal, v[0], v.back());
          if (round > 0) {
            hit = logicalAnd(hit, isLeft(b, v));
          }
          return select(hit, loopIndex(b, axis), intConstant(b, INT32_MAX));
        },
        DType::I32);
    values.push_back(operands.back());
    indices.push_back(unsqueeze(context, index, axis));
  }
  return {concat(context, values, axis), concat(context, indices, axis)};
}

Found findByCounting(ImportContext &context, const OnnxValue &x, int64_t axis,
                     int64_t k, bool largest) {
  Comparison better = largest ? Comparison::Greater : Comparison::Less;
  OnnxValue pairs[] = {unsqueeze(context, x, {axis + 1}),
                       unsqueeze(context, x, {axis})};
  OnnxValue rank = reduce(
      context, pairs, {axis + 1}, Reduction::Sum,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        Scalar earlier = compareScalars(
            Comparison::Less, loopIndex(b, axis + 1), loopIndex(b, axis));
        Scalar same = compareScalars(Comparison::Equal, v[1], v[0]);
        Scalar before = logicalOr(compareScalars(better, v[1], v[0]),
                                  logicalAnd(same, earlier));
        return select(before, intConstant(b, 1), intConstant(b, 0));
      },
      DType::I32);
  // The element of each rank, of which there is one.
  HostTensor counted = context.makeZeros("", DType::I32, {k});
  for (int64_t i = 0; i < k; ++i) {
    counted.setInteger(i, i);
  }
  std::vector<int64_t> trailing;
  for (int64_t i = axis; i < x.rank(); ++i) {
    trailing.push_back(i - axis + 1);
  }
  OnnxValue ranks[] = {
      unsqueeze(context, rank, {axis}),
      unsqueeze(context, makeConstant(std::move(counted)), trailing)};
  OnnxValue places = reduce(
      context, ranks, {axis + 1}, Reduction::Sum,
      [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> v) {
        Scalar hit = compareScalars(Comparison::Equal, v[0], v[1]);
        return select(hit, loopIndex(b, axis + 1), intConstant(b, 0));
      },
      DType::I32);
  return {context.apply("GatherElements", {x, places},
                        {{"axis", OnnxAttribute::ofInt(axis)}})[0],
          places};
}

void importTopK(ImportContext &context) {
  OnnxValue x = context.in(0);
  int64_t axis = context.normalizeAxis(context.intAttr("axis", -1), x.rank());
  int64_t k = 0;
  if (context.opset() < 10) {
    k = context.intAttr("k");
  } else {
    std::vector<int64_t> count = context.constantInts(1, "k");
    context.require(count.size() == 1, "k must be one number");
    k = count[0];
  }
  bool largest = context.intAttr("largest", 1) != 0;
  context.require(k >= 1 && k <= x.shape[axis], "k is " + Twine(k) + " for " +
                                                    Twine(x.shape[axis]) +
                                                    " elements");
  if (k > kMostRounds && x.shape[axis] > kMostCounted) {
    context.unsupported("the " + Twine(k) + " best of " + Twine(x.shape[axis]) +
                        " elements");
  }
  DType type = x.dtype;
  if (isFloat(type)) {
    x = elementwise(context, x, DType::I32,
                    [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                      return toOrderedInt(v[0]);
                    });
  }
  Found found = k > kMostRounds ? findByCounting(context, x, axis, k, largest)
                                : findInRounds(context, x, axis, k, largest);
  if (isFloat(type)) {
    found.values = elementwise(context, found.values, type,
                               [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                                 return fromOrderedInt(v[0]);
                               });
  }
  context.out(cast(context, found.values, type), 0);
  found.places.dtype = DType::I64;
  context.out(found.places, 1);
}

} // namespace

void registerTopKOps(OpTable &table) { table["TopK"] = importTopK; }

} // namespace acc
