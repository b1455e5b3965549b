//===- Memory.h - What a placement needs of a chip's memory -----*- C++ -*-===//

#ifndef COMPILER_DRIVER_SCENARIO_MEMORY_H
#define COMPILER_DRIVER_SCENARIO_MEMORY_H

#include "compiler-driver/Baselines/Network.h"

#include <cstdint>

namespace acc::scenario {

/// One way to lay a model over chips.
struct Layout {
  int64_t tensor = 1; ///< chips that share every layer
  int64_t expert = 1; ///< chips that share the experts
  systems::Format weights = systems::Format::Bf16;
  systems::Format cache = systems::Format::Bf16; ///< of keys and values
  int64_t stages = 1; ///< groups of chips that have layers of their own
  int64_t copies = 1; ///< of all stages, which share the requests

  /// Chips of a group, which computes layers together: beyond `tensor`, those
  /// that share the experts have attention of their own.
  int64_t chips() const { return std::max(tensor, expert); }
  int64_t replicas() const { return chips() / tensor; }
  /// Chips of an instance.
  int64_t allChips() const { return chips() * stages * copies; }
  bool isStaged() const { return stages > 1 || copies > 1; }
};

/// Bytes of weights on one chip; of stages, the one that has most.
double weightBytes(const systems::ModelShape &model, const Layout &layout);

/// Bytes that a sequence of this length keeps on one chip of its replica: keys
/// and values in their format, and states in fp32.
double sequenceBytes(const systems::ModelShape &model, const Layout &layout,
                     double tokens);

/// Sequences of an instance whose caches fit beside the weights; 0 if not even
/// the weights do.
int64_t countSequences(const systems::ModelShape &model, const Layout &layout,
                       double tokens, double chipBytes);
/// The same of a network's requests, with `tokens` of context each.
int64_t countSequences(const systems::Network &network, const Layout &layout,
                       double tokens, double chipBytes);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_MEMORY_H
