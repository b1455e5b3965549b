//===- Buffer.cpp - Transactions of the frames that have come -------------===//

#include "systemc-models/Fabric/Buffer.h"

#include <algorithm>

using namespace acc::fabric;

Beat Unpack::beat() const {
  Beat b;
  b.first = !isInside;
  b.last = now() == want();
  b.chip = chip;
  b.header = currentHeader();
  std::copy_n(buffer.begin() + !isInside, now(), b.data.begin());
  return b;
}

void Unpack::clock(const FrameWord *word, bool done) {
  if (done) {
    bool isLast = now() == want();
    unsigned n = taken();
    unsigned rest = want() - now();
    header = currentHeader();
    left = rest;
    isInside = !isLast;
    std::copy(buffer.begin() + n, buffer.begin() + count, buffer.begin());
    count -= n;
    bound -= n;
  }
  if (isBounded && bound == 0) {
    isBounded = false;
    chip = nextChip;
  }
  if (!word) {
    return;
  }
  if (word->sop) {
    skip = config.leadUnits();
    isBounded = count != 0;
    bound = count;
  }
  unsigned from = std::min(skip, config.wordUnits());
  if (skip != 0 && skip <= config.wordUnits()) {
    // The chip of this frame; the one before may still be in front.
    nextChip = Rh::decode(&word->data[from - 1]).xpu;
    chip = isBounded ? chip : nextChip;
  }
  skip -= from;
  unsigned end = word->eop ? word->count - 1 : word->count;
  for (unsigned u = from; u < end; ++u) {
    buffer[count++] = word->data[u];
  }
}
