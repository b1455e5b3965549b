//===- FunctionalSim.cpp - Programs without time --------------------------===//

#include "systemc-models/Functional/FunctionalSim.h"
#include "systemc-models/Functional/Checks.h"
#include "systemc-models/Functional/Executor.h"
#include "systemc-models/Functional/SequencerCore.h"
#include "systemc-models/Timing/Timing.h"

#include <deque>

using namespace acc;
using isa::Counter;
using isa::Fault;

namespace {

class FunctionalSim {
public:
  FunctionalSim(const Target &target, llvm::ArrayRef<isa::Word> program,
                SparseMemory &hbm, uint32_t entry)
      : target(target), executor(target, hbm), core(target, program, entry) {}

  llvm::Expected<FunctionalResult> run(uint64_t maxInstructions);

private:
  const Target &target;
  Executor executor;
  SequencerCore core;
  std::deque<Command> queues[numEngines];
  uint64_t semaphores[isa::kNumSemaphores] = {};
  FunctionalResult result;
  uint64_t limit = 0;
  bool limitHit = false;

  bool take(uint32_t mask);
  void add(uint32_t mask);
  bool runEngines();
  bool runHead(std::deque<Command> &queue);
  bool fail(Fault fault, uint32_t pc);
  bool allEmpty() const;
  llvm::Error deadlock(const Step &step, const char *what) const;
  llvm::Error tooLong() const;
  llvm::Expected<FunctionalResult> stopped() const {
    if (limitHit) {
      return tooLong();
    }
    return result;
  }
};

} // namespace

bool FunctionalSim::take(uint32_t mask) {
  for (unsigned i = 0; i < isa::kNumSemaphores; ++i) {
    if ((mask >> i & 1) && semaphores[i] == 0) {
      return false;
    }
  }
  for (unsigned i = 0; i < isa::kNumSemaphores; ++i) {
    semaphores[i] -= mask >> i & 1;
  }
  return true;
}

void FunctionalSim::add(uint32_t mask) {
  for (unsigned i = 0; i < isa::kNumSemaphores; ++i) {
    semaphores[i] += mask >> i & 1;
  }
}

bool FunctionalSim::fail(Fault fault, uint32_t pc) {
  result.fault = fault;
  result.faultPc = pc;
  return false;
}

/// Executes the head of a queue, whose semaphores have been taken.
bool FunctionalSim::runHead(std::deque<Command> &queue) {
  const Command &command = queue.front();
  Fault fault = checkStart(target, command);
  if (fault == Fault::None && !std::holds_alternative<Dma>(command.body) &&
      commandCycles(target, command) > limit) {
    limitHit = true;
    return false;
  }
  if (fault == Fault::None) {
    fault = executor.execute(command);
  }
  if (fault != Fault::None) {
    return fail(fault, command.pc);
  }
  limitHit = executor.lastPackets() >= limit;
  if (limitHit) {
    return false;
  }
  add(command.signalMask);
  addCommandCounters(target, command, executor.lastPackets(), 0,
                     result.counters);
  queue.pop_front();
  return true;
}

/// Runs engines until none can start; false on a fault.
bool FunctionalSim::runEngines() {
  for (bool progress = true; progress;) {
    progress = false;
    for (auto &queue : queues) {
      while (!queue.empty() && take(queue.front().waitMask)) {
        if (!runHead(queue)) {
          return false;
        }
        progress = true;
      }
    }
  }
  return true;
}

bool FunctionalSim::allEmpty() const {
  for (const auto &queue : queues) {
    if (!queue.empty()) {
      return false;
    }
  }
  return true;
}

llvm::Error FunctionalSim::tooLong() const {
  return llvm::createStringError(
      llvm::inconvertibleErrorCode(),
      "no halt within %llu instructions, packets or cycles of a command",
      (unsigned long long)limit);
}

llvm::Error FunctionalSim::deadlock(const Step &step, const char *what) const {
  std::string heads;
  for (unsigned e = 0; e < numEngines; ++e) {
    if (!queues[e].empty()) {
      heads += "; " + isa::stringify(isa::Engine(e)).str() +
               " waits with the command at word " +
               std::to_string(queues[e].front().pc);
    }
  }
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "deadlock: the sequencer %s at word %u%s",
                                 what, step.pc, heads.c_str());
}

llvm::Expected<FunctionalResult> FunctionalSim::run(uint64_t maxInstructions) {
  limit = maxInstructions;
  executor.setPacketLimit(limit);
  uint64_t &instructions = at(result.counters, Counter::INSTRS);
  for (;;) {
    if (instructions >= maxInstructions) {
      return tooLong();
    }
    Step step = core.step();
    instructions += step.kind != Step::Kind::Fault;
    switch (step.kind) {
    case Step::Kind::Scalar:
      break;
    case Step::Kind::Push: {
      auto &queue = queues[unsigned(core.command().engine)];
      if (queue.size() >= target.seq.queueDepth) {
        return deadlock(step, "waits for a place in a queue");
      }
      queue.push_back(core.command());
      if (!runEngines()) {
        return stopped();
      }
      break;
    }
    case Step::Kind::Wait:
      if (!take(step.mask)) {
        return deadlock(step, "waits for a semaphore");
      }
      break;
    case Step::Kind::Signal:
      add(step.mask);
      if (!runEngines()) {
        return stopped();
      }
      break;
    case Step::Kind::Lds: {
      uint32_t word = 0;
      Fault fault = executor.readWord(step.address, word);
      if (fault != Fault::None) {
        fail(fault, step.pc);
        return result;
      }
      at(result.counters, Counter::SPM_RD_BYTES) += 4;
      core.writeRegister(step.rd, word);
      break;
    }
    case Step::Kind::Fence:
    case Step::Kind::Halt:
      if (!allEmpty()) {
        return deadlock(step, "waits for the engines");
      }
      if (step.kind == Step::Kind::Halt) {
        return result;
      }
      break;
    case Step::Kind::Fault:
      fail(step.fault, step.pc);
      return result;
    }
  }
}

llvm::Expected<FunctionalResult>
acc::simulateFunctional(const Target &target, llvm::ArrayRef<isa::Word> program,
                        SparseMemory &hbm, uint64_t maxInstructions,
                        uint32_t entry) {
  return FunctionalSim(target, program, hbm, entry).run(maxInstructions);
}
