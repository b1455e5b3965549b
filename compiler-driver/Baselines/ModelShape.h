//===- ModelShape.h - Sizes of language models ------------------*- C++ -*-===//
//
// What a serving loop needs of a model's configuration. The shapes of published
// models are in targets/systems/models.json, each with its source.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_MODELSHAPE_H
#define COMPILER_DRIVER_SYSTEMS_MODELSHAPE_H

#include "compiler-driver/Baselines/Format.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace acc::systems {

struct ModelShape {
  std::string name;
  std::vector<std::string> aliases; ///< as measurements call it
  std::string source;
  double layers = 1, hidden = 1, vocabulary = 1;
  /// Layers with attention; of these, `windowLayers` see `window` tokens.
  double attentionLayers = 1, windowLayers = 0, window = 0;
  double queryHeads = 1, kvHeads = 1, headDim = 128;
  /// Compressed keys and values per token, 0 without latent attention.
  double latentDim = 0;
  /// Layers with a dense feed-forward part, its size, and whether it is gated.
  double denseLayers = 0, intermediate = 0;
  bool gated = true;
  double expertLayers = 0, experts = 0, topK = 0, expertIntermediate = 0;
  double sharedIntermediate = 0;      ///< of experts that every token uses
  std::optional<Format> expertFormat; ///< of expert weights, if fixed
  /// Layers with a recurrent state (Mamba), their projections, and the state's
  /// elements per sequence and layer.
  double stateLayers = 0, stateIn = 0, stateOut = 0, stateElements = 0;

  /// Of the weights that a token uses.
  double activeParameters() const;
  /// Of all weights.
  double parameters() const;
};

/// The models of targets/systems/models.json.
llvm::Expected<std::vector<ModelShape>> loadModelShapes();

/// By name or alias, case ignored; owner and suffixes like "-Instruct" may be
/// there or not.
const ModelShape *findModel(llvm::ArrayRef<ModelShape> models,
                            llvm::StringRef name);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_MODELSHAPE_H
