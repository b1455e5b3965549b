//===- ModelGraph.cpp - A whole model as a graph --------------------------===//

#include "compiler-driver/Import/HuggingFace/ModelGraph.h"

#include "compiler-driver/Import/HuggingFace/GraphBuilder.h"
#include "compiler-driver/Import/HuggingFace/Rotary.h"
#include "compiler-driver/Tensor/Errors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

using namespace acc;
using namespace acc::huggingface;
using acc::systems::Activation;
using acc::systems::ModelShape;
using acc::systems::Norm;
using acc::systems::Positions;

namespace {

/// How a family names its weights; those of a layer begin with `layer` and its
/// number. Empty: the family has none.
struct Names {
  llvm::StringRef embedding, positions, finalNorm;
  llvm::StringRef layer, attentionNorm, secondNorm;
  llvm::StringRef query, key, value, joined, output;
  llvm::StringRef gate, up, down;
  llvm::StringRef router, experts, expertGate, expertUp, expertDown;
};

Names getGptNames(bool isGptJ) {
  Names n;
  n.embedding = "transformer.wte";
  n.finalNorm = "transformer.ln_f";
  n.layer = "transformer.h.";
  n.attentionNorm = "ln_1";
  if (isGptJ) {
    n.query = "attn.q_proj";
    n.key = "attn.k_proj";
    n.value = "attn.v_proj";
    n.output = "attn.out_proj";
    n.up = "mlp.fc_in";
    n.down = "mlp.fc_out";
  } else {
    n.positions = "transformer.wpe";
    n.secondNorm = "ln_2";
    n.joined = "attn.c_attn";
    n.output = "attn.c_proj";
    n.up = "mlp.c_fc";
    n.down = "mlp.c_proj";
  }
  return n;
}

Names getNames(llvm::StringRef family) {
  if (family == "gpt2" || family == "gptj") {
    return getGptNames(family == "gptj");
  }
  Names n;
  n.embedding = "model.embed_tokens";
  n.finalNorm = "model.norm";
  n.layer = "model.layers.";
  n.attentionNorm = "input_layernorm";
  n.secondNorm = "post_attention_layernorm";
  n.query = "self_attn.q_proj";
  n.key = "self_attn.k_proj";
  n.value = "self_attn.v_proj";
  n.output = "self_attn.o_proj";
  n.gate = "mlp.gate_proj";
  n.up = "mlp.up_proj";
  n.down = "mlp.down_proj";
  n.router = family == "gpt_oss" ? "mlp.router" : "mlp.gate";
  n.experts = "mlp.experts";
  n.expertGate = "gate_proj";
  n.expertUp = "up_proj";
  n.expertDown = "down_proj";
  if (family == "mixtral") {
    n.router = "block_sparse_moe.gate";
    n.experts = "block_sparse_moe.experts";
    n.expertGate = "w1";
    n.expertUp = "w3";
    n.expertDown = "w2";
  }
  return n;
}

class ModelBuilder : GraphBuilder {
public:
  ModelBuilder(const ModelShape &model, const Step &step,
               const Checkpoint &checkpoint, uint64_t seed)
      : GraphBuilder(model, model.name), step(step), checkpoint(checkpoint),
        seed(seed), hidden(int64_t(model.hidden)),
        heads(int64_t(model.queryHeads)), kvHeads(int64_t(model.kvHeads)),
        size(int64_t(model.headDim)), total(step.pastTokens + step.newTokens) {
    // GPT-2's matrices are written [terms, columns], all others turned.
    isTurned = model.family != "gpt2";
    names = getNames(model.family);
  }

