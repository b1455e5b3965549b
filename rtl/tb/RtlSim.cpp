//===- RtlSim.cpp - The Verilated chip behind the common interface --------===//

#include "rtl/tb/RtlSim.h"
#include "rtl/tb/Bench.h"
#include "systemc-models/Functional/SliceProgram.h"
#include "systemc-models/Net/CycleRack.h"

#include "llvm/ADT/STLExtras.h"

#include <chrono>

using namespace acc;

/// Cycles without any change in a slice that runs, until no change can come any
/// more: the network answers within less.
static constexpr unsigned stuckCycles = 16;

/// Chips that start together, and what is between them if they are several.
class RtlMachine::Rack {
public:
  Rack(const Machine &machine, llvm::StringRef wavesFile) : machine(machine) {
    for (uint32_t chip = 0; chip < machine.chips(); ++chip) {
      std::string file = wavesFile.str();
      if (chip != 0 && !file.empty()) {
        file += "." + std::to_string(chip);
      }
      chips.push_back(std::make_unique<Bench>(machine, chip, file));
    }
  }

  /// Between chips, of the last run.
  std::optional<RackTraffic> traffic;

  Bench &of(uint32_t slice) { return *chips[slice / each()]; }
  uint32_t each() const { return chips.front()->slices; }

  enum class End { Done, TooLong, Stuck };

  /// Starts all slices; `Stuck` leaves them as they are.
  End run(uint64_t maxCycles, llvm::ArrayRef<MemoryFlip> flips,
          const fabric::CycleLinksOptions &linkOptions) {
    for (uint32_t c = 0; c < chips.size(); ++c) {
      chips[c]->prepare(flips, c);
    }
    return chips.size() == 1 ? runAlone(maxCycles)
                             : runTogether(maxCycles, linkOptions);
  }

  const Machine machine;
  std::vector<std::unique_ptr<Bench>> chips;

private:
  bool isRunning() const {
    return llvm::any_of(chips, [](auto &c) { return c->isRunning(); });
  }

  End runAlone(uint64_t maxCycles) {
    Bench &chip = *chips.front();
    chip.start();
    chip.clock();
    unsigned stuckFor = 0;
    for (uint64_t cycle = 0; chip.isRunning(); ++cycle) {
      if (cycle >= maxCycles || stuckFor > stuckCycles) {
        return cycle >= maxCycles ? End::TooLong : End::Stuck;
      }
      // After the falling edge the outputs show what happens in `cycle`.
      stuckFor = chip.observe(cycle) ? 0 : stuckFor + 1;
      chip.clock();
    }
    return End::Done;
  }

  End runTogether(uint64_t maxCycles,
                  const fabric::CycleLinksOptions &linkOptions) {
    std::vector<CycleChip *> all;
    for (auto &chip : chips) {
      all.push_back(chip.get());
    }
    CycleRack rack(machine, all, linkOptions);
    rack.start();
    while (isRunning()) {
      if (rack.cycle() >= maxCycles) {
        return End::TooLong;
      }
      if (!rack.advance()) {
        return End::Stuck;
      }
    }
    traffic = rack.traffic();
    return End::Done;
  }
};

RtlMachine::RtlMachine(const Machine &machine, llvm::StringRef wavesFile)
    : rack(std::make_unique<Rack>(machine, wavesFile)) {}

RtlMachine::RtlMachine(const Target &target, llvm::ArrayRef<uint8_t> image)
    : RtlMachine(Machine::alone(target)) {
  memory().write(0, image.data(), image.size());
}

RtlMachine::~RtlMachine() = default;

bool RtlMachine::isTracing() const { return rack->chips.front()->isTracing(); }

void RtlMachine::writeCsr(isa::Csr address, uint32_t value) {
  for (auto &chip : rack->chips) {
    chip->writeCsr(address, value, 0, chip->slices);
  }
}

uint32_t RtlMachine::readCsr(isa::Csr address, uint32_t slice) {
  return rack->of(slice).readCsr(unsigned(address), slice % rack->each());
}

uint64_t RtlMachine::readCounter(isa::Counter counter, uint32_t slice) {
  return rack->of(slice).readCounter(unsigned(counter), slice % rack->each());
}

void RtlMachine::writeImem(uint32_t address, const isa::Word &word) {
  for (auto &chip : rack->chips) {
    chip->writeImem(address, word, 0, chip->slices);
  }
}

void RtlMachine::clock() {
  for (auto &chip : rack->chips) {
    chip->clock();
  }
}

SparseMemory &RtlMachine::memory(uint32_t slice) {
  return rack->of(slice).memories.contents(slice % rack->each());
}

