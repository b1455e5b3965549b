//===- Compare.h - Compare two tensors within a tolerance -------*- C++ -*-===//

#ifndef ACC_COMPILER_DRIVER_TENSOR_COMPARE_H
#define ACC_COMPILER_DRIVER_TENSOR_COMPARE_H

#include "compiler-driver/Tensor/HostTensor.h"

#include <string>

namespace acc {

/// What a comparison found.
struct CompareResult {
  /// True if type and shape agree and every element is within tolerance.
  bool equal = true;
  /// Largest absolute difference between finite elements.
  double maxAbsoluteError = 0.0;
  /// Largest difference divided by what the tolerance allows; above 1 fails.
  double maxToleranceRatio = 0.0;
  /// Row-major index of the first element out of tolerance, or -1.
  int64_t firstBadIndex = -1;
  /// Number of elements out of tolerance.
  int64_t badCount = 0;
  /// One line for people: why the tensors differ; empty if they agree.
  std::string message;
};

/// What is compared with when nothing is given, relative and absolute.
std::pair<double, double> defaultTolerance(DType type);

/// Compares `actual` with `expected`: |a - e| <= atol + rtol * |e|. A NaN
/// agrees with a NaN only, an infinity with the same infinity only. Integers
/// and booleans must be equal exactly.
CompareResult compare(const HostTensor &actual, const HostTensor &expected,
                      double rtol, double atol);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_TENSOR_COMPARE_H
