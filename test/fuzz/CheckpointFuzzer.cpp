//===- CheckpointFuzzer.cpp - Files of safetensors ------------------------===//

#include "compiler-driver/Import/HuggingFace/Safetensors.h"
#include "test/fuzz/Fuzz.h"

using namespace acc;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto owner = std::make_shared<std::string>(fuzz::asText(data, size));
  Checkpoint checkpoint;
  if (llvm::Error error =
          parseSafetensors(*owner, owner, "fuzz.safetensors", checkpoint)) {
    fuzz::require(!llvm::toString(std::move(error)).empty(),
                  "a refusal says what is wrong");
    return 0;
  }
  for (const auto &entry : checkpoint) {
    const HostTensor &tensor = entry.second;
    for (int64_t i = 0; i < tensor.getNumElements(); ++i) {
      tensor.getDouble(i);
    }
  }
  return 0;
}
