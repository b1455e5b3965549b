//===- UnknownKeys.h - Keys that a target file does not have ----*- C++ -*-===//

#ifndef DIALECTS_TARGET_UNKNOWNKEYS_H
#define DIALECTS_TARGET_UNKNOWNKEYS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace acc {

/// An error at the first key that no target has, with the nearest one that it
/// has. LLVM's reader would say first that the right one is missing.
llvm::Error checkTargetKeys(llvm::StringRef text, llvm::StringRef fileName);

} // namespace acc

#endif // DIALECTS_TARGET_UNKNOWNKEYS_H
