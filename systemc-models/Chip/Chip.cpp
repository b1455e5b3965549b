//===- Chip.cpp - The SystemC model of chips ------------------------------===//

#include "systemc-models/Chip/Chip.h"
#include "systemc-models/Chip/CycleSlices.h"
#include "systemc-models/Chip/Symmetry.h"
#include "systemc-models/Net/CycleNet.h"
#include "systemc-models/Net/RackNet.h"
#include "systemc-models/Slice/Kernel.h"
#include "systemc-models/Slice/Slice.h"

#include "llvm/ADT/STLExtras.h"

#include <memory>

using namespace acc;

namespace {

class ChipModel : public sc_core::sc_module {
public:
  /// `first` is the number of the chip's first slice among all of the machine;
  /// `others` are slices of the chip that are not the SystemC model.
  ChipModel(sc_core::sc_module_name name, const Machine &machine,
            llvm::ArrayRef<SliceProgram> programs, uint32_t first,
            uint32_t chipId, const SliceOptions &options,
            const NetOptions &netOptions, llvm::ArrayRef<CycleSlice *> others)
      : sc_module(name), net("net", machine, netOptions) {
    for (uint32_t i = 0; i < programs.size(); ++i) {
      if (i < others.size() && others[i]) {
        slices.push_back(nullptr);
        continue;
      }
      slices.push_back(std::make_unique<Slice>(
          ("slice" + std::to_string(i)).c_str(), machine,
          sliceIdOf(machine, chipId, first + i), programs[i], net, options));
    }
    if (!others.empty()) {
      cycleSlices = std::make_unique<CycleSlices>("cycle_slices", machine,
                                                  chipId, others, net);
    }
  }

  Net net;
  std::vector<std::unique_ptr<Slice>> slices; ///< nothing for `others`
  std::unique_ptr<CycleSlices> cycleSlices;
};

/// The chips of a machine, and the fabric between them if they are several.
class MachineModel {
public:
  MachineModel(const Machine &machine, llvm::ArrayRef<SliceProgram> programs,
               const ChipOptions &options, const SliceOptions &sliceOptions,
               NetOptions netOptions,
               std::unique_ptr<fabric::Network> network) {
    if (options.cycles) {
      rack = std::make_unique<CycleNet>("rack", machine, netOptions.values,
                                        *options.cycles);
    } else if (network) {
      rack = std::make_unique<RackNet>("rack", machine, netOptions.values,
                                       std::move(network));
    }
    uint32_t each = machine.slicesPerChip();
    for (uint32_t c = 0; c < machine.chips(); ++c) {
      llvm::ArrayRef<SliceProgram> own = programs.slice(c * each, each);
      if (options.cycles && options.cycles->of(c)) {
        slices.insert(slices.end(), each, nullptr);
        continue;
      }
      netOptions.chip = c;
      netOptions.rack = rack.get();
      chips.push_back(std::make_unique<ChipModel>(
          ("chip" + std::to_string(c)).c_str(), machine,
          netOptions.standsForAll ? own.take_front() : own, c * each,
          options.chip, sliceOptions, netOptions, options.slices));
      for (auto &slice : chips.back()->slices) {
        slices.push_back(slice.get());
      }
    }
  }

  std::unique_ptr<ChipsNet> rack;
  std::vector<std::unique_ptr<ChipModel>> chips;
  std::vector<Slice *> slices; ///< of all chips; nothing for other models' ones
};

} // namespace

static llvm::Error makeError(const std::string &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

/// The links of the machine's chips; nothing if there is one chip.
static llvm::Expected<std::unique_ptr<fabric::Network>>
makeLinks(const Machine &machine) {
  if (machine.chips() == 1) {
    return nullptr;
  }
  fabric::TopologyOptions topology;
  topology.chips = machine.chips();
  return fabric::makeNetwork(machine, topology);
}

llvm::Expected<ChipResult>
acc::simulateChip(const Machine &machine, llvm::ArrayRef<SliceProgram> programs,
                  const ChipOptions &options) {
  if (!KernelContext::isFree()) {
    return makeError("a SystemC simulation is already running in this process");
  }
  if (options.cycles) {
    if (llvm::Error e = checkCycleRack(machine)) {
      return std::move(e);
    }
  }
  if (!options.slices.empty() && (machine.rack || !options.values)) {
    return makeError("slices that are others than the SystemC model are those "
                     "of a chip by itself, with values");
  }
  auto network = makeLinks(machine);
  if (!network) {
    return network.takeError();
  }
  if (!options.deadLinks.empty() && (options.cycles || !*network)) {
    return makeError("links that die are those of a rack that is simulated "
                     "frame by frame");
  }
  for (const fabric::DeadLinks &dead : options.deadLinks) {
    fabric::cutLinks(**network, machine, dead,
                     RackClock(machine).toPort(dead.cycle));
  }
  SliceOptions sliceOptions;
  sliceOptions.maxCycles = options.maxCycles;
  sliceOptions.values = options.values;
  sliceOptions.checkRaces = options.checkRaces;
  sliceOptions.moves =
      options.values || !llvm::all_of(programs, [](const SliceProgram &s) {
        return ignoresData(*s.program);
      });
  NetOptions netOptions;
  netOptions.values = sliceOptions.moves;
  netOptions.standsForAll = options.symmetry && !options.values &&
                            !options.cycles && options.slices.empty() &&
                            areAllSame(programs);

  ChipResult result;
  KernelContext kernel;
  MachineModel model(machine, programs, options, sliceOptions, netOptions,
                     std::move(*network));
  result.simulated = uint32_t(model.slices.size());
  uint64_t limit = std::min(options.maxCycles, UINT64_MAX / 4);
  sc_core::sc_start(cycles(limit), sc_core::SC_EXIT_ON_STARVATION);
  bool allDone =
      llvm::all_of(model.slices, [](auto *s) { return !s || s->isDone(); }) &&
      llvm::none_of(options.slices,
                    [](auto *s) { return s && s->isRunning(); });
  if (!allDone && !sc_core::sc_pending_activity() &&
      llvm::all_of(model.slices, [&](auto *s) {
        return !s || s->isDone() || s->isStuck(limit);
      })) {
    // Of slices that stand for all of their chip each says how all are.
    std::vector<SliceState> states;
    for (uint32_t i = 0; i < programs.size(); ++i) {
      Slice *slice = model.slices[i * model.slices.size() / programs.size()];
      CycleSlice *other =
          i < options.slices.size() ? options.slices[i] : nullptr;
      states.push_back(slice   ? slice->state()
                       : other ? other->state()
                               : SliceState{true, isa::Fault::None, 0, ""});
    }
    std::string message;
    if (model.rack) {
      for (auto [from, to] : model.rack->traffic().unreachable) {
        message += "chip " + std::to_string(from) + " has no link to chip " +
                   std::to_string(to) + "; ";
      }
    }
    return makeError(message + describeDeadlock(states, machine.chips()));
  }
  for (Slice *slice : model.slices) {
    if (!slice) {
      result.slices.emplace_back();
      continue;
    }
    SliceResult own = slice->takeResult();
    if (!allDone || own.cycles > options.maxCycles) {
      return makeError("no halt within " + std::to_string(options.maxCycles) +
                       " cycles");
    }
    result.slices.insert(result.slices.end(),
                         programs.size() / model.slices.size(), own);
  }
  if (model.rack) {
    result.traffic = model.rack->traffic();
  }
  return std::move(result);
}
