//===- Format.h - Number formats of stored and multiplied values *- C++ -*-===//
//
// A format says how many bytes an element takes, block scales included, and
// which peak rate of a data sheet its products run at.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_FORMAT_H
#define COMPILER_DRIVER_SYSTEMS_FORMAT_H

#include "llvm/ADT/StringRef.h"

#include <optional>

namespace acc::systems {

enum class Format {
  Fp64,
  Fp32,
  Tf32,
  Bf16,
  Fp16,
  Fp8,
  Fp8Block, ///< fp8 with one fp32 scale per 128 elements (DeepSeek's format)
  Mxfp8,    ///< fp8 with one 8-bit scale per 32 elements
  Int8,
  Mxfp6,
  Mxfp4, ///< fp4 with one 8-bit scale per 32 elements
  Nvfp4, ///< fp4 with one fp8 scale per 16 elements
};

/// Bytes in memory of one element with its share of a block's scale.
double bytesPerElement(Format format);

/// The format in which operands of both are multiplied.
Format widerFormat(Format a, Format b);

/// Whether a framework that starts from bf16 activations has to convert them
/// before a matrix multiplication in this format.
bool needsQuantisation(Format format);

/// "bf16", "fp8_block", …; what parseFormat reads.
llvm::StringRef formatName(Format format);

/// The format called so in a measurement or on a command line ("bfloat16",
/// "fp8 (1x128/128x128 scaled)", "int8 (smoothquant W8A8)", …), or nothing.
std::optional<Format> parseFormat(llvm::StringRef name);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_FORMAT_H
