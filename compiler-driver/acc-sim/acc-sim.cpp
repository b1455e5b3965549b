//===- acc-sim.cpp - Runs a program on a model of a slice -----------------===//
//
// Takes raw files: a program is a sequence of 16-byte little-endian words, a
// memory image starts at HBM address 0.
//
//===----------------------------------------------------------------------===//

#include "systemc-models/Sim/Sim.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"

namespace cl = llvm::cl;
using namespace acc;

static cl::OptionCategory category("acc-sim options");
static cl::opt<std::string> targetName("target", cl::Required,
                                       cl::desc("Machine"),
                                       cl::value_desc("name|file.yaml"),
                                       cl::cat(category));
enum class Model { Functional, SystemC };
static cl::opt<Model> model(
    "model", cl::desc("Model to run"), cl::init(Model::SystemC),
    cl::values(clEnumValN(Model::Functional, "functional", "values, no time"),
               clEnumValN(Model::SystemC, "systemc", "values and exact time")),
    cl::cat(category));
static cl::opt<std::string> programFile("program", cl::Required,
                                        cl::desc("Instruction words"),
                                        cl::value_desc("file"),
                                        cl::cat(category));
static cl::opt<std::string> hbmFile("hbm", cl::desc("Initial HBM contents"),
                                    cl::value_desc("file"), cl::cat(category));
static cl::opt<std::string>
    hbmOut("hbm-out",
           cl::desc("HBM contents at the end, trailing zeros dropped"),
           cl::value_desc("file"), cl::cat(category));
static cl::opt<std::string> resultFile("result",
                                       cl::desc("Fault, cycles, counters and "
                                                "commands as JSON"),
                                       cl::value_desc("file.json"),
                                       cl::cat(category));
static cl::opt<uint64_t> maxCycles("max-cycles",
                                   cl::desc("Give up after so many cycles "
                                            "(functional: instructions)"),
                                   cl::init(uint64_t(1) << 40),
                                   cl::cat(category));
static cl::opt<bool> noValues("no-values",
                              cl::desc("systemc: skip arithmetic, time only"),
                              cl::cat(category));
static cl::opt<bool> verbose("v", cl::desc("Print speed to stderr"),
                             cl::cat(category));

static int fail(llvm::Error error) {
  llvm::errs() << "acc-sim: " << llvm::toString(std::move(error)) << "\n";
  return 1;
}

static llvm::Expected<std::vector<uint8_t>> readBytes(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer) {
    return llvm::createStringError(buffer.getError(), "cannot read '%s': %s",
                                   path.str().c_str(),
                                   buffer.getError().message().c_str());
  }
  llvm::StringRef text = (*buffer)->getBuffer();
  return std::vector<uint8_t>(text.bytes_begin(), text.bytes_end());
}

static llvm::Expected<std::vector<isa::Word>> readWords(llvm::StringRef path) {
  auto bytes = readBytes(path);
  if (!bytes) {
    return bytes.takeError();
  }
  if (bytes->size() % 16 != 0) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "'%s' is no program: its size is no "
                                   "multiple of 16 bytes",
                                   path.str().c_str());
  }
  std::vector<isa::Word> words(bytes->size() / 16);
  for (size_t i = 0; i < words.size(); ++i) {
    words[i].lo = llvm::support::endian::read64le(&(*bytes)[16 * i]);
    words[i].hi = llvm::support::endian::read64le(&(*bytes)[16 * i + 8]);
  }
  return words;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "Runs a program on a model\n");
  auto target = loadTarget(targetName);
  if (!target) {
    return fail(target.takeError());
  }
  auto program = readWords(programFile);
  if (!program) {
    return fail(program.takeError());
  }
  SimInput input{*target, std::move(*program), {}, maxCycles, !noValues};
  if (!hbmFile.empty()) {
    auto image = readBytes(hbmFile);
    if (!image) {
      return fail(image.takeError());
    }
    input.hbm = std::move(*image);
  }
  auto output =
      model == Model::Functional ? runFunctional(input) : runSystemC(input);
  if (!output) {
    return fail(output.takeError());
  }
  if (!hbmOut.empty()) {
    if (llvm::Error e = output->hbm.writeFile(hbmOut)) {
      return fail(std::move(e));
    }
  }
  if (!resultFile.empty()) {
    if (llvm::Error e = writeResultJson(*output, resultFile)) {
      return fail(std::move(e));
    }
  }
  if (verbose) {
    llvm::errs() << "acc-sim: " << output->cycles << " cycles, "
                 << output->events << " events in " << output->wallSeconds
                 << " s\n";
  }
  if (output->fault != isa::Fault::None) {
    llvm::errs() << "acc-sim: fault " << isa::stringify(output->fault)
                 << " at word " << output->faultPc << "\n";
  }
  return 0;
}
