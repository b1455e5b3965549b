//===- TopK.cpp - The k largest or smallest elements ----------------------===//
//
// k rounds of two reductions: the best value that comes after the one found
// last, and the first index where it stands. "Comes after" orders by value,
// then by index, so equal values and infinities are each taken once. Floats are
// compared as integers of the same order, in which NaN is above all numbers.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

using namespace mlir;

namespace acc {

namespace {

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
  if (k > 64) {
    context.unsupported("k larger than 64 (" + Twine(k) + ")");
  }
  DType type = x.dtype;
  if (isFloat(type)) {
    x = elementwise(context, x, DType::I32,
                    [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                      return toOrderedInt(v[0]);
                    });
  }
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
  OnnxValue found = concat(context, values, axis);
  if (isFloat(type)) {
    found = elementwise(context, found, type,
                        [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                          return fromOrderedInt(v[0]);
                        });
  }
  context.out(cast(context, found, type), 0);
  OnnxValue places = concat(context, indices, axis);
  places.dtype = DType::I64;
  context.out(places, 1);
}

} // namespace

void registerTopKOps(OpTable &table) { table["TopK"] = importTopK; }

} // namespace acc
