//===- AssignSemaphores.cpp - Order between engines -----------------------===//
//
// Sources: the reduction of orders is that of vector clocks (Fidge, Mattern):
// a command carries, for each engine, the last command known to have ended.
//
// Iterations that overlap. The orders within one are found first and always
// kept. A second iteration then shows what must come after commands of the one
// before. Of a pair of engines, those orders are later in the producer and
// earlier in the consumer than the ones within an iteration, because these are
// known already; so the k-th signal still belongs to the k-th take, moved by
// the number of orders that go from one iteration to the next. For these the
// sequencer signals once before the loop and waits once behind it.
//
//===----------------------------------------------------------------------===//

#include "passes/XPU/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/Analysis/Hazards.h"
#include "passes/Analysis/LoadTarget.h"
#include "llvm/ADT/STLExtras.h"
#include <numeric>

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
  EngineClock after{}; ///< Commands whose signals it takes; 0: none.
  uint32_t wait = 0;
  uint32_t signal = 0;
};

/// The semaphores of one stretch.
class Assignment {
public:
  Assignment(const Stretch &stretch, const acc::Target &machine)
      : stretch(stretch), limit(signalLimit(machine)), machine(machine) {}

  LogicalResult run() {
    FailureOr<HazardTracker> hazards = HazardTracker::create(stretch, machine);
    if (failed(hazards)) {
      return failure();
    }
    for (CommandOpInterface command : stretch.commands) {
      FailureOr<EngineClock> needed = add(command, *hazards);
      if (failed(needed)) {
        return failure();
      }
      order(nodes.back(), *needed);
    }
    if (!stretch.loop) {
      return success();
    }
    hazards->endIteration();
    isFirst = false;
    EngineClock ended{};
    for (unsigned e = 0; e < kQueueEngines; ++e) {
      ended[e] = static_cast<int64_t>(byEngine[e].size());
    }
    const size_t count = nodes.size();
    for (size_t i = 0; i < count; ++i) {
      FailureOr<EngineClock> needed = add(nodes[i].op, *hazards);
      if (failed(needed)) {
        return failure();
      }
      // What it waits for in every iteration, it waits for in this one.
      EngineClock after = nodes[i].after;
      for (unsigned e = 0; e < kQueueEngines; ++e) {
        if (after[e] != 0) {
          learn(nodes.back(), e, after[e] + ended[e]);
        }
      }
      order(nodes.back(), *needed);
      for (unsigned e = 0; e < kQueueEngines; ++e) {
        if (nodes.back().after[e] != 0) {
          nodes[i].wait |= 1u << semaphoreOf(e, engineOf(nodes[i]));
          ++carried[semaphoreOf(e, engineOf(nodes[i]))];
        }
      }
    }
    nodes.resize(count);
    return success();
  }

  /// Whether no semaphore counts too far.
  bool counts() const {
    std::array<int64_t, isa::kNumSemaphores> signals = carried;
    for (const Node &node : nodes) {
      for (unsigned s = 0; stretch.loop && s < isa::kNumSemaphores; ++s) {
        signals[s] += node.signal >> s & 1;
      }
    }
    return llvm::all_of(signals, [&](int64_t count) { return count <= limit; });
  }

  void write(OpBuilder &builder) {
    for (Node &node : nodes) {
      node.op.setMasks(node.wait, node.signal);
    }
    if (!stretch.loop) {
      return;
    }
    scf::ForOp loop = stretch.loop;
    Location loc = loop.getLoc();
    while (uint32_t mask = takeCarried()) {
      auto set = SemaphoresAttr::get(builder.getContext(), mask);
      builder.setInsertionPoint(loop);
      SignalOp::create(builder, loc, set);
      // Behind the fence.
      Operation *fence = loop->getNextNode();
      while (fence && isMemoryEffectFree(fence) &&
             !fence->hasTrait<OpTrait::IsTerminator>()) {
        fence = fence->getNextNode();
      }
      if (auto found = dyn_cast_or_null<FenceOp>(fence)) {
        builder.setInsertionPointAfter(found);
      } else {
        builder.setInsertionPointAfter(loop);
        builder.setInsertionPointAfter(FenceOp::create(builder, loc));
      }
      WaitOp::create(builder, loc, set);
    }
  }

private:
  static unsigned engineOf(const Node &node) {
    return static_cast<unsigned>(CommandOpInterface(node.op).getEngine());
  }

