//===- Sim.cpp - Running and comparing models -----------------------------===//

#include "systemc-models/Sim/Sim.h"
#include "systemc-models/Chip/Chip.h"
#include "systemc-models/Functional/FunctionalSim.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <chrono>

using namespace acc;
using isa::Counter;
using isa::Fault;

template <typename... Args>
static llvm::Error makeError(const char *format, Args... args) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), format,
                                 args...);
}

using ull = unsigned long long;

llvm::Error acc::checkInput(const ChipInput &input) {
  const Target &target = input.machine.slice;
  if (input.machine.pod) {
    return makeError("'%s' is a pod; expects a rack, a chip or a slice",
                     input.machine.name().c_str());
  }
  if (input.machine.rack && input.chip != 0) {
    return makeError("chip %u is given; chips of a rack have their numbers",
                     input.chip);
  }
  auto fits = [&](size_t entries) {
    return entries == 1 || entries == input.slices();
  };
  if (!fits(input.programs.size()) || !fits(input.entries.size()) ||
      !(input.hbm.empty() || fits(input.hbm.size()))) {
    return makeError("expects one program and memory image for all, or for "
                     "each of the %u slices",
                     input.slices());
  }
  for (llvm::ArrayRef<isa::Word> program : input.programs) {
    if (program.size() > target.seq.imemWords) {
      return makeError("the program has %llu words, the instruction memory %u",
                       ull(program.size()), target.seq.imemWords);
    }
  }
  if (llvm::Error e = checkFlips(input.flips, input.machine)) {
    return e;
  }
  for (llvm::ArrayRef<uint8_t> hbm : input.hbm) {
    if (hbm.size() > target.hbm.bytes) {
      return makeError("the memory image has %llu bytes, HBM %llu",
                       ull(hbm.size()), ull(target.hbm.bytes));
    }
  }
  return llvm::Error::success();
}

namespace {
class Stopwatch {
public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         begin)
        .count();
  }

private:
  std::chrono::steady_clock::time_point begin =
      std::chrono::steady_clock::now();
};
} // namespace

/// Memories and programs of the slices; `outputs` own the memories.
static std::vector<SliceProgram> prepare(const ChipInput &input,
                                         const char *model,
                                         std::vector<SimOutput> &outputs) {
  std::vector<std::shared_ptr<DecodedProgram>> decoded;
  for (llvm::ArrayRef<isa::Word> program : input.programs) {
    decoded.push_back(
        std::make_shared<DecodedProgram>(input.machine.slice, program));
  }
  outputs.resize(input.slices());
  std::vector<SliceProgram> slices;
  for (uint32_t i = 0; i < input.slices(); ++i) {
    SimOutput &out = outputs[i];
    out.model = model;
    out.hbm = SparseMemory(input.machine.slice.hbm.bytes);
    if (!input.hbm.empty()) {
      llvm::ArrayRef<uint8_t> image = ChipInput::of(input.hbm, i);
      out.hbm.write(0, image.data(), image.size());
    }
    slices.push_back({ChipInput::of(decoded, i),
                      ChipInput::of(input.entries, i),
                      &out.hbm,
                      {}});
  }
  for (const MemoryFlip &flip : input.flips) {
    slices[flip.slice].flips.push_back(flip);
  }
  for (SliceProgram &slice : slices) {
    sortFlips(slice.flips);
  }
  return slices;
}

llvm::Expected<ChipOutput> acc::runFunctionalChip(const ChipInput &input) {
  if (llvm::Error e = checkInput(input)) {
    return std::move(e);
  }
  if (!input.flips.empty()) {
    return makeError("the functional model has no cycles in which bits could "
                     "turn over; expects systemc or rtl");
  }
  ChipOutput out;
  std::vector<SliceProgram> slices = prepare(input, "functional", out.slices);
  out.simulated = input.slices();
  out.chips = input.machine.chips();
  Stopwatch watch;
  auto results =
      simulateFunctional(input.machine, input.chip, slices, input.maxCycles);
  if (!results) {
    return results.takeError();
  }
  for (auto [slice, result] : llvm::zip_equal(out.slices, *results)) {
    slice.wallSeconds = watch.seconds();
    slice.fault = result.fault;
    slice.faultPc = result.faultPc;
    slice.counters = result.counters;
  }
  return std::move(out);
}

