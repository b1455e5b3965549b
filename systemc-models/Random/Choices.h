//===- Choices.h - A seeded source of choices ---------------------*- C++
//-*-===//

#ifndef ACC_SYSTEMC_MODELS_RANDOM_CHOICES_H
#define ACC_SYSTEMC_MODELS_RANDOM_CHOICES_H

#include <algorithm>
#include <cstdint>
#include <initializer_list>

namespace acc {

/// xorshift64*: the same on every host.
class Choices {
public:
  explicit Choices(uint64_t seed)
      : state(seed * 0x9E3779B97F4A7C15ull + 0x1234567) {}

  uint32_t next() {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return uint32_t(state * 0x2545F4914F6CDD1Dull >> 32);
  }
  uint32_t upTo(uint32_t n) { return next() % (n + 1); }
  bool oneIn(uint32_t n) { return next() % n == 0; }
  template <typename T> T pick(std::initializer_list<T> l) {
    return l.begin()[next() % l.size()];
  }
  /// From 1 to `max`, mostly small.
  uint32_t size(uint32_t max) {
    uint32_t limit = oneIn(3) ? max : std::min<uint32_t>(max, 4);
    return 1 + next() % limit;
  }

private:
  uint64_t state;
};

} // namespace acc

#endif // ACC_SYSTEMC_MODELS_RANDOM_CHOICES_H
