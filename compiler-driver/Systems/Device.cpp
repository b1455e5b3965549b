//===- Device.cpp - What the kernel model reads of a data sheet -----------===//

#include "compiler-driver/Systems/Device.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace acc::systems {

namespace {

/// Formats whose units can multiply operands in `format` exactly, the fastest
/// first.
llvm::SmallVector<Format, 8> candidates(Format format) {
  llvm::SmallVector<Format, 8> result;
  auto add = [&](llvm::ArrayRef<Format> formats) {
    result.append(formats.begin(), formats.end());
  };
  switch (format) {
  case Format::Nvfp4:
  case Format::Mxfp4:
    add({Format::Nvfp4});
    [[fallthrough]];
  case Format::Mxfp6:
    add({Format::Mxfp6});
    [[fallthrough]];
  case Format::Fp8:
  case Format::Fp8Block:
  case Format::Mxfp8:
    add({Format::Fp8});
    break;
  case Format::Int8:
    add({Format::Int8});
    break;
  case Format::Fp16:
    add({Format::Fp16});
    break;
  case Format::Tf32:
    add({Format::Tf32, Format::Fp32});
    break;
  case Format::Fp32:
    add({Format::Fp32});
    break;
  case Format::Fp64:
    add({Format::Fp64});
    return result;
  case Format::Bf16:
    break;
  }
  if (format != Format::Tf32 && format != Format::Fp32) {
    add({Format::Bf16, Format::Fp16});
  }
  add({Format::Tf32, Format::Fp32});
  return result;
}

} // namespace

MatrixRate Device::matrixRate(Format format) const {
  for (Format candidate : candidates(format)) {
    auto found = matrixPeaks.find(candidate);
    if (found == matrixPeaks.end()) {
      continue;
    }
    double bytes = bytesPerElement(candidate);
    return {found->second, candidate, bytes > 1.5 ? 16 : bytes > 0.9 ? 8 : 4};
  }
  return {};
}

} // namespace acc::systems
