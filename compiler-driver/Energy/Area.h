//===- Area.h - Area of a slice and its chip, by block ----------*- C++ -*-===//
//
// What benchmarks/synthesis has measured on the RTL (targets/area). The figures
// hold for slices of the sizes that the file names, and for no others.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_ENERGY_AREA_H
#define COMPILER_DRIVER_ENERGY_AREA_H

#include "compiler-driver/Data/DataFile.h"

#include "dialects/Target/Target.h"

#include <optional>

namespace acc::report {

struct AreaBlock {
  std::string name;
  data::Range mm2; ///< all of them in a slice, or in the chip
  bool ofChip = false;
  std::string note; ///< number, gates, depth
};

struct AreaReport {
  std::vector<AreaBlock> blocks; ///< the largest first, those of the chip last
  data::Range sliceMm2;
  std::string chip; ///< that the slice was measured in
  uint64_t slices = 0;
  data::Range chipMm2; ///< slices and their network
  data::Range reticleMm2;
  std::string method;
  std::vector<std::string> missing; ///< blocks that were not measured

  /// What the chip leaves of a reticle for HBM PHY, fabric and host ports.
  data::Range reticleLeft() const;
  /// Whether the chip fits, and what is not counted.
  std::string describeReticle() const;
};

/// Nothing if slices of these sizes have not been measured.
llvm::Expected<std::optional<AreaReport>> loadArea(const Target &slice);

/// The same of a file's text; `path` is for messages.
llvm::Expected<std::optional<AreaReport>> areaOf(const data::DataFile &file,
                                                 const Target &slice);

/// The keys that such a file has beside those of any data file.
data::DataFileKeys areaKeys();

} // namespace acc::report

#endif // COMPILER_DRIVER_ENERGY_AREA_H
