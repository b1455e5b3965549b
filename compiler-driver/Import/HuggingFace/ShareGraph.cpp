//===- ShareGraph.cpp - A share as a graph --------------------------------===//

#include "compiler-driver/Import/HuggingFace/ShareGraph.h"

#include "compiler-driver/Import/HuggingFace/GraphBuilder.h"

#include <cmath>

using namespace acc;
using namespace acc::huggingface;
using acc::systems::ModelShape;
using acc::systems::Norm;
using acc::systems::Positions;

namespace {

class ShareBuilder : GraphBuilder {
public:
  ShareBuilder(const ModelShape &model, const Share &share, uint64_t seed)
      : GraphBuilder(model, model.name + ", " + share.name, seed),
        share(share) {}

  OnnxModel run() {
    if (share.kind == Share::Kind::Head) {
      head();
    } else {
      std::string x = input("hidden", {share.tokens, share.hidden});
      std::string read = norm("input_norm", x, share.hidden);
      projections(read);
      attention();
      std::string sum = outputProjection(x);
      std::string second =
          model.parallelBlock ? read : norm("second_norm", sum, share.hidden);
      if (share.kind == Share::Kind::ExpertLayer) {
        router();
        experts();
      }
      if (share.features > 0) {
        sum = node(
            "Add", "sum",
            {sum, feedForward("", second, share.hidden, share.features, 0)});
      }
      output(sum, {share.tokens, share.hidden});
    }
    return take();
  }

private:
  const Share &share;

  /// x [.., terms] times weights [.., terms, columns]; as many matrices if that
  /// is not 0.
  std::string product(const std::string &name, const std::string &x,
                      int64_t terms, int64_t columns, bool hasBias,
                      int64_t matrices = 0) {
    Shape shape{terms, columns}, biasShape{columns};
    if (matrices > 0) {
      shape = {matrices, terms, columns};
      biasShape = {matrices, 1, columns};
    }
    return GraphBuilder::product(
        name, x, weights(name + ".weight", shape, 1 / std::sqrt(double(terms))),
        hasBias ? weights(name + ".bias", biasShape, 0.02) : "");
  }

  std::string norm(const std::string &name, const std::string &x,
                   int64_t size) {
    return GraphBuilder::norm(
        name, x, weights(name + ".weight", {size}, 0.02, 1),
        model.norm == Norm::Rms ? "" : weights(name + ".bias", {size}, 0.02));
  }

  void projections(const std::string &read) {
    if (share.latents > 0) {
      output(product("latents", read, share.hidden, share.latents, false),
             {share.tokens, share.latents});
      std::string latent =
          input("query_latent", {share.tokens, share.latentTerms});
      latent = norm("query_norm", latent, share.latentTerms);
      output(product("queries", latent, share.latentTerms, share.projections,
                     false),
             {share.tokens, share.projections});
      return;
    }
    output(product("projections", read, share.hidden, share.projections,
                   model.attentionBias),
           {share.tokens, share.projections});
  }

  /// Heads of latent attention in the space of the cached vectors, and back.
  std::string absorbed(const std::string &name, int64_t terms,
                       int64_t columns) {
    std::string x =
        input(name + ".input", {share.absorbedHeads, share.tokens, terms});
    std::string y =
        product(name, x, terms, columns, false, share.absorbedHeads);
    output(y, {share.absorbedHeads, share.tokens, columns});
    return y;
  }

  std::string rotate(const std::string &name, const std::string &x) {
    int64_t half = int64_t(model.rotaryDim) / 2;
    Shape shape{share.sequences, share.queries, half};
    std::string cosine = input(name + ".cos", shape);
    std::string sine = input(name + ".sin", shape);
    Attributes attributes;
    if (model.rotaryDim < double(share.keySize)) {
      attributes["rotary_embedding_dim"] =
          OnnxAttribute::ofInt(int64_t(model.rotaryDim));
    }
    return node("RotaryEmbedding", name + ".rotated", {x, cosine, sine},
                std::move(attributes));
  }

