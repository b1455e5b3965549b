//===- DType.cpp - Element types of host tensors --------------------------===//

#include "compiler-driver/Tensor/DType.h"

#include <limits>

namespace acc {

namespace {

struct TypeInfo {
  DType type;
  const char *name;
  unsigned bits;
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
    {DType::F32, "float32", 32, 0, 0},
    {DType::F16, "float16", 16, 0, 0},
    {DType::BF16, "bfloat16", 16, 0, 0},
    {DType::F64, "float64", 64, 0, 0},
    {DType::I8, "int8", 8, minOf<int8_t>(), maxOf<int8_t>()},
    {DType::U8, "uint8", 8, 0, maxOf<uint8_t>()},
    {DType::I16, "int16", 16, minOf<int16_t>(), maxOf<int16_t>()},
    {DType::U16, "uint16", 16, 0, maxOf<uint16_t>()},
    {DType::I32, "int32", 32, minOf<int32_t>(), maxOf<int32_t>()},
    {DType::U32, "uint32", 32, 0, maxOf<uint32_t>()},
    {DType::I64, "int64", 64, minOf<int64_t>(), maxOf<int64_t>()},
    {DType::U64, "uint64", 64, 0, maxOf<int64_t>()},
    {DType::Bool, "bool", 8, 0, 1},
    {DType::F8E4M3FN, "float8e4m3fn", 8, 0, 0},
    {DType::F8E4M3FNUZ, "float8e4m3fnuz", 8, 0, 0},
    {DType::F8E5M2, "float8e5m2", 8, 0, 0},
    {DType::F8E5M2FNUZ, "float8e5m2fnuz", 8, 0, 0},
    {DType::F4E2M1, "float4e2m1", 4, 0, 0},
    {DType::F8E8M0, "float8e8m0", 8, 0, 0},
    {DType::I4, "int4", 4, -8, 7},
    {DType::U4, "uint4", 4, 0, 15},
    {DType::I2, "int2", 2, -2, 1},
    {DType::U2, "uint2", 2, 0, 3},
};

const TypeInfo &info(DType type) { return infos[static_cast<unsigned>(type)]; }

} // namespace

unsigned getByteSize(DType type) { return (info(type).bits + 7) / 8; }

unsigned getFileBits(DType type) { return info(type).bits; }

bool isFloat(DType type) {
  return type == DType::F32 || type == DType::F16 || type == DType::BF16 ||
         type == DType::F64 || isSmallFloat(type);
}

bool isSmallFloat(DType type) {
  return type >= DType::F8E4M3FN && type <= DType::F8E8M0;
}

bool isUnsignedInteger(DType type) {
  return type == DType::U8 || type == DType::U16 || type == DType::U32 ||
         type == DType::U64 || type == DType::U4 || type == DType::U2;
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
