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
  LayersBuilder(const ModelShape &model, const Share &share, int64_t layers,
                Stretch stretch)
      : GraphBuilder(model, model.name + ", layers"), share(share),
        layers(stretch == Stretch::Whole ? layers : 1), stretch(stretch) {}

  OnnxModel run() {
    if (stretch == Stretch::Experts) {
      Shape shape{share.expertTokens, share.hidden};
      for (int64_t e = 0; e < share.experts; ++e) {
        std::string name = "rows" + std::to_string(e);
        sent(expert(e, input(name, shape, DType::BF16)), shape);
      }
      return take();
    }
    if (model.positions == Positions::Rotary) {
      Shape angles{share.sequences, 1, int64_t(model.rotaryDim) / 2};
      input("cos", angles);
      input("sin", angles);
    }
    std::string x = input("hidden", {share.tokens, share.hidden});
    if (stretch == Stretch::Around) {
      x = combine(x, received("results", rows()));
    }
    for (number = 0; number < layers; ++number) {
      x = layer(x);
    }
    output(x, {share.tokens, share.hidden});
    for (auto &[name, made] : results) {
      Shape shape = made.shape;
      shape.insert(shape.begin(), layers);
      output(
          node("Concat", name, made.parts, {{"axis", OnnxAttribute::ofInt(0)}}),
          shape, made.type);
    }
    return take();
  }

