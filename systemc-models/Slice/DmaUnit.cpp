//===- DmaUnit.cpp - The LOAD and STORE engines ---------------------------===//

#include "systemc-models/Slice/DmaUnit.h"

#include <algorithm>

using namespace acc;

DmaUnit::DmaUnit(sc_core::sc_module_name name, const Target &target,
                 uint64_t lastCycle)
    : sc_module(name), socket("socket"), target(target), lastCycle(lastCycle) {
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
  s.offsets = std::move(indexOffsets);
  s.walker.emplace(s.dma, target.hbm.lineBytes);
  s.packets = 0;
  s.request = currentCycle() + target.dma.setup;
  prepare(s);
  wake.notifyAt(currentCycle());
}

void DmaUnit::stop() {
  for (Stream &s : streams) {
    s.walker.reset();
  }
}

/// Finds the cycle of the next request, which is not before `s.request`: the
/// packet that leaves the window for it has arrived, and a new index costs its
/// latency.
void DmaUnit::prepare(Stream &s) {
  s.request = std::max(s.request, s.arrivals[s.slot] + 1);
  if (s.dma.idxEn && s.walker->atFirstOfDim0()) {
    s.walker->setIndexOffset(s.offsets[s.walker->currentIndex0()]);
    s.request += target.dma.indexLatency;
  }
}

/// The stream with the next request; LOAD wins a tie.
DmaUnit::Stream *DmaUnit::earliest() {
  Stream *best = nullptr;
  for (Stream &s : streams) {
    if (s.walker && (!best || s.request < best->request)) {
      best = &s;
    }
  }
  return best;
}

/// Sends one packet; returns the cycle in which it arrives.
uint64_t DmaUnit::send(Stream &s, bool isWrite) {
  Packet p = s.walker->next();
  payload.set_command(isWrite ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(p.hbmAddress);
  payload.set_data_length(p.bytes);
  payload.set_streaming_width(p.bytes);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  uint64_t now = currentCycle();
  sc_core::sc_time delay = cycles(s.request - now);
  socket->b_transport(payload, delay);
  uint64_t ready = now + delay.value();
  s.lastArrival = std::max(ready, s.lastArrival + 1);
  s.arrivals[s.slot] = s.lastArrival;
  s.slot = s.slot + 1 == s.arrivals.size() ? 0 : s.slot + 1;
  ++s.packets;
  return s.lastArrival;
}

void DmaUnit::run() {
  ++activationCount;
  uint64_t next = nextEvent();
  // Everything that happens in this cycle comes first.
  if (next <= currentCycle()) {
    wake.notifyAt(currentCycle());
    return;
  }
  uint64_t horizon = lastCycle;
  if (next < lastCycle) {
    horizon = std::min<uint64_t>(horizon, next + target.dma.setup);
  }
  Stream *s = earliest();
  while (s && s->request < horizon) {
    isa::Engine engine =
        s == &streams[0] ? isa::Engine::Load : isa::Engine::Store;
    uint64_t arrival = send(*s, engine == isa::Engine::Store);
    if (s->walker->done()) {
      s->walker.reset();
      onEnd(engine, s->request, arrival + target.dma.tail, s->packets);
      horizon = std::min(horizon, s->request + 1 + target.dma.setup);
    } else {
      s->request += 1;
      prepare(*s);
    }
    s = earliest();
  }
  if (s && s->request < lastCycle) {
    wake.notifyAt(s->request - target.dma.setup);
  }
}
