//===- AssignSemaphores.cpp - Order between engines -----------------------===//
//
// Sources: the reduction of orders is that of vector clocks (Fidge, Mattern):
// a command carries, for each engine, the last command known to have ended.
//
//===----------------------------------------------------------------------===//

#include "passes/XPU/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "llvm/ADT/STLExtras.h"

#include <map>

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_ASSIGNSEMAPHORESPASS
#include "passes/XPU/Passes.h.inc"
} // namespace xpu

namespace {

constexpr unsigned kEngines = 4;

/// For each engine the number of its commands known to have ended.
using Clock = std::array<int64_t, kEngines>;

/// Last accesses of one stretch of memory, as the index of the command of each
/// engine (1-based; 0: none).
struct Stretch {
  Clock writer{};
  Clock reader{};
};

/// Last accesses of a memory space, by address.
class AccessMap {
public:
  void access(int64_t begin, int64_t end, bool isWrite, unsigned engine,
              int64_t index, Clock &needed) {
    split(begin);
    split(end);
    for (auto it = stretches.lower_bound(begin);
         it != stretches.end() && it->first < end; ++it) {
      Stretch &stretch = it->second;
      for (unsigned e = 0; e < kEngines; ++e) {
        needed[e] = std::max(needed[e], stretch.writer[e]);
        if (isWrite) {
          needed[e] = std::max(needed[e], stretch.reader[e]);
        }
      }
      if (isWrite) {
        // Later commands order themselves after this one, which is after the
        // earlier accesses.
        stretch = Stretch();
        stretch.writer[engine] = index;
      } else {
        stretch.reader[engine] = index;
      }
    }
  }

private:
  /// Makes `at` a boundary. A stretch reaches to the next one.
  void split(int64_t at) {
    auto it = stretches.upper_bound(at);
    if (it == stretches.begin()) {
      stretches[at] = Stretch();
      return;
    }
    --it;
    if (it->first != at) {
      Stretch copy = it->second;
      stretches[at] = copy;
    }
  }

  std::map<int64_t, Stretch> stretches;
};

struct Node {
  xpu::CommandOpInterface op;
  unsigned engine = 0;
  int64_t index = 0; ///< 1-based among the commands of its engine.
  Clock known{};     ///< Ended before this command starts.
  uint32_t wait = 0;
  uint32_t signal = 0;
};

unsigned semaphoreOf(unsigned producer, unsigned consumer) {
  return producer * kEngines + consumer;
}

struct AssignSemaphoresPass final
    : xpu::impl::AssignSemaphoresPassBase<AssignSemaphoresPass> {
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
    std::vector<Node> nodes;
    std::array<std::vector<size_t>, kEngines> byEngine;
    std::map<xpu::Space, AccessMap> memory;
    // Last claim of each bank's read and write port.
    std::vector<Clock> readPort(machine->spm.banks);
    std::vector<Clock> writePort(machine->spm.banks);

    for (Operation &op : func.getBody().front()) {
      auto command = dyn_cast<xpu::CommandOpInterface>(op);
      if (!command) {
        continue;
      }
      Node node;
      node.op = command;
      node.engine = static_cast<unsigned>(command.getEngine());
      node.index = static_cast<int64_t>(byEngine[node.engine].size()) + 1;
      Clock needed{};
      for (const xpu::BufferAccess &access : command.getAccesses()) {
        std::optional<int64_t> address = getAddress(access.buffer);
        if (!address) {
          op.emitError("expects placed buffers; run xpu-allocate-memory first");
          return signalPassFailure();
        }
        xpu::Space space = xpu::getSpace(access.buffer.getType());
        int64_t begin = *address + access.begin;
        int64_t end = *address + access.end;
        memory[space].access(begin, end, access.isWrite, node.engine,
                             node.index, needed);
        if (access.port == xpu::Port::None) {
          continue;
        }
        std::vector<Clock> &ports =
            access.port == xpu::Port::Write ? writePort : readPort;
        for (int64_t bank = begin / machine->spm.bankBytes;
             bank <= (end - 1) / machine->spm.bankBytes; ++bank) {
          for (unsigned e = 0; e < kEngines; ++e) {
            if (e != node.engine) {
              needed[e] = std::max(needed[e], ports[bank][e]);
            }
          }
          ports[bank] = Clock();
          ports[bank][node.engine] = node.index;
        }
      }
      // What the previous command of this engine knew, and that it has ended.
      if (!byEngine[node.engine].empty()) {
        node.known = nodes[byEngine[node.engine].back()].known;
        node.known[node.engine] = node.index - 1;
      }
      // The most recent requirement first: it may imply the others.
      SmallVector<unsigned> order = {0, 1, 2, 3};
      llvm::sort(order, [&](unsigned a, unsigned b) {
        return positionOf(byEngine, needed, a) >
               positionOf(byEngine, needed, b);
      });
      for (unsigned e : order) {
        if (e == node.engine || needed[e] <= node.known[e]) {
          continue;
        }
        Node &producer = nodes[byEngine[e][needed[e] - 1]];
        producer.signal |= 1u << semaphoreOf(e, node.engine);
        node.wait |= 1u << semaphoreOf(e, node.engine);
        for (unsigned k = 0; k < kEngines; ++k) {
          node.known[k] = std::max(node.known[k], producer.known[k]);
        }
        node.known[e] = std::max(node.known[e], needed[e]);
      }
      byEngine[node.engine].push_back(nodes.size());
      nodes.push_back(node);
    }
    for (Node &node : nodes) {
      node.op.setMasks(node.wait, node.signal);
    }
  }

  static std::optional<int64_t> getAddress(Value buffer) {
    if (auto argument = dyn_cast<BlockArgument>(buffer)) {
      auto func = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
      auto attr = func ? func.getArgAttrOfType<IntegerAttr>(
                             argument.getArgNumber(), "xpu.address")
                       : IntegerAttr();
      return attr ? std::optional<int64_t>(attr.getInt()) : std::nullopt;
    }
    auto attr =
        buffer.getDefiningOp()->getAttrOfType<IntegerAttr>("xpu.address");
    return attr ? std::optional<int64_t>(attr.getInt()) : std::nullopt;
  }

  static int64_t
  positionOf(const std::array<std::vector<size_t>, kEngines> &byEngine,
             const Clock &needed, unsigned engine) {
    return needed[engine] == 0
               ? -1
               : static_cast<int64_t>(byEngine[engine][needed[engine] - 1]);
  }
};
} // namespace
