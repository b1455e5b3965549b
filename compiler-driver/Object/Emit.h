//===- Emit.h - From ordered commands to an object --------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_EMIT_EMIT_H
#define COMPILER_DRIVER_EMIT_EMIT_H

#include "compiler-driver/Object/Object.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Support/LLVM.h"

namespace xpu {

/// Encodes `main` of a module in which every buffer has an address and every
/// command its semaphores, and ends it with `halt`. Results are described by
/// the returned buffers. The machine is a slice or a chip. Emits a diagnostic
/// on failure, and sets `isTooLong` if the program does not fit the instruction
/// memory. `releaseConstants` frees those of the module as the object gets
/// them.
mlir::FailureOr<Object> emitObject(mlir::ModuleOp module,
                                   const acc::Machine &machine,
                                   bool releaseConstants, bool &isTooLong);

} // namespace xpu

#endif // COMPILER_DRIVER_EMIT_EMIT_H
