//===- ObjectFuzzer.cpp - Object files ------------------------------------===//

#include "compiler-driver/Assembler/Assembler.h"
#include "compiler-driver/Object/Object.h"
#include "compiler-driver/Runtime/Simulate.h"
#include "test/fuzz/Fuzz.h"

using namespace acc;

static std::string write(const xpu::Object &object) {
  std::string bytes;
  llvm::raw_string_ostream os(bytes);
  xpu::writeObject(object, os);
  return bytes;
}

/// A program of a damaged file may do anything but end the process.
static void execute(const xpu::Object &object) {
  constexpr uint64_t maxInstructions = 1000;
  constexpr uint64_t maxMemory = uint64_t(1) << 24;
  if (object.constantsAddress + object.constants.size() > maxMemory ||
      object.launches.size() != 1) {
    return;
  }
  if (object.machine.slices() != 1 || !object.places.empty()) {
    return;
  }
  std::vector<std::vector<uint8_t>> images = {xpu::makeHbmImage(object, {})};
  ChipInput input = xpu::makeChipInput(object, images);
  input.maxCycles = maxInstructions;
  input.values = false;
  fuzz::accept(
      xpu::runLaunches(xpu::Model::Functional, object, std::move(input), {}));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto object =
      fuzz::accept(xpu::parseObject(fuzz::asText(data, size), "fuzz.o"));
  if (!object) {
    return 0;
  }
  std::string bytes = write(*object);
  auto again = fuzz::accept(xpu::parseObject(bytes, "written.o"));
  fuzz::require(again.has_value(), "a written object is read");
  fuzz::requireSame(bytes, write(*again),
                    "a written object is read as the same");
  std::string text;
  llvm::raw_string_ostream os(text);
  xpu::printAssembly(*object, os);
  std::string errors;
  llvm::raw_string_ostream errorStream(errors);
  auto assembled = xpu::parseAssembly(text, "printed.s", errorStream);
  fuzz::require(assembled.has_value(),
                "a disassembled object is assembled: " + errors);
  fuzz::requireSame(bytes, write(*assembled),
                    "a disassembled object is assembled to the same");
  execute(*object);
  return 0;
}
