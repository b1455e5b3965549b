//===- NpyFuzzer.cpp - NumPy files ----------------------------------------===//

#include "compiler-driver/Tensor/TensorIO.h"
#include "test/fuzz/Fuzz.h"

using namespace acc;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto tensor = fuzz::accept(parseNpy(fuzz::asText(data, size), "fuzz.npy"));
  if (!tensor) {
    return 0;
  }
  std::string bytes;
  llvm::raw_string_ostream os(bytes);
  writeNpy(os, *tensor);
  auto again = fuzz::accept(parseNpy(bytes, "fuzz.npy"));
  fuzz::require(
      again && again->name == tensor->name && again->dtype == tensor->dtype &&
          again->shape == tensor->shape && again->bytes == tensor->bytes,
      "a written tensor is read as the same");
  return 0;
}