  llvm::Expected<OnnxModel> run() {
    std::string ids =
        input("input_ids", {step.sequences, step.newTokens}, DType::I64);
    std::string table = weight(names.embedding.str() + ".weight",
                               {int64_t(model.vocabulary), hidden});
    std::string x = node("Gather", "embedded", {table, ids});
    if (model.positions == Positions::Learned) {
      std::string places = weight(names.positions.str() + ".weight",
                                  {int64_t(model.context), hidden});
      x = node("Add", "placed",
               {x, slice("places", places, 0, step.pastTokens, total)});
    } else {
      addAngles();
    }
    for (int64_t i = 0; i < int64_t(model.layers); ++i) {
      x = layer(i, x);
    }
    x = slice("last", x, 1, step.newTokens - 1, step.newTokens);
    x = norm("final_norm", x, names.finalNorm.str(), hidden);
    int64_t vocabulary = int64_t(model.vocabulary);
    std::string head = model.tiedEmbedding
                           ? table
                           : weight("lm_head.weight", {vocabulary, hidden});
    std::string bias =
        model.family == "gptj" ? weight("lm_head.bias", {vocabulary}) : "";
    x = GraphBuilder::product("head_product", x,
                              transpose("head", head, {1, 0}), bias);
    x = node("Identity", "logits", {x});
    output(x, {step.sequences, 1, int64_t(model.vocabulary)});
    std::rotate(graph.outputs.begin(), graph.outputs.end() - 1,
                graph.outputs.end());
    if (!problem.empty()) {
      return makeInputError(model.name + ": " + problem);
    }
    return take();
  }

private:
  const Step &step;
  const Checkpoint &checkpoint;
  uint64_t seed;
  int64_t hidden, heads, kvHeads, size;
  int64_t total; ///< tokens that the last one sees
  bool isTurned = true;
  Names names;
  std::string problem; ///< the first one

  void fail(const llvm::Twine &message) {
    if (problem.empty()) {
      problem = message.str();
    }
  }

  /// A weight of the checkpoint in fp32, or a made-up one.
  HostTensor load(const std::string &name, const Shape &shape) {
    if (checkpoint.empty()) {
      HostTensor tensor = HostTensor::random(name, DType::F32, shape,
                                             seed + graph.initializers.size());
      bool isNorm = llvm::StringRef(name).contains("norm") ||
                    llvm::StringRef(name).contains("ln_");
      double deviation =
          shape.size() < 2 ? 0.02 : 1 / std::sqrt(double(shape.back()));
      double mean = isNorm && llvm::StringRef(name).ends_with(".weight");
      for (int64_t i = 0, e = tensor.getNumElements(); i < e; ++i) {
        tensor.setDouble(i, mean + deviation * tensor.getDouble(i));
      }
      return tensor;
    }
    auto found = checkpoint.find(name);
    // Checkpoints of the bare model leave the prefix out.
    if (found == checkpoint.end()) {
      llvm::StringRef rest = name;
      if (rest.consume_front("transformer.") || rest.consume_front("model.")) {
        found = checkpoint.find(rest);
      }
    }
    if (found == checkpoint.end()) {
      fail("the checkpoint has no weight '" + name + "'");
      return HostTensor::zeros(name, DType::F32, shape);
    }
    if (found->second.shape != shape) {
      fail("weight '" + name + "' has shape " +
           formatShape(found->second.shape) + "; the configuration says " +
           formatShape(shape));
      return HostTensor::zeros(name, DType::F32, shape);
    }
    HostTensor tensor = found->second.dtype == DType::F32
                            ? found->second
                            : found->second.convertTo(DType::F32);
    tensor.name = name;
    return tensor;
  }
  std::string weight(const std::string &name, const Shape &shape) {
    if (graph.initializers.count(name)) {
      return name;
    }
    return constant(load(name, shape));
  }

  /// Matrices of experts one after the other.
  std::string stacked(const std::string &prefix, const std::string &suffix,
                      const Shape &shape) {
    int64_t experts = int64_t(model.experts);
    std::string name = prefix + "*" + suffix;
    HostTensor all =
        HostTensor::zeros(name, DType::F32, {experts, shape[0], shape[1]});
    for (int64_t i = 0; i < experts; ++i) {
      HostTensor one = load(prefix + std::to_string(i) + suffix, shape);
      const HostTensor &source = one;
      std::memcpy(all.bytes.data() + size_t(i) * source.bytes.size(),
                  source.bytes.data(), source.bytes.size());
    }
    return constant(std::move(all));
  }

