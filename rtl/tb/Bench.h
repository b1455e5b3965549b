//===- Bench.h - A Verilated model with its memories --------------*- C++
//-*-===//
//
// Clock, host port, traces and flips of a model: of a chip, or of one of its
// slices.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_RTL_TB_BENCH_H
#define ACC_RTL_TB_BENCH_H

#include "rtl/tb/LinkWords.h"
#include "rtl/tb/Memories.h"
#include "rtl/tb/RtlModel.h"
#include "rtl/tb/RtlSim.h"
#include "systemc-models/Functional/SliceProgram.h"
#include "systemc-models/Net/CycleRack.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cstring>
#include <deque>

namespace acc {

/// Commands of a slice, from its trace ports.
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

/// A chip, or slice `chip` of one.
class RtlMachine::Bench final : public CycleChip {
public:
  Bench(const Machine &machine, uint32_t chip, llvm::StringRef wavesFile)
      : machine(machine), model(createRtlModel()), slices(model->numSlices()),
        memories(machine.slice, slices), traces(slices) {
    tracing = !wavesFile.empty() && model->openWaves(wavesFile.str().c_str());
    model->in.bench = memories.handle();
    model->in.chip = chip;
    model->in.place = chip;
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

  // The collective network of a slice.
  bool isOneSlice() const { return model->beatWords() != 0; }
  void setNet(bool go, bool mismatch, llvm::ArrayRef<uint32_t> words) {
    model->in.go = go;
    model->in.mismatch = mismatch;
    std::copy(words.begin(), words.end(), model->in.words);
  }
  /// xpu_net_pkg::net_offer_t, while it is valid.
  std::optional<isa::Collective> offer() const {
    BitReader reader(model->out.offer, 0);
    isa::Collective c;
    c.columns = uint16_t(reader.take(16));
    c.rows = uint16_t(reader.take(16));
    c.root = uint32_t(reader.take(32));
    c.fmt = isa::Format(reader.take(5));
    c.op = isa::ReduceOp(reader.take(3));
    c.kind = isa::CollectiveKind(reader.take(3));
    c.chips = isa::Chips(reader.take(2));
    c.group = isa::Group(reader.take(2));
    return reader.take(1) ? std::optional(c) : std::nullopt;
  }
  /// xpu_net_pkg::net_beat_t, if it is valid.
  std::optional<llvm::ArrayRef<uint32_t>> beat() const {
    unsigned words = model->beatWords();
    return model->out.beat[words] & 1
               ? std::optional(llvm::ArrayRef(model->out.beat, words))
               : std::nullopt;
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

} // namespace acc

#endif // ACC_RTL_TB_BENCH_H
