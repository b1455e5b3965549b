//===- RtlSim.cpp - The Verilated chip behind the common interface --------===//

#include "rtl/tb/RtlSim.h"
#include "rtl/tb/LinkWords.h"
#include "rtl/tb/Memories.h"
#include "rtl/tb/RtlModel.h"
#include "systemc-models/Functional/SliceProgram.h"
#include "systemc-models/Net/CycleRack.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>

using namespace acc;

/// Cycles without any change in a slice that runs, until no change can come any
/// more: the network answers within less.
static constexpr unsigned stuckCycles = 16;

//===----------------------------------------------------------------------===//
// Commands of a slice
//===----------------------------------------------------------------------===//

namespace {
class Trace {
public:
  void clear() {
    records.clear();
    for (auto &r : running) {
      r.clear();
    }
  }

  void add(const RtlModel::Outputs::Slice &out, uint64_t cycle) {
    for (unsigned e = 0; e < numEngines; ++e) {
      if (out.traceStart >> e & 1) {
        running[e].push_back(records.size());
        CommandRecord c{};
        c.engine = isa::Engine(e);
        c.pc = out.tracePc[e];
        c.start = cycle;
        c.end = ~uint64_t(0);
        records.push_back(c);
      }
      if (out.traceEnd >> e & 1) {
        records[running[e].front()].end = cycle;
        running[e].pop_front();
      }
    }
  }

  /// Those that ended before cycle `limit`.
  std::vector<CommandRecord> ended(uint64_t limit) const {
    std::vector<CommandRecord> result;
    llvm::copy_if(records, std::back_inserter(result),
                  [&](const CommandRecord &c) { return c.end < limit; });
    std::sort(result.begin(), result.end(),
              [](const CommandRecord &a, const CommandRecord &b) {
                return a.start != b.start ? a.start < b.start
                                          : a.engine < b.engine;
              });
    return result;
  }

private:
  std::vector<CommandRecord> records;
  std::deque<size_t> running[numEngines]; ///< ends come in the order of starts
};
} // namespace

//===----------------------------------------------------------------------===//
// Clock and host port
//===----------------------------------------------------------------------===//

/// A chip.
class RtlMachine::Bench final : public CycleChip {
public:
  Bench(const Machine &machine, uint32_t chip, llvm::StringRef wavesFile)
      : machine(machine), model(createRtlModel()), slices(model->numSlices()),
        memories(machine.slice, slices), traces(slices) {
    tracing = !wavesFile.empty() && model->openWaves(wavesFile.str().c_str());
    model->in.bench = memories.handle();
    model->in.chip = chip;
    model->eval();
    clock();
    clock();
    model->in.rstN = true;
  }

  ~Bench() override { model->finish(); }

  /// Whether a waveform is written.
  bool isTracing() const { return tracing; }

  /// The slices from `first` to before `last`.
  void writeImem(uint32_t address, const isa::Word &word, unsigned first,
                 unsigned last) {
    std::fill(model->in.imemWrite + first, model->in.imemWrite + last, true);
    model->in.imemAddress = address;
    static_assert(sizeof(word) == sizeof(model->in.imemData));
    std::memcpy(model->in.imemData, &word, sizeof(word));
    clock();
    std::fill_n(model->in.imemWrite, slices, false);
  }

  void writeCsr(isa::Csr address, uint32_t value, unsigned first,
                unsigned last) {
    std::fill(model->in.csrWrite + first, model->in.csrWrite + last, true);
    model->in.csrAddress = uint8_t(address);
    model->in.csrData = value;
    clock();
  }

  uint32_t readCsr(unsigned address, unsigned slice) {
    model->in.csrAddress = uint8_t(address);
    model->eval();
    return model->out.slices[slice].csrData;
  }

  uint64_t readCounter(unsigned i, unsigned slice) {
    unsigned base = unsigned(isa::Csr::COUNTERS) + 2 * i;
    return readCsr(base, slice) | uint64_t(readCsr(base + 1, slice)) << 32;
  }

  void load(llvm::ArrayRef<isa::Word> program, unsigned first, unsigned last) {
    for (size_t word = 0; word < program.size(); ++word) {
      writeImem(uint32_t(word), program[word], first, last);
    }
    // A program that runs off its end finds no instruction.
    if (program.size() < machine.slice.seq.imemWords) {
      writeImem(uint32_t(program.size()), {}, first, last);
    }
  }

  /// Loads what the slices of the chip run.
  void load(const ChipInput &input, uint32_t chip) {
    // What is the same for all is written to all.
    auto forSlices = [&](const auto &list, auto write) {
      bool isOne = list.size() == 1;
      for (uint32_t s = 0; s < (isOne ? 1 : slices); ++s) {
        write(ChipInput::of(list, chip * slices + s), s,
              isOne ? slices : s + 1);
      }
    };
    forSlices(input.programs, [&](auto program, unsigned first, unsigned last) {
      load(program, first, last);
    });
    forSlices(input.entries,
              [&](uint32_t entry, unsigned first, unsigned last) {
                writeCsr(isa::Csr::ENTRY, entry, first, last);
              });
    writeCsr(isa::Csr::CHIP_ID, input.machine.rack ? chip : input.chip, 0,
             slices);
  }