  /// A product with the named matrix and bias.
  std::string linear(const std::string &x, const std::string &name,
                     int64_t terms, int64_t columns, bool hasBias) {
    std::string matrix;
    if (isTurned) {
      matrix = transpose(name + ".turned",
                         weight(name + ".weight", {columns, terms}), {1, 0});
    } else {
      matrix = weight(name + ".weight", {terms, columns});
    }
    return GraphBuilder::product(
        name, x, matrix, hasBias ? weight(name + ".bias", {columns}) : "");
  }

  std::string norm(const std::string &name, const std::string &x,
                   const std::string &weights, int64_t width) {
    return GraphBuilder::norm(
        name, x, weight(weights + ".weight", {width}),
        model.norm == Norm::Rms ? "" : weight(weights + ".bias", {width}));
  }

  /// Sine and cosine of the new tokens' places.
  void addAngles() {
    std::vector<double> frequencies = getFrequencies(model);
    double length = getRotaryLength(model.rotaryScaling);
    Shape shape{1, step.newTokens, int64_t(frequencies.size())};
    HostTensor cosine = HostTensor::zeros("cos", DType::F32, shape);
    HostTensor sine = HostTensor::zeros("sin", DType::F32, shape);
    int64_t at = 0;
    for (int64_t place = step.pastTokens; place < total; ++place) {
      for (double frequency : frequencies) {
        cosine.setDouble(at, length * std::cos(double(place) * frequency));
        sine.setDouble(at++, length * std::sin(double(place) * frequency));
      }
    }
    constant(std::move(cosine));
    constant(std::move(sine));
  }

  /// The first `rotaryDim` elements of each head turned; x has rank 4.
  std::string rotate(const std::string &name, const std::string &x) {
    Attributes attributes{
        {"interleaved", OnnxAttribute::ofInt(model.rotaryPairs)},
        {"rotary_embedding_dim",
         OnnxAttribute::ofInt(int64_t(model.rotaryDim))}};
    return node("RotaryEmbedding", name, {x, "cos", "sin"}, attributes);
  }

  std::string layer(int64_t number, const std::string &x) {
    std::string prefix = names.layer.str() + std::to_string(number) + ".";
    std::string read =
        norm(prefix + "read", x, prefix + names.attentionNorm.str(), hidden);
    std::string attended = model.latentDim > 0
                               ? latentAttention(number, prefix, read)
                               : attention(number, prefix, read);
    if (model.parallelBlock) {
      std::string both =
          node("Add", prefix + "both", {attended, feedForward(prefix, read)});
      return node("Add", prefix + "sum", {both, x});
    }
    std::string sum = node("Add", prefix + "attention_sum", {x, attended});
    std::string second =
        norm(prefix + "second", sum, prefix + names.secondNorm.str(), hidden);
    bool hasExperts = model.experts > 0 && number >= int64_t(model.denseLayers);
    return node("Add", prefix + "sum",
                {sum, hasExperts ? experts(prefix, second)
                                 : feedForward(prefix, second)});
  }

  /// [b, t, heads * width] as [b, heads, t, width].
  std::string byHead(const std::string &name, const std::string &x,
                     int64_t count, int64_t width) {
    std::string split = reshape(name + ".split", x,
                                {step.sequences, step.newTokens, count, width});
    return transpose(name, split, {0, 2, 1, 3});
  }

  std::string attention(int64_t number, const std::string &prefix,
                        const std::string &x) {
    std::string q, k, v;
    if (!names.joined.empty()) {
      std::string all = linear(x, prefix + names.joined.str(), hidden,
                               3 * hidden, model.attentionBias);
      q = slice(prefix + "q", all, 2, 0, hidden);
      k = slice(prefix + "k", all, 2, hidden, 2 * hidden);
      v = slice(prefix + "v", all, 2, 2 * hidden, 3 * hidden);
    } else {
      auto project = [&](llvm::StringRef name, int64_t count) {
        return linear(x, prefix + name.str(), hidden, count * size,
                      model.attentionBias);
      };
      q = project(names.query, heads);
      k = project(names.key, kvHeads);
      v = project(names.value, kvHeads);
    }
    q = byHead(prefix + "query", q, heads, size);
    k = byHead(prefix + "key", k, kvHeads, size);
    v = byHead(prefix + "value", v, kvHeads, size);
    if (model.queryKeyNorm) {
      q = norm(prefix + "query_normed", q, prefix + "self_attn.q_norm", size);
      k = norm(prefix + "key_normed", k, prefix + "self_attn.k_norm", size);
    }
    if (model.positions == Positions::Rotary) {
      q = rotate(prefix + "query_turned", q);
      k = rotate(prefix + "key_turned", k);
    }
    k = withPast(number, "key", k, {step.sequences, kvHeads, 0, size}, 2);
    v = withPast(number, "value", v, {step.sequences, kvHeads, 0, size}, 2);
    bool windowed = size_t(number) < model.hasWindow.size() &&
                    model.hasWindow[size_t(number)];
    std::string result = attend(prefix, q, k, v, size, kvHeads, windowed);
    return linear(merge(prefix, result, size), prefix + names.output.str(),
                  heads * size, hidden, model.outputBias);
  }

