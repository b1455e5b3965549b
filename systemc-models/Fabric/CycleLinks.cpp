//===- CycleLinks.cpp - The links of a rack, cycle by cycle ---------------===//

#include "systemc-models/Fabric/CycleLinks.h"

#include "systemc-models/Fabric/Topology.h"

#include <numeric>

using namespace acc;
using namespace acc::fabric;

/// Of the switch's ports: a chip's, with the switch's buffer.
static PortConfig configOf(const Machine &machine) {
  PortConfig config{machine.chip->fabric.port, Framing::Sue, 0};
  return config;
}

CycleLinks::CycleLinks(const Machine &machine, const CycleLinksOptions &options)
    : config(configOf(machine)), atEnd(options.atEnd),
      middle(config, machine.rack->chips(), delaysOf(machine).throughSwitch),
      sentWords(machine.rack->chips()) {
  WireOptions wire;
  wire.delay = uint32_t(delaysOf(machine).copper);
  wire.bitErrors = options.bitErrors;
  for (uint32_t chip = 0; chip < machine.rack->chips(); ++chip) {
    wire.seed = 2 * (options.seed * machine.rack->chips() + chip);
    up.emplace_back(config, wire);
    ++wire.seed;
    down.emplace_back(config, wire);
  }
}

uint64_t CycleLinks::bringUpCycles(const Machine &machine) {
  const Chip::Port &port = machine.chip->fabric.port;
  // Control ordered sets are said again; a pass over chips acknowledges.
  uint64_t period = std::lcm(uint64_t(port.ctlRefresh),
                             uint64_t(port.gbnAckDelay) + port.peers);
  uint64_t least =
      port.lockHold + 4 * (uint64_t(port.ctlRefresh) +
                           delaysOf(machine).copper + 2 * kCheckLatency);
  return (least + period - 1) / period * period;
}

void CycleLinks::clock(const std::vector<LinkWord> &sent) {
  std::vector<LinkWord> words;
  std::vector<bool> locked;
  for (size_t chip = 0; chip < up.size(); ++chip) {
    words.push_back(up[chip].read(cycle));
    locked.push_back(up[chip].locked(cycle));
  }
  for (size_t chip = 0; chip < up.size(); ++chip) {
    const LinkWord &back = middle.link(unsigned(chip));
    frames += (sent[chip].valid && sent[chip].frame.sop) +
              (back.valid && back.frame.sop);
    sentWords[chip] += sent[chip].valid;
    up[chip].write(cycle, sent[chip]);
    down[chip].write(cycle, back);
  }
  middle.clock(cycle, words, locked);
  ++cycle;
}

CycleLinks::~CycleLinks() {
  if (atEnd) {
    *atEnd = statistics();
  }
}

CycleLinksStatistics CycleLinks::statistics() const {
  CycleLinksStatistics result;
  for (size_t chip = 0; chip < up.size(); ++chip) {
    result.flippedBits += up[chip].flippedBits() + down[chip].flippedBits();
  }
  result.badFrames = middle.badFrames();
  result.retries = middle.replays() + middle.nacks();
  result.frames = frames;
  result.sentWords = sentWords;
  return result;
}

llvm::Expected<CycleLinksOptions>
fabric::parseLinkErrors(llvm::StringRef text) {
  auto [rate, rest] = text.split(',');
  CycleLinksOptions options;
  bool good = !rate.getAsDouble(options.bitErrors) && options.bitErrors >= 0 &&
              options.bitErrors < 1;
  if (text.contains(',')) {
    good &= rest.consume_front("seed=") && !rest.getAsInteger(10, options.seed);
  }
  if (!good) {
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "'" + text.str() +
            "' is no rate of errors; expects that of a bit on a link, from 0 "
            "to "
            "before 1, with seed=N behind a comma if need be");
  }
  return options;
}

llvm::Error fabric::checkCycleLinks(const Machine &machine) {
  if (llvm::Error error = checkFabric(machine)) {
    return error;
  }
  if (machine.rack->switches.planes != 1 ||
      machine.rack->switches.bufferWords !=
          machine.chip->fabric.port.bufferWords) {
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "switches.planes is %u and switches.buffer_words %u; links cycle by "
        "cycle expect one plane, whose switch has the buffer of a port (%u)",
        machine.rack->switches.planes, machine.rack->switches.bufferWords,
        machine.chip->fabric.port.bufferWords);
  }
  return llvm::Error::success();
}
