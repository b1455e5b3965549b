//===- HbmModel.h - Timing model of the slice's HBM channels ----*- C++ -*-===//
//
// When the data of a request is back at the engine: channels, and where an
// address lies. The SystemC model and, through DPI, the RTL bench call it, so
// both see the same memory. Timing only, no contents. What a channel does is in
// DramScheduler.h (order) and DramChannel.h (timing).
//
// An answer may depend on requests that come later, so it is not there at once:
// a request is at the DRAM `hbm.t_controller_ps` after it was made, and until
// then nothing depends on it. `advance` decides what is certain.
//
// Mapping: lines go round the channels; the bursts of a line go round a set of
// `hbm.line_banks` banks in neighbouring groups, lines of a channel fill a row
// of the set, rows go round the sets, so that a stream hits open rows and
// activates the next set while it transfers. A round of channels begins at the
// one that its number times the golden ratio says, of sets one further than a
// count would, by the sum of the digits of the number in the base of the sets:
// strides meet all of them, too (skewed storage, Budnik and Kuck 1971).
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_MEMORY_HBMMODEL_H
#define ACC_SYSTEMC_MODELS_MEMORY_HBMMODEL_H

#include "systemc-models/Memory/DramScheduler.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace acc {

/// Events that cost energy.
struct HbmStatistics {
  uint64_t reads = 0;      ///< requests
  uint64_t writes = 0;     ///< requests
  uint64_t readAtoms = 0;  ///< bursts
  uint64_t writeAtoms = 0; ///< bursts
  uint64_t activates = 0;
  uint64_t rowHits = 0;
  uint64_t refreshes = 0; ///< of a bank, due up to the last burst
  /// First cycle in which everything is written: the queues are not empty when
  /// the last write is acknowledged.
  uint64_t written = 0;
};

class HbmModel {
public:
  explicit HbmModel(const Target &target);

  /// A request that leaves the engine in `cycle` and stays inside one line.
  /// They come in the order of cycles.
  void request(uint64_t cycle, uint32_t address, uint32_t bytes, bool isWrite);
  /// Decides what can be, all requests up to and including `cycle` being made.
  void advance(uint64_t cycle);
  /// The first cycle that an answer which is not decided can have.
  uint64_t undecidedFrom() const { return toCycle(decidedPs + 1); }
  /// The cycle in which the data of the oldest read (the acknowledgement of the
  /// oldest write) that was not taken is at the engine, if that is decided: two
  /// cycles or more after the request.
  std::optional<uint64_t> take(bool isWrite);

  /// Where a request lies in its channel.
  DramRequest locate(uint32_t address, uint32_t bytes, bool isWrite) const;

  HbmStatistics statistics() const;

  /// Bytes per second over all channels, without refresh.
  double peakBytesPerSecond() const;

private:
  /// To the requests of a kind, in their order.
  struct Answers {
    std::deque<uint64_t> cycles;
    uint64_t taken = 0;
  };

  Target::Hbm hbm;
  uint64_t clockHz;
  std::vector<DramScheduler> channels;
  Answers answers[2]; ///< reads, writes
  HbmStatistics stats;
  uint64_t decidedPs = 0;

  uint64_t toPs(uint64_t cycle) const;
  uint64_t toCycle(uint64_t ps) const;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_MEMORY_HBMMODEL_H
