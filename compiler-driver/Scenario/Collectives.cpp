//===- Collectives.cpp - Time of collectives
//--------------------------------===//

#include "compiler-driver/Scenario/Collectives.h"

#include "compiler-driver/Scenario/Exchange.h"

#include <algorithm>
#include <cmath>

using namespace acc;
using namespace acc::scenario;
using huggingface::Collective;
using systems::Bytes;
using systems::BytesPerSecond;
using systems::Seconds;

namespace {
struct Link {
  Seconds latency;
  BytesPerSecond bandwidth;
};
} // namespace

/// Between the chips of a group of this size.
static Link linkOf(const Machine &machine, int64_t ways) {
  const Chip::Fabric &fabric = machine.chip->fabric;
  double latency = 2 * fabric.coreSeconds + fabric.phySeconds;
  double bandwidth = fabric.localPorts * fabric.localBytesPerSecond;
  if (!machine.rack) {
    return {Seconds(latency), BytesPerSecond(bandwidth)};
  }
  const Rack::Switches &switches = machine.rack->switches;
  latency += fabric.phySeconds + switches.seconds +
             2 * switches.cableMetres * switches.cableSecondsPerMetre;
  if (machine.pod && ways > machine.rack->chips()) {
    const Pod::Rails &rails = machine.pod->rails;
    latency += switches.seconds + fabric.phySeconds + 2 * rails.opticsSeconds +
               rails.fibreMetres * rails.fibreSecondsPerMetre;
    bandwidth = fabric.globalPorts * fabric.globalBytesPerSecond;
  }
  return {Seconds(latency), BytesPerSecond(bandwidth)};
}

Seconds scenario::timeToSend(Bytes bytes, int64_t chips,
                             const Machine &machine) {
  Link link = linkOf(machine, chips);
  return link.latency + bytes / link.bandwidth;
}

static CollectiveCost costOfSlices(const Collective &c, double bytes,
                                   const Machine &machine) {
  const Chip &chip = *machine.chip;
  double slices = chip.slices();
  double cycles = 0;
  if (c.kind == Collective::Kind::AllGather) {
    // Everybody's part passes everybody.
    bytes *= double(c.ways);
  }
  if (c.kind != Collective::Kind::AllToAll) {
    double stages = c.scope == Collective::Scope::Chip ? 2 : 1;
    cycles = chip.net.setup + std::ceil(bytes / chip.net.bytesPerCycle) +
             stages * chip.net.stageLatency + chip.net.tail;
  } else {
    double hops = chip.grid.rows + chip.grid.columns - 2;
    double width = chip.noc.bytesPerCycle;
    // Half of the slices send half of their bytes across the middle, which as
    // many links cross as the grid has rows or columns.
    double across = slices * bytes / 4 /
                    (std::min(chip.grid.rows, chip.grid.columns) * width);
    cycles = std::max(bytes / width, across) + hops * chip.noc.hopLatency;
  }
  return {Seconds(cycles / machine.slice.clockHz), Bytes(bytes * slices),
          Bytes()};
}

CollectiveCost scenario::closedFormOf(const Collective &c,
                                      const Machine &machine) {
  double bytes = c.elements * (c.isSum32 ? 4 : 2);
  if (c.scope != Collective::Scope::TensorGroup &&
      c.scope != Collective::Scope::ExpertGroup) {
    return costOfSlices(c, bytes, machine);
  }
  Link link = linkOf(machine, c.ways);
  double others = double(c.ways) - 1;
  double part = others / double(c.ways);
  Bytes all(bytes);
  if (c.kind == Collective::Kind::AllGather) {
    return {link.latency + others * all / link.bandwidth, Bytes(),
            others * all};
  }
  if (c.kind == Collective::Kind::AllToAll) {
    return {2 * link.latency + part * all / link.bandwidth, Bytes(),
            part * all};
  }
  Seconds direct = link.latency + others * all / link.bandwidth;
  Seconds scattered = 2 * (link.latency + part * all / link.bandwidth);
  return direct < scattered
             ? CollectiveCost{direct, Bytes(), others * all}
             : CollectiveCost{scattered, Bytes(), 2 * part * all};
}

CollectiveCost scenario::costOf(const Collective &c, const Machine &machine) {
  if (std::optional<Exchange> exchange = simulateExchange(c, machine)) {
    return {exchange->time, Bytes(), exchange->sent};
  }
  return closedFormOf(c, machine);
}
