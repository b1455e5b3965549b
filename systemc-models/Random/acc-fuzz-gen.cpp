//===- acc-fuzz-gen.cpp - Writes a random program -------------------------===//

#include "systemc-models/Random/RandomProgram.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

static cl::OptionCategory category("acc-fuzz-gen options");
static cl::opt<std::string> targetName("target", cl::Required,
                                       cl::desc("Machine"),
                                       cl::value_desc("name|file.yaml"),
                                       cl::cat(category));
static cl::opt<uint64_t> seed("seed", cl::desc("Seed"), cl::init(0),
                              cl::cat(category));
static cl::opt<unsigned> phases("phases", cl::desc("Length of the program"),
                                cl::init(3), cl::cat(category));
static cl::opt<std::string> programFile("program", cl::Required,
                                        cl::desc("Instruction words (out)"),
                                        cl::value_desc("file"),
                                        cl::cat(category));
static cl::opt<std::string> hbmFile("hbm", cl::Required,
                                    cl::desc("HBM image (out)"),
                                    cl::value_desc("file"), cl::cat(category));

static bool writeFile(llvm::StringRef path, const void *data, size_t bytes) {
  std::error_code ec;
  llvm::raw_fd_ostream os(path, ec);
  if (!ec) {
    os.write(static_cast<const char *>(data), bytes);
    os.flush();
    ec = os.error();
    os.clear_error();
  }
  if (ec) {
    llvm::errs() << "acc-fuzz-gen: cannot write '" << path
                 << "': " << ec.message() << "\n";
  }
  return !ec;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(
      argc, argv,
      "Writes a valid random program; prints the word to start at\n");
  auto target = acc::loadTarget(targetName);
  if (!target) {
    llvm::errs() << "acc-fuzz-gen: " << llvm::toString(target.takeError())
                 << "\n";
    return 1;
  }
  acc::RandomProgramOptions options;
  options.phases = phases;
  acc::RandomProgram p = acc::makeRandomProgram(*target, seed, options);
  // Words are little endian in files; so is every host that this runs on.
  bool ok = writeFile(programFile, p.words.data(), p.words.size() * 16) &&
            writeFile(hbmFile, p.hbm.data(), p.hbm.size());
  llvm::outs() << "entry " << p.entry << "\n";
  return ok ? 0 : 1;
}
