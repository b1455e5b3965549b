//===- FunctionalSim.cpp - Programs without time --------------------------===//

#include "systemc-models/Functional/FunctionalSim.h"
#include "systemc-models/Functional/Checks.h"
#include "systemc-models/Functional/Collective.h"
#include "systemc-models/Timing/Timing.h"

#include "llvm/ADT/STLExtras.h"

#include <deque>
#include <optional>

using namespace acc;
using isa::Counter;
using isa::Fault;

namespace {

class FunctionalSlice {
public:
  FunctionalSlice(const Machine &machine, const SliceProgram &program,
                  const SliceId &id, uint64_t limit)
      : machine(machine), target(machine.slice), limit(limit),
        executor(target, *program.hbm),
        core(target, program.program, program.entry, id) {
    executor.setPacketLimit(limit);
  }

  enum class Status { Waits, Done, TooLong };
  /// Runs until the slice cannot go on; `progressed` says if it did anything.
  Status run(bool &progressed);

  /// The collective that the slice has started and not ended.
  const Command *collective() const { return inNet ? &*inNet : nullptr; }
  /// What a group does together.
  Participant participant();
  void endCollective();
  void disagree() { fail(Fault::NetMismatch, inNet->pc); }

  FunctionalResult result;
  SliceState state() const;

private:
  const Machine &machine;
  const Target &target;
  uint64_t limit;
  Executor executor;
  SequencerCore core;
  std::deque<Command> queues[numEngines];
  uint64_t semaphores[isa::kNumSemaphores] = {};
  std::optional<Command> inNet;
  std::optional<Step> blocked; ///< executed as soon as it can be
  bool done = false;
  bool limitHit = false;

  bool take(uint32_t mask);
  void add(uint32_t mask);
  bool runEngines();
  bool runHead(std::deque<Command> &queue);
  bool fail(Fault fault, uint32_t pc);
  bool finish(const Step &step);
  bool allEmpty() const;
};

} // namespace

