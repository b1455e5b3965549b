//===- NetworkLink.cpp - What ports of chips and switches do alike --------===//

#include "systemc-models/Fabric/Network.h"

#include <cmath>

using namespace acc;
using namespace acc::fabric;

void Network::kickArbiter(uint32_t number, Cycle cycle) {
  LinkPort &port = ports[number];
  if (port.isDown) {
    return;
  }
  cycle = std::max({cycle, port.busyUntil, time});
  if (cycle < port.arbiterAt) {
    port.arbiterAt = cycle;
    events.add(cycle, Half::Decide, {Kind::Arbitrate, 0, number});
  }
}

/// Whether a frame of the channel may be sent now, or from when on.
bool Network::takes(uint32_t number, unsigned channel, Cycle &later) {
  LinkPort &port = ports[number];
  auto hasCredits = [&](uint32_t words) {
    bool enough =
        port.consumed[channel] + words <= port.freedThere[channel] + port.limit;
    count.creditStalls += !enough;
    return enough;
  };
  if (port.isChip) {
    TransportChannel &transport = transports[number]->channels[channel];
    if (transport.waiting != kNone) {
      return true;
    }
    const TransportChannel::Kept *next = transport.toSend();
    if (next && next->ready > time) {
      later = std::min(later, next->ready);
    }
    return next && next->ready <= time && hasCredits(next->words);
  }
  OutputQueues &queues = switches[port.node].outputs[port.number][channel];
  if (queues.empty()) {
    return false;
  }
  const Frame &frame = frames[waiting[queues.inputs[queues.next()].head].frame];
  return !frame.isData() || hasCredits(frame.words);
}

void Network::arbitrate(uint32_t number) {
  LinkPort &port = ports[number];
  if (port.isDown) {
    return;
  }
  port.isFull = !port.accepts(time);
  if (port.isFull) {
    if (port.acceptsAt() < kNever) {
      kickArbiter(number, port.acceptsAt());
    }
    return;
  }
  Cycle later = kNever;
  for (unsigned k = 0; k < kChannels; ++k) {
    unsigned channel = (port.turn + k) % kChannels;
    if (!takes(number, channel, later)) {
      continue;
    }
    uint32_t frame;
    if (!port.isChip) {
      SwitchState &state = switches[port.node];
      OutputQueues &queues = state.outputs[port.number][channel];
      Waiting first = queues.pop(queues.next(), waiting);
      frame = first.frame;
      freeAtInput(first.port, frame);
    } else {
      frame = nextFrame(number, channel);
    }
    grant(number, channel, frame);
    return;
  }
  if (later < kNever) {
    kickArbiter(number, later);
  }
}

void Network::grant(uint32_t number, unsigned channel, uint32_t frameNumber) {
  LinkPort &port = ports[number];
  const Frame &frame = frames[frameNumber];
  port.isUsed = ports[port.peer].isUsed = true;
  port.turn = (channel + 1) % kChannels;
  port.busyUntil = time + frame.words;
  port.consumed[channel] += frame.isData() ? frame.words : 0;
  port.wordsSent += frame.words;
  port.kept.push_back({frameNumber, time, frame.words});
  port.keptWords += frame.words;
  ++count.frames;
  leave(number, port.keptFirst + port.kept.size() - 1, /*isFirst=*/true);
  kickArbiter(number, port.busyUntil);
}

/// The frame goes over the link as soon as those before it have.
void Network::leave(uint32_t number, uint64_t sequence, bool isFirst) {
  LinkPort &port = ports[number];
  const LinkPort::Kept &kept = port.kept[sequence - port.keptFirst];
  Cycle check = port.isChip ? kGrantToLink : 0;
  Cycle from = std::max(kept.granted + check, port.linkFree);
  port.linkFree = from + kept.words;
  while (!port.leaving.empty() && port.leaving.front().to < time) {
    port.leaving.pop_front();
  }
  if (isFirst && sequence == port.acked) {
    port.retryFrom = port.linkFree;
  }
  port.leaving.push_back({from, port.linkFree});
  bool isBad = port.script.count(port.framesSent++) != 0;
  if (options.bitErrors > 0) {
    double bits = 64.0 * kept.words * port.config->wordUnits();
    double good = std::exp(bits * std::log1p(-options.bitErrors));
    isBad |= double(random() >> 11) * 0x1p-53 >= good;
  }
  ++frames[kept.frame].uses;
  Payload event{Kind::Arrive, isBad, port.peer, kept.frame, port.replays};
  event.wide = sequence;
  events.add(port.linkFree + kLinkToVerdict + port.wire, Half::Visible, event);
}

