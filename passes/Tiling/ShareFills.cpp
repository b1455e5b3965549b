//===- ShareFills.cpp - Images with a border that is written once ---------===//

#include "passes/Tiling/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "passes/Analysis/BufferAccess.h"
#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Analysis/ScratchpadRegions.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_SHAREFILLSPASS
#include "passes/Tiling/Passes.h.inc"
} // namespace xpu

namespace {

/// A buffer that is filled with a constant, and then written and read with
/// something else in a part of it.
struct Bordered {
  memref::AllocOp alloc;
  linalg::FillOp fill;
  Attribute constant;
  memref::SubViewOp inner; ///< The part.
  /// In the block of the buffer: what writes the part first, all of it, before
  /// anything reads the buffer; and what uses the buffer last.
  Operation *first = nullptr, *last = nullptr;

  bool isAlike(const Bordered &other) const {
    memref::SubViewOp a = inner, b = other.inner;
    memref::AllocOp buffer = alloc, otherBuffer = other.alloc;
    return buffer.getType() == otherBuffer.getType() &&
           constant == other.constant &&
           a.getStaticOffsets() == b.getStaticOffsets() &&
           a.getStaticSizes() == b.getStaticSizes() &&
           a.getStaticStrides() == b.getStaticStrides();
  }
};

/// Uses of a buffer and of its views, views aside.
void collectUses(Value buffer, SmallVectorImpl<OpOperand *> &uses) {
  for (OpOperand &use : buffer.getUses()) {
    if (xpu::isView(use.getOwner())) {
      collectUses(use.getOwner()->getResult(0), uses);
    } else {
      uses.push_back(&use);
    }
  }
}

std::optional<Bordered> match(linalg::FillOp fill) {
  Bordered found;
  found.fill = fill;
  found.alloc = fill.getOutputs()[0].getDefiningOp<memref::AllocOp>();
  Block *block = fill->getBlock();
  if (!fill.hasPureBufferSemantics() || !found.alloc ||
      found.alloc->getBlock() != block ||
      !matchPattern(fill.getInputs()[0], m_Constant(&found.constant))) {
    return std::nullopt;
  }
  SmallVector<OpOperand *> uses;
  collectUses(found.alloc, uses);
  llvm::sort(uses, [&](OpOperand *a, OpOperand *b) {
    return a->getOwner()->getBlock() == block &&
           b->getOwner()->getBlock() == block &&
           a->getOwner()->isBeforeInBlock(b->getOwner());
  });
  for (OpOperand *use : uses) {
    Operation *op = use->getOwner();
    if (op == fill) {
      continue;
    }
    if (op->getBlock() != block || !xpu::isBufferWork(op) ||
        op->isBeforeInBlock(fill)) {
      return std::nullopt;
    }
    if (xpu::writesOperand(op, *use)) {
      auto view = use->get().getDefiningOp<memref::SubViewOp>();
      Bordered same = found;
      same.inner = view;
      if (!view || view.getSource() != found.alloc.getResult() ||
          !view.getOffsets().empty() || !view.getSizes().empty() ||
          !view.getStrides().empty() || (found.first && !found.isAlike(same))) {
        return std::nullopt;
      }
      if (!found.first) {
        auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
        if (linalgOp &&
            !linalgOp.getMatchingIndexingMap(use).isProjectedPermutation()) {
          return std::nullopt;
        }
        found.first = op;
        found.inner = view;
      }
    }
    // Nothing reads it before, nor what writes the part.
    if (!found.first || (op == found.first && xpu::readsOperand(op, *use))) {
      return std::nullopt;
    }
    found.last = op;
  }
  return found.first ? std::optional(found) : std::nullopt;
}

struct ShareFillsPass final : xpu::impl::ShareFillsPassBase<ShareFillsPass> {
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
    // What may stay in the scratchpad had better be short-lived.
    const int64_t most = xpu::ScratchpadRegions::residentRoom(*machine);
    llvm::DenseMap<Block *, SmallVector<Bordered>> bordered;
    for (Block *block : xpu::getProgramBlocks(func)) {
      for (auto fill : block->getOps<linalg::FillOp>()) {
        std::optional<Bordered> found = match(fill);
        if (found && xpu::getByteSize(found->alloc.getType()) > most) {
          bordered[block].push_back(*found);
        }
      }
      // The border stays from one iteration to the next.
      if (auto loop = dyn_cast<scf::ForOp>(block->getParentOp())) {
        for (Bordered outer : bordered[block]) {
          Operation *constant = outer.fill.getInputs()[0].getDefiningOp();
          for (Operation *op : {constant, outer.alloc.getOperation(),
                                outer.fill.getOperation()}) {
            if (loop->isProperAncestor(op)) {
              op->moveBefore(loop);
            }
          }
          outer.first = outer.last = loop;
          bordered[loop->getBlock()].push_back(outer);
        }
        continue;
      }
      share(bordered[block]);
    }
  }

private:
  /// Puts those that are alike, one after the other, into one buffer.
  static void share(SmallVectorImpl<Bordered> &all) {
    llvm::sort(all, [](const Bordered &a, const Bordered &b) {
      return a.first->isBeforeInBlock(b.first);
    });
    SmallVector<Bordered> kept;
    for (Bordered &next : all) {
      auto *before = llvm::find_if(kept, [&](const Bordered &other) {
        return other.isAlike(next) && other.last->isBeforeInBlock(next.first);
      });
      if (before == kept.end()) {
        kept.push_back(next);
        continue;
      }
      next.fill->erase();
      next.alloc.getResult().replaceAllUsesWith(before->alloc.getResult());
      next.alloc->erase();
      before->last = next.last;
    }
  }
};

} // namespace
