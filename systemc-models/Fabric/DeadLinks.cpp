//===- DeadLinks.cpp - Links of a rack that die ---------------------------===//

#include "systemc-models/Fabric/DeadLinks.h"

#include "llvm/ADT/SmallVector.h"

using namespace acc;
using namespace acc::fabric;

bool fabric::namesDeadLinks(llvm::StringRef text) {
  return text.starts_with("link:") || text.starts_with("switch:") ||
         text.starts_with("chip:");
}

llvm::Expected<DeadLinks> fabric::parseDeadLinks(llvm::StringRef text,
                                                 const Machine &machine) {
  auto fail = [&](const llvm::Twine &message) {
    return llvm::createStringError(text + ": " + message);
  };
  if (!machine.rack || machine.pod) {
    return fail("'" + machine.name() + "' has no links; expects a rack");
  }
  auto [what, cycle] = text.split('@');
  llvm::SmallVector<llvm::StringRef, 3> fields;
  what.split(fields, ':');
  bool hasChip = fields[0] != "switch", hasPlane = fields[0] != "chip";
  DeadLinks dead;
  uint32_t chip = 0, plane = 0;
  if (fields.size() != size_t(1 + hasChip + hasPlane) ||
      cycle.getAsInteger(10, dead.cycle) ||
      (hasChip && fields[1].getAsInteger(10, chip)) ||
      (hasPlane && fields.back().getAsInteger(10, plane))) {
    return fail("expects link:CHIP:PLANE@CYCLE, switch:PLANE@CYCLE or "
                "chip:CHIP@CYCLE");
  }
  const uint32_t planes = machine.rack->switches.planes;
  if (chip >= machine.chips()) {
    return fail("'" + machine.name() + "' has chips 0 to " +
                llvm::Twine(machine.chips() - 1));
  }
  if (plane >= planes) {
    return fail("'" + machine.name() + "' has planes 0 to " +
                llvm::Twine(planes - 1));
  }
  constexpr uint64_t kLatest = uint64_t(1) << 40;
  if (dead.cycle > kLatest) {
    return fail("expects a cycle of at most 2^40");
  }
  if (hasChip) {
    dead.chip = chip;
  }
  if (hasPlane) {
    dead.plane = plane;
  }
  return dead;
}

void fabric::cutLinks(Network &network, const Machine &machine,
                      const DeadLinks &dead, Cycle cycle) {
  for (uint32_t chip = 0; chip < machine.chips(); ++chip) {
    if (dead.chip && *dead.chip != chip) {
      continue;
    }
    llvm::ArrayRef<uint32_t> ports =
        network.portsOf(chip, Network::Reach::Near);
    for (uint32_t plane = 0; plane < ports.size(); ++plane) {
      if (!dead.plane || *dead.plane == plane) {
        network.cut(ports[plane], cycle);
      }
    }
  }
}
