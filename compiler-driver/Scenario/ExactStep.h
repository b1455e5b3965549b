//===- ExactStep.h - A step of a model from exact layers --------*- C++ -*-===//
//
// The way from a model and a step to time on our machine: the share that one
// slice has of each distinct layer (Import/HuggingFace/Division.h) is compiled
// and run on the exact SystemC model without values. What comes back is kept on
// disk by content: share, slice, precision, and the tools themselves.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_EXACTSTEP_H
#define COMPILER_DRIVER_SCENARIO_EXACTSTEP_H

#include "compiler-driver/Energy/Activity.h"
#include "compiler-driver/Import/HuggingFace/BlockShare.h"
#include "compiler-driver/Object/Object.h"
#include "dialects/Target/Machine.h"

#include <functional>

namespace acc::scenario {

/// A share as it ran on one slice.
struct LayerRun {
  huggingface::Share share;
  uint64_t cycles = 0;
  report::Activity activity; ///< of one slice and one layer
  uint64_t words = 0;        ///< of the program
  bool isCached = false;     ///< from disk, not run now
};

/// A layer's share to run: what it is called and exchanges, its graph, and all
/// that the graph depends on, as text.
struct LayerJob {
  huggingface::Share share;
  std::string model;
  std::string description;
  std::function<OnnxModel()> build;
};

struct ExactStepOptions {
  std::string precision = "bf16"; ///< as --precision; keys and values are bf16
};

/// The layers of a transformer's step; `imbalance`: see divideStep.
std::vector<LayerJob> jobsOf(const systems::ModelShape &model,
                             const huggingface::Step &step,
                             const huggingface::Division &division,
                             double imbalance = 1);
/// The blocks of a network for so many items.
std::vector<LayerJob> jobsOf(const systems::Network &network,
                             llvm::ArrayRef<systems::Block> blocks,
                             int64_t items, int64_t context,
                             const huggingface::Division &division);

/// A share's program and its run, for those who look inside.
struct ShareProgram {
  Target target;
  xpu::Object object;
  SimOutput run;
  std::map<std::string, uint64_t> bounds; ///< see report::ReportInput
};
llvm::Expected<ShareProgram> runProgram(const LayerJob &job,
                                        const Target &slice,
                                        const ExactStepOptions &options);

/// Runs every layer on the machine's slice, each once however often it is there
/// or was run before; several at once. Errors name the layer that cannot be
/// compiled; the others are kept nevertheless.
llvm::Expected<std::vector<LayerRun>>
runLayers(std::vector<LayerJob> jobs, const Target &slice,
          const ExactStepOptions &options);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_EXACTSTEP_H
