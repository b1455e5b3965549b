//===- RtlSim.cpp - The Verilated slice behind the common interface -------===//

#include "rtl/tb/RtlSim.h"
#include "rtl/tb/RtlModel.h"
#include "systemc-models/Memory/HbmDpi.h"

#include "svdpi.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>

using namespace acc;

//===----------------------------------------------------------------------===//
// Memory behind the AXI slave
//===----------------------------------------------------------------------===//

static SparseMemory *hbm;
static uint32_t lineBytes;

/// Bytes of a line as the AXI data bus carries them: byte lane = address modulo
/// line length.
extern "C" void acc_bench_read(int addr, int bytes, svBitVecVal *line) {
  auto *data = reinterpret_cast<uint8_t *>(line);
  std::memset(data, 0, lineBytes);
  hbm->read(uint32_t(addr), data + uint32_t(addr) % lineBytes, unsigned(bytes));
}

extern "C" void acc_bench_write(int addr, const svBitVecVal *line,
                                const svBitVecVal *strobes) {
  uint32_t base = uint32_t(addr) / lineBytes * lineBytes;
  const auto *data = reinterpret_cast<const uint8_t *>(line);
  auto enabled = [&](unsigned i) { return strobes[i / 32] >> i % 32 & 1; };
  for (unsigned i = 0; i < lineBytes; ++i) {
    unsigned first = i;
    while (i < lineBytes && enabled(i)) {
      ++i;
    }
    if (i > first) {
      hbm->write(base + first, data + first, i - first);
    }
  }
}

//===----------------------------------------------------------------------===//
// Clock and host port
//===----------------------------------------------------------------------===//

class RtlMachine::Bench {
public:
  Bench(const Target &target, llvm::StringRef wavesFile)
      : target(target), model(createRtlModel()), memory(target.hbm.bytes) {
    tracing = !wavesFile.empty() && model->openWaves(wavesFile.str().c_str());
    hbm = &memory;
    lineBytes = target.hbm.lineBytes;
    model->eval();
    clock();
    clock();
    model->in.rstN = true;
  }

  ~Bench() { model->finish(); }

  /// Whether a waveform is written.
  bool isTracing() const { return tracing; }

  void writeImem(uint32_t address, const isa::Word &word) {
    model->in.imemWrite = true;
    model->in.imemAddress = address;
    static_assert(sizeof(word) == sizeof(model->in.imemData));
    std::memcpy(model->in.imemData, &word, sizeof(word));
    clock();
    model->in.imemWrite = false;
  }

  void writeCsr(isa::Csr address, uint32_t value) {
    model->in.csrWrite = true;
    model->in.csrAddress = uint8_t(address);
    model->in.csrData = value;
    clock();
    model->in.csrWrite = false;
  }

  uint32_t readCsr(unsigned address) {
    model->in.csrAddress = uint8_t(address);
    model->eval();
    return model->out.csrData;
  }

  uint64_t readCounter(unsigned i) {
    unsigned base = unsigned(isa::Csr::COUNTERS) + 2 * i;
    return readCsr(base) | uint64_t(readCsr(base + 1)) << 32;
  }

  /// Returns false if the program did not end in time.
  bool run(uint32_t entry, uint64_t maxCycles) {
    records.clear();
    for (auto &r : running) {
      r.clear();
    }
    resetHbmDpi(target);
    writeCsr(isa::Csr::ENTRY, entry);
    writeCsr(isa::Csr::CONTROL, 1);
    bool inTime = true;
    for (uint64_t cycle = 0; model->out.running; ++cycle) {
      if (cycle >= maxCycles) {
        inTime = false;
        writeCsr(isa::Csr::CONTROL, 0);
        break;
      }
      // After the falling edge the outputs show what happens in `cycle`.
      if (model->out.traceStart | model->out.traceEnd) {
        record(cycle);
      }
      clock();
    }
    // Memory answers what it was asked.
    while (model->out.busy) {
      clock();
    }
    return inTime;
  }

