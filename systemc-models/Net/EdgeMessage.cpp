//===- EdgeMessage.cpp - What the edges of chips tell each other ----------===//

#include "systemc-models/Net/EdgeMessage.h"

#include <cstring>

using namespace acc;
using namespace acc::fabric;

Beat EdgeMessage::beat(uint64_t unit, unsigned width, uint32_t toChip) const {
  uint64_t index = unit / kTransactionUnits, first = index * kTransactionUnits;
  uint64_t end = std::min(units(), first + kTransactionUnits);
  EdgeTransaction t;
  t.units = end - first;
  t.place = place;
  t.index = index;
  t.last = end == units();
  t.kind = unsigned(collective.kind);
  t.op = unsigned(collective.op);
  t.fmt = unsigned(collective.fmt);
  t.group = unsigned(collective.group);
  t.chips = unsigned(collective.chips);
  Beat beat;
  beat.first = unit == first;
  beat.last = unit + width >= end;
  beat.chip = toChip;
  t.encode(&beat.header);
  for (uint64_t u = unit; u < std::min(end, unit + width); ++u) {
    uint64_t &to = beat.data[u - unit];
    if (u == 0) {
      EdgeHeader header;
      header.root = collective.root;
      header.rows = collective.rows;
      header.columns = collective.columns;
      header.encode(&to);
      continue;
    }
    size_t at = 8 * (u - 1);
    std::memcpy(&to, &data[at], std::min<size_t>(8, data.size() - at));
  }
  return beat;
}

bool EdgeReceiver::take(const Beat &beat, unsigned width) {
  EdgeTransaction t = EdgeTransaction::decode(&beat.header);
  if (beat.first) {
    unit = t.index * kTransactionUnits;
  }
  uint64_t end = t.index * kTransactionUnits + t.units;
  for (uint64_t u = unit; u < std::min(end, unit + width); ++u) {
    uint64_t from = beat.data[u - unit];
    if (u != 0) {
      size_t at = 8 * (u - 1);
      message.data.resize(std::max(message.data.size(), at + 8));
      std::memcpy(&message.data[at], &from, 8);
      continue;
    }
    EdgeHeader header = EdgeHeader::decode(&from);
    message = EdgeMessage();
    message.place = uint32_t(t.place);
    Collective &c = message.collective;
    c.kind = isa::CollectiveKind(t.kind);
    c.op = isa::ReduceOp(t.op);
    c.fmt = isa::Format(t.fmt);
    c.group = isa::Group(t.group);
    c.chips = isa::Chips(t.chips);
    c.root = uint32_t(header.root);
    c.rows = uint16_t(header.rows);
    c.columns = uint16_t(header.columns);
  }
  unit += width;
  return beat.last && t.last;
}
