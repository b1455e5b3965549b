//===- Serve.h - Continuous batching as an event simulation -----*- C++ -*-===//
//
// Requests wait, their prompts are worked off in pieces while others generate,
// and every step takes the time that a pricer says. One loop for our machine
// and for every other system.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_SERVE_H
#define COMPILER_DRIVER_SCENARIO_SERVE_H

#include "compiler-driver/Scenario/Pricing.h"
#include "compiler-driver/Scenario/Spec.h"

#include <vector>

namespace acc::scenario {

/// Of a sample of times, in seconds.
struct Percentiles {
  double mean = 0, p50 = 0, p90 = 0, p99 = 0;
};
Percentiles percentilesOf(std::vector<double> sample);

/// A step as it was taken.
struct TakenStep {
  Seconds start, seconds; ///< from when it counts
  StepWork work;
  int64_t waiting = 0; ///< requests with prompts to work off
  Joules joules;       ///< packages of the instance
  std::map<std::string, Seconds> secondsByPart, secondsByUnit;
};

/// Of one instance, once it is in a steady state.
struct Served {
  int64_t concurrency = 1, chips = 1;
  std::string placement;
  Seconds seconds; ///< simulated, after warming up
  double requests = 0, outputTokens = 0, inputTokens = 0;
  Percentiles firstToken; ///< from arrival, queueing included
  Percentiles perToken;   ///< between tokens, by request; with one, all of it
  Percentiles latency;    ///< of whole requests
  double meanBatch = 0;   ///< sequences that generate in a step
  RangeOf<Joules> joules; ///< packages, in `seconds`
  Seconds boundSeconds;
  std::map<std::string, Seconds> secondsByPart;
  std::map<std::string, RangeOf<Joules>> joulesByPart;
  double slowdown = 1;
  /// Requests that arrive by themselves do not pile up.
  bool keepsUp = true;
  double requestRate = 0;       ///< finished in a second, from the beginning
  std::vector<TakenStep> steps; ///< if the scenario keeps them

  double outputRate() const { return outputTokens / seconds.value(); }
  double outputRatePerChip() const { return outputRate() / double(chips); }
  double totalRatePerChip() const {
    return (outputTokens + inputTokens) / seconds.value() / double(chips);
  }
  /// Tokens a second of one user, by the median time between tokens.
  double interactivity() const { return 1 / perToken.p50; }
  RangeOf<Watts> watts() const { return joules / seconds; }
  RangeOf<Joules> joulesPerToken() const { return joules / outputTokens; }
};

/// Runs the scenario with so many requests at a time.
llvm::Expected<Served> serve(const Scenario &scenario, int64_t concurrency,
                             StepPricer &pricer);

/// One step, as `prefill` and `decode` ask for.
llvm::Expected<Served> runOnce(const Scenario &scenario, StepPricer &pricer);

/// Steps that serving will most likely have: what a pricer may prepare.
std::vector<StepWork> typicalSteps(const Scenario &scenario,
                                   int64_t concurrency);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_SERVE_H
