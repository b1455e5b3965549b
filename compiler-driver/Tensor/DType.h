//===- DType.h - Element types of host tensors ------------------*- C++ -*-===//

#ifndef ACC_COMPILER_DRIVER_TENSOR_DTYPE_H
#define ACC_COMPILER_DRIVER_TENSOR_DTYPE_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace acc {

/// Element type of a tensor as it is stored in files.
enum class DType : uint8_t {
  F32,
  F16,
  BF16,
  F64,
  I8,
  U8,
  I16,
  U16,
  I32,
  U32,
  I64,
  U64,
  Bool,
  // Of 8 and fewer bits; in memory each takes a byte.
  F8E4M3FN,
  F8E4M3FNUZ,
  F8E5M2,
  F8E5M2FNUZ,
  F4E2M1,
  F8E8M0,
  I4,
  U4,
  I2,
  U2,
};

/// Bytes that one element takes in memory.
unsigned getByteSize(DType type);

/// Bits that one element takes in files: less than a byte for some.
unsigned getFileBits(DType type);

/// True for the floats of any width.
bool isFloat(DType type);

/// True for the floats of 8 and fewer bits.
bool isSmallFloat(DType type);

/// True for the unsigned integers (not for bool).
bool isUnsignedInteger(DType type);

/// True for the signed and unsigned integers (not for bool).
bool isInteger(DType type);

/// The name in files and messages: `float32`, `int64`, `bool`, ...
llvm::StringRef getName(DType type);

/// The inverse of getName.
std::optional<DType> parseDType(llvm::StringRef name);

/// Smallest and largest value of an integer type (the largest of uint64 is
/// given as that of int64).
int64_t getMinInteger(DType type);
int64_t getMaxInteger(DType type);

/// What is fed back from step to step may not grow beyond it: so position + 1
/// is known to fit the machine's 32 bits, and each step is checked.
inline constexpr int64_t kFedIntegerLimit = int64_t(1) << 30;

} // namespace acc

#endif // ACC_COMPILER_DRIVER_TENSOR_DTYPE_H
