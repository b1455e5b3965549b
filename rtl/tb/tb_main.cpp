//===- tb_main.cpp - Runs a program on the Verilated slice ----------------===//
//
// acc-rtl-<target> --program=F --hbm=F --hbm-out=F --result=F.json
//                  [--max-cycles=N] [--hbm-out-bytes=N] [--waves=F.fst]
//
// Start, end and address of every command are read from the trace ports of the
// slice, counters and faults through its host registers.
//
//===----------------------------------------------------------------------===//

#include "Vxpu_tb.h"
#include "dialects/ISA/Isa.h"
#include "dialects/Target/Target.h"
#include "systemc-models/Memory/HbmDpi.h"
#include "systemc-models/Memory/SparseMemory.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_fst_c.h"
#endif

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cl = llvm::cl;
namespace isa = xpu::isa;

static cl::OptionCategory category("acc-rtl options");
static cl::opt<std::string> programFile("program", cl::Required,
                                        cl::desc("Raw 128-bit words"),
                                        cl::cat(category));
static cl::opt<std::string> hbmFile("hbm", cl::desc("HBM image from address 0"),
                                    cl::cat(category));
static cl::opt<std::string>
    hbmOutFile("hbm-out", cl::desc("HBM image at the end, without its trailing "
                                   "zero bytes"),
               cl::cat(category));
static cl::opt<uint64_t>
    hbmOutBytes("hbm-out-bytes", cl::desc("Exact length of --hbm-out"),
                cl::cat(category));
static cl::opt<std::string> resultFile("result", cl::desc("Result as JSON"),
                                       cl::cat(category));
static cl::opt<uint64_t> maxCycles("max-cycles", cl::init(1ull << 40),
                                   cl::desc("Gives up after so many cycles"),
                                   cl::cat(category));
static cl::opt<std::string> wavesFile("waves", cl::desc("Waveform (FST)"),
                                      cl::cat(category));
static cl::opt<bool> showSpeed("speed", cl::desc("Prints cycles per second"),
                               cl::cat(category));

static acc::SparseMemory hbm;

/// Bytes of a line as the AXI data bus carries them: byte lane = address
/// modulo line length.
static constexpr unsigned lineBytes = ACC_RTL_LINE_BYTES;

extern "C" void acc_bench_read(int addr, int bytes, svBitVecVal *line) {
  uint8_t data[lineBytes] = {};
  hbm.read(uint32_t(addr), data + uint32_t(addr) % lineBytes, unsigned(bytes));
  std::memcpy(line, data, lineBytes);
}

extern "C" void acc_bench_write(int addr, const svBitVecVal *line,
                                const svBitVecVal *strobes) {
  uint32_t base = uint32_t(addr) / lineBytes * lineBytes;
  const auto *data = reinterpret_cast<const uint8_t *>(line);
  for (unsigned i = 0; i < lineBytes; ++i) {
    if (strobes[i / 32] >> i % 32 & 1) {
      unsigned first = i;
      while (i < lineBytes && (strobes[i / 32] >> i % 32 & 1)) {
        ++i;
      }
      hbm.write(base + first, data + first, i - first);
    }
  }
}

[[noreturn]] static void fail(const llvm::Twine &message) {
  llvm::errs() << "error: " << message << "\n";
  std::exit(1);
}

static std::unique_ptr<llvm::MemoryBuffer> readFile(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer) {
    fail(path + ": " + buffer.getError().message());
  }
  return std::move(*buffer);
}

namespace {

struct CommandRecord {
  unsigned engine;
  uint32_t pc;
  uint64_t start;
  uint64_t end;
};

/// The clock, and the host's side of the slice.
class Bench {
public:
  explicit Bench(VerilatedContext &context) : top(&context) {
#if VM_TRACE
    if (!wavesFile.empty()) {
      context.traceEverOn(true);
      top.trace(&waves, 99);
      waves.open(wavesFile.c_str());
    }
#else
    if (!wavesFile.empty()) {
      fail("this program was built without waveforms (ACC_RTL_WAVES)");
    }
#endif
    top.clk_i = 0;
    top.rst_ni = 0;
    top.eval();
    clock();
    clock();
    top.rst_ni = 1;
  }

  void clock() {
    top.clk_i = 1;
    top.eval();
    dump();
    top.clk_i = 0;
    top.eval();
    dump();
  }

