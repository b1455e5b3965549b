//===- StepSpec.h - One step of inference as text ---------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_STEPSPEC_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_STEPSPEC_H

#include "compiler-driver/Import/HuggingFace/Division.h"
#include "llvm/Support/Error.h"

namespace acc::huggingface {

/// `prefill:batch=B,prompt=P`: B sequences of P new tokens each.
/// `decode:batch=B,context=C`: one new token for each of B sequences, which
/// have C tokens in their caches. Numbers that are not given are 1; 0 for C.
llvm::Expected<Step> parseStep(llvm::StringRef spec);

} // namespace acc::huggingface

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_STEPSPEC_H