  void attention() {
    if (share.absorbedHeads > 0) {
      absorbed("absorbed_keys", int64_t(model.headDim - model.rotaryDim),
               int64_t(model.latentRank()));
    }
    if (share.expandedTokens > 0) {
      std::string latent = input(
          "key_latent", {share.expandedTokens, int64_t(model.latentRank())});
      latent = norm("key_norm", latent, int64_t(model.latentRank()));
      output(product("keys_and_values", latent, int64_t(model.latentRank()),
                     share.expandedColumns, false),
             {share.expandedTokens, share.expandedColumns});
    }
    Shape shape{share.sequences, share.queryHeads, share.queries,
                share.keySize};
    std::string q = input("query", shape);
    if (model.queryKeyNorm) {
      q = norm("query_head_norm", q, share.keySize);
    }
    if (model.positions == Positions::Rotary) {
      q = rotate("query", q);
    }
    std::string k = widened("keys", share.keySize);
    std::string v;
    if (share.absorbedHeads > 0) {
      // The values are the first part of the same vectors.
      v = slice("values", k, 3, 0, share.valueSize);
    } else {
      v = widened("values", share.valueSize);
    }
    // Queries are the last of those that the keys are of.
    Attributes attributes;
    std::vector<std::string> operands{q, k, v};
    if (model.causal && share.queries > 1) {
      attributes["is_causal"] = OnnxAttribute::ofInt(1);
      operands.insert(
          operands.end(),
          {"", "", "",
           integers("lengths", Shape(size_t(share.sequences), share.keys))});
    }
    attributes["scale"] =
        OnnxAttribute::ofFloat(1 / std::sqrt(double(model.headDim)));
    std::string result =
        node("Attention", "attention", operands, std::move(attributes));
    output(result,
           {share.sequences, share.queryHeads, share.queries, share.valueSize});
    if (share.absorbedHeads > 0) {
      absorbed("absorbed_values", int64_t(model.latentRank()),
               int64_t(model.valueDim));
    }
  }

  /// Cached keys or values.
  std::string widened(const std::string &name, int64_t size) {
    std::string cached =
        input(name + ".cache",
              {share.sequences, share.kvHeads, share.keys, size}, DType::BF16);
    return node("Cast", name, {cached},
                {{"to", OnnxAttribute::ofInt(1 /* FLOAT */)}});
  }

  std::string outputProjection(const std::string &x) {
    std::string read = input("attended", {share.tokens, share.outputTerms});
    std::string y = product("output_projection", read, share.outputTerms,
                            share.hidden, model.outputBias);
    return node("Add", "attention_sum", {x, y});
  }

  /// Products up, the activation, product down; as many experts at once if that
  /// is not 0.
  std::string feedForward(const std::string &prefix, const std::string &x,
                          int64_t terms, int64_t features, int64_t matrices) {
    bool hasBias = model.feedForwardBias;
    std::string inner;
    if (model.gated) {
      std::string both = product(prefix + "gate_up", x, terms, 2 * features,
                                 hasBias, matrices);
      inner =
          gate(prefix + "gated", slice(prefix + "gate", both, -1, 0, features),
               slice(prefix + "up", both, -1, features, 2 * features));
    } else {
      inner = activate(prefix + "up", product(prefix + "up_product", x, terms,
                                              features, hasBias, matrices));
    }
    return product(prefix + "down", inner, features, terms, hasBias, matrices);
  }

  void router() {
    std::string x = input("routed", {share.routedTokens, share.hidden});
    std::string scores = product("router", x, share.hidden, share.routerColumns,
                                 model.feedForwardBias);
    if (model.sigmoidRouter) {
      scores = node("Sigmoid", "router.scores", {scores});
    }
    node("TopK", "router.values",
         {scores, integers("router.k", {int64_t(model.topK)})}, {},
         {"router.experts"});
    std::string weights = "router.values";
    if (!model.sigmoidRouter) {
      weights = node("Softmax", "router.weights", {weights},
                     {{"axis", OnnxAttribute::ofInt(-1)}});
    }
    Shape shape{share.routedTokens, int64_t(model.topK)};
    output(weights, shape);
    output("router.experts", shape, DType::I64);
  }

  void experts() {
    Shape shape{share.experts, share.expertTokens, share.expertHidden};
    std::string x = input("expert_tokens", shape);
    output(feedForward("expert.", x, share.expertHidden, share.expertFeatures,
                       share.experts),
           shape);
  }

  void head() {
    std::string x = input("hidden", {share.headRows, share.hidden});
    std::string logits = product("logits", norm("final_norm", x, share.hidden),
                                 share.hidden, share.logits, false);
    output(node("ReduceMax", "largest", {logits, integers("axes", {1})}),
           {share.headRows, 1});
    output(
        node("ArgMax", "token", {logits}, {{"axis", OnnxAttribute::ofInt(1)}}),
        {share.headRows, 1}, DType::I64);
  }
};

} // namespace

OnnxModel acc::huggingface::buildShareGraph(const ModelShape &model,
                                            const Share &share, uint64_t seed) {
  return ShareBuilder(model, share, seed).run();
}
