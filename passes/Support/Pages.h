//===- Pages.h - Memory that has been read ----------------------*- C++ -*-===//
//
// Weights are most of what the compiler holds: what has been read for the last
// time, or can be read again from a file, need not stay in memory.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_SUPPORT_PAGES_H
#define PASSES_SUPPORT_PAGES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace acc {

/// Bytes that are worth a call of the system.
inline constexpr int64_t kPagesChunk = int64_t(8) << 20;

/// Calls `body` with the bytes in order, in parts. `last` says that nobody
/// reads them again, or that they lie in a mapped file: what has been read then
/// takes no memory while the rest is. Otherwise the system may take back what
/// lies in a file.
void forEachChunk(llvm::ArrayRef<char> bytes, bool last,
                  llvm::function_ref<void(llvm::ArrayRef<char>)> body);

/// The same for one part that has been read.
void dropPages(llvm::ArrayRef<char> bytes, bool last);

} // namespace acc

#endif // PASSES_SUPPORT_PAGES_H