  /// The cache with the new tokens behind it, which is an output, too. Size 0
  /// in `shape` stands for the tokens, which are dimension `axis`.
  std::string withPast(int64_t number, const std::string &what,
                       const std::string &fresh, Shape shape, int64_t axis) {
    std::string suffix = "." + std::to_string(number) + "." + what;
    std::string present = "present" + suffix;
    shape[size_t(axis)] = total;
    if (step.pastTokens == 0) {
      node("Identity", present, {fresh});
    } else {
      Shape before = shape;
      before[size_t(axis)] = step.pastTokens;
      std::string past = input("past_key_values" + suffix, before);
      node("Concat", present, {past, fresh},
           {{"axis", OnnxAttribute::ofInt(axis)}});
    }
    output(present, shape);
    return present;
  }

  std::string attend(const std::string &prefix, const std::string &q,
                     const std::string &k, const std::string &v,
                     int64_t valueSize, int64_t groups, bool windowed) {
    if (model.sinks) {
      return attendWithSinks(prefix, q, k, v, valueSize, groups, windowed);
    }
    Attributes attributes{
        {"scale", OnnxAttribute::ofFloat(getScoreScale(model))}};
    std::vector<std::string> operands{q, k, v};
    bool isMasked = step.newTokens > 1 || windowed;
    if (isMasked) {
      operands.push_back(mask(windowed));
    }
    return node("Attention", prefix + "attention", operands, attributes);
  }

  /// 0 where a token sees another, else minus infinity: [new, total].
  std::string mask(bool windowed) {
    std::string name = windowed ? "window_mask" : "mask";
    if (graph.initializers.count(name)) {
      return name;
    }
    HostTensor tensor =
        HostTensor::zeros(name, DType::F32, {step.newTokens, total});
    for (int64_t i = 0; i < step.newTokens; ++i) {
      for (int64_t j = 0; j < total; ++j) {
        int64_t distance = step.pastTokens + i - j;
        bool isSeen =
            distance >= 0 && (!windowed || distance < int64_t(model.window));
        if (!isSeen) {
          tensor.setDouble(i * total + j,
                           -std::numeric_limits<double>::infinity());
        }
      }
    }
    return constant(std::move(tensor));
  }

  /// Softmax over the scores and one more, of no key (gpt-oss).
  std::string attendWithSinks(const std::string &prefix, const std::string &q,
                              const std::string &k, const std::string &v,
                              int64_t valueSize, int64_t groups,
                              bool windowed) {
    int64_t group = heads / groups, b = step.sequences, t = step.newTokens;
    std::string grouped =
        reshape(prefix + "grouped", q, {b, groups, group * t, size});
    std::string scores =
        node("MatMul", prefix + "scores",
             {grouped, transpose(prefix + "keys_turned", k, {0, 1, 3, 2})});
    scores = node("Mul", prefix + "scaled",
                  {scores, number(prefix + "scale", getScoreScale(model))});
    scores = reshape(prefix + "by_head", scores, {b, heads, t, total});
    scores = node("Add", prefix + "masked", {scores, mask(windowed)});
    std::string sinks = weight(prefix + "self_attn.sinks", {heads});
    sinks = reshape(prefix + "sinks_wide", sinks, {1, heads, 1, 1});
    sinks = node("Expand", prefix + "sinks",
                 {sinks, integers(prefix + "sinks.shape", {b, heads, t, 1})});
    scores = node("Concat", prefix + "with_sinks", {scores, sinks},
                  {{"axis", OnnxAttribute::ofInt(-1)}});
    scores = node("Softmax", prefix + "softmax", {scores},
                  {{"axis", OnnxAttribute::ofInt(-1)}});
    scores = slice(prefix + "weights", scores, -1, 0, total);
    scores = reshape(prefix + "weights_grouped", scores,
                     {b, groups, group * t, total});
    std::string result = node("MatMul", prefix + "attention", {scores, v});
    return reshape(prefix + "attention_by_head", result,
                   {b, heads, t, valueSize});
  }

