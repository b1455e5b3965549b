//===- Chip.cpp - The SystemC model of a chip -----------------------------===//

#include "systemc-models/Chip/Chip.h"
#include "systemc-models/Chip/Symmetry.h"
#include "systemc-models/Net/Net.h"
#include "systemc-models/Slice/Kernel.h"
#include "systemc-models/Slice/Slice.h"

#include "llvm/ADT/STLExtras.h"

#include <memory>

using namespace acc;

namespace {

class ChipModel : public sc_core::sc_module {
public:
  ChipModel(sc_core::sc_module_name name, const Machine &machine,
            llvm::ArrayRef<SliceProgram> programs, uint32_t chip,
            const SliceOptions &options, const NetOptions &netOptions)
      : sc_module(name), net("net", machine, netOptions) {
    for (uint32_t i = 0; i < programs.size(); ++i) {
      slices.push_back(std::make_unique<Slice>(
          ("slice" + std::to_string(i)).c_str(), machine,
          sliceIdOf(machine.grid(), chip, i), programs[i], net, options));
    }
  }

  Net net;
  std::vector<std::unique_ptr<Slice>> slices;
};

} // namespace

static llvm::Error makeError(const std::string &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<ChipResult>
acc::simulateChip(const Machine &machine, llvm::ArrayRef<SliceProgram> programs,
                  const ChipOptions &options) {
  if (!KernelContext::isFree()) {
    return makeError("a SystemC simulation is already running in this process");
  }
  SliceOptions sliceOptions;
  sliceOptions.maxCycles = options.maxCycles;
  sliceOptions.values = options.values;
  sliceOptions.moves =
      options.values || !llvm::all_of(programs, [](const SliceProgram &s) {
        return ignoresData(*s.program);
      });
  NetOptions netOptions;
  netOptions.values = sliceOptions.moves;
  netOptions.standsForAll =
      options.symmetry && !options.values && areAllSame(programs);
  llvm::ArrayRef<SliceProgram> simulated =
      netOptions.standsForAll ? programs.take_front() : programs;

  ChipResult result;
  result.simulated = uint32_t(simulated.size());
  KernelContext kernel;
  ChipModel chip("chip", machine, simulated, options.chip, sliceOptions,
                 netOptions);
  uint64_t limit = std::min(options.maxCycles, UINT64_MAX / 4);
  sc_core::sc_start(cycles(limit), sc_core::SC_EXIT_ON_STARVATION);
  bool allDone = llvm::all_of(chip.slices, [](auto &s) { return s->isDone(); });
  if (!allDone && !sc_core::sc_pending_activity() &&
      llvm::all_of(chip.slices,
                   [&](auto &s) { return s->isDone() || s->isStuck(limit); })) {
    std::vector<SliceState> states;
    for (const auto &slice : chip.slices) {
      states.push_back(slice->state());
    }
    return makeError(describeDeadlock(states));
  }
  for (const auto &slice : chip.slices) {
    result.slices.push_back(slice->takeResult());
    if (!allDone || result.slices.back().cycles > options.maxCycles) {
      return makeError("no halt within " + std::to_string(options.maxCycles) +
                       " cycles");
    }
  }
  result.slices.resize(programs.size(), result.slices.front());
  return std::move(result);
}
