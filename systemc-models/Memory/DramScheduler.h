//===- DramScheduler.h - What of a channel goes next ------------*- C++ -*-===//
//
// Queues of one channel. Of the `hbm.reorder_window` requests of a queue that
// wait longest, the one goes next whose data can come first: row hits before
// rows that have to be opened, the older one if that is the same. One that has
// been overtaken `hbm.reorder_window` times goes next whatever it costs. It is
// decided when the commands of a closed row would have to be given for its data
// to follow what the bus carries; until then it may still be overtaken.
//
// A write is acknowledged when it has a place among the `hbm.write_queue`,
// which is free again at the end of its data. Reads go before writes until that
// queue is full; then as many are written as are in it: the bus turns round
// once for all of them. A read of a line that waits there comes after all of
// it, a write after the reads of its line.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_MEMORY_DRAMSCHEDULER_H
#define ACC_SYSTEMC_MODELS_MEMORY_DRAMSCHEDULER_H

#include "systemc-models/Memory/DramChannel.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <deque>

namespace acc {

class DramScheduler {
public:
  explicit DramScheduler(const Target::Hbm &hbm) : hbm(hbm), dram(hbm) {}

  /// A request that is at the DRAM at `ps`, not before those added earlier.
  void add(uint64_t ps, uint64_t ticket, const DramRequest &request) {
    inbox.push_back({ps, ticket, request, 0});
    nextEvent = std::min(nextEvent, ps);
  }

  /// The end of a read's data, or the acknowledgement of a write.
  using Decided = llvm::function_ref<void(const DramRequest &, uint64_t ticket,
                                          uint64_t ps)>;

  /// Does what happens up to `ps`; all requests that are there by then have
  /// been added. What is decided does not depend on the steps of `ps`.
  void advance(uint64_t ps, Decided decided) {
    if (nextEvent <= ps) {
      run(ps, decided);
    }
  }
  /// Writes what waits in the queue.
  void flush(Decided decided);

  uint64_t activates() const { return dram.activates(); }
  /// Requests that found their row open.
  uint64_t rowHits() const { return hits; }
  uint64_t lastEnd() const { return last; }

private:
  struct Waiting {
    uint64_t ps;
    uint64_t ticket;
    DramRequest request;
    unsigned overtaken;
  };

  const Target::Hbm hbm;
  DramChannel dram;
  std::deque<Waiting> inbox; ///< on their way
  std::deque<Waiting> reads; ///< in the order in which they came
  std::deque<Waiting> writes;
  std::deque<Waiting> outside; ///< writes that have no place in the queue
  std::deque<uint64_t> freed;  ///< ps: when places of the queue become free
  size_t left = 0;             ///< writes until reads have their turn
  size_t readsFirst = 0;       ///< reads until writes have their turn
  uint64_t now = 0;
  uint64_t nextEvent = UINT64_MAX;
  uint64_t hits = 0, last = 0;

  void run(uint64_t until, Decided decided);
  size_t choose(const std::deque<Waiting> &queue, uint64_t &when) const;
  uint64_t place(std::deque<Waiting> &queue, size_t index);
  void read(size_t index, Decided decided);
  void write(size_t index, Decided decided);
  void enter(Waiting write, Decided decided);
  void arrive(const Waiting &arrival, Decided decided);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_MEMORY_DRAMSCHEDULER_H
