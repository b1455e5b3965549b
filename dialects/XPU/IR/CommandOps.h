//===- CommandOps.h - What commands share -----------------------*- C++ -*-===//
//
// Checks of sizes, buffers and streams, and parts of the encodings, that the
// operations of several engines need. Of this folder only.
//
//===----------------------------------------------------------------------===//

#ifndef DIALECTS_XPU_IR_COMMANDOPS_H
#define DIALECTS_XPU_IR_COMMANDOPS_H

#include "dialects/XPU/IR/XPU.h"

namespace xpu::detail {

/// `count` positive sizes of 32 bits.
mlir::LogicalResult verifySizes(mlir::Operation *op, llvm::StringRef name,
                                llvm::ArrayRef<int64_t> sizes, size_t count);

/// A static buffer in `space`, of elements that commands know.
mlir::LogicalResult verifyBuffer(mlir::Operation *op, mlir::Value buffer,
                                 llvm::StringRef name, Space space);

/// Streams must stay inside their buffer and be aligned to their elements.
mlir::LogicalResult verifyStream(mlir::Operation *op, mlir::Value buffer,
                                 llvm::StringRef name, StreamAttr stream,
                                 llvm::ArrayRef<int64_t> sizes,
                                 int64_t elementBytes);

/// The bytes of a buffer that a stream covers.
BufferAccess makeAccess(mlir::Value buffer, StreamAttr stream,
                        llvm::ArrayRef<int64_t> sizes, int64_t elementBytes,
                        Port port);

inline isa::Format toFormat(FormatKind format) {
  return static_cast<isa::Format>(format);
}

inline int64_t formatBytes(FormatKind format) {
  return isa::formatBytes(toFormat(format));
}

template <typename Array>
void copyInto(Array &array, llvm::ArrayRef<int64_t> values, size_t at = 0) {
  for (size_t i = 0; i < values.size(); ++i) {
    array[at + i] = static_cast<typename Array::value_type>(values[i]);
  }
}

/// Header fields that all commands share.
template <typename Command, typename OpTy>
void fillHeader(Command &command, OpTy op, const Placement &placement) {
  command.waitMask = op.getWaitMask();
  command.signalMask = op.getSignalMask();
  for (const BufferAccess &access : op.getAccesses()) {
    switch (access.port) {
    case Port::None:
      break;
    case Port::Read:
      command.rdBanks |= placement.banksOf(access);
      break;
    case Port::Aux:
      command.auxBanks |= placement.banksOf(access);
      break;
    case Port::Write:
      command.wrBanks |= placement.banksOf(access);
      break;
    }
  }
}

} // namespace xpu::detail

#endif // DIALECTS_XPU_IR_COMMANDOPS_H
