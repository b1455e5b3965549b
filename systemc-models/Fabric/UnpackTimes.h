//===- UnpackTimes.h - When frames are unpacked -----------------*- C++ -*-===//
//
// What Buffer and Unpack do cycle by cycle, frame by frame, for a chip that
// takes a beat in each cycle that there is one.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_UNPACKTIMES_H
#define ACC_SYSTEMC_MODELS_FABRIC_UNPACKTIMES_H

#include "systemc-models/Fabric/PackTimes.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace acc::fabric {

/// Words that leave a receiver's buffer, one a cycle: its credits are freed.
class Freed {
public:
  void add(Cycle from, uint32_t words) {
    if (!runs.empty() && runs.back().from + runs.back().words == from) {
      runs.back().words += words;
    } else {
      runs.push_back({from, words});
    }
  }
  /// All at once, in the cycle before the one that is asked about next.
  void drop(uint32_t words) { gone += words; }
  /// Words that are freed before the cycle, which never goes back.
  uint64_t before(Cycle cycle);
  /// The first cycle in which one is, not before this one.
  Cycle next(Cycle cycle) const;

private:
  struct Run {
    Cycle from;
    uint32_t words;
  };
  std::deque<Run> runs;
  uint64_t gone = 0; ///< of runs that are over
};

class UnpackTimes {
public:
  explicit UnpackTimes(const PortConfig &config) : config(config) {}

  /// The transaction of the run has been taken in the cycle.
  using Taken = llvm::function_ref<void(const TransactionRun &, Cycle)>;
  /// A frame of so many words is kept in the cycle.
  void add(llvm::ArrayRef<TransactionRun> runs, unsigned words, Cycle kept,
           Freed &freed, Taken taken);

private:
  struct BeatTime {
    uint64_t units; ///< taken with it and before
    Cycle cycle;
  };
  static constexpr unsigned kBeats = 64; ///< more than three words have

  const PortConfig &config;
  uint64_t unitsIn = 0, unitsOut = 0;
  std::array<BeatTime, kBeats> beats{};
  uint64_t beatsDone = 0;
  uint64_t needed = 0; ///< the first beat that a word may have to wait for
  Cycle lastLoad = 0, lastPop = 0;
  Cycle ends[2] = {0, 0}; ///< last beats of the two frames before
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_UNPACKTIMES_H
