//===- PlacementRuns.h - A scenario on several placements -------*- C++ -*-===//

#ifndef COMPILER_DRIVER_SCENARIO_PLACEMENTRUNS_H
#define COMPILER_DRIVER_SCENARIO_PLACEMENTRUNS_H

#include "compiler-driver/Scenario/Question.h"

namespace acc::scenario {

/// Requests at a time of the frontier's points, as public sweeps have them.
inline constexpr int64_t kSweep[] = {1, 4, 16, 64};

/// The question on every placement; those that cannot be compiled are left out
/// unless none is left. Nothing if all is well, else how few requests the
/// fastest placement serves of those that arrive.
llvm::Expected<std::optional<std::string>>
runPlacements(const Question &question, llvm::ArrayRef<StepPricer *> pricers,
              Answer &answer);

/// Watts of one chip while the best placement runs.
inline RangeOf<Watts> packageWatts(const Answer &answer) {
  return answer.best.watts() / double(answer.best.chips);
}

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_PLACEMENTRUNS_H
