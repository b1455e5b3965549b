//===- Dispatcher.cpp - Queues, semaphores, claims and starts -------------===//

#include "systemc-models/Slice/Dispatcher.h"
#include "systemc-models/Functional/Checks.h"

#include "llvm/ADT/STLExtras.h"

using namespace acc;
using isa::Counter;
using isa::Engine;
using isa::Fault;

Dispatcher::Dispatcher(sc_core::sc_module_name name, const Machine &machine,
                       Executor &executor, DmaUnit &dma, Net &net,
                       uint32_t slice, const SliceOptions &options,
                       SliceResult &result)
    : sc_module(name), target(machine.slice), executor(executor), dma(dma),
      net(net), slice(slice), options(options), result(result) {
  net.connect(slice, *this);
  if (options.checkRaces) {
    raceDetector.emplace(machine.slice, result.races);
  }
  SC_HAS_PROCESS(Dispatcher);
  SC_METHOD(tick);
  sensitive << wake.get();
  dont_initialize();
  dma.connect(
      [this](Engine engine, uint64_t lastRequest) {
        Active &a = engines[unsigned(engine)].active.back();
        a.roomFrom = lastRequest + 1;
        schedule(a.roomFrom);
      },
      [this](Engine engine, uint64_t end, uint64_t packets) {
        Active &a =
            *llvm::find_if(engines[unsigned(engine)].active,
                           [](const Active &a) { return a.end == UINT64_MAX; });
        a.end = end;
        a.packets = packets;
        schedule(end + 1);
      },
      [this](Engine engine, uint64_t cycle, uint32_t pc, uint32_t address) {
        addLateFault({cycle, Fault::HbmError, engine, pc, address});
      });
}

void Dispatcher::start_of_simulation() {
  for (const MemoryFlip &flip : pendingFlips) {
    schedule(flip.cycle);
  }
}

void Dispatcher::addLateFault(const LateFault &fault) {
  lateFaults.push_back(fault);
  llvm::stable_sort(lateFaults, [](const LateFault &a, const LateFault &b) {
    return a.engine < b.engine;
  });
  schedule(fault.cycle);
}

void Dispatcher::schedule(uint64_t cycle) {
  bool first = agenda.empty() || cycle < agenda.top();
  agenda.push(cycle);
  if (first) {
    wake.notifyAt(cycle);
  }
}

std::optional<uint64_t> Dispatcher::roomFrom(Engine engine,
                                             uint64_t cycle) const {
  const EngineState &e = engines[unsigned(engine)];
  if (e.queue.size() >= target.seq.queueDepth) {
    return std::nullopt;
  }
  // What starts in this very cycle has left the queue here, but not by the
  // rules.
  bool isLastPlace = e.queue.size() + 1 == target.seq.queueDepth;
  return isLastPlace ? std::max(cycle, e.placeFreeFrom) : cycle;
}

void Dispatcher::push(const Command &command, uint64_t cycle) {
  engines[unsigned(command.engine)].queue.push_back(
      {command, cycle + 1,
       raceDetector ? raceDetector->sequencerClock() : RaceDetector::Clock()});
  schedule(cycle + 1);
}

void Dispatcher::postSignal(uint64_t cycle, uint32_t mask, uint32_t pc) {
  signals.push_back(
      {cycle, mask, pc,
       raceDetector ? raceDetector->sequencerClock() : RaceDetector::Clock()});
  schedule(cycle + 1);
}

void Dispatcher::request(const Request &r) {
  pending = r;
  schedule(r.cycle);
}

bool Dispatcher::waitsForNet() const {
  const EngineState &e = engines[unsigned(Engine::Net)];
  return e.isBusy() && e.active.back().end == UINT64_MAX;
}

bool Dispatcher::isBusy() const {
  for (unsigned e = 0; e < numEngines; ++e) {
    if (engines[e].isBusy() && !(Engine(e) == Engine::Net && waitsForNet())) {
      return true;
    }
  }
  return false;
}

