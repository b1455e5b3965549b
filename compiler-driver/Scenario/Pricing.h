//===- Pricing.h - What a step of a serving loop costs ----------*- C++ -*-===//
//
// The one interface between scenarios and whatever computes: our machine and
// off-the-shelf systems answer the same question, and the same loop asks it.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_PRICING_H
#define COMPILER_DRIVER_SCENARIO_PRICING_H

#include "compiler-driver/Scenario/Quantities.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <map>
#include <string>

namespace acc::scenario {

/// Work of one step of an instance: tokens of sequences that generate, and
/// pieces of prompts.
struct StepWork {
  int64_t sequences = 0;    ///< that generate
  int64_t context = 0;      ///< tokens in the cache of each, on average
  int64_t prompts = 0;      ///< pieces of prompts
  int64_t promptTokens = 0; ///< new tokens of a piece
  int64_t promptPast = 0;   ///< of its request, in the cache before
  int64_t drafted = 0;      ///< tokens proposed to each sequence beforehand
};

struct PricedStep {
  Seconds time;
  Seconds bound;            ///< no machine with these peaks is faster
  RangeOf<Joules> joules;   ///< packages of all chips of the instance
  RangeOf<Joules> standing; ///< of these, what flows whatever is computed
  /// Where the time goes; adds up to it.
  std::map<std::string, Seconds> secondsByPart;
  std::map<std::string, RangeOf<Joules>> joulesByPart; ///< adds up to `joules`
  /// How long units would take at their peaks, in the mean of all chips; they
  /// work at the same time. Nothing where it is not known.
  std::map<std::string, Seconds> secondsByUnit;
  double slowdown = 1; ///< of clocks, by the limit of power

  PricedStep &operator+=(const PricedStep &o);
  PricedStep &operator*=(double factor);
};

class StepPricer {
public:
  virtual ~StepPricer() = default;

  virtual llvm::Expected<PricedStep> price(const StepWork &work) = 0;
  /// Chips of the instance.
  virtual int64_t chips() const = 0;
  /// Sequences that generate in groups of their own, each with its own copy of
  /// attention.
  virtual int64_t replicas() const { return 1; }
  /// Sequences of this length whose caches fit beside the weights.
  virtual int64_t mostSequences(int64_t tokens) const = 0;
  /// "tp=8, ep=8".
  virtual std::string placement() const = 0;
  /// Factors on the time that hold most of the truth: (1, 1) where the model
  /// is exact by its own definition.
  virtual std::pair<double, double> timeBand() const { return {1, 1}; }
};

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_PRICING_H
