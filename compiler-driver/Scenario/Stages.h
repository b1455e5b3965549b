//===- Stages.h - Layers on several groups of chips, and copies -*- C++ -*-===//
//
// Pipeline parallelism (GPipe, arXiv 1811.06965) over whatever prices a group:
// each stage has consecutive layers and chips of its own, and what a step has
// to do goes through the stages in as many passes (micro-batches) as there are
// stages. Copies (dp) divide requests once more, and wait for each other at the
// end of a step.
//
// A pass takes the group's time for its part of the step, and a hop between two
// stages; the token that it gives goes back to the first one. A step takes the
// longest pass, or what the slowest stage has to do of all passes of its copy,
// whichever is longer. Chips draw their standing power while they wait.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_STAGES_H
#define COMPILER_DRIVER_SCENARIO_STAGES_H

#include "compiler-driver/Baselines/ModelShape.h"
#include "compiler-driver/Scenario/Pricing.h"

#include <functional>

namespace acc::scenario {

/// Part of a pass that the slowest stage has: whole layers, and the output on
/// the last stage, as the weights that a token reads are divided best.
double slowestStage(const systems::ModelShape &model, int64_t stages);

class StagedPricer final : public StepPricer {
public:
  struct Division {
    int64_t stages = 1, copies = 1;
    double slowest = 1; ///< see slowestStage
  };
  /// Time from one stage to the next of so many tokens; of none, a token's
  /// number.
  using Hop = std::function<Seconds(double tokens)>;

  /// `group` is that of all layers, and has to outlive this one. What it says
  /// of memory is of its part of the layers.
  StagedPricer(StepPricer &group, const Division &division, Hop hop)
      : group(group), division(division), hop(std::move(hop)) {}

  llvm::Expected<PricedStep> price(const StepWork &work) override;
  int64_t chips() const override { return group.chips() * ways(); }
  int64_t replicas() const override { return group.replicas() * ways(); }
  int64_t mostSequences(int64_t tokens) const override {
    return group.mostSequences(tokens);
  }
  std::string placement() const override;
  std::pair<double, double> timeBand() const override {
    return group.timeBand();
  }

  /// A pass's part of the work.
  StepWork passOf(const StepWork &work) const;

private:
  StepPricer &group;
  Division division;
  Hop hop;

  int64_t ways() const { return division.stages * division.copies; }
  Seconds hops(const StepWork &pass) const;
};

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_STAGES_H
