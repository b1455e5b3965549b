//===- AssignSemaphores.cpp - Order between engines -----------------------===//
//
// Sources: the reduction of orders is that of vector clocks (Fidge, Mattern):
// a command carries, for each engine, the last command known to have ended.
//
//===----------------------------------------------------------------------===//

#include "passes/XPU/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/Analysis/Hazards.h"
#include "passes/Analysis/LoadTarget.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace xpu;

namespace xpu {
#define GEN_PASS_DEF_ASSIGNSEMAPHORESPASS
#include "passes/XPU/Passes.h.inc"
} // namespace xpu

namespace {
struct Node {
  CommandOpInterface op;
  EngineClock known{}; ///< Ended before this command starts.
  uint32_t wait = 0;
  uint32_t signal = 0;
};

struct AssignSemaphoresPass final
    : xpu::impl::AssignSemaphoresPassBase<AssignSemaphoresPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal()) {
      return;
    }
    FailureOr<acc::Target> machine = loadTargetFor(func, target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    OpBuilder builder(&getContext());
    insertFences(func.getBody().front(), builder);
    for (const auto &stretch : getStretches(func.getBody().front())) {
      if (failed(assign(stretch, *machine))) {
        return signalPassFailure();
      }
    }
  }

  /// An iteration begins with idle engines, and so does what follows a loop.
  static void insertFences(Block &block, OpBuilder &builder) {
    for (Operation &op : llvm::make_early_inc_range(block)) {
      auto loop = dyn_cast<scf::ForOp>(op);
      if (!loop) {
        continue;
      }
      Block &body = *loop.getBody();
      insertFences(body, builder);
      builder.setInsertionPointToStart(&body);
      FenceOp::create(builder, loop.getLoc());
      // The body around begins with one, too.
      Operation *next = loop->getNextNode();
      while (next && isMemoryEffectFree(next) &&
             !next->hasTrait<OpTrait::IsTerminator>()) {
        next = next->getNextNode();
      }
      if (next && !next->hasTrait<OpTrait::IsTerminator>()) {
        builder.setInsertionPointAfter(loop);
        FenceOp::create(builder, loop.getLoc());
      }
    }
  }

  static LogicalResult assign(ArrayRef<CommandOpInterface> commands,
                              const acc::Target &machine) {
    HazardTracker hazards(machine);
    std::vector<Node> nodes;
    std::array<std::vector<size_t>, kQueueEngines> byEngine;
    for (CommandOpInterface command : commands) {
      unsigned engine = static_cast<unsigned>(command.getEngine());
      int64_t index = static_cast<int64_t>(byEngine[engine].size()) + 1;
      FailureOr<EngineClock> needed = hazards.add(command, index);
      if (failed(needed)) {
        return failure();
      }
      Node node;
      node.op = command;
      // What the previous command of this engine knew, and that it has ended.
      if (!byEngine[engine].empty()) {
        node.known = nodes[byEngine[engine].back()].known;
        node.known[engine] = index - 1;
      }
      // The most recent requirement first: it may imply the others.
      auto positionOf = [&](unsigned e) {
        return (*needed)[e] == 0
                   ? int64_t(-1)
                   : static_cast<int64_t>(byEngine[e][(*needed)[e] - 1]);
      };
      std::array<unsigned, kQueueEngines> order = {0, 1, 2, 3};
      llvm::sort(order, [&](unsigned a, unsigned b) {
        return positionOf(a) > positionOf(b);
      });
      for (unsigned e : order) {
        if (e == engine || (*needed)[e] <= node.known[e]) {
          continue;
        }
        // A semaphore counts only so far: rather than to leave more signals
        // than that, wait for a later command, which implies the one needed.
        int64_t oldest =
            static_cast<int64_t>(byEngine[e].size()) + 1 - signalLimit(machine);
        int64_t awaited = std::max((*needed)[e], oldest);
        Node &producer = nodes[byEngine[e][awaited - 1]];
        producer.signal |= 1u << semaphoreOf(e, engine);
        node.wait |= 1u << semaphoreOf(e, engine);
        for (unsigned k = 0; k < kQueueEngines; ++k) {
          node.known[k] = std::max(node.known[k], producer.known[k]);
        }
        node.known[e] = std::max(node.known[e], awaited);
      }
      byEngine[engine].push_back(nodes.size());
      nodes.push_back(node);
    }
    for (Node &node : nodes) {
      node.op.setMasks(node.wait, node.signal);
    }
    return success();
  }
};
} // namespace
