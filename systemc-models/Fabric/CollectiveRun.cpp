//===- CollectiveRun.cpp - Plans run for their time -----------------------===//

#include "systemc-models/Fabric/CollectiveRun.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

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
  PlanTimes times;

  void start(uint32_t node);
  void finish(uint32_t node, Cycle cycle);
};

void Runner::start(uint32_t number) {
  const Plan::Node &node = plan.nodes[number];
  switch (node.kind) {
  case Plan::Kind::Input:
    finish(number, ready[number]);
    return;
  case Plan::Kind::Work:
    finish(number, ready[number] + node.cycles);
    return;
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
    nodeOf.resize(message + 1);
    nodeOf[message] = number;
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
