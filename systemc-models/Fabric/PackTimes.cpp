//===- PackTimes.cpp - When frames are packed -----------------------------===//

#include "systemc-models/Fabric/PackTimes.h"

using namespace acc::fabric;

void PackTimes::offer(uint32_t chip, const TransactionRun &run, Cycle from) {
  waiting.push_back({chip, run, from});
}

/// Takes beats into the queue as far as it is known when they find room.
void PackTimes::fill() {
  uint64_t room = popped.size();
  while (!waiting.empty()) {
    Waiting &next = waiting.front();
    unsigned width = config.wordUnits();
    unsigned beats = std::max(1u, (next.run.units + width - 1) / width);
    while (beatsOfNext < beats) {
      Cycle cycle = std::max(lastIn, next.from);
      if (beatsIn >= room) {
        if (beatsIn - room >= beatsOut) {
          return;
        }
        cycle = std::max(cycle, popped[beatsIn % room] + 1);
      }
      lastIn = cycle + 1;
      ++beatsIn;
      ++beatsOfNext;
    }
    beatsOfNext = 0;
    queue.push_back({next.chip, next.run.message, next.run.units, lastIn - 1});
    if (--next.run.count == 0) {
      waiting.pop_front();
    }
  }
}

TransactionRun PackTimes::drop(Cycle cycle) {
  unsigned width = config.wordUnits();
  Queued head = queue.front();
  queue.pop_front();
  for (unsigned left = std::max(1u, (head.units + width - 1) / width);
       left != 0; --left) {
    popped[beatsOut++ % popped.size()] = cycle;
  }
  return {head.message, head.units, 1};
}

std::vector<TransactionRun> PackTimes::takeAll() {
  std::vector<TransactionRun> all = std::move(runs);
  runs.clear();
  for (const Queued &queued : queue) {
    all.push_back({queued.message, queued.units, 1});
  }
  for (const Waiting &w : waiting) {
    all.push_back(w.run);
  }
  queue.clear();
  waiting.clear();
  return all;
}

Cycle PackTimes::startsAt() {
  fill();
  return queue.empty() ? kNever : std::max(idleFrom, queue.front().whole + 1);
}

void PackTimes::start(Cycle cycle) {
  state = State::Header;
  now = cycle + 1;
  packedFor = chip();
  count = lead = units = left = wordCount = 0;
  isInside = false;
  runs.clear();
}

/// A beat of the frame, or its trailer's place.
bool PackTimes::feed() {
  unsigned width = config.wordUnits();
  if (!isInside) {
    const Queued &head = queue.front();
    left = head.units;
    count += 1;
    ++units;
    if (!runs.empty() && runs.back().message == head.message &&
        runs.back().units == head.units) {
      ++runs.back().count;
    } else {
      runs.push_back({head.message, head.units, 1});
    }
  }
  unsigned n = std::min(left, width);
  count += n;
  units += n;
  left -= n;
  isInside = left != 0;
  popped[beatsOut % popped.size()] = now;
  ++beatsOut;
  if (!isInside) {
    queue.pop_front();
  }
  return true;
}

Cycle PackTimes::advance(Cycle known) {
  unsigned width = config.wordUnits();
  for (;; ++now) {
    // A transaction that begins has to be there as a whole.
    bool looks = state == State::Body && !isInside &&
                 (count < width || count - width < width);
    if (looks) {
      fill();
      if (queue.empty() && waiting.empty() && now > known) {
        return now;
      }
    }
    if (state == State::Flush || count >= width) {
      ++wordCount;
      if (state == State::Flush && count <= width) {
        break;
      }
      count -= width;
    }
    if (count >= width) {
      continue;
    }
    if (state == State::Header) {
      unsigned n = std::min(config.leadUnits() - lead, width);
      count += n;
      lead += n;
      state = lead == config.leadUnits() ? State::Body : state;
    } else if (state == State::Body) {
      bool fits = !isInside && !queue.empty() && queue.front().whole < now &&
                  queue.front().chip == packedFor &&
                  units + queue.front().units + 1 <= config.pduUnits();
      if (isInside || fits) {
        feed();
      } else {
        ++count;
        state = State::Flush;
      }
    }
  }
  idleFrom = now + 1;
  return 0;
}