  /// Appends a node for `command`; returns what it must come after.
  FailureOr<EngineClock> add(CommandOpInterface command,
                             HazardTracker &hazards) {
    unsigned engine = static_cast<unsigned>(command.getEngine());
    int64_t index = static_cast<int64_t>(byEngine[engine].size()) + 1;
    FailureOr<EngineClock> needed = hazards.add(command, index);
    Node node;
    node.op = command;
    // What the previous command of this engine knew, and that it has ended.
    if (!byEngine[engine].empty()) {
      node.known = nodes[byEngine[engine].back()].known;
      node.known[engine] = index - 1;
    }
    byEngine[engine].push_back(nodes.size());
    nodes.push_back(node);
    return needed;
  }

  /// `node` comes after the `index`-th command of engine `e`.
  void learn(Node &node, unsigned e, int64_t index) {
    const Node &producer = nodes[byEngine[e][index - 1]];
    for (unsigned k = 0; k < kQueueEngines; ++k) {
      node.known[k] = std::max(node.known[k], producer.known[k]);
    }
    node.known[e] = std::max(node.known[e], index);
  }

  void order(Node &node, const EngineClock &needed) {
    unsigned engine = engineOf(node);
    // The most recent requirement first: it may imply the others.
    auto positionOf = [&](unsigned e) {
      return needed[e] == 0 ? int64_t(-1)
                            : static_cast<int64_t>(byEngine[e][needed[e] - 1]);
    };
    std::array<unsigned, kQueueEngines> engines;
    std::iota(engines.begin(), engines.end(), 0u);
    llvm::sort(engines, [&](unsigned a, unsigned b) {
      return positionOf(a) > positionOf(b);
    });
    for (unsigned e : engines) {
      if (e == engine || needed[e] <= node.known[e]) {
        continue;
      }
      // A semaphore counts only so far: rather than to leave more signals than
      // that, wait for a later command, which implies the one needed.
      int64_t oldest = static_cast<int64_t>(byEngine[e].size()) + 1 - limit;
      int64_t awaited =
          isFirst ? std::max(needed[e], oldest) : int64_t(needed[e]);
      nodes[byEngine[e][awaited - 1]].signal |= 1u << semaphoreOf(e, engine);
      node.wait |= 1u << semaphoreOf(e, engine);
      node.after[e] = awaited;
      learn(node, e, awaited);
    }
  }

  /// The semaphores with orders to the next iteration, one order less of each.
  uint32_t takeCarried() {
    uint32_t mask = 0;
    for (unsigned s = 0; s < isa::kNumSemaphores; ++s) {
      if (carried[s] > 0) {
        --carried[s];
        mask |= 1u << s;
      }
    }
    return mask;
  }

  const Stretch &stretch;
  int64_t limit;
  const acc::Target &machine;
  std::vector<Node> nodes;
  std::array<std::vector<size_t>, kQueueEngines> byEngine;
  bool isFirst = true; ///< The first iteration.
  /// Orders by each semaphore that go from one iteration to the next.
  std::array<int64_t, isa::kNumSemaphores> carried{};
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
    for (Stretch &stretch : getStretches(func.getBody().front())) {
      if (failed(assign(stretch, *machine, builder))) {
        return signalPassFailure();
      }
    }
  }

  static LogicalResult assign(Stretch &stretch, const acc::Target &machine,
                              OpBuilder &builder) {
    {
      Assignment assignment(stretch, machine);
      if (failed(assignment.run())) {
        return failure();
      }
      if (assignment.counts()) {
        assignment.write(builder);
        return success();
      }
    }
    // Too many signals on their way from one iteration to the next.
    builder.setInsertionPointToStart(stretch.loop.getBody());
    FenceOp::create(builder, stretch.loop.getLoc());
    stretch.loop = nullptr;
    Assignment assignment(stretch, machine);
    if (failed(assignment.run())) {
      return failure();
    }
    assignment.write(builder);
    return success();
  }

  /// A loop, and what follows it, begin with idle engines; so does an iteration
  /// that has other loops in it.
  static void insertFences(Block &block, OpBuilder &builder) {
    bool isIdle = true;
    bool isBehindLoop = false;
    if (auto loop = dyn_cast<scf::ForOp>(block.getParentOp())) {
      if (isOverlapped(loop)) {
        return;
      }
      builder.setInsertionPointToStart(&block);
      FenceOp::create(builder, loop.getLoc());
    }
    for (Operation &op : llvm::make_early_inc_range(block)) {
      auto loop = dyn_cast<scf::ForOp>(op);
      if (!loop && !llvm::isa<CommandOpInterface>(op)) {
        if (llvm::isa<FenceOp, HostCallOp>(op)) {
          isIdle = true;
          isBehindLoop = false;
        }
        continue;
      }
      if (!isIdle && (loop || isBehindLoop)) {
        builder.setInsertionPoint(&op);
        FenceOp::create(builder, op.getLoc());
      }
      isIdle = false;
      isBehindLoop = loop != nullptr;
      if (loop) {
        insertFences(*loop.getBody(), builder);
      }
    }
  }
};
} // namespace
