//===- Sequencer.cpp - The sequencer of a slice ---------------------------===//

#include "systemc-models/Slice/Sequencer.h"

#include <algorithm>

using namespace acc;
using Request = Dispatcher::Request;

/// Cycles that the sequencer runs ahead at most, so that a program that never
/// stops notices the end of the simulation.
static constexpr uint64_t runAheadCycles = 100000;

Sequencer::Sequencer(sc_core::sc_module_name name, const Target &target,
                     const SliceProgram &program, const SliceId &id,
                     Dispatcher &dispatcher, const SliceOptions &options,
                     SliceResult &result)
    : sc_module(name), core(target, program.program, program.entry, id),
      dispatcher(dispatcher), options(options), result(result) {
  SC_HAS_PROCESS(Sequencer);
  SC_METHOD(run);
  sensitive << wake.get();
  dispatcher.connect(
      [this](uint64_t cycle, uint32_t word) {
        if (last.kind == Step::Kind::Lds) {
          core.writeRegister(last.rd, word);
        }
        local = cycle + last.cycles;
        wake.notifyAt(local);
      },
      [this](isa::Engine engine) {
        // Pushes at once, if ahead of time: the next place that is freed is
        // not for this command.
        if (pushBlocked && engine == core.command().engine) {
          tryPush();
          wake.notifyAt(local);
        }
      });
}

void Sequencer::run() {
  ++activationCount;
  wake.happened();
  if (result.done) {
    return;
  }
  uint64_t limit = currentCycle() + runAheadCycles;
  while (execute()) {
    if (local > options.maxCycles) {
      return;
    }
    if (local >= limit) {
      wake.notifyAt(local);
      return;
    }
  }
}

/// Pushes the command in the first cycle from `local` on in which its queue has
/// a place, if that is known.
bool Sequencer::tryPush() {
  auto room = dispatcher.roomFrom(core.command().engine, local);
  pushBlocked = !room;
  if (pushBlocked) {
    return false;
  }
  local = *room;
  dispatcher.push(core.command(), local);
  local += 1;
  return true;
}

/// Executes one instruction in cycle `local`; false if the sequencer has to
/// wait.
bool Sequencer::execute() {
  last = core.step();
  if (last.kind != Step::Kind::Fault) {
    at(result.counters, isa::Counter::INSTRS) += 1;
  }
  Request request;
  request.cycle = local;
  request.pc = last.pc;
  switch (last.kind) {
  case Step::Kind::Scalar:
    local += last.cycles;
    return true;
  case Step::Kind::Signal:
    dispatcher.postSignal(local, last.mask, last.pc);
    local += 1;
    return true;
  case Step::Kind::Push:
    local += last.cycles - 1;
    return tryPush();
  case Step::Kind::Wait:
    request.kind = Request::Kind::Wait;
    request.mask = last.mask;
    break;
  case Step::Kind::Lds:
    request.kind = Request::Kind::Lds;
    request.address = last.address;
    break;
  case Step::Kind::Fence:
    request.kind = Request::Kind::Fence;
    break;
  case Step::Kind::Halt:
    request.kind = Request::Kind::Halt;
    break;
  case Step::Kind::Fault:
    request.kind = Request::Kind::Fault;
    request.fault = last.fault;
    break;
  }
  dispatcher.request(request);
  return false;
}
