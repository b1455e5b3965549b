//===- Normalization.cpp - Softmax and the norms --------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

#include <cmath>

using namespace mlir;

namespace acc {

namespace {

std::vector<int64_t> axesFrom(int64_t first, int64_t rank) {
  std::vector<int64_t> axes;
  for (; first < rank; ++first) {
    axes.push_back(first);
  }
  return axes;
}

double countOver(const OnnxValue &value, ArrayRef<int64_t> axes) {
  double count = 1.0;
  for (int64_t axis : axes) {
    count *= static_cast<double>(value.shape[axis]);
  }
  return count;
}

/// Softmax over `axes`; opset 12 and older flatten from the axis on, which is
/// the same as several axes.
void importSoftmaxKind(ImportContext &context, bool logarithm) {
  OnnxValue x = context.in(0);
  context.require(isFloat(x.dtype), "the operand must have a float type");
  std::vector<int64_t> axes;
  if (context.opset() >= 13) {
    axes = {context.normalizeAxis(context.intAttr("axis", -1), x.rank())};
  } else {
    int64_t axis = context.intAttr("axis", 1);
    context.require(axis <= x.rank() && axis >= -x.rank(),
                    "axis " + Twine(axis) + " is out of range");
    axes = axesFrom(axis < 0 ? axis + x.rank() : axis, x.rank());
  }
  OnnxValue top =
      unsqueeze(context, reduce(context, x, axes, Reduction::Max), axes);
  OnnxValue shifted[] = {x, top};
  if (logarithm) {
    OnnxValue sum = reduce(context, shifted, axes, Reduction::Sum,
                           [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                             return apply(Function::Exp, v[0] - v[1]);
                           });
    // The logarithm once for each row.
    OnnxValue offset =
        elementwise(context, unsqueeze(context, sum, axes), DType::F32,
                    [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                      return apply(Function::Log, v[0]);
                    });
    OnnxValue operands[] = {x, top, offset};
    context.out(elementwise(context, operands, x.dtype,
                            [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                              return v[0] - v[1] - v[2];
                            }));
    return;
  }
  OnnxValue numerator =
      elementwise(context, shifted, DType::F32,
                  [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                    return apply(Function::Exp, v[0] - v[1]);
                  });
  OnnxValue sum = reduce(context, numerator, axes, Reduction::Sum);
  OnnxValue operands[] = {numerator, unsqueeze(context, sum, axes)};
  context.out(elementwise(context, operands, x.dtype,
                          [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                            return roughQuotient(v[0], v[1]);
                          }));
}

void importSoftmax(ImportContext &context) {
  importSoftmaxKind(context, false);
}
void importLogSoftmax(ImportContext &context) {
  importSoftmaxKind(context, true);
}

/// Mean and 1/sqrt(variance + epsilon), with the reduced dimensions kept.
struct Statistics {
  OnnxValue mean, inverse;
};

Statistics computeStatistics(ImportContext &context, const OnnxValue &x,
                             ArrayRef<int64_t> axes, double epsilon) {
  double count = countOver(x, axes);
  Statistics result;
  result.mean = unsqueeze(
      context,
      elementwise(context, reduce(context, x, axes, Reduction::Sum), DType::F32,
                  [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                    return v[0] * (1.0 / count);
                  }),
      axes);
  OnnxValue operands[] = {x, result.mean};
  OnnxValue squares = reduce(context, operands, axes, Reduction::Sum,
                             [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                               Scalar centered = v[0] - v[1];
                               return centered * centered;
                             });
  result.inverse =
      unsqueeze(context,
                elementwise(context, squares, DType::F32,
                            [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                              return apply(Function::Rsqrt,
                                           v[0] * (1.0 / count) + epsilon);
                            }),
                axes);
  return result;
}

/// (x - mean) * inverse * scale + bias; scale and bias are optional.
OnnxValue normalize(ImportContext &context, const OnnxValue &x,
                    const Statistics &statistics, const OnnxValue *scale,
                    const OnnxValue *bias) {
  SmallVector<OnnxValue> operands{x, statistics.mean, statistics.inverse};
  if (scale) {
    operands.push_back(*scale);
  }
  if (bias) {
    operands.push_back(*bias);
  }
  return elementwise(
      context, operands, x.dtype,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        Scalar value = (v[0] - v[1]) * v[2];
        if (scale) {
          value = value * v[3];
        }
        return bias ? value + v.back() : value;
      },
      x.shape);
}

void importLayerNormalization(ImportContext &context) {
  OnnxValue x = context.in(0), scale = context.in(1);
  int64_t axis = context.normalizeAxis(context.intAttr("axis", -1), x.rank());
  std::vector<int64_t> axes = axesFrom(axis, x.rank());
  Statistics statistics =
      computeStatistics(context, x, axes, context.floatAttr("epsilon", 1e-5));
  OnnxValue bias;
  if (context.has(2)) {
    bias = context.in(2);
  }
  context.out(normalize(context, x, statistics, &scale,
                        context.has(2) ? &bias : nullptr));
  if (context.hasOutput(1)) {
    context.out(statistics.mean, 1);
  }
  if (context.hasOutput(2)) {
    context.out(statistics.inverse, 2);
  }
}

void importRMSNormalization(ImportContext &context) {
  OnnxValue x = context.in(0), scale = context.in(1);
  int64_t axis = context.normalizeAxis(context.intAttr("axis", -1), x.rank());
  std::vector<int64_t> axes = axesFrom(axis, x.rank());
  double count = countOver(x, axes);
  double epsilon = context.floatAttr("epsilon", 1e-5);
  OnnxValue squares = reduce(
      context, x, axes, Reduction::Sum,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) { return v[0] * v[0]; });
  OnnxValue inverse = elementwise(
      context, squares, DType::F32,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        return apply(Function::Rsqrt, v[0] * (1.0 / count) + epsilon);
      });
  OnnxValue operands[] = {x, unsqueeze(context, inverse, axes), scale};
  context.out(elementwise(
      context, operands, x.dtype,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        return v[0] * v[1] * v[2];
      },
      x.shape));
}

