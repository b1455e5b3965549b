//===- DmaUnit.cpp - The LOAD and STORE engines ---------------------------===//

#include "systemc-models/Slice/DmaUnit.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace acc;

DmaUnit::DmaUnit(sc_core::sc_module_name name, const Target &target,
                 uint64_t lastCycle)
    : sc_module(name), target(target), lastCycle(lastCycle), hbm(target) {
  SC_HAS_PROCESS(DmaUnit);
  SC_METHOD(run);
  sensitive << wake.get();
  dont_initialize();
  for (Stream &s : streams) {
    s.arrivals.assign(target.dma.outstanding, 0);
  }
}

void DmaUnit::start(const Command &command,
                    std::vector<uint32_t> indexOffsets) {
  Stream &s = streams[unsigned(command.engine)];
  s.dma = std::get<Dma>(command.body);
  s.pc = command.pc;
  s.offsets = std::move(indexOffsets);
  s.walker.emplace(s.dma, target.hbm.lineBytes);
  s.packets = 0;
  s.request = currentCycle() + target.dma.setup;
  s.isPrepared = false;
  prepare(s);
  wake.notifyAt(currentCycle());
}

void DmaUnit::stop() {
  for (Stream &s : streams) {
    s.walker.reset();
    s.rests.clear();
    s.failures.clear();
  }
}

/// Finds the cycle of the next request, which is not before `s.request`: the
/// packet that leaves the window for it has arrived, and a new index costs its
/// latency.
void DmaUnit::prepare(Stream &s) {
  if (!s.walker || s.isPrepared || isFull(s)) {
    return;
  }
  s.isPrepared = true;
  s.request = std::max(s.request, s.arrivals[s.sentSlot] + 1);
  if (s.dma.idxEn && s.walker->atFirstOfDim0()) {
    s.walker->setIndexOffset(s.offsets[s.walker->currentIndex0()]);
    s.request += target.dma.indexLatency;
  }
}

/// True if what the memory has not decided has an effect on starts or requests.
bool DmaUnit::waitsForMemory() const {
  return llvm::any_of(streams, [](const Stream &s) {
    return !s.rests.empty() || (s.walker && !s.isPrepared);
  });
}

/// The stream with the next request that is known; LOAD wins a tie.
DmaUnit::Stream *DmaUnit::earliest() {
  Stream *best = nullptr;
  for (Stream &s : streams) {
    if (s.walker && s.isPrepared && (!best || s.request < best->request)) {
      best = &s;
    }
  }
  return best;
}

void DmaUnit::flipBefore(uint64_t cycle) {
  while (!pendingFlips.empty() && pendingFlips.front().cycle < cycle) {
    const MemoryFlip &f = pendingFlips.front();
    hbmErrors.flip(f.address / HbmErrors::wordBytes, f.bit);
    doneFlips.push_back(f);
    pendingFlips.pop_front();
  }
}

/// What the packet that is requested next finds in memory.
void DmaUnit::findErrors(Stream &s, const Packet &p) {
  flipBefore(s.request + 1);
  HbmErrors::Found found = engineOf(s) == isa::Engine::Store
                               ? hbmErrors.write(p.hbmAddress, p.bytes)
                               : hbmErrors.read(p.hbmAddress, p.bytes);
  corrected += found.corrected;
  if (found.error) {
    s.failures.push_back({s.sent + 1, s.pc, uint32_t(*found.error)});
  }
}

/// Sends one packet; returns the first cycle in which, after it, the engine may
/// start another command.
uint64_t DmaUnit::send(Stream &s) {
  Packet p = s.walker->next();
  if (!pendingFlips.empty() || !hbmErrors.empty()) {
    findErrors(s, p);
  }
  hbm.request(s.request, p.hbmAddress, p.bytes,
              engineOf(s) == isa::Engine::Store);
  s.sentSlot = s.sentSlot + 1 == s.arrivals.size() ? 0 : s.sentSlot + 1;
  ++s.sent;
  ++s.packets;
  s.isPrepared = false;
  if (!s.walker->done()) {
    s.request += 1;
    prepare(s);
    return UINT64_MAX;
  }
  s.walker.reset();
  s.rests.push_back({s.sent, s.packets});
  onRequested(engineOf(s), s.request);
  return s.request + 1;
}

/// Takes what the memory has decided; returns the first cycle in which, after
/// the ends of commands in it, others may start.
uint64_t DmaUnit::receive() {
  uint64_t next = UINT64_MAX;
  for (Stream &s : streams) {
    isa::Engine engine = engineOf(s);
    while (auto ready = hbm.take(engine == isa::Engine::Store)) {
      s.lastArrival = std::max(*ready, s.lastArrival + 1);
      s.arrivals[s.receivedSlot] = s.lastArrival;
      s.receivedSlot =
          s.receivedSlot + 1 == s.arrivals.size() ? 0 : s.receivedSlot + 1;
      ++s.received;
      if (!s.failures.empty() && s.failures.front().packet == s.received) {
        const Stream::Failure &f = s.failures.front();
        // Decoded, a packet of LOAD is there a cycle later.
        onFault(engine, s.lastArrival + (engine == isa::Engine::Load), f.pc,
                f.address);
        s.failures.pop_front();
      }
      if (!s.rests.empty() && s.rests.front().sent == s.received) {
        uint64_t end = s.lastArrival + target.dma.tail;
        onEnd(engine, end, s.rests.front().packets);
        s.rests.pop_front();
        next = std::min(next, end + 1);
      }
    }
    prepare(s);
  }
  return next;
}

void DmaUnit::run() {
  ++activationCount;
  if (!earliest() && !waitsForMemory()) {
    return; // stopped
  }
  uint64_t next = nextEvent();
  // Everything that happens in this cycle comes first.
  if (next <= currentCycle()) {
    wake.notifyAt(currentCycle());
    return;
  }
  // Of other engines' requests, none comes before this.
  uint64_t horizon = lastCycle;
  auto startsFrom = [&](uint64_t cycle) {
    if (cycle < lastCycle) {
      horizon = std::min<uint64_t>(horizon, cycle + target.dma.setup);
    }
  };
  startsFrom(next);
  Stream *s = nullptr;
  for (;;) {
    s = earliest();
    // A packet that is not decided makes room for a request behind it.
    bool waits = waitsForMemory();
    uint64_t limit =
        waits ? std::min(horizon, hbm.undecidedFrom() + 1) : horizon;
    if (s && s->request < limit) {
      startsFrom(send(*s));
      continue;
    }
    if (!waits) {
      break;
    }
    hbm.advance(limit - 1);
    startsFrom(receive());
    if (limit >= horizon) {
      s = earliest();
      break;
    }
  }
  uint64_t again = lastCycle;
  if (s && s->request < lastCycle) {
    again = s->request - target.dma.setup;
  }
  if (waitsForMemory()) {
    again = std::min(again, hbm.undecidedFrom());
  }
  if (again < lastCycle) {
    wake.notifyAt(again);
  }
}
