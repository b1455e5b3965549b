//===- LinalgToXPU.cpp - Instruction selection, the pass ------------------===//

#include "passes/LinalgToXPU/LinalgToXPU.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Iterators.h"
#include "passes/Analysis/BufferAccess.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/LinalgToXPU/Selector.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_CONVERTLINALGTOXPUPASS
#include "passes/LinalgToXPU/Passes.h.inc"

LogicalResult Selector::selectBlock(Block &block) {
  SmallVector<Operation *> ops;
  for (Operation &op : block) {
    ops.push_back(&op);
  }
  for (Operation *op : ops) {
    if (failed(select(op))) {
      return failure();
    }
  }
  return success();
}

Value Selector::operandOf(const StaticView &view, Location loc) {
  if (view.shifts.empty()) {
    return view.root;
  }
  SmallVector<Value> counters;
  SmallVector<int64_t> steps;
  for (auto [counter, step] : view.shifts) {
    counters.push_back(counter);
    steps.push_back(step);
  }
  return ShiftOp::create(rewriter, loc, view.root.getType(), view.root,
                         counters, steps);
}

LogicalResult Selector::select(Operation *op) {
  rewriter.setInsertionPoint(op);
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    if (!getTripCount(loop) || loop.getNumResults() != 0) {
      return op->emitError("unsupported: expects a loop from 0 in steps of 1 "
                           "with constant bounds and no results");
    }
    if (failed(flushAllFills()) || failed(selectBlock(*loop.getBody()))) {
      return failure();
    }
    return flushAllFills();
  }
  if (llvm::isa<scf::YieldOp>(op)) {
    return flushAllFills();
  }
  if (llvm::isa<func::ReturnOp>(op)) {
    if (failed(flushFills(op))) {
      return failure();
    }
    // What nobody has read by now nobody will.
    for (auto &[root, fill] : pendingFills) {
      rewriter.eraseOp(fill);
    }
    pendingFills.clear();
    return success();
  }
  if (isMemoryEffectFree(op) ||
      llvm::isa<memref::AllocOp, memref::GetGlobalOp>(op)) {
    return success();
  }
  if (auto fill = dyn_cast<linalg::FillOp>(op)) {
    FailureOr<StaticView> view = getStaticView(fill.getOutputs()[0]);
    if (failed(view)) {
      return op->emitError("expects a buffer with constant shape and strides");
    }
    // Accumulators start at zero by the first command that writes them.
    if (getSpace(fill.getOutputs()[0].getType()) == Space::ACC) {
      if (auto it = accumulators.find(fill.getOutputs()[0]);
          it != accumulators.end()) {
        it->second.written = false;
        it->second.halvings = Value();
        it->second.halvingStream = StreamAttr();
      }
      rewriter.eraseOp(op);
      return success();
    }
    if (auto it = pendingFills.find(view->root); it != pendingFills.end()) {
      if (failed(flushFills(op))) {
        return failure();
      }
    }
    pendingFills[view->root] = fill;
    return success();
  }
  if (failed(flushFills(op))) {
    return failure();
  }
  if (llvm::isa<HostCallOp, CollectiveOp>(op)) {
    return success();
  }
  rewriter.setInsertionPoint(op);
  if (auto copy = dyn_cast<memref::CopyOp>(op)) {
    return selectCopy(copy);
  }
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
    auto generic = dyn_cast<linalg::GenericOp>(op);
    if (getSpace(linalgOp.getDpsInits()[0].getType()) == Space::ACC) {
      return generic && isHalving(generic) ? selectHalving(generic)
                                           : selectContraction(linalgOp);
    }
    if (!generic) {
      return op->emitError("unsupported: expects a generic operation here");
    }
    return readsByIndex(linalgOp) ? selectGather(generic)
                                  : selectVector(generic);
  }
  return op->emitError() << "unsupported: '" << op->getName().getStringRef()
                         << "' has no command";
}

} // namespace xpu

namespace {
struct ConvertLinalgToXPUPass final
    : xpu::impl::ConvertLinalgToXPUPassBase<ConvertLinalgToXPUPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal()) {
      return;
    }
    FailureOr<acc::Target> machine =
        xpu::loadTargetFor(func, target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    if (!llvm::hasSingleElement(func.getBody())) {
      func.emitError("expects a function of one block");
      return signalPassFailure();
    }
    IRRewriter rewriter(&getContext());
    if (failed(xpu::Selector(rewriter, *machine).run(func.getBody().front()))) {
      return signalPassFailure();
    }
    // Views and accumulator tensors have been folded into the streams.
    func.walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
      if (isOpTriviallyDead(op)) {
        rewriter.eraseOp(op);
      }
    });
  }
};
} // namespace
