//===- LayerStore.h - Runs of layers on disk --------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_SCENARIO_LAYERSTORE_H
#define COMPILER_DRIVER_SCENARIO_LAYERSTORE_H

#include "compiler-driver/Scenario/ExactStep.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>

namespace acc::scenario {

/// What a run gave, without what it was of.
llvm::json::Value toJson(const LayerRun &run);
/// Sets what toJson has written; false if that is not what the text is.
bool fromJson(llvm::StringRef text, LayerRun &run);

/// Adds to a run so many times what it has more than a shorter one.
void extend(LayerRun &run, const LayerRun &shorter, int64_t times);
/// Adds to a run what another has.
void append(LayerRun &run, const LayerRun &other);
/// Adds what a run has more than a shorter one to another run.
void addDifference(LayerRun &run, const LayerRun &longer,
                   const LayerRun &shorter);
/// One part of so many equal ones, to the nearest.
void divide(LayerRun &run, int64_t parts);

/// Everything that a share's graph depends on. As text in no special form.
std::string describe(const systems::ModelShape &model,
                     const huggingface::Share &share);
/// Everything that a run depends on: the graph, the machine, the options, and
/// this very program.
std::string describeRun(const LayerJob &job, const Machine &machine,
                        const ExactStepOptions &options);

/// A digest of the program that is running, from its file.
llvm::StringRef getProgramDigest();

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_LAYERSTORE_H