static llvm::Error error(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<ChipOutput> RtlMachine::run(const ChipInput &input) {
  if (llvm::Error e = checkInput(input)) {
    return std::move(e);
  }
  if (llvm::Error e = checkCycleRack(input.machine)) {
    return std::move(e);
  }
  uint32_t each = rack->each();
  if (input.slices() != each * rack->chips.size()) {
    return error("the RTL has " + llvm::Twine(each * rack->chips.size()) +
                 " slices, the machine " + llvm::Twine(input.slices()));
  }
  for (uint32_t c = 0; c < rack->chips.size(); ++c) {
    rack->chips[c]->load(input, c);
  }
  auto begin = std::chrono::steady_clock::now();
  Rack::End end = rack->run(input.maxCycles, input.flips, linkOptions);
  double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  std::vector<SliceState> states;
  for (unsigned s = 0; s < input.slices() && end == Rack::End::Stuck; ++s) {
    states.push_back(rack->of(s).state(s % each));
  }
  for (auto &chip : rack->chips) {
    chip->settle();
  }
  if (end == Rack::End::TooLong) {
    return error("no halt within " + llvm::Twine(input.maxCycles) + " cycles");
  }
  if (end == Rack::End::Stuck) {
    return error(describeDeadlock(states, uint32_t(rack->chips.size())));
  }
  ChipOutput out;
  out.simulated = input.slices();
  out.chips = uint32_t(rack->chips.size());
  out.traffic = rack->traffic;
  for (uint32_t s = 0; s < input.slices(); ++s) {
    out.slices.push_back(rack->of(s).result(s % each, s));
    out.slices.back().wallSeconds = seconds;
  }
  return std::move(out);
}

llvm::Expected<SimOutput> RtlMachine::run(llvm::ArrayRef<isa::Word> program,
                                          uint32_t entry, uint64_t maxCycles) {
  ChipInput input{rack->machine, {program}, {}, {entry}};
  input.maxCycles = maxCycles;
  auto out = run(input);
  if (!out) {
    return out.takeError();
  }
  return std::move(out->slices.front());
}

llvm::Expected<ChipOutput>
acc::runRtlChip(const ChipInput &input, llvm::StringRef wavesFile,
                const fabric::CycleLinksOptions &links) {
  if (llvm::Error e = checkInput(input)) {
    return std::move(e);
  }
  if (llvm::Error e = checkCycleRack(input.machine)) {
    return std::move(e);
  }
  RtlMachine machine(input.machine, wavesFile);
  if (!wavesFile.empty() && !machine.isTracing()) {
    return error("built without waveforms: configure with ACC_RTL_WAVES=ON");
  }
  for (uint32_t s = 0; s < input.slices() && !input.hbm.empty(); ++s) {
    llvm::ArrayRef<uint8_t> image = ChipInput::of(input.hbm, s);
    machine.memory(s).write(0, image.data(), image.size());
  }
  machine.setLinks(links);
  auto out = machine.run(input);
  for (uint32_t s = 0; out && s < input.slices(); ++s) {
    out->slices[s].hbm = std::move(machine.memory(s));
  }
  return out;
}

llvm::Expected<ChipOutput>
acc::runMixedRack(const ChipInput &input, const std::vector<bool> &isRtl,
                  const fabric::CycleLinksOptions &links) {
  if (llvm::Error e = checkInput(input)) {
    return std::move(e);
  }
  if (llvm::Error e = checkCycleRack(input.machine)) {
    return std::move(e);
  }
  uint32_t each = input.machine.slicesPerChip();
  std::vector<std::unique_ptr<RtlMachine::Bench>> chips(input.machine.chips());
  CycleRackOptions options{links};
  options.chips.resize(chips.size());
  for (uint32_t c = 0; c < chips.size(); ++c) {
    if (!isRtl[c]) {
      continue;
    }
    chips[c] = std::make_unique<RtlMachine::Bench>(input.machine, c, "");
    for (uint32_t s = 0; s < each && !input.hbm.empty(); ++s) {
      llvm::ArrayRef<uint8_t> image = ChipInput::of(input.hbm, c * each + s);
      chips[c]->memories.contents(s).write(0, image.data(), image.size());
    }
    chips[c]->load(input, c);
    chips[c]->prepare(input.flips, c);
    options.chips[c] = chips[c].get();
  }
  auto out = runSystemCRack(input, options);
  for (uint32_t c = 0; c < chips.size(); ++c) {
    if (!chips[c]) {
      continue;
    }
    if (out && chips[c]->isRunning()) {
      return error("deadlock: chip " + llvm::Twine(c) +
                   " in RTL does not go on");
    }
    chips[c]->settle();
    for (uint32_t s = 0; out && s < each; ++s) {
      SimOutput &slice = out->slices[c * each + s];
      slice = chips[c]->result(s, c * each + s);
      slice.hbm = std::move(chips[c]->memories.contents(s));
    }
  }
  return out;
}

llvm::Expected<SimOutput> acc::runRtl(const SimInput &input,
                                      llvm::StringRef wavesFile) {
  return runAlone(input, [&](const ChipInput &chip) {
    return runRtlChip(chip, wavesFile);
  });
}
