//===- Net.cpp - The collective network of a chip -------------------------===//

#include "systemc-models/Net/Net.h"
#include "systemc-models/Net/ChipsNet.h"
#include "systemc-models/Timing/Timing.h"

#include "llvm/ADT/STLExtras.h"

using namespace acc;
using isa::Fault;

/// Cycles from the last start until the network knows that all have come, and
/// until its members know that they disagree.
static constexpr uint64_t meetLatency = 2;
static constexpr uint64_t mismatchLatency = 3;

Net::Net(sc_core::sc_module_name name, const Machine &machine,
         const NetOptions &options)
    : sc_module(name), machine(machine), options(options),
      places(options.standsForAll ? 1 : machine.slicesPerChip()) {
  SC_HAS_PROCESS(Net);
  SC_METHOD(run);
  sensitive << wake.get();
  dont_initialize();
}

uint64_t Net::leastCycles() const {
  Chip::Net net = machine.net();
  return uint64_t(net.setup) + net.stageLatency + net.tail - 1 -
         (hasBeats ? 1 : 0);
}

void Net::arrive(uint32_t slice, const Command &command, uint64_t cycle) {
  places[slice].command = &command;
  places[slice].start = cycle;
  agenda.insert(cycle + meetLatency);
  wake.notifyAt(cycle + meetLatency);
}

void Net::leave(uint32_t slice, uint64_t cycle) { places[slice].left = cycle; }

const Collective &acc::collectiveOf(const Command &command) {
  return std::get<Collective>(command.body);
}

std::vector<uint32_t> Net::groupOf(uint32_t slice) const {
  if (options.standsForAll) {
    return {slice};
  }
  return membersOf(machine.grid(), collectiveOf(*places[slice].command).group,
                   slice);
}

void Net::run() {
  ++activationCount;
  wake.happened();
  uint64_t now = currentCycle();
  agenda.erase(agenda.begin(), agenda.upper_bound(now));
  uint64_t lastStart = now - meetLatency;
  auto isThere = [&](const Place &p) {
    return p.command && p.start <= lastStart && p.left > lastStart;
  };
  for (uint32_t i = 0; i < places.size(); ++i) {
    if (!isThere(places[i]) || places[i].start != lastStart) {
      continue;
    }
    std::vector<uint32_t> members = groupOf(i);
    const Collective &own = collectiveOf(*places[i].command);
    if (llvm::all_of(members, [&](uint32_t m) {
          if (!isThere(places[m])) {
            return false;
          }
          const Collective &other = collectiveOf(*places[m].command);
          return other.group == own.group && other.chips == own.chips;
        })) {
      meet(members, lastStart);
    }
  }
  if (!agenda.empty()) {
    wake.notifyAt(*agenda.begin());
  }
}

std::vector<Participant> acc::makeParticipants(const Machine &machine,
                                               llvm::ArrayRef<NetPart> parts,
                                               std::vector<Fault> &faults) {
  std::vector<Participant> participants;
  for (const NetPart &part : parts) {
    Executor *scratchpad = part.member->scratchpadOf();
    faults.push_back(scratchpad
                         ? checkCollective(machine, *part.command, *scratchpad)
                         : Fault::None);
    participants.push_back({&collectiveOf(*part.command), scratchpad,
                            faults.back() != Fault::None});
  }
  return participants;
}

/// The data of a group that agrees: at once, if all is here.
void Net::move(llvm::ArrayRef<NetPart> parts,
               llvm::ArrayRef<Participant> participants, uint64_t lastStart) {
  if (llvm::all_of(participants, [](auto &p) { return p.executor; })) {
    runCollective(participants, machine.grid());
    return;
  }
  auto exchange =
      std::make_shared<BeatExchange>(machine, participants, lastStart);
  for (auto [number, part] : llvm::enumerate(parts)) {
    if (!part.member->scratchpadOf()) {
      part.member->exchange(exchange, number);
    }
  }
}

/// All members have started the collective of their group.
void Net::meet(llvm::ArrayRef<uint32_t> members, uint64_t lastStart) {
  std::vector<NetPart> parts;
  for (uint32_t m : members) {
    parts.push_back(
        {places[m].member, std::exchange(places[m].command, nullptr)});
  }
  const Collective &first = collectiveOf(*parts.front().command);
  if (!llvm::all_of(parts, [&](const NetPart &p) {
        return collectiveOf(*p.command).agreesWith(first);
      })) {
    for (const NetPart &part : parts) {
      part.member->disagreed(lastStart + mismatchLatency);
    }
    return;
  }
  if (first.isOverChips()) {
    options.rack->arrive(options.chip, members.front(), std::move(parts),
                         lastStart);
    return;
  }
  std::vector<Fault> faults;
  std::vector<Participant> participants =
      makeParticipants(machine, parts, faults);
  if (options.values) {
    move(parts, participants, lastStart);
  }
  uint64_t end = lastStart + collectiveCycles(machine.net(), first) - 1;
  for (auto [part, fault] : llvm::zip_equal(parts, faults)) {
    part.member->agreed(end, fault);
  }
}