  /// [b, heads, t, width] as [b, t, heads * width].
  std::string merge(const std::string &prefix, const std::string &x,
                    int64_t width) {
    std::string turned = transpose(prefix + "by_token", x, {0, 2, 1, 3});
    return reshape(prefix + "merged", turned,
                   {step.sequences, step.newTokens, heads * width});
  }

  /// DeepSeek-V2, arXiv 2405.04434, section 2.1: keys and values of all heads
  /// come from a latent vector of a token; a part of the key that is the same
  /// for all heads is rotated.
  std::string latentAttention(int64_t number, const std::string &prefix,
                              const std::string &x) {
    std::string base = prefix + "self_attn.";
    int64_t queryRank = int64_t(model.queryRank);
    int64_t rank = int64_t(model.latentRank());
    int64_t turned = int64_t(model.rotaryDim), plain = size - turned;
    int64_t valueSize = int64_t(model.valueDim);
    std::string q =
        linear(x, base + "q_a_proj", hidden, queryRank, model.attentionBias);
    q = norm(base + "query_latent", q, base + "q_a_layernorm", queryRank);
    q = linear(q, base + "q_b_proj", queryRank, heads * size, false);
    q = byHead(base + "query", q, heads, size);
    std::string qTurned = rotate(base + "query_turned",
                                 slice(base + "query_end", q, 3, plain, size));
    q = node("Concat", base + "query_whole",
             {slice(base + "query_start", q, 3, 0, plain), qTurned},
             {{"axis", OnnxAttribute::ofInt(3)}});

    std::string joint = linear(x, base + "kv_a_proj_with_mqa", hidden,
                               rank + turned, model.attentionBias);
    std::string latent =
        norm(base + "latent", slice(base + "latent_part", joint, 2, 0, rank),
             base + "kv_a_layernorm", rank);
    std::string key = byHead(
        base + "key_part",
        slice(base + "key_end", joint, 2, rank, rank + turned), 1, turned);
    key = reshape(base + "key_rows", rotate(base + "key_turned", key),
                  {step.sequences, step.newTokens, turned});
    std::string fresh = node("Concat", base + "cached", {latent, key},
                             {{"axis", OnnxAttribute::ofInt(2)}});
    std::string all = withPast(number, "latent", fresh,
                               {step.sequences, 0, rank + turned}, 1);

    std::string both =
        linear(slice(base + "all_latent", all, 2, 0, rank), base + "kv_b_proj",
               rank, heads * (plain + valueSize), false);
    both = reshape(base + "kv_split", both,
                   {step.sequences, total, heads, plain + valueSize});
    both = transpose(base + "kv_by_head", both, {0, 2, 1, 3});
    std::string ends =
        reshape(base + "key_ends",
                slice(base + "all_keys", all, 2, rank, rank + turned),
                {step.sequences, 1, total, turned});
    ends = node("Expand", base + "key_ends_wide",
                {ends, integers(base + "key_ends_wide.shape",
                                {step.sequences, heads, total, turned})});
    std::string k = node("Concat", base + "key_whole",
                         {slice(base + "key_start", both, 3, 0, plain), ends},
                         {{"axis", OnnxAttribute::ofInt(3)}});
    std::string v =
        slice(base + "value_whole", both, 3, plain, plain + valueSize);
    std::string result = attend(prefix, q, k, v, valueSize, heads, false);
    return linear(merge(prefix, result, valueSize), base + "o_proj",
                  heads * valueSize, hidden, model.outputBias);
  }

