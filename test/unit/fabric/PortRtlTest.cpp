//===- PortRtlTest.cpp - The RTL of a fabric port against its model -------===//
//
// Both get the same inputs; every output of every cycle and all counters are
// equal, and what is sent comes once and in order. ACC_FABRIC_SEEDS=FIRST:COUNT
// runs other random links.
//
//===----------------------------------------------------------------------===//

#include "rtl/tb/FabricPort.h"
#include "systemc-models/Fabric/Pair.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::fabric;
using Counter = FabricCounter;

namespace {

Chip::Port portOfTarget() {
  return llvm::cantFail(loadBuiltInMachine(ACC_RTL_TARGET)).chip->fabric.port;
}

/// The first output in which they differ, or "".
std::string differ(const Port &model, const RtlPort &rtl) {
  for (unsigned v = 0; v < kChannels; ++v) {
    std::string of = " of channel " + std::to_string(v);
    if (model.txReady(v) != rtl.txReady(v)) {
      return "tx_ready" + of;
    }
    if (model.rxValid(v) != rtl.rxValid(v)) {
      return "rx_valid" + of;
    }
    if (!model.rxValid(v)) {
      continue;
    }
    Beat m = model.rxBeat(v), r = rtl.rxBeat(v);
    if (m.first != r.first || m.last != r.last || m.chip != r.chip ||
        m.header != r.header || m.data != r.data) {
      return "rx_beat" + of;
    }
  }
  const LinkWord &m = model.link();
  LinkWord r = rtl.link();
  if (m.valid != r.valid || m.os != r.os || m.error != r.error ||
      m.frame.sop != r.frame.sop || m.frame.eop != r.frame.eop ||
      m.frame.bad != r.frame.bad || m.frame.count != r.frame.count) {
    return "link";
  }
  if (m.frame.data != r.frame.data) {
    return "link data";
  }
  if (model.linkState() != rtl.linkState() ||
      model.llrTxState() != rtl.llrTxState() ||
      model.llrRxState() != rtl.llrRxState()) {
    return "state";
  }
  for (unsigned c = 0; c < kNumFabricCounterValues; ++c) {
    if (model.counter(Counter(c)) != rtl.counter(Counter(c))) {
      return std::string("counter ") + stringify(Counter(c));
    }
  }
  return "";
}

/// Holds both, and compares before each cycle.
class Both {
public:
  explicit Both(const PortConfig &config) : model(config), rtl(config) {}
  bool txReady(unsigned channel) const { return model.txReady(channel); }
  bool rxValid(unsigned channel) const { return model.rxValid(channel); }
  Beat rxBeat(unsigned channel) const { return model.rxBeat(channel); }
  const LinkWord &link() const { return model.link(); }
  void clock(const PortInputs &in) {
    if (difference.empty()) {
      difference = differ(model, rtl);
      ++cycle;
    }
    model.clock(in);
    rtl.clock(in);
  }

