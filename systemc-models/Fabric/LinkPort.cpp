//===- LinkPort.cpp - The link layer of a port, frame by frame -----------===//

#include "systemc-models/Fabric/LinkPort.h"

using namespace acc::fabric;

bool LinkPort::accepts(Cycle cycle) {
  while (!kept.empty() && kept.front().freed <= cycle) {
    keptWords -= kept.front().words;
    kept.pop_front();
    ++keptFirst;
  }
  unsigned slack = kCheckLatency + 2;
  const Chip::Port &port = config->port;
  auto fits = [&](uint64_t words, uint64_t frames) {
    return words + config->frameWords() + slack <= port.llrWords &&
           frames + 1 + slack <= port.llrFrames;
  };
  if (fits(keptWords, kept.size())) {
    return true;
  }
  // As Replay::room; words in the checks are not in the ring yet.
  uint64_t words = keptWords, number = kept.size();
  for (auto it = kept.rbegin(); it != kept.rend(); ++it) {
    Cycle end = it->granted + it->words;
    if (end + kCheckLatency <= cycle) {
      break;
    }
    Cycle written = cycle > it->granted + kCheckLatency
                        ? cycle - it->granted - kCheckLatency
                        : 0;
    words -= it->words - std::min<Cycle>(it->words, written);
    --number;
  }
  return fits(words, number);
}

Cycle LinkPort::acceptsAt() const {
  return kept.empty() ? kNever : kept.front().freed;
}

void LinkPort::acknowledgeTo(uint64_t number, Cycle cycle) {
  while (acked < number) {
    Kept &frame = kept[acked - keptFirst];
    lastFree = std::max(lastFree + 1, cycle);
    frame.freed = lastFree + 1;
    ++acked;
  }
}

Cycle LinkPort::slotAt(Cycle cycle) const {
  // Only the first word of a frame leaves room.
  for (const Leaving &frame : leaving) {
    if (frame.from < cycle && frame.to > cycle) {
      cycle = frame.to;
    }
  }
  return cycle;
}
