//===- Train.h - A step of training on off-the-shelf systems ----*- C++ -*-===//
//
// Forward, backward, reduction of gradients and optimiser of one global step,
// with the best of the usual placements: tensor parallelism within a scale-up
// domain, pipeline stages, and copies whose optimiser states are divided.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_TRAIN_H
#define COMPILER_DRIVER_SCENARIO_TRAIN_H

#include "compiler-driver/Baselines/KernelModel.h"
#include "compiler-driver/Baselines/ModelShape.h"
#include "compiler-driver/Scenario/Serve.h"

namespace acc::scenario {

/// How chips share a training job.
struct TrainingLayout {
  int64_t tensor = 1, pipeline = 1, data = 1;
  bool recomputes = false; ///< activations, but for a layer's inputs

  int64_t chips() const { return tensor * pipeline * data; }
  std::string text() const;
};

/// Bytes of a chip: weights and gradients in bf16 and fp32, the optimiser's
/// states divided over the copies (Rajbhandari et al., "ZeRO", 2020), and
/// activations (Korthikanti et al., arXiv 2205.05198, table 2).
double trainingBytes(const systems::ModelShape &model,
                     const TrainingLayout &layout, double tokensOfMicrobatch);

/// Products of training a token, those of recomputation not counted.
double trainingProducts(const systems::ModelShape &model, double sequence);

struct Training {
  Served step; ///< of one global step; one request is one sequence
  /// Products of the model over what the matrix units could do in that time.
  double utilisation = 0;
};

/// The quickest placement of the scenario on so many chips, or on the fewest
/// that hold it; nothing if no number of chips does.
std::optional<Training> train(const systems::KernelModel &kernels,
                              const systems::System &system,
                              const systems::ModelShape &model,
                              const Scenario &scenario, systems::Format format);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_TRAIN_H
