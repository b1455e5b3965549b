//===- PackTimes.h - When frames are packed ---------------------*- C++ -*-===//
//
// What Pack does cycle by cycle, frame by frame: the same words in the same
// cycles, from when transactions are offered. A source offers a beat a cycle
// while the queue has room.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_PACKTIMES_H
#define ACC_SYSTEMC_MODELS_FABRIC_PACKTIMES_H

#include "systemc-models/Fabric/Events.h"
#include "systemc-models/Fabric/Types.h"

#include <deque>

namespace acc::fabric {

/// Transactions in a row that are alike.
struct TransactionRun {
  uint32_t message = 0;
  uint16_t units = 0; ///< of each, without its header
  uint32_t count = 0;
};

class PackTimes {
public:
  explicit PackTimes(const PortConfig &config)
      : config(config), popped(config.port.queueWords) {}

  /// Transactions to a chip, offered from the cycle on behind all others.
  void offer(uint32_t chip, const TransactionRun &run, Cycle from);

  /// Takes the first transaction out of the queue, in the cycle.
  TransactionRun drop(Cycle cycle);
  /// Gives all transactions back that are not in a whole frame.
  std::vector<TransactionRun> takeAll();

  /// The first cycle in which a frame may start; kNever without transactions.
  Cycle startsAt();
  /// The chip that it would go to.
  uint32_t chip() const { return queue.front().chip; }

  /// A frame starts in the cycle.
  void start(Cycle cycle);
  /// Goes on, knowing all that is offered before the cycle. The cycle in which
  /// it has to be told more, or 0: the frame is whole.
  Cycle advance(Cycle now);

  // Of the frame that is whole.
  uint32_t chipOfFrame() const { return packedFor; }
  Cycle end() const { return now; } ///< its last word leaves
  unsigned words() const { return wordCount; }
  std::vector<TransactionRun> &transactions() { return runs; }

private:
  enum class State { Header, Body, Flush };
  struct Waiting {
    uint32_t chip;
    TransactionRun run;
    Cycle from;
  };
  struct Queued {
    uint32_t chip;
    uint32_t message;
    uint16_t units;
    Cycle whole; ///< its last beat is taken into the queue
  };

  const PortConfig &config;
  std::deque<Waiting> waiting;
  std::deque<Queued> queue;
  // Beats, counted from the beginning: taken into the queue and out of it.
  uint64_t beatsIn = 0, beatsOut = 0;
  std::vector<Cycle> popped; ///< of the last beats
  Cycle lastIn = 0;          ///< the cycle behind the last beat
  unsigned beatsOfNext = 0;  ///< of the transaction that is being offered

  State state = State::Header;
  Cycle now = 0; ///< the next cycle, or the last one of a frame that is whole
  Cycle idleFrom = 0;
  uint32_t packedFor = 0;
  unsigned count = 0, lead = 0, units = 0, left = 0, wordCount = 0;
  bool isInside = false;
  std::vector<TransactionRun> runs;

  void fill();
  bool feed();
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_PACKTIMES_H
