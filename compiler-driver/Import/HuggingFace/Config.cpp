//===- Config.cpp - Reading a model's config.json -------------------------===//

#include "compiler-driver/Import/HuggingFace/Config.h"

#include "compiler-driver/Import/HuggingFace/ConfigReader.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using acc::ConfigReader;
using acc::systems::Activation;
using acc::systems::ModelShape;
using acc::systems::Norm;
using acc::systems::Positions;

namespace {

void divide(ConfigReader &reader, double size, double heads, StringRef what) {
  if (std::fmod(size, heads) != 0) {
    reader.fail(what + " is not a multiple of the number of heads");
  }
}

/// `rope_parameters` has all in one; older files have `rope_theta` and
/// `rope_scaling`.
void readRotary(ConfigReader &reader, ModelShape &model) {
  using acc::systems::RotaryScaling;
  const json::Object *all = reader.json().getObject("rope_parameters");
  const json::Object *scaling =
      all ? all : reader.json().getObject("rope_scaling");
  model.rotaryBase = reader.number("rope_theta", 10000);
  if (all) {
    model.rotaryBase = all->getNumber("rope_theta").value_or(model.rotaryBase);
  }
  if (!scaling) {
    return;
  }
  std::optional<StringRef> type = scaling->getString("rope_type");
  if (!type) {
    type = scaling->getString("type");
  }
  RotaryScaling &r = model.rotaryScaling;
  if (!type || *type == "default") {
    return;
  }
  if (*type == "llama3") {
    r.kind = RotaryScaling::Kind::Llama3;
  } else if (*type == "yarn") {
    r.kind = RotaryScaling::Kind::Yarn;
  } else {
    reader.fail("scaling '" + *type +
                "' of rotary embeddings; expects llama3 or yarn");
  }
  auto number = [&](StringRef key, double &field) {
    field = scaling->getNumber(key).value_or(field);
  };
  number("factor", r.factor);
  r.original = model.context;
  number("original_max_position_embeddings", r.original);
  number("low_freq_factor", r.low);
  number("high_freq_factor", r.high);
  number("beta_fast", r.fast);
  number("beta_slow", r.slow);
  number("mscale", r.scale);
  number("mscale_all_dim", r.scaleAll);
  r.truncate = scaling->getBoolean("truncate").value_or(true);
  if (!(r.factor >= 1) || !(r.original > 0) || !(r.high > r.low)) {
    reader.fail("scaling of rotary embeddings expects a factor of at least 1, "
                "the original context, and high_freq_factor above "
                "low_freq_factor");
  }
}

/// Heads and layers by the names that most families have.
void readCommon(ConfigReader &reader, ModelShape &model) {
  model.layers = model.attentionLayers = model.denseLayers =
      reader.size("num_hidden_layers");
  model.hidden = reader.size("hidden_size");
  model.vocabulary = reader.size("vocab_size");
  model.queryHeads = reader.size("num_attention_heads");
  model.kvHeads = reader.size("num_key_value_heads", model.queryHeads);
  if (!reader.has("head_dim")) {
    divide(reader, model.hidden, model.queryHeads, "'hidden_size'");
  }
  model.headDim =
      reader.size("head_dim", std::floor(model.hidden / model.queryHeads));
  divide(reader, model.queryHeads, model.kvHeads, "'num_attention_heads'");
  model.rotaryDim = model.headDim;
  model.context = reader.size("max_position_embeddings", 0);
  readRotary(reader, model);
  model.normEpsilon = reader.number("rms_norm_eps", 1e-6);
  model.tiedEmbedding = reader.flag("tie_word_embeddings", false);
  model.attentionBias = reader.flag("attention_bias", false);
}

/// Which layers see `sliding_window` tokens.
void readWindows(ConfigReader &reader, ModelShape &model) {
  model.window = reader.size("sliding_window", 0);
  if (model.window == 0) {
    return;
  }
  const json::Array *types = reader.json().getArray("layer_types");
  if (types && double(types->size()) != model.layers) {
    reader.fail("'layer_types' has not one entry for each layer");
    return;
  }
  for (size_t i = 0; i < size_t(model.layers); ++i) {
    model.hasWindow.push_back(!types || (*types)[i].getAsString() ==
                                            StringRef("sliding_attention"));
  }
  model.windowLayers = double(count(model.hasWindow, true));
}

void readLlama(ConfigReader &reader, ModelShape &model) {
  readCommon(reader, model);
  model.outputBias = model.attentionBias;
  model.feedForwardBias = reader.flag("mlp_bias", false);
  model.intermediate = reader.size("intermediate_size");
  model.activation = reader.activation("hidden_act", "silu");
}

/// All layers have `experts` experts of `width`.
void setExperts(ConfigReader &reader, ModelShape &model, StringRef experts,
                double width) {
  model.expertLayers = model.layers;
  model.denseLayers = 0;
  model.experts = reader.size(experts);
  model.topK = reader.size("num_experts_per_tok");
  model.expertIntermediate = width;
  if (model.topK > model.experts) {
    reader.fail("'num_experts_per_tok' is more than '" + experts + "'");
  }
}

void readMistral(ConfigReader &reader, ModelShape &model) {
  readLlama(reader, model);
  readWindows(reader, model);
}

void readMixtral(ConfigReader &reader, ModelShape &model) {
  readMistral(reader, model);
  setExperts(reader, model, "num_local_experts", model.intermediate);
}

void readQwen3(ConfigReader &reader, ModelShape &model) {
  readLlama(reader, model);
  model.queryKeyNorm = true;
}

void readQwen3Moe(ConfigReader &reader, ModelShape &model) {
  readQwen3(reader, model);
  // Newer files say "local".
  setExperts(reader, model,
             reader.has("num_experts") ? "num_experts" : "num_local_experts",
             reader.size("moe_intermediate_size"));
  model.routerNormalised = reader.flag("norm_topk_prob", false);
}

void readGptOss(ConfigReader &reader, ModelShape &model) {
  readCommon(reader, model);
  model.attentionBias = model.outputBias = reader.flag("attention_bias", true);
  model.sinks = reader.flag("attention_sinks", true);
  model.feedForwardBias = true;
  model.activation = Activation::ClampedSwiglu;
  setExperts(reader, model, "num_local_experts",
             reader.size("intermediate_size"));
  readWindows(reader, model);
}

void readDeepSeek(ConfigReader &reader, ModelShape &model) {
  readCommon(reader, model);
  model.activation = reader.activation("hidden_act", "silu");
  model.intermediate = reader.size("intermediate_size");
  setExperts(reader, model, "n_routed_experts",
             reader.size("moe_intermediate_size"));
  model.sharedIntermediate =
      reader.size("n_shared_experts", 0) * model.expertIntermediate;
  model.denseLayers = reader.has("first_k_dense_replace")
                          ? reader.size("first_k_dense_replace")
                          : 0;
  if (model.denseLayers > model.layers) {
    reader.fail("'first_k_dense_replace' is more than 'num_hidden_layers'");
  }
  model.expertLayers = model.layers - model.denseLayers;
  model.queryRank = reader.size("q_lora_rank");
  model.rotaryDim = reader.size("qk_rope_head_dim");
  model.latentDim = reader.size("kv_lora_rank") + model.rotaryDim;
  model.headDim = reader.size("qk_nope_head_dim") + model.rotaryDim;
  model.valueDim = reader.size("v_head_dim");
  model.kvHeads = 1;
  model.rotaryPairs = reader.flag("rope_interleave", true);
  model.sigmoidRouter = reader.text("scoring_func", "sigmoid") == "sigmoid";
  model.routerNormalised = reader.flag("norm_topk_prob", true);
  model.routedScale = reader.number("routed_scaling_factor", 1);
  model.routerGroups = reader.size("n_group", 1);
  model.routerTopGroups = reader.size("topk_group", 1);
  if (std::fmod(model.experts, model.routerGroups) != 0 ||
      model.routerTopGroups > model.routerGroups) {
    reader.fail("'n_group' must divide 'n_routed_experts', and 'topk_group' be "
                "at most that");
  }
}

void readGpt(ConfigReader &reader, ModelShape &model) {
  model.layers = model.attentionLayers = model.denseLayers =
      reader.size("n_layer");
  model.hidden = reader.size("n_embd");
  model.vocabulary = reader.size("vocab_size");
  model.queryHeads = model.kvHeads = reader.size("n_head");
  divide(reader, model.hidden, model.queryHeads, "'n_embd'");
  model.headDim = std::floor(model.hidden / model.queryHeads);
  model.intermediate = reader.size("n_inner", 4 * model.hidden);
  model.context = reader.size("n_positions");
  model.norm = Norm::Layer;
  model.normEpsilon = reader.number("layer_norm_epsilon", 1e-5);
  model.activation = reader.activation("activation_function", "gelu_new");
  model.gated = false;
  model.feedForwardBias = true;
  model.tiedEmbedding = reader.flag("tie_word_embeddings", true);
}

void readGpt2(ConfigReader &reader, ModelShape &model) {
  readGpt(reader, model);
  model.positions = Positions::Learned;
  model.attentionBias = model.outputBias = true;
}

void readGptJ(ConfigReader &reader, ModelShape &model) {
  readGpt(reader, model);
  model.parallelBlock = true;
  model.rotaryPairs = true;
  model.rotaryDim = reader.size("rotary_dim");
  if (model.rotaryDim > model.headDim) {
    reader.fail("'rotary_dim' is more than a head has");
  }
}

void readEncoder(ConfigReader &reader, ModelShape &model) {
  model.norm = Norm::Layer;
  model.normEpsilon = reader.number("layer_norm_eps", 1e-12);
  model.positions = Positions::Learned;
  model.gated = false;
  model.causal = false;
  model.feedForwardBias = true;
  model.attentionBias = model.outputBias = true;
  model.intermediate = reader.size("intermediate_size");
  model.activation = reader.activation("hidden_act", "gelu");
}

void readBert(ConfigReader &reader, ModelShape &model) {
  readCommon(reader, model);
  readEncoder(reader, model);
  model.tiedEmbedding = true;
  model.normAfter = true;
}

struct Family {
  StringRef name;
  void (*read)(ConfigReader &, ModelShape &);
};
constexpr Family kFamilies[] = {{"llama", readLlama},
                                {"mistral", readMistral},
                                {"qwen3", readQwen3},
                                {"mixtral", readMixtral},
                                {"qwen3_moe", readQwen3Moe},
                                {"gpt_oss", readGptOss},
                                {"deepseek_v3", readDeepSeek},
                                {"kimi_k2", readDeepSeek},
                                {"gpt2", readGpt2},
                                {"gptj", readGptJ},
                                {"bert", readBert}};

} // namespace

