//===- UnpackTimes.cpp - When frames are unpacked -------------------------===//

#include "systemc-models/Fabric/UnpackTimes.h"

using namespace acc::fabric;

uint64_t Freed::before(Cycle cycle) {
  while (!runs.empty() && runs.front().from + runs.front().words <= cycle) {
    gone += runs.front().words;
    runs.pop_front();
  }
  uint64_t n = gone;
  for (const Run &run : runs) {
    if (run.from >= cycle) {
      break;
    }
    n += std::min<uint64_t>(run.words, cycle - run.from);
  }
  return n;
}

Cycle Freed::next(Cycle cycle) const {
  for (const Run &run : runs) {
    if (run.from + run.words > cycle) {
      return std::max(run.from, cycle);
    }
  }
  return kNever;
}

void UnpackTimes::add(llvm::ArrayRef<TransactionRun> runs, unsigned words,
                      Cycle kept, Freed &freed, Taken taken) {
  unsigned width = config.wordUnits(), lead = config.leadUnits();
  uint64_t payload = 0;
  for (const TransactionRun &run : runs) {
    payload += uint64_t(run.count) * (run.units + 1);
  }
  uint64_t base = unitsIn;
  size_t run = 0;
  uint32_t inRun = 0;
  bool isInside = false;
  unsigned left = 0;
  Cycle end = 0;
  // Beats whose units have all come.
  auto takeBeats = [&] {
    while (run < runs.size()) {
      unsigned rest = isInside ? left : runs[run].units;
      unsigned units = std::min(rest, width);
      if (unitsOut + units + !isInside > unitsIn) {
        return;
      }
      Cycle before = beatsDone == 0 ? 0 : beats[(beatsDone - 1) % kBeats].cycle;
      end = std::max(before, lastPop) + 1;
      unitsOut += units + !isInside;
      beats[beatsDone++ % kBeats] = {unitsOut, end};
      left = rest - units;
      isInside = left != 0;
      if (!isInside) {
        taken(runs[run], end);
        if (++inRun == runs[run].count) {
          inRun = 0;
          ++run;
        }
      }
    }
  };
  for (unsigned word = 0; word < words; ++word) {
    lastLoad = std::max(kept + 1, lastPop);
    freed.add(lastLoad, 1);
    Cycle pop = std::max(lastLoad, lastPop) + 1;
    // Room for the word: at most two words before it.
    if (unitsIn > 2 * width) {
      while (needed < beatsDone &&
             beats[needed % kBeats].units + 2 * width < unitsIn) {
        ++needed;
      }
      if (needed < beatsDone) {
        pop = std::max(pop, beats[needed % kBeats].cycle + 1);
      }
    }
    if (word == 0) {
      pop = std::max(pop, ends[0] + 1);
    }
    lastPop = pop;
    uint64_t units = uint64_t(word + 1) * width;
    unitsIn = base + std::min(units > lead ? units - lead : 0, payload);
    takeBeats();
  }
  ends[0] = ends[1];
  ends[1] = end;
}
