//===- ReductionTest.cpp - Sums that switches make ------------------------===//

#include "systemc-models/Fabric/CollectiveCost.h"

#include "llvm/ADT/STLExtras.h"

#include <gtest/gtest.h>

#include <numeric>

using namespace acc;
using namespace acc::fabric;

namespace {

Machine loadRack() {
  return llvm::cantFail(loadBuiltInMachine("jx1-rack-sums"));
}

CollectiveShape allReduce(uint32_t ranks, uint64_t elements) {
  CollectiveShape shape{
      CollectiveKind::AllReduce, ranks, elements, {}, 1, false, true};
  return shape;
}

/// Of everybody's part of one transaction, which come at the same time or one
/// by one: the sum is there the latency behind the last of them.
TEST(Reduction, LatencyIsTheSumOfItsParts) {
  Machine rack = loadRack();
  Cycle core = delaysOf(rack).core;
  for (uint32_t chips : {2, 5, 16}) {
    for (unsigned units : {1, 3, 8, 17, 31, 32}) {
      for (Cycle apart : {0, 1, 700}) {
        TopologyOptions options;
        options.chips = chips;
        auto network = llvm::cantFail(makeNetwork(rack, options));
        std::vector<uint32_t> members(chips);
        std::iota(members.begin(), members.end(), 0);
        uint32_t sum = network->openReduction(members, 8 * units, 2);
        std::vector<Cycle> ends;
        network->onDelivered([&](uint32_t, Cycle c) { ends.push_back(c); });
        for (uint32_t member = 0; member < chips; ++member) {
          network->contribute(sum, member, 2000 + core + member * apart);
        }
        network->run();
        Cycle expected =
            2000 + apart * (chips - 1) +
            sumOf(partsOfReduction(rack, Framing::Sue, units, chips));
        ASSERT_EQ(ends.size(), chips);
        for (Cycle end : ends) {
          EXPECT_EQ(end + core, expected)
              << chips << " chips, " << units << " units, " << apart;
        }
      }
    }
  }
}

/// The same bits as if every chip added all parts in the order of chips.
TEST(Reduction, OrderIsThatOfChips) {
  auto input = [](uint32_t rank, uint64_t element) {
    return float(1 + rank) / 3.0f + float(element) * 1e-3f * float(rank * rank);
  };
  for (uint32_t ranks : {2, 7, 16}) {
    CollectiveShape shape = allReduce(ranks, 37);
    auto switches =
        valuesOf<float>(makePlan(shape, Algorithm::InNetwork), input);
    auto chips = valuesOf<float>(makePlan(shape, Algorithm::OneShot), input);
    EXPECT_EQ(switches, chips);
  }
}

/// What a run has to keep to, whatever happens on the links.
struct Outcome {
  std::vector<unsigned> delivered, faults; ///< by message
};

void watch(Network &network, Outcome &outcome) {
  auto count = [](std::vector<unsigned> &in, uint32_t message) {
    in.resize(std::max<size_t>(in.size(), message + 1));
    ++in[message];
  };
  network.onDelivered(
      [&, count](uint32_t m, Cycle) { count(outcome.delivered, m); });
  network.onFault([&, count](uint32_t m, Cycle) { count(outcome.faults, m); });
}

unsigned at(const std::vector<unsigned> &counts, uint32_t message) {
  return message < counts.size() ? counts[message] : 0;
}

/// Random groups one after the other, at random times, with windows that are
/// full, planes that are off and damaged frames: all get each sum once, and
/// units add every transaction once.
TEST(Reduction, RandomGroups) {
  std::mt19937_64 random(7);
  uint64_t replays = 0;
  for (unsigned run = 0; run < 60; ++run) {
    Machine rack = loadRack();
    rack.rack->switches.reduction.window = 1u << random() % 8;
    TopologyOptions options;
    options.chips = 2 + uint32_t(random() % 9);
    options.bitErrors = run % 3 == 0 ? 3e-6 : 0;
    options.seed = run;
    if (run % 4 == 1) {
      options.planesOff = {uint32_t(random() % 3), 3 + uint32_t(random() % 3)};
    }
    auto network = llvm::cantFail(makeNetwork(rack, options));
    Outcome outcome;
    watch(*network, outcome);
    uint64_t transactions = 0;
    std::vector<uint32_t> sums;
    for (unsigned s = 0; s < 5; ++s) {
      std::vector<uint32_t> members;
      for (uint32_t c = 0; c < options.chips; ++c) {
        if (random() % 3 != 0) {
          members.push_back(c);
        }
      }
      if (members.empty()) {
        continue;
      }
      std::shuffle(members.begin(), members.end(), random);
      uint64_t bytes = 8 * (1 + random() % 20000);
      transactions += (bytes + 255) / 256;
      uint32_t sum = network->openReduction(members, bytes, 2);
      for (uint32_t member = 0; member < members.size(); ++member) {
        sums.push_back(
            network->contribute(sum, member, 2000 + random() % 5000));
      }
    }
    // Other traffic on the same links.
    for (uint32_t c = 0; c < options.chips; ++c) {
      sums.push_back(network->send(random() % 9000, c, (c + 1) % options.chips,
                                   random() % 100000, unsigned(random() % 4)));
    }
    network->run();
    EXPECT_EQ(network->pending(), 0u) << run;
    for (uint32_t sum : sums) {
      EXPECT_EQ(at(outcome.delivered, sum), 1u) << run;
      EXPECT_EQ(at(outcome.faults, sum), 0u) << run;
    }
    EXPECT_EQ(network->counters().sums, transactions) << run;
    replays += network->counters().replays;
  }
  EXPECT_GT(replays, 100u);
}

/// A window of one transaction is a round trip for each; a wide one lets ports
/// send all the time.
TEST(Reduction, WindowsBoundThePace) {
  auto cycles = [](uint32_t window) {
    Machine rack = loadRack();
    rack.rack->switches.reduction.window = window;
    TopologyOptions options;
    options.chips = 4;
    auto network = llvm::cantFail(makeNetwork(rack, options));
    PlanTimes times =
        runPlan(rack, *network,
                makePlan(allReduce(4, 6 * 64 * 64), Algorithm::InNetwork), 4);
    EXPECT_TRUE(times.isWhole);
    return times.end;
  };
  Machine rack = loadRack();
  Cycle lone = sumOf(partsOfReduction(rack, Framing::Sue, 32, 4)) -
               2 * delaysOf(rack).core;
  // 64 transactions on each plane. The next part is offered in the cycle behind
  // that in which the sum is there; acknowledgements come between.
  EXPECT_NEAR(double(cycles(1)),
              double(64 * (lone + 1) + 2 * delaysOf(rack).core), 8);
  EXPECT_LT(cycles(1024), 2 * lone);
  EXPECT_LT(cycles(1024), cycles(16));
  EXPECT_LT(cycles(16), cycles(4));
}

/// A link, a switch or a chip dies within a sum: each member gets the sum or is
/// told, and once one is told, all that have not got it are. The next sum of
/// those that are left comes over the other planes.
TEST(Reduction, Faults) {
  enum Dead { Link, Switch, Chip };
  for (Dead dead : {Link, Switch, Chip}) {
    for (Cycle when : {2500, 4000, 9000}) {
      Machine rack = loadRack();
      TopologyOptions options;
      options.chips = 6;
      auto network = llvm::cantFail(makeNetwork(rack, options));
      for (uint32_t c = 0; c < options.chips; ++c) {
        llvm::ArrayRef<uint32_t> ports =
            network->portsOf(c, Network::Reach::Near);
        for (uint32_t plane = 0; plane < ports.size(); ++plane) {
          bool cuts = dead == Link     ? c == 2 && plane == 4
                      : dead == Switch ? plane == 4
                                       : c == 2;
          if (cuts) {
            network->cut(ports[plane], when);
          }
        }
      }
      Outcome outcome;
      watch(*network, outcome);
      auto sum = [&](std::vector<uint32_t> members, unsigned late) {
        uint32_t number = network->openReduction(members, 8 << 20, 2);
        std::vector<uint32_t> messages;
        for (uint32_t member = 0; member < members.size(); ++member) {
          messages.push_back(network->contribute(
              number, member, network->now() + 1000 + member * late));
        }
        return messages;
      };
      std::vector<uint32_t> first = sum({0, 1, 2, 3, 4, 5}, 0);
      std::vector<uint32_t> second = sum({0, 1, 2, 3, 4, 5}, 100);
      network->run();
      EXPECT_EQ(network->pending(), 0u);
      unsigned told = 0;
      for (const auto &messages : {first, second}) {
        for (uint32_t message : messages) {
          EXPECT_EQ(
              at(outcome.delivered, message) + at(outcome.faults, message), 1u)
              << dead << " at " << when;
          told += at(outcome.faults, message);
        }
      }
      EXPECT_GE(told, 6u);
      std::vector<uint32_t> left = {5, 0, 1, 3, 4};
      if (dead != Chip) {
        left.push_back(2);
      }
      for (uint32_t message : sum(left, 0)) {
        network->run();
        EXPECT_EQ(at(outcome.delivered, message), 1u) << dead << " at " << when;
      }
      // With the dead chip nothing is delivered, and all are told.
      if (dead == Chip) {
        for (uint32_t message : sum({1, 2, 3}, 0)) {
          network->run();
          EXPECT_EQ(at(outcome.faults, message), 1u) << when;
        }
      }
      EXPECT_EQ(network->pending(), 0u);
    }
  }
}

/// Large sums take what one way of the ports carries, less than half of what
/// the best exchange between chips takes; and the cost model sees it.
TEST(Reduction, TakesOneWay) {
  Machine rack = loadRack();
  for (uint32_t chips : {3, 8}) {
    for (uint64_t elements : {16, 4096, 300000, 1 << 22}) {
      CollectiveShape shape = allReduce(chips, elements);
      TopologyOptions options;
      options.chips = chips;
      auto network = llvm::cantFail(makeNetwork(rack, options));
      PlanTimes times =
          runPlan(rack, *network, makePlan(shape, Algorithm::InNetwork), 4);
      EXPECT_TRUE(times.isWhole);
      EXPECT_NEAR(estimateCycles(rack, shape, Algorithm::InNetwork, 4) /
                      double(times.end),
                  1, 0.25)
          << chips << ", " << elements;
      double line = layoutBandwidth(rack, Framing::Sue, false);
      EXPECT_GT(times.seconds, 4 * double(elements) / line);
      if (elements == 1 << 22) {
        EXPECT_GT(4 * double(elements) / times.seconds, 0.9 * line);
      }
      // Of few chips, small sums are as quick without the unit's ports.
      if (elements >= 300000 || (chips == 8 && elements >= 4096)) {
        EXPECT_EQ(chooseAlgorithm(rack, shape, 4), Algorithm::InNetwork);
      }
    }
  }
}

/// Only sums, in one rack, where switches add.
TEST(Reduction, WhereItIs) {
  CollectiveShape shape = allReduce(8, 64);
  auto can = [](const CollectiveShape &shape) {
    return llvm::is_contained(algorithmsOf(shape), Algorithm::InNetwork);
  };
  EXPECT_TRUE(can(shape));
  shape.switchesAdd = false;
  EXPECT_FALSE(can(shape));
  shape.switchesAdd = true;
  shape.overRacks = true;
  EXPECT_FALSE(can(shape));
  shape.overRacks = false;
  shape.kind = CollectiveKind::AllGather;
  EXPECT_FALSE(can(shape));
  EXPECT_FALSE(hasReduction(llvm::cantFail(loadBuiltInMachine("jx1-rack"))));
  Machine rack = loadRack();
  EXPECT_TRUE(hasReduction(rack));
  rack.rack->switches.reduction.seconds = 1e-9;
  auto network = makeNetwork(rack, {});
  EXPECT_EQ(llvm::toString(network.takeError()),
            "switches.reduction.latency_s is 2 cycles of the ports; expects at "
            "least 71, in which a whole frame comes and is checked");
}

} // namespace
