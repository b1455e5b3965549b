//===- Types.cpp - Headers and small checks of the fabric -----------------===//

#include "systemc-models/Fabric/Types.h"

using namespace acc;
using namespace acc::fabric;

/// 0x0A in the first byte, the chip in the last two, the higher one first.
static uint64_t macAddress(uint32_t chip) {
  return 0x0A | uint64_t(chip >> 8 & 3) << 32 | uint64_t(chip & 0xff) << 40;
}

std::array<uint64_t, kMostLead> fabric::leadOf(const PortConfig &config,
                                               uint32_t chip, unsigned channel,
                                               FrameOp op, uint16_t psn,
                                               uint16_t apsn) {
  std::array<uint64_t, kMostLead> lead{};
  uint64_t *header = lead.data() + kLead;
  switch (config.framing) {
  case Framing::Sue: {
    HeaderSue h;
    h.kind = 0x0A;
    h.destination = chip;
    h.source = config.own;
    h.traffic = channel;
    h.etherType = kFabricEtherType;
    h.encode(header);
    break;
  }
  case Framing::SueLong: {
    HeaderSueLong h;
    h.kind = 0x0E;
    h.destination = chip;
    h.source = config.own;
    h.traffic = channel;
    h.hops = 3;
    h.entropy = psn;
    h.etherType = kFabricEtherType;
    h.encode(header);
    break;
  }
  case Framing::Esun: {
    HeaderEsun h;
    h.destination = macAddress(chip);
    h.source = macAddress(config.own);
    h.etherType = kFabricEtherType;
    h.traffic = channel;
    h.flow = psn;
    h.hops = 3;
    h.encode(header);
    break;
  }
  case Framing::Ethernet: {
    HeaderEthernet h;
    h.destination = macAddress(chip);
    h.source = macAddress(config.own);
    h.etherType = kFabricEtherType;
    h.encode(header);
    break;
  }
  }
  Rh rh;
  rh.op = op;
  rh.xpu = config.own;
  rh.npsn = psn;
  rh.channel = channel;
  rh.apsn = apsn;
  rh.encode(lead.data() + config.rhUnit());
  return lead;
}

uint32_t fabric::destinationOf(Framing framing, uint64_t unit) {
  if (framing == Framing::Sue || framing == Framing::SueLong) {
    return extractField(&unit, 8, 10);
  }
  return extractField(&unit, 32, 2) << 8 | extractField(&unit, 40, 8);
}

uint64_t fabric::guarded(uint64_t unit) {
  static const std::array<uint8_t, 256> table = [] {
    std::array<uint8_t, 256> t{};
    for (unsigned i = 0; i < 256; ++i) {
      unsigned state = i;
      for (unsigned b = 0; b < 8; ++b) {
        state = state & 1 ? state >> 1 ^ kGuardPolynomial : state >> 1;
      }
      t[i] = state;
    }
    return t;
  }();
  uint8_t state = 0xff;
  for (unsigned i = 0; i < 7; ++i) {
    state = table[state ^ (unit >> 8 * i & 0xff)];
  }
  insertField(&unit, 56, 8, uint8_t(~state));
  return unit;
}