std::string Dispatcher::describeWaiting() const {
  std::string text;
  for (unsigned e = 0; e < numEngines; ++e) {
    bool isNet = Engine(e) == Engine::Net && waitsForNet();
    if (isNet || (!engines[e].isBusy() && !engines[e].queue.empty())) {
      const Command &c = isNet ? engines[e].active.back().command
                               : engines[e].queue.front().command;
      text += "; " + isa::stringify(Engine(e)).str() +
              " waits with the command at word " + std::to_string(c.pc);
    }
  }
  return text;
}

void Dispatcher::stop(Fault fault, uint32_t pc, uint64_t cycle,
                      uint32_t address) {
  result.done = true;
  result.fault = fault;
  result.faultPc = pc;
  result.faultAddress = address;
  result.cycles = cycle + 1;
  dma.stop();
  net.leave(slice, cycle);
}

void Dispatcher::agreed(uint64_t end, Fault fault) {
  if (result.done) {
    return;
  }
  Active &a = engines[unsigned(Engine::Net)].active.back();
  if (fault != Fault::None) {
    stop(fault, a.command.pc, currentCycle(),
         fault == Fault::SpmError ? executor.errors().failedAddress() : 0);
    return;
  }
  a.end = end;
  schedule(end + 1);
}

void Dispatcher::disagreed(uint64_t cycle) {
  mismatchCycle = cycle;
  schedule(cycle);
}

void Dispatcher::tick() {
  ++activationCount;
  wake.happened();
  uint64_t now = currentCycle();
  while (!agenda.empty() && agenda.top() <= now) {
    agenda.pop();
  }
  if (result.done) {
    return;
  }
  decide(now);
  if (!result.done && !agenda.empty()) {
    wake.notifyAt(agenda.top());
  }
}

/// Adds what was signalled at the end of cycle now-1; false on overflow.
bool Dispatcher::addSignals(uint64_t now) {
  auto add = [&](uint32_t mask, uint32_t pc) {
    for (; mask != 0; mask &= mask - 1) {
      if (++semaphores[__builtin_ctz(mask)] > isa::kSemaphoreMax) {
        stop(Fault::SemOverflow, pc, now - 1);
        return false;
      }
    }
    return true;
  };
  for (EngineState &e : engines) {
    for (const Active &a : e.active) {
      if (a.end >= now) {
        continue;
      }
      if (!add(a.command.signalMask, a.command.pc)) {
        return false;
      }
      if (raceDetector) {
        raceDetector->signal(a.command.signalMask,
                             raceDetector->end(a.command.engine));
      }
    }
  }
  while (!signals.empty() && signals.front().cycle < now) {
    if (!add(signals.front().mask, signals.front().pc)) {
      return false;
    }
    if (raceDetector) {
      raceDetector->signal(signals.front().mask, signals.front().clock);
    }
    signals.pop_front();
  }
  return true;
}

void Dispatcher::finishCommands(uint64_t now) {
  for (EngineState &e : engines) {
    while (e.isBusy() && e.active.front().end < now) {
      const Active &a = e.active.front();
      uint64_t busy = a.end + 1 - std::max(a.start, e.countedUntil);
      addCommandCounters(target, a.command, a.packets, busy, result.counters);
      result.commands.push_back(
          {a.command.engine, a.command.pc, a.start, a.end});
      e.countedUntil = a.end + 1;
      e.active.pop_front();
    }
  }
}

/// Turns over the bits that are due and in banks that nobody has claimed yet in
/// this cycle: so every command sees all of an error or nothing.
void Dispatcher::applyFlips(uint64_t now) {
  uint32_t claimed = 0;
  for (const EngineState &e : engines) {
    for (const Active &a : e.active) {
      claimed |= a.command.rdBanks | a.command.auxBanks | a.command.wrBanks;
    }
  }
  llvm::erase_if(pendingFlips, [&](MemoryFlip flip) {
    if (flip.cycle > now ||
        (claimed >> flip.address / target.spm.bankBytes & 1)) {
      return false;
    }
    executor.errors().flip(uint32_t(flip.address), flip.bit);
    flip.cycle = now;
    result.flips.push_back(flip);
    return true;
  });
}

bool Dispatcher::available(uint32_t mask) const {
  for (; mask != 0; mask &= mask - 1) {
    if (semaphores[__builtin_ctz(mask)] == 0) {
      return false;
    }
  }
  return true;
}

