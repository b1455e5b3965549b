//===- Seeds.h - How many random programs a test runs -----------*- C++ -*-===//

#ifndef TEST_UNIT_MODELS_SEEDS_H
#define TEST_UNIT_MODELS_SEEDS_H

#include <cstdint>

namespace acc {

/// A fifth of `count` under a sanitizer, where each program takes about ten
/// times as long; the others run in the build without one.
constexpr uint64_t seedCount(uint64_t count) {
#if defined(__SANITIZE_ADDRESS__)
  return count / 5;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  return count / 5;
#else
  return count;
#endif
#else
  return count;
#endif
}

} // namespace acc

#endif // TEST_UNIT_MODELS_SEEDS_H
