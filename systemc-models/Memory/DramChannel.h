//===- DramChannel.h - Banks and data bus of one HBM channel ----*- C++ -*-===//
//
// When a request gets its bursts. A request is placed when the scheduler
// (DramScheduler.h) chooses it, as early as the constraints allow beside all
// that were placed before, which stay where they are: it may go before one that
// waits for its row or for the bus to turn round.
//
// Constraints of the JEDEC HBM state machine: tRCD, tRP, tRAS, tRTP, tWR in a
// bank; tCCD_L and tRRD_L in a bank group; tCCD_S (the burst itself), tRRD_S,
// tFAW, tWTR (the long one, as the writes of a queue touch all groups) and a
// gap between reads and writes in the channel; tREFI and tRFC, of one bank or
// of all. The command buses are not modelled: rows and columns have one each,
// and no burst is shorter than a command.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_MEMORY_DRAMCHANNEL_H
#define ACC_SYSTEMC_MODELS_MEMORY_DRAMCHANNEL_H

#include "dialects/Target/Target.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace acc {

/// Bursts of one line. They go round `hbm.line_banks` banks of neighbouring
/// groups, so that tCCD_L does not hold up the bus.
struct DramRequest {
  uint64_t line = 0;  ///< of the channel
  uint64_t set = 0;   ///< of `line_banks` banks
  uint64_t row = 0;   ///< the same in all of them
  uint64_t first = 0; ///< bank of the set that has the first burst
  uint64_t bursts = 0;
  bool isWrite = false;

  bool hasRowOf(const DramRequest &other) const {
    return set == other.set && row == other.row;
  }
};

class DramChannel {
public:
  explicit DramChannel(const Target::Hbm &hbm);

  /// When all banks are to be refreshed next; never if each has its own time.
  uint64_t nextRefreshOfAll() const { return refreshOfAll; }
  /// Does it: behind what was placed, rows are closed, and no bank takes a
  /// command until it is over.
  void refreshAll();

  /// A request is there and waits to be placed.
  void arrive(uint64_t ps, const DramRequest &request);
  /// The first start of the data of a request for which commands may be given
  /// from `ps` on, as far as its banks and the end of what the bus carries say.
  uint64_t estimate(uint64_t ps, const DramRequest &request) const;
  /// Places the request; returns the end of its last burst.
  uint64_t place(uint64_t ps, const DramRequest &request);

  /// The first start of data behind all that the bus carries.
  uint64_t busReady(bool isWrite) const;

  uint64_t activates() const { return activateCount; }

private:
  struct Bank {
    int64_t openRow = -1;
    uint64_t columnReady = 0;    ///< ps: first column command of the open row
    uint64_t prechargeReady = 0; ///< ps: first precharge
    uint64_t activateReady = 0;  ///< ps: first activate of a closed bank
    uint64_t refreshes = 0;      ///< done
    uint64_t waiting = 0;        ///< requests that are not placed
  };
  struct Activate {
    uint64_t at;
    uint64_t group;
  };
  /// What the bus carries without a gap: the bursts of one request.
  struct Slot {
    uint64_t start = 0, end = 0; ///< ps, of the data
    uint64_t firstGroup = 0, lastGroup = 0;
    bool isWrite = false;
  };

  const Target::Hbm hbm;
  /// From one burst of a request to the next.
  const uint64_t pitch;
  std::vector<Bank> banks;
  std::vector<Activate> recent; ///< in order of time
  std::vector<Slot> slots; ///< in order of time; none goes before the first
  uint64_t refreshOfAll;   ///< ps: when the next one is due
  uint64_t activateCount = 0;

  uint64_t groupOf(uint64_t bank) const { return bank % hbm.bankGroups; }
  uint64_t bankOf(const DramRequest &request, uint64_t burst) const {
    return request.set * hbm.lineBanks +
           (request.first + burst) % hbm.lineBanks;
  }
  uint64_t banksOf(const DramRequest &request) const {
    return std::min<uint64_t>(request.bursts, hbm.lineBanks);
  }
  void refresh(uint64_t bank, uint64_t ps);
  uint64_t openRow(uint64_t bank, uint64_t row, uint64_t ps);
  uint64_t activate(uint64_t from, uint64_t group);
  uint64_t startAfter(const Slot &before, const Slot &slot) const;
  void reserve(Slot &slot);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_MEMORY_DRAMCHANNEL_H
