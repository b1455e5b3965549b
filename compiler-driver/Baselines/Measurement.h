//===- Measurement.h - Rows of published measurements -----------*- C++ -*-===//
//
// A measurement as targets/systems/measurements keeps it: which device did what
// work, in which metric and unit, and who says so. `value` may be missing: then
// the row asks for a prediction.
//
//   {"entries": [{"family": "gemm", "gpu": "H100-SXM-80GB", "gpus": 1,
//                 "precision": "bf16",
//                 "workload": {"m": 128, "n": 4096, "k": 4096},
//                 "metric": "latency", "value": 0.0161, "unit": "ms",
//                 "source": "…", "id": "ga-0138"}]}
//
// A bare list of entries will do as well.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_MEASUREMENT_H
#define COMPILER_DRIVER_SYSTEMS_MEASUREMENT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>
#include <vector>

namespace acc::systems {

struct Measurement {
  std::string id; ///< of the row, or its place in the file
  std::string family;
  std::string gpu; ///< as the source names it
  double gpus = 1;
  std::string precision;
  llvm::json::Object workload;
  std::string metric;
  std::optional<double> value;
  std::string unit;
  std::string source;
  llvm::json::Object row; ///< everything that the file says

  /// A number of the workload; nothing if it is not there or no number.
  std::optional<double> number(llvm::StringRef key) const;
  double numberOr(llvm::StringRef key, double other) const {
    return number(key).value_or(other);
  }
  llvm::StringRef text(llvm::StringRef key) const;

  /// What was computed, whatever machine and format: rows with the same key
  /// are never split between fitting and checking.
  std::string workloadKey() const;
};

/// Parses a file's text; errors are "PATH: error: …".
llvm::Expected<std::vector<Measurement>>
parseMeasurements(llvm::StringRef text, llvm::StringRef path);
llvm::Expected<std::vector<Measurement>> loadMeasurements(llvm::StringRef path);
/// Of all the files, in their order.
llvm::Expected<std::vector<Measurement>>
loadMeasurementFiles(llvm::ArrayRef<std::string> paths);

/// Sizes by name, in the order of the alphabet (JSON objects have none):
/// "k 4096, m 128, n 4096".
std::string describeWorkload(const llvm::json::Object &workload);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_MEASUREMENT_H