  Port model;
  RtlPort rtl;
  std::string difference;
  uint64_t cycle = 0; ///< in which the first difference was seen
};

void expectEqual(const Pair<Both> &pair) {
  for (const End<Both> &end : pair.ends) {
    EXPECT_EQ(end.port.difference, "")
        << "port of chip " << end.config.own << ", cycle " << end.port.cycle;
    EXPECT_EQ(end.sink.wrong(), 0u);
  }
}

uint64_t total(const Pair<Both> &pair, Counter counter) {
  return pair.ends[0].port.model.counter(counter) +
         pair.ends[1].port.model.counter(counter);
}

/// Traffic of all channels both ways, and nothing else.
PairOptions plain(uint64_t transactions) {
  PairOptions options;
  options.port = portOfTarget();
  for (unsigned side = 0; side < 2; ++side) {
    options.traffic[side].transactions.fill(transactions);
    options.traffic[side].seed = side;
    options.wires[side].delay = 20;
    options.wires[side].seed = 100 + side;
  }
  return options;
}

void finish(Pair<Both> &pair, uint64_t limit) {
  while (!pair.done() && pair.cycle < limit &&
         pair.ends[0].port.difference.empty() &&
         pair.ends[1].port.difference.empty()) {
    pair.clock();
  }
  expectEqual(pair);
  EXPECT_TRUE(pair.done()) << "after " << pair.cycle << " cycles";
}

TEST(RtlFabric, AllFramings) {
  for (Framing framing :
       {Framing::Sue, Framing::SueLong, Framing::Esun, Framing::Ethernet}) {
    PairOptions options = plain(100);
    options.framing = framing;
    Pair<Both> pair(options);
    finish(pair, 100000);
    EXPECT_EQ(total(pair, Counter::LLR_TX_NACK_CTL_OS), 0u);
    EXPECT_EQ(total(pair, Counter::RX_TRANSACTIONS), 800u);
  }
}

/// A rate that breaks every few frames.
TEST(RtlFabric, HundredsOfRetries) {
  PairOptions options = plain(portOfTarget().lanes == 1 ? 1200 : 1000);
  for (unsigned side = 0; side < 2; ++side) {
    options.wires[side].bitErrors = 3e-5;
    options.wires[side].wordErrors = 2e-4;
    // Pauses make frames of few transactions.
    options.traffic[side].pause = 0.9;
  }
  Pair<Both> pair(options);
  finish(pair, 2000000);
  uint64_t replays = total(pair, Counter::LLR_TX_REPLAY);
  printf("%llu bits flipped, %llu words lost, %llu replays in %llu cycles\n",
         (unsigned long long)(pair.wires[0].flippedBits() +
                              pair.wires[1].flippedBits()),
         (unsigned long long)(pair.wires[0].lostWords() +
                              pair.wires[1].lostWords()),
         (unsigned long long)replays, (unsigned long long)pair.cycle);
  EXPECT_GE(replays, 200u);
}

/// Runs until a condition holds.
template <typename Condition>
void until(Pair<Both> &pair, Condition condition) {
  while (!condition() && pair.cycle < 100000) {
    pair.clock();
  }
}

/// What the last cycle has changed is seen in the next.
void expectStillEqual(Pair<Both> &pair) {
  for (unsigned i = 0; i < 8; ++i) {
    pair.clock();
  }
  expectEqual(pair);
}

/// An acknowledgement of frames that were never sent, with a good check.
TEST(RtlFabric, ForgedAcknowledgement) {
  Pair<Both> pair(plain(200));
  until(pair, [&] {
    uint64_t unit = pair.ends[1].port.link().frame.data[0];
    return pair.cycle > 1000 && pair.ends[1].port.link().os &&
           Control::decode(&unit).op == ControlOp::Ack;
  });
  ASSERT_TRUE(pair.ends[1].port.link().os);
  // The check is a sum: that of a change is the change of the check.
  uint64_t change = uint64_t(1024) << 16;
  pair.wires[1].flip(pair.cycle, 0, guarded(change) ^ guarded(0));
  finish(pair, 100000);
  EXPECT_EQ(total(pair, Counter::LLR_RX_ACK_NACK_SEQ_ERROR), 1u);
  EXPECT_EQ(total(pair, Counter::CTL_OS_BAD), 0u);
}

/// Echoes of the first start are still on their way when the link starts again.
TEST(RtlFabric, LateEcho) {
  PairOptions options = plain(20);
  uint64_t down = 4 * options.port.ctlRefresh;
  if (down <= options.port.pcsTimeout) {
    GTEST_SKIP() << "the link would have to be down for longer than echoes "
                    "are on their way";
  }
  for (WireOptions &wire : options.wires) {
    wire.delay = 10 * options.port.ctlRefresh;
  }
  Pair<Both> pair(options);
  Port &first = pair.ends[0].port.model;
  until(pair, [&] { return first.llrTxState() == LlrTxState::Advance; });
  pair.wires[1].unlock(pair.cycle, down);
  until(pair, [&] { return first.llrTxState() == LlrTxState::Init; });
  uint64_t echoes = first.counter(Counter::LLR_RX_INIT_ECHO_CTL_OS);
  until(pair, [&] {
    return first.counter(Counter::LLR_RX_INIT_ECHO_CTL_OS) > echoes;
  });
  EXPECT_EQ(first.llrTxState(), LlrTxState::Init);
  expectStillEqual(pair);
}

/// A replay that follows progress is the first of llr_replays.
TEST(RtlFabric, ReplaysAreCountedFromProgress) {
  Pair<Both> pair(plain(500));
  until(pair, [&] {
    return pair.cycle > 1000 && pair.ends[0].port.link().valid &&
           !pair.ends[0].port.link().frame.sop;
  });
  pair.wires[0].lose(pair.cycle);
  Port &first = pair.ends[0].port.model;
  until(pair, [&] { return first.counter(Counter::LLR_RX_NACK_CTL_OS) == 1; });
  for (uint64_t c = pair.cycle; c < pair.cycle + 20000; ++c) {
    pair.wires[1].lose(c);
  }
  until(pair, [&] { return first.counter(Counter::LLR_TX_FLUSH) == 1; });
  EXPECT_EQ(first.counter(Counter::LLR_TX_TIMEOUT), portOfTarget().llrReplays);
  expectStillEqual(pair);
}

/// The link gives up while frames go on coming: the one that is entering is
/// given up as a whole.
TEST(RtlFabric, FlushWhileAFrameEnters) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    PairOptions options = plain(0);
    if (options.port.llrTimeout * options.port.llrReplays > 2000) {
      GTEST_SKIP() << "frames would fill the ring";
    }
    // Few enough that windows and the ring stay open.
    options.traffic[0].transactions.fill(2000);
    options.traffic[0].mostUnits = 4;
    options.traffic[0].pause = 0.996;
    options.traffic[0].seed = seed;
    Pair<Both> pair(options);
    until(pair, [&] { return pair.cycle == 500 + 7 * seed; });
    for (uint64_t c = pair.cycle; c < pair.cycle + 5000; ++c) {
      pair.wires[1].lose(c);
    }
    Port &first = pair.ends[0].port.model;
    until(pair, [&] { return first.counter(Counter::LLR_TX_FLUSH) == 1; });
    uint64_t end = pair.cycle + 100;
    until(pair, [&] { return pair.cycle == end; });
    expectEqual(pair);
  }
}

