//===- HbmModel.h - Timing model of the slice's HBM channels ----*- C++ -*-===//
//
// When the data of a request is back at the engine: channels, banks with open
// rows, bus turnaround, refresh. The SystemC model calls it through TLM and the
// RTL bench through DPI, so both see the same memory. Timing only, no contents.
//
// Mapping: lines go round the channels, lines of a channel fill a row, rows go
// round the banks, so that a stream hits open rows and activates the next bank
// while it transfers. Each round begins one further than a count would, by the
// sum of the digits of the number in the base of what it goes round: strides
// that are multiples of the channels or banks meet them all, too (skewed
// storage, Budnik and Kuck 1971).
//
// Reads of a channel take its data bus in the order in which they come. Writes
// wait in a queue of the channel, and are acknowledged when they have a place
// there; a full queue is written at once, in order, and so is what comes while
// that goes on: the bus turns round once for all of them. A read of a line that
// waits there comes after it.
//
// All channels refresh all banks together every tREFI: the requests of a stream
// return in order, so staggered refreshes would stall the others in turn.
//
// The DRAM constraints are those of the JEDEC HBM state machine as simulators
// such as DRAMSys or Ramulator model them, without tFAW, tRRD and tCCD.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_MEMORY_HBMMODEL_H
#define ACC_SYSTEMC_MODELS_MEMORY_HBMMODEL_H

#include "dialects/Target/Target.h"

#include <cstdint>
#include <deque>
#include <vector>

namespace acc {

/// Events that cost energy.
struct HbmStatistics {
  uint64_t reads = 0;  ///< requests
  uint64_t writes = 0; ///< requests
  uint64_t readBytes = 0;
  uint64_t writeBytes = 0;
  uint64_t readAtoms = 0;  ///< bursts
  uint64_t writeAtoms = 0; ///< bursts
  uint64_t activates = 0;
  uint64_t rowHits = 0;
  uint64_t refreshes = 0; ///< all-bank refreshes up to the last request
  /// First cycle in which everything is written: the queues are not empty when
  /// the last write is acknowledged.
  uint64_t written = 0;
};

class HbmModel {
public:
  explicit HbmModel(const Target &target);

  /// Reserves the memory for a request that leaves the engine in `cycle` and
  /// stays inside one line. Returns the cycle, at least `cycle` + 2, in which
  /// the data (read) or the acknowledgement (write) is at the engine. Calls
  /// must come in the order of cycles.
  uint64_t access(uint64_t cycle, uint32_t address, uint32_t bytes,
                  bool isWrite);

  HbmStatistics statistics() const;

  /// Bytes per second over all channels, without refresh.
  double peakBytesPerSecond() const;

private:
  struct Bank {
    int64_t openRow = -1;
    uint64_t columnReady = 0;    ///< ps: first column command of the open row
    uint64_t prechargeReady = 0; ///< ps: first precharge
    uint64_t activateReady = 0;  ///< ps: first activate of a closed bank
    uint64_t refreshEpoch = 0;   ///< refreshes seen when the row was opened
  };
  /// One line of a channel.
  struct Place {
    uint64_t line = 0; ///< of the channel
    uint64_t atoms = 0;
  };
  struct Channel {
    std::vector<Bank> banks;
    uint64_t busFree = 0; ///< ps: end of the last burst
    bool lastWasWrite = false;
    std::vector<Place> writeQueue;
    /// ps: when the places of the queue become free, the next one first.
    std::deque<uint64_t> freed;
  };

  Target::Hbm hbm;
  uint64_t clockHz;
  std::vector<Channel> channels;
  HbmStatistics stats;
  uint64_t lastPs = 0;

  uint64_t toPs(uint64_t cycle) const;
  uint64_t toCycle(uint64_t ps) const;
  uint64_t epochOf(uint64_t ps) const;
  uint64_t afterRefresh(uint64_t ps) const;
  uint64_t transfer(Channel &channel, uint64_t ps, const Place &place,
                    bool isWrite);
  void writeAll(Channel &channel, uint64_t ps);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_MEMORY_HBMMODEL_H
