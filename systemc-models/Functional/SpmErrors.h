//===- SpmErrors.h - Errors in the scratchpad -------------------*- C++ -*-===//
//
// What the streams of a command find in the code words of the scratchpad
// (section 10 of docs/machine.md). The errors are few: each looks for the
// accesses that meet it.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FUNCTIONAL_SPMERRORS_H
#define ACC_SYSTEMC_MODELS_FUNCTIONAL_SPMERRORS_H

#include "systemc-models/Functional/Checks.h"
#include "systemc-models/Memory/CodeErrors.h"

namespace acc {

/// A stream as the scratchpad sees it, outermost dimension first. `together`
/// elements of the innermost dimension are one access if they are one element,
/// with stride 0: then the port reads it once.
struct SpmStream {
  uint32_t base;
  llvm::ArrayRef<StreamDim> dims;
  uint32_t elementBytes;
  uint64_t together = 1;
};

class SpmErrors {
public:
  bool empty() const { return errors.empty(); }
  void flip(uint32_t address, unsigned bit) { errors.flip(address, bit); }

  void read(const SpmStream &stream);
  void write(const SpmStream &stream);

  /// Bytes that were read with an error and corrected, since the start.
  uint64_t corrected() const { return correctedBytes; }
  /// Whether a byte was read that cannot be corrected, and which.
  bool failed() const { return badAddress.has_value(); }
  uint32_t failedAddress() const { return badAddress.value_or(0); }

private:
  CodeErrors<isa::SpmCode> errors;
  uint64_t correctedBytes = 0;
  std::optional<uint32_t> badAddress;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_FUNCTIONAL_SPMERRORS_H
