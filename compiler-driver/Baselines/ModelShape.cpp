//===- ModelShape.cpp - Sizes of language models --------------------------===//

#include "compiler-driver/Baselines/ModelShape.h"

#include "compiler-driver/Data/DataFile.h"
#include "compiler-driver/Data/JsonFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace acc::systems {

double ModelShape::activeParameters() const {
  // A token looks up one row of the embedding and uses topK experts.
  double expert = 3 * hidden * expertIntermediate +
                  (feedForwardBias ? 2 * expertIntermediate + hidden : 0);
  return parameters() - vocabulary * hidden -
         expertLayers * (experts - topK) * expert;
}

ModelShape ModelShape::draft() const {
  ModelShape one = *this;
  one.name += ", draft";
  one.layers = one.attentionLayers = 1;
  one.windowLayers = one.stateLayers = 0;
  one.expertLayers = expertLayers > 0 ? 1 : 0;
  one.denseLayers = 1 - one.expertLayers;
  one.hasWindow.clear();
  return one;
}

double ModelShape::attentionParameters() const {
  double normSize = hidden * (norm == Norm::Layer ? 2 : 1);
  double norms = normSize * (parallelBlock ? 1 : 2);
  if (latentDim > 0) {
    // DeepSeek-V2 (arXiv 2405.04434), section 2.1.
    double unrotated = headDim - rotaryDim;
    return norms + hidden * queryRank + queryRank +
           queryRank * queryHeads * headDim + hidden * latentDim +
           latentRank() + latentRank() * queryHeads * (unrotated + valueDim) +
           queryHeads * valueDim * hidden;
  }
  double projections = headDim * (queryHeads + 2 * kvHeads);
  return norms + hidden * (projections + queryHeads * headDim) +
         (attentionBias ? projections : 0) + (outputBias ? hidden : 0) +
         (queryKeyNorm ? 2 * headDim : 0) + (sinks ? queryHeads : 0);
}

double ModelShape::parameters() const {
  double widths = gated ? 3 : 2;
  auto biases = [&](double width) {
    return feedForwardBias ? (widths - 1) * width + hidden : 0;
  };
  double normSize = hidden * (norm == Norm::Layer ? 2 : 1);
  double embeddings = vocabulary * hidden * (tiedEmbedding ? 1 : 2) +
                      (positions == Positions::Learned ? context * hidden : 0);
  return embeddings + normSize + attentionLayers * attentionParameters() +
         denseLayers * (widths * hidden * intermediate + biases(intermediate)) +
         expertLayers *
             (experts * (widths * hidden * expertIntermediate +
                         biases(expertIntermediate)) +
              widths * hidden * sharedIntermediate + hidden * experts +
              (feedForwardBias || sigmoidRouter ? experts : 0)) +
         stateLayers * hidden * (stateIn + stateOut);
}

