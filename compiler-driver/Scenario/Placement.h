//===- Placement.h - Which chips of ours hold a model -----------*- C++ -*-===//

#ifndef COMPILER_DRIVER_SCENARIO_PLACEMENT_H
#define COMPILER_DRIVER_SCENARIO_PLACEMENT_H

#include "compiler-driver/Scenario/Question.h"

namespace acc::scenario {

/// Of weights in memory, by the name of --precision.
systems::Format weightFormat(llvm::StringRef precision);

/// Tokens in the cache of a sequence at its end; of requests that differ, on
/// average over those that are there at one time.
int64_t heldTokens(const Scenario &scenario);

/// Placements on our machine that hold the scenario: the smallest few, since
/// further chips serve as further instances.
std::vector<Layout> findLayouts(const Question &question);

/// The error if there is none, which says what would hold the scenario.
llvm::Error failToFit(const Question &question);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_PLACEMENT_H
