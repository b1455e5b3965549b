//===- Net.cpp - The collective network -----------------------------------===//

#include "systemc-models/Net/Net.h"
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
  return uint64_t(net.setup) + net.stageLatency + net.tail - 1;
}

void Net::arrive(uint32_t slice, const Command &command, uint64_t cycle) {
  places[slice].command = &command;
  places[slice].start = cycle;
  agenda.insert(cycle + meetLatency);
  wake.notifyAt(cycle + meetLatency);
}

void Net::leave(uint32_t slice, uint64_t cycle) { places[slice].left = cycle; }

static const Collective &collectiveOf(const Command &command) {
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
    isa::Group group = collectiveOf(*places[i].command).group;
    if (llvm::all_of(members, [&](uint32_t m) {
          return isThere(places[m]) &&
                 collectiveOf(*places[m].command).group == group;
        })) {
      meet(members, lastStart);
    }
  }
  if (!agenda.empty()) {
    wake.notifyAt(*agenda.begin());
  }
}

/// All members have started the collective of their group.
void Net::meet(llvm::ArrayRef<uint32_t> members, uint64_t lastStart) {
  std::vector<const Command *> commands;
  for (uint32_t m : members) {
    commands.push_back(std::exchange(places[m].command, nullptr));
  }
  const Collective &first = collectiveOf(*commands.front());
  if (!llvm::all_of(commands, [&](const Command *c) {
        return collectiveOf(*c).agreesWith(first);
      })) {
    for (uint32_t m : members) {
      places[m].member->disagreed(lastStart + mismatchLatency);
    }
    return;
  }
  std::vector<Participant> participants;
  std::vector<Fault> faults;
  for (auto [m, command] : llvm::zip_equal(members, commands)) {
    faults.push_back(
        checkCollective(machine, *command, places[m].member->scratchpadOf()));
    participants.push_back({&collectiveOf(*command),
                            &places[m].member->scratchpadOf(),
                            faults.back() != Fault::None});
  }
  if (options.values) {
    runCollective(participants, machine.grid());
  }
  uint64_t end = lastStart + collectiveCycles(machine.net(), first) - 1;
  for (auto [m, fault] : llvm::zip_equal(members, faults)) {
    places[m].member->agreed(end, fault);
  }
}
