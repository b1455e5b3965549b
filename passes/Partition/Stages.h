//===- Stages.h - Names of the stages of a pipeline -------------*- C++ -*-===//

#ifndef PASSES_PARTITION_STAGES_H
#define PASSES_PARTITION_STAGES_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"

namespace xpu {

/// On a module whose graph is cut into stages, and on those of the stages in
/// it: the axes of the grid of slices along which stages lie, an array of i16.
inline constexpr llvm::StringLiteral kStageAxesAttr = "xpu.stage_axes";
/// On the module of a stage: its number.
inline constexpr llvm::StringLiteral kStageAttr = "xpu.stage";
/// On an argument or a result of a stage: its number among those of the graph.
inline constexpr llvm::StringLiteral kOfGraphAttr = "xpu.of_graph";

/// The modules of the stages in their order; none of a graph that is not cut.
inline llvm::SmallVector<mlir::ModuleOp> findStages(mlir::ModuleOp module) {
  llvm::SmallVector<mlir::ModuleOp> stages;
  for (auto stage : module.getOps<mlir::ModuleOp>()) {
    if (stage->hasAttr(kStageAttr)) {
      stages.push_back(stage);
    }
  }
  return stages;
}

} // namespace xpu

#endif // PASSES_PARTITION_STAGES_H
