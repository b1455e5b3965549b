//===- Topology.cpp - Trays, racks and pods as networks -------------------===//

#include "systemc-models/Fabric/Topology.h"

#include "dialects/Target/FabricClock.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace llvm;
using namespace acc;
using namespace acc::fabric;

namespace {

/// Between a switch and a unit in it.
constexpr Cycle kUnitWire = 1;

/// Lanes of a global port: what its bandwidth is in those of the local ones.
unsigned globalLanes(const Machine &machine) {
  const Chip::Fabric &fabric = machine.chip->fabric;
  double lane = fabric.localBytesPerSecond / fabric.port.lanes;
  return unsigned(std::lround(fabric.globalBytesPerSecond / lane));
}

PortConfig configOf(const Machine &machine, Framing framing, bool isFar) {
  PortConfig config{machine.chip->fabric.port, framing, 0};
  if (isFar) {
    config.port.lanes = globalLanes(machine);
  }
  return config;
}

Error fail(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

} // namespace

Delays fabric::delaysOf(const Machine &machine) {
  const Chip::Fabric &fabric = machine.chip->fabric;
  Delays delays;
  delays.cycleSeconds = portCycleSeconds(fabric);
  auto cycles = [&](double seconds) {
    return Cycle(std::llround(seconds / delays.cycleSeconds));
  };
  delays.core = portCoreCycles(fabric);
  if (machine.rack) {
    const Rack::Switches &switches = machine.rack->switches;
    delays.throughSwitch = cycles(switches.seconds);
    delays.toUnit = cycles(switches.reduction.seconds);
    delays.copper = std::max<Cycle>(
        1, cycles(fabric.phySeconds +
                  switches.cableMetres * switches.cableSecondsPerMetre));
  }
  if (machine.pod) {
    const Pod::Rails &rails = machine.pod->rails;
    delays.fibre = std::max<Cycle>(
        1, cycles(fabric.phySeconds + 2 * rails.opticsSeconds +
                  rails.fibreMetres * rails.fibreSecondsPerMetre));
  }
  return delays;
}

std::vector<LatencyPart> fabric::partsOf(const Machine &machine,
                                         Framing framing, unsigned units,
                                         bool isFar) {
  PortConfig config = configOf(machine, framing, isFar);
  Delays delays = delaysOf(machine);
  unsigned width = config.wordUnits(), lead = config.leadUnits();
  Cycle beats = std::max<Cycle>(1, divideCeil(units, width));
  Cycle words = divideCeil(lead + units + 2, width);
  Cycle first = divideCeil(lead + 1 + std::min(units, width), width);
  std::vector<LatencyPart> parts = {
      {"memory to port", delays.core},
      {"queue", beats},
      {"packing", 1 + divideCeil(lead, width) + beats + 1},
      {"retry and checks, sending", 2 + kGrantToLink},
      {"registers of links", isFar ? 3u : 2u},
      {"copper and its coding", 2 * delays.copper},
      {"switches", (isFar ? 2 : 1) * delays.throughSwitch},
  };
  if (isFar) {
    parts.push_back({"fibre and its coding", delays.fibre});
  }
  parts.push_back({"checks, receiving", 1 + kCheckLatency});
  parts.push_back({"the frame's other words", words - 1});
  parts.push_back({"buffer", 2});
  parts.push_back({"unpacking", first + beats - 1});
  parts.push_back({"port to memory", delays.core});
  return parts;
}

std::vector<LatencyPart> fabric::partsOfReduction(const Machine &machine,
                                                  Framing framing,
                                                  unsigned units,
                                                  uint32_t members) {
  PortConfig config = configOf(machine, framing, /*isFar=*/false);
  Delays delays = delaysOf(machine);
  unsigned width = config.wordUnits(), lead = config.leadUnits();
  Cycle beats = std::max<Cycle>(1, divideCeil(units, width));
  Cycle words = divideCeil(lead + units + 2, width);
  Cycle first = divideCeil(lead + 1 + std::min(units, width), width);
  // Each of both ways ends at a port: what it does is done twice.
  Cycle port = beats + (1 + divideCeil(lead, width) + beats + 1) +
               (2 + kGrantToLink) + (1 + kCheckLatency) + (words - 1) + 2 +
               (first + beats - 1);
  Cycle add = machine.rack->switches.reduction.addCycles;
  return {
      {"memory to port", delays.core},
      {"ports of chip and unit, to the unit", port},
      {"registers of links", 4},
      {"copper and its coding", 2 * delays.copper},
      {"wires inside the switch", 2 * kUnitWire},
      {"switch, to the unit and back", 2 * delays.toUnit},
      {"handing over", 1},
      {"adding", add * (members - 1)},
      {"ports of unit and chip, to the chip", port},
      {"port to memory", delays.core},
  };
}

bool fabric::hasReduction(const Machine &machine) {
  return machine.rack && machine.rack->switches.reduction.window != 0;
}

Cycle fabric::sumOf(ArrayRef<LatencyPart> parts) {
  Cycle sum = 0;
  for (const LatencyPart &part : parts) {
    sum += part.cycles;
  }
  return sum;
}

double fabric::layoutBandwidth(const Machine &machine, Framing framing,
                               bool isFar, uint32_t portsOff) {
  const Chip::Fabric &fabric = machine.chip->fabric;
  PortConfig config = configOf(machine, framing, isFar);
  unsigned each = kTransactionUnits + 1;
  unsigned packed = config.pduUnits() / each;
  double words = double(
      divideCeil(config.leadUnits() + packed * each + 1, config.wordUnits()));
  double share =
      packed * kTransactionUnits / (words * double(config.wordUnits()));
  return share *
         (isFar ? (fabric.globalPorts - portsOff) * fabric.globalBytesPerSecond
                : (fabric.localPorts - portsOff) * fabric.localBytesPerSecond);
}

Error fabric::checkFabric(const Machine &machine) {
  if (!machine.rack) {
    return fail("'" + machine.name() +
                "' has no switches; expects a rack or a pod");
  }
  const Chip::Fabric &fabric = machine.chip->fabric;
  if (fabric.port.lanes == 0) {
    return fail("the chip of '" + machine.name() +
                "' has no fabric.port; expects one");
  }
  if (fabric.localPorts != machine.rack->switches.planes) {
    return fail("fabric.local_ports is " + Twine(fabric.localPorts) +
                "; expects a port for each of the " +
                Twine(machine.rack->switches.planes) + " planes");
  }
  if (machine.rack->chips() > fabric.port.peers) {
    return fail("fabric.port.peers is " + Twine(fabric.port.peers) +
                "; expects at least the " + Twine(machine.rack->chips()) +
                " chips of the rack");
  }
  Cycle through = delaysOf(machine).throughSwitch;
  Cycle least =
      configOf(machine, Framing::Esun, machine.pod.has_value()).frameWords() +
      kCheckLatency + 1;
  if (through < least) {
    return fail("switches.latency_s is " + Twine(through) +
                " cycles of the ports; expects at least " + Twine(least) +
                ", in which a whole frame comes and is checked");
  }
  if (hasReduction(machine) && delaysOf(machine).toUnit < least) {
    return fail("switches.reduction.latency_s is " +
                Twine(delaysOf(machine).toUnit) +
                " cycles of the ports; expects at least " + Twine(least) +
                ", in which a whole frame comes and is checked");
  }
  if (machine.rack->switches.bufferWords < 2 * least) {
    return fail("switches.buffer_words is " +
                Twine(machine.rack->switches.bufferWords) +
                "; expects at least " + Twine(2 * least) +
                ", two of the largest frames");
  }
  if (!machine.pod) {
    return Error::success();
  }
  if (fabric.globalPorts != machine.pod->rails.count) {
    return fail("fabric.global_ports is " + Twine(fabric.globalPorts) +
                "; expects a port for each of the " +
                Twine(machine.pod->rails.count) + " rails");
  }
  if (machine.pod->racks.count > fabric.port.peers) {
    return fail("fabric.port.peers is " + Twine(fabric.port.peers) +
                "; expects at least the " + Twine(machine.pod->racks.count) +
                " racks of the pod");
  }
  unsigned lanes = globalLanes(machine);
  if (lanes < 1 || lanes > kMostLanes || !isPowerOf2_32(lanes)) {
    return fail("fabric.global_bytes_per_s is " + Twine(lanes) +
                " lanes of the local ports; expects 1, 2 or 4");
  }
  return Error::success();
}

Expected<std::unique_ptr<Network>>
fabric::makeNetwork(const Machine &machine, const TopologyOptions &t) {
  if (Error error = checkFabric(machine)) {
    return std::move(error);
  }
  const Rack &rack = *machine.rack;
  uint32_t racks = machine.pod ? machine.pod->racks.count : 1;
  if (t.chips < 1 || t.chips > rack.chips() || t.racks < 1 || t.racks > racks) {
    return fail("'" + machine.name() + "' has " + Twine(racks) + " x " +
                Twine(rack.chips()) + " chips; expects 1 to as many, not " +
                Twine(t.racks) + " x " + Twine(t.chips));
  }
  uint32_t planes = rack.switches.planes;
  uint32_t rails = machine.pod && t.racks > 1 ? machine.pod->rails.count : 0;
  auto live = [](uint32_t count, ArrayRef<uint32_t> off) {
    std::vector<uint32_t> result;
    for (uint32_t i = 0; i < count; ++i) {
      if (!is_contained(off, i)) {
        result.push_back(i);
      }
    }
    return result;
  };
  for (uint32_t plane : t.planesOff) {
    if (plane >= planes) {
      return fail("plane " + Twine(plane) + " is not there; expects 0 to " +
                  Twine(planes - 1));
    }
  }
  std::vector<uint32_t> livePlanes = live(planes, t.planesOff);
  std::vector<uint32_t> liveRails = live(rails, t.railsOff);
  if (livePlanes.empty() || (rails != 0 && liveRails.empty())) {
    return fail("all planes or all rails are off; expects one that is on");
  }
  Delays delays = delaysOf(machine);
  Network::Options options;
  options.port = machine.chip->fabric.port;
  options.framing = t.framing;
  options.switchCycles = delays.throughSwitch;
  options.switchWords = rack.switches.bufferWords;
  options.chipsPerRack = t.chips;
  options.bitErrors = t.bitErrors;
  options.seed = t.seed;
  if (hasReduction(machine) && t.racks == 1) {
    options.units = t.chips;
    options.unitCycles = delays.toUnit;
    options.unitWindow = rack.switches.reduction.window;
    options.addCycles = rack.switches.reduction.addCycles;
  }
  auto network = std::make_unique<Network>(options);
  for (uint32_t c = 0; c < t.chips * t.racks + options.units; ++c) {
    network->addChip();
  }
  for (uint32_t r = 0; r < t.racks; ++r) {
    for (size_t p = 0; p < livePlanes.size(); ++p) {
      uint32_t plane = network->addSwitch();
      for (uint32_t c = r * t.chips; c < (r + 1) * t.chips; ++c) {
        uint32_t port = network->link({true, c}, {false, plane}, delays.copper,
                                      options.port.lanes, Network::Reach::Near);
        network->route(plane, c, port + 1);
      }
      for (uint32_t unit = t.chips; unit < t.chips + options.units; ++unit) {
        uint32_t port = network->link({true, unit}, {false, plane}, kUnitWire,
                                      options.port.lanes, Network::Reach::Near);
        network->route(plane, unit, port + 1);
      }
    }
  }
  for (size_t l = 0; l < liveRails.size(); ++l) {
    unsigned lanes = globalLanes(machine);
    std::vector<uint32_t> leaves;
    for (uint32_t r = 0; r < t.racks; ++r) {
      uint32_t leaf = network->addSwitch();
      leaves.push_back(leaf);
      for (uint32_t c = r * t.chips; c < (r + 1) * t.chips; ++c) {
        uint32_t port = network->link({true, c}, {false, leaf}, delays.copper,
                                      lanes, Network::Reach::Far);
        network->route(leaf, c, port + 1);
      }
    }
    // What goes to a rack is divided over its links by the chip it is for.
    for (uint32_t a = 0; a < t.racks; ++a) {
      for (uint32_t b = a + 1; b < t.racks; ++b) {
        for (uint32_t i = 0; i < machine.pod->rails.links; ++i) {
          uint32_t port =
              network->link({false, leaves[a]}, {false, leaves[b]},
                            delays.fibre, lanes, Network::Reach::Far);
          for (uint32_t c = i; c < t.chips; c += machine.pod->rails.links) {
            network->route(leaves[a], b * t.chips + c, port);
            network->route(leaves[b], a * t.chips + c, port + 1);
          }
        }
      }
    }
  }
  return std::move(network);
}
