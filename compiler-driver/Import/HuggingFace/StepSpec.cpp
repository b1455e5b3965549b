//===- StepSpec.cpp - One step of inference as text -----------------------===//

#include "compiler-driver/Import/HuggingFace/StepSpec.h"

#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/SmallVector.h"

using namespace llvm;
using namespace acc;

Expected<huggingface::Step> huggingface::parseStep(StringRef spec) {
  /// Nothing that a machine of ours could hold has more.
  constexpr int64_t kMost = int64_t(1) << 31;
  auto [kind, rest] = spec.split(':');
  bool isPrefill = kind == "prefill";
  if (!isPrefill && kind != "decode") {
    return makeInputError("--workload=" + spec +
                          ": expects prefill:batch=B,prompt=P or "
                          "decode:batch=B,context=C");
  }
  Step step;
  StringRef length = isPrefill ? "prompt" : "context";
  SmallVector<StringRef> parts;
  rest.split(parts, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef part : parts) {
    auto [key, value] = part.split('=');
    if (key != "batch" && key != length) {
      return makeInputError("--workload=" + spec + ": unknown key '" + key +
                            "'; expects batch and " + length);
    }
    int64_t number = 0;
    int64_t least = key == "context" ? 0 : 1;
    if (value.getAsInteger(10, number) || number < least || number > kMost) {
      return makeInputError("--workload=" + spec + ": " + key +
                            " must be an integer from " + Twine(least) +
                            " to 2^31");
    }
    (key == "batch" ? step.sequences
     : isPrefill    ? step.newTokens
                    : step.pastTokens) = number;
  }
  return step;
}
