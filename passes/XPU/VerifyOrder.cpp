//===- VerifyOrder.cpp - Semaphores keep every order that is needed -------===//
//
// Works from the masks alone, so it checks programs of any origin: the k-th
// take of a semaphore is after the end of the k-th command that signals it.
//
//===----------------------------------------------------------------------===//

#include "passes/XPU/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/Analysis/Hazards.h"
#include "passes/Analysis/LoadTarget.h"
#include <set>

using namespace mlir;
using namespace xpu;

namespace xpu {
#define GEN_PASS_DEF_VERIFYORDERPASS
#include "passes/XPU/Passes.h.inc"
} // namespace xpu

namespace {
struct Ended {
  CommandOpInterface op;
  EngineClock known{}; ///< Ended when this command ends, itself included.
};

/// The two read ports of a command are in different banks.
LogicalResult verifyPorts(CommandOpInterface command,
                          const acc::Target &machine) {
  std::set<int64_t> banks[2];
  for (const BufferAccess &access : command.getAccesses()) {
    if (access.port != Port::Read && access.port != Port::Aux) {
      continue;
    }
    int64_t address = *getBufferAddress(access.buffer);
    for (int64_t bank = (address + access.begin) / machine.spm.bankBytes;
         bank <= (address + access.end - 1) / machine.spm.bankBytes; ++bank) {
      banks[access.port == Port::Aux].insert(bank);
      if (banks[access.port != Port::Aux].count(bank)) {
        return command->emitError()
               << "reads bank " << bank
               << " through two ports at once; expects operands in different "
                  "banks";
      }
    }
  }
  return success();
}

struct VerifyOrderPass final : xpu::impl::VerifyOrderPassBase<VerifyOrderPass> {
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
    if (failed(checkFences(func.getBody().front()))) {
      return signalPassFailure();
    }
    for (const auto &stretch : getStretches(func.getBody().front())) {
      if (failed(check(stretch, *machine))) {
        return signalPassFailure();
      }
    }
  }

  /// Loops are proven by their bodies: each iteration, and what follows a loop,
  /// begins with idle engines.
  static LogicalResult checkFences(Block &block) {
    bool isBehindLoop = false;
    for (Operation &op : block) {
      if (auto loop = dyn_cast<scf::ForOp>(op)) {
        Block &body = *loop.getBody();
        auto first = llvm::find_if(body, [](Operation &inner) {
          return llvm::isa<FenceOp, CommandOpInterface, scf::ForOp>(inner);
        });
        if (first != body.end() && !llvm::isa<FenceOp>(*first)) {
          return first->emitError("expects a fence before it: an iteration "
                                  "begins while the one before may run");
        }
        if (failed(checkFences(body))) {
          return failure();
        }
        isBehindLoop = true;
      } else if (llvm::isa<FenceOp, HostCallOp>(op)) {
        isBehindLoop = false;
      } else if (isBehindLoop && llvm::isa<CommandOpInterface>(op)) {
        return op.emitError("expects a fence before it: the loop's last "
                            "iteration may still run");
      }
    }
    return success();
  }

  static LogicalResult check(ArrayRef<CommandOpInterface> commands,
                             const acc::Target &machine) {
    const int64_t limit = signalLimit(machine);
    HazardTracker hazards(machine);
    std::array<std::vector<Ended>, kQueueEngines> byEngine;
    // Signals of each semaphore in program order, and how many were taken.
    std::array<std::vector<Ended>, isa::kNumSemaphores> signals;
    std::array<size_t, isa::kNumSemaphores> taken{};
    std::array<int, isa::kNumSemaphores> consumer;
    consumer.fill(-1);

    for (CommandOpInterface command : commands) {
      unsigned engine = static_cast<unsigned>(command.getEngine());
      int64_t index = static_cast<int64_t>(byEngine[engine].size()) + 1;
      Ended self{command, {}};
      if (!byEngine[engine].empty()) {
        self.known = byEngine[engine].back().known;
      }
      uint32_t wait = command.getWaitMask();
      for (unsigned s = 0; s < isa::kNumSemaphores; ++s) {
        if (!(wait >> s & 1)) {
          continue;
        }
        if (consumer[s] >= 0 && consumer[s] != static_cast<int>(engine)) {
          command->emitError() << "takes semaphore " << s
                               << ", which another engine takes as well";
          return failure();
        }
        consumer[s] = engine;
        if (taken[s] == signals[s].size()) {
          command->emitError() << "waits for semaphore " << s
                               << ", which no earlier command signals";
          return failure();
        }
        const Ended &producer = signals[s][taken[s]++];
        for (unsigned e = 0; e < kQueueEngines; ++e) {
          self.known[e] = std::max(self.known[e], producer.known[e]);
        }
      }
      FailureOr<EngineClock> needed = hazards.add(command, index);
      if (failed(needed) || failed(verifyPorts(command, machine))) {
        return failure();
      }
      for (unsigned e = 0; e < kQueueEngines; ++e) {
        if (e != engine && (*needed)[e] > self.known[e]) {
          InFlightDiagnostic diag =
              command->emitError("may run beside a command that uses the same "
                                 "memory or bank port; expects a semaphore "
                                 "between them");
          diag.attachNote(byEngine[e][(*needed)[e] - 1].op->getLoc())
              << "command " << (*needed)[e] << " of engine "
              << isa::stringify(static_cast<isa::Engine>(e));
          return failure();
        }
      }
      self.known[engine] = index;
      uint32_t signal = command.getSignalMask();
      for (unsigned s = 0; s < isa::kNumSemaphores; ++s) {
        if (signal >> s & 1) {
          signals[s].push_back(self);
          if (static_cast<int64_t>(signals[s].size() - taken[s]) > limit) {
            command->emitError()
                << "leaves more than " << limit << " signals of semaphore " << s
                << " that no command has taken";
            return failure();
          }
        }
      }
      byEngine[engine].push_back(self);
    }
    for (unsigned s = 0; s < isa::kNumSemaphores; ++s) {
      if (taken[s] != signals[s].size()) {
        signals[s][taken[s]].op->emitError()
            << "signals semaphore " << s << ", but no later command takes it";
        return failure();
      }
    }
    return success();
  }
};
} // namespace
