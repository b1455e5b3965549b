//===- Wire.cpp - One direction of a link ---------------------------------===//

#include "systemc-models/Fabric/Wire.h"

#include <algorithm>
#include <cmath>

using namespace acc::fabric;

Wire::Wire(const PortConfig &config, const WireOptions &options)
    : config(config), options(options), random(options.seed),
      words(std::max(options.delay, 1u) + 1) {
  bitsLeft = draw(options.bitErrors);
  wordsLeft = draw(options.wordErrors);
  cyclesLeft = draw(options.flaps);
}

/// Trials that fail before one of this rate succeeds.
uint64_t Wire::draw(double rate) {
  if (rate <= 0) {
    return UINT64_MAX;
  }
  double u = (double(random() >> 11) + 1) * 0x1p-53;
  double trials = std::log(u) / std::log1p(-std::min(rate, 0.999999));
  return trials < 1e18 ? uint64_t(trials) : UINT64_MAX;
}

void Wire::apply(uint64_t cycle, LinkWord &word) {
  if (auto it = flips.find(cycle); it != flips.end()) {
    if (it->second.bits) {
      word.frame.data[it->second.unit] ^= it->second.bits;
    } else {
      word.error = true;
    }
    flips.erase(it);
  }
  if (!word.valid && !word.os) {
    return;
  }
  uint64_t bits = 64 * config.wordUnits();
  while (bitsLeft < bits) {
    word.frame.data[bitsLeft / 64] ^= uint64_t(1) << bitsLeft % 64;
    ++flipCount;
    uint64_t next = draw(options.bitErrors);
    bitsLeft = next == UINT64_MAX ? next : bitsLeft + 1 + next;
  }
  bitsLeft -= bitsLeft == UINT64_MAX ? 0 : bits;
  if (wordsLeft == 0) {
    word.error = true;
    wordsLeft = draw(options.wordErrors);
  } else if (wordsLeft != UINT64_MAX) {
    --wordsLeft;
  }
}

void Wire::unlockNow(uint64_t cycle, uint64_t cycles) {
  if (locked(cycle + 1)) {
    lockedTo = cycle;
  }
  lockedFrom = cycle + 1 + cycles;
}

void Wire::write(uint64_t cycle, const LinkWord &sent) {
  LinkWord &word = words[(cycle + words.size() - 1) % words.size()];
  word = sent;
  apply(cycle, word);
  lossCount += word.error;
  if (auto it = unlocks.find(cycle); it != unlocks.end()) {
    unlockNow(cycle, it->second);
    unlocks.erase(it);
  }
  if (cyclesLeft == 0) {
    unlockNow(cycle, 1 + random() % options.flapCycles);
    cyclesLeft = draw(options.flaps);
  } else if (cyclesLeft != UINT64_MAX) {
    --cyclesLeft;
  }
}
