//===- Device.cpp - What the kernel model reads of a data sheet -----------===//

#include "compiler-driver/Baselines/Device.h"

#include "compiler-driver/Baselines/System.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>
#include <cmath>

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
    // 4 bits that are no faster than 8 save memory alone.
    auto fp8 = matrixPeaks.find(Format::Fp8);
    if (bytes < 0.9 && fp8 != matrixPeaks.end() &&
        fp8->second >= found->second) {
      continue;
    }
    return {found->second, candidate, bytes > 1.5 ? 16 : bytes > 0.9 ? 8 : 4};
  }
  return {};
}

namespace {

/// Of a device whose data sheet does not say: the clock of most here, and as
/// many cores as make each 8 TFLOP/s of 16-bit products (an H100's do 7.5).
/// Estimates.
constexpr Hertz usualClock(1.8e9);
constexpr OperationsPerSecond usualCore(8e12);

std::optional<Format> formatOf(Precision precision) {
  switch (precision) {
  case Precision::FP64:
    return Format::Fp64;
  case Precision::FP32:
    return Format::Fp32;
  case Precision::TF32:
    return Format::Tf32;
  case Precision::BF16:
    return Format::Bf16;
  case Precision::FP16:
    return Format::Fp16;
  case Precision::FP8:
    return Format::Fp8;
  case Precision::FP6:
    return Format::Mxfp6;
  case Precision::FP4:
    return Format::Nvfp4;
  case Precision::INT8:
    return Format::Int8;
  case Precision::INT4:
    return std::nullopt;
  }
  return std::nullopt;
}

} // namespace

Device makeDevice(const System &system) {
  Device device;
  device.system = system.name();
  device.generation = system.architecture();
  for (llvm::StringRef name : {"hopper", "blackwell", "rubin"}) {
    device.productsOfAnyWidth |=
        llvm::StringRef(device.generation).starts_with(name);
    device.gathersBlocks =
        device.productsOfAnyWidth && device.generation != "hopper";
  }
  for (Precision precision : allPrecisions) {
    std::optional<Format> format = formatOf(precision);
    if (auto peak = system.peak(precision); peak && format) {
      device.matrixPeaks[*format] = *peak;
    }
  }
  device.vectorPeak = system.peak(Precision::FP32).valueOr({});
  device.memoryBandwidth = *system.memoryBandwidth();
  device.memoryCapacity = *system.memoryCapacity();
  device.cache = std::max(system.l2Capacity().valueOr({}),
                          system.lastLevelCache().valueOr({}));
  device.clock =
      system.clock().valueOr(system.maximumClock().valueOr(usualClock));
  device.cores = system.cores().valueOr(0);
  if (device.cores < 1) {
    device.cores = std::max(
        1.0, std::round(device.matrixRate(Format::Bf16).peak / usualCore));
  }
  device.scaleUp = system.scaleupOneWay().valueOr({});
  device.scaleOut = system.scaleoutOneWay().valueOr({});
  device.host = system.hostLinkOneWay().valueOr({});
  device.scaleUpDevices = *system.scaleupDevices();
  device.power = *system.tdp();
  device.switchReduces = bool(system.switchReduction());
  return device;
}

} // namespace acc::systems
