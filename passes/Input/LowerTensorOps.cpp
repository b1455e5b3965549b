//===- LowerTensorOps.cpp - Few forms for what follows --------------------===//

#include "passes/Input/Passes.h"

#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_LOWERTENSOROPSPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {
struct LowerTensorOpsPass final
    : xpu::impl::LowerTensorOpsPassBase<LowerTensorOpsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<tensor::PadOp> pads;
    getOperation().walk([&](tensor::PadOp pad) { pads.push_back(pad); });
    IRRewriter rewriter(&getContext());
    SmallVector<tensor::ConcatOp> concats;
    getOperation().walk([&](tensor::ConcatOp op) { concats.push_back(op); });
    for (tensor::ConcatOp concat : concats) {
      rewriter.setInsertionPoint(concat);
      FailureOr<SmallVector<Value>> parts = concat.decomposeOperation(rewriter);
      if (failed(parts)) {
        concat.emitError("unsupported: concatenation of dynamic shapes");
        return signalPassFailure();
      }
      rewriter.replaceOp(concat, *parts);
    }
    for (tensor::PadOp pad : pads) {
      rewriter.setInsertionPoint(pad);
      if (failed(linalg::rewriteInDestinationPassingStyle(rewriter, pad))) {
        pad.emitError(
            "unsupported: padding whose amounts or value are not constant");
        return signalPassFailure();
      }
    }
    SmallVector<linalg::LinalgOp> named;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (!llvm::isa<linalg::GenericOp, linalg::FillOp>(op)) {
        named.push_back(op);
      }
    });
    for (linalg::LinalgOp op : named) {
      rewriter.setInsertionPoint(op);
      if (failed(linalg::generalizeNamedOp(rewriter, op))) {
        op.emitError("unsupported: has no generic form");
        return signalPassFailure();
      }
    }
    SmallVector<linalg::GenericOp> generics;
    getOperation().walk([&](linalg::GenericOp op) { generics.push_back(op); });
    for (linalg::GenericOp op : generics) {
      // Nothing to compute: a reduction over nothing is what it starts from.
      if (llvm::is_contained(op.getStaticLoopRanges(), 0)) {
        rewriter.replaceOp(op, op.getDpsInits());
        continue;
      }
      xpu::turnReversedSubscripts(rewriter, op);
    }
  }
};
} // namespace