/// A vector over channels as [c, 1, 1...], to broadcast against [n, c, ...].
OnnxValue perChannel(ImportContext &context, unsigned input, int64_t channels,
                     int64_t rank) {
  const OnnxValue &value = context.in(input);
  context.require(value.rank() == 1 && value.shape[0] == channels,
                  "input " + Twine(input) + " has shape " +
                      formatShape(value.shape) + "; [" + Twine(channels) +
                      "] is expected");
  return unsqueeze(context, value, axesFrom(1, rank - 1));
}

void importInstanceNormalization(ImportContext &context) {
  OnnxValue x = context.in(0);
  context.require(x.rank() >= 3, "input has shape " + formatShape(x.shape) +
                                     "; [n, c, spatial...] is expected");
  OnnxValue scale = perChannel(context, 1, x.shape[1], x.rank());
  OnnxValue bias = perChannel(context, 2, x.shape[1], x.rank());
  Statistics statistics = computeStatistics(context, x, axesFrom(2, x.rank()),
                                            context.floatAttr("epsilon", 1e-5));
  context.out(normalize(context, x, statistics, &scale, &bias));
}

void importGroupNormalization(ImportContext &context) {
  OnnxValue x = context.in(0);
  context.require(x.rank() >= 3, "input has shape " + formatShape(x.shape) +
                                     "; [n, c, spatial...] is expected");
  int64_t groups = context.intAttr("num_groups"), channels = x.shape[1];
  context.require(groups > 0 && channels % groups == 0,
                  Twine(channels) + " channels do not divide into " +
                      Twine(groups) + " groups");
  Shape shape{x.shape[0], groups, channels / groups};
  shape.append(x.shape.begin() + 2, x.shape.end());
  OnnxValue split = reshape(context, x, shape);
  Statistics statistics =
      computeStatistics(context, split, axesFrom(2, split.rank()),
                        context.floatAttr("epsilon", 1e-5));
  auto spread = [&](unsigned input) {
    // Up to opset 20 the vectors are over groups, from 21 on over channels.
    const OnnxValue &value = context.in(input);
    bool overGroups = context.opset() < 21 && value.shape == Shape{groups};
    context.require(overGroups || value.shape == Shape{channels},
                    "input " + Twine(input) + " has shape " +
                        formatShape(value.shape));
    Shape target(shape.size() - 1, 1);
    target[0] = groups;
    target[1] = overGroups ? 1 : channels / groups;
    return reshape(context, value, target);
  };
  OnnxValue scale = spread(1), bias = spread(2);
  OnnxValue result = normalize(context, split, statistics, &scale, &bias);
  context.out(reshape(context, result, x.shape));
}

