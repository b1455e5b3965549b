//===- NetworkTest.cpp - The fabric frame by frame against Port -----------===//

#include "systemc-models/Fabric/Network.h"
#include "systemc-models/Fabric/Port.h"
#include "systemc-models/Fabric/Wire.h"

#include "llvm/Support/Error.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::fabric;
using Counter = FabricCounter;

namespace {

constexpr Cycle kBegin = 1000; ///< the link is up

/// A transaction that is offered from a cycle on, behind those of its channel.
struct Offer {
  Cycle from;
  unsigned side, channel, units;
};

struct Trace {
  std::vector<Cycle> taken; ///< by offer
  uint64_t stalls = 0, replays = 0, acknowledgements = 0, rewinds = 0;
  bool isWhole = true;
};

struct Script {
  uint32_t delay = 20;
  std::vector<Offer> offers;
  /// Frames that are damaged, by side and number on the link.
  std::array<std::set<uint64_t>, 2> damaged;
};

Chip::Port portOf(llvm::StringRef target) {
  return llvm::cantFail(loadBuiltInMachine(target)).chip->fabric.port;
}

/// Cycle by cycle.
Trace runPorts(const Chip::Port &port, const Script &script) {
  std::array<PortConfig, 2> configs;
  std::array<std::unique_ptr<Port>, 2> ports;
  std::array<std::unique_ptr<Wire>, 2> wires;
  std::array<std::array<std::deque<size_t>, kChannels>, 2> waiting;
  std::array<std::array<unsigned, kChannels>, 2> sent{};
  std::array<uint64_t, 2> frames{};
  for (unsigned side = 0; side < 2; ++side) {
    configs[side] = {port, Framing::Sue, side};
    ports[side] = std::make_unique<Port>(configs[side]);
    WireOptions options;
    options.delay = script.delay;
    wires[side] = std::make_unique<Wire>(configs[side], options);
  }
  for (size_t i = 0; i < script.offers.size(); ++i) {
    waiting[script.offers[i].side][script.offers[i].channel].push_back(i);
  }
  Trace trace;
  trace.taken.assign(script.offers.size(), 0);
  unsigned width = configs[0].wordUnits();
  size_t left = script.offers.size();
  for (Cycle cycle = 0; left != 0 && cycle < 2000000; ++cycle) {
    std::array<PortInputs, 2> in;
    for (unsigned side = 0; side < 2; ++side) {
      in[side].locked = wires[1 - side]->locked(cycle);
      in[side].link = wires[1 - side]->read(cycle);
      for (unsigned v = 0; v < kChannels; ++v) {
        in[side].rxReady[v] = true;
        std::deque<size_t> &queue = waiting[side][v];
        if (queue.empty() || script.offers[queue.front()].from > cycle) {
          continue;
        }
        unsigned units = script.offers[queue.front()].units;
        in[side].txValid[v] = true;
        Beat &beat = in[side].txBeat[v];
        beat.first = sent[side][v] == 0;
        beat.last = sent[side][v] + width >= units;
        beat.chip = 1 - side;
        beat.header = queue.front() << 6 | units;
      }
    }
    for (unsigned side = 0; side < 2; ++side) {
      const LinkWord &word = ports[side]->link();
      if (word.valid && word.frame.sop &&
          script.damaged[side].count(frames[side]++)) {
        wires[side]->flip(cycle, 1, 1);
      }
      wires[side]->write(cycle, word);
      for (unsigned v = 0; v < kChannels; ++v) {
        if (ports[side]->rxValid(v) && ports[side]->rxBeat(v).last) {
          trace.taken[ports[side]->rxBeat(v).header >> 6] = cycle;
          --left;
        }
        if (in[side].txValid[v] && ports[side]->txReady(v)) {
          bool last = in[side].txBeat[v].last;
          sent[side][v] = last ? 0 : sent[side][v] + width;
          if (last) {
            waiting[side][v].pop_front();
          }
        }
      }
    }
    for (unsigned side = 0; side < 2; ++side) {
      ports[side]->clock(in[side]);
    }
  }
  for (unsigned side = 0; side < 2; ++side) {
    auto count = [&](Counter c) { return ports[side]->counter(c); };
    trace.stalls += count(Counter::CBFC_TX_STALL);
    trace.replays += count(Counter::LLR_TX_REPLAY);
    trace.acknowledgements += count(Counter::GBN_TX_ACK);
    trace.rewinds += count(Counter::GBN_TX_REWIND);
  }
  trace.isWhole = left == 0;
  return trace;
}

/// Frame by frame: a message for each transaction.
Trace runNetwork(const Chip::Port &port, const Script &script) {
  Network::Options options;
  options.port = port;
  Network network(options);
  network.addChip();
  network.addChip();
  uint32_t first = network.link({true, 0}, {true, 1}, script.delay, port.lanes,
                                Network::Reach::Near);
  for (unsigned side = 0; side < 2; ++side) {
    for (uint64_t frame : script.damaged[side]) {
      network.damage(first + side, frame);
    }
  }
  Trace trace;
  trace.taken.assign(script.offers.size(), 0);
  network.onDelivered(
      [&](uint32_t message, Cycle cycle) { trace.taken[message] = cycle; });
  for (const Offer &offer : script.offers) {
    network.send(offer.from, offer.side, 1 - offer.side, 8 * offer.units,
                 offer.channel);
  }
  network.run(2000000);
  trace.isWhole = network.pending() == 0;
  trace.stalls = network.counters().creditStalls;
  trace.replays = network.counters().replays;
  trace.acknowledgements = network.counters().acknowledgements;
  trace.rewinds = network.counters().rewinds;
  return trace;
}

/// The earliest transaction that differs; the number of all if none does.
size_t firstDifference(const Trace &a, const Trace &b) {
  size_t first = a.taken.size();
  for (size_t i = 0; i < a.taken.size(); ++i) {
    if (a.taken[i] != b.taken[i] &&
        (first == a.taken.size() || a.taken[i] < a.taken[first])) {
      first = i;
    }
  }
  return first;
}

void expectEqual(const Chip::Port &port, const Script &script,
                 const std::string &name) {
  Trace exact = runPorts(port, script), fast = runNetwork(port, script);
  EXPECT_TRUE(exact.isWhole) << name;
  size_t i = firstDifference(exact, fast);
  if (i == exact.taken.size()) {
    return;
  }
  const Offer &offer = script.offers[i];
  size_t wrong = 0;
  for (size_t k = 0; k < exact.taken.size(); ++k) {
    wrong += exact.taken[k] != fast.taken[k];
  }
  ADD_FAILURE() << name << ": " << wrong << " of " << exact.taken.size()
                << ", first transaction " << i << " of " << offer.units
                << " units, side " << offer.side << ", channel "
                << offer.channel << ", offered " << offer.from << ": "
                << exact.taken[i] << " by the port, " << fast.taken[i]
                << "; stalls " << exact.stalls << ", replays " << exact.replays
                << "/" << fast.replays << ", acks " << exact.acknowledgements
                << "/" << fast.acknowledgements;
}

TEST(Network, OneTransaction) {
  for (const char *target : {"xpu-tiny-4", "jx1"}) {
    for (unsigned units = 0; units <= kTransactionUnits; ++units) {
      Script script;
      script.offers = {{kBegin + units, 0, 2, units}};
      expectEqual(portOf(target), script, target);
    }
  }
}

TEST(Network, Stream) {
  for (const char *target : {"xpu-tiny-4", "jx1"}) {
    for (unsigned units : {32, 5, 0}) {
      Script script;
      for (unsigned i = 0; i < 500; ++i) {
        script.offers.push_back({kBegin, 0, 2, units});
      }
      expectEqual(portOf(target), script,
                  std::string(target) + ", " + std::to_string(units));
    }
  }
}

/// All channels both ways, with pauses.
Script randomScript(uint64_t seed, unsigned transactions, unsigned mostDelay) {
  std::mt19937_64 random(seed);
  auto below = [&](uint64_t n) { return random() % n; };
  Script script;
  script.delay = uint32_t(1 + below(mostDelay));
  unsigned channels = unsigned(1 + below(kChannels));
  unsigned sides = unsigned(1 + below(2));
  uint64_t pause = below(4) == 0 ? 1 : 1 + below(200);
  unsigned most = below(2) ? kTransactionUnits : unsigned(below(33));
  Cycle cycle = kBegin + below(600);
  for (unsigned i = 0; i < transactions; ++i) {
    script.offers.push_back({cycle, unsigned(below(sides)),
                             unsigned(below(channels)),
                             unsigned(below(most + 1))});
    cycle += below(4) == 0 ? below(pause) : 0;
  }
  return script;
}

TEST(Network, RandomTraffic) {
  const char *more = std::getenv("ACC_FABRIC_NETWORK_SEEDS");
  uint64_t seeds = more ? std::strtoull(more, nullptr, 10) : 40;
  for (const char *target : {"xpu-tiny-4", "jx1"}) {
    Chip::Port port = portOf(target);
    for (uint64_t seed = 0; seed < seeds; ++seed) {
      expectEqual(port, randomScript(seed, 400, port.lanes == 1 ? 40 : 400),
                  std::string(target) + ", seed " + std::to_string(seed));
    }
  }
}

/// Damaged frames: asked for once, and sent again with all behind them.
TEST(Network, Retries) {
  for (const char *target : {"xpu-tiny-4", "jx1"}) {
    Chip::Port port = portOf(target);
    uint64_t replays = 0;
    for (uint64_t seed = 0; seed < 40; ++seed) {
      Script script = randomScript(seed, 300, port.lanes == 1 ? 40 : 400);
      std::mt19937_64 random(seed);
      for (unsigned i = 0; i < 5; ++i) {
        script.damaged[random() % 2].insert(random() % 60);
      }
      expectEqual(port, script,
                  std::string(target) + ", seed " + std::to_string(seed));
      replays += runNetwork(port, script).replays;
    }
    EXPECT_GT(replays, 100u) << target;
  }
}

} // namespace