  void loadProgram(llvm::StringRef code) {
    top.imem_we_i = 1;
    for (size_t word = 0; word < code.size() / 16; ++word) {
      top.imem_addr_i = uint32_t(word);
      std::memcpy(top.imem_wdata_i.data(), code.data() + 16 * word, 16);
      clock();
    }
    top.imem_we_i = 0;
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
  bool run() {
    top.csr_we_i = 1;
    top.csr_addr_i = unsigned(isa::Csr::CONTROL);
    top.csr_wdata_i = 1;
    clock();
    top.csr_we_i = 0;
    for (uint64_t cycle = 0; top.running_o; ++cycle) {
      if (cycle >= maxCycles) {
        return false;
      }
      // Outputs settle after the falling edge: what they show is of `cycle`.
      if (top.trace_start_o | top.trace_end_o) {
        record(cycle);
      }
      clock();
    }
    return true;
  }

  /// Ended commands, by start and engine.
  std::vector<CommandRecord> commands() {
    std::vector<CommandRecord> sorted;
    for (const CommandRecord &c : records) {
      // In the cycle of a fault nothing ends.
      if (c.end != ~0ull && !(faulted() && c.end + 1 == readCounter(0))) {
        sorted.push_back(c);
      }
    }
    std::sort(sorted.begin(), sorted.end(),
                     [](const CommandRecord &a, const CommandRecord &b) {
                       return a.start != b.start ? a.start < b.start
                                                 : a.engine < b.engine;
                     });
    return sorted;
  }

  bool faulted() { return readCsr(unsigned(isa::Csr::STATUS)) & 4; }

  void finish() {
    top.final();
#if VM_TRACE
    waves.close();
#endif
  }

private:
  void dump() {
#if VM_TRACE
    if (!wavesFile.empty()) {
      waves.dump(time++);
    }
#endif
  }

  void record(uint64_t cycle) {
    for (unsigned e = 0; e < 4; ++e) {
      if (top.trace_start_o >> e & 1) {
        running[e] = records.size();
        records.push_back({e, top.trace_pc_o[e], cycle, ~0ull});
      }
      if (top.trace_end_o >> e & 1) {
        records[running[e]].end = cycle;
      }
    }
  }

  Vxpu_tb top;
#if VM_TRACE
  VerilatedFstC waves;
  uint64_t time = 0;
#endif
  std::vector<CommandRecord> records;
  size_t running[4] = {};
};

} // namespace

static void writeResult(llvm::raw_ostream &os, Bench &bench) {
  unsigned code = bench.readCsr(unsigned(isa::Csr::FAULT_CODE));
  os << "{\"fault\":{\"code\":\"" << isa::enumCaseName("Fault", code)
     << "\",\"pc\":" << bench.readCsr(unsigned(isa::Csr::FAULT_PC))
     << "},\"cycles\":" << bench.readCounter(0) << ",\"counters\":{";
  for (unsigned i = 0; i < isa::kNumCounterValues; ++i) {
    os << (i ? "," : "") << "\"" << isa::enumCaseName("Counter", i)
       << "\":" << bench.readCounter(i);
  }
  os << "},\"commands\":[";
  bool first = true;
  for (const CommandRecord &c : bench.commands()) {
    os << (first ? "" : ",") << "\n[\"" << isa::enumCaseName("Engine", c.engine)
       << "\"," << c.pc << "," << c.start << "," << c.end << "]";
    first = false;
  }
  os << "]}\n";
}

int main(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv,
                              "The slice " ACC_RTL_TARGET " in Verilator\n");
  llvm::Expected<acc::Target> target = acc::loadTarget(ACC_RTL_TARGET);
  if (!target) {
    fail(llvm::toString(target.takeError()));
  }
  auto program = readFile(programFile);
  if (program->getBufferSize() % 16 != 0 ||
      program->getBufferSize() / 16 > target->seq.imemWords) {
    fail(programFile + ": not a program for this target");
  }
  acc::resetHbmDpi(*target);
  hbm = acc::SparseMemory(target->hbm.bytes);
  if (!hbmFile.empty()) {
    auto image = readFile(hbmFile);
    if (image->getBufferSize() > hbm.size()) {
      fail(hbmFile + ": larger than the memory");
    }
    hbm.write(0, image->getBufferStart(), image->getBufferSize());
  }

  VerilatedContext context;
  Bench bench(context);
  bench.loadProgram(program->getBuffer());
  auto begin = std::chrono::steady_clock::now();
  bool ended = bench.run();
  double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  if (showSpeed) {
    llvm::errs() << "cycles " << bench.readCounter(0) << ", per second "
                 << uint64_t(double(bench.readCounter(0)) / seconds) << "\n";
  }
  if (!ended) {
    fail("no end after " + llvm::Twine(maxCycles) + " cycles");
  }

  if (!resultFile.empty()) {
    std::error_code error;
    llvm::raw_fd_ostream os(resultFile, error);
    if (error) {
      fail(resultFile + ": " + error.message());
    }
    writeResult(os, bench);
  }
  if (!hbmOutFile.empty()) {
    if (hbmOutBytes.getNumOccurrences()) {
      std::error_code error;
      llvm::raw_fd_ostream os(hbmOutFile, error);
      if (error) {
        fail(hbmOutFile + ": " + error.message());
      }
      std::vector<uint8_t> bytes =
          hbm.read(0, std::min<uint64_t>(hbmOutBytes, hbm.size()));
      os.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    } else if (llvm::Error error = hbm.writeFile(hbmOutFile)) {
      fail(llvm::toString(std::move(error)));
    }
  }
  bench.finish();
  return 0;
}
