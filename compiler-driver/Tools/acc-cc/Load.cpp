//===- Load.cpp - From an input file to a module --------------------------===//

#include "compiler-driver/Tools/acc-cc/Load.h"

#include "compiler-driver/Import/HuggingFace/Config.h"
#include "compiler-driver/Import/HuggingFace/ModelGraph.h"
#include "compiler-driver/Import/Onnx/Importer.h"
#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tools/acc-cc/LoadMlir.h"
#include "dialects/Rack/IR/Rack.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace xpu {

/// One step of the model that a configuration describes, with the weights
/// beside it.
static llvm::Expected<OwningOpRef<ModuleOp>>
loadConfig(MLIRContext &context, const CompileOptions &options) {
  auto model = acc::readModelConfig(options.input);
  if (!model) {
    return model.takeError();
  }
  if (!options.step) {
    return acc::makeInputError(options.input +
                               ": a configuration has no step; add "
                               "--workload=prefill:batch=B,prompt=P or "
                               "--workload=decode:batch=B,context=C");
  }
  acc::Checkpoint weights;
  if (!options.weightSeed) {
    auto checkpoint =
        acc::readCheckpoint(llvm::sys::path::parent_path(options.input));
    if (!checkpoint) {
      return checkpoint.takeError();
    }
    weights = std::move(*checkpoint);
    if (weights.empty() && options.needsWeights) {
      return acc::makeInputError(
          options.input + ": has no weights (model.safetensors) beside it; "
                          "--random-weights=SEED makes them up");
    }
  }
  auto graph = acc::huggingface::buildModelGraph(
      *model, *options.step, weights, options.weightSeed.value_or(0));
  if (!graph) {
    return graph.takeError();
  }
  graph->path = options.input;
  return acc::importOnnxModel(context, *graph, options.import);
}

llvm::Expected<OwningOpRef<ModuleOp>>
loadModule(MLIRContext &context, const CompileOptions &options) {
  StringRef extension = llvm::sys::path::extension(options.input);
  if (extension == ".mlir" || extension == ".mlirbc") {
    return loadMlir(context, options);
  }
  if (!options.entry.empty()) {
    return acc::makeInputError("--entry: " + options.input +
                               " has one graph; expects MLIR");
  }
  if (extension == ".onnx") {
    return acc::importOnnxFile(context, options.input, options.import);
  }
  if (extension == ".json") {
    return loadConfig(context, options);
  }
  return acc::makeInputError(
      options.input +
      ": unknown kind of file; expects .onnx, .mlir, .mlirbc or a "
      "config.json");
}

/// The machine's memory, which only our own stages name.
static bool isMachineBuffer(Type type) {
  auto buffer = dyn_cast<MemRefType>(type);
  return buffer && isa_and_present<SpaceAttr>(buffer.getMemorySpace());
}

Stage findStage(ModuleOp module) {
  auto main = module.lookupSymbol<func::FuncOp>(kMainFunction);
  if (llvm::any_of(main.getArgumentTypes(), isMachineBuffer) ||
      llvm::any_of(main.getResultTypes(), isMachineBuffer)) {
    return Stage::Xpu;
  }
  Stage stage = Stage::Graph;
  main.walk([&](Operation *op) {
    if (isa_and_present<acc::rack::RackDialect>(op->getDialect())) {
      stage = Stage::Rack;
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return stage;
}

} // namespace xpu
