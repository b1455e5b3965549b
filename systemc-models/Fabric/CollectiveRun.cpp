//===- CollectiveRun.cpp - Plans run for their time -----------------------===//

#include "systemc-models/Fabric/CollectiveRun.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <map>

using namespace acc;
using namespace acc::fabric;

Cycle fabric::cyclesOfSum(const Machine &machine, uint64_t elements) {
  const Target::Vpu &vpu = machine.slice.vpu;
  uint64_t each = llvm::divideCeil(elements, machine.slicesPerChip());
  uint64_t cycles = vpu.setup + llvm::divideCeil(each, vpu.lanes) + vpu.tail;
  double seconds = double(cycles) / machine.slice.clockHz;
  return Cycle(std::llround(seconds / delaysOf(machine).cycleSeconds));
}

namespace {

class Runner {
public:
  Runner(const Machine &machine, Network &network, const Plan &plan,
         unsigned elementBytes)
      : machine(machine), network(network), plan(plan),
        elementBytes(elementBytes), core(delaysOf(machine).core),
        missing(plan.nodes.size()), ready(plan.nodes.size(), 0),
        users(plan.nodes.size()) {}

  PlanTimes run();

private:
  const Machine &machine;
  Network &network;
  const Plan &plan;
  unsigned elementBytes;
  Cycle core;
  std::vector<uint32_t> missing; ///< what a node comes from, not there yet
  std::vector<Cycle> ready;      ///< when what is there was
  std::vector<std::vector<uint32_t>> users;
  std::vector<uint32_t> nodeOf; ///< by message
  /// Of a reduction of the plan: that of the network, and its members' sums.
  struct SwitchSum {
    uint32_t number = 0;
    std::vector<uint32_t> members;     ///< ranks, in the order of the sum
    std::map<uint32_t, uint32_t> sums; ///< nodes, by rank
    bool isOpen = false;
  };
  std::map<uint32_t, SwitchSum> switchSums;
  PlanTimes times;

  void start(uint32_t node);
  void give(uint32_t node);
  void expect(uint32_t message, uint32_t node) {
    nodeOf.resize(std::max<size_t>(nodeOf.size(), message + 1));
    nodeOf[message] = node;
  }
  void finish(uint32_t node, Cycle cycle);
};

/// The rank's part leaves its memory.
void Runner::give(uint32_t number) {
  const Plan::Node &node = plan.nodes[number];
  SwitchSum &sum = switchSums[node.reduction];
  uint64_t bytes = node.count * elementBytes;
  if (!sum.isOpen) {
    sum.isOpen = true;
    sum.number = network.openReduction(sum.members, bytes, /*channel=*/2);
  }
  auto member =
      uint32_t(llvm::find(sum.members, node.rank) - sum.members.begin());
  expect(network.contribute(sum.number, member, ready[number] + core),
         sum.sums[node.rank]);
  times.bytes += bytes;
}

void Runner::start(uint32_t number) {
  const Plan::Node &node = plan.nodes[number];
  switch (node.kind) {
  case Plan::Kind::Input:
    finish(number, ready[number]);
    return;
  case Plan::Kind::Work:
    finish(number, ready[number] + node.cycles);
    return;
  case Plan::Kind::Give:
    give(number);
    finish(number, ready[number]);
    return;
  case Plan::Kind::SwitchSum:
    return; // It is there when its message is.
  case Plan::Kind::Sum: {
    // The first value is there to be added to.
    Cycle each = cyclesOfSum(machine, node.count);
    finish(number, ready[number] + each * (node.from.size() - 1));
    return;
  }
  case Plan::Kind::Send: {
    uint64_t bytes = node.count * elementBytes;
    if (bytes == 0) {
      finish(number, ready[number]);
      return;
    }
    uint32_t source = plan.nodes[node.from.front()].rank;
    uint32_t message = network.send(ready[number] + core, source, node.rank,
                                    bytes, /*channel=*/2);
    expect(message, number);
    times.bytes += bytes;
    return;
  }
  }
}

void Runner::finish(uint32_t number, Cycle cycle) {
  ready[number] = std::max(ready[number], cycle);
  --missing[number];
  for (uint32_t user : users[number]) {
    ready[user] = std::max(ready[user], cycle);
    if (--missing[user] == 1) {
      start(user);
    }
  }
}

PlanTimes Runner::run() {
  // A node is one of the things that it waits for.
  Cycle begin = network.now();
  for (uint32_t n = 0; n < plan.nodes.size(); ++n) {
    missing[n] = uint32_t(plan.nodes[n].from.size()) + 1;
    for (uint32_t from : plan.nodes[n].from) {
      users[from].push_back(n);
    }
    ready[n] = begin;
    const Plan::Node &node = plan.nodes[n];
    if (node.kind == Plan::Kind::Give) {
      switchSums[node.reduction].members.push_back(node.rank);
    } else if (node.kind == Plan::Kind::SwitchSum) {
      switchSums[node.reduction].sums[node.rank] = n;
    }
  }
  network.onDelivered([&](uint32_t message, Cycle cycle) {
    finish(nodeOf[message], cycle + core);
  });
  for (uint32_t n = 0; n < plan.nodes.size(); ++n) {
    if (plan.nodes[n].from.empty()) {
      start(n);
    }
  }
  network.run();
  network.onDelivered(nullptr);
  times.isWhole = network.pending() == 0;
  for (const auto &results : plan.results) {
    Cycle end = begin;
    for (uint32_t node : results) {
      end = std::max(end, ready[node]);
      times.isWhole &= missing[node] == 0;
    }
    times.ends.push_back(end - begin);
    times.end = std::max(times.end, end - begin);
  }
  for (Cycle cycle : ready) {
    times.ready.push_back(cycle - begin);
  }
  times.seconds = double(times.end) * delaysOf(machine).cycleSeconds;
  times.counters = network.counters();
  return std::move(times);
}

} // namespace

PlanTimes fabric::runPlan(const Machine &machine, Network &network,
                          const Plan &plan, unsigned elementBytes) {
  return Runner(machine, network, plan, elementBytes).run();
}
