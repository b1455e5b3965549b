//===- Pipelines.cpp - Named pipelines of the compiler --------------------===//

#include "passes/Pipelines/Pipelines.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Conversion/TosaToLinalg/TosaToLinalg.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/Tosa/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Input/Passes.h"
#include "passes/LinalgToXPU/LinalgToXPU.h"
#include "passes/Partition/Parallelism.h"
#include "passes/Partition/Passes.h"
#include "passes/Rack/Passes.h"
#include "passes/Tiling/Passes.h"
#include "passes/XPU/Passes.h"

using namespace mlir;

namespace xpu {

/// Control flow first: the rest of upstream's pipeline refuses its terminators.
static void addTosaPasses(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(tosa::createTosaInferShapesPass());
  pm.addPass(createTosaToSCFPass());
  pm.addNestedPass<func::FuncOp>(createLowerBlockScaledPass());
  tosa::addTosaToLinalgPasses(pm, TosaToLinalgOptions(),
                              TosaToLinalgNamedOptions(), std::nullopt);
  pm.addPass(createTosaToTensorPass());
  TosaToArithPassOptions arith;
  arith.includeApplyRescale = true;
  pm.addPass(createTosaToArithPass(arith));
}

void buildInputPipeline(OpPassManager &pm) {
  pm.addPass(createInlinerPass());
  pm.addPass(createSymbolDCEPass());
  pm.addPass(createLiftControlFlowToSCFPass());
  pm.addPass(createCanonicalizerPass());
  addTosaPasses(pm);
  pm.addPass(createCanonicalizerPass());
  pm.addNestedPass<func::FuncOp>(createNormalizeInputPass());
  pm.addNestedPass<func::FuncOp>(createWidenSmallFloatsPass());
  pm.addNestedPass<func::FuncOp>(createScalarsToTensorsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void buildRackPipeline(OpPassManager &pm) {
  pm.addPass(createConvertElementwiseToLinalgPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(acc::rack::createPlaceOnRackPass());
}

/// Formats with a scale for each row or column of an operand: weights of
/// attention have none before their rows are complete.
static bool scalesOperands(llvm::StringRef precision) {
  return precision == "fp8" || precision == "int8";
}

/// Where passes of a program go: stages of a pipeline are modules in the one of
/// the graph, each with a program of its own.
static OpPassManager &nestPrograms(OpPassManager &pm,
                                   const SlicePipelineOptions &options) {
  llvm::Expected<Parallelism> parallelism = parseParallelism(options.parallel);
  if (!parallelism) {
    llvm::consumeError(parallelism.takeError()); // The first pass says so.
    return pm;
  }
  bool hasStages = llvm::any_of(parallelism->chips, [](const auto &item) {
    return item.first == ChipParallel::Pipeline && item.second > 1;
  });
  return hasStages ? pm.nest<ModuleOp>() : pm;
}

/// What divided tensors become: commands on unplaced buffers.
static void buildProgramPipeline(OpPassManager &pm,
                                 const SlicePipelineOptions &options);

void buildSelectPipeline(OpPassManager &pm,
                         const SlicePipelineOptions &options) {
  pm.addPass(acc::rack::createConvertRackToXPUPass());
  pm.addNestedPass<func::FuncOp>(createLowerTensorOpsPass());
  pm.addNestedPass<func::FuncOp>(createWidenAccumulatorsPass());
  if (options.fuse && !scalesOperands(options.precision)) {
    FuseAttentionPassOptions attention;
    attention.target = options.target;
    attention.precision = options.precision;
    pm.addNestedPass<func::FuncOp>(createFuseAttentionPass(attention));
  }
  pm.addNestedPass<func::FuncOp>(createIntegerProductsPass());
  SetPrecisionPassOptions precision;
  precision.precision = options.precision;
  pm.addNestedPass<func::FuncOp>(createSetPrecisionPass(precision));
  if (options.fuse) {
    pm.addNestedPass<func::FuncOp>(createJoinProductsPass());
    pm.addNestedPass<func::FuncOp>(createSplitWindowsPass());
  }
  pm.addNestedPass<func::FuncOp>(createCollapseLoopsPass());
  pm.addNestedPass<func::FuncOp>(createFuseElementwisePass());
  CutStagesPassOptions stages;
  stages.target = options.target;
  stages.parallel = options.parallel;
  pm.addPass(createCutStagesPass(stages));
  ChooseDivisionsPassOptions divisions;
  divisions.target = options.target;
  divisions.parallel = options.parallel;
  pm.addPass(createChooseDivisionsPass(divisions));
  buildProgramPipeline(nestPrograms(pm, options), options);
}

static void buildProgramPipeline(OpPassManager &pm,
                                 const SlicePipelineOptions &options) {
  pm.addPass(createPartitionPass());
  pm.addNestedPass<func::FuncOp>(createSetInitialValuesPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  if (options.roll) {
    RollLayersPassOptions roll;
    roll.releaseConstants = options.releaseConstants;
    pm.addNestedPass<func::FuncOp>(createRollLayersPass(roll));
    pm.addPass(createCanonicalizerPass());
  }
  if (options.fuse) {
    pm.addNestedPass<func::FuncOp>(createOrderExchangesPass());
  }
  pm.addPass(createBufferizeToSpacesPass());
  // What was made in its place is copied onto itself by equal views.
  pm.addPass(createCSEPass());
  pm.addPass(createCanonicalizerPass());
  pm.addNestedPass<func::FuncOp>(createSplitBuffersPass());
  if (options.fuse) {
    ShareFillsPassOptions fills;
    fills.target = options.target;
    pm.addNestedPass<func::FuncOp>(createShareFillsPass(fills));
  }
  if (options.fuse) {
    ExchangeInStepsPassOptions steps;
    steps.target = options.target;
    pm.addNestedPass<func::FuncOp>(createExchangeInStepsPass(steps));
  }
  // Pieces are worth cutting if they then stay in the scratchpad.
  if (options.fuse && options.resident) {
    SplitExchangesPassOptions exchanges;
    exchanges.target = options.target;
    pm.addNestedPass<func::FuncOp>(createSplitExchangesPass(exchanges));
  }
  if (options.fuse) {
    FuseEpiloguesPassOptions epilogues;
    epilogues.target = options.target;
    pm.addNestedPass<func::FuncOp>(createFuseEpiloguesPass(epilogues));
  }
  // Rows of a chain are worth cutting if they then stay in the scratchpad.
  if (options.fuse && options.resident) {
    FuseRowsPassOptions rows;
    rows.target = options.target;
    rows.bodyCommands = options.bodyCommands;
    pm.addNestedPass<func::FuncOp>(createFuseRowsPass(rows));
  }
  if (options.resident) {
    KeepResidentPassOptions resident;
    resident.target = options.target;
    pm.addNestedPass<func::FuncOp>(createKeepResidentPass(resident));
  }
  TileToScratchpadPassOptions tile;
  tile.target = options.target;
  tile.bodyCommands = options.bodyCommands;
  pm.addNestedPass<func::FuncOp>(createTileToScratchpadPass(tile));
  pm.addPass(createLowerAffinePass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  ConvertLinalgToXPUPassOptions convert;
  convert.target = options.target;
  pm.addNestedPass<func::FuncOp>(createConvertLinalgToXPUPass(convert));
  if (options.fuse && options.resident) {
    SpreadExchangesPassOptions spread;
    spread.target = options.target;
    pm.addNestedPass<func::FuncOp>(createSpreadExchangesPass(spread));
  }
  if (options.pack) {
    PackConstantsPassOptions pack;
    pack.target = options.target;
    pack.releaseConstants = options.releaseConstants;
    pm.addPass(createPackConstantsPass(pack));
  }
}

void buildPlacePipeline(OpPassManager &graph,
                        const SlicePipelineOptions &options) {
  OpPassManager &pm = nestPrograms(graph, options);
  AllocateMemoryPassOptions allocate;
  allocate.target = options.target;
  pm.addNestedPass<func::FuncOp>(createAllocateMemoryPass(allocate));
  AssignSemaphoresPassOptions order;
  order.target = options.target;
  pm.addNestedPass<func::FuncOp>(createAssignSemaphoresPass(order));
  VerifyOrderPassOptions verify;
  verify.target = options.target;
  pm.addNestedPass<func::FuncOp>(createVerifyOrderPass(verify));
}

void registerPipelines() {
  PassPipelineRegistration<>("input-pipeline",
                             "TOSA, control flow and calls to what can be "
                             "placed: linalg on tensors",
                             buildInputPipeline);
  PassPipelineRegistration<>(
      "rack-pipeline", "linalg on tensors to regions on slices and on the host",
      buildRackPipeline);
  PassPipelineRegistration<SlicePipelineOptions>(
      "xpu-select-pipeline",
      "regions of one slice to xpu commands on unplaced buffers",
      buildSelectPipeline);
  PassPipelineRegistration<SlicePipelineOptions>(
      "xpu-place-pipeline", "placement and order of xpu commands",
      buildPlacePipeline);
}

} // namespace xpu
