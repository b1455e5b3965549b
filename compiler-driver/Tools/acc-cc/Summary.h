//===- Summary.h - What a compilation made ----------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_ACC_CC_SUMMARY_H
#define COMPILER_DRIVER_ACC_CC_SUMMARY_H

#include "compiler-driver/Tools/acc-cc/Compile.h"
#include "llvm/Support/raw_ostream.h"

namespace acccc {

/// A few lines for the terminal: the file, its words, its memory, and what runs
/// on the host.
void printSummary(const xpu::Compilation &compiled, llvm::StringRef file,
                  llvm::raw_ostream &os);

} // namespace acccc

#endif // COMPILER_DRIVER_ACC_CC_SUMMARY_H