/// Everything at once, drawn from a seed.
PairOptions drawn(uint64_t seed) {
  std::mt19937_64 random(seed);
  auto oneOf = [&](std::initializer_list<double> values) {
    return values.begin()[random() % values.size()];
  };
  PairOptions options = plain(0);
  options.framing = Framing(random() % kNumFramingValues);
  options.chips = {uint32_t(random() % options.port.peers), 0};
  options.chips[1] =
      (options.chips[0] + 1 + random() % (options.port.peers - 1)) %
      options.port.peers;
  for (unsigned side = 0; side < 2; ++side) {
    TrafficOptions &traffic = options.traffic[side];
    for (uint64_t &n : traffic.transactions) {
      n = random() % 300;
    }
    traffic.fewestUnits = random() % 3 ? 0 : 32;
    traffic.mostUnits = random() % 3 ? 32 : traffic.fewestUnits;
    traffic.pause = oneOf({0, 0.1, 0.9});
    traffic.stall = oneOf({0, 0.3, 0.9, 0.97});
    traffic.seed = random();
    WireOptions &wire = options.wires[side];
    wire.delay = 1 + random() % 60;
    wire.bitErrors = oneOf({0, 1e-6, 1e-5, 1e-4});
    wire.wordErrors = oneOf({0, 1e-3});
    wire.flaps = oneOf({0, 0, 1e-4});
    wire.flapCycles = random() % 2 ? 30 : 3000;
    wire.seed = random();
  }
  return options;
}

TEST(RtlFabric, RandomLinks) {
  uint64_t first = 1, count = portOfTarget().lanes == 1 ? 12 : 2;
  if (const char *seeds = getenv("ACC_FABRIC_SEEDS")) {
    auto [a, b] = llvm::StringRef(seeds).split(':');
    ASSERT_FALSE(a.getAsInteger(10, first) || b.getAsInteger(10, count))
        << "ACC_FABRIC_SEEDS expects FIRST:COUNT";
  }
  for (uint64_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Pair<Both> pair(drawn(seed));
    finish(pair, 5000000);
    if (HasFailure()) {
      return;
    }
  }
}

} // namespace
