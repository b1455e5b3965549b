//===- tb_main.cpp - Runs a program on the Verilated slice ----------------===//
//
// acc-rtl-<target> --program=F [--hbm=F] [--hbm-out=F] [--result=F.json]
//                  [--entry=WORD] [--max-cycles=N] [--hbm-out-bytes=N]
//                  [--waves=F.fst] [--target=F.yaml]
// acc-rtl --model=F.so --target=F.yaml --program=F ...
//
//===----------------------------------------------------------------------===//

#include "rtl/tb/RtlSim.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

namespace cl = llvm::cl;
using namespace acc;

static cl::OptionCategory category("acc-rtl options");
static cl::opt<std::string> programFile("program", cl::Required,
                                        cl::desc("Raw 128-bit words"),
                                        cl::cat(category));
static cl::opt<std::string>
    targetFile("target", cl::desc("Target; default: the one this is built for"),
               cl::value_desc("name|file.yaml"), cl::cat(category));
static cl::opt<std::string> hbmFile("hbm", cl::desc("HBM image from address 0"),
                                    cl::cat(category));
static cl::opt<std::string>
    hbmOutFile("hbm-out",
               cl::desc("HBM image at the end, up to its last non-zero byte"),
               cl::cat(category));
static cl::opt<uint64_t> hbmOutBytes("hbm-out-bytes",
                                     cl::desc("Exact length of --hbm-out"),
                                     cl::cat(category));
static cl::opt<std::string> resultFile("result", cl::desc("Result as JSON"),
                                       cl::cat(category));
static cl::opt<uint64_t> maxCycles("max-cycles", cl::init(uint64_t(1) << 40),
                                   cl::desc("Gives up after so many cycles"),
                                   cl::cat(category));
static cl::opt<std::string> wavesFile("waves", cl::desc("Waveform (FST)"),
                                      cl::cat(category));
static cl::opt<uint32_t> entry("entry", cl::desc("Word to start at"),
                               cl::cat(category));
static cl::opt<bool> showSpeed("speed", cl::desc("Prints cycles per second"),
                               cl::cat(category));

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

int main(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "The slice in Verilator\n");
  llvm::Expected<Target> target = loadTarget(
      targetFile.empty() ? rtlTargetName() : llvm::StringRef(targetFile));
  if (!target) {
    fail(llvm::toString(target.takeError()));
  }
  SimInput input{*target, {}, {}, maxCycles, true, entry};
  auto program = readFile(programFile);
  if (program->getBufferSize() % sizeof(isa::Word) != 0) {
    fail(programFile + ": not a whole number of words");
  }
  input.program.resize(program->getBufferSize() / sizeof(isa::Word));
  std::memcpy(input.program.data(), program->getBufferStart(),
              program->getBufferSize());
  if (!hbmFile.empty()) {
    auto image = readFile(hbmFile);
    input.hbm.assign(image->getBufferStart(), image->getBufferEnd());
  }
  llvm::Expected<SimOutput> out = runRtl(input, wavesFile);
  if (!out) {
    fail(llvm::toString(out.takeError()));
  }
  if (showSpeed) {
    llvm::errs() << "cycles " << out->cycles << ", per second "
                 << uint64_t(double(out->cycles) / out->wallSeconds) << "\n";
  }
  if (!resultFile.empty()) {
    if (llvm::Error e = writeResultJson(*out, resultFile)) {
      fail(llvm::toString(std::move(e)));
    }
  }
  if (!hbmOutFile.empty()) {
    if (hbmOutBytes.getNumOccurrences()) {
      std::error_code error;
      llvm::raw_fd_ostream os(hbmOutFile, error);
      if (error || hbmOutBytes > out->hbm.size()) {
        fail(hbmOutFile + ": cannot write");
      }
      std::vector<uint8_t> bytes = out->hbm.read(0, hbmOutBytes);
      os.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    } else if (llvm::Error e = out->hbm.writeFile(hbmOutFile)) {
      fail(llvm::toString(std::move(e)));
    }
  }
  return 0;
}
