//===- Planner.h - Plans of the algorithms ----------------------*- C++ -*-===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_PLANNER_H
#define ACC_SYSTEMC_MODELS_FABRIC_PLANNER_H

#include "systemc-models/Fabric/Collective.h"

namespace acc::fabric {

using Nodes = llvm::SmallVector<uint32_t, 2>;
using Ranks = std::vector<uint32_t>;

/// Plans for members of a group, each of which is a rank.
class Planner {
public:
  Planner(const CollectiveShape &shape, Plan &plan) : shape(shape), plan(plan) {
    plan.ranks = shape.ranks;
    plan.results.resize(shape.ranks);
  }

  void run(Algorithm algorithm);

private:
  const CollectiveShape &shape;
  Plan &plan;

  uint32_t add(Plan::Kind kind, uint32_t rank, uint64_t first, uint64_t end,
               llvm::ArrayRef<uint32_t> from) {
    plan.nodes.push_back(
        {kind, rank, first, end - first, Nodes(from.begin(), from.end())});
    return uint32_t(plan.nodes.size() - 1);
  }
  uint32_t input(uint32_t rank, uint64_t first, uint64_t end) {
    return add(Plan::Kind::Input, rank, first, end, {});
  }
  uint32_t send(uint32_t to, uint64_t first, uint64_t end,
                llvm::ArrayRef<uint32_t> from) {
    return add(Plan::Kind::Send, to, first, end, from);
  }
  uint32_t sum(uint32_t rank, uint64_t first, uint64_t end,
               llvm::ArrayRef<uint32_t> from) {
    return add(Plan::Kind::Sum, rank, first, end, from);
  }
  /// The elements of all ranks' inputs that are reduced or spread.
  Nodes inputs(uint64_t first, uint64_t end) {
    Nodes result;
    for (uint32_t r = 0; r < shape.ranks; ++r) {
      result.push_back(input(r, first, end));
    }
    return result;
  }
  Nodes ownParts();

  // Of the elements [first, first + count): member p has or gets part p.
  struct Range {
    uint64_t first, count;
    uint64_t at(uint32_t members, uint32_t p) const {
      return first + partFirst(count, members, p);
    }
  };
  Nodes directScatter(const Ranks &m, Range range,
                      llvm::ArrayRef<uint32_t> from);
  std::vector<Nodes> directGather(const Ranks &m, Range range,
                                  llvm::ArrayRef<uint32_t> from);
  Nodes ringScatter(const Ranks &m, Range range, llvm::ArrayRef<uint32_t> from);
  std::vector<Nodes> ringGather(const Ranks &m, Range range,
                                llvm::ArrayRef<uint32_t> from);
  Nodes halve(const Ranks &m, Range range, llvm::ArrayRef<uint32_t> from);
  std::vector<Nodes> doubling(const Ranks &m, Range range,
                              llvm::ArrayRef<uint32_t> from);
  void oneShot();
  void inNetwork();
  void halvingDoubling();
  void hierarchical();
  void allToAll(uint32_t group);
  void broadcast(bool isScattered);
};

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_PLANNER_H