  std::string feedForward(const std::string &prefix, const std::string &x) {
    return feedForward(prefix, x, int64_t(model.intermediate), names.gate,
                       names.up, names.down);
  }
  std::string feedForward(const std::string &prefix, const std::string &x,
                          int64_t features, llvm::StringRef gateName,
                          llvm::StringRef upName, llvm::StringRef downName) {
    bool hasBias = model.feedForwardBias;
    std::string inner =
        linear(x, prefix + upName.str(), hidden, features, hasBias);
    if (model.gated) {
      std::string gated =
          linear(x, prefix + gateName.str(), hidden, features, hasBias);
      inner = gate(prefix + upName.str() + ".gated", gated, inner);
    } else {
      inner = activate(prefix + upName.str(), inner);
    }
    return linear(inner, prefix + downName.str(), features, hidden, hasBias);
  }

  /// What each token gives to each expert's result: [tokens, experts].
  std::string route(const std::string &prefix, const std::string &x) {
    int64_t count = int64_t(model.experts), tokens = step.tokens();
    int64_t picks = int64_t(model.topK);
    std::string base = prefix + names.router.str();
    std::string scores = linear(x, base, hidden, count, model.feedForwardBias);
    auto oneHot = [&](const std::string &name, const std::string &indices,
                      int64_t width) {
      // [rows, picks] as [rows, picks, width] of zeros and ones.
      Shape places;
      for (int64_t i = 0; i < width; ++i) {
        places.push_back(i);
      }
      std::string wide = node("Unsqueeze", name + ".wide",
                              {indices, integers(name + ".axis", {-1})});
      std::string hit =
          node("Equal", name + ".hit", {wide, integers(name + ".at", places)});
      return node("Cast", name, {hit}, {{"to", OnnxAttribute::ofInt(1)}});
    };
    auto sum = [&](const std::string &name, const std::string &value,
                   int64_t axis, bool keep) {
      return node("ReduceSum", name, {value, integers(name + ".axes", {axis})},
                  {{"keepdims", OnnxAttribute::ofInt(keep)}});
    };
    auto top = [&](const std::string &name, const std::string &value,
                   int64_t most) {
      node("TopK", name + ".values", {value, integers(name + ".k", {most})}, {},
           {name + ".indices"});
    };
    if (!model.sigmoidRouter) {
      if (!model.routerNormalised) {
        scores = node("Softmax", base + ".all", {scores},
                      {{"axis", OnnxAttribute::ofInt(-1)}});
      }
      top(base + ".top", scores, picks);
      std::string shares = base + ".top.values";
      if (model.routerNormalised) {
        shares = node("Softmax", base + ".shares", {shares},
                      {{"axis", OnnxAttribute::ofInt(-1)}});
      }
      std::string wide = node("Unsqueeze", base + ".shares_wide",
                              {shares, integers(base + ".last", {-1})});
      std::string placed =
          node("Mul", base + ".placed",
               {wide, oneHot(base + ".one_hot", base + ".top.indices", count)});
      return sum(base + ".weights", placed, 1, false);
    }
    // DeepSeek-V3, arXiv 2412.19437, section 2.1.2: a bias steers the choice,
    // not the weights; the groups with the best two experts come first.
    scores = node("Sigmoid", base + ".scores", {scores});
    std::string choice =
        node("Add", base + ".choice",
             {scores, weight(base + ".e_score_correction_bias", {count})});
    int64_t groups = int64_t(model.routerGroups);
    if (groups > 1) {
      std::string split =
          reshape(base + ".groups", choice, {tokens, groups, count / groups});
      top(base + ".best", split, std::min<int64_t>(2, count / groups));
      std::string groupScores =
          sum(base + ".group_scores", base + ".best.values", -1, false);
      top(base + ".top_groups", groupScores, int64_t(model.routerTopGroups));
      std::string hits =
          sum(base + ".group_hits",
              oneHot(base + ".group_hot", base + ".top_groups.indices", groups),
              1, false);
      hits = node("Unsqueeze", base + ".group_mask",
                  {hits, integers(base + ".group_last", {-1})});
      choice = reshape(base + ".masked_choice",
                       node("Mul", base + ".masked", {split, hits}),
                       {tokens, count});
    }
    top(base + ".top", choice, picks);
    std::string hits =
        sum(base + ".hits",
            oneHot(base + ".one_hot", base + ".top.indices", count), 1, false);
    std::string shares = node("Mul", base + ".picked", {scores, hits});
    if (model.routerNormalised) {
      shares = node("Div", base + ".shares",
                    {shares, sum(base + ".total", shares, -1, true)});
    }
    return node("Mul", base + ".weights",
                {shares, number(base + ".scale", model.routedScale)});
  }

