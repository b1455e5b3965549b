//===- ModelShape.h - Sizes of language models ------------------*- C++ -*-===//
//
// The one description of a transformer: what a serving loop on a GPU and a
// layer on our machine need of a model's configuration. Shapes of published
// models are in targets/systems/models.json, each with its source; those of a
// `config.json` are read by Import/HuggingFace.
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

/// Normalisation of a layer's input.
enum class Norm { Rms, Layer };

enum class Activation {
  Silu,
  Gelu,     ///< by erf
  GeluTanh, ///< by its approximation with tanh
  Relu,
  /// x * sigmoid(1.702 x) of a clamped gate, times a clamped (up + 1) (gpt-oss)
  ClampedSwiglu
};

/// How a layer knows the places of its tokens.
enum class Positions { None, Rotary, Learned };

/// Angles of a rotary embedding for contexts that are longer than those that a
/// model was trained on.
struct RotaryScaling {
  enum class Kind {
    None,
    Llama3, ///< low frequencies are divided, by wavelength
    Yarn    ///< the same by dimensions: Peng et al., arXiv 2309.00071
  };
  Kind kind = Kind::None;
  double factor = 1;
  double original = 0;        ///< positions of the training
  double low = 1, high = 4;   ///< Llama3: wavelengths in the original context
  double fast = 32, slow = 1; ///< Yarn: turns in the original context
  bool truncate = true;       ///< Yarn: bounds are whole dimensions
  double scale = 0, scaleAll = 0; ///< Yarn: of the lengths; 0: not given
};

struct ModelShape {
  std::string name;
  std::string family; ///< `model_type` of a configuration, else empty
  std::vector<std::string> aliases; ///< as measurements call it
  std::string source;
  double layers = 1, hidden = 1, vocabulary = 1;
  /// Layers with attention; of these, `windowLayers` see `window` tokens.
  double attentionLayers = 1, windowLayers = 0, window = 0;
  double queryHeads = 1, kvHeads = 1, headDim = 128;
  /// Compressed keys and values per token, 0 without latent attention: a latent
  /// vector and `rotaryDim` elements of the key. Queries come from a latent
  /// vector of their own; headDim counts the rotated part.
  double latentDim = 0, queryRank = 0, valueDim = 0;
  /// Layers with a dense feed-forward part, its size, and whether it is gated.
  double denseLayers = 0, intermediate = 0;
  bool gated = true;
  double expertLayers = 0, experts = 0, topK = 0, expertIntermediate = 0;
  double sharedIntermediate = 0;      ///< of experts that every token uses
  std::optional<Format> expertFormat; ///< of expert weights, if fixed
  /// Layers with a recurrent state (Mamba), their projections, and the state's
  /// elements per sequence and layer.
  double stateLayers = 0, stateIn = 0, stateOut = 0, stateElements = 0;

  Norm norm = Norm::Rms;
  double normEpsilon = 1e-5;
  Activation activation = Activation::Silu;
  Positions positions = Positions::Rotary;
  double rotaryDim = 0; ///< elements of a head that are rotated
  double rotaryBase = 10000;
  RotaryScaling rotaryScaling;
  bool rotaryPairs = false; ///< neighbours are rotated, not halves of a head
  double context = 0;       ///< longest, 0 if not known
  bool attentionBias = false, outputBias = false, feedForwardBias = false;
  bool queryKeyNorm = false;  ///< queries and keys of a head are normalised
  bool sinks = false;         ///< a logit of a head that no key has
  bool causal = true;         ///< a token sees those before it
  bool parallelBlock = false; ///< attention and feed-forward read one input
  bool normAfter = false;     ///< of the sum, not of the layer's input
  bool tiedEmbedding = false;
  /// Scores of experts pass a sigmoid, not a softmax.
  bool sigmoidRouter = false;
  bool routerNormalised = true; ///< weights of a token's experts add up to 1
  double routedScale = 1;       ///< of the experts' sum
  /// A token picks experts in the best of these groups.
  double routerGroups = 1, routerTopGroups = 1;
  /// Which layers have a window, if the file says so.
  std::vector<bool> hasWindow;
  /// In which the publisher gives the weights, if the file says so.
  std::optional<Format> weightFormat;

  /// Of the latent vector of keys and values.
  double latentRank() const { return latentDim - rotaryDim; }
  /// Of a head's values.
  double valueSize() const { return latentDim > 0 ? valueDim : headDim; }
  /// Elements that a layer keeps of a token for later ones.
  double cachedElements() const {
    return latentDim > 0 ? latentDim : 2 * kvHeads * headDim;
  }
  /// One layer of the model with its output, as models have it that predict
  /// several tokens (DeepSeek-V3, arXiv 2412.19437; EAGLE, arXiv 2401.15077).
  ModelShape draft() const;
  /// Of a layer's attention, norms included.
  double attentionParameters() const;
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
