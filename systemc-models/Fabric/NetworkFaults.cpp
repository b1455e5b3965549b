//===- NetworkFaults.cpp - Links that die, chips that do not answer -------===//

#include "systemc-models/Fabric/Network.h"

using namespace acc;
using namespace acc::fabric;

void Network::cut(uint32_t port, Cycle cycle) {
  cycle = std::max(cycle, time + 1);
  events.add(cycle, Half::Visible, {Kind::Cut, 0, port});
  for (uint32_t end : {port, ports[port].peer}) {
    events.add(cycle + options.port.pcsTimeout, Half::Visible,
               {Kind::Flush, 0, end});
  }
}

/// The messages of these transactions are reported, each once.
void Network::fault(llvm::ArrayRef<TransactionRun> runs) {
  for (const TransactionRun &run : runs) {
    Message &message = messages[run.message];
    if (message.reduction != kNone) {
      failReduction(message.reduction);
      continue;
    }
    if (message.isFaulted || message.left == 0) {
      continue;
    }
    message.isFaulted = true;
    --undelivered;
    ++count.faults;
    lastStep = time;
    if (faulted) {
      faulted(run.message, time);
    }
  }
}

/// A frame that a switch has no way for.
void Network::discard(uint32_t input, uint32_t frame) {
  freeAtInput(input, frame);
  frames.release(frame);
}

/// The link has been down for too long. What its retry keeps is lost; a chip
/// gives up what is to leave by the port, a switch what waits for it.
void Network::flush(uint32_t number) {
  LinkPort &port = ports[number];
  if (port.isDown) {
    return;
  }
  port.isDown = true;
  for (uint64_t n = port.acked; n < port.keptFirst + port.kept.size(); ++n) {
    frames.release(port.kept[n - port.keptFirst].frame);
  }
  port.kept.clear();
  if (!port.isChip) {
    for (OutputQueues &queues : switches[port.node].outputs[port.number]) {
      while (!queues.empty()) {
        Waiting first = queues.pop(queues.next(), waiting);
        discard(first.port, first.frame);
      }
    }
    return;
  }
  for (TransportChannel &channel : transports[number]->channels) {
    std::vector<TransactionRun> lost = channel.pack.takeAll();
    for (const TransportChannel::Kept &kept : channel.ring) {
      const std::vector<TransactionRun> &runs = frames[kept.frame].runs;
      lost.insert(lost.end(), runs.begin(), runs.end());
      frames.release(kept.frame);
    }
    channel.ring.clear();
    fault(lost);
  }
}

/// The chip has not answered for llr_replays + 1 timeouts: what is kept for it
/// leaves the ring, and its messages are reported.
void Network::giveUpPeer(uint32_t port, unsigned channel, uint32_t peer) {
  TransportChannel &t = transports[port]->channels[channel];
  std::vector<TransactionRun> lost;
  std::deque<TransportChannel::Kept> others;
  uint64_t next = t.ringNext;
  for (size_t i = 0; i < t.ring.size(); ++i) {
    const TransportChannel::Kept &kept = t.ring[i];
    if (kept.peer != peer) {
      others.push_back(kept);
      continue;
    }
    const std::vector<TransactionRun> &runs = frames[kept.frame].runs;
    lost.insert(lost.end(), runs.begin(), runs.end());
    t.ringWords -= kept.words;
    next -= t.ringFirst + i < t.ringNext;
    frames.release(kept.frame);
  }
  t.ring = std::move(others);
  t.ringNext = next;
  t.peer(peer).isDead = true;
  t.peer(peer).done = t.peer(peer).next;
  kickStart(port, channel, time + 1);
  fault(lost);
}
