//===- RtlSim.cpp - The Verilated slice behind the common interface -------===//

#include "rtl/tb/RtlSim.h"
#include "Vxpu_tb.h"
#include "systemc-models/Memory/HbmDpi.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>

using namespace acc;

llvm::StringRef acc::rtlTargetName() { return ACC_RTL_TARGET; }

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

namespace {

class Bench {
public:
  Bench(VerilatedContext &context, llvm::StringRef wavesFile) : top(&context) {
#if VM_TRACE
    tracing = !wavesFile.empty();
    if (tracing) {
      context.traceEverOn(true);
      top.trace(&waves, 99);
      waves.open(wavesFile.str().c_str());
    }
#endif
    top.clk_i = 0;
    top.rst_ni = 0;
    top.eval();
    clock();
    clock();
    top.rst_ni = 1;
  }

  ~Bench() {
    top.final();
#if VM_TRACE
    if (tracing) {
      waves.close();
    }
#endif
  }

  void loadProgram(llvm::ArrayRef<isa::Word> program) {
    top.imem_we_i = 1;
    for (size_t word = 0; word < program.size(); ++word) {
      top.imem_addr_i = uint32_t(word);
      std::memcpy(top.imem_wdata_i.data(), &program[word], 16);
      clock();
    }
    top.imem_we_i = 0;
  }

  void writeCsr(isa::Csr address, uint32_t value) {
    top.csr_we_i = 1;
    top.csr_addr_i = uint8_t(address);
    top.csr_wdata_i = value;
    clock();
    top.csr_we_i = 0;
  }

  uint32_t readCsr(unsigned address) {
    top.csr_addr_i = uint8_t(address);
    top.eval();
    return top.csr_rdata_o;
  }

  uint64_t readCounter(unsigned i) {
    unsigned base = unsigned(isa::Csr::COUNTERS) + 2 * i;
    return readCsr(base) | uint64_t(readCsr(base + 1)) << 32;
  }

  /// Returns false if the program did not end in time.
  bool run(uint32_t entry, uint64_t maxCycles) {
    writeCsr(isa::Csr::ENTRY, entry);
    writeCsr(isa::Csr::CONTROL, 1);
    for (uint64_t cycle = 0; top.running_o; ++cycle) {
      if (cycle >= maxCycles) {
        return false;
      }
      // After the falling edge the outputs show what happens in `cycle`.
      if (top.trace_start_o | top.trace_end_o) {
        record(cycle);
      }
      clock();
    }
    return true;
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

private:
  void clock() {
    top.clk_i = 1;
    top.eval();
    dump();
    top.clk_i = 0;
    top.eval();
    dump();
  }

  void dump() {
#if VM_TRACE
    if (tracing) {
      waves.dump(time++);
    }
#endif
  }

  void record(uint64_t cycle) {
    for (unsigned e = 0; e < numEngines; ++e) {
      if (top.trace_start_o >> e & 1) {
        running[e].push_back(records.size());
        CommandRecord c{};
        c.engine = isa::Engine(e);
        c.pc = top.trace_pc_o[e];
        c.start = cycle;
        c.end = ~uint64_t(0);
        records.push_back(c);
      }
      if (top.trace_end_o >> e & 1) {
        records[running[e].front()].end = cycle;
        running[e].pop_front();
      }
    }
  }

  Vxpu_tb top;
#if VM_TRACE
  VerilatedFstC waves;
  uint64_t time = 0;
  bool tracing = false;
#endif
  std::vector<CommandRecord> records;
  std::deque<size_t> running[numEngines]; ///< ends come in the order of starts
};

} // namespace

llvm::Expected<SimOutput> acc::runRtl(const SimInput &input,
                                      llvm::StringRef wavesFile) {
  auto error = [](const llvm::Twine &message) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
  };
  if (input.program.size() > input.target.seq.imemWords) {
    return error("the program is longer than the instruction memory");
  }
  if (input.hbm.size() > input.target.hbm.bytes) {
    return error("the memory image is larger than HBM");
  }
#if !VM_TRACE
  if (!wavesFile.empty()) {
    return error("built without waveforms: configure with ACC_RTL_WAVES=ON");
  }
#endif
  SimOutput out;
  out.model = "rtl";
  out.hbm = SparseMemory(input.target.hbm.bytes);
  out.hbm.write(0, input.hbm.data(), input.hbm.size());
  hbm = &out.hbm;
  lineBytes = input.target.hbm.lineBytes;
  resetHbmDpi(input.target);

  VerilatedContext context;
  Bench bench(context, wavesFile);
  bench.loadProgram(input.program);
  auto begin = std::chrono::steady_clock::now();
  bool ended = bench.run(input.entry, input.maxCycles);
  out.wallSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  if (!ended) {
    return error("no halt within " + llvm::Twine(input.maxCycles) + " cycles");
  }
  out.fault = isa::Fault(bench.readCsr(unsigned(isa::Csr::FAULT_CODE)));
  out.faultPc = bench.readCsr(unsigned(isa::Csr::FAULT_PC));
  for (unsigned i = 0; i < numCounters; ++i) {
    out.counters[i] = bench.readCounter(i);
  }
  out.cycles = out.counters[unsigned(isa::Counter::CYCLES)];
  out.events = out.cycles;
  out.commands = bench.commands();
  out.hbmStatistics = hbmDpiModel().statistics();
  return std::move(out);
}
