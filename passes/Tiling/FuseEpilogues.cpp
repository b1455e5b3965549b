//===- FuseEpilogues.cpp - Elementwise work on results of contractions ----===//

#include "passes/Tiling/Passes.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "passes/Analysis/BufferAccess.h"
#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Tiling/Tiling.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_FUSEEPILOGUESPASS
#include "passes/Tiling/Passes.h.inc"

linalg::LinalgOp findContraction(linalg::LinalgOp epilogue) {
  auto number = epilogue->getAttrOfType<IntegerAttr>(kEpilogueAttr);
  if (!number) {
    return nullptr;
  }
  Value result = epilogue->getOperand(number.getInt());
  for (Operation *user : result.getUsers()) {
    auto op = dyn_cast<linalg::LinalgOp>(user);
    if (op && op != epilogue && op.getDpsInits()[0] == result) {
      return op;
    }
  }
  return nullptr;
}

linalg::LinalgOp findEpilogue(linalg::LinalgOp contraction) {
  for (Operation *user : contraction.getDpsInits()[0].getUsers()) {
    auto op = dyn_cast<linalg::LinalgOp>(user);
    if (op && findContraction(op) == contraction) {
      return op;
    }
  }
  return nullptr;
}

linalg::LinalgOp findSecondEpilogue(linalg::LinalgOp epilogue) {
  // It is behind the epilogue. Other pairs may work on the same buffer.
  Value written = epilogue.getDpsInits()[0];
  for (Operation *next = epilogue->getNextNode(); next;
       next = next->getNextNode()) {
    auto op = dyn_cast<linalg::LinalgOp>(next);
    if (op && op->hasAttr(kSecondEpilogueAttr) &&
        op.getDpsInputs()[0] == written) {
      return op;
    }
    if (op && op.getDpsInits()[0] == written) {
      return nullptr;
    }
  }
  return nullptr;
}

LogicalResult hoistResult(RewriterBase &rewriter, linalg::LinalgOp op,
                          Operation *place) {
  Value root = getViewRoot(op.getDpsInits()[0]);
  auto alloc = root.getDefiningOp<memref::AllocOp>();
  if (!alloc || !alloc.getDynamicSizes().empty() ||
      alloc->getBlock() != place->getBlock()) {
    return failure();
  }
  // Whatever sees the buffer before `op` does, and is not there yet.
  SmallVector<Operation *> moved = {alloc};
  SmallVector<Value> views = {root};
  while (!views.empty()) {
    for (Operation *user : views.pop_back_val().getUsers()) {
      Operation *at = place->getBlock()->findAncestorOpInBlock(*user);
      if (user == op || !at || !at->isBeforeInBlock(op)) {
        continue;
      }
      if (user == at && at->isBeforeInBlock(place)) {
        if (auto view = dyn_cast<memref::SubViewOp>(user)) {
          views.push_back(view);
        }
        continue;
      }
      auto view = dyn_cast<memref::SubViewOp>(user);
      auto fill = dyn_cast<linalg::FillOp>(user);
      if (user != at || !(view || fill)) {
        return failure();
      }
      moved.push_back(user);
      if (view) {
        if (!(view.getOffsets().empty() && view.getSizes().empty() &&
              view.getStrides().empty())) {
          return failure();
        }
        views.push_back(view);
        continue;
      }
      if (!matchPattern(fill.value(), m_Constant())) {
        return failure();
      }
      if (Operation *constant = fill.value().getDefiningOp();
          constant->getBlock() == place->getBlock()) {
        moved.push_back(constant);
      }
    }
  }
  llvm::sort(moved, [](Operation *a, Operation *b) {
    return a != b && a->isBeforeInBlock(b);
  });
  moved.erase(llvm::unique(moved), moved.end());
  for (Operation *one : moved) {
    if (place->isBeforeInBlock(one)) {
      rewriter.moveOpBefore(one, place);
    }
  }
  return success();
}
} // namespace xpu

