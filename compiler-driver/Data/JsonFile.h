//===- JsonFile.h - JSON from a file ----------------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_DATA_JSONFILE_H
#define COMPILER_DRIVER_DATA_JSONFILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace acc::data {

/// Errors are "PATH: error: …".
llvm::Expected<llvm::json::Value> loadJson(llvm::StringRef path);

} // namespace acc::data

#endif // COMPILER_DRIVER_DATA_JSONFILE_H
