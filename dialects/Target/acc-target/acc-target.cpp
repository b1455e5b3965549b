//===- acc-target.cpp - Lists, prints and converts target files -----------===//

#include "dialects/Target/Machine.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/ToolOutputFile.h"

namespace cl = llvm::cl;

static cl::OptionCategory category("acc-target options");
static cl::opt<bool> list("list", cl::desc("List the built-in targets"),
                          cl::cat(category));
static cl::opt<std::string>
    print("print", cl::desc("Validate a target and print it as YAML"),
          cl::value_desc("name|file.yaml"), cl::cat(category));
static cl::opt<std::string>
    sv("sv", cl::desc("Write the SystemVerilog package xpu_cfg_pkg"),
       cl::value_desc("name|file.yaml"), cl::cat(category));
static cl::opt<std::string> output("o", cl::desc("Output file"),
                                   cl::value_desc("file"), cl::init("-"),
                                   cl::cat(category));

static int fail(const llvm::Twine &message) {
  llvm::errs() << "acc-target: " << message << "\n";
  return 1;
}

static llvm::Error printYaml(llvm::raw_ostream &os) {
  llvm::Expected<acc::Machine> machine = acc::loadMachine(print);
  if (!machine) {
    return machine.takeError();
  }
  acc::printMachine(*machine, os);
  return llvm::Error::success();
}

static llvm::Error writeSV(llvm::raw_ostream &os) {
  llvm::Expected<acc::Machine> machine = acc::loadMachine(sv);
  if (!machine) {
    return machine.takeError();
  }
  acc::writeMachineSV(*machine, os);
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "Target files of the accelerator\n");
  if (int(list) + !print.empty() + !sv.empty() != 1) {
    return fail("give one of --list, --print=NAME and --sv=NAME");
  }
  std::error_code ec;
  llvm::ToolOutputFile file(output, ec, llvm::sys::fs::OF_Text);
  if (ec) {
    return fail("cannot write '" + output + "': " + ec.message());
  }
  if (list) {
    for (const std::string &name : acc::listTargets()) {
      file.os() << name << "\n";
    }
  } else {
    llvm::Error error =
        print.empty() ? writeSV(file.os()) : printYaml(file.os());
    if (error) {
      return fail(llvm::toString(std::move(error)));
    }
  }
  file.keep();
  return 0;
}
