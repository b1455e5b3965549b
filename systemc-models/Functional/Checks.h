//===- Checks.h - Faults of commands ------------------------------*- C++
//-*-===//
//
// The checks at the start of a command, and range and claim checks of streams.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FUNCTIONAL_CHECKS_H
#define ACC_SYSTEMC_MODELS_FUNCTIONAL_CHECKS_H

#include "dialects/Target/Target.h"
#include "systemc-models/Timing/Command.h"

#include "llvm/ADT/ArrayRef.h"

namespace acc {

/// The fault that a command raises in its start cycle because of its own
/// fields, the lowest code if several; Fault::None if none.
isa::Fault checkStart(const Target &target, const Command &command);

/// One dimension of a stream; strides in bytes.
struct StreamDim {
  uint64_t size;
  int32_t strideBytes;
};

/// Checks `bytes` bytes of the scratchpad at `address` against the size of the
/// scratchpad and the banks in `claim`.
isa::Fault checkSpmAccess(const Target &target, uint32_t address,
                          uint32_t bytes, uint16_t claim);

/// Checks all accesses of a stream, outermost dimension first; the first fault
/// in loop order. Fast if the whole interval that the stream spans is claimed.
isa::Fault checkSpmStream(const Target &target, uint32_t base,
                          llvm::ArrayRef<StreamDim> dims, uint32_t elementBytes,
                          uint16_t claim);

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_FUNCTIONAL_CHECKS_H
