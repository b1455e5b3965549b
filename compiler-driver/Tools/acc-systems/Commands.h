//===- Commands.h - Subcommands of acc-systems ------------------*- C++ -*-===//
//
// Each has a file of its own with its options, and a row in acc-systems.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_ACC_SYSTEMS_COMMANDS_H
#define COMPILER_DRIVER_ACC_SYSTEMS_COMMANDS_H

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"

namespace acc::systems {

struct Command {
  llvm::cl::SubCommand &subcommand; ///< true if the command line chose it
  llvm::Error (*run)();
};

/// Of all options that --help shows; those of LLVM's libraries are not.
inline llvm::cl::OptionCategory &optionCategory() {
  static llvm::cl::OptionCategory category("acc-systems options");
  return category;
}

extern const Command figuresCommand;
extern const Command fitCommand;
extern const Command listCommand;
extern const Command plotCommand;
extern const Command predictCommand;
extern const Command servingCommand;
extern const Command showCommand;

} // namespace acc::systems

#endif // COMPILER_DRIVER_ACC_SYSTEMS_COMMANDS_H
