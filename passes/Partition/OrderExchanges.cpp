//===- OrderExchanges.cpp - What slices wait for comes first --------------===//

#include "passes/Partition/Passes.h"

#include "dialects/Model/IR/Model.h"
#include "dialects/Rack/IR/Rack.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Shard/IR/ShardOps.h"
#include "passes/Analysis/Contraction.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_ORDEREXCHANGESPASS
#include "passes/Partition/Passes.h.inc"
} // namespace xpu

using namespace xpu;

namespace {
bool isProduct(Operation *op) {
  auto product = dyn_cast<linalg::LinalgOp>(op);
  return product && succeeded(matchContraction(product));
}

/// Moves what is gathered, and what that is made of, before products that have
/// nothing to do with it.
class Orderer {
public:
  explicit Orderer(Block &block) : block(block) {}

  void run() {
    SmallVector<shard::AllGatherOp> gathers(block.getOps<shard::AllGatherOp>());
    for (shard::AllGatherOp gather : gathers) {
      hoist(gather);
    }
  }

private:
  void hoist(shard::AllGatherOp gather) {
    llvm::SetVector<Operation *> slice;
    BackwardSliceOptions options;
    options.omitBlockArguments = true;
    options.omitUsesFromAbove = false;
    options.filter = [&](Operation *op) { return op->getBlock() == &block; };
    if (failed(getBackwardSlice(gather.getOperation(), &slice, options))) {
      return;
    }
    // The first of the products straight before it that it does not need, but
    // its reader does.
    llvm::SetVector<Operation *> needed;
    Operation *reader = nullptr;
    for (Operation *user : gather->getUsers()) {
      Operation *own = block.findAncestorOpInBlock(*user);
      if (own && (!reader || own->isBeforeInBlock(reader))) {
        reader = own;
      }
    }
    // What multiplies both: residual values are wanted late anyway.
    if (!reader ||
        !(isProduct(reader) || llvm::isa<acc::model::AttentionOp>(reader)) ||
        failed(getBackwardSlice(reader, &needed, options))) {
      return;
    }
    Operation *first = nullptr;
    for (Operation *op = gather->getPrevNode(); op; op = op->getPrevNode()) {
      if (!isProduct(op)) {
        continue;
      }
      if (!slice.contains(op)) {
        if (!needed.contains(op)) {
          break;
        }
        first = op;
      }
    }
    if (!first) {
      return;
    }
    // In their order.
    SmallVector<Operation *> moved;
    for (Operation *op = first; op != gather; op = op->getNextNode()) {
      if (slice.contains(op)) {
        // What other programs take part in keeps its order.
        if (llvm::isa<acc::rack::SendOp, acc::rack::ReceiveOp>(op)) {
          return;
        }
        moved.push_back(op);
      }
    }
    moved.push_back(gather);
    for (Operation *op : moved) {
      op->moveBefore(first);
    }
  }

  Block &block;
};

struct OrderExchangesPass final
    : xpu::impl::OrderExchangesPassBase<OrderExchangesPass> {
  void runOnOperation() override {
    getOperation().walk([](Block *block) { Orderer(*block).run(); });
  }
};
} // namespace