/// What the publisher stores; experts may have a format of their own.
static void readFormats(const json::Object &object, ModelShape &model) {
  using acc::systems::Format;
  for (StringRef key : {"torch_dtype", "dtype"}) {
    if (std::optional<StringRef> type = object.getString(key)) {
      model.weightFormat = acc::systems::parseFormat(*type);
    }
  }
  const json::Object *quantised = object.getObject("quantization_config");
  if (!quantised) {
    return;
  }
  StringRef method = quantised->getString("quant_method").value_or("");
  if (method == "fp8") {
    model.weightFormat = quantised->getArray("weight_block_size")
                             ? Format::Fp8Block
                             : Format::Fp8;
  } else if (method == "mxfp4") {
    model.expertFormat = Format::Mxfp4;
  }
}

Expected<ModelShape> acc::readModelConfig(StringRef path) {
  auto file = ConfigFile::read(path);
  if (!file) {
    return file.takeError();
  }
  return parseModelConfig(*file);
}

Expected<ModelShape> acc::parseModelConfig(const ConfigFile &file) {
  const Family *known = find_if(
      kFamilies, [&](const Family &f) { return f.name == file.family(); });
  if (known == std::end(kFamilies)) {
    return file.unknownFamily(
        map_to_vector(kFamilies, [](const Family &f) { return f.name.str(); }));
  }
  ModelShape model;
  model.name = file.modelName();
  model.source = file.path();
  model.family = file.family();
  ConfigReader reader = file.reader();
  known->read(reader, model);
  readFormats(reader.json(), model);
  if (Error error = reader.takeError()) {
    return std::move(error);
  }
  return std::move(model);
}