  /// Ended commands; in the cycle of a fault none ends.
  std::vector<CommandRecord> commands() {
    bool fault = readCsr(unsigned(isa::Csr::STATUS)) & 4;
    uint64_t limit = fault ? readCounter(0) - 1 : ~uint64_t(0);
    std::vector<CommandRecord> ended;
    for (const CommandRecord &c : records) {
      if (c.end < limit) {
        ended.push_back(c);
      }
    }
    std::sort(ended.begin(), ended.end(),
              [](const CommandRecord &a, const CommandRecord &b) {
                return a.start != b.start ? a.start < b.start
                                          : a.engine < b.engine;
              });
    return ended;
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

  const Target &target;

private:
  void record(uint64_t cycle) {
    for (unsigned e = 0; e < numEngines; ++e) {
      if (model->out.traceStart >> e & 1) {
        running[e].push_back(records.size());
        CommandRecord c{};
        c.engine = isa::Engine(e);
        c.pc = model->out.tracePc[e];
        c.start = cycle;
        c.end = ~uint64_t(0);
        records.push_back(c);
      }
      if (model->out.traceEnd >> e & 1) {
        records[running[e].front()].end = cycle;
        running[e].pop_front();
      }
    }
  }

  std::unique_ptr<RtlModel> model;
  uint64_t time = 0;
  bool tracing = false;

public:
  SparseMemory memory;

private:
  std::vector<CommandRecord> records;
  std::deque<size_t> running[numEngines]; ///< ends come in the order of starts
};

RtlMachine::RtlMachine(const Target &target, llvm::ArrayRef<uint8_t> image,
                       llvm::StringRef wavesFile)
    : bench(std::make_unique<Bench>(target, wavesFile)) {
  bench->memory.write(0, image.data(), image.size());
}

RtlMachine::~RtlMachine() = default;

bool RtlMachine::isTracing() const { return bench->isTracing(); }

void RtlMachine::writeCsr(isa::Csr address, uint32_t value) {
  bench->writeCsr(address, value);
}

uint32_t RtlMachine::readCsr(isa::Csr address) {
  return bench->readCsr(unsigned(address));
}

uint64_t RtlMachine::readCounter(isa::Counter counter) {
  return bench->readCounter(unsigned(counter));
}

void RtlMachine::writeImem(uint32_t address, const isa::Word &word) {
  bench->writeImem(address, word);
}

void RtlMachine::clock() { bench->clock(); }

SparseMemory &RtlMachine::memory() { return bench->memory; }

static llvm::Error error(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

llvm::Expected<SimOutput> RtlMachine::run(llvm::ArrayRef<isa::Word> program,
                                          uint32_t entry, uint64_t maxCycles) {
  if (program.size() > bench->target.seq.imemWords) {
    return error("the program is longer than the instruction memory");
  }
  for (size_t word = 0; word < program.size(); ++word) {
    bench->writeImem(uint32_t(word), program[word]);
  }
  // A program that runs off its end finds no instruction.
  if (program.size() < bench->target.seq.imemWords) {
    bench->writeImem(uint32_t(program.size()), {});
  }
  SimOutput out;
  out.model = "rtl";
  auto begin = std::chrono::steady_clock::now();
  bool ended = bench->run(entry, maxCycles);
  out.wallSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  if (!ended) {
    return error("no halt within " + llvm::Twine(maxCycles) + " cycles");
  }
  out.fault = isa::Fault(readCsr(isa::Csr::FAULT_CODE));
  out.faultPc = readCsr(isa::Csr::FAULT_PC);
  for (unsigned i = 0; i < numCounters; ++i) {
    out.counters[i] = bench->readCounter(i);
  }
  out.cycles = out.counters[unsigned(isa::Counter::CYCLES)];
  out.events = out.cycles;
  out.commands = bench->commands();
  out.hbmStatistics = hbmDpiModel().statistics();
  return std::move(out);
}

llvm::Expected<SimOutput> acc::runRtl(const SimInput &input,
                                      llvm::StringRef wavesFile) {
  if (input.hbm.size() > input.target.hbm.bytes) {
    return error("the memory image is larger than HBM");
  }
  RtlMachine machine(input.target, input.hbm, wavesFile);
  if (!wavesFile.empty() && !machine.isTracing()) {
    return error("built without waveforms: configure with ACC_RTL_WAVES=ON");
  }
  auto out = machine.run(input.program, input.entry, input.maxCycles);
  if (out) {
    out->hbm = std::move(machine.memory());
  }
  return out;
}
