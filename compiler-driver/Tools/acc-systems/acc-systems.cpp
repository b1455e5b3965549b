//===- acc-systems.cpp - Off-the-shelf systems and their model ------------===//

#include "compiler-driver/Tools/acc-systems/Commands.h"

#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace acc::systems;

static int fail(Error error) {
  std::string message = toString(std::move(error));
  // Errors about a place in a file start with it.
  if (!Regex("^[^ ]+:[0-9]+:[0-9]+: error: ").match(message)) {
    errs() << "acc-systems: error: ";
  }
  errs() << message << "\n";
  return 1;
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  const Command commands[] = {listCommand, showCommand,    figuresCommand,
                              plotCommand, predictCommand, servingCommand,
                              fitCommand};
  cl::HideUnrelatedOptions(optionCategory());
  for (const Command &command : commands) {
    cl::HideUnrelatedOptions(optionCategory(), command.subcommand);
  }
  std::string message;
  raw_string_ostream os(message);
  if (!cl::ParseCommandLineOptions(
          argc, argv, "acc-systems: GPUs and other accelerators as data\n",
          &os)) {
    StringRef line = StringRef(message).trim().split('\n').first;
    line.consume_front("acc-systems: ");
    return fail(createStringError(inconvertibleErrorCode(), line));
  }
  for (const Command &command : commands) {
    if (command.subcommand) {
      Error error = command.run();
      return error ? fail(std::move(error)) : 0;
    }
  }
  return fail(createStringError(inconvertibleErrorCode(),
                                "no command; expects one of list, show, "
                                "figures, plot, predict, fit, see --help"));
}
