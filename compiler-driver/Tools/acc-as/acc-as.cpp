//===- acc-as.cpp - The assembler -----------------------------------------===//

#include "compiler-driver/Assembler/Assembler.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace llvm;

static cl::OptionCategory category("acc-as options");
static cl::opt<std::string> inputFile(cl::Positional,
                                      cl::desc("INPUT.s (- for stdin)"),
                                      cl::Required, cl::cat(category));
static cl::opt<std::string> outputFile("o",
                                       cl::desc("Write the object to FILE"),
                                       cl::Required, cl::value_desc("FILE"),
                                       cl::cat(category));

static int fail(const Twine &message) {
  errs() << "acc-as: error: " << message << "\n";
  return 1;
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "acc-as: text to object file\n");
  auto buffer = MemoryBuffer::getFileOrSTDIN(inputFile);
  if (!buffer) {
    return fail(inputFile + ": cannot be read: " + buffer.getError().message());
  }
  std::optional<xpu::Object> object =
      xpu::parseAssembly((*buffer)->getBuffer(), inputFile, errs());
  if (!object) {
    return 1;
  }
  std::error_code code;
  ToolOutputFile file(outputFile, code, sys::fs::OF_None);
  if (code) {
    return fail(outputFile + ": cannot be written: " + code.message());
  }
  xpu::writeObject(*object, file.os());
  file.os().flush();
  if (file.os().has_error()) {
    std::string why = file.os().error().message();
    file.os().clear_error();
    return fail(outputFile + ": cannot be written: " + why);
  }
  file.keep();
  return 0;
}
