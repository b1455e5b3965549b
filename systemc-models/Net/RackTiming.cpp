//===- RackTiming.cpp - Times of a collective over chips ------------------===//

#include "systemc-models/Net/RackTiming.h"
#include "dialects/Target/FabricClock.h"
#include "systemc-models/Fabric/CollectiveCost.h"
#include "systemc-models/Timing/Timing.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <numeric>

using namespace acc;
using isa::CollectiveKind;

RackClock::RackClock(const Machine &machine) {
  auto coreHertz = uint64_t(std::llround(machine.slice.clockHz));
  auto portHertz =
      uint64_t(std::llround(1 / portCycleSeconds(machine.chip->fabric)));
  uint64_t common = std::gcd(coreHertz, portHertz);
  core = portHertz / common;
  port = coreHertz / common;
}

/// A product of cycles and a period, which may have more than 64 bits.
static uint64_t firstLater(uint64_t cycle, uint64_t from, uint64_t to) {
  return uint64_t(static_cast<unsigned __int128>(cycle) * from / to) + 1;
}

uint64_t RackClock::toPort(uint64_t cycle) const {
  return firstLater(cycle, core, port);
}

uint64_t RackClock::toCore(uint64_t cycle) const {
  return firstLater(cycle, port, core);
}

bool acc::reducesByParts(const Machine &machine, uint32_t chips,
                         uint64_t elements, unsigned bytes) {
  if (chips < 3) {
    return false; // As much to send, and one more round.
  }
  fabric::CollectiveShape shape;
  shape.kind = fabric::CollectiveKind::AllReduce;
  shape.ranks = chips;
  shape.elements = elements;
  auto cycles = [&](fabric::Algorithm algorithm) {
    return fabric::estimateCycles(machine, shape, algorithm, bytes);
  };
  return cycles(fabric::Algorithm::Direct) < cycles(fabric::Algorithm::OneShot);
}

RackTiming::RackTiming(const Machine &machine, const Collective &collective)
    : c(collective), net(machine.net()) {
  byParts = c.kind == CollectiveKind::AllReduce &&
            reducesByParts(machine, c.chipsOfGroup, elements(), wordBytes());
}

unsigned RackTiming::wordBytes() const {
  unsigned bytes = formatBytes(c.fmt);
  return c.reduces() && bytes == 2 ? 4 : bytes;
}

uint64_t RackTiming::partElements(uint32_t chip) const {
  return fabric::partFirst(elements(), c.chipsOfGroup, chip + 1) -
         fabric::partFirst(elements(), c.chipsOfGroup, chip);
}

uint64_t RackTiming::beatsOfPart() const {
  uint64_t rowBytes = uint64_t(c.columns) * formatBytes(c.fmt);
  return c.rows * llvm::divideCeil(rowBytes, uint64_t(net.bytesPerCycle));
}

uint64_t RackTiming::latency() const {
  return (c.group == isa::Group::Chip ? 2 : 1) * uint64_t(net.stageLatency);
}

uint64_t RackTiming::atEdge(uint32_t chip, uint64_t lastStart) const {
  uint64_t parts = 0;
  switch (c.kind) {
  case CollectiveKind::AllReduce:
    parts = 1;
    break;
  case CollectiveKind::AllGather:
    parts = membersOfChip();
    break;
  case CollectiveKind::ReduceScatter:
    parts = c.members;
    break;
  case CollectiveKind::Broadcast:
    parts = c.root / membersOfChip() == chip ? 1 : 0;
    break;
  case CollectiveKind::Barrier:
    break;
  }
  return lastStart + net.setup + (parts == 0 ? 0 : parts * beatsOfPart()) +
         latency();
}

uint64_t RackTiming::messageBytes(uint32_t from, uint32_t to,
                                  unsigned round) const {
  uint64_t count = 0;
  switch (c.kind) {
  case CollectiveKind::AllReduce:
    count = byParts ? partElements(round == 0 ? to : from) : elements();
    break;
  case CollectiveKind::AllGather:
  case CollectiveKind::ReduceScatter:
    count = membersOfChip() * elements();
    break;
  case CollectiveKind::Broadcast:
    count = c.root / membersOfChip() == from ? elements() : 0;
    break;
  case CollectiveKind::Barrier:
    break;
  }
  return kMessageHeaderBytes + count * wordBytes();
}

uint64_t RackTiming::combined(uint32_t chip, unsigned round,
                              llvm::ArrayRef<uint64_t> there) const {
  uint64_t beats = 0;
  if (c.kind == CollectiveKind::AllReduce && round == 0) {
    beats = byParts ? llvm::divideCeil(partElements(chip) * formatBytes(c.fmt),
                                       uint64_t(net.bytesPerCycle))
                    : beatsOfPart();
  } else if (c.kind == CollectiveKind::ReduceScatter) {
    beats = membersOfChip() * beatsOfPart();
  }
  uint64_t cycle = there[0];
  for (uint64_t next : there.drop_front()) {
    cycle = std::max(cycle, next) + beats;
  }
  return cycle;
}

uint64_t RackTiming::end(uint64_t complete) const {
  uint64_t parts = 1;
  switch (c.kind) {
  case CollectiveKind::AllReduce:
  case CollectiveKind::Broadcast:
    break;
  case CollectiveKind::AllGather:
    parts = c.members;
    break;
  case CollectiveKind::ReduceScatter:
    parts = membersOfChip();
    break;
  case CollectiveKind::Barrier:
    parts = 0;
    break;
  }
  return complete + net.setup + (parts == 0 ? 0 : parts * beatsOfPart()) +
         latency() + net.tail - 1;
}
