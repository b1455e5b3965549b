//===- Division.h - One slice's share of a model's step ---------*- C++ -*-===//
//
// Divides the layers of a transformer over slices and chips. Every slice of a
// chip does the same on another part, so that one share stands for all.
//
// - Products with weights: the slices of a chip are a grid of rows and columns.
//   Terms (K) are divided over the rows and results (N) over the columns in one
//   product, and the other way round in the next, so that activations move
//   along one direction only (two-dimensional weight-stationary partitioning:
//   Pope et al., "Efficiently Scaling Transformer Inference", 2022). Partial
//   sums are scattered by tokens and gathered before the next product, so that
//   norms, activations and residual sums between two products are divided too
//   (Korthikanti et al., "Reducing Activation Recomputation in Large
//   Transformer Models", 2022). Before that, heads and features are divided
//   over the chips of a tensor-parallel group (Shoeybi et al., "Megatron-LM",
//   2019).
// - Attention: by sequences, then by heads of keys, then by queries (prefill)
//   or by context (decode, whose partial results are combined).
// - Experts: whole experts over the chips of an expert-parallel group, then
//   over the slices; if there are fewer experts than slices, several slices
//   share one by its features.
//
// Sizes that do not divide are rounded up: the share is the largest.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_DIVISION_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_DIVISION_H

#include "compiler-driver/Baselines/ModelShape.h"

#include <cstdint>

namespace acc::huggingface {

/// A sequence's new tokens up to this many are a step of generation: one, or
/// more that a draft has proposed. More are a prompt's.
inline constexpr int64_t kMostVerified = 16;

/// One step of inference of one replica: every sequence has the same length.
struct Step {
  int64_t sequences = 1;
  int64_t newTokens = 1;  ///< of a sequence: its prompt's, or a step's
  int64_t pastTokens = 0; ///< of a sequence, in the cache

  int64_t tokens() const { return sequences * newTokens; }
  bool isGeneration() const { return newTokens <= kMostVerified; }
};

struct Division {
  int64_t rows = 1, columns = 1; ///< slices of a chip
  int64_t tensorParallel = 1;    ///< chips that share every layer
  /// Chips that share the experts. Those beyond tensorParallel are replicas,
  /// which bring tokens of their own.
  int64_t expertParallel = 1;

  int64_t slices() const { return rows * columns; }
};

/// What slices or chips do together between two parts of a share.
struct Collective {
  /// A participant of a reduce-scatter gets its part of the sum.
  enum class Kind { AllReduce, ReduceScatter, AllGather, AllToAll };
  /// The slices of a column of the grid (which differ in their row), of a row,
  /// of the whole chip, or the chips of a group.
  enum class Scope { Column, Row, Chip, TensorGroup, ExpertGroup };
  Kind kind = Kind::AllReduce;
  Scope scope = Scope::Chip;
  int64_t ways = 1; ///< participants
  /// Elements that each participant gives; of a chip, all that it gives.
  double elements = 0;
  bool isSum32 = false; ///< 4 bytes an element whatever the precision
};

/// Sizes of one slice's part of a layer. What is 0 is not there.
struct Share {
  enum class Kind { DenseLayer, ExpertLayer, Head };
  std::string name; ///< "attention + experts", for reports
  Kind kind = Kind::DenseLayer;
  double count = 1; ///< layers of the model that are like this

  int64_t tokens = 1; ///< rows of products with weights
  /// Of these rows, those between two products: of the residual sum, which the
  /// slices of a grid's row divide, and of what is inside of a feed-forward
  /// part or of a projection through latent vectors, which those of its column
  /// do.
  int64_t ownTokens = 1, innerTokens = 1;
  int64_t hidden = 1;      ///< this slice's part of the hidden size
  int64_t projections = 0; ///< columns of queries, keys and values
  /// Latent attention: the vectors that queries, keys and values come from.
  int64_t latents = 0, latentTerms = 0;
  /// Latent attention: heads whose queries and results are multiplied with the
  /// up-projections of keys and values; or tokens that are projected up.
  int64_t absorbedHeads = 0, expandedTokens = 0, expandedColumns = 0;
  int64_t sequences = 0, queryHeads = 0, kvHeads = 0;
  int64_t queries = 0, keys = 0; ///< of a sequence
  int64_t keySize = 0, valueSize = 0;
  int64_t outputTerms = 0; ///< rows of the output projection
  int64_t features = 0;    ///< of a dense feed-forward part, or a shared expert
  int64_t routedTokens = 0, routerColumns = 0; ///< this slice's routing
  int64_t experts = 0, expertTokens = 0, expertFeatures = 0, expertHidden = 0;
  int64_t headRows = 0, logits = 0;

  std::vector<Collective> collectives;
};

/// Whether two shares of one step differ in what is behind their attention
/// alone.
bool hasSameAttention(const Share &a, const Share &b);

/// Elements of the weights that a share reads; biases and norms are not
/// counted.
double countWeights(const Share &share, const systems::ModelShape &model);

/// Products of pairs of elements, those of attention included: all keys that a
/// query could see, masked or not.
double countProducts(const Share &share, const systems::ModelShape &model);

/// The shares of all layers of a step; alike layers are one with a count.
/// Experts are hit uniformly unless `imbalance` says how many times the mean
/// the busiest one gets.
std::vector<Share> divideStep(const systems::ModelShape &model,
                              const Step &step, const Division &division,
                              double imbalance = 1);

} // namespace acc::huggingface

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_DIVISION_H
