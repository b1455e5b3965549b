//===- Nesting.h - Bounds on what a parser descends into --------*- C++ -*-===//
//
// LLVM's parsers of YAML and JSON descend by recursion, so text from a user
// that nests deep enough overflows the stack. Our files nest five levels.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_TARGET_NESTING_H
#define DIALECTS_TARGET_NESTING_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace acc {

/// An error if YAML text might nest too deep. Knows no quotes, so brackets in
/// text count; the bound is far above what files have.
llvm::Error checkYamlNesting(llvm::StringRef text, llvm::StringRef fileName);

/// An error if JSON text nests too deep.
llvm::Error checkJsonNesting(llvm::StringRef text, llvm::StringRef fileName);

} // namespace acc

#endif // DIALECTS_TARGET_NESTING_H
