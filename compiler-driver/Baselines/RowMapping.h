//===- RowMapping.h - From measured rows to kernels and back ----*- C++ -*-===//
//
// Which kernels a row's workload is, under which conditions it was measured,
// and how a time becomes the row's metric in the row's unit.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_ROWMAPPING_H
#define COMPILER_DRIVER_SYSTEMS_ROWMAPPING_H

#include "compiler-driver/Baselines/Kernel.h"
#include "compiler-driver/Baselines/Measurement.h"
#include "compiler-driver/Baselines/Serving.h"

#include <variant>

namespace acc::systems {

/// What is timed apart from the kernel.
enum class Harness {
  Device,        ///< only the device's work: graphs, events
  Profiler,      ///< of products: without the start of the launch
  HostCall,      ///< a call at a time, waited for
  HostComposite, ///< the same, of an operator that is several calls
  HostCollective ///< collectives started by host threads
};

/// The part of the model that answers for a row, and whose error applies.
enum class ErrorClass {
  Gemm,
  Moe,
  Prefill,
  Decode,
  Memory,
  Collective,
  Energy
};
llvm::StringRef errorClassName(ErrorClass errorClass);

/// The metric as a function of time: `scale`·time, or `scale`/time.
struct Metric {
  double scale = 1;
  bool inverse = false;

  double ofTime(Seconds time) const {
    return inverse ? scale / time.value() : scale * time.value();
  }
};

/// What a row of a serving loop says, and its unit as a factor.
struct ServingMetric {
  enum Kind { EnergyPerToken, TokensPerSecond, SecondsPerStep, Power };
  Kind kind = EnergyPerToken;
  double scale = 1;
};

struct MappedRow {
  std::variant<Kernel, Serving> work;
  Harness harness = Harness::Device;
  ErrorClass errorClass = ErrorClass::Gemm;
  Metric metric;
  ServingMetric servingMetric; ///< instead of `metric`, of a Serving
  /// The metric is a share of the device's peak.
  bool shareOfPeak = false;
};

/// Fails with a message that names what the row lacks or what is not modelled.
llvm::Expected<MappedRow> mapRow(const Measurement &row,
                                 llvm::ArrayRef<ModelShape> models);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_ROWMAPPING_H
