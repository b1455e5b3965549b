//===- CycleNet.cpp - Where the chips of a rack meet, cycle by cycle ------===//

#include "systemc-models/Net/CycleNet.h"

#include "dialects/Target/FabricClock.h"

#include "llvm/ADT/STLExtras.h"

using namespace acc;
using isa::Fault;

/// Cycles from the last message until slices know that chips disagree.
static constexpr uint64_t kMismatchLatency = 3;

CycleNet::CycleNet(sc_core::sc_module_name name, const Machine &machine,
                   bool values, const CycleRackOptions &options)
    : sc_module(name), machine(machine), values(values), clock(machine),
      sides(machine.chips()) {
  std::vector<CycleChip *> chips;
  for (uint32_t c = 0; c < machine.chips(); ++c) {
    if (CycleChip *chip = options.of(c)) {
      chips.push_back(chip);
      continue;
    }
    uint64_t core = portCoreCycles(machine.chip->fabric);
    sides[c].port = std::make_unique<MessagePort>(
        machine, c, [this, c, core](EdgeMessage message, uint64_t cycle) {
          Lane &lane = sides[c].lanes[message.place];
          lane.messages.push_back(
              {std::move(message), clock.toCore(cycle + core)});
          finish(c, lane);
        });
    chips.push_back(sides[c].port.get());
  }
  rack = std::make_unique<CycleRack>(machine, chips, options.links);
  rack->start();
  SC_HAS_PROCESS(CycleNet);
  SC_METHOD(run);
  sensitive << wake.get();
}

/// Everything up to the beginning of the current cycle.
void CycleNet::run() {
  wake.happened();
  bool active = true;
  while (rack->cycle() < currentCycle()) {
    active = rack->advance();
  }
  if (active) {
    wake.notifyAt(currentCycle() + 1);
  }
}

void CycleNet::arrive(uint32_t chip, uint32_t place, std::vector<NetPart> parts,
                      uint64_t lastStart) {
  Lane &lane = sides[chip].lanes[place];
  const Collective &c = collectiveOf(*parts.front().command);
  std::vector<uint32_t> chips = chipsOf(machine, c.chips, chip);
  uint32_t own = uint32_t(llvm::find(chips, chip) - chips.begin());
  lane.parts = std::move(parts);
  lane.faults.clear();
  lane.participants = makeParticipants(machine, lane.parts, lane.faults);
  RackTiming timing(machine, c);
  lane.ready = timing.atEdge(own, lastStart);
  lane.given.clear();
  if (values) {
    lane.given = giveOfChip(lane.participants, machine.grid());
  }
  for (uint32_t to = 0; to < chips.size(); ++to) {
    if (to == own) {
      continue;
    }
    EdgeMessage message;
    message.place = place;
    message.collective = c;
    llvm::ArrayRef<uint8_t> share = shareOf(c, lane.given, to);
    message.data.assign(share.begin(), share.end());
    message.data.resize(timing.messageBytes(own, to, 0) - kMessageHeaderBytes);
    sides[chip].port->post(clock.toPort(lane.ready), chips[to],
                           std::move(message));
  }
  finish(chip, lane);
  wake.notifyAt(currentCycle() + 1);
}

/// If the lane has its collective and what the other chip has for it.
void CycleNet::finish(uint32_t chip, Lane &lane) {
  if (lane.parts.empty()) {
    return;
  }
  const Collective &c = collectiveOf(*lane.parts.front().command);
  std::vector<uint64_t> there(c.chipsOfGroup, lane.ready);
  uint32_t own = c.member / (c.members / c.chipsOfGroup);
  bool agrees = true;
  std::vector<uint8_t> far;
  if (c.chipsOfGroup > 1) {
    // A message of another group does not concern this one.
    if (lane.messages.empty() ||
        lane.messages.front().message.collective.group != c.group ||
        lane.messages.front().message.collective.chips != c.chips) {
      return;
    }
    Lane::Message message = std::move(lane.messages.front());
    lane.messages.pop_front();
    there[1 - own] = message.there;
    agrees = message.message.collective.agreesWith(c);
    far = std::move(message.message.data);
  }
  // The next one begins in the lane while its members see the end of this one.
  std::vector<NetPart> parts = std::move(lane.parts);
  lane.parts.clear();
  if (!agrees) {
    uint64_t last = *llvm::max_element(there);
    for (const NetPart &part : parts) {
      part.member->disagreed(last + kMismatchLatency);
    }
    return;
  }
  RackTiming timing(machine, c);
  if (values) {
    llvm::ArrayRef<uint8_t> mine = shareOf(c, lane.given, own);
    std::vector<llvm::ArrayRef<uint8_t>> shares(there.size(), mine);
    if (there.size() > 1) {
      far.resize(timing.messageBytes(1 - own, own, 0) - kMessageHeaderBytes);
      shares[1 - own] = far;
    }
    takeOfChip(lane.participants, shares);
  }
  uint64_t end = timing.end(timing.combined(own, 0, there));
  for (auto [part, fault] : llvm::zip_equal(parts, lane.faults)) {
    part.member->agreed(end, fault);
  }
}

RackTraffic CycleNet::traffic() const {
  RackTraffic result = rack->traffic();
  bool areKnown =
      llvm::all_of(sides, [](const Side &s) { return bool(s.port); });
  for (const Side &side : sides) {
    if (areKnown) {
      result.messages += side.port->messages();
      result.bytes += side.port->bytes();
    }
  }
  return result;
}
