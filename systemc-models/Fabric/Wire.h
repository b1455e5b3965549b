//===- Wire.h - One direction of a link -------------------------*- C++ -*-===//
//
// What a port sends arrives as many cycles later as cable, coding and forward
// error correction take, with errors by rate and by script. The only thing that
// two ports share: as it has a delay of at least one cycle, it does not matter
// which of them goes first in a cycle.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_WIRE_H
#define ACC_SYSTEMC_MODELS_FABRIC_WIRE_H

#include "systemc-models/Fabric/Types.h"

#include <map>
#include <random>
#include <vector>

namespace acc::fabric {

struct WireOptions {
  uint32_t delay = 1;      ///< cycles, at least 1
  double bitErrors = 0;    ///< of a bit that is sent
  double wordErrors = 0;   ///< of a word that is sent: the PCS gives it up
  double flaps = 0;        ///< of a cycle: a lane loses its lock
  uint32_t flapCycles = 1; ///< the longest of them
  uint64_t seed = 0;
};

class Wire {
public:
  Wire(const PortConfig &config, const WireOptions &options);

  /// Of the cycle: what arrives, and whether all lanes are locked.
  const LinkWord &read(uint64_t cycle) const {
    return words[cycle % words.size()];
  }
  bool locked(uint64_t cycle) const {
    return cycle <= lockedTo || cycle >= lockedFrom;
  }
  /// What is sent in the cycle; each cycle once. What is read in the same cycle
  /// does not depend on it.
  void write(uint64_t cycle, const LinkWord &word);

  /// Script: units of the word that is sent in the cycle are changed by
  /// exclusive or, or it is given up, or lanes lose their lock from the cycle
  /// on, for so many.
  void flip(uint64_t cycle, unsigned unit, uint64_t bits) {
    flips[cycle] = {unit, bits};
  }
  void lose(uint64_t cycle) { flips[cycle] = {0, 0}; }
  void unlock(uint64_t cycle, uint64_t cycles) { unlocks[cycle] = cycles; }

  uint64_t flippedBits() const { return flipCount; }
  uint64_t lostWords() const { return lossCount; }

private:
  struct Flip {
    unsigned unit = 0;
    uint64_t bits = 0; ///< none: the word is given up
  };
  PortConfig config;
  WireOptions options;
  std::mt19937_64 random;
  std::vector<LinkWord> words;
  std::map<uint64_t, Flip> flips;
  std::map<uint64_t, uint64_t> unlocks;
  // Bits, words and cycles until the next random event.
  uint64_t bitsLeft, wordsLeft, cyclesLeft;
  // Lanes are not locked in the cycles between.
  uint64_t lockedTo = 0, lockedFrom = 0;
  uint64_t flipCount = 0, lossCount = 0;

  uint64_t draw(double rate);
  void apply(uint64_t cycle, LinkWord &word);
  void unlockNow(uint64_t cycle, uint64_t cycles);
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_WIRE_H