void importBatchNormalization(ImportContext &context) {
  if (context.intAttr("training_mode", 0) != 0 || context.hasOutput(1)) {
    context.unsupported("BatchNormalization in training mode");
  }
  if (context.opset() < 7 && context.intAttr("is_test", 0) == 0) {
    context.unsupported("BatchNormalization in training mode (is_test = 0)");
  }
  if (context.opset() < 9 && context.intAttr("spatial", 1) == 0) {
    context.unsupported("BatchNormalization of each activation (spatial = 0)");
  }
  OnnxValue x = context.in(0);
  context.require(x.rank() >= 2, "input has shape " + formatShape(x.shape) +
                                     "; [n, c, ...] is expected");
  double epsilon = context.floatAttr("epsilon", 1e-5);
  int64_t channels = x.shape[1];
  for (unsigned i = 1; i <= 4; ++i) {
    context.require(context.in(i).shape == Shape{channels},
                    "input " + Twine(i) + " has shape " +
                        formatShape(context.in(i).shape) + "; [" +
                        Twine(channels) + "] is expected");
  }
  bool known = true;
  for (unsigned i = 1; i <= 4; ++i) {
    known &= context.in(i).isConstant();
  }
  OnnxValue factor, offset;
  if (known) {
    // Two constant vectors are all that is left.
    HostTensor a = context.makeZeros("factor", DType::F32, {channels}), b = a;
    for (int64_t i = 0; i < channels; ++i) {
      double scale = context.in(1).constant->getDouble(i) /
                     std::sqrt(context.in(4).constant->getDouble(i) + epsilon);
      a.setDouble(i, scale);
      b.setDouble(i, context.in(2).constant->getDouble(i) -
                         context.in(3).constant->getDouble(i) * scale);
    }
    a.name = context.node->getLabel() + "_factor";
    b.name = context.node->getLabel() + "_offset";
    factor = makeConstant(std::move(a));
    offset = makeConstant(std::move(b));
  } else {
    OnnxValue first[] = {context.in(1), context.in(4)};
    factor = elementwise(context, first, DType::F32,
                         [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                           return v[0] * apply(Function::Rsqrt, v[1] + epsilon);
                         });
    OnnxValue second[] = {context.in(2), context.in(3), factor};
    offset = elementwise(context, second, DType::F32,
                         [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                           return v[0] - v[1] * v[2];
                         });
  }
  std::vector<int64_t> axes = axesFrom(1, x.rank() - 1);
  OnnxValue operands[] = {x, unsqueeze(context, factor, axes),
                          unsqueeze(context, offset, axes)};
  context.out(elementwise(context, operands, x.dtype,
                          [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                            return v[0] * v[1] + v[2];
                          }));
}

void importLpNormalization(ImportContext &context) {
  OnnxValue x = context.in(0);
  std::vector<int64_t> axes{
      context.normalizeAxis(context.intAttr("axis", -1), x.rank())};
  int64_t order = context.intAttr("p", 2);
  context.require(order == 1 || order == 2, "attribute 'p' must be 1 or 2");
  OnnxValue sum =
      reduce(context, x, axes, Reduction::Sum,
             [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
               return order == 2 ? v[0] * v[0] : apply(Function::Abs, v[0]);
             });
  OnnxValue operands[] = {x, unsqueeze(context, sum, axes)};
  context.out(elementwise(
      context, operands, x.dtype,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        Scalar norm = order == 2 ? apply(Function::Sqrt, v[1]) : v[1];
        Scalar zero = norm.constant(0);
        return select(compareScalars(Comparison::Equal, norm, zero), zero,
                      roughQuotient(v[0], norm));
      }));
}