void Dispatcher::take(uint32_t mask) {
  for (; mask != 0; mask &= mask - 1) {
    --semaphores[__builtin_ctz(mask)];
  }
}

/// Whether a command of this kind may start beside those that are active.
bool Dispatcher::canJoin(const Command &next, const EngineState &e) const {
  const Command &last = e.active.back().command;
  if (std::holds_alternative<Matmul>(next.body)) {
    uint32_t banks = (1u << target.spm.banks) - 1;
    return std::holds_alternative<Matmul>(last.body) &&
           e.active.size() < target.mxu.commands &&
           (next.auxBanks & last.rdBanks & banks) == 0;
  }
  auto *nextDma = std::get_if<Dma>(&next.body);
  auto *lastDma = std::get_if<Dma>(&last.body);
  return nextDma && lastDma && !nextDma->idxEn && !lastDma->idxEn &&
         e.active.size() < target.dma.commands;
}

/// The rule of section 5, Start.
bool Dispatcher::canStart(const EngineState &e, uint64_t now) const {
  if (e.queue.empty() || e.queue.front().visible > now ||
      !available(e.queue.front().command.waitMask)) {
    return false;
  }
  return !e.isBusy() || (e.active.back().roomFrom <= now &&
                         canJoin(e.queue.front().command, e));
}

Dispatcher::Worst Dispatcher::findFaults(uint64_t now,
                                         const bool (&starts)[numEngines],
                                         bool waitTakes) const {
  Worst worst;
  uint32_t banks = (1u << target.spm.banks) - 1;
  uint32_t reads[numEngines] = {}, writes[numEngines] = {};
  uint32_t taken = 0;
  for (unsigned i = 0; i < numEngines; ++i) {
    for (const Active &a : engines[i].active) {
      reads[i] |= a.command.rdBanks | a.command.auxBanks;
      writes[i] |= a.command.wrBanks;
    }
  }
  if (now == mismatchCycle) {
    worst.add(Fault::NetMismatch,
              engines[unsigned(Engine::Net)].active.back().command.pc);
  }
  // Of the other engines only.
  auto claimed = [](const uint32_t (&ports)[numEngines], unsigned engine) {
    uint32_t mask = 0;
    for (unsigned i = 0; i < numEngines; ++i) {
      mask |= i == engine ? 0 : ports[i];
    }
    return mask;
  };
  for (unsigned i = 0; i < numEngines; ++i) {
    if (!starts[i]) {
      continue;
    }
    const Command &c = engines[i].queue.front().command;
    worst.add(checkStart(target, c), c.pc);
    if (taken & c.waitMask) {
      worst.add(Fault::SemConflict, c.pc);
    }
    taken |= c.waitMask;
    uint32_t conflicts = (claimed(reads, i) & (c.rdBanks | c.auxBanks)) |
                         (c.rdBanks & c.auxBanks) |
                         (claimed(writes, i) & c.wrBanks);
    if (conflicts & banks) {
      worst.add(Fault::BankConflict, c.pc);
    }
    reads[i] |= c.rdBanks | c.auxBanks;
    writes[i] |= c.wrBanks;
  }
  if (waitTakes && (taken & pending.mask)) {
    worst.add(Fault::SemConflict, pending.pc);
  }
  for (const LateFault &f : lateFaults) {
    if (f.cycle == now) {
      worst.add(f.fault, f.pc, f.address);
    }
  }
  if (pending.cycle != now) {
    return worst;
  }
  if (pending.kind == Request::Kind::Fault) {
    worst.add(pending.fault, pending.pc);
  } else if (pending.kind == Request::Kind::Lds) {
    uint32_t word;
    worst.add(executor.readWord(pending.address, word), pending.pc);
    uint32_t bank = pending.address / target.spm.bankBytes;
    if (bank < target.spm.banks && (claimed(reads, numEngines) >> bank & 1)) {
      worst.add(Fault::BankConflict, pending.pc);
    }
  }
  return worst;
}

