//===- CollectiveRun.h - Plans run for values and for time ------*- C++ -*-===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_COLLECTIVERUN_H
#define ACC_SYSTEMC_MODELS_FABRIC_COLLECTIVERUN_H

#include "systemc-models/Fabric/Collective.h"
#include "systemc-models/Fabric/Topology.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace acc::fabric {

/// What each rank has in the end: elements by number. `input` is the value of
/// an element at a rank.
template <typename T>
std::vector<std::vector<std::pair<uint64_t, T>>>
valuesOf(const Plan &plan, llvm::function_ref<T(uint32_t, uint64_t)> input) {
  std::vector<std::vector<T>> values;
  for (const Plan::Node &node : plan.nodes) {
    std::vector<T> own(node.count);
    for (uint64_t e = 0; e < node.count && node.kind == Plan::Kind::Input;
         ++e) {
      own[e] = input(node.rank, node.first + e);
    }
    bool isFirst = true;
    bool adds =
        node.kind == Plan::Kind::Sum || node.kind == Plan::Kind::SwitchSum;
    for (uint32_t number : node.from) {
      const Plan::Node &from = plan.nodes[number];
      uint64_t first = std::max(node.first, from.first);
      uint64_t end = std::min(node.first + node.count, from.first + from.count);
      for (uint64_t e = first; e < end; ++e) {
        T value = values[number][e - from.first];
        T &to = own[e - node.first];
        to = adds && !isFirst ? T(to + value) : value;
      }
      isFirst = false;
    }
    values.push_back(std::move(own));
  }
  std::vector<std::vector<std::pair<uint64_t, T>>> results(plan.ranks);
  for (uint32_t rank = 0; rank < plan.ranks; ++rank) {
    for (uint32_t number : plan.results[rank]) {
      for (uint64_t e = 0; e < plan.nodes[number].count; ++e) {
        results[rank].push_back(
            {plan.nodes[number].first + e, values[number][e]});
      }
    }
  }
  return results;
}

struct PlanTimes {
  bool isWhole = false;     ///< all has been delivered
  std::vector<Cycle> ends;  ///< by rank, from the start on
  std::vector<Cycle> ready; ///< by node, likewise
  Cycle end = 0;
  double seconds = 0;
  uint64_t bytes = 0; ///< of all messages
  Network::Counters counters;
};

/// Cycles of the ports in which a chip adds so many elements to as many others:
/// a pass of its slices' vector units.
Cycle cyclesOfSum(const Machine &machine, uint64_t elements);

/// Ranks are chips of the network in order. All inputs that wait for nothing
/// are there in the same cycle. No plan takes longer than the limit.
PlanTimes runPlan(const Machine &machine, Network &network, const Plan &plan,
                  unsigned elementBytes);

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_COLLECTIVERUN_H
