//===- HostTensor.cpp - A tensor in host memory ---------------------------===//

#include "compiler-driver/Tensor/HostTensor.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace acc {

namespace {

template <typename T> T load(const char *data, int64_t index) {
  T value;
  std::memcpy(&value, data + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T> void store(char *data, int64_t index, T value) {
  std::memcpy(data + index * sizeof(T), &value, sizeof(T));
}

uint16_t roundTo(const llvm::fltSemantics &semantics, double value) {
  llvm::APFloat number(value);
  bool losesInfo = false;
  number.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return static_cast<uint16_t>(number.bitcastToAPInt().getZExtValue());
}

const llvm::fltSemantics &getSemantics(DType smallFloat) {
  switch (smallFloat) {
  case DType::F8E4M3FN:
    return llvm::APFloat::Float8E4M3FN();
  case DType::F8E4M3FNUZ:
    return llvm::APFloat::Float8E4M3FNUZ();
  case DType::F8E5M2:
    return llvm::APFloat::Float8E5M2();
  case DType::F8E5M2FNUZ:
    return llvm::APFloat::Float8E5M2FNUZ();
  case DType::F8E8M0:
    return llvm::APFloat::Float8E8M0FNU();
  default:
    return llvm::APFloat::Float4E2M1FN();
  }
}

double smallToDouble(DType type, uint8_t bits) {
  const llvm::fltSemantics &semantics = getSemantics(type);
  unsigned width = llvm::APFloat::getSizeInBits(semantics);
  llvm::APFloat number(semantics,
                       llvm::APInt(width, bits & ((1u << width) - 1)));
  bool losesInfo = false;
  number.convert(llvm::APFloat::IEEEdouble(),
                 llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return number.convertToDouble();
}

/// The low bits of an integer of fewer than 8 bits, as its number.
int8_t wrapSmall(DType type, int64_t value) {
  unsigned shift = 64 - getFileBits(type);
  uint64_t top = static_cast<uint64_t>(value) << shift;
  return static_cast<int8_t>(isUnsignedInteger(type)
                                 ? static_cast<int64_t>(top >> shift)
                                 : static_cast<int64_t>(top) >> shift);
}

/// SplitMix64: small, and the same everywhere.
struct Generator {
  uint64_t state;

  uint64_t next() {
    state += 0x9E3779B97F4A7C15ull;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }

  /// Sum of twelve uniform numbers: close to normal, and free of libm, so that
  /// every platform draws the same bits.
  double normal() {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) {
      sum += static_cast<double>(next() >> 11) * 0x1.0p-53;
    }
    return sum;
  }
};

} // namespace

std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape) {
  const int64_t limit = int64_t(1) << 48;
  int64_t count = 1;
  bool empty = false;
  for (int64_t size : shape) {
    if (size < 0 || size > limit) {
      return std::nullopt;
    }
    if (size == 0) {
      empty = true;
      continue;
    }
    if (count > limit / size) {
      return std::nullopt;
    }
    count *= size;
  }
  return empty ? 0 : count;
}

std::string formatShape(llvm::ArrayRef<int64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    text += (i ? ", " : "") + std::to_string(shape[i]);
  }
  return text + "]";
}

