//===- VerifyOrder.cpp - Semaphores keep every order that is needed -------===//
//
// Works from the masks alone, so it checks programs of any origin: the k-th
// take of a semaphore is after the end of the k-th command that signals it.
//
// Iterations that overlap are proven by two of them: the second is checked
// knowing only what the first tells, which was told nothing. Any later one
// knows as much of the one before, if every iteration leaves as many signals as
// it found; and who is after the last iteration's command is after those of
// the same engine in older iterations.
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

/// Proves one stretch.
class OrderChecker {
public:
  OrderChecker(const Stretch &stretch, const acc::Target &machine)
      : stretch(stretch), machine(machine), limit(signalLimit(machine)) {
    consumer.fill(-1);
  }

  LogicalResult check() {
    FailureOr<HazardTracker> hazards = HazardTracker::create(stretch, machine);
    if (failed(hazards)) {
      return failure();
    }
    if (stretch.loop) {
      giveTokens();
    }
    SmallVector<size_t> found = getUntaken();
    if (failed(checkIteration(*hazards))) {
      return failure();
    }
    if (!stretch.loop) {
      return checkTaken(SmallVector<size_t>(isa::kNumSemaphores, 0));
    }
    hazards->endIteration();
    if (failed(checkTaken(found)) || failed(checkIteration(*hazards))) {
      return failure();
    }
    return checkBehind(found);
  }

private:
  /// Signals that the sequencer gives before the loop: nothing has ended then.
  void giveTokens() {
    for (Operation *op = stretch.loop->getPrevNode(); op;
         op = op->getPrevNode()) {
      if (auto signal = dyn_cast<SignalOp>(op)) {
        forEach(signal.getSemaphores().getMask(),
                [&](unsigned s) { signals[s].push_back(Ended()); });
      } else if (!isMemoryEffectFree(op)) {
        break;
      }
    }
  }

  /// The sequencer takes behind the loop what the last iteration leaves.
  LogicalResult checkBehind(ArrayRef<size_t> left) {
    SmallVector<size_t> taken(isa::kNumSemaphores, 0);
    for (Operation *op = stretch.loop->getNextNode(); op;
         op = op->getNextNode()) {
      if (auto wait = dyn_cast<WaitOp>(op)) {
        forEach(wait.getSemaphores().getMask(),
                [&](unsigned s) { ++taken[s]; });
      } else if (!isMemoryEffectFree(op) && !llvm::isa<FenceOp>(op)) {
        break;
      }
    }
    for (unsigned s = 0; s < isa::kNumSemaphores; ++s) {
      if (taken[s] != left[s]) {
        return stretch.loop->emitError()
               << "leaves " << left[s] << " signals of semaphore " << s
               << ", but " << taken[s] << " are taken behind it";
      }
    }
    return success();
  }

  static void forEach(uint32_t mask, function_ref<void(unsigned)> body) {
    for (unsigned s = 0; s < isa::kNumSemaphores; ++s) {
      if (mask >> s & 1) {
        body(s);
      }
    }
  }

  SmallVector<size_t> getUntaken() const {
    SmallVector<size_t> untaken;
    for (unsigned s = 0; s < isa::kNumSemaphores; ++s) {
      untaken.push_back(signals[s].size() - taken[s]);
    }
    return untaken;
  }

  /// As many signals are left as were found.
  LogicalResult checkTaken(ArrayRef<size_t> found) {
    SmallVector<size_t> left = getUntaken();
    for (unsigned s = 0; s < isa::kNumSemaphores; ++s) {
      if (left[s] == found[s]) {
        continue;
      }
      if (left[s] > found[s] && signals[s][taken[s]].op) {
        return signals[s][taken[s]].op->emitError()
               << "signals semaphore " << s
               << ", but no later command takes it";
      }
      return stretch.loop->emitError()
             << "takes and signals semaphore " << s
             << " not as often in an iteration: finds " << found[s]
             << " signals and leaves " << left[s];
    }
    return success();
  }

  LogicalResult checkIteration(HazardTracker &hazards) {
    for (CommandOpInterface command : stretch.commands) {
      if (failed(checkCommand(command, hazards))) {
        return failure();
      }
    }
    return success();
  }

  LogicalResult checkCommand(CommandOpInterface command,
                             HazardTracker &hazards) {
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
        return command->emitError() << "takes semaphore " << s
                                    << ", which another engine takes as well";
      }
      consumer[s] = engine;
      if (taken[s] == signals[s].size()) {
        return command->emitError() << "waits for semaphore " << s
                                    << ", which no earlier command signals";
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
        return diag;
      }
    }
    self.known[engine] = index;
    uint32_t signal = command.getSignalMask();
    for (unsigned s = 0; s < isa::kNumSemaphores; ++s) {
      if (signal >> s & 1) {
        signals[s].push_back(self);
        if (static_cast<int64_t>(signals[s].size() - taken[s]) > limit) {
          return command->emitError()
                 << "leaves more than " << limit << " signals of semaphore "
                 << s << " that no command has taken";
        }
      }
    }
    byEngine[engine].push_back(self);
    return success();
  }

  const Stretch &stretch;
  const acc::Target &machine;
  const int64_t limit;
  std::array<std::vector<Ended>, kQueueEngines> byEngine;
  /// Signals of each semaphore in program order, and how many were taken.
  std::array<std::vector<Ended>, isa::kNumSemaphores> signals;
  std::array<size_t, isa::kNumSemaphores> taken{};
  std::array<int, isa::kNumSemaphores> consumer;
};

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
    for (const Stretch &stretch : getStretches(func.getBody().front())) {
      if (failed(OrderChecker(stretch, *machine).check())) {
        return signalPassFailure();
      }
    }
  }

  /// A loop, what follows it, and an iteration that does not overlap with the
  /// one before begin with idle engines.
  static LogicalResult checkFences(Block &block) {
    enum class Before { Idle, Commands, Loop, Iteration };
    Before before = Before::Idle;
    if (auto loop = dyn_cast<scf::ForOp>(block.getParentOp())) {
      before = isOverlapped(loop) ? Before::Commands : Before::Iteration;
    }
    for (Operation &op : block) {
      if (llvm::isa<FenceOp, HostCallOp>(op)) {
        before = Before::Idle;
        continue;
      }
      auto loop = dyn_cast<scf::ForOp>(op);
      if (!loop && !llvm::isa<CommandOpInterface>(op)) {
        continue;
      }
      switch (before) {
      case Before::Idle:
        break;
      case Before::Commands:
        if (loop) {
          return op.emitError("expects a fence before it: what comes before "
                              "the loop may still run");
        }
        break;
      case Before::Loop:
        return op.emitError("expects a fence before it: the loop's last "
                            "iteration may still run");
      case Before::Iteration:
        return op.emitError("expects a fence before it: an iteration begins "
                            "while the one before may run");
      }
      if (loop && failed(checkFences(*loop.getBody()))) {
        return failure();
      }
      before = loop ? Before::Loop : Before::Commands;
    }
    return success();
  }
};
} // namespace
