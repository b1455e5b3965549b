//===- OutputFile.h - Files that are written whole or not -------*- C++ -*-===//

#ifndef COMPILER_DRIVER_REPORT_OUTPUTFILE_H
#define COMPILER_DRIVER_REPORT_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::report {

/// Writes a file, `-` for stdout. What cannot be written whole is removed.
llvm::Error writeFile(llvm::StringRef name,
                      llvm::function_ref<void(llvm::raw_ostream &)> print);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_OUTPUTFILE_H
