//===- Range.h - A quantity and its band -------------------------*- C++
//-*-===//

#ifndef COMPILER_DRIVER_DATA_RANGE_H
#define COMPILER_DRIVER_DATA_RANGE_H

namespace acc::data {

/// A quantity with the band in which it may lie.
struct Range {
  double value = 0;
  double low = 0;
  double high = 0;

  Range &operator+=(const Range &o) {
    value += o.value;
    low += o.low;
    high += o.high;
    return *this;
  }
};

inline Range operator+(Range a, const Range &b) { return a += b; }
/// Of independent positive quantities: both low together, both high together.
inline Range operator*(const Range &a, const Range &b) {
  return {a.value * b.value, a.low * b.low, a.high * b.high};
}
inline Range operator*(const Range &a, double factor) {
  return {a.value * factor, a.low * factor, a.high * factor};
}
/// A large divisor makes a small quotient.
inline Range operator/(const Range &a, const Range &b) {
  return {a.value / b.value, a.low / b.high, a.high / b.low};
}
inline Range operator-(const Range &a, const Range &b) {
  return {a.value - b.value, a.low - b.low, a.high - b.high};
}

} // namespace acc::data

#endif // COMPILER_DRIVER_DATA_RANGE_H
