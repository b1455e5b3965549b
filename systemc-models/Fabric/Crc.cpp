//===- Crc.cpp - Checks of frames -----------------------------------------===//

#include "systemc-models/Fabric/Crc.h"

using namespace acc::fabric;

CrcTable::CrcTable(uint32_t polynomial) {
  for (unsigned i = 0; i < 256; ++i) {
    uint32_t state = i;
    for (unsigned distance = 0; distance < 8; ++distance) {
      for (unsigned b = 0; b < 8; ++b) {
        state = state & 1 ? state >> 1 ^ polynomial : state >> 1;
      }
      tables[distance][i] = state;
    }
  }
}

void Crc::clock() {
  static const CrcTable fcsTable(kFcsPolynomial), rcrcTable(kRcrcPolynomial);
  // The output's place takes the word that came in.
  inside -= stages[at].valid;
  Stage &stage = stages[at];
  stage = input();
  at = (at + 1) % kCheckLatency;
  if (!stage.valid) {
    return;
  }
  ++inside;
  const FrameWord &frame = stage.frame;
  if (frame.sop) {
    unit = 0;
  }
  unsigned covered = frame.eop ? frame.count - 1 : config.wordUnits();
  for (unsigned u = 0; u < covered; ++u, ++unit) {
    if (unit == kLead) {
      fcs = ~0u;
    }
    if (unit == config.rhUnit()) {
      rcrc = ~0u;
    }
    if (unit >= kLead) {
      fcs = fcsTable.add(fcs, frame.data[u]);
    }
    if (unit >= config.rhUnit()) {
      rcrc = rcrcTable.add(rcrc, frame.data[u]);
    }
  }
  if (frame.eop) {
    Trailer trailer;
    trailer.rcrc = uint32_t(~rcrc);
    trailer.fcs = uint32_t(~fcsTable.addHalf(fcs, uint32_t(trailer.rcrc)));
    trailer.encode(&stage.check);
  }
}
