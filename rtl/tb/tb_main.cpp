//===- tb_main.cpp - Runs programs on the Verilated chip ------------------===//
//
// acc-rtl-<target> --program=F [--hbm=F] [--hbm-out=F] [--result=F.json]
//                  [--entry=WORD] [--max-cycles=N] [--chip-id=N]
//                  [--waves=F.fst] [--target=F.yaml] [--fault=FLIP]...
//                  [--link-errors=RATE[,seed=N]] [--rtl-chip=N]...
//                  [--rtl-slice=N,...]
// acc-rtl --model=F.so --target=F.yaml --program=F ...
//
// Programs, images and entries are one for all slices of a chip or one for
// each. The memories of several slices are written to F.0, F.1, ...
//
//===----------------------------------------------------------------------===//

#include "rtl/tb/RtlSim.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;
using namespace acc;

static cl::OptionCategory category("acc-rtl options");
static cl::list<std::string> programFiles("program", cl::OneOrMore,
                                          cl::desc("Raw 128-bit words"),
                                          cl::cat(category));
static cl::opt<std::string>
    targetFile("target", cl::desc("Target; default: the one this is built for"),
               cl::value_desc("name|file.yaml"), cl::cat(category));
static cl::list<std::string>
    hbmFiles("hbm", cl::desc("HBM image from address 0"), cl::cat(category));
static cl::opt<std::string>
    hbmOutFile("hbm-out",
               cl::desc("HBM image at the end, up to its last non-zero byte"),
               cl::cat(category));
static cl::opt<std::string> resultFile("result", cl::desc("Result as JSON"),
                                       cl::cat(category));
static cl::opt<uint64_t> maxCycles("max-cycles", cl::init(uint64_t(1) << 40),
                                   cl::desc("Gives up after so many cycles"),
                                   cl::cat(category));
static cl::opt<std::string> wavesFile("waves", cl::desc("Waveform (FST)"),
                                      cl::cat(category));
static cl::list<uint32_t> entries("entry", cl::desc("Word to start at"),
                                  cl::cat(category));
static cl::opt<uint32_t> chipId("chip-id", cl::desc("Number of the chip"),
                                cl::cat(category));
static cl::list<std::string>
    faults("fault", cl::desc("A bit of a memory turns over (MemoryFlip.h)"),
           cl::cat(category));
static cl::opt<std::string>
    linkErrors("link-errors",
               cl::desc("Of a rack: a bit on a link is wrong with this rate"),
               cl::value_desc("RATE[,seed=N]"), cl::cat(category));
static cl::list<uint32_t> rtlChips(
    "rtl-chip",
    cl::desc("Of a rack: this chip is in RTL, those that are not named "
             "are the SystemC model; default: all are"),
    cl::value_desc("N"), cl::cat(category));
static cl::list<uint32_t> rtlSlices(
    "rtl-slice", cl::CommaSeparated,
    cl::desc("Of a chip: these slices are in RTL, the others are the SystemC "
             "model; the model is that of one slice"),
    cl::value_desc("N,..."), cl::cat(category));
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
  cl::ParseCommandLineOptions(argc, argv, "The chip in Verilator\n");
  llvm::Expected<Machine> machine = loadMachine(
      targetFile.empty() ? rtlTargetName() : llvm::StringRef(targetFile));
  if (!machine) {
    fail(llvm::toString(machine.takeError()));
  }
  ChipInput input{*machine, {}, {}};
  input.maxCycles = maxCycles;
  input.chip = chipId;
  if (!entries.empty()) {
    input.entries.assign(entries.begin(), entries.end());
  }
  std::vector<std::vector<isa::Word>> programs;
  for (const std::string &file : programFiles) {
    auto buffer = readFile(file);
    if (buffer->getBufferSize() % sizeof(isa::Word) != 0) {
      fail(file + ": not a whole number of words");
    }
    programs.emplace_back(buffer->getBufferSize() / sizeof(isa::Word));
    llvm::copy(buffer->getBuffer(),
               reinterpret_cast<char *>(programs.back().data()));
  }
  input.programs.assign(programs.begin(), programs.end());
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> images;
  for (const std::string &file : hbmFiles) {
    images.push_back(readFile(file));
    input.hbm.push_back(
        llvm::arrayRefFromStringRef(images.back()->getBuffer()));
  }
  for (const std::string &text : faults) {
    llvm::Expected<std::vector<MemoryFlip>> flips =
        parseFlips(text, *machine, machine->slice.hbm.bytes);
    if (!flips) {
      fail("--fault=" + llvm::toString(flips.takeError()));
    }
    llvm::append_range(input.flips, *flips);
  }
  fabric::CycleLinksOptions links;
  if (!linkErrors.empty()) {
    auto parsed = fabric::parseLinkErrors(linkErrors);
    if (!parsed) {
      fail("--link-errors=" + llvm::toString(parsed.takeError()));
    }
    links = *parsed;
  }
  std::vector<bool> isRtl(machine->chips());
  for (uint32_t chip : rtlChips) {
    if (chip >= isRtl.size()) {
      fail("--rtl-chip=" + llvm::Twine(chip) + ": expects a chip, 0 to " +
           llvm::Twine(isRtl.size() - 1));
    }
    isRtl[chip] = true;
  }
  bool isMixed = !rtlChips.empty() && llvm::is_contained(isRtl, false);
  llvm::Expected<ChipOutput> out =
      !rtlSlices.empty() ? runMixedChip(input, rtlSlices, wavesFile)
      : isMixed          ? runMixedRack(input, isRtl, links)
                         : runRtlChip(input, wavesFile, links);
  if (!out) {
    fail(llvm::toString(out.takeError()));
  }
  if (showSpeed) {
    uint64_t cycles = 0;
    for (const SimOutput &slice : out->slices) {
      cycles = std::max(cycles, slice.cycles);
    }
    llvm::errs() << "cycles " << cycles << ", per second "
                 << uint64_t(double(cycles) / out->slices[0].wallSeconds)
                 << "\n";
  }
  if (!resultFile.empty()) {
    if (llvm::Error e = writeResultJson(*out, resultFile)) {
      fail(llvm::toString(std::move(e)));
    }
  }
  if (!hbmOutFile.empty()) {
    if (llvm::Error e = writeMemories(*out, hbmOutFile)) {
      fail(llvm::toString(std::move(e)));
    }
  }
  return 0;
}
