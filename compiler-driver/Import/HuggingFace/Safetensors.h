//===- Safetensors.h - Weights of a checkpoint ------------------*- C++ -*-===//
//
// The format of Hugging Face's safetensors: eight bytes with the length of a
// JSON header, the header (name -> dtype, shape, place), and the elements. A
// checkpoint of several files has an index beside them.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_IMPORT_HUGGINGFACE_SAFETENSORS_H
#define COMPILER_DRIVER_IMPORT_HUGGINGFACE_SAFETENSORS_H

#include "compiler-driver/Tensor/HostTensor.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace acc {

/// Weights by name. Elements stay in the mapped files.
using Checkpoint = llvm::StringMap<HostTensor>;

/// Reads a file; errors name it and what is wrong in it.
llvm::Error readSafetensors(llvm::StringRef path, Checkpoint &checkpoint);

/// The same of a file's bytes, which `owner` keeps.
llvm::Error parseSafetensors(llvm::StringRef bytes,
                             const std::shared_ptr<const void> &owner,
                             llvm::StringRef path, Checkpoint &checkpoint);

/// The checkpoint in a folder: model.safetensors, or the files that
/// model.safetensors.index.json names. Empty if there is none.
llvm::Expected<Checkpoint> readCheckpoint(llvm::StringRef folder);

} // namespace acc

#endif // COMPILER_DRIVER_IMPORT_HUGGINGFACE_SAFETENSORS_H
