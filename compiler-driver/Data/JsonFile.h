//===- JsonFile.h - JSON from a file ----------------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_DATA_JSONFILE_H
#define COMPILER_DRIVER_DATA_JSONFILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace acc::data {

/// Text of a file that a user gave. Errors are "PATH: error: …".
llvm::Expected<llvm::json::Value> parseJson(llvm::StringRef text,
                                            llvm::StringRef path);

/// The same of the file itself.
llvm::Expected<llvm::json::Value> loadJson(llvm::StringRef path);

} // namespace acc::data

#endif // COMPILER_DRIVER_DATA_JSONFILE_H
