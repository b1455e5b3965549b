//===- LowerTensorOps.cpp - Padding as fill and insertion -----------------===//

#include "passes/XPU/Passes.h"

#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_LOWERTENSOROPSPASS
#include "passes/XPU/Passes.h.inc"
} // namespace xpu

namespace {
struct LowerTensorOpsPass final
    : xpu::impl::LowerTensorOpsPassBase<LowerTensorOpsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<tensor::PadOp> pads;
    getOperation().walk([&](tensor::PadOp pad) { pads.push_back(pad); });
    IRRewriter rewriter(&getContext());
    for (tensor::PadOp pad : pads) {
      rewriter.setInsertionPoint(pad);
      if (failed(linalg::rewriteInDestinationPassingStyle(rewriter, pad))) {
        pad.emitError("unsupported: padding whose amounts or value are not constant");
        return signalPassFailure();
      }
    }
  }
};
} // namespace
