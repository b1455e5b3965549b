//===- IntRange.h - What integers of a tensor may be ------------*- C++ -*-===//
//
// The machine's integers have 32 bits, ONNX's mostly 64. Ranges tell where 32
// bits hold every value; elsewhere 64 are kept, on the host.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_ONNX_INTRANGE_H
#define ACC_COMPILER_DRIVER_ONNX_INTRANGE_H

#include "compiler-driver/Tensor/DType.h"
#include "llvm/ADT/StringRef.h"

namespace acc {

/// All integers from `low` to `high`.
struct IntRange {
  int64_t low = INT64_MIN;
  int64_t high = INT64_MAX;

  bool contains(IntRange other) const {
    return low <= other.low && other.high <= high;
  }
  bool fits32() const { return low >= INT32_MIN && high <= INT32_MAX; }
};

/// What a value of the type may be after it has been computed mod 2^bits.
IntRange getTypeRange(DType type);

/// Whether 32-bit arithmetic is not the arithmetic of the type: int64, uint64,
/// and uint32, whose upper half is negative in 32 bits.
bool exceeds32(DType type);

IntRange unite(IntRange a, IntRange b);
/// Of elements of `before` of which some are updated by `given`: with "add" or
/// "mul" together with it, otherwise replaced.
IntRange uniteUpdate(llvm::StringRef kind, IntRange before, IntRange given);
/// Exact, or all 64-bit integers if the operation may overflow.
IntRange operator+(IntRange a, IntRange b);
IntRange operator-(IntRange a, IntRange b);
IntRange operator*(IntRange a, IntRange b);
IntRange absolute(IntRange a);
/// Truncating division, remainder of either kind.
IntRange quotient(IntRange a, IntRange b);
IntRange remainderRange(IntRange a, IntRange b);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_ONNX_INTRANGE_H
