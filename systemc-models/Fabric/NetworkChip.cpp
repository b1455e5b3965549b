//===- NetworkChip.cpp - Packing, transport and unpacking -----------------===//

#include "systemc-models/Fabric/Network.h"

using namespace acc;
using namespace acc::fabric;

void Network::kickStart(uint32_t port, unsigned channel, Cycle cycle) {
  TransportChannel &transport = transports[port]->channels[channel];
  cycle = std::max(cycle, time);
  if (cycle < transport.startAt) {
    transport.startAt = cycle;
    events.add(cycle, Half::Decide, {Kind::Start, uint8_t(channel), port});
  }
}

/// A frame begins if its chip's window is open and the ring has room.
void Network::start(uint32_t port, unsigned channel) {
  TransportChannel &t = transports[port]->channels[channel];
  if (t.startAt != time) {
    return;
  }
  t.startAt = kNever;
  if (t.isPacking || ports[port].isDown) {
    return;
  }
  Cycle cycle = t.pack.startsAt();
  if (cycle > time) {
    if (cycle < kNever) {
      kickStart(port, channel, cycle);
    }
    return;
  }
  const PortConfig &config = *ports[port].config;
  TransportChannel::Peer &peer = t.peer(peerOf(port, t.pack.chip()));
  if (peer.isDead) {
    fault(t.pack.drop(time));
    kickStart(port, channel, time + 1);
    return;
  }
  if (uint16_t(peer.next - peer.done) >= config.port.gbnWindow) {
    return;
  }
  while (!t.freed.empty() && t.freed.front().first <= time) {
    t.ringWords -= t.freed.front().second;
    t.freed.pop_front();
  }
  if (t.ringWords + config.frameWords() > config.port.gbnWords ||
      t.ring.size() + t.freed.size() + 1 > config.port.gbnFrames) {
    if (!t.freed.empty()) {
      kickStart(port, channel, t.freed.front().first);
    }
    return;
  }
  t.isPacking = true;
  t.pack.start(time);
  pack(port, channel);
}

void Network::pack(uint32_t port, unsigned channel) {
  TransportChannel &t = transports[port]->channels[channel];
  if (ports[port].isDown) {
    return;
  }
  if (Cycle cycle = t.pack.advance(time)) {
    events.add(cycle, Half::Decide, {Kind::Pack, uint8_t(channel), port});
    return;
  }
  uint32_t number = frames.make();
  Frame &frame = frames[number];
  frame.source = ports[port].node;
  frame.destination = t.pack.chipOfFrame();
  frame.channel = uint8_t(channel);
  frame.op = FrameOp::Data;
  frame.words = t.pack.words();
  frame.runs.swap(t.pack.transactions());
  uint32_t peer = peerOf(port, frame.destination);
  frame.psn = t.peer(peer).next++;
  t.ring.push_back({number, peer, frame.psn, frame.words, t.pack.end() + 2});
  t.ringWords += frame.words;
  t.isPacking = false;
  kickArbiter(port, t.pack.end() + 2);
  kickStart(port, channel, t.pack.end() + 1);
}

/// The frame of the channel that leaves now.
uint32_t Network::nextFrame(uint32_t port, unsigned channel) {
  TransportChannel &t = transports[port]->channels[channel];
  const PortConfig &config = *ports[port].config;
  if (t.waiting != kNone) {
    uint32_t number = frames.make();
    Frame &frame = frames[number];
    frame.source = ports[port].node;
    frame.destination = chipOf(port, t.waiting);
    frame.channel = uint8_t(channel);
    frame.op = FrameOp::Ack;
    frame.words =
        (config.leadUnits() + config.wordUnits()) / config.wordUnits();
    TransportChannel::Peer &peer = t.peer(t.waiting);
    frame.apsn = peer.expected;
    peer.owed = false;
    release(port, channel, time - t.waitsFrom);
    ++count.acknowledgements;
    return number;
  }
  TransportChannel::Kept &kept = *t.toSend();
  ++t.ringNext;
  if (kept.sent == kNever) {
    kept.sent = time + kept.words;
  }
  if (&kept == &t.ring.front()) {
    // The timer stands while nothing is kept that has been sent.
    t.progress = std::max(t.progress, kept.sent);
  }
  if (!t.hasTimer) {
    t.hasTimer = true;
    events.add(kept.sent + config.port.gbnTimeout, Half::Decide,
               {Kind::Timeout, uint8_t(channel), port});
  }
  unsigned word = config.rhUnit() / config.wordUnits();
  if (word == 0) {
    header(port, channel, kept.frame);
  } else {
    events.add(time + word, Half::Decide,
               {Kind::Header, uint8_t(channel), port, kept.frame});
  }
  ++frames[kept.frame].uses;
  return kept.frame;
}

/// The word with RH leaves: it tells what has come from the chip.
void Network::header(uint32_t port, unsigned channel, uint32_t number) {
  TransportChannel &t = transports[port]->channels[channel];
  Frame &frame = frames[number];
  uint32_t chip = peerOf(port, frame.destination);
  TransportChannel::Peer &peer = t.peer(chip);
  frame.apsn = peer.expected;
  peer.owed = false;
  if (t.waiting == chip) {
    release(port, channel, time + 1 - t.waitsFrom);
  }
}

/// The pass goes on after so many cycles.
void Network::release(uint32_t port, unsigned channel, Cycle stalled) {
  TransportChannel &t = transports[port]->channels[channel];
  t.passBase += stalled;
  t.waiting = kNone;
  std::vector<uint32_t> deferred;
  deferred.swap(t.deferred);
  for (uint32_t peer : deferred) {
    t.peer(peer).scanned = false;
    if (t.peer(peer).owed) {
      owe(port, channel, peer);
    }
  }
}

