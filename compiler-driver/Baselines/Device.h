//===- Device.h - What the kernel model reads of a data sheet ---*- C++ -*-===//
//
// The figures of one device of a system, as typed quantities. A figure that a
// data sheet does not give is zero.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_DEVICE_H
#define COMPILER_DRIVER_SYSTEMS_DEVICE_H

#include "compiler-driver/Baselines/Format.h"
#include "compiler-driver/Baselines/Units.h"

#include <map>
#include <string>

namespace acc::systems {
class System;
}

namespace acc::systems {

/// A rate of matrix products, and the format whose data-sheet figure it is: a
/// device without fp8 multiplies fp8 operands as bf16.
struct MatrixRate {
  OperationsPerSecond peak;
  Format format = Format::Bf16;
  /// 16, 8 or 4: the class of formats that share an efficiency.
  int bits = 16;
};

struct Device {
  std::string system;     ///< name of the system's data file
  std::string generation; ///< "hopper"; whose parameters apply
  std::map<Format, OperationsPerSecond> matrixPeaks;
  OperationsPerSecond vectorPeak; ///< fp32, outside of matrix units
  BytesPerSecond memoryBandwidth;
  Bytes memoryCapacity;
  Bytes cache; ///< last level on chip
  double cores = 0;
  Hertz clock;
  /// Matrix instructions take any multiple of 8 columns, and libraries have
  /// kernels for them (wgmma, tcgen05).
  bool productsOfAnyWidth = false;
  /// Libraries' products of experts with a scale per block read the rows of
  /// their tokens by themselves (TensorRT-LLM's kernels for Blackwell).
  bool gathersBlocks = false;
  BytesPerSecond scaleUp;  ///< one way
  BytesPerSecond scaleOut; ///< one way
  BytesPerSecond host;     ///< one way
  double scaleUpDevices = 1;
  Watts power;                ///< limit of the package
  bool switchReduces = false; ///< all-reduce in the scale-up switches

  /// Products of operands in this format, or in the next wider one that the
  /// device has. Zero if it has no matrix rate at all.
  MatrixRate matrixRate(Format format) const;
};

/// Reads the figures; what a sheet leaves out is estimated (see the source).
Device makeDevice(const System &system);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_DEVICE_H
