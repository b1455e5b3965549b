//===- Compare.cpp - Compare two tensors within a tolerance ---------------===//

#include "compiler-driver/Tensor/Compare.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace acc {

namespace {

/// The difference as a multiple of what is allowed.
double toleranceRatio(double actual, double expected, double rtol,
                      double atol) {
  if (std::isnan(actual) || std::isnan(expected)) {
    return std::isnan(actual) && std::isnan(expected)
               ? 0.0
               : std::numeric_limits<double>::infinity();
  }
  if (actual == expected) {
    return 0.0;
  }
  if (std::isinf(actual) || std::isinf(expected)) {
    return std::numeric_limits<double>::infinity();
  }
  double allowed = atol + rtol * std::fabs(expected);
  double difference = std::fabs(actual - expected);
  return allowed > 0.0 ? difference / allowed
                       : std::numeric_limits<double>::infinity();
}

std::string formatIndex(int64_t index, const std::vector<int64_t> &shape) {
  std::vector<int64_t> position(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    position[i] = index % shape[i];
    index /= shape[i];
  }
  return formatShape(position);
}

} // namespace

std::pair<double, double> defaultTolerance(DType type) {
  bool isShort = type == DType::F16 || type == DType::BF16;
  return isShort ? std::pair(2e-2, 1e-2) : std::pair(1e-3, 1e-4);
}

CompareResult compare(const HostTensor &actual, const HostTensor &expected,
                      double rtol, double atol) {
  CompareResult result;
  if (actual.dtype != expected.dtype) {
    result.equal = false;
    result.message =
        llvm::formatv("has type {0}, but {1} is expected",
                      getName(actual.dtype), getName(expected.dtype));
    return result;
  }
  if (actual.shape != expected.shape) {
    result.equal = false;
    result.message = "has shape " + formatShape(actual.shape) + ", but " +
                     formatShape(expected.shape) + " is expected";
    return result;
  }
  bool exact = !isFloat(expected.dtype);
  int64_t count = expected.getNumElements();
  for (int64_t i = 0; i < count; ++i) {
    double a = actual.getDouble(i);
    double e = expected.getDouble(i);
    double ratio = 0.0;
    if (exact) {
      // 64-bit integers do not fit a double.
      ratio = actual.getInteger(i) == expected.getInteger(i)
                  ? 0.0
                  : std::numeric_limits<double>::infinity();
    } else {
      ratio = toleranceRatio(a, e, rtol, atol);
    }
    double difference = std::fabs(a - e);
    if (std::isfinite(difference)) {
      result.maxAbsoluteError = std::max(result.maxAbsoluteError, difference);
    }
    result.maxToleranceRatio = std::max(result.maxToleranceRatio, ratio);
    if (ratio > 1.0) {
      ++result.badCount;
      if (result.firstBadIndex < 0) {
        result.firstBadIndex = i;
      }
    }
  }
  if (result.firstBadIndex >= 0) {
    result.equal = false;
    auto digits = [](double value) { return llvm::format("%.9g", value); };
    llvm::raw_string_ostream(result.message)
        << result.badCount << " of " << count << " elements differ, first at "
        << formatIndex(result.firstBadIndex, expected.shape) << ": "
        << digits(actual.getDouble(result.firstBadIndex)) << ", but "
        << digits(expected.getDouble(result.firstBadIndex))
        << " is expected; largest difference "
        << llvm::format("%.3g", result.maxAbsoluteError);
  }
  return result;
}

} // namespace acc
