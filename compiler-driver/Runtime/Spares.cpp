//===- Spares.cpp - Spare chips of a rack ---------------------------------===//

#include "compiler-driver/Runtime/Spares.h"

#include "compiler-driver/Tensor/Errors.h"
#include "systemc-models/Net/RackTiming.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace llvm;
using acc::fabric::DeadLinks;

namespace xpu {

void startLater(std::vector<DeadLinks> &dead, uint64_t begin) {
  for (DeadLinks &each : dead) {
    each.cycle -= std::min(each.cycle, begin);
  }
}

std::string describe(const acc::Restart &restart) {
  return formatv("chip {0} died in cycle {1}; noticed in {2}, all chips began "
                 "once more in {3} with a spare in its place and {4} bytes "
                 "loaded into it",
                 restart.chip, restart.died, restart.noticed, restart.started,
                 restart.bytes);
}

/// A run that came to its end needed a dead chip if one of its slices had not
/// ended by then; one that did not, needs every dead one.
static bool isNeeded(const acc::Machine &machine, const DeadLinks &dead,
                     const acc::ChipOutput *output) {
  if (!output) {
    return true;
  }
  uint32_t each = machine.slicesPerChip();
  auto own = ArrayRef(output->slices).slice(*dead.chip * each, each);
  return any_of(own, [&](const acc::SimOutput &slice) {
    return slice.cycles > dead.cycle;
  });
}

/// When the host knows of a dead chip: its ports at the switches are down.
static uint64_t noticedAt(const acc::Machine &machine, uint64_t died) {
  acc::RackClock clock(machine);
  return clock.toCore(clock.toPort(died) +
                      machine.chip->fabric.port.pcsTimeout);
}

/// When the host stops all chips, as one of them has died that the run needs.
static std::optional<uint64_t> findStop(const acc::Machine &machine,
                                        ArrayRef<DeadLinks> dead,
                                        const acc::ChipOutput *output) {
  std::optional<uint64_t> stop;
  for (const DeadLinks &each : dead) {
    if (each.isChip() && isNeeded(machine, each, output)) {
      uint64_t noticed = noticedAt(machine, each.cycle);
      stop = stop ? std::min(*stop, noticed) : noticed;
    }
  }
  return stop;
}

static uint64_t loadingCycles(const acc::Machine &machine, uint64_t bytes) {
  const acc::Rack::Spares &spares = machine.rack->spares;
  double seconds =
      spares.restartSeconds + double(bytes) / spares.hostBytesPerSecond;
  return uint64_t(std::ceil(seconds * machine.slice.clockHz));
}

/// The chips that are dead before `cycle`, each with the first of its deaths.
static std::vector<DeadLinks> findDead(ArrayRef<DeadLinks> all,
                                       uint64_t cycle) {
  std::vector<DeadLinks> chips;
  for (const DeadLinks &dead : all) {
    if (!dead.isChip() || dead.cycle >= cycle) {
      continue;
    }
    auto same = find_if(
        chips, [&](const DeadLinks &other) { return other.chip == dead.chip; });
    if (same == chips.end()) {
      chips.push_back(dead);
    } else {
      same->cycle = std::min(same->cycle, dead.cycle);
    }
  }
  return chips;
}

static void addTime(acc::ChipOutput &output, uint64_t begin) {
  for (acc::SimOutput &slice : output.slices) {
    slice.cycles += begin;
    slice.hbmStatistics.written += begin;
    for (acc::CommandRecord &command : slice.commands) {
      command.start += begin;
      command.end += begin;
    }
  }
}

Expected<acc::ChipOutput> runWithSpares(
    const acc::Machine &machine, std::vector<DeadLinks> dead, uint64_t bytes,
    function_ref<Expected<acc::ChipOutput>(ArrayRef<DeadLinks>)> run) {
  std::vector<acc::Restart> restarts;
  uint64_t begin = 0;
  while (true) {
    Expected<acc::ChipOutput> output = run(dead);
    std::optional<uint64_t> stop =
        findStop(machine, dead, output ? &*output : nullptr);
    if (!stop) {
      if (output) {
        addTime(*output, begin);
        output->restarts = std::move(restarts);
      }
      return output;
    }
    const acc::Rack &rack = *machine.rack;
    uint64_t started = *stop;
    if (rack.spares.chips != 0) {
      started += loadingCycles(machine, bytes);
    }
    std::vector<DeadLinks> lost = findDead(dead, started);
    if (restarts.size() + lost.size() > rack.spares.chips) {
      std::string why = output ? "" : "; " + toString(output.takeError());
      return acc::makeInputError(
          "chip " + Twine(*lost.front().chip) + " died in cycle " +
          Twine(begin + lost.front().cycle) + ", and " +
          (rack.spares.chips == 0 ? "'" + rack.name + "' has no spares"
                                  : "no spare is left") +
          why);
    }
    if (!output) {
      consumeError(output.takeError());
    }
    for (const DeadLinks &each : lost) {
      restarts.push_back({*each.chip, begin + each.cycle, begin + *stop, bytes,
                          begin + started});
      // The spare has links of its own.
      erase_if(dead, [&](const DeadLinks &other) {
        return other.chip == each.chip && other.cycle < started;
      });
    }
    startLater(dead, started);
    begin += started;
  }
}

} // namespace xpu
