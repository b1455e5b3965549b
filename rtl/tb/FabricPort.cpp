//===- FabricPort.cpp - The RTL of a fabric port, as its model ------------===//

#include "rtl/tb/FabricPort.h"

#include "Vxpu_fab_port.h"
#include "verilated.h"

#include "llvm/Support/MathExtras.h"

using namespace acc;
using namespace acc::fabric;

namespace {
/// Reads the members of a packed structure, the lowest first.
class Reader {
public:
  explicit Reader(const WData *words, unsigned at) : words(words), at(at) {}
  uint64_t take(unsigned width) {
    uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i, ++at) {
      value |= uint64_t(words[at / 32] >> at % 32 & 1) << i;
    }
    return value;
  }
  uint64_t unit() {
    if (at % 32 != 0) {
      return take(64);
    }
    uint64_t value = words[at / 32] | uint64_t(words[at / 32 + 1]) << 32;
    at += 64;
    return value;
  }

private:
  const WData *words;
  unsigned at;
};

class Writer {
public:
  explicit Writer(WData *words, unsigned at) : words(words), at(at) {}
  void put(uint64_t value, unsigned width) {
    for (unsigned i = 0; i < width; ++i, ++at) {
      words[at / 32] = (words[at / 32] & ~(1u << at % 32)) |
                       uint32_t(value >> i & 1) << at % 32;
    }
  }
  void unit(uint64_t value) {
    if (at % 32 != 0) {
      put(value, 64);
      return;
    }
    words[at / 32] = uint32_t(value);
    words[at / 32 + 1] = uint32_t(value >> 32);
    at += 64;
  }

private:
  WData *words;
  unsigned at;
};
} // namespace

static constexpr unsigned kChipBits = 10;
static unsigned beatBits(unsigned units) {
  return 64 * units + 64 + kChipBits + 2;
}

RtlPort::RtlPort(const PortConfig &config)
    : config(config), top(new Vxpu_fab_port) {
  top->framing_i = unsigned(config.framing);
  top->own_i = config.own;
  top->rst_ni = 0;
  for (unsigned cycle = 0; cycle < 2; ++cycle) {
    top->clk_i = 0;
    top->eval();
    top->clk_i = 1;
    top->eval();
  }
  top->rst_ni = 1;
  top->clk_i = 0;
  top->eval();
}

RtlPort::~RtlPort() = default;

bool RtlPort::txReady(unsigned channel) const {
  return top->tx_ready_o >> channel & 1;
}
bool RtlPort::rxValid(unsigned channel) const {
  return top->rx_valid_o >> channel & 1;
}
LinkState RtlPort::linkState() const { return LinkState(top->link_state_o); }
LlrTxState RtlPort::llrTxState() const {
  return LlrTxState(top->llr_tx_state_o);
}
LlrRxState RtlPort::llrRxState() const {
  return LlrRxState(top->llr_rx_state_o);
}

uint64_t RtlPort::counter(FabricCounter counter) const {
  return Reader(top->counters_o.data(), 64 * unsigned(counter)).unit();
}

Beat RtlPort::rxBeat(unsigned channel) const {
  unsigned width = config.wordUnits();
  Reader reader(top->rx_beat_o.data(), channel * beatBits(width));
  Beat beat;
  for (unsigned u = 0; u < width; ++u) {
    beat.data[u] = reader.unit();
  }
  beat.header = reader.unit();
  beat.chip = reader.take(kChipBits);
  beat.last = reader.take(1);
  beat.first = reader.take(1);
  return beat;
}

LinkWord RtlPort::link() const {
  unsigned width = config.wordUnits();
  Reader reader(top->link_o.data(), 0);
  LinkWord word;
  for (unsigned u = 0; u < width; ++u) {
    word.frame.data[u] = reader.unit();
  }
  word.frame.count = reader.take(llvm::Log2_32_Ceil(width + 1));
  word.frame.bad = reader.take(1);
  word.frame.eop = reader.take(1);
  word.frame.sop = reader.take(1);
  word.error = reader.take(1);
  word.os = reader.take(1);
  word.valid = reader.take(1);
  return word;
}

void RtlPort::clock(const PortInputs &in) {
  unsigned width = config.wordUnits();
  top->tx_valid_i = top->rx_ready_i = 0;
  for (unsigned v = 0; v < kChannels; ++v) {
    top->tx_valid_i |= in.txValid[v] << v;
    top->rx_ready_i |= in.rxReady[v] << v;
    Writer writer(top->tx_beat_i.data(), v * beatBits(width));
    const Beat &beat = in.txBeat[v];
    for (unsigned u = 0; u < width; ++u) {
      writer.unit(beat.data[u]);
    }
    writer.unit(beat.header);
    writer.put(beat.chip, kChipBits);
    writer.put(beat.last, 1);
    writer.put(beat.first, 1);
  }
  Writer writer(top->link_i.data(), 0);
  for (unsigned u = 0; u < width; ++u) {
    writer.unit(in.link.frame.data[u]);
  }
  writer.put(in.link.frame.count, llvm::Log2_32_Ceil(width + 1));
  writer.put(in.link.frame.bad, 1);
  writer.put(in.link.frame.eop, 1);
  writer.put(in.link.frame.sop, 1);
  writer.put(in.link.error, 1);
  writer.put(in.link.os, 1);
  writer.put(in.link.valid, 1);
  top->lock_i = in.locked ? (1u << config.port.lanes) - 1 : 0;
  top->clk_i = 1;
  top->eval();
  top->clk_i = 0;
  top->eval();
}
