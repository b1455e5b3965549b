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
#include "compiler-driver/Import/HuggingFace/LayersGraph.h"
#include "compiler-driver/Object/Object.h"
#include "dialects/Target/Machine.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>

namespace acc::scenario {

/// A share as it ran on one slice, or a layer as it ran on all slices of a
/// chip.
struct LayerRun {
  huggingface::Share share;
  uint64_t cycles = 0;       ///< of one layer
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
  /// Instead of `build`, if it is set: so many of the layers on a chip. The
  /// share's collectives are those between chips then.
  std::function<OnnxModel(int64_t layers, huggingface::Stretch)> buildOnChip;
};

struct ExactStepOptions {
  std::string precision = "bf16"; ///< as --precision; keys and values are bf16
  /// Steps are wanted as they are, not as points between which others lie.
  bool isSingleStep = false;

  /// Whether weights can be inputs, of 16 bits or in blocks, as those of layers
  /// on a whole chip are.
  bool hasInputFormat() const;
};

/// The layers of a transformer's step; `imbalance`: see divideStep.
std::vector<LayerJob> jobsOf(const systems::ModelShape &model,
                             const huggingface::Step &step,
                             const huggingface::Division &division,
                             double imbalance = 1);
/// Layers from which on each takes as long as the one before: the compiler
/// makes a loop of as many, wherever in a layer it begins.
inline constexpr int64_t kSteadyLayers = 6;

/// The same with the layers on a chip, where huggingface::hasLayersGraph holds;
/// the output is divided over slices as before. If experts are on several
/// chips, a layer is what chips do between their exchanges.
std::vector<LayerJob> jobsOnChip(const systems::ModelShape &model,
                                 const huggingface::Step &step,
                                 const huggingface::Division &division);
/// The blocks of a network for so many items.
std::vector<LayerJob> jobsOf(const systems::Network &network,
                             llvm::ArrayRef<systems::Block> blocks,
                             int64_t items, int64_t context,
                             const huggingface::Division &division);

/// A job's graph; of a job on a chip, so many layers, whose weights lie in
/// memory in the format that `precision` has for them.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importJob(mlir::MLIRContext &context, const LayerJob &job, int64_t layers,
          llvm::StringRef precision,
          huggingface::Stretch stretch = huggingface::Stretch::Whole);

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

/// Runs every layer on the machine's slice or chip, each once however often it
/// is there or was run before; several at once. Errors name the layer that
/// cannot be compiled; the others are kept nevertheless.
llvm::Expected<std::vector<LayerRun>>
runLayers(std::vector<LayerJob> jobs, const Machine &machine,
          const ExactStepOptions &options);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_EXACTSTEP_H
