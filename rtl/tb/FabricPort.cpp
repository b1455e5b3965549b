//===- FabricPort.cpp - The RTL of a fabric port, as its model ------------===//

#include "rtl/tb/FabricPort.h"
#include "rtl/tb/LinkWords.h"

#include "Vxpu_fab_port.h"
#include "verilated.h"

using namespace acc;
using namespace acc::fabric;

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
  return BitReader(top->counters_o.data(), 64 * unsigned(counter)).unit();
}

Beat RtlPort::rxBeat(unsigned channel) const {
  unsigned width = config.wordUnits();
  BitReader reader(top->rx_beat_o.data(), channel * beatBits(width));
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
  return readLink(top->link_o.data(), config.wordUnits());
}

void RtlPort::clock(const PortInputs &in) {
  unsigned width = config.wordUnits();
  top->tx_valid_i = top->rx_ready_i = 0;
  for (unsigned v = 0; v < kChannels; ++v) {
    top->tx_valid_i |= in.txValid[v] << v;
    top->rx_ready_i |= in.rxReady[v] << v;
    BitWriter writer(top->tx_beat_i.data(), v * beatBits(width));
    const Beat &beat = in.txBeat[v];
    for (unsigned u = 0; u < width; ++u) {
      writer.unit(beat.data[u]);
    }
    writer.unit(beat.header);
    writer.put(beat.chip, kChipBits);
    writer.put(beat.last, 1);
    writer.put(beat.first, 1);
  }
  writeLink(top->link_i.data(), width, in.link);
  top->lock_i = in.locked ? (1u << config.port.lanes) - 1 : 0;
  top->clk_i = 1;
  top->eval();
  top->clk_i = 0;
  top->eval();
}
