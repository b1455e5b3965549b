//===- Activation.cpp - Activation functions ------------------------------===//

#include "compiler-driver/Import/Onnx/Lowering.h"

using namespace mlir;

namespace acc {

namespace {

template <typename Make>
void importActivation(ImportContext &context, Make make) {
  OnnxValue a = context.in(0);
  context.out(elementwise(
      context, a, a.dtype,
      [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) { return make(x[0]); }));
}

Scalar positive(Scalar a) {
  return compareScalars(Comparison::Greater, a, a.constant(0));
}

Scalar clamp(Scalar a, double low, double high) {
  return minimum(maximum(a, a.constant(low)), a.constant(high));
}

/// log(1 + exp(a)), without overflow.
Scalar softplus(Scalar a) {
  Scalar tail = apply(Function::Exp, -apply(Function::Abs, a));
  return maximum(a, a.constant(0)) + apply(Function::Log, tail + 1.0);
}

void importRelu(ImportContext &context) {
  importActivation(context, [](Scalar a) { return maximum(a, a.constant(0)); });
}

void importLeakyRelu(ImportContext &context) {
  double alpha = context.floatAttr("alpha", 0.01);
  importActivation(context,
                   [&](Scalar a) { return select(positive(a), a, a * alpha); });
}

void importPRelu(ImportContext &context) {
  OnnxValue a = context.in(0), slope = context.in(1);
  if (context.opset() < 7) {
    // One slope, or one for each channel.
    context.require(slope.numElements() == 1 ||
                        (a.rank() >= 2 && slope.numElements() == a.shape[1]),
                    "the slope has shape " + formatShape(slope.shape) +
                        " for an input of shape " + formatShape(a.shape));
    Shape shape(slope.numElements() == 1 ? 0 : a.rank() - 1, 1);
    if (!shape.empty()) {
      shape[0] = a.shape[1];
    }
    slope = reshape(context, slope, shape);
  }
  OnnxValue operands[] = {a, slope};
  context.out(elementwise(
      context, operands, a.dtype,
      [](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
        return select(positive(x[0]), x[0], x[0] * x[1]);
      },
      a.shape));
}

void importElu(ImportContext &context) {
  double alpha = context.floatAttr("alpha", 1.0);
  importActivation(context, [&](Scalar a) {
    return select(positive(a), a, (apply(Function::Exp, a) - 1.0) * alpha);
  });
}

void importSelu(ImportContext &context) {
  bool old = context.opset() < 6;
  double alpha =
      context.floatAttr("alpha", old ? 1.6732 : 1.67326319217681884765625);
  double gamma =
      context.floatAttr("gamma", old ? 1.0507 : 1.05070102214813232421875);
  importActivation(context, [&](Scalar a) {
    Scalar low = apply(Function::Exp, a) * alpha - alpha;
    return select(positive(a), a, low) * gamma;
  });
}

void importCelu(ImportContext &context) {
  double alpha = context.floatAttr("alpha", 1.0);
  importActivation(context, [&](Scalar a) {
    Scalar low = (apply(Function::Exp, a * (1.0 / alpha)) - 1.0) * alpha;
    return select(positive(a), a, low);
  });
}

void importThresholdedRelu(ImportContext &context) {
  double alpha = context.floatAttr("alpha", 1.0);
  importActivation(context, [&](Scalar a) {
    return select(compareScalars(Comparison::Greater, a, a.constant(alpha)), a,
                  a.constant(0));
  });
}

void importSigmoid(ImportContext &context) {
  importActivation(context, [](Scalar a) { return sigmoid(a); });
}

void importHardSigmoid(ImportContext &context) {
  double alpha = context.floatAttr("alpha", 0.2);
  double beta = context.floatAttr("beta", 0.5);
  importActivation(context,
                   [&](Scalar a) { return clamp(a * alpha + beta, 0.0, 1.0); });
}

void importHardSwish(ImportContext &context) {
  importActivation(context, [](Scalar a) {
    return a * clamp(a * (1.0 / 6.0) + 0.5, 0.0, 1.0);
  });
}

void importSoftplus(ImportContext &context) {
  importActivation(context, [](Scalar a) { return softplus(a); });
}

void importSoftsign(ImportContext &context) {
  importActivation(context, [](Scalar a) {
    return roughQuotient(a, apply(Function::Abs, a) + 1.0);
  });
}

void importMish(ImportContext &context) {
  importActivation(
      context, [](Scalar a) { return a * apply(Function::Tanh, softplus(a)); });
}

void importSwish(ImportContext &context) {
  double alpha = context.floatAttr("alpha", 1.0);
  importActivation(context, [&](Scalar a) { return a * sigmoid(a * alpha); });
}

void importSwiGLU(ImportContext &context) {
  OnnxValue operands[] = {context.in(0), context.in(1)};
  context.require(operands[0].shape == operands[1].shape &&
                      operands[0].dtype == operands[1].dtype,
                  "operands have shapes " + formatShape(operands[0].shape) +
                      " and " + formatShape(operands[1].shape) +
                      "; they must be alike");
  double alpha = context.floatAttr("alpha", 1.0);
  context.out(elementwise(context, operands, operands[0].dtype,
                          [&](ImplicitLocOpBuilder &, ArrayRef<Scalar> x) {
                            return x[0] * sigmoid(x[0] * alpha) * x[1];
                          }));
}

void importShrink(ImportContext &context) {
  double bias = context.floatAttr("bias", 0.0);
  double lambd = context.floatAttr("lambd", 0.5);
  importActivation(context, [&](Scalar x) {
    Scalar a = toFloat(x);
    Scalar low = compareScalars(Comparison::Less, a, a.constant(-lambd));
    Scalar high = compareScalars(Comparison::Greater, a, a.constant(lambd));
    return select(low, a + bias, select(high, a - bias, a.constant(0)));
  });
}

void importGelu(ImportContext &context) {
  std::string kind = context.stringAttr("approximate", "none");
  if (kind != "none" && kind != "tanh") {
    context.fail("attribute 'approximate' is '" + kind +
                 "'; 'none' or 'tanh' is expected");
  }
  importActivation(context, [&](Scalar a) {
    Scalar inner = kind == "tanh"
                       ? apply(Function::Tanh,
                               (a + a * a * a * 0.044715) * 0.7978845608028654)
                       : apply(Function::Erf, a * 0.7071067811865476);
    return a * 0.5 * (inner + 1.0);
  });
}

void importSinh(ImportContext &context) {
  importActivation(context, [](Scalar a) {
    return (apply(Function::Exp, a) - apply(Function::Exp, -a)) * 0.5;
  });
}

void importCosh(ImportContext &context) {
  importActivation(context, [](Scalar a) {
    return (apply(Function::Exp, a) + apply(Function::Exp, -a)) * 0.5;
  });
}

} // namespace

void registerActivationOps(OpTable &table) {
  table["Relu"] = importRelu;
  table["LeakyRelu"] = importLeakyRelu;
  table["PRelu"] = importPRelu;
  table["Elu"] = importElu;
  table["Selu"] = importSelu;
  table["Celu"] = importCelu;
  table["ThresholdedRelu"] = importThresholdedRelu;
  table["Sigmoid"] = importSigmoid;
  table["HardSigmoid"] = importHardSigmoid;
  table["HardSwish"] = importHardSwish;
  table["Softplus"] = importSoftplus;
  table["Softsign"] = importSoftsign;
  table["Mish"] = importMish;
  table["Swish"] = importSwish;
  table["SwiGLU"] = importSwiGLU;
  table["Shrink"] = importShrink;
  table["Gelu"] = importGelu;
  table["Sinh"] = importSinh;
  table["Cosh"] = importCosh;
}

} // namespace acc