  /// A program is going to start on chip `chip`; flips are those of all chips.
  void prepare(llvm::ArrayRef<MemoryFlip> flips, uint32_t chip) {
    for (Trace &t : traces) {
      t.clear();
    }
    pendingFlips.clear();
    for (MemoryFlip flip : flips) {
      if (flip.slice / slices == chip) {
        flip.slice %= slices;
        pendingFlips.push_back(flip);
      }
    }
    sortFlips(pendingFlips);
    doneFlips.clear();
    memories.resetTiming();
  }

  bool observe(uint64_t cycle) override {
    bool active = model->out.edgeBusy;
    for (unsigned s = 0; s < slices; ++s) {
      const Slice &out = model->out.slices[s];
      active |= out.running && !out.stuck;
      if (out.traceStart | out.traceEnd) {
        traces[s].add(out, cycle);
      }
    }
    if (!pendingFlips.empty() && pendingFlips.front().cycle <= cycle) {
      applyFlips(cycle);
    }
    return active;
  }

  bool isRunning() const { return any(&Slice::running); }

  void start() override {
    std::fill_n(model->in.csrWrite, slices, true);
    model->in.csrAddress = uint8_t(isa::Csr::CONTROL);
    model->in.csrData = 1;
  }

  // The port of a chip of a rack.
  void resetPort() override {
    model->in.portRstN = false;
    clock(true, true);
    clock(true, true);
    model->in.portRstN = true;
  }
  bool isBusy() const override { return model->out.edgeBusy; }
  fabric::LinkWord link() const override {
    return readLink(model->out.link, linkUnits());
  }
  void receive(const fabric::LinkWord &word, bool locked) override {
    writeLink(model->in.link, linkUnits(), word);
    model->in.lock = locked;
  }

  /// Ends what runs; memory answers what it was asked.
  void settle() {
    if (any(&Slice::running)) {
      writeCsr(isa::Csr::CONTROL, 0, 0, slices);
    }
    while (any(&Slice::busy)) {
      clock();
    }
  }

  SliceState state(unsigned slice) {
    SliceState s;
    s.isDone = !model->out.slices[slice].running;
    s.fault = isa::Fault(readCsr(unsigned(isa::Csr::FAULT_CODE), slice));
    s.faultPc = readCsr(unsigned(isa::Csr::FAULT_PC), slice);
    s.waits = "the sequencer waits";
    return s;
  }

  /// `number` is the slice's among those of all chips.
  SimOutput result(unsigned slice, uint32_t number) {
    SimOutput out;
    out.model = "rtl";
    out.fault = isa::Fault(readCsr(unsigned(isa::Csr::FAULT_CODE), slice));
    out.faultPc = readCsr(unsigned(isa::Csr::FAULT_PC), slice);
    for (unsigned i = 0; i < numCounters; ++i) {
      out.counters[i] = readCounter(i, slice);
    }
    out.cycles = out.counters[unsigned(isa::Counter::CYCLES)];
    out.events = out.cycles;
    // In the cycle of a fault no command ends.
    out.commands = traces[slice].ended(
        out.fault == isa::Fault::None ? ~uint64_t(0) : out.cycles - 1);
    out.faultAddress = readCsr(unsigned(isa::Csr::FAULT_ADDR), slice);
    llvm::copy_if(doneFlips, std::back_inserter(out.flips),
                  [&](const MemoryFlip &f) { return f.slice == slice; });
    sortFlips(out.flips);
    for (MemoryFlip &flip : out.flips) {
      flip.slice = number;
    }
    out.hbmErrors = asFlips(memories.errors(slice), number);
    out.hbmStatistics = memories.timing(slice).statistics();
    return out;
  }

  void clock() { clock(true, false); }
  /// Of the core, of the port, or of both at once.
  void clock(bool core, bool port) override {
    for (bool level : {true, false}) {
      model->in.clk = level && core;
      model->in.portClk = level && port;
      model->eval();
      if (tracing) {
        model->dump(time++);
      }
    }
    if (core) {
      std::fill_n(model->in.csrWrite, slices, false);
    }
  }

  const Machine machine;

private:
  using Slice = RtlModel::Outputs::Slice;

  unsigned linkUnits() const {
    return machine.chip->fabric.port.lanes * fabric::kLaneBytes / 8;
  }

  bool any(bool Slice::*flag) const {
    return std::any_of(model->out.slices, model->out.slices + slices,
                       [&](const Slice &s) { return s.*flag; });
  }

  /// Before the edge that ends `cycle`: commands that start in it see it.
  void applyFlips(uint64_t cycle) {
    llvm::erase_if(pendingFlips, [&](MemoryFlip f) {
      const Slice &out = model->out.slices[f.slice];
      bool isHbm = f.where == MemoryFlip::Where::Hbm;
      if (f.cycle > cycle || !out.running ||
          (!isHbm &&
           (out.traceClaims >> f.address / machine.slice.spm.bankBytes & 1))) {
        return false;
      }
      if (isHbm) {
        memories.errors(f.slice).flip(f.address / HbmErrors::wordBytes, f.bit);
      } else {
        model->in.flipSlice = f.slice;
        model->in.flipAddress = uint32_t(f.address);
        model->in.flipMask = uint16_t(1u << f.bit);
        for (bool level : {true, false}) {
          model->in.flip = level;
          model->eval();
        }
      }
      f.cycle = cycle;
      doneFlips.push_back(f);
      return true;
    });
  }

  std::vector<MemoryFlip> pendingFlips, doneFlips;
  std::unique_ptr<RtlModel> model;
  uint64_t time = 0;
  bool tracing = false;

public:
  const unsigned slices;
  Memories memories;

private:
  std::vector<Trace> traces;
};

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