namespace {

/// The only operation that sees what `contraction` writes; null if there are
/// several, or views. If it works in place, later ones see what it writes.
linalg::GenericOp findOnlyReader(linalg::LinalgOp contraction) {
  Value result = contraction.getDpsInits()[0];
  Operation *reader = nullptr;
  for (Operation *user : result.getUsers()) {
    if (user->getBlock() != contraction->getBlock()) {
      return nullptr;
    }
    if (user != contraction && (!reader || user->isBeforeInBlock(reader))) {
      reader = user;
    }
  }
  auto generic = dyn_cast_or_null<linalg::GenericOp>(reader);
  if (!generic || generic.getNumDpsInits() != 1) {
    return nullptr;
  }
  bool isInPlace = generic.getDpsInits()[0] == result;
  for (Operation *user : result.getUsers()) {
    if (user != contraction && user != reader && !isInPlace) {
      return nullptr;
    }
  }
  return generic;
}

/// Why `reader` cannot work on tiles of `result`; nothing if it can.
std::optional<StringRef> whyNot(linalg::GenericOp reader, Value result) {
  if (reader.getNumReductionLoops() != 0) {
    return StringRef("it reduces");
  }
  if (xpu::readsByIndex(reader)) {
    return StringRef("it is not elementwise");
  }
  OpOperand *init = reader.getDpsInitOperand(0);
  if (xpu::readsOperand(reader, *init)) {
    return StringRef("it reads what it writes to");
  }
  if (!reader.getMatchingIndexingMap(init).isProjectedPermutation()) {
    return StringRef("its result is not written element by element");
  }
  for (OpOperand *input : reader.getDpsInputOperands()) {
    if (input->get() == result &&
        !reader.getMatchingIndexingMap(input).isPermutation()) {
      return StringRef("it reads elements several times");
    }
  }
  return std::nullopt;
}

/// Whether `contraction` may move down to `reader`: nothing between them writes
/// what it reads, or leaves the slice.
bool canSink(linalg::LinalgOp contraction, Operation *reader) {
  for (Operation *op = contraction->getNextNode(); op != reader;
       op = op->getNextNode()) {
    if (xpu::isBufferNeutral(op)) {
      continue;
    }
    if (!xpu::isBufferWork(op)) {
      return false;
    }
    for (OpOperand &operand : op->getOpOperands()) {
      for (Value input : contraction.getDpsInputs()) {
        if (xpu::writesOperand(op, operand) &&
            xpu::getViewRoot(operand.get()) == xpu::getViewRoot(input)) {
          return false;
        }
      }
    }
  }
  return true;
}

/// Whether `op` reads elements of `value` alone, each once, and writes as many
/// in the same order.
bool worksElementByElement(linalg::GenericOp op, Value value) {
  return op.getNumReductionLoops() == 0 && op.getNumDpsInputs() == 1 &&
         op.getNumDpsInits() == 1 && op.getDpsInputs()[0] == value &&
         !op.hasIndexSemantics() && !xpu::readsByIndex(op) &&
         !xpu::readsOperand(op, *op.getDpsInitOperand(0)) &&
         llvm::all_of(op.getIndexingMapsArray(),
                      [](AffineMap map) { return map.isIdentity(); });
}

struct FuseEpiloguesPass final
    : xpu::impl::FuseEpiloguesPassBase<FuseEpiloguesPass> {
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
    // What is well below the room for values that stay need not leave.
    const int64_t smallest = xpu::ScratchpadRegions::residentRoom(*machine) / 4;
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::LinalgOp> contractions;
    func.walk([&](linalg::LinalgOp op) {
      if (op.hasPureBufferSemantics() &&
          succeeded(xpu::matchMatrixWork(op, *machine)) &&
          xpu::getByteSize(cast<MemRefType>(op.getDpsInits()[0].getType())) >
              smallest) {
        contractions.push_back(op);
      }
    });
    for (linalg::LinalgOp op : contractions) {
      fuse(rewriter, op);
    }
  }

  static void fuse(RewriterBase &rewriter, linalg::LinalgOp op) {
    Value result = op.getDpsInits()[0];
    linalg::GenericOp reader = findOnlyReader(op);
    if (!result.getDefiningOp<memref::AllocOp>() || !reader ||
        reader->hasAttr(xpu::kEpilogueAttr) || !op->isBeforeInBlock(reader) ||
        succeeded(xpu::matchContraction(reader))) {
      return;
    }
    auto options = remark::RemarkOpts::name("epilogue").category("xpu-fuse");
    std::optional<StringRef> obstacle = whyNot(reader, result);
    if (!obstacle && !canSink(op, reader)) {
      obstacle = StringRef(
          "something between them changes an operand of the contraction");
    }
    if (obstacle) {
      remark::missed(reader.getLoc(), options)
          << ("not done with the contraction that it reads: " + *obstacle)
                 .str();
      return;
    }
    // In place, the result of both would be one buffer.
    OpOperand &init = reader.getDpsInitsMutable()[0];
    if (init.get() == result) {
      rewriter.setInsertionPoint(reader);
      Value fresh = rewriter.clone(*result.getDefiningOp())->getResult(0);
      init.set(fresh);
      result.replaceUsesWithIf(fresh, [&](OpOperand &use) {
        Operation *user =
            reader->getBlock()->findAncestorOpInBlock(*use.getOwner());
        return reader->isBeforeInBlock(user);
      });
    }
    rewriter.moveOpBefore(op, reader);
    for (OpOperand *input : reader.getDpsInputOperands()) {
      if (input->get() == result) {
        reader->setAttr(xpu::kEpilogueAttr,
                        rewriter.getI64IntegerAttr(input->getOperandNumber()));
      }
    }
    remark::passed(reader.getLoc(), options)
        << "done with the contraction that it reads, tile by tile";
    fuseSecond(rewriter, op, reader);
  }

  /// What else reads each element of what the epilogue writes, as it is rounded
  /// for the next product while a residual path goes on without rounding.
  static void fuseSecond(RewriterBase &rewriter, linalg::LinalgOp contraction,
                         linalg::GenericOp epilogue) {
    Value written = epilogue.getDpsInits()[0];
    if (!epilogue.getMatchingIndexingMap(epilogue.getDpsInitOperand(0))
             .isIdentity() ||
        !written.getDefiningOp<memref::AllocOp>()) {
      return;
    }
    for (Operation *user : written.getUsers()) {
      auto second = dyn_cast<linalg::GenericOp>(user);
      if (!second || second->getBlock() != epilogue->getBlock() ||
          !epilogue->isBeforeInBlock(second) ||
          !worksElementByElement(second, written)) {
        continue;
      }
      // Until then nothing else has written it.
      bool isAsWritten = llvm::none_of(written.getUsers(), [&](Operation *op) {
        auto work = dyn_cast<linalg::LinalgOp>(op);
        Operation *place = epilogue->getBlock()->findAncestorOpInBlock(*op);
        return op != epilogue && place && place->isBeforeInBlock(second) &&
               !(work && work.getDpsInits()[0] != written);
      });
      if (!isAsWritten ||
          failed(xpu::hoistResult(rewriter, second, contraction))) {
        continue;
      }
      rewriter.moveOpAfter(second, epilogue);
      second->setAttr(xpu::kSecondEpilogueAttr, rewriter.getUnitAttr());
      remark::passed(second.getLoc(),
                     remark::RemarkOpts::name("epilogue").category("xpu-fuse"))
          << "done with the epilogue that it reads, tile by tile";
      return;
    }
  }
};

} // namespace
