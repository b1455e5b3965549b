//===- Loss.cpp - Losses of classifications -------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

using namespace mlir;

namespace acc {

namespace {

/// The negative logarithm of the target's probability, weighted. `logarithms`
/// are [n, classes, d...], targets [n, d...].
OnnxValue likelihoodLoss(ImportContext &context, const OnnxValue &logarithms,
                         unsigned targetInput, unsigned weightInput) {
  OnnxValue target = narrowIndices(context, context.in(targetInput));
  Shape expected = logarithms.shape;
  context.require(logarithms.rank() >= 2,
                  "scores have shape " + formatShape(logarithms.shape) +
                      "; [n, classes, ...] is expected");
  int64_t classes = expected[1];
  expected.erase(expected.begin() + 1);
  context.require(target.shape == expected && isInteger(target.dtype),
                  "targets have shape " + formatShape(target.shape) + "; " +
                      formatShape(expected) + " is expected");
  std::string reduction = context.stringAttr("reduction", "mean");
  context.require(reduction == "mean" || reduction == "sum" ||
                      reduction == "none",
                  "attribute 'reduction' is '" + reduction + "'");
  bool ignores = context.hasAttr("ignore_index");
  double ignored = static_cast<double>(context.intAttr("ignore_index", -1));
  bool hasWeights = context.has(weightInput);
  SmallVector<OnnxValue> operands{unsqueeze(context, target, {1}), logarithms};
  if (hasWeights) {
    OnnxValue weights = context.in(weightInput);
    context.require(weights.rank() == 1 && weights.shape[0] == classes,
                    "weights have shape " + formatShape(weights.shape) + "; [" +
                        Twine(classes) + "] is expected");
    std::vector<int64_t> trailing;
    for (int64_t i = 2; i < logarithms.rank(); ++i) {
      trailing.push_back(i - 1);
    }
    operands.push_back(unsqueeze(context, weights, trailing));
  }
  // Only one class of each sum is not zero.
  auto sumOverClasses = [&](bool ofWeights) {
    return reduce(
        context, operands, {1}, Reduction::Sum,
        [&](ImplicitLocOpBuilder &b, ArrayRef<Scalar> x) {
          Scalar hit = compareScalars(Comparison::Equal, x[0], loopIndex(b, 1));
          if (ignores) {
            hit = logicalAnd(hit, compareScalars(Comparison::NotEqual, x[0],
                                                 x[0].constant(ignored)));
          }
          Scalar weight = hasWeights ? toFloat(x[2]) : floatConstant(b, 1.0);
          Scalar value = ofWeights ? weight : -toFloat(x[1]) * weight;
          return select(hit, value, floatConstant(b, 0.0));
        },
        DType::F32);
  };
  DType type = logarithms.dtype;
  OnnxValue loss = sumOverClasses(false);
  if (reduction == "none") {
    return cast(context, loss, type);
  }
  std::vector<int64_t> axes;
  for (int64_t i = 0; i < loss.rank(); ++i) {
    axes.push_back(i);
  }
  OnnxValue total = reduce(context, loss, axes, Reduction::Sum);
  if (reduction == "sum") {
    return cast(context, total, type);
  }
  OnnxValue parts[] = {
      total, reduce(context, sumOverClasses(true), axes, Reduction::Sum)};
  return elementwise(
      context, parts, type,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) { return x[0] / x[1]; });
}

void importLikelihoodLoss(ImportContext &context) {
  context.out(likelihoodLoss(context, context.in(0), 1, 2));
}

void importCrossEntropyLoss(ImportContext &context) {
  OnnxValue logarithms = context.apply("LogSoftmax", {context.in(0)},
                                       {{"axis", OnnxAttribute::ofInt(1)}})[0];
  context.out(likelihoodLoss(context, logarithms, 1, 2));
  context.out(logarithms, 1);
}

} // namespace

void registerLossOps(OpTable &table) {
  table["NegativeLogLikelihoodLoss"] = importLikelihoodLoss;
  table["SoftmaxCrossEntropyLoss"] = importCrossEntropyLoss;
}

} // namespace acc