std::string formatKeys(DType type, llvm::ArrayRef<int64_t> keys) {
  if (!isFloat(type)) {
    return formatShape(keys);
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  os << '[';
  llvm::interleaveComma(keys, os, [&](int64_t key) {
    os << llvm::format("%g", llvm::bit_cast<double>(key));
  });
  os << ']';
  return text;
}

float halfToFloat(uint16_t bits) {
  uint32_t sign = static_cast<uint32_t>(bits & 0x8000u) << 16;
  uint32_t exponent = (bits >> 10) & 0x1Fu;
  uint32_t fraction = bits & 0x3FFu;
  if (exponent == 0) {
    float value = static_cast<float>(fraction) * 0x1.0p-24f;
    return sign ? -value : value;
  }
  uint32_t wide = exponent == 31 ? (0xFFu << 23) : ((exponent + 112) << 23);
  wide |= sign | (fraction << 13);
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

uint16_t doubleToHalf(double value) {
  return roundTo(llvm::APFloat::IEEEhalf(), value);
}

float bfloatToFloat(uint16_t bits) {
  uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

uint16_t doubleToBFloat(double value) {
  return roundTo(llvm::APFloat::BFloat(), value);
}

HostTensor HostTensor::zeros(std::string name, DType dtype,
                             llvm::ArrayRef<int64_t> shape) {
  HostTensor tensor;
  tensor.name = std::move(name);
  tensor.dtype = dtype;
  tensor.shape.assign(shape.begin(), shape.end());
  tensor.bytes.assign(tensor.getNumElements() * getByteSize(dtype), 0);
  return tensor;
}

HostTensor HostTensor::random(std::string name, DType dtype,
                              llvm::ArrayRef<int64_t> shape, uint64_t seed,
                              int64_t limit) {
  HostTensor tensor = zeros(std::move(name), dtype, shape);
  Generator generator{seed};
  int64_t count = tensor.getNumElements();
  for (int64_t i = 0; i < count; ++i) {
    if (isFloat(dtype)) {
      tensor.setDouble(i, generator.normal());
      continue;
    }
    int64_t bound = std::max<int64_t>(
        1, std::min(limit, std::min(getMaxInteger(dtype), INT64_MAX - 1) + 1));
    tensor.setInteger(i, static_cast<int64_t>(generator.next() % bound));
  }
  return tensor;
}

int64_t HostTensor::getNumElements() const {
  int64_t count = 1;
  for (int64_t size : shape) {
    count *= size;
  }
  return count;
}

double HostTensor::getDouble(int64_t i) const {
  const char *data = bytes.data();
  switch (dtype) {
  case DType::F32:
    return load<float>(data, i);
  case DType::F16:
    return halfToFloat(load<uint16_t>(data, i));
  case DType::BF16:
    return bfloatToFloat(load<uint16_t>(data, i));
  case DType::F64:
    return load<double>(data, i);
  case DType::U64:
    return static_cast<double>(load<uint64_t>(data, i));
  default:
    return isSmallFloat(dtype) ? smallToDouble(dtype, load<uint8_t>(data, i))
                               : static_cast<double>(getInteger(i));
  }
}

int64_t HostTensor::getInteger(int64_t i) const {
  const char *data = bytes.data();
  switch (dtype) {
  case DType::I8:
  case DType::I4:
  case DType::U4:
  case DType::I2:
  case DType::U2:
    return load<int8_t>(data, i);
  case DType::U8:
    return load<uint8_t>(data, i);
  case DType::I16:
    return load<int16_t>(data, i);
  case DType::U16:
    return load<uint16_t>(data, i);
  case DType::I32:
    return load<int32_t>(data, i);
  case DType::U32:
    return load<uint32_t>(data, i);
  case DType::I64:
    return load<int64_t>(data, i);
  case DType::U64:
    return static_cast<int64_t>(load<uint64_t>(data, i));
  case DType::Bool:
    return load<uint8_t>(data, i) != 0;
  default: {
    double value = getDouble(i);
    if (std::isnan(value)) {
      return 0;
    }
    if (value >= 0x1.0p63) {
      return std::numeric_limits<int64_t>::max();
    }
    if (value < -0x1.0p63) {
      return std::numeric_limits<int64_t>::min();
    }
    return static_cast<int64_t>(value);
  }
  }
}

void HostTensor::setDouble(int64_t i, double value) {
  char *data = bytes.data();
  switch (dtype) {
  case DType::F32:
    return store<float>(data, i, static_cast<float>(value));
  case DType::F16:
    return store<uint16_t>(data, i, doubleToHalf(value));
  case DType::BF16:
    return store<uint16_t>(data, i, doubleToBFloat(value));
  case DType::F64:
    return store<double>(data, i, value);
  case DType::Bool:
    return store<uint8_t>(data, i, value != 0.0);
  default: {
    if (isSmallFloat(dtype)) {
      return store(data, i,
                   static_cast<uint8_t>(roundTo(getSemantics(dtype), value)));
    }
    int64_t whole = 0;
    if (value >= 0x1.0p63) {
      whole = std::numeric_limits<int64_t>::max();
    } else if (value < -0x1.0p63) {
      whole = std::numeric_limits<int64_t>::min();
    } else if (!std::isnan(value)) {
      whole = static_cast<int64_t>(value);
    }
    return setInteger(i, whole);
  }
  }
}

void HostTensor::setInteger(int64_t i, int64_t value) {
  char *data = bytes.data();
  switch (dtype) {
  case DType::I8:
  case DType::U8:
    return store<uint8_t>(data, i, static_cast<uint8_t>(value));
  case DType::I4:
  case DType::U4:
  case DType::I2:
  case DType::U2:
    return store<int8_t>(data, i, wrapSmall(dtype, value));
  case DType::I16:
  case DType::U16:
    return store<uint16_t>(data, i, static_cast<uint16_t>(value));
  case DType::I32:
  case DType::U32:
    return store<uint32_t>(data, i, static_cast<uint32_t>(value));
  case DType::I64:
  case DType::U64:
    return store<int64_t>(data, i, value);
  case DType::Bool:
    return store<uint8_t>(data, i, value != 0);
  default:
    return setDouble(i, static_cast<double>(value));
  }
}

std::vector<int64_t> HostTensor::toIntegers() const {
  std::vector<int64_t> values(getNumElements());
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = getInteger(i);
  }
  return values;
}

std::vector<double> HostTensor::toDoubles() const {
  std::vector<double> values(getNumElements());
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = getDouble(i);
  }
  return values;
}

std::vector<int64_t> HostTensor::toKeys() const {
  std::vector<int64_t> keys = toIntegers();
  if (isFloat(dtype)) {
    for (size_t i = 0; i < keys.size(); ++i) {
      keys[i] = llvm::bit_cast<int64_t>(getDouble(i));
    }
  }
  return keys;
}

HostTensor HostTensor::convertTo(DType type) const {
  if (type == dtype) {
    return *this;
  }
  HostTensor result = zeros(name, type, shape);
  int64_t count = getNumElements();
  for (int64_t i = 0; i < count; ++i) {
    if (isFloat(dtype) || isFloat(type)) {
      result.setDouble(i, getDouble(i));
    } else {
      result.setInteger(i, getInteger(i));
    }
  }
  return result;
}

std::optional<double> HostTensor::findBeyondFloat() const {
  for (int64_t i = 0, n = dtype == DType::F64 ? getNumElements() : 0; i < n;
       ++i) {
    double number = getDouble(i);
    if (std::isfinite(number) && std::isinf(static_cast<float>(number))) {
      return number;
    }
  }
  return std::nullopt;
}

bool HostTensor::isSplat() const {
  size_t width = getByteSize(dtype);
  if (bytes.size() < width) {
    return false;
  }
  // Every byte equals the one an element earlier.
  return std::memcmp(bytes.data(), bytes.data() + width,
                     bytes.size() - width) == 0;
}

} // namespace acc
