//===- Pipelines.h - Named pipelines of the compiler ------------*- C++ -*-===//

#ifndef PASSES_PIPELINES_PIPELINES_H
#define PASSES_PIPELINES_PIPELINES_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include "passes/Tiling/Passes.h"

namespace xpu {

struct SlicePipelineOptions : mlir::PassPipelineOptions<SlicePipelineOptions> {
  PassOptions::Option<std::string> target{
      *this, "target",
      llvm::cl::desc("name or file of the target; default: xpu.target of the "
                     "module, else xpu-tiny")};
  PassOptions::Option<std::string> precision{
      *this, "precision",
      llvm::cl::desc("arithmetic of f32 matrix work: fp32 or bf16"),
      llvm::cl::init("fp32")};
  PassOptions::Option<std::string> parallel{
      *this, "parallel",
      llvm::cl::desc("how slices of a chip divide the work, as of "
                     "xpu-choose-divisions"),
      llvm::cl::init("auto")};
  PassOptions::Option<bool> fuse{
      *this, "fuse",
      llvm::cl::desc("tile operations together: elementwise work with "
                     "contractions, chains of vector work by rows"),
      llvm::cl::init(true)};
  PassOptions::Option<bool> pack{
      *this, "pack",
      llvm::cl::desc("store constants in the order of their loads"),
      llvm::cl::init(true)};
  PassOptions::Option<int64_t> bodyCommands{
      *this, "body-commands",
      llvm::cl::desc(
          "commands that one operation writes out in the body of a loop"),
      llvm::cl::init(kBodyCommands)};
  PassOptions::Option<bool> roll{
      *this, "roll",
      llvm::cl::desc("make layers that repeat one body in a loop"),
      llvm::cl::init(true)};
  PassOptions::Option<bool> releaseConstants{
      *this, "release-constants",
      llvm::cl::desc("free constants that are no longer used, also for clones "
                     "of the module"),
      llvm::cl::init(false)};
  PassOptions::Option<bool> resident{
      *this, "resident",
      llvm::cl::desc("keep values in the scratchpad between operations"),
      llvm::cl::init(true)};
};

/// What MLIR files hold (TOSA, control flow, calls of private functions) to
/// linalg on tensors in one function.
void buildInputPipeline(mlir::OpPassManager &pm);

/// linalg on tensors to regions on slices and on the host.
void buildRackPipeline(mlir::OpPassManager &pm);

/// Regions of one slice (or bare linalg on tensors) to xpu commands on unplaced
/// buffers.
void buildSelectPipeline(mlir::OpPassManager &pm,
                         const SlicePipelineOptions &options);

/// Placement and order of xpu commands.
void buildPlacePipeline(mlir::OpPassManager &pm,
                        const SlicePipelineOptions &options);

/// Registers them as `input-pipeline`, `rack-pipeline`, `xpu-select-pipeline`
/// and `xpu-place-pipeline`.
void registerPipelines();

} // namespace xpu

#endif // PASSES_PIPELINES_PIPELINES_H
