//===- IntRange.cpp - What integers of a tensor may be --------------------===//

#include "compiler-driver/Import/Onnx/IntRange.h"

#include <algorithm>
#include <initializer_list>

namespace acc {

namespace {
using Wide = __int128;

IntRange cover(std::initializer_list<Wide> corners) {
  Wide low = std::min(corners);
  Wide high = std::max(corners);
  if (low < INT64_MIN || high > INT64_MAX) {
    return {}; // It wraps, to anything.
  }
  return {static_cast<int64_t>(low), static_cast<int64_t>(high)};
}
} // namespace

IntRange getTypeRange(DType type) {
  if (type == DType::Bool) {
    return {0, 1};
  }
  if (type == DType::U64) {
    return {}; // The upper half is negative in 64 bits.
  }
  return {getMinInteger(type), getMaxInteger(type)};
}

bool exceeds32(DType type) {
  return type == DType::I64 || type == DType::U64 || type == DType::U32;
}

IntRange unite(IntRange a, IntRange b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

IntRange uniteUpdate(llvm::StringRef kind, IntRange before, IntRange given) {
  return unite(before, kind == "add"   ? before + given
                       : kind == "mul" ? before * given
                                       : given);
}

IntRange operator+(IntRange a, IntRange b) {
  return cover({Wide(a.low) + b.low, Wide(a.high) + b.high});
}

IntRange operator-(IntRange a, IntRange b) {
  return cover({Wide(a.low) - b.high, Wide(a.high) - b.low});
}

IntRange operator*(IntRange a, IntRange b) {
  return cover({Wide(a.low) * b.low, Wide(a.low) * b.high, Wide(a.high) * b.low,
                Wide(a.high) * b.high});
}

IntRange absolute(IntRange a) {
  if (a.low >= 0) {
    return a;
  }
  return cover({0, -Wide(a.low), a.high});
}

IntRange quotient(IntRange a, IntRange b) {
  // Division by zero gives -1.
  bool mayNegate = b.low <= -1;
  return cover({-1, a.low, a.high, mayNegate ? -Wide(a.low) : Wide(a.high),
                mayNegate ? -Wide(a.high) : Wide(a.low), 0});
}

IntRange remainderRange(IntRange a, IntRange b) {
  // The remainder of a division by zero is the dividend.
  IntRange divisor = absolute(b);
  return unite(
      {std::min<int64_t>(a.low, 0), std::max<int64_t>(a.high, 0)},
      {divisor.high == INT64_MAX ? INT64_MIN : -divisor.high, divisor.high});
}

} // namespace acc
