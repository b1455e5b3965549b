//===- LayersGraph.cpp - Layers of a decoder on one chip ------------------===//

#include "compiler-driver/Import/HuggingFace/LayersGraph.h"

#include "compiler-driver/Import/HuggingFace/GraphBuilder.h"

#include <cmath>

using namespace acc;
using namespace acc::huggingface;
using acc::systems::ModelShape;
using acc::systems::Norm;
using acc::systems::Positions;

namespace {

class LayersBuilder : GraphBuilder {
public:
  LayersBuilder(const ModelShape &model, const Share &share, int64_t layers)
      : GraphBuilder(model, model.name + ", layers"), share(share),
        layers(layers) {}

  OnnxModel run() {
    if (model.positions == Positions::Rotary) {
      Shape angles{share.sequences, 1, int64_t(model.rotaryDim) / 2};
      input("cos", angles);
      input("sin", angles);
    }
    std::string x = input("hidden", {share.tokens, share.hidden});
    for (number = 0; number < layers; ++number) {
      x = layer(x);
    }
    output(x, {share.tokens, share.hidden});
    for (auto &[name, parts] : fresh) {
      Shape shape{layers, share.sequences, share.kvHeads, 1, share.keySize};
      output(node("Concat", "fresh_" + name, parts,
                  {{"axis", OnnxAttribute::ofInt(0)}}),
             shape, DType::BF16);
    }
    return take();
  }

private:
  const Share &share;
  int64_t layers, number = 0;
  std::map<std::string, std::vector<std::string>> fresh; ///< keys and values

  std::string own(const std::string &name) const {
    return "layer" + std::to_string(number) + "." + name;
  }

  /// This layer's part of a stack.
  std::string part(const std::string &name, const Shape &shape) {
    Shape all = shape;
    all.insert(all.begin(), layers);
    if (number == 0) {
      input(name, all, DType::BF16);
    }
    std::string one = slice(own(name) + ".slice", name, 0, number, number + 1);
    return node("Cast", own(name), {reshape(own(name) + ".one", one, shape)},
                {{"to", OnnxAttribute::ofInt(1 /* FLOAT */)}});
  }

  std::string linear(const std::string &name, const std::string &x,
                     int64_t terms, int64_t columns, bool hasBias) {
    return product(own(name + ".product"), x, part(name, {terms, columns}),
                   hasBias ? part(name + ".bias", {columns}) : "");
  }

  std::string norm(const std::string &name, const std::string &x,
                   int64_t size) {
    return GraphBuilder::norm(
        own(name + ".normed"), x, part(name, {size}),
        model.norm == Norm::Rms ? "" : part(name + ".bias", {size}));
  }

  /// Rows as [sequences, heads, 1, size], normalised and turned as the model
  /// has it.
  std::string heads(const std::string &name, const std::string &x,
                    int64_t count) {
    std::string y = reshape(own(name + ".heads"), x,
                            {share.sequences, count, 1, share.keySize});
    if (model.queryKeyNorm) {
      y = norm(name + "_norm", y, share.keySize);
    }
    if (model.positions != Positions::Rotary) {
      return y;
    }
    Attributes attributes;
    if (model.rotaryDim < double(share.keySize)) {
      attributes["rotary_embedding_dim"] =
          OnnxAttribute::ofInt(int64_t(model.rotaryDim));
    }
    return node("RotaryEmbedding", own(name + ".turned"), {y, "cos", "sin"},
                std::move(attributes));
  }

  void keep(const std::string &name, const std::string &x) {
    std::string narrow =
        node("Cast", own(name + ".narrow"), {x},
             {{"to", OnnxAttribute::ofInt(16 /* BFLOAT16 */)}});
    fresh[name].push_back(
        reshape(own(name + ".kept"), narrow,
                {1, share.sequences, share.kvHeads, 1, share.keySize}));
  }

  std::string attention(const std::string &read) {
    int64_t size = share.keySize;
    bool hasBias = model.attentionBias;
    std::string q = heads(
        "query",
        linear("wq", read, share.hidden, share.queryHeads * size, hasBias),
        share.queryHeads);
    std::string k = heads(
        "key", linear("wk", read, share.hidden, share.kvHeads * size, hasBias),
        share.kvHeads);
    std::string v =
        reshape(own("value.heads"),
                linear("wv", read, share.hidden, share.kvHeads * size, hasBias),
                {share.sequences, share.kvHeads, 1, size});
    keep("keys", k);
    keep("values", v);
    Shape cache{share.sequences, share.kvHeads, share.keys, size};
    std::string result =
        node("Attention", own("attention"),
             {q, part("keys", cache), part("values", cache)},
             {{"scale", OnnxAttribute::ofFloat(1 / std::sqrt(double(size)))}});
    result = reshape(own("attended"), result,
                     {share.tokens, share.queryHeads * size});
    return linear("wo", result, share.queryHeads * size, share.hidden,
                  model.outputBias);
  }

  std::string feedForward(const std::string &read) {
    bool hasBias = model.feedForwardBias;
    std::string inner =
        linear("up", read, share.hidden, share.features, hasBias);
    if (model.gated) {
      inner = gate(own("inner"),
                   linear("gate", read, share.hidden, share.features, hasBias),
                   inner);
    } else {
      inner = activate(own("inner"), inner);
    }
    return linear("down", inner, share.features, share.hidden, hasBias);
  }

  std::string layer(const std::string &x) {
    std::string read = norm("input_norm", x, share.hidden);
    std::string sum = node("Add", own("attention_sum"), {x, attention(read)});
    if (!model.parallelBlock) {
      read = norm("second_norm", sum, share.hidden);
    }
    return node("Add", own("sum"), {sum, feedForward(read)});
  }
};

} // namespace

bool acc::huggingface::hasLayersGraph(const ModelShape &model,
                                      const Step &step) {
  return model.causal && model.layers > 0 && model.latentDim == 0 &&
         model.expertLayers == 0 && model.windowLayers == 0 && !model.sinks &&
         step.newTokens == 1 && step.pastTokens > 0;
}

OnnxModel acc::huggingface::buildLayersGraph(const ModelShape &model,
                                             const Share &share,
                                             int64_t layers) {
  return LayersBuilder(model, share, layers).run();
}