namespace {

Error readModel(const json::Object &object, StringRef path, ModelShape &model) {
  auto fail = [&](const Twine &message) {
    return createStringError(inconvertibleErrorCode(),
                             path + ": error: model '" + model.name +
                                 "': " + message);
  };
  model.name = object.getString("name").value_or("").str();
  model.source = object.getString("source").value_or("").str();
  if (model.name.empty() || model.source.empty()) {
    return fail("no 'name' or no 'source'; expects both");
  }
  if (const json::Array *aliases = object.getArray("aliases")) {
    for (const json::Value &alias : *aliases) {
      model.aliases.push_back(alias.getAsString().value_or("").str());
    }
  }
  struct {
    StringRef key;
    double &to;
    bool needed;
  } numbers[] = {{"layers", model.layers, true},
                 {"hidden", model.hidden, true},
                 {"vocabulary", model.vocabulary, true},
                 {"query_heads", model.queryHeads, true},
                 {"kv_heads", model.kvHeads, true},
                 {"head_dim", model.headDim, true},
                 {"latent_dim", model.latentDim, false},
                 {"query_rank", model.queryRank, false},
                 {"value_dim", model.valueDim, false},
                 {"rotary_dim", model.rotaryDim, false},
                 {"window", model.window, false},
                 {"window_layers", model.windowLayers, false},
                 {"intermediate", model.intermediate, false},
                 {"experts", model.experts, false},
                 {"top_k", model.topK, false},
                 {"expert_intermediate", model.expertIntermediate, false},
                 {"shared_intermediate", model.sharedIntermediate, false},
                 {"state_layers", model.stateLayers, false},
                 {"state_in", model.stateIn, false},
                 {"state_out", model.stateOut, false},
                 {"state_elements", model.stateElements, false}};
  for (auto &[key, to, needed] : numbers) {
    std::optional<double> value = object.getNumber(key);
    if (value && !(*value > 0)) {
      return fail("'" + key + "' must be positive");
    }
    if (!value && needed) {
      return fail("no '" + key + "'; expects a number");
    }
    to = value.value_or(to);
  }
  if (model.latentDim > 0 &&
      !(model.queryRank > 0 && model.valueDim > 0 && model.rotaryDim > 0)) {
    return fail("'latent_dim' without 'query_rank', 'value_dim' and "
                "'rotary_dim'; expects all");
  }
  model.gated = object.getBoolean("gated").value_or(true);
  model.attentionLayers =
      object.getNumber("attention_layers").value_or(model.layers);
  bool hasExperts = model.experts > 0;
  model.expertLayers =
      object.getNumber("expert_layers").value_or(hasExperts ? model.layers : 0);
  model.denseLayers =
      object.getNumber("dense_layers").value_or(hasExperts ? 0 : model.layers);
  if (std::optional<StringRef> format = object.getString("expert_format")) {
    model.expertFormat = parseFormat(*format);
    if (!model.expertFormat) {
      return fail("unknown 'expert_format' '" + *format + "'");
    }
  }
  return Error::success();
}

/// Lower case, without the owner, with dots and underscores as dashes.
std::string normalise(StringRef name) {
  std::string result = name.rsplit('/').second.lower();
  if (result.empty()) {
    result = name.lower();
  }
  for (char &c : result) {
    c = isAlnum(c) ? c : '-';
  }
  return result;
}

} // namespace

Expected<std::vector<ModelShape>> loadModelShapes() {
  std::string path = data::dataPath("systems/models.json");
  Expected<json::Value> file = data::loadJson(path);
  if (!file) {
    return file.takeError();
  }
  const json::Object *object = file->getAsObject();
  const json::Array *list = object ? object->getArray("models") : nullptr;
  if (!list) {
    return createStringError(inconvertibleErrorCode(),
                             path + ": error: no 'models'; expects a list");
  }
  std::vector<ModelShape> models;
  for (const json::Value &value : *list) {
    ModelShape model;
    const json::Object *entry = value.getAsObject();
    if (!entry) {
      return createStringError(inconvertibleErrorCode(),
                               path + ": error: a model is not an object");
    }
    if (Error error = readModel(*entry, path, model)) {
      return std::move(error);
    }
    models.push_back(std::move(model));
  }
  return std::move(models);
}

const ModelShape *findModel(ArrayRef<ModelShape> models, StringRef name) {
  // A file is none by its name alone.
  for (const ModelShape &model : models) {
    if (is_contained(model.aliases, name)) {
      return &model;
    }
  }
  std::string wanted = normalise(name);
  const ModelShape *best = nullptr;
  size_t length = 0;
  for (const ModelShape &model : models) {
    SmallVector<std::string, 4> names{normalise(model.name)};
    for (const std::string &alias : model.aliases) {
      names.push_back(normalise(alias));
    }
    for (const std::string &candidate : names) {
      if (candidate == wanted) {
        return &model;
      }
      // "llama-3-1-8b" is the model of "llama-3-1-8b-instruct-fp8".
      if (StringRef(wanted).starts_with(candidate + "-") &&
          candidate.size() > length) {
        best = &model;
        length = candidate.size();
      }
    }
  }
  return best;
}

} // namespace acc::systems