void Network::arrive(const Payload &event) {
  LinkPort &port = ports[event.port];
  LinkPort &sender = ports[port.peer];
  uint32_t frame = event.a;
  uint64_t sequence = event.wide;
  // A replay has come between.
  Cycle left = time - kLinkToVerdict - sender.wire - frames[frame].words;
  if (port.isDead) {
    frames.release(frame);
    return;
  }
  if (event.b < sender.replays && left >= sender.cuts[event.b]) {
    frames.release(frame);
    return;
  }
  bool isBad = event.channel != 0;
  if (isBad || sequence > port.accepted) {
    count.badFrames += isBad;
    if (port.nackSent) {
      // It has been asked for, and is damaged again: only the timer helps.
      kickRetry(port.peer);
    } else if (!port.wantsNack) {
      port.wantsNack = true;
      kickControl(event.port, time);
    }
    frames.release(frame);
    return;
  }
  port.due[0] = std::min(port.due[0], time);
  kickControl(event.port, time);
  if (sequence < port.accepted) {
    frames.release(frame);
    return;
  }
  ++port.accepted;
  port.wantsNack = port.nackSent = false;
  if (port.isChip) {
    receive(event.port, frame);
  } else {
    // From its first word on, whose check has ended.
    bool isInside = isUnit(frames[frame].destination) ||
                    (sender.isChip && isUnit(sender.node));
    Cycle first = left + 1 + sender.wire +
                  (isInside ? options.unitCycles : options.switchCycles);
    events.add(std::max(first, time), Half::Visible,
               {Kind::Forward, 0, event.port, frame});
  }
}

/// The words of a frame leave a switch: its credits come back.
void Network::freeAtInput(uint32_t input, uint32_t number) {
  const Frame &frame = frames[number];
  if (frame.isData()) {
    ports[input].freedHere[frame.channel].add(time, frame.words);
    Cycle &due = ports[input].due[1 + frame.channel / 2];
    due = std::min(due, time + 1);
    kickControl(input, time + 1);
  }
}

void Network::forward(uint32_t input, uint32_t frameNumber) {
  SwitchState &state = switches[ports[input].node];
  Frame &frame = frames[frameNumber];
  uint32_t output = state.routes[frame.destination];
  if (output == kNone || ports[state.ports[output]].isDown) {
    discard(input, frameNumber);
    return;
  }
  state.outputs[output][frame.channel].push(
      unsigned(state.ports.size()), ports[input].number,
      waiting.make(frameNumber, input), waiting);
  kickArbiter(state.ports[output], time);
}

/// What has not been acknowledged is sent again. A frame that is being sent is
/// finished first.
void Network::replay(uint32_t number) {
  LinkPort &port = ports[number];
  ++count.replays;
  Cycle cut = time;
  for (const LinkPort::Leaving &frame : port.leaving) {
    if (frame.from < time && frame.to > time) {
      cut = frame.to;
    }
  }
  while (!port.leaving.empty() && port.leaving.back().from >= cut) {
    port.leaving.pop_back();
    --port.framesSent;
  }
  port.cuts.push_back(cut);
  ++port.replays;
  port.retryFrom = time;
  // Frames that are freed are passed by, one a cycle.
  port.linkFree = std::max(cut, port.lastFree) + 2;
  for (uint64_t n = port.acked; n < port.keptFirst + port.kept.size(); ++n) {
    leave(number, n, /*isFirst=*/false);
  }
}

void Network::kickRetry(uint32_t number) {
  LinkPort &port = ports[number];
  if (!port.hasRetry) {
    port.hasRetry = true;
    events.add(std::max(time, port.retryFrom + options.port.llrTimeout + 1),
               Half::Visible, {Kind::Retry, 0, number});
  }
}

/// The retry's timer, if nothing has been acknowledged since.
void Network::retry(uint32_t number) {
  LinkPort &port = ports[number];
  port.hasRetry = false;
  if (port.isDown) {
    return;
  }
  if (port.acked == port.keptFirst + port.kept.size()) {
    return;
  }
  if (port.retryFrom + options.port.llrTimeout + 1 <= time) {
    replay(number);
  }
  if (ports[port.peer].nackSent) {
    kickRetry(number);
  }
}
