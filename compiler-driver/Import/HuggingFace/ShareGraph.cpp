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
      std::string x = input("hidden", {share.ownTokens, share.hidden});
      std::string read =
          gathered("input_norm", norm("input_norm", x, share.hidden));
      projections(read);
      attention();
      std::string sum = outputProjection(x);
      std::string second;
      if (!model.parallelBlock) {
        second = norm("second_norm", sum, share.hidden);
      }
      if (share.kind == Share::Kind::ExpertLayer) {
        router(second);
        experts();
      }
      if (share.features > 0) {
        read = model.parallelBlock ? read : gathered("second_norm", second);
        std::string y = product("down", inner(read), share.features,
                                share.hidden, model.feedForwardBias);
        sum = node("Add", "sum", {sum, scattered("down", y)});
      }
      output(sum, {share.ownTokens, share.hidden});
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

  /// This slice's rows of what was normalised leave, all rows come.
  std::string gathered(const std::string &name, const std::string &own) {
    sent(own, {share.ownTokens, share.hidden});
    return received(name + ".gathered", {share.tokens, share.hidden});
  }

  /// Partial sums of all rows leave, the sums of this slice's rows come.
  std::string scattered(const std::string &name, const std::string &partial) {
    sent(partial, {share.tokens, share.hidden});
    return received(name + ".summed", {share.ownTokens, share.hidden});
  }

  std::string norm(const std::string &name, const std::string &x,
                   int64_t size) {
    return GraphBuilder::norm(
        name, x, weights(name + ".weight", {size}, 0.02, 1),
        model.norm == Norm::Rms ? "" : weights(name + ".bias", {size}, 0.02));
  }

  void projections(const std::string &read) {
    if (share.latents > 0) {
      sent(product("latents", read, share.hidden, share.latents, false),
           {share.tokens, share.latents});
      std::string latent =
          received("query_latent", {share.innerTokens, share.latentTerms});
      sent(norm("query_norm", latent, share.latentTerms),
           {share.innerTokens, share.latentTerms});
      latent =
          received("query_norm.gathered", {share.tokens, share.latentTerms});
      sent(product("queries", latent, share.latentTerms, share.projections,
                   false),
           {share.tokens, share.projections});
      return;
    }
    sent(product("projections", read, share.hidden, share.projections,
                 model.attentionBias),
         {share.tokens, share.projections});
  }

  /// Heads of latent attention in the space of the cached vectors, and back.
  std::string absorbed(const std::string &name, int64_t terms,
                       int64_t columns) {
    std::string x =
        received(name + ".input", {share.absorbedHeads, share.tokens, terms});
    std::string y =
        product(name, x, terms, columns, false, share.absorbedHeads);
    sent(y, {share.absorbedHeads, share.tokens, columns});
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
      std::string latent = received(
          "key_latent", {share.expandedTokens, int64_t(model.latentRank())});
      latent = norm("key_norm", latent, int64_t(model.latentRank()));
      sent(product("keys_and_values", latent, int64_t(model.latentRank()),
                   share.expandedColumns, false),
           {share.expandedTokens, share.expandedColumns});
    }
    Shape shape{share.sequences, share.queryHeads, share.queries,
                share.keySize};
    std::string q = received("query", shape);
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
    sent(result,
         {share.sequences, share.queryHeads, share.queries, share.valueSize});
    if (share.absorbedHeads > 0) {
      absorbed("absorbed_values", int64_t(model.latentRank()),
               int64_t(model.valueDim));
    }
  }

  /// Cached keys or values.
  std::string widened(const std::string &name, int64_t size) {
    return received(name + ".cache",
                    {share.sequences, share.kvHeads, share.keys, size});
  }

  std::string outputProjection(const std::string &x) {
    std::string read = received("attended", {share.tokens, share.outputTerms});
    std::string y = product("output_projection", read, share.outputTerms,
                            share.hidden, model.outputBias);
    return node("Add", "attention_sum", {x, scattered("output_projection", y)});
  }

  /// The activation of both parts of a product if there is a gate, else of it.
  std::string activated(const std::string &prefix, const std::string &product,
                        int64_t features) {
    return model.gated
               ? gate(prefix + "gated",
                      slice(prefix + "gate", product, -1, 0, features),
                      slice(prefix + "up", product, -1, features, 2 * features))
               : activate(prefix + "up", product);
  }

  /// Products up over the grid's rows, and the activation of this slice's
  /// tokens.
  std::string inner(const std::string &x) {
    int64_t widths = model.gated ? 2 : 1;
    sent(product("up_product", x, share.hidden, widths * share.features,
                 model.feedForwardBias),
         {share.tokens, widths * share.features});
    std::string summed = received("up_product.summed",
                                  {share.innerTokens, widths * share.features});
    sent(activated("", summed, share.features),
         {share.innerTokens, share.features});
    return received("inner.gathered", {share.tokens, share.features});
  }

  void router(const std::string &x) {
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
    int64_t features = share.expertFeatures, widths = model.gated ? 2 : 1;
    std::string y =
        product("expert.up_product", received("expert_tokens", shape),
                share.expertHidden, widths * features, model.feedForwardBias,
                share.experts);
    y = product("expert.down", activated("expert.", y, features), features,
                share.expertHidden, model.feedForwardBias, share.experts);
    sent(y, shape);
  }

  void head() {
    std::string x = input("hidden", {share.ownTokens, share.hidden});
    sent(norm("final_norm", x, share.hidden), {share.ownTokens, share.hidden});
    x = received("final_norm.gathered", {share.headRows, share.hidden});
    std::string logits =
        product("logits", x, share.hidden, share.logits, false);
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