private:
  const Share &share;
  int64_t layers, number = 0;
  Stretch stretch;
  /// What layers return beside their tokens: of one layer, and in all.
  struct Results {
    Shape shape;
    DType type;
    std::vector<std::string> parts;
  };
  std::map<std::string, Results> results;

  std::string own(const std::string &name) const {
    return "layer" + std::to_string(number) + "." + name;
  }

  /// This layer's part of a stack, 16 bits each.
  std::string narrowPart(const std::string &name, const Shape &shape) {
    Shape all = shape;
    all.insert(all.begin(), layers);
    if (number == 0) {
      input(name, all, DType::BF16);
    }
    std::string one = slice(own(name) + ".slice", name, 0, number, number + 1);
    return reshape(own(name) + ".one", one, shape);
  }

  std::string widen(const std::string &name, const std::string &x) {
    return node("Cast", own(name), {x},
                {{"to", OnnxAttribute::ofInt(1 /* FLOAT */)}});
  }

  std::string part(const std::string &name, const Shape &shape) {
    return widen(name, narrowPart(name, shape));
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

  void give(const std::string &name, const std::string &x, const Shape &shape,
            DType type) {
    Shape one = shape;
    one.insert(one.begin(), 1);
    results.try_emplace(name, Results{shape, type, {}})
        .first->second.parts.push_back(reshape(own(name + ".given"), x, one));
  }

  /// New keys and values, as the cache has them.
  void keep(const std::string &name, const std::string &x) {
    std::string narrow =
        node("Cast", own(name + ".narrow"), {x},
             {{"to", OnnxAttribute::ofInt(16 /* BFLOAT16 */)}});
    give("fresh_" + name, narrow,
         {share.sequences, share.kvHeads, 1, share.keySize}, DType::BF16);
  }

  //===--- Latent attention -----------------------------------------------===//

  /// One matrix for each head: x [tokens, heads, terms].
  std::string eachHead(const std::string &name, const std::string &x,
                       int64_t terms, int64_t columns) {
    return node("Einsum", own(name + ".product"),
                {x, part(name, {share.absorbedHeads, terms, columns})},
                {{"equation", OnnxAttribute::ofString("thk,hkn->thn")}});
  }

  /// The part of a query or key that knows its place.
  std::string turned(const std::string &name, const std::string &x,
                     int64_t heads) {
    std::string y =
        reshape(own(name + ".heads"), x,
                {share.sequences, heads, 1, int64_t(model.rotaryDim)});
    return node("RotaryEmbedding", own(name + ".turned"), {y, "cos", "sin"});
  }

  std::string join(const std::string &name, std::vector<std::string> parts) {
    return node("Concat", own(name), std::move(parts),
                {{"axis", OnnxAttribute::ofInt(-1)}});
  }

  /// The vector that keys and values of a token come from, for the cache.
  void keepLatent(const std::string &read) {
    auto rank = int64_t(model.latentRank()), size = share.keySize;
    std::string vector = linear("wkv", read, share.hidden, size, false);
    std::string latent =
        norm("key_norm", slice(own("key_latent"), vector, -1, 0, rank), rank);
    latent =
        reshape(own("key_latent.heads"), latent, {share.sequences, 1, 1, rank});
    std::string place =
        turned("key", slice(own("key_place"), vector, -1, rank, size), 1);
    keep("vectors", join("vector", {latent, place}));
  }

  std::string latentQueries(const std::string &read) {
    auto plain = int64_t(model.headDim - model.rotaryDim);
    auto rank = int64_t(model.latentRank()), place = int64_t(model.rotaryDim);
    int64_t heads = share.queryHeads;
    std::string latent =
        linear("wq_latent", read, share.hidden, share.latentTerms, false);
    latent = norm("query_norm", latent, share.latentTerms);
    std::string query =
        reshape(own("query.plain"),
                linear("wq", latent, share.latentTerms, heads * plain, false),
                {share.tokens, heads, plain});
    query = reshape(own("query.absorbed"),
                    eachHead("absorbed_keys", query, plain, rank),
                    {share.sequences, heads, 1, rank});
    std::string places =
        linear("wq_place", latent, share.latentTerms, heads * place, false);
    return join("query", {query, turned("query", places, heads)});
  }

  std::string latentAttention(const std::string &read) {
    auto rank = int64_t(model.latentRank()), value = int64_t(model.valueDim);
    int64_t heads = share.queryHeads;
    keepLatent(read);
    std::string query = latentQueries(read);
    // Values are the first part of keys. Each is widened by itself, so that
    // neither is made in memory.
    std::string keys = narrowPart(
        "vectors", {share.sequences, share.kvHeads, share.keys, share.keySize});
    std::string values = slice(own("values.narrow"), keys, -1, 0, rank);
    std::string result =
        node("Attention", own("attention"),
             {query, widen("keys", keys), widen("values", values)},
             {{"scale",
               OnnxAttribute::ofFloat(1 / std::sqrt(double(model.headDim)))}});
    result = reshape(own("attended"), result, {share.tokens, heads, rank});
    result = reshape(own("attended.values"),
                     eachHead("absorbed_values", result, rank, value),
                     {share.tokens, heads * value});
    return linear("wo", result, heads * value, share.hidden, model.outputBias);
  }

  //===--- Experts --------------------------------------------------------===//

  /// What chips send each other.
  Shape rows() const {
    return {share.experts * share.expertTokens, share.hidden};
  }

  /// Scores, and which experts are best.
  void route(const std::string &read) {
    std::string scores =
        linear("router", read, share.hidden, share.routerColumns, false);
    if (model.sigmoidRouter) {
      scores = node("Sigmoid", own("router.scores"), {scores});
    }
    give("scores", scores, {share.tokens, share.routerColumns}, DType::F32);
  }

  /// One of the chip's experts; rows have 16 bits.
  std::string expert(int64_t number, const std::string &rows) {
    std::string name = "expert" + std::to_string(number) + ".";
    return feedForward(name, widen(name + "rows_up", rows),
                       model.gated ? widen(name + "rows_gate", rows) : "",
                       share.expertFeatures, model.feedForwardBias);
  }

  /// Those of the chip, one after the other. Rows of each lie behind those of
  /// the one before; between chips they have 16 bits.
  std::string experts(const std::string &all) {
    std::string narrow =
        node("Cast", own("picked.narrow"), {all},
             {{"to", OnnxAttribute::ofInt(16 /* BFLOAT16 */)}});
    std::vector<std::string> outputs;
    for (int64_t e = 0; e < share.experts; ++e) {
      std::string name = "rows" + std::to_string(e);
      outputs.push_back(
          expert(e, slice(own(name), narrow, 0, e * share.expertTokens,
                          (e + 1) * share.expertTokens)));
    }
    return outputs.size() == 1
               ? outputs.front()
               : node("Concat", own("experts"), std::move(outputs),
                      {{"axis", OnnxAttribute::ofInt(0)}});
  }

  /// What experts of all chips make of this chip's tokens, added to these.
  std::string combine(const std::string &x, const std::string &outputs) {
    std::string sum = product(
        own("routed"), part("combine", {share.tokens, rows()[0]}), outputs, "");
    return node("Add", own("experts_sum"), {x, sum});
  }

  std::string expertLayer(const std::string &x, const std::string &read) {
    route(read);
    std::string picked = product(
        own("picked"), part("pick", {rows()[0], share.tokens}), read, "");
    std::string sum = x;
    if (share.features > 0) {
      sum = node("Add", own("sum"),
                 {x, feedForward("", read, read, share.features,
                                 model.feedForwardBias)});
    }
    if (stretch == Stretch::Around) {
      sent(picked, rows());
      return sum;
    }
    return combine(sum, experts(picked));
  }

  //===--- The layer ------------------------------------------------------===//

  std::string attention(const std::string &read) {
    if (model.latentDim > 0) {
      return latentAttention(read);
    }
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

  /// `read` is what is multiplied by the part up, `gated` by the gate.
  std::string feedForward(const std::string &prefix, const std::string &read,
                          const std::string &gated, int64_t features,
                          bool hasBias) {
    std::string inner =
        linear(prefix + "up", read, share.hidden, features, hasBias);
    if (model.gated) {
      inner =
          gate(own(prefix + "inner"),
               linear(prefix + "gate", gated, share.hidden, features, hasBias),
               inner);
    } else {
      inner = activate(own(prefix + "inner"), inner);
    }
    return linear(prefix + "down", inner, features, share.hidden, hasBias);
  }

  std::string layer(const std::string &x) {
    std::string read = norm("input_norm", x, share.hidden);
    std::string sum = node("Add", own("attention_sum"), {x, attention(read)});
    if (!model.parallelBlock) {
      read = norm("second_norm", sum, share.hidden);
    }
    if (share.kind == Share::Kind::ExpertLayer) {
      return expertLayer(sum, read);
    }
    return node("Add", own("sum"),
                {sum, feedForward("", read, read, share.features,
                                  model.feedForwardBias)});
  }
};

} // namespace

bool acc::huggingface::hasLayersGraph(const ModelShape &model,
                                      const Step &step) {
  bool isLatent = model.latentDim > 0 && model.queryRank > 0 &&
                  model.positions == Positions::Rotary && !model.parallelBlock;
  return model.causal && model.layers > 0 && model.windowLayers == 0 &&
         (isLatent || (model.latentDim == 0 && model.expertLayers == 0)) &&
         !model.sinks && step.newTokens == 1 && step.pastTokens > 0;
}

OnnxModel acc::huggingface::buildLayersGraph(const ModelShape &model,
                                             const Share &share, int64_t layers,
                                             Stretch stretch) {
  return LayersBuilder(model, share, layers, stretch).run();
}
