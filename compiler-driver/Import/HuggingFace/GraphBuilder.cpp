//===- GraphBuilder.cpp - Operators of transformers as a graph ------------===//

#include "compiler-driver/Import/HuggingFace/GraphBuilder.h"

#include <algorithm>
#include <cstring>
#include <utility>

using namespace acc;
using namespace acc::huggingface;
using acc::systems::Activation;
using acc::systems::Norm;

/// The first in which Attention knows the lengths of a cache.
constexpr int64_t kOpset = 24;

GraphBuilder::GraphBuilder(const systems::ModelShape &model,
                           const std::string &name, uint64_t seed)
    : model(model), seed(seed) {
  graph.path = name;
  graph.opset = kOpset;
}

static OnnxValueInfo describe(const std::string &name,
                              const GraphBuilder::Shape &shape, DType type) {
  OnnxValueInfo info;
  info.name = name;
  info.dtype = type;
  info.hasShape = true;
  for (int64_t size : shape) {
    info.shape.push_back({size, ""});
  }
  return info;
}

std::string GraphBuilder::input(const std::string &name, const Shape &shape,
                                DType type) {
  graph.inputs.push_back(describe(name, shape, type));
  return name;
}

void GraphBuilder::output(const std::string &name, const Shape &shape,
                          DType type) {
  graph.outputs.push_back(describe(name, shape, type));
}

std::string GraphBuilder::node(const std::string &op, const std::string &name,
                               std::vector<std::string> inputs,
                               Attributes attributes,
                               std::vector<std::string> moreOutputs) {
  OnnxNode result;
  result.name = name;
  result.opType = op;
  result.inputs = std::move(inputs);
  result.outputs = {name};
  result.outputs.insert(result.outputs.end(), moreOutputs.begin(),
                        moreOutputs.end());
  result.attributes = std::move(attributes);
  graph.nodes.push_back(std::move(result));
  return name;
}

std::string GraphBuilder::received(const std::string &name,
                                   const Shape &shape) {
  return node("Cast", name + ".wide", {input(name, shape, DType::BF16)},
              {{"to", OnnxAttribute::ofInt(1 /* FLOAT */)}});
}

void GraphBuilder::sent(const std::string &value, const Shape &shape) {
  output(node("Cast", value + ".sent", {value},
              {{"to", OnnxAttribute::ofInt(16 /* BFLOAT16 */)}}),
         shape, DType::BF16);
}

std::string GraphBuilder::constant(HostTensor tensor) {
  std::string name = tensor.name;
  graph.initializers[name] =
      std::make_shared<const HostTensor>(std::move(tensor));
  return name;
}

/// Made-up weights repeat after so many: drawing them would take longer than
/// compiling what they are for.
static constexpr int64_t kDrawn = int64_t(1) << 16;

std::string GraphBuilder::weights(const std::string &name, const Shape &shape,
                                  double deviation, double mean) {
  HostTensor tensor = HostTensor::zeros(name, DType::F32, shape);
  int64_t count = tensor.getNumElements();
  int64_t drawn = std::min(count, kDrawn);
  HostTensor some =
      HostTensor::random(name, DType::F32, {drawn}, seed + graph.nodes.size());
  for (int64_t i = 0; i < drawn; ++i) {
    some.setDouble(i, mean + deviation * some.getDouble(i));
  }
  for (int64_t begin = 0; begin < count; begin += drawn) {
    memcpy(tensor.bytes.data() + 4 * begin, std::as_const(some.bytes).data(),
           size_t(4 * std::min(drawn, count - begin)));
  }
  return constant(std::move(tensor));
}

std::string GraphBuilder::number(const std::string &name, double value) {
  HostTensor tensor = HostTensor::zeros(name, DType::F32, {});
  tensor.setDouble(0, value);
  return constant(std::move(tensor));
}

std::string GraphBuilder::integers(const std::string &name,
                                   const Shape &values) {
  HostTensor tensor =
      HostTensor::zeros(name, DType::I64, {int64_t(values.size())});
  for (size_t i = 0; i < values.size(); ++i) {
    tensor.setInteger(int64_t(i), values[i]);
  }
  return constant(std::move(tensor));
}

std::string GraphBuilder::reshape(const std::string &name, const std::string &x,
                                  const Shape &shape) {
  return node("Reshape", name, {x, integers(name + ".shape", shape)});
}

std::string GraphBuilder::transpose(const std::string &name,
                                    const std::string &x, const Shape &order) {
  OnnxAttribute axes;
  axes.kind = OnnxAttribute::Ints;
  axes.ints = order;
  return node("Transpose", name, {x}, {{"perm", axes}});
}

std::string GraphBuilder::slice(const std::string &name, const std::string &x,
                                int64_t axis, int64_t from, int64_t to,
                                int64_t step) {
  return node("Slice", name,
              {x, integers(name + ".from", {from}),
               integers(name + ".to", {to}), integers(name + ".axis", {axis}),
               integers(name + ".step", {step})});
}

std::string GraphBuilder::product(const std::string &name, const std::string &x,
                                  const std::string &weights,
                                  const std::string &bias) {
  std::string y = node("MatMul", name, {x, weights});
  return bias.empty() ? y : node("Add", name + ".biased", {y, bias});
}

std::string GraphBuilder::norm(const std::string &name, const std::string &x,
                               const std::string &scale,
                               const std::string &bias) {
  Attributes attributes{{"axis", OnnxAttribute::ofInt(-1)},
                        {"epsilon", OnnxAttribute::ofFloat(model.normEpsilon)}};
  if (model.norm == Norm::Rms) {
    return node("RMSNormalization", name, {x, scale}, attributes);
  }
  return node("LayerNormalization", name, {x, scale, bias}, attributes);
}

std::string GraphBuilder::activate(const std::string &name,
                                   const std::string &x) {
  switch (model.activation) {
  case Activation::Silu:
    return node("Mul", name + ".silu",
                {x, node("Sigmoid", name + ".sigmoid", {x})});
  case Activation::Gelu:
    return node("Gelu", name + ".gelu", {x});
  case Activation::GeluTanh:
    return node("Gelu", name + ".gelu", {x},
                {{"approximate", OnnxAttribute::ofString("tanh")}});
  case Activation::Relu:
    return node("Relu", name + ".relu", {x});
  case Activation::ClampedSwiglu: {
    // openai/gpt-oss, gpt_oss/torch/model.py: swiglu with alpha and limit.
    std::string gate =
        node("Min", name + ".clamped", {x, number(name + ".limit", 7.0)});
    std::string scaled =
        node("Mul", name + ".scaled", {gate, number(name + ".alpha", 1.702)});
    return node("Mul", name + ".swish",
                {gate, node("Sigmoid", name + ".sigmoid", {scaled})});
  }
  }
  return x;
}

std::string GraphBuilder::gate(const std::string &name, const std::string &gate,
                               const std::string &up) {
  std::string factor = up;
  if (model.activation == Activation::ClampedSwiglu) {
    factor = node(
        "Clip", name + ".up_clamped",
        {up, number(name + ".up_low", -7.0), number(name + ".up_high", 7.0)});
    factor = node("Add", name + ".up_one",
                  {factor, number(name + ".up_offset", 1.0)});
  }
  return node("Mul", name, {activate(name + ".gate", gate), factor});
}
