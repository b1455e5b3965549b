//===- Reduction.h - Sums that switches make --------------------*- C++ -*-===//
//
// The state of a sum that is made in the switches of a rack (docs/fabric.md,
// section 16), transaction by transaction on each plane.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_REDUCTION_H
#define ACC_SYSTEMC_MODELS_FABRIC_REDUCTION_H

#include "systemc-models/Fabric/PackTimes.h"

#include "llvm/ADT/SmallVector.h"

#include <algorithm>

namespace acc::fabric {

struct Reduction {
  /// Of the transactions, those whose number is `index` modulo the planes that
  /// are used.
  struct Plane {
    uint32_t port = 0;      ///< of a chip's near ports, by number
    uint32_t count = 0;     ///< transactions
    uint16_t lastUnits = 0; ///< of the last one; the others are whole
    /// By member: parts that have been offered to its port, that its unit has,
    /// and sums that it has taken.
    std::vector<uint32_t> offered, given, taken;
    uint32_t summed = 0; ///< parts that all units have
  };
  std::vector<uint32_t> members; ///< chips, in the order of the sum
  unsigned channel = 0;
  std::vector<uint32_t> parts, sums; ///< messages, by member
  std::vector<Plane> planes;
  bool isFaulted = false;

  Plane *planeOf(uint32_t port) {
    auto found = std::find_if(planes.begin(), planes.end(),
                              [&](const Plane &p) { return p.port == port; });
    return found == planes.end() ? nullptr : &*found;
  }
};

/// Transactions [first, first + count) of a plane as runs of a message.
inline llvm::SmallVector<TransactionRun, 2>
runsOf(const Reduction::Plane &plane, uint32_t message, uint32_t first,
       uint32_t count) {
  uint32_t last = first + count == plane.count && count != 0;
  return {{message, kTransactionUnits, count - last},
          {message, plane.lastUnits, last}};
}

/// What a chip gives to a unit: one sum after the other.
struct UnitQueue {
  struct Entry {
    uint32_t reduction, member;
    Cycle from;
  };
  std::deque<Entry> waiting;
  uint32_t outstanding = 0; ///< parts without their sum
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_REDUCTION_H
