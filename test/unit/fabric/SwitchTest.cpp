//===- SwitchTest.cpp - A switch frame by frame and cycle by cycle --------===//

#include "systemc-models/Fabric/CycleSwitch.h"
#include "systemc-models/Fabric/Network.h"
#include "systemc-models/Fabric/Port.h"
#include "systemc-models/Fabric/Wire.h"

#include "llvm/Support/Error.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::fabric;

namespace {

struct Offer {
  Cycle from;
  uint32_t source, destination;
  unsigned channel, units;
};

struct Case {
  Chip::Port port;
  uint32_t chips = 2;
  uint32_t delay = 20;
  Cycle latency = 300;
  std::vector<Offer> offers;
};

/// The cycle in which each transaction is taken.
std::vector<Cycle> runCycles(const Case &test) {
  std::vector<PortConfig> configs;
  std::vector<std::unique_ptr<Port>> ports;
  std::vector<std::unique_ptr<Wire>> up, down;
  configs.reserve(test.chips);
  WireOptions wire;
  wire.delay = test.delay;
  for (uint32_t c = 0; c < test.chips; ++c) {
    configs.push_back({test.port, Framing::Sue, c});
    ports.push_back(std::make_unique<Port>(configs[c]));
    up.push_back(std::make_unique<Wire>(configs[c], wire));
    down.push_back(std::make_unique<Wire>(configs[c], wire));
  }
  CycleSwitch middle(configs[0], test.chips, test.latency);
  std::vector<std::array<std::deque<size_t>, kChannels>> waiting(test.chips);
  std::vector<std::array<unsigned, kChannels>> sent(test.chips);
  for (size_t i = 0; i < test.offers.size(); ++i) {
    waiting[test.offers[i].source][test.offers[i].channel].push_back(i);
  }
  std::vector<Cycle> taken(test.offers.size(), 0);
  unsigned width = configs[0].wordUnits();
  size_t left = taken.size();
  for (Cycle cycle = 0; left != 0 && cycle < 500000; ++cycle) {
    std::vector<LinkWord> words(test.chips);
    std::vector<bool> locked(test.chips);
    std::vector<PortInputs> in(test.chips);
    for (uint32_t c = 0; c < test.chips; ++c) {
      words[c] = up[c]->read(cycle);
      locked[c] = up[c]->locked(cycle);
      in[c].locked = down[c]->locked(cycle);
      in[c].link = down[c]->read(cycle);
      for (unsigned v = 0; v < kChannels; ++v) {
        in[c].rxReady[v] = true;
        if (waiting[c][v].empty() ||
            test.offers[waiting[c][v].front()].from > cycle) {
          continue;
        }
        const Offer &offer = test.offers[waiting[c][v].front()];
        Beat &beat = in[c].txBeat[v];
        in[c].txValid[v] = true;
        beat.first = sent[c][v] == 0;
        beat.last = sent[c][v] + width >= offer.units;
        beat.chip = offer.destination;
        beat.header = waiting[c][v].front() << 6 | offer.units;
      }
    }
    for (uint32_t c = 0; c < test.chips; ++c) {
      up[c]->write(cycle, ports[c]->link());
      down[c]->write(cycle, middle.link(c));
      for (unsigned v = 0; v < kChannels; ++v) {
        if (ports[c]->rxValid(v) && ports[c]->rxBeat(v).last) {
          size_t number = ports[c]->rxBeat(v).header >> 6;
          EXPECT_EQ(test.offers[number].destination, c);
          taken[number] = cycle;
          --left;
        }
        if (in[c].txValid[v] && ports[c]->txReady(v)) {
          bool last = in[c].txBeat[v].last;
          sent[c][v] = last ? 0 : sent[c][v] + width;
          if (last) {
            waiting[c][v].pop_front();
          }
        }
      }
    }
    middle.clock(cycle, words, locked);
    for (uint32_t c = 0; c < test.chips; ++c) {
      ports[c]->clock(in[c]);
    }
  }
  return taken;
}

std::vector<Cycle> runFrames(const Case &test, uint64_t &stalls) {
  Network::Options options;
  options.port = test.port;
  options.switchCycles = test.latency;
  options.switchWords = test.port.bufferWords;
  Network network(options);
  for (uint32_t c = 0; c < test.chips; ++c) {
    network.addChip();
  }
  uint32_t middle = network.addSwitch();
  for (uint32_t c = 0; c < test.chips; ++c) {
    uint32_t port = network.link({true, c}, {false, middle}, test.delay,
                                 test.port.lanes, Network::Reach::Near);
    network.route(middle, c, port + 1);
  }
  std::vector<Cycle> taken(test.offers.size(), 0);
  network.onDelivered(
      [&](uint32_t message, Cycle cycle) { taken[message] = cycle; });
  for (const Offer &offer : test.offers) {
    network.send(offer.from, offer.source, offer.destination, 8 * offer.units,
                 offer.channel);
  }
  network.run(500000);
  stalls += network.counters().creditStalls;
  return taken;
}

Case randomCase(llvm::StringRef target, uint64_t seed) {
  std::mt19937_64 random(seed);
  auto below = [&](uint64_t n) { return random() % n; };
  Case test;
  test.port = llvm::cantFail(loadBuiltInMachine(target)).chip->fabric.port;
  bool isSmall = test.port.lanes == 1;
  // No timer comes in between.
  test.port.llrTimeout = 1 << 16;
  test.port.gbnTimeout = 1 << 18;
  if (!isSmall) {
    test.port.bufferWords = 256; // so that credits run out
  }
  test.chips = uint32_t(2 + below(isSmall ? 3 : 4));
  test.delay = uint32_t(1 + below(120));
  test.latency = 75 + below(500);
  unsigned channels = unsigned(1 + below(kChannels));
  bool isIncast = below(3) == 0;
  uint64_t pause = below(4) == 0 ? 1 : 1 + below(100);
  Cycle cycle = 2000 + below(600);
  for (unsigned i = 0; i < (isSmall ? 500u : 2000u); ++i) {
    uint32_t source = uint32_t(below(test.chips));
    uint32_t other = uint32_t(below(test.chips - 1));
    uint32_t destination = (source + 1 + other) % test.chips;
    if (isIncast && source != 0) {
      destination = 0;
    }
    test.offers.push_back({cycle, source, destination,
                           unsigned(below(channels)),
                           unsigned(below(kTransactionUnits + 1))});
    cycle += below(4) == 0 ? below(pause) : 0;
  }
  return test;
}

/// Several chips at a switch, all channels, also all to one: every transaction
/// is taken in the same cycle.
TEST(Switch, EqualsTheCycles) {
  const char *more = std::getenv("ACC_FABRIC_NETWORK_SEEDS");
  uint64_t seeds = more ? std::strtoull(more, nullptr, 10) : 15;
  for (const char *target : {"xpu-tiny-4", "jx1"}) {
    uint64_t stalls = 0;
    for (uint64_t seed = 0; seed < seeds; ++seed) {
      Case test = randomCase(target, seed);
      std::vector<Cycle> exact = runCycles(test);
      std::vector<Cycle> fast = runFrames(test, stalls);
      size_t wrong = 0, first = exact.size();
      for (size_t i = 0; i < exact.size(); ++i) {
        EXPECT_NE(exact[i], 0u);
        wrong += exact[i] != fast[i];
        if (exact[i] != fast[i] &&
            (first == exact.size() || exact[i] < exact[first])) {
          first = i;
        }
      }
      if (wrong != 0) {
        ADD_FAILURE() << target << ", seed " << seed << ", " << test.chips
                      << " chips, delay " << test.delay << ": " << wrong
                      << " differ, first " << exact[first] << " and "
                      << fast[first];
      }
    }
    EXPECT_GT(stalls, 0u) << target;
  }
}

} // namespace
