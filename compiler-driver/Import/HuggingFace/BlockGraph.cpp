//===- BlockGraph.cpp - A block's share as a graph ------------------------===//

#include "compiler-driver/Import/HuggingFace/BlockShare.h"
#include "compiler-driver/Import/HuggingFace/GraphBuilder.h"

#include <cmath>
#include <numeric>

using namespace acc;
using namespace acc::huggingface;
using acc::systems::ModelShape;
using acc::systems::Operation;

namespace {

/// What GraphBuilder asks a model for.
const ModelShape &plainModel() {
  static const ModelShape model = [] {
    ModelShape shape;
    shape.norm = systems::Norm::Layer;
    shape.activation = systems::Activation::Gelu;
    return shape;
  }();
  return model;
}

class BlockBuilder : GraphBuilder {
public:
  BlockBuilder(const BlockShare &share, uint64_t seed)
      : GraphBuilder(plainModel(), share.name, seed), share(share) {}

  OnnxModel run() {
    for (const OperationShare &part : share.operations) {
      prefix = "op" + std::to_string(graph.outputs.size());
      switch (part.operation.kind) {
      case Operation::Kind::Product:
        product(part);
        break;
      case Operation::Kind::Attention:
        attention(part);
        break;
      case Operation::Kind::Convolution:
        convolution(part);
        break;
      }
    }
    return take();
  }

private:
  const BlockShare &share;
  std::string prefix; ///< of the operation's names

  /// This slice's part of what is normalised, which leaves it then.
  void normalise(const OperationShare &part, const Shape &shape) {
    if (part.normalised == 0) {
      return;
    }
    std::string x = received(prefix + ".part", shape);
    std::string scale =
        weights(prefix + ".norm.weight", {part.normalised}, 0.02, 1);
    std::string bias = weights(prefix + ".norm.bias", {part.normalised}, 0.02);
    if (part.operation.before == Operation::Before::LayerNorm) {
      x = norm(prefix + ".norm", x, scale, bias);
    } else {
      // Whole groups of the network's 32, if they divide so.
      x = node("GroupNormalization", prefix + ".norm", {x, scale, bias},
               {{"num_groups", OnnxAttribute::ofInt(
                                   std::gcd(part.normalised, int64_t(32)))}});
      x = node("Mul", prefix + ".silu",
               {x, node("Sigmoid", prefix + ".sigmoid", {x})});
    }
    sent(x, shape);
  }

  std::string apply(Operation::After after, const std::string &x) {
    switch (after) {
    case Operation::After::Nothing:
      return x;
    case Operation::After::Relu:
      return node("Relu", prefix + ".relu", {x});
    case Operation::After::Gelu:
      return activate(prefix, x);
    case Operation::After::Silu:
      return node("Mul", prefix + ".silu_after",
                  {x, node("Sigmoid", prefix + ".sigmoid_after", {x})});
    case Operation::After::GatedGelu:
      break; // By its two halves, see `product`.
    }
    return x;
  }

  /// The result, after what follows it.
  void finish(const Operation &operation, std::string y, const Shape &shape) {
    if (operation.addsInput) {
      y = node("Add", prefix + ".sum",
               {y, received(prefix + ".residual", shape)});
    }
    sent(apply(operation.after, y), shape);
  }

  void product(const OperationShare &part) {
    const Operation &o = part.operation;
    int64_t rows = int64_t(o.rows), terms = int64_t(o.terms);
    int64_t columns = int64_t(o.columns);
    normalise(part, {rows, part.normalised});
    std::string y = GraphBuilder::product(
        prefix + ".product", received(prefix + ".input", {rows, terms}),
        weights(prefix + ".weight", {terms, columns},
                1 / std::sqrt(double(terms))),
        weights(prefix + ".bias", {columns}, 0.02));
    if (o.after == Operation::After::GatedGelu) {
      columns /= 2;
      y = gate(prefix + ".gated", slice(prefix + ".gate", y, -1, 0, columns),
               slice(prefix + ".up", y, -1, columns, 2 * columns));
    }
    finish(o, y, {rows, columns});
  }

  void attention(const OperationShare &part) {
    const Operation &o = part.operation;
    Shape shape{part.items, int64_t(o.heads), int64_t(o.rows),
                int64_t(o.terms)};
    Shape seen = shape;
    seen[2] = int64_t(o.keys);
    std::string q = received(prefix + ".queries", shape);
    std::string k = received(prefix + ".keys", seen);
    std::string v = received(prefix + ".values", seen);
    sent(node("Attention", prefix + ".attention", {q, k, v}), shape);
  }

  void convolution(const OperationShare &part) {
    const Operation &o = part.operation;
    int64_t terms = int64_t(o.terms), columns = int64_t(o.columns);
    int64_t kernel = int64_t(o.kernel), stride = int64_t(o.stride);
    int64_t height = int64_t(o.rows), width = int64_t(o.width);
    normalise(part,
              {part.items, part.normalised, height * stride, width * stride});
    // The edges are there already.
    Shape read{part.items, terms, (height - 1) * stride + kernel,
               (width - 1) * stride + kernel};
    OnnxAttribute strides;
    strides.kind = OnnxAttribute::Ints;
    strides.ints = {stride, stride};
    std::string y =
        node("Conv", prefix + ".convolution",
             {received(prefix + ".input", read),
              weights(prefix + ".weight", {columns, terms, kernel, kernel},
                      1 / std::sqrt(double(terms * kernel * kernel))),
              weights(prefix + ".bias", {columns}, 0.02)},
             {{"strides", strides}});
    finish(o, y, {part.items, columns, height, width});
  }
};

} // namespace

OnnxModel acc::huggingface::buildBlockGraph(const BlockShare &share,
                                            uint64_t seed) {
  return BlockBuilder(share, seed).run();
}
