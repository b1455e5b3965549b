//===- DramScheduler.cpp - What of a channel goes next --------------------===//

#include "systemc-models/Memory/DramScheduler.h"

#include "llvm/ADT/STLExtras.h"

using namespace acc;

/// The request of the queue that goes next, and when that is decided.
size_t DramScheduler::choose(const std::deque<Waiting> &queue,
                             uint64_t &when) const {
  bool isWrite = queue.front().request.isWrite;
  uint64_t least = dram.busReady(isWrite);
  size_t best = 0;
  uint64_t start = dram.estimate(now, queue.front().request);
  if (queue.front().overtaken < hbm.reorderWindow) {
    size_t candidates = std::min<size_t>(queue.size(), hbm.reorderWindow);
    for (size_t i = 1; i < candidates && start > least; ++i) {
      uint64_t other = dram.estimate(now, queue[i].request);
      if (other < start) {
        start = other;
        best = i;
      }
    }
  }
  // A row can be closed and opened meanwhile, with other activates before its
  // own.
  uint64_t ahead = uint64_t(hbm.tRpPs) + hbm.tRcdPs + hbm.tFawPs / 2 +
                   (isWrite ? hbm.tCwlPs : hbm.tClPs);
  when = std::max(now, start - std::min(start, ahead));
  return best;
}

/// Places a request of a queue; returns the end of its data.
uint64_t DramScheduler::place(std::deque<Waiting> &queue, size_t index) {
  for (size_t i = 0; i < index; ++i) {
    ++queue[i].overtaken;
  }
  uint64_t before = dram.activates();
  uint64_t end = dram.place(now, queue[index].request);
  hits += dram.activates() == before;
  last = std::max(last, end);
  queue.erase(queue.begin() + ptrdiff_t(index));
  return end;
}

void DramScheduler::read(size_t index, Decided decided) {
  Waiting w = reads[index];
  readsFirst -= readsFirst != 0;
  decided(w.request, w.ticket, place(reads, index));
}

/// A write leaves its place at the end of its data, to the first that has none.
void DramScheduler::write(size_t index, Decided decided) {
  freed.push_back(place(writes, index));
  if (left != 0 && --left == 0) {
    readsFirst = std::min<size_t>(reads.size(), hbm.writeQueue);
  }
  if (!outside.empty()) {
    Waiting w = outside.front();
    outside.pop_front();
    enter(w, decided);
  }
}

/// Gives a write its place in the queue: one that is free, or will be when an
/// earlier write has left it.
void DramScheduler::enter(Waiting w, Decided decided) {
  if (freed.size() + writes.size() >= hbm.writeQueue) {
    llvm::sort(freed);
    w.ps = std::max(w.ps, freed.front());
    freed.pop_front();
  }
  decided(w.request, w.ticket, w.ps);
  writes.push_back(w);
}

void DramScheduler::arrive(const Waiting &arrival, Decided decided) {
  auto isSameLine = [&](const Waiting &w) {
    return w.request.line == arrival.request.line;
  };
  dram.arrive(now, arrival.request);
  if (!arrival.request.isWrite) {
    if (llvm::any_of(writes, isSameLine) || llvm::any_of(outside, isSameLine)) {
      flush(decided);
    }
    reads.push_back(arrival);
    return;
  }
  for (size_t i = 0; i < reads.size();) {
    if (isSameLine(reads[i])) {
      read(i, decided);
    } else {
      ++i;
    }
  }
  if (outside.empty() && writes.size() < hbm.writeQueue) {
    enter(arrival, decided);
  } else {
    outside.push_back(arrival);
  }
}

void DramScheduler::flush(Decided decided) {
  while (!writes.empty()) {
    uint64_t when;
    write(choose(writes, when), decided);
  }
}

void DramScheduler::run(uint64_t until, Decided decided) {
  for (;;) {
    uint64_t arrival = inbox.empty() ? UINT64_MAX : inbox.front().ps;
    uint64_t when = UINT64_MAX;
    if (left == 0 && readsFirst == 0 && writes.size() == hbm.writeQueue) {
      left = writes.size();
    }
    bool isWriting = left != 0;
    std::deque<Waiting> &queue = isWriting ? writes : reads;
    size_t next = queue.empty() ? 0 : choose(queue, when);
    nextEvent = std::min(arrival, when);
    if (nextEvent > until || nextEvent == UINT64_MAX) {
      return;
    }
    if (dram.nextRefreshOfAll() <= nextEvent) {
      now = std::max(now, dram.nextRefreshOfAll());
      dram.refreshAll();
      continue;
    }
    now = nextEvent;
    // Who is there may be chosen.
    if (arrival <= when) {
      Waiting w = inbox.front();
      inbox.pop_front();
      arrive(w, decided);
    } else if (isWriting) {
      write(next, decided);
    } else {
      read(next, decided);
    }
  }
}
