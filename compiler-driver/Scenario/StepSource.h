//===- StepSource.h - Layers of a step, by kind of model --------*- C++ -*-===//
//
// What a pricer of our machine asks of a model: the layers of a step, to be run
// exactly, and what fits.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_STEPSOURCE_H
#define COMPILER_DRIVER_SCENARIO_STEPSOURCE_H

#include "compiler-driver/Scenario/ExactStep.h"
#include "compiler-driver/Scenario/Memory.h"

#include <memory>
#include <utility>

namespace acc::scenario {

class StepSource {
public:
  virtual ~StepSource() = default;

  /// `newTokens` is 1 for a step of generation, else those of a prompt, after
  /// `past` others.
  virtual std::vector<LayerJob> jobs(int64_t sequences, int64_t newTokens,
                                     int64_t past) const = 0;
  /// The same as the compiler divides the layers over a whole chip; none if a
  /// chip has no program of them.
  virtual std::vector<LayerJob> jobsOnChip(int64_t /*sequences*/,
                                           int64_t /*newTokens*/,
                                           int64_t /*past*/) const {
    return {};
  }
  virtual const ExactStepOptions &getOptions() const = 0;
  virtual int64_t mostSequences(int64_t tokens) const = 0;
  /// "tp=8, ep=8".
  virtual std::string placement() const = 0;
  /// Whether a step takes longer the more is in the caches.
  virtual bool seesContext() const { return true; }
  /// Numbers of sequences around this one, itself among them, at which slices
  /// have equal parts of attention and of experts: between these a step's time
  /// grows with the rows of its products alone.
  virtual std::pair<int64_t, int64_t> alike(int64_t sequences,
                                            int64_t newTokens) const = 0;
  /// As many sequences as are run exactly for so many, and how many times their
  /// time these take.
  virtual std::pair<int64_t, double> exactPart(int64_t sequences,
                                               int64_t newTokens) const {
    return {sequences, 1};
  }
};

/// Decoders: one share of every distinct layer.
std::unique_ptr<StepSource> makeDecoderSteps(const systems::ModelShape &model,
                                             const Machine &machine,
                                             const Layout &layout,
                                             const ExactStepOptions &options);

/// Networks of images and sound: a prompt is what is done once for a request.
std::unique_ptr<StepSource> makeNetworkSteps(const systems::Network &network,
                                             const Machine &machine,
                                             const Layout &layout,
                                             const ExactStepOptions &options);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_STEPSOURCE_H