/// Divides by a power of the sum of squares of neighbouring channels, which is
/// a product with a band matrix of ones.
void importLRN(ImportContext &context) {
  OnnxValue x = context.in(0);
  context.require(x.rank() >= 2, "input has shape " + formatShape(x.shape) +
                                     "; [n, c, ...] is expected");
  int64_t size = context.intAttr("size"), channels = x.shape[1];
  double alpha = context.floatAttr("alpha", 1e-4);
  double beta = context.floatAttr("beta", 0.75);
  double bias = context.floatAttr("bias", 1.0);
  context.require(size >= 1, "attribute 'size' is " + Twine(size));
  if (channels > 4096) {
    context.unsupported("LRN of more than 4096 channels");
  }
  HostTensor band = context.makeZeros("band", DType::F32, {channels, channels});
  int64_t before = (size - 1) / 2, after = size - 1 - before;
  for (int64_t to = 0; to < channels; ++to) {
    for (int64_t from = std::max<int64_t>(0, to - before);
         from <= std::min(channels - 1, to + after); ++from) {
      band.setDouble(to * channels + from, 1.0);
    }
  }
  OnnxValue squares = elementwise(
      context, x, DType::F32,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) { return v[0] * v[0]; });
  SmallVector<unsigned> from, to;
  for (unsigned i = 0; i < x.rank(); ++i) {
    from.push_back(i);
    to.push_back(i);
  }
  unsigned fresh = x.rank();
  to[1] = fresh;
  unsigned matrix[] = {fresh, 1};
  OnnxValue sums = contract(context, squares, from,
                            makeConstant(std::move(band)), matrix, to);
  OnnxValue operands[] = {x, sums};
  double share = alpha / static_cast<double>(size);
  context.out(elementwise(context, operands, x.dtype,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                            return v[0] * power(v[1] * share + bias, -beta);
                          }));
}

/// (x - mean) / (deviation + 1e-9), over the axes.
void importMeanVariance(ImportContext &context) {
  OnnxValue x = context.in(0);
  std::vector<int64_t> axes = context.normalizeAxes(
      context.intsAttr("axes").value_or(std::vector<int64_t>{0, 2, 3}),
      x.rank());
  double count = 1.0;
  for (int64_t axis : axes) {
    count *= static_cast<double>(x.shape[axis]);
  }
  auto mean = [&](ArrayRef<OnnxValue> inputs, Body body) {
    OnnxValue sum =
        reduce(context, inputs, axes, Reduction::Sum, body, DType::F32);
    OnnxValue result =
        elementwise(context, sum, DType::F32,
                    [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                      return v[0] / count;
                    });
    return unsqueeze(context, result, axes);
  };
  OnnxValue center = mean(x, nullptr);
  OnnxValue both[] = {x, center};
  OnnxValue variance =
      mean(both, [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
        Scalar distance = v[0] - v[1];
        return distance * distance;
      });
  OnnxValue operands[] = {x, center, variance};
  context.out(elementwise(context, operands, x.dtype,
                          [](ImplicitLocOpBuilder &, ArrayRef<Scalar> v) {
                            return (v[0] - v[1]) /
                                   (apply(Function::Sqrt, v[2]) + 1e-9);
                          }));
}

} // namespace

void registerNormalizationOps(OpTable &table) {
  table["MeanVarianceNormalization"] = importMeanVariance;
  table["Softmax"] = importSoftmax;
  table["LogSoftmax"] = importLogSoftmax;
  table["LayerNormalization"] = importLayerNormalization;
  table["RMSNormalization"] = importRMSNormalization;
  table["InstanceNormalization"] = importInstanceNormalization;
  table["GroupNormalization"] = importGroupNormalization;
  table["BatchNormalization"] = importBatchNormalization;
  table["LRN"] = importLRN;
  table["LpNormalization"] = importLpNormalization;
}

} // namespace acc
