//===- CycleRack.cpp - Chips with their ports, cycle by cycle -------------===//

#include "systemc-models/Net/CycleRack.h"

#include "llvm/ADT/STLExtras.h"

using namespace acc;

llvm::Error acc::checkCycleRack(const Machine &machine) {
  if (!machine.rack) {
    return llvm::Error::success();
  }
  if (machine.chips() != 2) {
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "'%s' has %u chips; the RTL of a rack has two", machine.name().c_str(),
        machine.chips());
  }
  return fabric::checkCycleLinks(machine);
}

CycleRack::CycleRack(const Machine &machine, std::vector<CycleChip *> chips,
                     const fabric::CycleLinksOptions &options)
    : machine(machine), clock(machine), chips(std::move(chips)),
      between(std::make_unique<fabric::CycleLinks>(machine, options)) {
  // Longer than a message is on its way without being seen by a chip.
  patience = clock.toCore(16 * uint64_t(machine.chip->fabric.port.gbnTimeout));
}

void CycleRack::step(bool core, bool port) {
  if (port) {
    std::vector<fabric::LinkWord> sent;
    for (size_t c = 0; c < chips.size(); ++c) {
      sent.push_back(chips[c]->link());
      chips[c]->receive(between->read(uint32_t(c)),
                        between->locked(uint32_t(c)));
    }
    between->clock(sent);
  }
  for (CycleChip *chip : chips) {
    chip->clock(core, port);
  }
}

void CycleRack::start() {
  for (CycleChip *chip : chips) {
    chip->resetPort();
  }
  uint64_t cycles = fabric::CycleLinks::bringUpCycles(machine);
  for (uint64_t cycle = 1; cycle < cycles; ++cycle) {
    step(false, true);
  }
  for (CycleChip *chip : chips) {
    chip->start();
  }
  step(true, true);
  coreTime = clock.corePeriod();
  portTime = clock.portPeriod();
}

bool CycleRack::advance() {
  bool isActive = false;
  for (CycleChip *chip : chips) {
    isActive |= chip->observe(coreCycle);
  }
  bool core = false;
  while (!core) {
    uint64_t now = std::min(coreTime, portTime);
    core = coreTime == now;
    bool port = portTime == now;
    step(core, port);
    coreTime += core ? clock.corePeriod() : 0;
    portTime += port ? clock.portPeriod() : 0;
    portCycles += port;
    isActive |= llvm::any_of(chips, [](CycleChip *c) { return c->isBusy(); });
  }
  ++coreCycle;
  quietFor = isActive ? 0 : quietFor + 1;
  return quietFor <= patience;
}

RackTraffic CycleRack::traffic() const {
  fabric::CycleLinksStatistics statistics = between->statistics();
  RackTraffic result;
  result.frames = statistics.frames;
  result.retries = statistics.retries;
  for (uint64_t words : statistics.sentWords) {
    result.sentBytes.push_back(words * fabric::kLaneBytes *
                               machine.chip->fabric.port.lanes);
  }
  return result;
}
