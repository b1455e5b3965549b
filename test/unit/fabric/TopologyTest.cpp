//===- TopologyTest.cpp - Racks and pods ----------------------------------===//

#include "systemc-models/Fabric/Topology.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::fabric;

namespace {

/// The latency from memory to memory of a lone transaction is what the parts
/// add up to, for each size, in a rack and between two.
TEST(Topology, LatencyIsTheSumOfItsParts) {
  Machine pod = llvm::cantFail(loadBuiltInMachine("jx1-pod"));
  Cycle core = delaysOf(pod).core;
  for (bool isFar : {false, true}) {
    for (unsigned units : {0, 1, 3, 8, 17, 31, 32}) {
      TopologyOptions options;
      options.chips = 5;
      options.racks = 3;
      auto network = llvm::cantFail(makeNetwork(pod, options));
      // A message of no bytes is a transaction without units.
      network->send(2000 + core, 1, isFar ? 11 : 3, 8 * units, 2);
      Cycle end = network->run() + core;
      EXPECT_EQ(end - 2000, sumOf(partsOf(pod, Framing::Sue, units, isFar)))
          << units << (isFar ? ", far" : "");
    }
  }
}

/// A message of everybody to everybody, one after the other: the ports carry
/// 92 % of what their layout can, and no frame waits for credits for long.
TEST(Topology, AllToAll) {
  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  for (uint32_t chips : {7, 16}) {
    TopologyOptions options;
    options.chips = chips;
    auto network = llvm::cantFail(makeNetwork(rack, options));
    uint64_t each = 4 << 20;
    for (uint32_t k = 1; k < chips; ++k) {
      for (uint32_t c = 0; c < chips; ++c) {
        network->send(0, c, (c + k) % chips, each, 2);
      }
    }
    double seconds = double(network->run()) * delaysOf(rack).cycleSeconds;
    EXPECT_EQ(network->pending(), 0u);
    EXPECT_EQ(network->counters().rewinds, 0u);
    double line = layoutBandwidth(rack, Framing::Sue, false);
    EXPECT_GT(double(chips - 1) * double(each) / seconds, 0.92 * line);
    EXPECT_LT(double(chips - 1) * double(each) / seconds, line);
  }
}

/// A network that is run up to its next event, and given more to send between
/// two, does what it does by itself; also after it was idle for long.
TEST(Topology, StepByStep) {
  Machine rack = llvm::cantFail(loadBuiltInMachine("xpu-tiny-4x2x2"));
  const Cycle starts[] = {100, 130, 190, 2'000, 40'000'000, 40'000'010};
  std::vector<std::vector<Cycle>> deliveries;
  for (bool inSteps : {false, true}) {
    TopologyOptions options;
    options.chips = 4;
    auto network = llvm::cantFail(makeNetwork(rack, options));
    std::vector<Cycle> &ends = deliveries.emplace_back(6);
    network->onDelivered([&](uint32_t m, Cycle cycle) { ends[m] = cycle; });
    for (uint32_t i = 0; i < 6; ++i) {
      while (inSteps && network->nextCycle() <= starts[i]) {
        network->run(network->nextCycle() + 1);
      }
      network->send(starts[i], i % 4, (i + 1 + i / 4) % 4, 700 * (i + 1), 2);
    }
    while (network->nextCycle() < kNever) {
      network->run(inSteps ? network->nextCycle() + 1 : kNever);
    }
    EXPECT_EQ(network->pending(), 0u);
  }
  EXPECT_EQ(deliveries[0], deliveries[1]);
  EXPECT_GT(deliveries[1][4], starts[4]);
}

/// All send to one chip at once: its ports are busy all the time, credits hold
/// the others back, and everything comes.
TEST(Topology, Incast) {
  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  // The window of a chip is as long as the switch's buffer: with a smaller one
  // credits come first.
  rack.rack->switches.bufferWords = 1024;
  TopologyOptions options;
  options.chips = 24;
  auto network = llvm::cantFail(makeNetwork(rack, options));
  uint64_t each = 2 << 20, data = 0;
  for (uint32_t c = 1; c < options.chips; ++c) {
    network->send(0, c, 0, each, 2);
    data += each;
  }
  double seconds = double(network->run()) * delaysOf(rack).cycleSeconds;
  EXPECT_EQ(network->pending(), 0u);
  EXPECT_GT(network->counters().creditStalls, 0u);
  double line = layoutBandwidth(rack, Framing::Sue, false);
  EXPECT_GT(double(data) / seconds, 0.9 * line);
}

/// Chips of the same number in all racks, more than any window or ring holds:
/// no timer comes, and rails carry what their round trip lets them.
TEST(Topology, RacksAreJoined) {
  Machine pod = llvm::cantFail(loadBuiltInMachine("jx1-pod"));
  for (uint32_t racks : {2, 3, 5}) {
    TopologyOptions options;
    options.chips = 3;
    options.racks = racks;
    auto network = llvm::cantFail(makeNetwork(pod, options));
    uint64_t each = 1 << 20;
    uint32_t all = options.chips * racks;
    for (uint32_t k = 1; k < racks; ++k) {
      for (uint32_t c = 0; c < all; ++c) {
        network->send(0, c, (c + k * options.chips) % all, each, 2);
      }
    }
    double seconds = double(network->run()) * delaysOf(pod).cycleSeconds;
    EXPECT_EQ(network->pending(), 0u);
    EXPECT_EQ(network->counters().faults, 0u);
    EXPECT_EQ(network->counters().rewinds, 0u);
    double line = layoutBandwidth(pod, Framing::Sue, true);
    EXPECT_LT(double(racks - 1) * double(each) / seconds, line);
    EXPECT_GT(double(racks - 1) * double(each) / seconds, 0.5 * line);
  }
}

/// A timer of the transport that is far too short for the way through a full
/// switch: frames are sent again while their first copies wait, and everything
/// still comes once.
TEST(Topology, TimersThatAreTooShort) {
  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  rack.chip->fabric.port.gbnTimeout = 1500;
  TopologyOptions options;
  options.chips = 12;
  auto network = llvm::cantFail(makeNetwork(rack, options));
  std::vector<unsigned> delivered;
  network->onDelivered([&](uint32_t m, Cycle) { ++delivered[m]; });
  for (uint32_t k = 0; k < 3; ++k) {
    for (uint32_t c = 1; c < options.chips; ++c) {
      delivered.push_back(0);
      network->send(0, c, c % 2, 100000 + 1000 * c, 2);
    }
  }
  network->run();
  EXPECT_EQ(network->pending(), 0u);
  EXPECT_GT(network->counters().rewinds, 0u);
  for (unsigned count : delivered) {
    EXPECT_EQ(count, 1u);
  }
  EXPECT_EQ(network->counters().faults, 0u);
}

/// A plane that is off takes a sixth of the bandwidth, not more.
TEST(Topology, PlaneOff) {
  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  double seconds[2];
  for (bool off : {false, true}) {
    TopologyOptions options;
    options.chips = 4;
    if (off) {
      options.planesOff = {2};
    }
    auto network = llvm::cantFail(makeNetwork(rack, options));
    for (uint32_t c = 0; c < 4; ++c) {
      network->send(0, c, (c + 1) % 4, 16 << 20, 2);
    }
    seconds[off] = double(network->run());
    EXPECT_EQ(network->pending(), 0u);
  }
  EXPECT_NEAR(seconds[1] / seconds[0], 1.2, 0.02);
}

/// Errors at a rate: everything comes, and it takes longer.
TEST(Topology, BitErrors) {
  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  Cycle cycles[2];
  for (bool errors : {false, true}) {
    TopologyOptions options;
    options.chips = 4;
    options.bitErrors = errors ? 1e-7 : 0;
    auto network = llvm::cantFail(makeNetwork(rack, options));
    for (uint32_t c = 0; c < 4; ++c) {
      network->send(0, c, (c + 1) % 4, 16 << 20, 2);
    }
    cycles[errors] = network->run();
    EXPECT_EQ(network->pending(), 0u);
    EXPECT_EQ(network->counters().replays > 20, errors);
  }
  EXPECT_GT(cycles[1], cycles[0]);
}

/// A link, a switch or a chip dies while everybody sends to everybody. Every
/// message is delivered or reported, and what is reported comes over the other
/// planes when it is sent again; only to a dead chip it never does.
TEST(Topology, Faults) {
  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  enum Dead { Link, Switch, Chip };
  for (Dead dead : {Link, Switch, Chip}) {
    TopologyOptions options;
    options.chips = 6;
    auto network = llvm::cantFail(makeNetwork(rack, options));
    using Reach = Network::Reach;
    for (uint32_t c = 0; c < options.chips; ++c) {
      llvm::ArrayRef<uint32_t> ports = network->portsOf(c, Reach::Near);
      for (uint32_t plane = 0; plane < ports.size(); ++plane) {
        bool cuts = dead == Link     ? c == 2 && plane == 4
                    : dead == Switch ? plane == 4
                                     : c == 2;
        if (cuts) {
          network->cut(ports[plane], 3000);
        }
      }
    }
    struct Sent {
      uint32_t source, destination;
      unsigned delivered = 0, faults = 0;
    };
    std::vector<Sent> sent;
    network->onDelivered([&](uint32_t m, Cycle) { ++sent[m].delivered; });
    network->onFault([&](uint32_t m, Cycle) { ++sent[m].faults; });
    auto send = [&](uint32_t source, uint32_t destination) {
      sent.push_back({source, destination});
      uint32_t message = network->send(network->now() + 1000, source,
                                       destination, 256 << 10, 2);
      EXPECT_EQ(message, sent.size() - 1);
    };
    for (uint32_t k = 1; k < options.chips; ++k) {
      for (uint32_t c = 0; c < options.chips; ++c) {
        send(c, (c + k) % options.chips);
      }
    }
    network->run();
    size_t first = sent.size(), faults = 0;
    for (size_t m = 0; m < first; ++m) {
      const Sent one = sent[m];
      EXPECT_EQ(one.delivered + one.faults, 1u) << dead << ", " << m;
      bool isNear = one.source == 2 || one.destination == 2;
      EXPECT_TRUE(one.faults == 0 || dead == Switch || isNear);
      faults += one.faults;
      if (one.faults != 0) {
        send(one.source, one.destination);
      }
    }
    EXPECT_GT(faults, 0u);
    network->run();
    EXPECT_EQ(network->pending(), 0u);
    for (size_t m = first; m < sent.size(); ++m) {
      bool isDead =
          dead == Chip && (sent[m].source == 2 || sent[m].destination == 2);
      EXPECT_EQ(sent[m].delivered, !isDead) << dead << ", " << m;
      EXPECT_EQ(sent[m].faults, isDead) << dead << ", " << m;
    }
  }
}

TEST(Topology, WhatAMachineLacks) {
  auto message = [](const Machine &machine, TopologyOptions options) {
    auto network = makeNetwork(machine, options);
    return network ? "" : llvm::toString(network.takeError());
  };
  TopologyOptions two;
  two.chips = 2;
  Machine rack = llvm::cantFail(loadBuiltInMachine("jx1-rack"));
  EXPECT_EQ(message(llvm::cantFail(loadBuiltInMachine("jx1")), two),
            "'jx1' has no switches; expects a rack or a pod");
  TopologyOptions many;
  many.chips = 129;
  EXPECT_EQ(message(rack, many), "'jx1-rack' has 1 x 128 chips; expects 1 to "
                                 "as many, not 1 x 129");
  Machine quick = rack;
  quick.rack->switches.seconds = 2e-8;
  EXPECT_EQ(message(quick, two),
            "switches.latency_s is 31 cycles of the ports; expects at least "
            "71, in which a whole frame comes and is checked");
  TopologyOptions off = two;
  off.planesOff = {0, 1, 2, 3, 4, 5};
  EXPECT_EQ(message(rack, off),
            "all planes or all rails are off; expects one that is on");
}

} // namespace
