//===- Precision.h - Number formats that systems have rates for -*- C++ -*-===//

#ifndef COMPILER_DRIVER_SYSTEMS_PRECISION_H
#define COMPILER_DRIVER_SYSTEMS_PRECISION_H

#include "llvm/ADT/StringRef.h"

#include <optional>

namespace acc::systems {

/// A format of matrix operands, by width. Block-scaled formats count as the
/// elements' width: MXFP8 is FP8, NVFP4 and MXFP4 are FP4. FP32 is the vector
/// units' rate where matrix units have none.
enum class Precision {
  FP64,
  FP32,
  TF32,
  BF16,
  FP16,
  FP8,
  FP6,
  FP4,
  INT8,
  INT4
};

inline constexpr Precision allPrecisions[] = {
    Precision::FP64, Precision::FP32, Precision::TF32, Precision::BF16,
    Precision::FP16, Precision::FP8,  Precision::FP6,  Precision::FP4,
    Precision::INT8, Precision::INT4};

/// As in the keys of system files: "bf16".
llvm::StringRef getName(Precision precision);
std::optional<Precision> parsePrecision(llvm::StringRef name);
/// Bits that an element takes in memory, without block scales. TF32 takes 32.
unsigned getBits(Precision precision);
bool isInteger(Precision precision);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_PRECISION_H
