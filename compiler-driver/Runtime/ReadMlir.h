//===- ReadMlir.h - MLIR from files that may be damaged ---------*- C++ -*-===//

#ifndef ACC_COMPILER_DRIVER_RUNTIME_READMLIR_H
#define ACC_COMPILER_DRIVER_RUNTIME_READMLIR_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace acc {

/// An error if MLIR's own reader does not survive `buffer`, text or bytecode:
/// it trusts lengths and nesting in both. A child process tries, so that
/// nothing is left behind. What is merely invalid is no error here; the
/// caller's own parse says where it is.
llvm::Error checkReadable(llvm::MemoryBufferRef buffer,
                          const mlir::DialectRegistry &registry);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_RUNTIME_READMLIR_H
