//===- SplitBuffers.cpp - A buffer for every value ------------------------===//

#include "passes/Tiling/Passes.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"
#include "passes/Analysis/BufferAccess.h"
#include "passes/Analysis/BufferViews.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_SPLITBUFFERSPASS
#include "passes/Tiling/Passes.h.inc"
} // namespace xpu

/// Gives every operation views of its own, so that what a buffer is replaced by
/// can differ from one to the next.
static void ownViews(RewriterBase &rewriter, Block &body) {
  SmallVector<Operation *> views;
  for (Operation &op : llvm::make_early_inc_range(body)) {
    if (xpu::isView(&op)) {
      views.push_back(&op);
      continue;
    }
    rewriter.setInsertionPoint(&op);
    for (OpOperand &operand : op.getOpOperands()) {
      if (llvm::isa<MemRefType>(operand.get().getType())) {
        operand.set(xpu::cloneView(rewriter, operand.get(),
                                   xpu::getViewRoot(operand.get())));
      }
    }
  }
  for (Operation *view : llvm::reverse(views)) {
    if (view->use_empty()) {
      rewriter.eraseOp(view);
    }
  }
}

/// Whether `op` uses the buffer of `operand` in another operand, too.
static bool usesTwice(Operation *op, OpOperand &operand) {
  return llvm::any_of(op->getOpOperands(), [&](OpOperand &other) {
    return &other != &operand && xpu::getViewRoot(other.get()) == operand.get();
  });
}

namespace {
struct SplitBuffersPass final
    : xpu::impl::SplitBuffersPassBase<SplitBuffersPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal()) {
      return;
    }
    if (!llvm::hasSingleElement(func.getBody())) {
      func.emitError("expects a function of one block");
      return signalPassFailure();
    }
    IRRewriter rewriter(&getContext());
    for (Block *block : xpu::getProgramBlocks(func)) {
      split(rewriter, *block);
    }
  }

  static void split(RewriterBase &rewriter, Block &body) {
    ownViews(rewriter, body);
    for (Operation &op : llvm::make_early_inc_range(body)) {
      if (!xpu::isBufferWork(&op)) {
        continue;
      }
      for (OpOperand &operand : op.getOpOperands()) {
        auto alloc = operand.get().getDefiningOp<memref::AllocOp>();
        // What a loop finds and leaves behind is one buffer.
        if (!alloc || alloc->getBlock() != &body ||
            !xpu::overwritesOperand(&op, operand) || usesTwice(&op, operand)) {
          continue;
        }
        rewriter.setInsertionPoint(&op);
        Value fresh = rewriter.clone(*alloc)->getResult(0);
        // Views and operations from here on.
        operand.get().replaceUsesWithIf(fresh, [&](OpOperand &use) {
          Operation *user = body.findAncestorOpInBlock(*use.getOwner());
          return user == &op || op.isBeforeInBlock(user);
        });
      }
    }
    for (auto alloc :
         llvm::make_early_inc_range(body.getOps<memref::AllocOp>())) {
      if (alloc->use_empty()) {
        rewriter.eraseOp(alloc);
      }
    }
  }
};
} // namespace
