//===- PlaceOnRack.cpp - What runs on a slice and what on the host --------===//

#include "passes/Rack/Passes.h"

#include "dialects/Rack/IR/Rack.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "passes/LinalgToXPU/Capability.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace acc::rack {
#define GEN_PASS_DEF_PLACEONRACKPASS
#include "passes/Rack/Passes.h.inc"

bool isRematerializable(Operation *op) {
  if (op->hasTrait<OpTrait::ConstantLike>() || llvm::isa<tensor::EmptyOp>(op)) {
    return true;
  }
  auto fill = dyn_cast<linalg::FillOp>(op);
  return fill && matchPattern(fill.getInputs()[0], m_Constant()) &&
         fill.getOutputs()[0].getDefiningOp<tensor::EmptyOp>();
}
} // namespace acc::rack

using namespace acc::rack;

namespace {
/// Operations that go into one region.
struct Group {
  bool onHost = false;
  SmallVector<Operation *> ops;
};

/// Whether `op` makes nothing but scalars, which no region can return.
bool isScalarWork(Operation *op) {
  return op->getNumResults() != 0 && op->getNumRegions() == 0 && isPure(op) &&
         !op->hasTrait<OpTrait::ConstantLike>() &&
         llvm::all_of(op->getResultTypes(),
                      [](Type type) { return type.isIntOrIndexOrFloat(); });
}

/// Gives each reader of scalars the operations that make them, as its own.
class ScalarWork {
public:
  explicit ScalarWork(Block &block) : block(block) {
    SmallVector<Operation *> scalars;
    for (Operation &op : block.without_terminator()) {
      if (isScalarWork(&op)) {
        scalars.push_back(&op);
      }
    }
    if (scalars.empty()) {
      return;
    }
    SmallVector<Operation *> readers;
    for (Operation &op : block.without_terminator()) {
      if (!isScalarWork(&op)) {
        readers.push_back(&op);
      }
    }
    for (Operation *reader : readers) {
      copyTo(reader);
    }
    for (Operation *op : llvm::reverse(scalars)) {
      if (op->use_empty()) {
        op->erase();
      }
    }
  }

  /// What must go where `reader` goes, in order.
  ArrayRef<Operation *> of(Operation *reader) const {
    auto it = copies.find(reader);
    return it == copies.end() ? ArrayRef<Operation *>() : it->second;
  }

private:
  void copyTo(Operation *reader) {
    OpBuilder builder(reader);
    IRMapping mapping;
    SmallVector<Operation *> &made = copies[reader];
    std::function<void(Operation *)> copy = [&](Operation *op) {
      for (Value operand : op->getOperands()) {
        Operation *def = operand.getDefiningOp();
        if (def && def->getBlock() == &block && isScalarWork(def) &&
            !mapping.contains(operand)) {
          copy(def);
        }
      }
      made.push_back(builder.clone(*op, mapping));
    };
    reader->walk([&](Operation *inner) {
      for (OpOperand &operand : inner->getOpOperands()) {
        Operation *def = operand.get().getDefiningOp();
        if (!def || def->getBlock() != &block || !isScalarWork(def)) {
          continue;
        }
        if (!mapping.contains(operand.get())) {
          copy(def);
        }
        operand.set(mapping.lookup(operand.get()));
      }
    });
  }

