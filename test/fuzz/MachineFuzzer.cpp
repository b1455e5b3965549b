//===- MachineFuzzer.cpp - Files of chips and slices ----------------------===//

#include "dialects/Target/Machine.h"
#include "test/fuzz/Fuzz.h"

using namespace acc;

static std::string print(const Machine &machine) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printMachine(inlineMachine(machine), os);
  return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto machine =
      fuzz::accept(parseMachine(fuzz::asText(data, size), "fuzz.yaml"));
  if (!machine) {
    return 0;
  }
  std::string text = print(*machine);
  auto again = fuzz::accept(parseMachine(text, "printed.yaml"));
  fuzz::require(again.has_value(), "a printed machine is read:\n" + text);
  fuzz::requireSame(print(*again), text, "a printed machine is read as such");
  fuzz::require(!findDifference(*machine, *again),
                "a program runs on the printed machine");
  std::string package;
  llvm::raw_string_ostream os(package);
  writeMachineSV(*machine, os);
  return 0;
}
