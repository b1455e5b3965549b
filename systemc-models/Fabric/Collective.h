//===- Collective.h - Exchanges between chips as messages -------*- C++ -*-===//
//
// A plan says what each rank sends to whom, what it adds to what, and in which
// order: the same plan is run for its values and for its time. What is added in
// which order is a part of the result of floating point and stands at each
// algorithm (docs/fabric.md, section 13).
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_COLLECTIVE_H
#define ACC_SYSTEMC_MODELS_FABRIC_COLLECTIVE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <vector>

namespace acc::fabric {

enum class CollectiveKind {
  AllReduce,
  AllGather,
  ReduceScatter,
  AllToAll,
  Broadcast,
  SendReceive
};
enum class Algorithm {
  OneShot,
  Direct,
  Ring,
  HalvingDoubling,
  Hierarchical,
  InNetwork
};

llvm::StringRef getName(CollectiveKind kind);
llvm::StringRef getName(Algorithm algorithm);
struct Plan {
  enum class Kind { Input, Send, Sum, Work, Give, SwitchSum };
  /// Elements [first, first + count) at a rank. A message gathers them from
  /// values of another rank; a sum adds them, from the left to the right; work
  /// gives none, and an input may wait for it. What ranks give to the switches
  /// (all of one `reduction`) comes back to each as a sum that the switches
  /// make, in the same order.
  struct Node {
    Kind kind = Kind::Input;
    uint32_t rank = 0;
    uint64_t first = 0, count = 0;
    llvm::SmallVector<uint32_t, 2> from;
    uint64_t cycles = 0;    ///< of ports, that work takes
    uint32_t reduction = 0; ///< of Give and SwitchSum
  };
  uint32_t ranks = 0;
  std::vector<Node> nodes; ///< each behind those that it comes from
  /// By rank, what the result is made of, in any order.
  std::vector<llvm::SmallVector<uint32_t, 2>> results;
};

struct CollectiveShape {
  CollectiveKind kind = CollectiveKind::AllReduce;
  uint32_t ranks = 1;
  /// Elements: of each rank (AllReduce, ReduceScatter, Broadcast, SendReceive),
  /// of all (AllGather), or that a rank gives (AllToAll; what it keeps counts).
  uint64_t elements = 0;
  /// AllToAll: elements from rank i to j at i * ranks + j, if they differ.
  std::vector<uint64_t> counts;
  /// Ranks of a group of a hierarchical algorithm, and whether groups are
  /// racks.
  uint32_t group = 1;
  bool overRacks = false;
  bool switchesAdd = false; ///< units of switches (Rack::Reduction)
};

/// Element `first` of rank i's block for rank j, in all blocks.
uint64_t blockFirst(const CollectiveShape &shape, uint32_t i, uint32_t j);
uint64_t blockCount(const CollectiveShape &shape, uint32_t i, uint32_t j);
/// The p-th of n parts of a row of elements.
uint64_t partFirst(uint64_t elements, uint32_t n, uint32_t p);
/// Pieces of a part that is handed on as it comes.
uint32_t piecesOf(uint64_t part);

/// Those that can do it.
std::vector<Algorithm> algorithmsOf(const CollectiveShape &shape);
Plan makePlan(const CollectiveShape &shape, Algorithm algorithm);

/// The plan as often as there are numbers. Before each time a rank works for
/// so many cycles of the ports, from when it has all results of the time
/// before; results are those of the last time.
Plan repeat(const Plan &plan, llvm::ArrayRef<uint64_t> work);

/// Bytes that the bus bandwidth counts, for bytes of the collective (as NCCL's
/// tests do): what leaves the busiest rank of the best algorithm.
double busBytes(CollectiveKind kind, uint32_t ranks, double bytes);

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_COLLECTIVE_H