  std::string experts(const std::string &prefix, const std::string &given) {
    int64_t count = int64_t(model.experts), tokens = step.tokens();
    int64_t features = int64_t(model.expertIntermediate);
    std::string x = reshape(prefix + "tokens", given, {tokens, hidden});
    std::string shares = route(prefix, x);
    std::string wide = reshape(prefix + "expert_read", x, {1, tokens, hidden});
    std::string base = prefix + names.experts.str();
    std::string result;
    if (model.family == "gpt_oss") {
      std::string both = GraphBuilder::product(
          base + ".gate_up", wide,
          weight(base + ".gate_up_proj", {count, hidden, 2 * features}),
          reshape(base + ".gate_up_bias",
                  weight(base + ".gate_up_proj_bias", {count, 2 * features}),
                  {count, 1, 2 * features}));
      // Gate and up columns take turns.
      std::string inner = gate(
          base + ".gated", slice(base + ".gate", both, 2, 0, 2 * features, 2),
          slice(base + ".up", both, 2, 1, 2 * features, 2));
      result = GraphBuilder::product(
          base + ".down", inner,
          weight(base + ".down_proj", {count, features, hidden}),
          reshape(base + ".down_bias",
                  weight(base + ".down_proj_bias", {count, hidden}),
                  {count, 1, hidden}));
    } else {
      auto product = [&](const std::string &read, llvm::StringRef name,
                         int64_t terms, int64_t columns) {
        std::string suffix = "." + name.str() + ".weight";
        std::string all = stacked(base + ".", suffix, {columns, terms});
        return GraphBuilder::product(base + "." + name.str(), read,
                                     transpose(all + ".turned", all, {0, 2, 1}),
                                     "");
      };
      std::string gated = product(wide, names.expertGate, hidden, features);
      std::string up = product(wide, names.expertUp, hidden, features);
      result = product(gate(base + ".gated", gated, up), names.expertDown,
                       features, hidden);
    }
    std::string factors =
        node("Unsqueeze", base + ".factors",
             {transpose(base + ".shares_turned", shares, {1, 0}),
              integers(base + ".factor_axis", {-1})});
    result = node("ReduceSum", base + ".sum",
                  {node("Mul", base + ".weighted", {result, factors}),
                   integers(base + ".sum_axis", {0})},
                  {{"keepdims", OnnxAttribute::ofInt(0)}});
    if (model.sharedIntermediate > 0) {
      result = node(
          "Add", base + ".with_shared",
          {result, feedForward(prefix, x, int64_t(model.sharedIntermediate),
                               "mlp.shared_experts.gate_proj",
                               "mlp.shared_experts.up_proj",
                               "mlp.shared_experts.down_proj")});
    }
    return reshape(prefix + "experts_sum", result,
                   {step.sequences, step.newTokens, hidden});
  }
};

} // namespace

llvm::Expected<OnnxModel>
acc::huggingface::buildModelGraph(const ModelShape &model, const Step &step,
                                  const Checkpoint &checkpoint, uint64_t seed) {
  if (!model.causal) {
    return makeUnsupportedError(model.name +
                                ": graphs of whole encoders; export the model "
                                "as ONNX");
  }
  if (model.context > 0 &&
      double(step.pastTokens + step.newTokens) > model.context) {
    return makeInputError(model.name + ": a sequence of " +
                          llvm::Twine(step.pastTokens + step.newTokens) +
                          " tokens; the model's longest has " +
                          llvm::Twine(int64_t(model.context)));
  }
  return ModelBuilder(model, step, checkpoint, seed).run();
}
