//===- BufferAccess.h - What operations do with buffers ---------*- C++ -*-===//
//
// For linalg operations and copies on buffers, before there are commands.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_ANALYSIS_BUFFERACCESS_H
#define PASSES_ANALYSIS_BUFFERACCESS_H

#include "mlir/IR/Operation.h"

namespace xpu {

/// A linalg operation or a copy: the functions below take only these.
bool isBufferWork(mlir::Operation *op);

/// Whether `op` touches no element of a buffer: views, allocations, scalars.
bool isBufferNeutral(mlir::Operation *op);

/// Whether `op` reads elements of this operand.
bool readsOperand(mlir::Operation *op, mlir::OpOperand &operand);

/// Whether `op` writes elements of this operand.
bool writesOperand(mlir::Operation *op, mlir::OpOperand &operand);

/// Whether `op` writes every element of this operand, a whole buffer, and reads
/// none through it.
bool overwritesOperand(mlir::Operation *op, mlir::OpOperand &operand);

/// Whether the body of `op` reads a buffer by computed index.
bool readsByIndex(mlir::Operation *op);

} // namespace xpu

#endif // PASSES_ANALYSIS_BUFFERACCESS_H
