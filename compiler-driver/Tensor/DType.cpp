//===- DType.cpp - Element types of host tensors --------------------------===//

#include "compiler-driver/Tensor/DType.h"

#include <limits>

namespace acc {

namespace {

struct TypeInfo {
  DType type;
  const char *name;
  unsigned bytes;
  int64_t min;
  int64_t max;
};

template <typename T> constexpr int64_t minOf() {
  return std::numeric_limits<T>::min();
}
template <typename T> constexpr int64_t maxOf() {
  return std::numeric_limits<T>::max();
}

// In the order of the enumeration.
const TypeInfo infos[] = {
    {DType::F32, "float32", 4, 0, 0},
    {DType::F16, "float16", 2, 0, 0},
    {DType::BF16, "bfloat16", 2, 0, 0},
    {DType::F64, "float64", 8, 0, 0},
    {DType::I8, "int8", 1, minOf<int8_t>(), maxOf<int8_t>()},
    {DType::U8, "uint8", 1, 0, maxOf<uint8_t>()},
    {DType::I16, "int16", 2, minOf<int16_t>(), maxOf<int16_t>()},
    {DType::U16, "uint16", 2, 0, maxOf<uint16_t>()},
    {DType::I32, "int32", 4, minOf<int32_t>(), maxOf<int32_t>()},
    {DType::U32, "uint32", 4, 0, maxOf<uint32_t>()},
    {DType::I64, "int64", 8, minOf<int64_t>(), maxOf<int64_t>()},
    {DType::U64, "uint64", 8, 0, maxOf<int64_t>()},
    {DType::Bool, "bool", 1, 0, 1},
};

const TypeInfo &info(DType type) { return infos[static_cast<unsigned>(type)]; }

} // namespace

unsigned getByteSize(DType type) { return info(type).bytes; }

bool isFloat(DType type) {
  return type == DType::F32 || type == DType::F16 || type == DType::BF16 ||
         type == DType::F64;
}

bool isUnsignedInteger(DType type) {
  return type == DType::U8 || type == DType::U16 || type == DType::U32 ||
         type == DType::U64;
}

bool isInteger(DType type) { return !isFloat(type) && type != DType::Bool; }

llvm::StringRef getName(DType type) { return info(type).name; }

std::optional<DType> parseDType(llvm::StringRef name) {
  for (const TypeInfo &entry : infos) {
    if (name == entry.name) {
      return entry.type;
    }
  }
  return std::nullopt;
}

int64_t getMinInteger(DType type) { return info(type).min; }
int64_t getMaxInteger(DType type) { return info(type).max; }

} // namespace acc
