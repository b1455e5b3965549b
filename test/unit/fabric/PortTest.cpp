//===- PortTest.cpp - The model of a fabric port --------------------------===//

#include "systemc-models/Fabric/Pair.h"

#include "llvm/Support/Error.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::fabric;
using Counter = FabricCounter;

namespace {

PairOptions plain(llvm::StringRef target, uint64_t transactions) {
  PairOptions options;
  options.port = llvm::cantFail(loadBuiltInMachine(target)).chip->fabric.port;
  for (unsigned side = 0; side < 2; ++side) {
    options.traffic[side].transactions.fill(transactions);
    options.traffic[side].seed = side;
    options.wires[side].delay = 20;
  }
  return options;
}

TEST(Fabric, Delivers) {
  for (const char *target : {"xpu-tiny-4", "jx1"}) {
    Pair<Port> pair(plain(target, 1000));
    pair.run(1000000);
    EXPECT_TRUE(pair.done());
    for (const End<Port> &end : pair.ends) {
      EXPECT_EQ(end.sink.wrong(), 0u);
      EXPECT_EQ(end.sink.taken(), 4000u);
      EXPECT_EQ(end.port.counter(Counter::LLR_TX_REPLAY), 0u);
      EXPECT_EQ(end.port.counter(Counter::GBN_TX_REWIND), 0u);
    }
  }
}

uint64_t count(const Pair<Port> &pair, unsigned side, Counter counter) {
  return pair.ends[side].port.counter(counter);
}

/// `transactions` of 256 bytes of channel 0 from port 0, each in a frame of its
/// own, and nothing else.
PairOptions oneWay(uint64_t transactions) {
  PairOptions options = plain("xpu-tiny-4", 0);
  options.traffic[0].transactions[0] = transactions;
  options.traffic[0].fewestUnits = 32;
  options.port.pduBytes = 264;
  return options;
}

/// The cycle in which the port sends the first word of the frame with the
/// number, for the first time.
uint64_t cycleOfFrame(const PairOptions &options, uint64_t number) {
  Pair<Port> pair(options);
  while (true) {
    const LinkWord &word = pair.ends[0].port.link();
    if (word.valid && word.frame.sop &&
        Preamble::decode(&word.frame.data[1]).seq == number) {
      return pair.cycle;
    }
    pair.clock();
  }
}

TEST(Fabric, LatencyIsTheSumOfItsParts) {
  for (const char *target : {"xpu-tiny-4", "jx1"}) {
    for (unsigned n = 0; n <= kTransactionUnits; ++n) {
      PairOptions options = plain(target, 0);
      options.traffic[0].fewestUnits = options.traffic[0].mostUnits = n;
      Pair<Port> pair(options);
      while (pair.cycle < 1000) {
        pair.clock();
      }
      // The link is idle and up: offer one.
      TrafficOptions one = options.traffic[0];
      one.transactions[0] = 1;
      const PortConfig &config = pair.ends[0].config;
      pair.ends[0].source = Source(config, one, 1);
      pair.ends[1].sink = Sink(config, one, 0);
      uint64_t start = pair.cycle;
      while (!pair.done()) {
        pair.clock();
      }
      auto ceil = [](unsigned a, unsigned b) { return (a + b - 1) / b; };
      unsigned width = config.wordUnits(), lead = config.leadUnits();
      unsigned b = std::max(1u, ceil(n, width));
      unsigned w = ceil(lead + n + 2, width);
      unsigned queue = b, begin = 1, pack = ceil(lead, width) + b + 1;
      unsigned gbn = 2, check = kCheckLatency, llr = 2, out = 1, in = 1;
      unsigned wire = options.wires[0].delay, frame = w - 1, buffer = 2;
      unsigned unpack =
          1 + ceil(lead + 1 + std::min(n, width), width) - 1 + b - 1;
      EXPECT_EQ(pair.cycle - 1 - start, queue + begin + pack + gbn + check +
                                            llr + out + wire + in + check +
                                            frame + buffer + unpack)
          << target << ", " << n << " units";
    }
  }
}

/// LLR-01: all frames are acknowledged, and none is asked for.
TEST(Fabric, Llr01) {
  Pair<Port> pair(oneWay(1000));
  pair.run(1000000);
  EXPECT_EQ(count(pair, 0, Counter::GBN_TX_DATA), 1000u);
  EXPECT_EQ(count(pair, 1, Counter::LLR_RX_EXPECTED_SEQ_GOOD),
            count(pair, 0, Counter::LLR_TX_OK));
  EXPECT_GT(count(pair, 1, Counter::LLR_TX_ACK_CTL_OS), 0u);
  EXPECT_EQ(count(pair, 1, Counter::LLR_TX_NACK_CTL_OS), 0u);
  EXPECT_EQ(pair.ends[1].sink.taken(), 1000u);
}

/// LLR-02, LLR-04: a frame is missing without a trace. One NACK, one replay.
TEST(Fabric, Llr02) {
  PairOptions options = oneWay(1000);
  uint64_t cycle = cycleOfFrame(options, 900);
  Pair<Port> pair(options);
  pair.wires[0].lose(cycle);
  pair.run(1000000);
  EXPECT_EQ(count(pair, 1, Counter::LLR_TX_NACK_CTL_OS), 1u);
  EXPECT_EQ(count(pair, 0, Counter::LLR_RX_NACK_CTL_OS), 1u);
  EXPECT_EQ(count(pair, 0, Counter::LLR_TX_REPLAY), 1u);
  EXPECT_EQ(count(pair, 1, Counter::LLR_RX_REPLAY), 1u);
  EXPECT_GE(count(pair, 1, Counter::LLR_RX_MISSING_SEQ), 1u);
  EXPECT_EQ(count(pair, 1, Counter::LLR_RX_BAD), 0u);
  EXPECT_EQ(count(pair, 1, Counter::LLR_RX_EXPECTED_SEQ_GOOD), 1000u);
  EXPECT_GT(count(pair, 0, Counter::LLR_TX_OK), 1000u);
  EXPECT_EQ(count(pair, 0, Counter::GBN_TX_REWIND), 0u);
  EXPECT_EQ(pair.ends[0].port.llrTxState(), LlrTxState::Advance);
  EXPECT_EQ(pair.ends[1].port.llrRxState(), LlrRxState::SendAcks);
  EXPECT_TRUE(pair.done());
  EXPECT_EQ(pair.ends[1].sink.wrong(), 0u);
}

/// LLR-03: one bit of a frame is flipped, wherever it is.
TEST(Fabric, Llr03) {
  PairOptions options = oneWay(100);
  uint64_t cycle = cycleOfFrame(options, 90);
  for (unsigned word = 0; word < 19; ++word) {
    // The gap is not a part of the frame.
    for (unsigned unit = word == 0; unit < 2; ++unit) {
      Pair<Port> pair(options);
      pair.wires[0].flip(cycle + word, unit, uint64_t(1) << (word * 7 % 64));
      pair.run(1000000);
      EXPECT_EQ(count(pair, 1, Counter::LLR_RX_BAD), 1u);
      EXPECT_EQ(count(pair, 1, Counter::LLR_RX_EXPECTED_SEQ_BAD), word != 0);
      EXPECT_EQ(count(pair, 1, Counter::LLR_TX_NACK_CTL_OS), 1u);
      EXPECT_EQ(count(pair, 0, Counter::LLR_TX_REPLAY), 1u);
      EXPECT_EQ(count(pair, 1, Counter::LLR_RX_EXPECTED_SEQ_GOOD), 100u);
      EXPECT_EQ(pair.ends[1].sink.wrong(), 0u);
      EXPECT_TRUE(pair.done());
    }
  }
}

/// LLR-05, LLR-07: nothing comes back. What is outstanding is replayed
/// llr_replays times and then given up; the transport keeps it.
TEST(Fabric, Llr05) {
  PairOptions options = oneWay(1000);
  options.port.llrFrames = 16;
  uint64_t cycle = cycleOfFrame(options, 20);
  Pair<Port> pair(options);
  for (uint64_t c = cycle; c < cycle + 20000; ++c) {
    pair.wires[1].lose(c);
  }
  while (count(pair, 0, Counter::LLR_TX_FLUSH) == 0 && pair.cycle < 100000) {
    pair.clock();
  }
  EXPECT_EQ(count(pair, 0, Counter::LLR_TX_FLUSH), 1u);
  EXPECT_EQ(count(pair, 0, Counter::LLR_TX_TIMEOUT),
            options.port.llrReplays + 1);
  EXPECT_EQ(count(pair, 0, Counter::LLR_TX_REPLAY), options.port.llrReplays);
  EXPECT_EQ(pair.ends[0].port.llrTxState(), LlrTxState::Flush);
  // Every replay was seen, as duplicates: as many frames in each.
  uint64_t duplicates = count(pair, 1, Counter::LLR_RX_DUPLICATE_SEQ);
  EXPECT_GT(duplicates, 0u);
  EXPECT_EQ(duplicates % options.port.llrReplays, 0u);
  EXPECT_LE(duplicates / options.port.llrReplays, options.port.llrFrames);
}

/// LLR-09, CBFC-03: after the flush the link starts again, and the transport
/// repeats what was lost; credits are those of before.
TEST(Fabric, Llr09) {
  for (bool isReturn : {false, true}) {
    PairOptions options = oneWay(1000);
    uint64_t cycle = cycleOfFrame(options, 20);
    Pair<Port> pair(options);
    for (uint64_t c = cycle; c < cycle + 5000; ++c) {
      pair.wires[isReturn].lose(c);
    }
    pair.run(1000000);
    EXPECT_GE(count(pair, 0, Counter::LLR_TX_FLUSH), 1u);
    EXPECT_GE(count(pair, 0, Counter::LLR_TX_DISCARD), 1u);
    EXPECT_GE(count(pair, 1, Counter::LLR_RX_INIT_CTL_OS), 2u);
    EXPECT_GE(count(pair, 0, Counter::GBN_TX_REWIND), 1u);
    EXPECT_TRUE(pair.done());
    EXPECT_EQ(pair.ends[1].sink.wrong(), 0u);
    EXPECT_EQ(pair.ends[1].sink.taken(), 1000u);
  }
}

/// A link that is down for a while: shorter than pcs_timeout without, longer
/// with a flush. Nothing is lost.
TEST(Fabric, LinkDown) {
  for (uint64_t cycles : {20, 2000}) {
    PairOptions options = oneWay(200);
    options.traffic[1].transactions[1] = 200;
    uint64_t cycle = cycleOfFrame(options, 50);
    Pair<Port> pair(options);
    pair.wires[0].unlock(cycle, cycles);
    pair.wires[1].unlock(cycle, cycles);
    pair.run(1000000);
    EXPECT_EQ(count(pair, 0, Counter::LINK_DOWN), 1u);
    EXPECT_EQ(count(pair, 0, Counter::LLR_TX_FLUSH) != 0,
              cycles > options.port.pcsTimeout);
    EXPECT_TRUE(pair.done());
    for (const End<Port> &end : pair.ends) {
      EXPECT_EQ(end.sink.wrong(), 0u);
    }
  }
}

/// LLR-08, CBFC-12: 500 m, a round trip of 5 us, and memories for it: 99 % of
/// the words carry frames, and none is replayed.
TEST(Fabric, Llr08) {
  PairOptions options = plain("jx1", 0);
  options.port.llrWords = options.port.bufferWords = 16384;
  options.port.llrFrames = options.port.gbnFrames = 1024;
  options.port.gbnWords = 32768;
  options.port.gbnWindow = 512;
  options.port.llrTimeout = 20000;
  options.traffic[0].transactions[0] = 200000;
  options.traffic[0].fewestUnits = 32;
  for (WireOptions &wire : options.wires) {
    wire.delay = 3906; // 2.5 us
  }
  Pair<Port> pair(options);
  while (pair.cycle < 40000) {
    pair.clock();
  }
  uint64_t words = 0;
  for (unsigned i = 0; i < 20000; ++i) {
    words += pair.ends[0].port.link().valid;
    pair.clock();
  }
  EXPECT_GE(words, 19800u);
  EXPECT_EQ(count(pair, 0, Counter::LLR_TX_REPLAY), 0u);
  EXPECT_EQ(pair.ends[1].sink.wrong(), 0u);
}

/// CBFC-04, CBFC-08: a channel whose receiver takes nothing stops, the others
/// do not notice; when it takes again, it goes on.
TEST(Fabric, Cbfc08) {
  PairOptions options = plain("xpu-tiny-4", 300);
  Pair<Port> pair(options);
  auto step = [&](bool isStalled) {
    std::array<PortInputs, 2> in = {
        pair.ends[0].inputs(pair.wires[1], pair.cycle),
        pair.ends[1].inputs(pair.wires[0], pair.cycle)};
    in[1].rxReady[1] = !isStalled;
    for (unsigned side = 0; side < 2; ++side) {
      pair.wires[side].write(pair.cycle, pair.ends[side].port.link());
    }
    for (unsigned side = 0; side < 2; ++side) {
      pair.ends[side].clock(in[side]);
    }
    ++pair.cycle;
  };
  while (pair.cycle < 100000) {
    step(true);
  }
  EXPECT_EQ(pair.ends[0].sink.taken(), 4 * 300u);
  EXPECT_EQ(pair.ends[1].sink.taken(), 3 * 300u);
  EXPECT_GT(count(pair, 0, Counter::CBFC_TX_STALL), 0u);
  EXPECT_EQ(count(pair, 0, Counter::LLR_TX_REPLAY), 0u);
  while (!pair.done() && pair.cycle < 200000) {
    step(false);
  }
  EXPECT_TRUE(pair.done());
  EXPECT_EQ(pair.ends[1].sink.wrong(), 0u);
}

} // namespace