static llvm::Expected<ChipOutput> runChips(const ChipInput &input,
                                           const CycleRackOptions *cycles,
                                           std::vector<CycleSlice *> others) {
  if (llvm::Error e = checkInput(input)) {
    return std::move(e);
  }
  ChipOutput out;
  std::vector<SliceProgram> slices = prepare(input, "systemc", out.slices);
  ChipOptions options;
  options.maxCycles = input.maxCycles;
  options.values = input.values;
  options.symmetry = input.symmetry && input.flips.empty();
  options.chip = input.chip;
  if (cycles) {
    options.cycles = *cycles;
  }
  options.checkRaces = input.checkRaces;
  options.deadLinks = input.deadLinks;
  options.slices = std::move(others);
  Stopwatch watch;
  auto results = simulateChip(input.machine, slices, options);
  if (!results) {
    return results.takeError();
  }
  out.simulated = results->simulated;
  out.chips = input.machine.chips();
  out.traffic = std::move(results->traffic);
  for (auto [slice, result] : llvm::zip_equal(out.slices, results->slices)) {
    slice.wallSeconds = watch.seconds();
    slice.fault = result.fault;
    slice.faultPc = result.faultPc;
    slice.faultAddress = result.faultAddress;
    slice.flips = std::move(result.flips);
    slice.hbmErrors = std::move(result.hbmErrors);
    slice.cycles = result.cycles;
    slice.counters = result.counters;
    slice.commands = std::move(result.commands);
    slice.hbmStatistics = result.hbm;
    slice.races = std::move(result.races);
    slice.events = result.events;
  }
  return std::move(out);
}

llvm::Expected<ChipOutput> acc::runSystemCChip(const ChipInput &input) {
  return runChips(input, nullptr, {});
}

llvm::Expected<ChipOutput>
acc::runSystemCSlices(const ChipInput &input,
                      std::vector<CycleSlice *> others) {
  return runChips(input, nullptr, std::move(others));
}

llvm::Expected<ChipOutput> acc::runSystemCRack(const ChipInput &input,
                                               const CycleRackOptions &cycles) {
  return runChips(input, &cycles, {});
}

llvm::Expected<SimOutput> acc::runAlone(
    const SimInput &input,
    llvm::function_ref<llvm::Expected<ChipOutput>(const ChipInput &)> run) {
  Machine machine = Machine::alone(input.target);
  ChipInput chip{machine, {input.program}, {input.hbm}, {input.entry}};
  chip.maxCycles = input.maxCycles;
  chip.values = input.values;
  chip.flips = input.flips;
  chip.checkRaces = input.checkRaces;
  auto out = run(chip);
  if (!out) {
    return out.takeError();
  }
  return std::move(out->slices.front());
}

llvm::Expected<SimOutput> acc::runFunctional(const SimInput &input) {
  return runAlone(input, runFunctionalChip);
}

llvm::Expected<SimOutput> acc::runSystemC(const SimInput &input) {
  return runAlone(input, runSystemCChip);
}

/// Faults that stop both models in the same cycle.
static bool isExactFault(Fault f) {
  return f == Fault::BankConflict || f == Fault::SemConflict ||
         f == Fault::BadOperand || f == Fault::NetMismatch ||
         f == Fault::HbmError;
}

bool acc::isTimed(Counter counter) {
  for (unsigned e = 0; e < numEngines; ++e) {
    if (counter == busyOf(e)) {
      return true;
    }
  }
  return counter == Counter::CYCLES || counter == Counter::SPM_CORRECTED ||
         counter == Counter::HBM_CORRECTED;
}

static std::string describe(const CommandRecord &c) {
  return (isa::stringify(c.engine) + " command at word " + llvm::Twine(c.pc) +
          ", cycles " + llvm::Twine(c.start) + " to " + llvm::Twine(c.end))
      .str();
}

/// By start, so that the first difference is the earliest in time.
static std::vector<CommandRecord> byStart(std::vector<CommandRecord> commands) {
  std::sort(commands.begin(), commands.end(),
            [](const CommandRecord &a, const CommandRecord &b) {
              return a.start != b.start ? a.start < b.start
                                        : a.engine < b.engine;
            });
  return commands;
}

static llvm::Error compareCommands(const SimOutput &a, const SimOutput &b) {
  auto left = byStart(a.commands), right = byStart(b.commands);
  size_t common = std::min(left.size(), right.size());
  for (size_t i = 0; i < common; ++i) {
    if (!(left[i] == right[i])) {
      return makeError("command %llu differs: %s: %s; %s: %s", ull(i),
                       a.model.c_str(), describe(left[i]).c_str(),
                       b.model.c_str(), describe(right[i]).c_str());
    }
  }
  if (left.size() != right.size()) {
    const auto &longer = left.size() > right.size() ? left : right;
    return makeError("%s ended %llu commands, %s %llu; the first in excess: %s",
                     a.model.c_str(), ull(left.size()), b.model.c_str(),
                     ull(right.size()), describe(longer[common]).c_str());
  }
  return llvm::Error::success();
}

