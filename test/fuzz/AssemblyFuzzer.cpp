//===- AssemblyFuzzer.cpp - Assembly text ---------------------------------===//

#include "compiler-driver/Assembler/Assembler.h"
#include "test/fuzz/Fuzz.h"

using namespace acc;

static std::string print(const xpu::Object &object) {
  std::string text;
  llvm::raw_string_ostream os(text);
  xpu::printAssembly(object, os);
  return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string errors;
  llvm::raw_string_ostream os(errors);
  auto object = xpu::parseAssembly(fuzz::asText(data, size), "fuzz.s", os);
  fuzz::require(object.has_value() == errors.empty(),
                "a refusal says what is wrong");
  if (!object) {
    return 0;
  }
  std::string text = print(*object);
  auto again = xpu::parseAssembly(text, "printed.s", os);
  fuzz::require(again.has_value(), "printed assembly is read: " + errors);
  fuzz::requireSame(text, print(*again),
                    "printed assembly is read as the same");
  return 0;
}
