//===- HostTensor.h - A tensor in host memory -------------------*- C++ -*-===//
//
// The form in which inputs, weights and results cross every boundary of the
// driver. Plain data: no protobuf and no MLIR types.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_COMPILER_DRIVER_TENSOR_HOSTTENSOR_H
#define ACC_COMPILER_DRIVER_TENSOR_HOSTTENSOR_H

#include "compiler-driver/Tensor/DType.h"
#include "compiler-driver/Tensor/TensorBytes.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace acc {

/// A dense tensor: `bytes` holds the elements in row-major order,
/// little-endian; bool and types of fewer than 8 bits take one byte per
/// element: the bits of a float, the number of an integer.
struct HostTensor {
  std::string name;
  DType dtype = DType::F32;
  std::vector<int64_t> shape;
  TensorBytes bytes;

  /// A tensor of zeros.
  static HostTensor zeros(std::string name, DType dtype,
                          llvm::ArrayRef<int64_t> shape);

  /// A tensor of seeded values: floats are normal with mean 0 and deviation 1;
  /// integers are uniform in [0, limit), clamped to the type. The same seed
  /// gives the same values on every platform.
  static HostTensor random(std::string name, DType dtype,
                           llvm::ArrayRef<int64_t> shape, uint64_t seed,
                           int64_t limit = 2);

  /// Number of elements; 1 for a scalar.
  int64_t getNumElements() const;

  /// Element `index` (row-major) as a double, whatever the element type.
  double getDouble(int64_t index) const;

  /// Element `index` as an integer; floats are truncated and saturate.
  int64_t getInteger(int64_t index) const;

  /// Stores a value, rounding to the element type (floats to nearest even, and
  /// beyond their range to infinity, or to NaN where there is none; integers
  /// modulo their width).
  void setDouble(int64_t index, double value);
  void setInteger(int64_t index, int64_t value);

  /// All elements, converted.
  std::vector<int64_t> toIntegers() const;
  std::vector<double> toDoubles() const;

  /// The values as integers from which they can be had back: of floats, the
  /// bits as doubles.
  std::vector<int64_t> toKeys() const;

  /// A copy with elements converted to `type`. Conversion to bool gives
  /// `x != 0`.
  HostTensor convertTo(DType type) const;

  /// True if every element has the same bytes (and there is at least one).
  bool isSplat() const;
  /// The first number of a float64 tensor that is beyond the range of fp32.
  std::optional<double> findBeyondFloat() const;
};

/// Product of the sizes, or nothing if a size is negative or the product
/// exceeds what memory could ever hold (2^48).
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape);

/// `[2, 3]`, for messages.
std::string formatShape(llvm::ArrayRef<int64_t> shape);

/// The same of values of a type, from their keys.
std::string formatKeys(DType type, llvm::ArrayRef<int64_t> keys);

/// Bit conversions, to nearest even.
float halfToFloat(uint16_t bits);
uint16_t doubleToHalf(double value);
float bfloatToFloat(uint16_t bits);
uint16_t doubleToBFloat(double value);

} // namespace acc

#endif // ACC_COMPILER_DRIVER_TENSOR_HOSTTENSOR_H
