//===- Streams.h - What commands touch in the scratchpad --------*- C++ -*-===//
//
// The streams of a command, with their claims; and the bytes that two streams
// have in common.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FUNCTIONAL_STREAMS_H
#define ACC_SYSTEMC_MODELS_FUNCTIONAL_STREAMS_H

#include "systemc-models/Functional/Checks.h"
#include "systemc-models/Functional/SpmErrors.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace acc {

using StreamVisitor = llvm::function_ref<isa::Fault(
    const SpmStream &stream, uint16_t claim, bool isWritten)>;

/// Calls `visit` with each stream of the command in the scratchpad, what is
/// read before what is written, until it returns a fault. The stream's
/// dimensions live as long as the call.
isa::Fault visitStreams(const Target &target, const Command &command,
                        StreamVisitor visit);

/// checkSpmStream of all of them.
isa::Fault checkStreams(const Target &target, const Command &command);

/// The bytes of a stream, as runs of `bytes` with strides that are larger. Of a
/// stream whose accesses are all in range (so that none wraps).
class ByteSet {
public:
  ByteSet(uint64_t base, llvm::ArrayRef<StreamDim> dims, uint64_t elementBytes);

  uint64_t begin() const { return first; }
  uint64_t end() const { return first + spans.back(); }

  /// A byte that is in both, or nothing. Takes at most about as long as there
  /// are runs in the interval that both span.
  static std::optional<uint64_t> commonByte(const ByteSet &a, const ByteSet &b);

private:
  struct Dim {
    uint64_t stride, size;
  };
  uint64_t first;
  llvm::SmallVector<Dim, 2> dims;       ///< by stride, innermost first
  llvm::SmallVector<uint64_t, 3> spans; ///< of a run; with dims[0]; ...

  static std::optional<uint64_t> common(const ByteSet &a, size_t aDims,
                                        uint64_t aBase, const ByteSet &b,
                                        size_t bDims, uint64_t bBase);
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_FUNCTIONAL_STREAMS_H
