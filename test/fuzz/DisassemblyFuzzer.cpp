//===- DisassemblyFuzzer.cpp - Any words are a program --------------------===//

#include "compiler-driver/Assembler/Assembler.h"
#include "dialects/Target/Target.h"
#include "test/fuzz/Fuzz.h"

#include "llvm/Support/Endian.h"

using namespace acc;
using llvm::support::endian::read64le;

static bool isSame(const xpu::isa::Word &a, const xpu::isa::Word &b) {
  return a.lo == b.lo && a.hi == b.hi;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const Target target = llvm::cantFail(loadBuiltInTarget("xpu-tiny"));
  xpu::Object object;
  object.machine = acc::Machine::alone(target);
  for (size_t at = 0; at + 16 <= size; at += 16) {
    object.code.push_back({read64le(data + at), read64le(data + at + 8)});
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  xpu::printAssembly(object, os);
  std::string errors;
  llvm::raw_string_ostream errorStream(errors);
  auto again = xpu::parseAssembly(text, "printed.s", errorStream);
  fuzz::require(again &&
                    std::equal(again->code.begin(), again->code.end(),
                               object.code.begin(), object.code.end(), isSame),
                "disassembled words are assembled to the same");
  return 0;
}