void Dispatcher::start(EngineState &e, uint64_t now) {
  RaceDetector::Clock pushed = e.queue.front().pushed;
  e.active.push_back({std::move(e.queue.front().command), now});
  e.queue.pop_front();
  e.placeFreeFrom = now + 1;
  Active &a = e.active.back();
  const Command &c = a.command;
  std::vector<uint32_t> offsets;
  Fault fault = Fault::None;
  bool isDma = std::holds_alternative<Dma>(c.body);
  if (std::holds_alternative<Collective>(c.body)) {
    if (raceDetector) {
      raceDetector->start(c, pushed, now, {});
    }
    queueMoved(c.engine);
    net.arrive(slice, c, now);
    return;
  }
  if (isDma) {
    fault = executor.readIndexOffsets(c, offsets, options.values);
  } else if (auto *m = std::get_if<Matmul>(&c.body)) {
    MatmulTimes times = matmulTimes(target, *m, now, e.port);
    a.roomFrom = times.lastStep;
    e.port = times.port;
    a.end = times.end;
    schedule(a.roomFrom);
  } else {
    a.end = now + commandCycles(target, c) - 1;
  }
  // A command that cannot end within the limit need not be executed.
  if (fault == Fault::None && (isDma || a.end < options.maxCycles)) {
    fault = executor.execute(c, options.values, options.moves);
  }
  if (fault != Fault::None) {
    stop(fault, c.pc, now,
         fault == Fault::SpmError ? executor.errors().failedAddress() : 0);
    return;
  }
  if (raceDetector) {
    raceDetector->start(c, pushed, now, offsets);
  }
  if (isDma) {
    dma.start(c, std::move(offsets));
  } else {
    schedule(a.end + 1);
  }
  queueMoved(c.engine);
}

/// Lets the sequencer go on if what it waits for happens in this cycle.
void Dispatcher::finishRequest(uint64_t now, bool waitTakes, bool idle) {
  if (pending.cycle > now) {
    return;
  }
  uint32_t word = 0;
  switch (pending.kind) {
  case Request::Kind::Wait:
    if (!waitTakes) {
      return;
    }
    break;
  case Request::Kind::Lds:
    executor.readWord(pending.address, word);
    if (!executor.errors().empty()) {
      executor.errors().read({pending.address, {}, 4});
    }
    if (executor.errors().failed()) {
      addLateFault({now + 1, Fault::SpmError, Engine::Seq, pending.pc,
                    executor.errors().failedAddress()});
    }
    at(result.counters, Counter::SPM_RD_BYTES) += 4;
    if (raceDetector) {
      raceDetector->readWord(pending.pc, pending.address, now);
    }
    break;
  case Request::Kind::Fence:
    if (!idle) {
      return;
    }
    if (raceDetector) {
      raceDetector->fence();
    }
    break;
  case Request::Kind::Halt:
    if (idle) {
      stop(Fault::None, 0, now);
    }
    return;
  default:
    return;
  }
  pending.kind = Request::Kind::None;
  reply(now, word);
}

void Dispatcher::decide(uint64_t now) {
  if (!addSignals(now)) {
    return;
  }
  finishCommands(now);
  if (!pendingFlips.empty()) {
    applyFlips(now);
  }
  bool starts[numEngines];
  bool idle = true;
  for (unsigned i = 0; i < numEngines; ++i) {
    EngineState &e = engines[i];
    bool visible = !e.queue.empty() && e.queue.front().visible <= now;
    starts[i] = canStart(e, now);
    idle &= !e.isBusy() && !visible;
  }
  bool waitTakes = pending.kind == Request::Kind::Wait &&
                   pending.cycle <= now && available(pending.mask);
  Worst worst = findFaults(now, starts, waitTakes);
  if (worst.fault != Fault::None) {
    stop(worst.fault, worst.pc, now, worst.address);
    return;
  }
  for (unsigned i = 0; i < numEngines; ++i) {
    if (starts[i]) {
      take(engines[i].queue.front().command.waitMask);
    }
  }
  if (waitTakes) {
    take(pending.mask);
    if (raceDetector) {
      raceDetector->wait(pending.mask);
    }
  }
  // LDS reads before the commands that start now write.
  finishRequest(now, waitTakes, idle);
  for (unsigned i = 0; i < numEngines && !result.done; ++i) {
    if (starts[i]) {
      start(engines[i], now);
    }
  }
}
