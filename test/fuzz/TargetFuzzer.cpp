//===- TargetFuzzer.cpp - Target files ------------------------------------===//

#include "dialects/Target/Machine.h"
#include "test/fuzz/Fuzz.h"

using namespace acc;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto target =
      fuzz::accept(parseTarget(fuzz::asText(data, size), "fuzz.yaml"));
  if (!target) {
    return 0;
  }
  std::string text = printTarget(*target);
  auto again = fuzz::accept(parseTarget(text, "printed.yaml"));
  fuzz::require(again && printTarget(*again) == text &&
                    !findDifference(*target, *again),
                "a printed target is read as the same");
  std::string package;
  llvm::raw_string_ostream os(package);
  writeMachineSV(Machine::alone(*target), os);
  return 0;
}