bool FunctionalSlice::take(uint32_t mask) {
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

void FunctionalSlice::add(uint32_t mask) {
  for (unsigned i = 0; i < isa::kNumSemaphores; ++i) {
    semaphores[i] += mask >> i & 1;
  }
}

bool FunctionalSlice::fail(Fault fault, uint32_t pc) {
  result.fault = fault;
  result.faultPc = pc;
  done = true;
  inNet.reset();
  return false;
}

/// Executes the head of a queue, whose semaphores have been taken; a collective
/// only starts.
bool FunctionalSlice::runHead(std::deque<Command> &queue) {
  const Command &command = queue.front();
  bool isCollective = std::holds_alternative<Collective>(command.body);
  Fault fault = checkStart(target, command);
  if (fault == Fault::None && isCollective) {
    inNet = command;
    queue.pop_front();
    return true;
  }
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
bool FunctionalSlice::runEngines() {
  for (bool progress = true; progress;) {
    progress = false;
    for (unsigned e = 0; e < numEngines; ++e) {
      auto isFree = [&] {
        return isa::Engine(e) != isa::Engine::Net || !inNet;
      };
      while (!queues[e].empty() && isFree() &&
             take(queues[e].front().waitMask)) {
        if (!runHead(queues[e])) {
          return false;
        }
        progress = true;
      }
    }
  }
  return true;
}

bool FunctionalSlice::allEmpty() const {
  for (const auto &queue : queues) {
    if (!queue.empty()) {
      return false;
    }
  }
  return !inNet;
}

Participant FunctionalSlice::participant() {
  Participant p;
  p.collective = &std::get<Collective>(inNet->body);
  p.executor = &executor;
  Fault fault = checkCollective(machine, *inNet, executor);
  p.isOut = fault != Fault::None;
  if (p.isOut) {
    result.fault = fault;
    result.faultPc = inNet->pc;
  }
  return p;
}

void FunctionalSlice::endCollective() {
  if (result.fault != Fault::None) {
    fail(result.fault, result.faultPc);
    return;
  }
  add(inNet->signalMask);
  addCommandCounters(target, *inNet, 0, 0, result.counters);
  inNet.reset();
}

SliceState FunctionalSlice::state() const {
  SliceState s{done, result.fault, result.faultPc, ""};
  if (done || !blocked) {
    return s;
  }
  const char *what =
      blocked->kind == Step::Kind::Push   ? "waits for a place in a queue"
      : blocked->kind == Step::Kind::Wait ? "waits for a semaphore"
                                          : "waits for the engines";
  s.waits = std::string("the sequencer ") + what + " at word " +
            std::to_string(blocked->pc);
  for (unsigned e = 0; e < numEngines; ++e) {
    bool isNet = isa::Engine(e) == isa::Engine::Net && inNet;
    if (isNet || !queues[e].empty()) {
      s.waits += "; " + isa::stringify(isa::Engine(e)).str() +
                 " waits with the command at word " +
                 std::to_string(isNet ? inNet->pc : queues[e].front().pc);
    }
  }
  return s;
}

/// Does what the instruction waits for; false if it has to go on waiting, or
/// the program has stopped.
bool FunctionalSlice::finish(const Step &step) {
  switch (step.kind) {
  case Step::Kind::Scalar:
    return true;
  case Step::Kind::Push: {
    auto &queue = queues[unsigned(core.command().engine)];
    if (queue.size() >= target.seq.queueDepth) {
      return false;
    }
    queue.push_back(core.command());
    return runEngines();
  }
  case Step::Kind::Wait:
    return take(step.mask);
  case Step::Kind::Signal:
    add(step.mask);
    return runEngines();
  case Step::Kind::Lds: {
    uint32_t word = 0;
    Fault fault = executor.readWord(step.address, word);
    if (fault != Fault::None) {
      return fail(fault, step.pc);
    }
    at(result.counters, Counter::SPM_RD_BYTES) += 4;
    core.writeRegister(step.rd, word);
    return true;
  }
  case Step::Kind::Fence:
    return allEmpty();
  case Step::Kind::Halt:
    done = allEmpty();
    return false;
  case Step::Kind::Fault:
    return fail(step.fault, step.pc);
  }
  return true;
}

FunctionalSlice::Status FunctionalSlice::run(bool &progressed) {
  uint64_t &instructions = at(result.counters, Counter::INSTRS);
  if (!done && blocked) {
    runEngines();
  }
  while (!done && !limitHit) {
    bool isNew = !blocked;
    if (isNew) {
      if (instructions >= limit) {
        limitHit = true;
        break;
      }
      blocked = core.step();
      instructions += blocked->kind != Step::Kind::Fault;
    }
    bool finished = finish(*blocked);
    progressed |= isNew || finished || done;
    if (!finished) {
      break;
    }
    blocked.reset();
  }
  return limitHit ? Status::TooLong : done ? Status::Done : Status::Waits;
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

namespace {

/// All slices of the machine, and the collectives that they have started.
class Groups {
public:
  Groups(const Machine &machine, std::vector<FunctionalSlice> &slices)
      : machine(machine), slices(slices) {}

  /// Runs those whose members have all come; false if there is none.
  bool run() {
    bool progressed = false;
    for (uint32_t i = 0; i < slices.size(); ++i) {
      progressed |= slices[i].collective() && runGroupOf(i);
    }
    return progressed;
  }

private:
  using Members = std::vector<uint32_t>;

  const Machine &machine;
  std::vector<FunctionalSlice> &slices;

  const Collective &of(uint32_t slice) const {
    return std::get<Collective>(slices[slice].collective()->body);
  }

  bool agree(llvm::ArrayRef<uint32_t> members) const {
    return llvm::all_of(members, [&](uint32_t m) {
      return of(m).agreesWith(of(members.front()));
    });
  }

  bool disagree(llvm::ArrayRef<uint32_t> members) {
    for (uint32_t m : members) {
      slices[m].disagree();
    }
    return true;
  }

  /// The members in a chip, if all have come to a collective like `c`.
  std::optional<Members> partOf(const Collective &c, uint32_t chip,
                                uint32_t slice) const {
    uint32_t first = chip * machine.slicesPerChip();
    Members members = membersOf(machine.grid(), c.group, slice);
    for (uint32_t &m : members) {
      m += first;
      if (!slices[m].collective() || of(m).group != c.group ||
          of(m).chips != c.chips) {
        return std::nullopt;
      }
    }
    return members;
  }

  bool runGroupOf(uint32_t slice) {
    const Collective &c = of(slice);
    uint32_t ownChip = slice / machine.slicesPerChip();
    uint32_t place = slice % machine.slicesPerChip();
    std::optional<Members> own = partOf(c, ownChip, place);
    if (!own) {
      return false;
    }
    // A chip that disagrees with itself is known to nobody else.
    if (!agree(*own)) {
      return disagree(*own);
    }
    Members all;
    for (uint32_t chip : chipsOf(machine, c.chips, ownChip)) {
      std::optional<Members> part = partOf(c, chip, place);
      if (!part || !agree(*part)) {
        return false;
      }
      llvm::append_range(all, *part);
    }
    if (!agree(all)) {
      return disagree(all);
    }
    std::vector<Participant> participants;
    for (uint32_t m : all) {
      participants.push_back(slices[m].participant());
    }
    runCollective(participants, machine.grid());
    for (uint32_t m : all) {
      slices[m].endCollective();
    }
    return true;
  }
};

} // namespace

llvm::Expected<std::vector<FunctionalResult>>
acc::simulateFunctional(const Machine &machine, uint32_t chip,
                        llvm::ArrayRef<SliceProgram> programs,
                        uint64_t maxInstructions) {
  auto makeError = [](const std::string &message) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
  };
  std::vector<FunctionalSlice> slices;
  slices.reserve(programs.size());
  for (uint32_t i = 0; i < programs.size(); ++i) {
    slices.emplace_back(machine, programs[i], sliceIdOf(machine, chip, i),
                        maxInstructions);
  }
  Groups groups(machine, slices);
  for (bool allDone = false; !allDone;) {
    bool progressed = false;
    allDone = true;
    for (FunctionalSlice &slice : slices) {
      FunctionalSlice::Status status = slice.run(progressed);
      if (status == FunctionalSlice::Status::TooLong) {
        return makeError("no halt within " + std::to_string(maxInstructions) +
                         " instructions, packets or cycles of a command");
      }
      allDone &= status == FunctionalSlice::Status::Done;
    }
    progressed |= groups.run();
    if (!allDone && !progressed) {
      std::vector<SliceState> states;
      for (const FunctionalSlice &slice : slices) {
        states.push_back(slice.state());
      }
      return makeError(describeDeadlock(states, machine.chips()));
    }
  }
  std::vector<FunctionalResult> results;
  for (FunctionalSlice &slice : slices) {
    results.push_back(slice.result);
  }
  return results;
}
