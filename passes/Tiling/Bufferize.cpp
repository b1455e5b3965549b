//===- Bufferize.cpp - One-shot bufferization into memory spaces ----------===//

#include "passes/Tiling/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_BUFFERIZETOSPACESPASS
#include "passes/Tiling/Passes.h.inc"
} // namespace xpu

/// An own tensor.empty for each use. CSE leaves one for all operations of a
/// shape, and the analysis then compares each of their results with all others:
/// 128 transformer blocks took 82 s.
static void splitEmptyTensors(Operation *root) {
  SmallVector<tensor::EmptyOp> empties;
  root->walk([&](tensor::EmptyOp op) { empties.push_back(op); });
  for (tensor::EmptyOp op : empties) {
    OpBuilder builder(op);
    for (OpOperand &use : llvm::make_early_inc_range(op->getUses())) {
      builder.setInsertionPoint(use.getOwner());
      use.set(builder.clone(*op)->getResult(0));
    }
    op.erase();
  }
}

namespace {
struct BufferizeToSpacesPass final
    : xpu::impl::BufferizeToSpacesPassBase<BufferizeToSpacesPass> {
  using Base::Base;

  void runOnOperation() override {
    splitEmptyTensors(getOperation());
    bufferization::OneShotBufferizationOptions options;
    options.bufferizeFunctionBoundaries = true;
    options.setFunctionBoundaryTypeConversion(
        bufferization::LayoutMapOption::IdentityLayoutMap);
    options.defaultMemorySpaceFn =
        [](TensorType type) -> std::optional<Attribute> {
      return xpu::SpaceAttr::get(type.getContext(), xpu::Space::HBM);
    };
    bufferization::BufferizationState state;
    if (failed(bufferization::runOneShotModuleBufferize(getOperation(), options,
                                                        state))) {
      signalPassFailure();
    }
  }
};
} // namespace
