//===- RtlSim.cpp - The Verilated chip behind the common interface --------===//

#include "rtl/tb/RtlSim.h"
#include "rtl/tb/Memories.h"
#include "rtl/tb/RtlModel.h"
#include "systemc-models/Functional/SliceProgram.h"

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

class RtlMachine::Bench {
public:
  Bench(const Machine &machine, llvm::StringRef wavesFile)
      : machine(machine), model(createRtlModel()), slices(model->numSlices()),
        memories(machine.slice, slices), traces(slices) {
    tracing = !wavesFile.empty() && model->openWaves(wavesFile.str().c_str());
    model->in.bench = memories.handle();
    model->eval();
    clock();
    clock();
    model->in.rstN = true;
  }

  ~Bench() { model->finish(); }

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
    std::fill_n(model->in.csrWrite, slices, false);
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

  enum class End { Done, TooLong, Stuck };

  /// Starts all slices; `Stuck` leaves them as they are.
  End run(uint64_t maxCycles, llvm::ArrayRef<MemoryFlip> flips) {
    for (Trace &t : traces) {
      t.clear();
    }
    pendingFlips.assign(flips.begin(), flips.end());
    sortFlips(pendingFlips);
    doneFlips.clear();
    memories.resetTiming();
    writeCsr(isa::Csr::CONTROL, 1, 0, slices);
    unsigned stuckFor = 0;
    End end = End::Done;
    for (uint64_t cycle = 0; any(&Slice::running); ++cycle) {
      if (cycle >= maxCycles || stuckFor > stuckCycles) {
        end = cycle >= maxCycles ? End::TooLong : End::Stuck;
        break;
      }
      // After the falling edge the outputs show what happens in `cycle`.
      bool stuck = true;
      for (unsigned s = 0; s < slices; ++s) {
        const Slice &out = model->out.slices[s];
        stuck &= !out.running || out.stuck;
        if (out.traceStart | out.traceEnd) {
          traces[s].add(out, cycle);
        }
      }
      stuckFor = stuck ? stuckFor + 1 : 0;
      if (!pendingFlips.empty() && pendingFlips.front().cycle <= cycle) {
        applyFlips(cycle);
      }
      clock();
    }
    return end;
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

  SimOutput result(unsigned slice) {
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
    out.hbmErrors = asFlips(memories.errors(slice), slice);
    out.hbmStatistics = memories.timing(slice).statistics();
    return out;
  }

  void clock() {
    for (bool level : {true, false}) {
      model->in.clk = level;
      model->eval();
      if (tracing) {
        model->dump(time++);
      }
    }
  }

  const Machine machine;

private:
  using Slice = RtlModel::Outputs::Slice;

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

RtlMachine::RtlMachine(const Machine &machine, llvm::StringRef wavesFile)
    : bench(std::make_unique<Bench>(machine, wavesFile)) {}

RtlMachine::RtlMachine(const Target &target, llvm::ArrayRef<uint8_t> image)
    : RtlMachine(Machine::alone(target)) {
  memory().write(0, image.data(), image.size());
}

RtlMachine::~RtlMachine() = default;

bool RtlMachine::isTracing() const { return bench->isTracing(); }

void RtlMachine::writeCsr(isa::Csr address, uint32_t value) {
  bench->writeCsr(address, value, 0, bench->slices);
}

uint32_t RtlMachine::readCsr(isa::Csr address, uint32_t slice) {
  return bench->readCsr(unsigned(address), slice);
}

uint64_t RtlMachine::readCounter(isa::Counter counter, uint32_t slice) {
  return bench->readCounter(unsigned(counter), slice);
}

void RtlMachine::writeImem(uint32_t address, const isa::Word &word) {
  bench->writeImem(address, word, 0, bench->slices);
}

void RtlMachine::clock() { bench->clock(); }

SparseMemory &RtlMachine::memory(uint32_t slice) {
  return bench->memories.contents(slice);
}

static llvm::Error error(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<ChipOutput> RtlMachine::run(const ChipInput &input) {
  if (llvm::Error e = checkInput(input)) {
    return std::move(e);
  }
  if (input.slices() != bench->slices) {
    return error("the RTL has " + llvm::Twine(bench->slices) +
                 " slices, the machine " + llvm::Twine(input.slices()));
  }
  // What is the same for all is written to all.
  auto forSlices = [&](const auto &list, auto write) {
    for (unsigned i = 0; i < list.size(); ++i) {
      write(list[i], i, list.size() == 1 ? bench->slices : i + 1);
    }
  };
  forSlices(input.programs, [&](auto program, unsigned first, unsigned last) {
    bench->load(program, first, last);
  });
  forSlices(input.entries, [&](uint32_t entry, unsigned first, unsigned last) {
    bench->writeCsr(isa::Csr::ENTRY, entry, first, last);
  });
  bench->writeCsr(isa::Csr::CHIP_ID, input.chip, 0, bench->slices);
  auto begin = std::chrono::steady_clock::now();
  Bench::End end = bench->run(input.maxCycles, input.flips);
  double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  std::vector<SliceState> states;
  for (unsigned s = 0; s < bench->slices && end == Bench::End::Stuck; ++s) {
    states.push_back(bench->state(s));
  }
  bench->settle();
  if (end == Bench::End::TooLong) {
    return error("no halt within " + llvm::Twine(input.maxCycles) + " cycles");
  }
  if (end == Bench::End::Stuck) {
    return error(describeDeadlock(states));
  }
  ChipOutput out;
  out.simulated = bench->slices;
  for (unsigned s = 0; s < bench->slices; ++s) {
    out.slices.push_back(bench->result(s));
    out.slices.back().wallSeconds = seconds;
  }
  return std::move(out);
}

llvm::Expected<SimOutput> RtlMachine::run(llvm::ArrayRef<isa::Word> program,
                                          uint32_t entry, uint64_t maxCycles) {
  ChipInput input{bench->machine, {program}, {}, {entry}};
  input.maxCycles = maxCycles;
  auto out = run(input);
  if (!out) {
    return out.takeError();
  }
  return std::move(out->slices.front());
}

llvm::Expected<ChipOutput> acc::runRtlChip(const ChipInput &input,
                                           llvm::StringRef wavesFile) {
  if (llvm::Error e = checkInput(input)) {
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
  auto out = machine.run(input);
  for (uint32_t s = 0; out && s < input.slices(); ++s) {
    out->slices[s].hbm = std::move(machine.memory(s));
  }
  return out;
}

llvm::Expected<SimOutput> acc::runRtl(const SimInput &input,
                                      llvm::StringRef wavesFile) {
  return runAlone(input, [&](const ChipInput &chip) {
    return runRtlChip(chip, wavesFile);
  });
}
