//===- Network.h - Models of images and sound as operations -----*- C++ -*-===//
//
// What is no decoder of tokens alone: encoders of images, denoising networks,
// speech recognition. A network is a list of blocks, each a list of operations
// on the rows (tokens, pixels) of one item. Our machine, other systems and the
// counts of weights and products all read this one description.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_BASELINES_NETWORK_H
#define COMPILER_DRIVER_BASELINES_NETWORK_H

#include "compiler-driver/Baselines/ModelShape.h"

namespace acc::systems {

/// Sizes are of one item. An operation reads what the one before has written.
struct Operation {
  enum class Kind {
    Product,    ///< rows of [terms] times weights [terms, columns]
    Attention,  ///< `heads` heads of `terms` elements, without a mask
    Convolution ///< `terms` channels to `columns`, `kernel` squared
  };
  /// Of the input's rows, or of groups of its channels.
  enum class Before { Nothing, LayerNorm, GroupNorm };
  /// GatedGelu: one half of the columns times the activated other half.
  enum class After { Nothing, Relu, Gelu, Silu, GatedGelu };

  Kind kind = Kind::Product;
  Before before = Before::Nothing;
  After after = After::Nothing;
  bool addsInput = false; ///< a residual sum, with rows of the result's size
  /// Attention: queries. Convolution: height of the result.
  double rows = 1;
  double terms = 1, columns = 1;
  double heads = 0;
  double keys = 0;       ///< of attention; 0: as many as the context is long
  double width = 0;      ///< of a convolution's result
  double kernel = 1;     ///< of a convolution, in both directions
  double stride = 1;     ///< likewise
  bool isShared = false; ///< weights of an operation that was counted before

  double weights() const;
  /// Pairs multiplied for one item; `context`: tokens of attention without a
  /// number of keys.
  double products(double context = 0) const;
};

struct Block {
  std::string name;
  double count = 1; ///< blocks of the network that are like this
  std::vector<Operation> operations;
};

struct Network {
  std::string name, source, family;
  /// What a request gives: "image" or "token".
  std::string unit = "image";
  std::vector<Block> once; ///< for each request, before its steps
  std::vector<Block> step; ///< for each step, or token
  /// Steps of a request and evaluations in one, as the publisher uses it; 0
  /// steps if there are none.
  int64_t steps = 0, evaluations = 1;
  int64_t inputTokens = 1; ///< of a request, before those that it makes
  /// Elements of keys and values that a request keeps: for each token of its
  /// context, and at all times.
  double cachedPerToken = 0, cachedAlways = 0;
  double secondsOfSound = 0; ///< that a request is of

  /// Tokens that a request has made when it has so many in all.
  int64_t contextOf(int64_t tokens) const {
    return std::max<int64_t>(0, tokens - inputTokens);
  }
  double parameters() const; ///< of all weights; biases and norms not counted
  double products(double context = 0) const; ///< of one evaluation and `once`
};

} // namespace acc::systems

#endif // COMPILER_DRIVER_BASELINES_NETWORK_H