void Network::owe(uint32_t port, unsigned channel, uint32_t chip) {
  TransportChannel &t = transports[port]->channels[channel];
  TransportChannel::Peer &peer = t.peer(chip);
  peer.owed = true;
  if (peer.scanned || t.waiting == chip) {
    return;
  }
  peer.scanned = true;
  if (t.waiting != kNone) {
    t.deferred.push_back(chip);
    return;
  }
  events.add(t.passAt(ports[port].config->port, chip, time), Half::Visible,
             {Kind::Scan, uint8_t(channel), port, chip});
}

/// The pass comes to the chip, unless it was held up.
void Network::scan(uint32_t port, unsigned channel, uint32_t chip) {
  TransportChannel &t = transports[port]->channels[channel];
  TransportChannel::Peer &peer = t.peer(chip);
  if (!peer.owed) {
    peer.scanned = false;
    return;
  }
  if (t.waiting != kNone) {
    t.deferred.push_back(chip);
    return;
  }
  Cycle cycle = t.passAt(ports[port].config->port, chip, time);
  if (cycle > time) {
    events.add(cycle, Half::Visible,
               {Kind::Scan, uint8_t(channel), port, chip});
    return;
  }
  peer.scanned = false;
  t.waiting = chip;
  t.waitsFrom = time;
  kickArbiter(port, time);
}

/// A frame has been accepted in the cycle before.
void Network::receive(uint32_t port, uint32_t number) {
  Frame &frame = frames[number];
  unsigned channel = frame.channel;
  TransportChannel &t = transports[port]->channels[channel];
  uint32_t source = peerOf(port, frame.source);
  acknowledge(port, channel, source, frame.apsn);
  if (frame.isData()) {
    TransportChannel::Peer &peer = t.peer(source);
    LinkPort &link = ports[port];
    bool isNext = frame.psn == peer.expected;
    if (isNext) {
      ++peer.expected;
      // Of reductions, what a frame has is handed over as one.
      llvm::SmallVector<std::pair<TransactionRun, Cycle>> handed;
      t.unpack.add(frame.runs, frame.words, time - 1, link.freedHere[channel],
                   [&](const TransactionRun &run, Cycle cycle) {
                     Message &message = messages[run.message];
                     message.last = std::max(message.last, cycle);
                     if (--message.left == 0 && !message.isPart) {
                       events.add(message.last + 1, Half::Visible,
                                  {Kind::Deliver, 0, 0, run.message});
                     }
                     if (message.reduction == kNone) {
                       return;
                     }
                     if (handed.empty() ||
                         handed.back().first.message != run.message) {
                       handed.push_back({{run.message, 0, 0}, cycle});
                     }
                     ++handed.back().first.count;
                     handed.back().second = cycle;
                   });
      for (const auto &[run, cycle] : handed) {
        events.add(cycle + 1, Half::Visible,
                   {Kind::HandOver, 0, port, run.message, run.count});
      }
      owe(port, channel, source);
    } else {
      link.freedHere[channel].drop(frame.words);
      if (isBefore(frame.psn, peer.expected)) {
        owe(port, channel, source);
      }
    }
    Cycle &due = link.due[1 + channel / 2];
    due = std::min(due, isNext ? link.freedHere[channel].next(time) + 1 : time);
    kickControl(port, due);
  }
  frames.release(number);
}

/// The chip expects this number next: all before it are freed, one a cycle.
void Network::acknowledge(uint32_t port, unsigned channel, uint32_t chip,
                          uint16_t psn) {
  TransportChannel &t = transports[port]->channels[channel];
  TransportChannel::Peer &peer = t.peer(chip);
  uint16_t gain = psn - peer.done;
  if (gain == 0 || gain > uint16_t(peer.next - peer.done)) {
    return;
  }
  peer.done = psn;
  t.progress = time - 1;
  t.timeouts = 0;
  while (!t.ring.empty() && t.ring.front().sent < kNever &&
         isBefore(t.ring.front().psn, t.peer(t.ring.front().peer).done)) {
    const TransportChannel::Kept &kept = t.ring.front();
    t.lastFree = std::max({t.lastFree + 1, time, kept.sent});
    t.freed.push_back({t.lastFree + 1, kept.words});
    frames.release(kept.frame);
    t.ring.pop_front();
    ++t.ringFirst;
    t.ringNext = std::max(t.ringNext, t.ringFirst);
    t.progress = t.lastFree;
  }
  kickStart(port, channel, time);
}

/// Without progress all frames that are kept are sent again.
void Network::timeout(uint32_t port, unsigned channel) {
  TransportChannel &t = transports[port]->channels[channel];
  if (t.ring.empty() || t.ring.front().sent == kNever) {
    t.hasTimer = false;
    return;
  }
  if (ports[port].isDown) {
    return;
  }
  Cycle end = t.progress + ports[port].config->port.gbnTimeout;
  if (end <= time) {
    if (++t.timeouts > ports[port].config->port.llrReplays) {
      t.timeouts = 0;
      giveUpPeer(port, channel, t.ring.front().peer);
      t.progress = time;
      events.add(time + ports[port].config->port.gbnTimeout, Half::Decide,
                 {Kind::Timeout, uint8_t(channel), port});
      return;
    }
    ++count.rewinds;
    t.progress = time + 1;
    end = t.progress + ports[port].config->port.gbnTimeout;
    t.ringNext = t.ringFirst;
    for (TransportChannel::Kept &kept : t.ring) {
      kept.ready = std::max(kept.ready, time + 3);
    }
    kickArbiter(port, time + 3);
  }
  events.add(end, Half::Decide, {Kind::Timeout, uint8_t(channel), port});
}