llvm::Error acc::compareResults(const SimOutput &a, const SimOutput &b,
                                const CompareOptions &options) {
  if (a.fault != b.fault || a.faultPc != b.faultPc) {
    return makeError("fault differs: %s: %s at word %u; %s: %s at word %u",
                     a.model.c_str(), isa::stringify(a.fault).str().c_str(),
                     a.faultPc, b.model.c_str(),
                     isa::stringify(b.fault).str().c_str(), b.faultPc);
  }
  if (a.faultAddress != b.faultAddress) {
    return makeError("address of the fault differs: %s: %u; %s: %u",
                     a.model.c_str(), a.faultAddress, b.model.c_str(),
                     b.faultAddress);
  }
  bool timing =
      options.timing && (a.fault == Fault::None || isExactFault(a.fault));
  if (timing) {
    if (llvm::Error e = compareCommands(a, b)) {
      return e;
    }
  }
  for (unsigned i = 0; i < numCounters && a.fault == Fault::None; ++i) {
    if (a.counters[i] != b.counters[i] && (timing || !isTimed(Counter(i)))) {
      return makeError("counter %s differs: %s: %llu; %s: %llu",
                       isa::stringify(Counter(i)).str().c_str(),
                       a.model.c_str(), ull(a.counters[i]), b.model.c_str(),
                       ull(b.counters[i]));
    }
  }
  if (timing && a.cycles != b.cycles) {
    return makeError("cycles differ: %s: %llu; %s: %llu", a.model.c_str(),
                     ull(a.cycles), b.model.c_str(), ull(b.cycles));
  }
  if (timing && a.flips != b.flips) {
    return makeError("flips differ: %s: %llu happened; %s: %llu",
                     a.model.c_str(), ull(a.flips.size()), b.model.c_str(),
                     ull(b.flips.size()));
  }
  if (timing && a.fault == Fault::None && a.hbmErrors != b.hbmErrors) {
    return makeError("errors that HBM has at the end differ: %s: %llu; %s: "
                     "%llu",
                     a.model.c_str(), ull(a.hbmErrors.size()), b.model.c_str(),
                     ull(b.hbmErrors.size()));
  }
  uint64_t address;
  if (options.memory && a.fault == Fault::None &&
      a.hbm.firstDifference(b.hbm, address)) {
    auto byteAt = [&](const SparseMemory &m) {
      return address < m.size() ? unsigned(m.read(address, 1)[0]) : 0u;
    };
    return makeError("HBM differs at address %llu: %s: 0x%02x; %s: 0x%02x",
                     ull(address), a.model.c_str(), byteAt(a.hbm),
                     b.model.c_str(), byteAt(b.hbm));
  }
  return llvm::Error::success();
}

llvm::Error acc::compareChips(const ChipOutput &a, const ChipOutput &b,
                              const CompareOptions &options) {
  if (a.slices.size() != b.slices.size()) {
    return makeError("%llu slices beside %llu", ull(a.slices.size()),
                     ull(b.slices.size()));
  }
  auto any = [](const ChipOutput &out, auto predicate) {
    return llvm::any_of(out.slices, predicate);
  };
  auto isFault = [](const SimOutput &s) { return s.fault != Fault::None; };
  bool inside = any(a, [&](const SimOutput &s) {
    return isFault(s) && !isExactFault(s.fault);
  });
  CompareOptions each = options;
  each.memory &= !any(a, isFault) && !any(b, isFault);
  for (size_t i = 0; i < a.slices.size(); ++i) {
    const SimOutput &left = a.slices[i], &right = b.slices[i];
    if (inside && !isFault(left)) {
      continue;
    }
    if (llvm::Error e = compareResults(left, right, each)) {
      return makeError("%s: %s",
                       describeSlice(i, a.slices.size(), a.chips).c_str(),
                       llvm::toString(std::move(e)).c_str());
    }
  }
  return llvm::Error::success();
}

std::string acc::memoryFileOf(llvm::StringRef path, uint32_t slice,
                              uint32_t slices) {
  return slices == 1 ? path.str() : (path + "." + llvm::Twine(slice)).str();
}

llvm::Error acc::writeMemories(const ChipOutput &out, llvm::StringRef path) {
  auto slices = uint32_t(out.slices.size());
  for (uint32_t i = 0; i < slices; ++i) {
    if (llvm::Error e =
            out.slices[i].hbm.writeFile(memoryFileOf(path, i, slices))) {
      return e;
    }
  }
  return llvm::Error::success();
}
