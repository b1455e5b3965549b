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
  return parameters() - vocabulary * hidden -
         expertLayers * (experts - topK) * 3 * hidden * expertIntermediate;
}

double ModelShape::parameters() const {
  double widths = gated ? 3 : 2;
  double perAttention =
      latentDim > 0
          // Projections of a latent attention: queries through 1536, keys and
          // values through the latent vector.
          ? hidden * (1536 + latentDim) + 1536 * queryHeads * headDim +
                latentDim * queryHeads * 256 + queryHeads * 128 * hidden
          : hidden * headDim * (2 * queryHeads + 2 * kvHeads);
  return 2 * vocabulary * hidden + attentionLayers * perAttention +
         denseLayers * widths * hidden * intermediate +
         expertLayers *
             (3 * hidden * (experts * expertIntermediate + sharedIntermediate) +
              hidden * experts) +
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