  Block &block;
  llvm::DenseMap<Operation *, SmallVector<Operation *>> copies;
};

struct PlaceOnRackPass final
    : acc::rack::impl::PlaceOnRackPassBase<PlaceOnRackPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    module->setAttr(kTopologyAttr, TopologyAttr::get(&getContext(), /*chips=*/1,
                                                     /*slices=*/1));
    for (auto func : module.getOps<func::FuncOp>()) {
      if (func.isExternal()) {
        continue;
      }
      if (!llvm::hasSingleElement(func.getBody())) {
        func.emitError("unsupported: a function of more than one block");
        return signalPassFailure();
      }
      place(func.getBody().front());
    }
  }

  static void place(Block &block) {
    llvm::DenseMap<Operation *, std::string> whyNot;
    SmallVector<Operation *> pending;
    ScalarWork scalars(block);
    for (Operation &op : block.without_terminator()) {
      if (isRematerializable(&op) || isScalarWork(&op)) {
        continue;
      }
      pending.push_back(&op);
      if (std::optional<std::string> why = xpu::whyNotOnSlice(&op)) {
        whyNot[&op] = *why;
      }
    }
    // In turns: everything that one side can do by now, then the other side.
    // The order of the operations is a witness that this ends.
    llvm::SmallPtrSet<Operation *, 32> waiting(pending.begin(), pending.end());
    auto isReady = [&](Operation *op) {
      bool ready = true;
      auto check = [&](Value value) {
        Operation *def = value.getDefiningOp();
        ready &= !def || !waiting.contains(block.findAncestorOpInBlock(*def)) ||
                 op->isAncestor(def);
      };
      op->walk([&](Operation *inner) {
        llvm::for_each(inner->getOperands(), check);
      });
      for (Operation *scalar : scalars.of(op)) {
        llvm::for_each(scalar->getOperands(), check);
      }
      return ready;
    };
    SmallVector<Group> groups;
    for (bool onHost = false; !pending.empty(); onHost = !onHost) {
      Group group;
      group.onHost = onHost;
      SmallVector<Operation *> rest;
      for (Operation *op : pending) {
        if (whyNot.contains(op) == onHost && isReady(op)) {
          llvm::append_range(group.ops, scalars.of(op));
          group.ops.push_back(op);
          waiting.erase(op);
        } else {
          rest.push_back(op);
        }
      }
      pending = rest;
      if (!group.ops.empty()) {
        groups.push_back(group);
      }
    }
    Operation *end = block.getTerminator();
    for (Group &group : groups) {
      std::string reasons;
      llvm::SmallSetVector<StringRef, 4> seen;
      for (Operation *op : group.ops) {
        if (whyNot.contains(op) && seen.insert(whyNot[op])) {
          reasons += (reasons.empty() ? "" : "; ") + whyNot[op];
          remark::missed(
              op->getLoc(),
              remark::RemarkOpts::name("host").category("rack-place"))
              << "runs on the host: " << whyNot[op];
        }
      }
      wrap(group, reasons, end);
    }
    // Constants first: regions use them from above.
    SmallVector<Operation *> shared;
    for (Operation &op : block.without_terminator()) {
      if (isRematerializable(&op)) {
        shared.push_back(&op);
      }
    }
    for (Operation *op : llvm::reverse(shared)) {
      op->moveBefore(&block, block.begin());
    }
  }

  /// Moves the operations into a region before `end`; what others use of their
  /// results becomes the results of the region.
  static void wrap(const Group &group, StringRef reasons, Operation *end) {
    llvm::SmallPtrSet<Operation *, 32> inside(group.ops.begin(),
                                              group.ops.end());
    SmallVector<Value> escaping;
    SmallVector<Location> locations;
    for (Operation *op : group.ops) {
      locations.push_back(op->getLoc());
      for (Value result : op->getResults()) {
        bool escapes = llvm::any_of(result.getUsers(), [&](Operation *user) {
          return !inside.contains(
              end->getBlock()->findAncestorOpInBlock(*user));
        });
        if (escapes) {
          escaping.push_back(result);
        }
      }
    }
    OpBuilder builder(end);
    Location loc = locations.size() == 1 ? locations.front()
                                         : builder.getFusedLoc(locations);
    TypeRange types = ValueRange(escaping).getTypes();
    Operation *region =
        group.onHost
            ? HostOp::create(builder, loc, types, reasons).getOperation()
            : LaunchOp::create(builder, loc, types, 0, 0).getOperation();
    Block &body = region->getRegion(0).front();
    for (Operation *op : group.ops) {
      op->moveBefore(&body, body.end());
    }
    builder.setInsertionPointToEnd(&body);
    YieldOp::create(builder, loc, escaping);
    for (auto [value, result] : llvm::zip(escaping, region->getResults())) {
      value.replaceUsesWithIf(result, [&](OpOperand &use) {
        return !region->isAncestor(use.getOwner());
      });
    }
  }
};
} // namespace
