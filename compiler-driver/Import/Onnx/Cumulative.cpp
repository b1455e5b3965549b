//===- Cumulative.cpp - Running sums and products -------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

using namespace mlir;

namespace acc {

namespace {

/// The attributes that both operators have.
struct Form {
  int64_t axis = 0;
  bool exclusive = false;
  bool backwards = false;
};

Form readForm(ImportContext &context, const OnnxValue &x) {
  Form form;
  form.axis = context.normalizeAxis(
      static_cast<int64_t>(context.constantScalar(1, "axis")), x.rank());
  form.exclusive = context.intAttr("exclusive", 0) != 0;
  form.backwards = context.intAttr("reverse", 0) != 0;
  return form;
}

/// Each element replaced by the one `distance` before it; `neutral` where there
/// is none.
OnnxValue shift(ImportContext &context, const OnnxValue &x, const Form &form,
                int64_t distance, double neutral) {
  int64_t kept = x.shape[form.axis] - distance;
  SmallVector<int64_t> low(x.rank(), 0), high(x.rank(), 0);
  (form.backwards ? high : low)[form.axis] = distance;
  return pad(
      context,
      sliceAxis(context, x, form.axis, form.backwards ? distance : 0, kept),
      low, high, neutral);
}

/// Combines runs of 1, 2, 4, ... elements.
template <typename Combine>
OnnxValue runDoubling(ImportContext &context, const OnnxValue &x,
                      const Form &form, double neutral, Combine combine) {
  // What is in between keeps the precision of a body.
  DType type = isFloat(x.dtype) ? DType::F32 : x.dtype;
  std::optional<IntRange> range;
  if (exceeds32(x.dtype)) {
    range = getTypeRange(x.dtype);
  }
  OnnxValue total = cast(context, x, type);
  int64_t size = x.shape[form.axis];
  if (form.exclusive && size > 0) {
    total = shift(context, total, form, 1, neutral);
  }
  for (int64_t distance = 1; distance < size; distance *= 2) {
    OnnxValue operands[] = {total,
                            shift(context, total, form, distance, neutral)};
    total = elementwise(
        context, operands, type,
        [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
          return combine(v[0], v[1]);
        },
        std::nullopt, nullptr, range);
  }
  return cast(context, total, x.dtype);
}

/// The product with a triangle of ones, on the matrix unit.
OnnxValue sumByTriangle(ImportContext &context, const OnnxValue &x,
                        const Form &form) {
  int64_t size = x.shape[form.axis];
  // 0 and 1 are exact in every type.
  DType type = isFloat(x.dtype) ? x.dtype : DType::I32;
  HostTensor ones = context.makeZeros("triangle", type, {size, size});
  for (int64_t to = 0; to < size; ++to) {
    for (int64_t from = 0; from < size; ++from) {
      int64_t behind = form.backwards ? from - to : to - from;
      ones.setInteger(to * size + from, behind >= (form.exclusive ? 1 : 0));
    }
  }
  SmallVector<unsigned> from, to;
  for (unsigned i = 0; i < x.rank(); ++i) {
    from.push_back(i);
    to.push_back(i);
  }
  unsigned fresh = x.rank();
  to[form.axis] = fresh;
  unsigned matrix[] = {fresh, static_cast<unsigned>(form.axis)};
  return cast(
      context,
      contract(context, x, from, makeConstant(std::move(ones)), matrix, to),
      x.dtype);
}

void importCumSum(ImportContext &context) {
  OnnxValue x = context.in(0);
  Form form = readForm(context, x);
  // The matrix grows with the square of the size.
  constexpr int64_t largestTriangle = 4096;
  context.out(x.shape[form.axis] <= largestTriangle
                  ? sumByTriangle(context, x, form)
                  : runDoubling(context, x, form, 0.0,
                                [](Scalar a, Scalar b) { return a + b; }));
}

void importCumProd(ImportContext &context) {
  OnnxValue x = context.in(0);
  context.out(runDoubling(context, x, readForm(context, x), 1.0,
                          [](Scalar a, Scalar b) { return a * b; }));
}

} // namespace

void registerCumulativeOps(OpTable &table) {
  table["CumSum"] = importCumSum;
  table["CumProd"] = importCumProd;
}

} // namespace acc
