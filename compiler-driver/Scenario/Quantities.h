//===- Quantities.h - Ranges whose units are types --------------*- C++ -*-===//
//
// Quantities (Baselines/Units.h) that are known within a range. Sums are of one
// unit or do not compile; products and quotients have theirs:
//
//   RangeOf<Watts> power = energy / Seconds(2);
//   RangeOf<Joules> wrong = energy + power;       // does not compile
//
// A range of a quantity can be read as one of numbers, in the unit's base; a
// range of numbers becomes one of a quantity by in().
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_QUANTITIES_H
#define COMPILER_DRIVER_SCENARIO_QUANTITIES_H

#include "compiler-driver/Baselines/Units.h"
#include "compiler-driver/Data/Range.h"

namespace acc::scenario {

using data::Range;
using systems::Dollars;
using systems::DollarsPerSecond;
using systems::Hertz;
using systems::Joules;
using systems::Seconds;
using systems::Watts;

inline constexpr Seconds kHour(3600);
inline constexpr Seconds kYear(8766 * 3600.0);
inline constexpr Joules kWattHour(3600);

template <typename Unit> struct RangeOf : Range {
  RangeOf() = default;
  constexpr RangeOf(Unit value, Unit low, Unit high)
      : Range{value.value(), low.value(), high.value()} {}

  RangeOf &operator+=(const RangeOf &o) {
    Range::operator+=(o);
    return *this;
  }
};

/// Numbers that count `unit`s.
template <typename Unit> RangeOf<Unit> in(const Range &numbers, Unit unit) {
  return {unit * numbers.value, unit * numbers.low, unit * numbers.high};
}
template <int T, int D, int W, int E, int M>
RangeOf<systems::Quantity<T, D, W, E, M>>
exactly(systems::Quantity<T, D, W, E, M> value) {
  return {value, value, value};
}
inline Range exactly(double value) { return {value, value, value}; }

/// The range of what a product or quotient of quantities is: numbers have none.
inline Range withUnit(const Range &numbers, double unit) {
  return numbers * unit;
}
template <typename Unit>
RangeOf<Unit> withUnit(const Range &numbers, Unit unit) {
  return in(numbers, unit);
}
inline const Range &numbersOf(const Range &range) { return range; }

template <typename Unit>
RangeOf<Unit> operator+(RangeOf<Unit> a, const RangeOf<Unit> &b) {
  return a += b;
}
template <typename A, typename B>
RangeOf<A> operator+(const RangeOf<A> &, const RangeOf<B> &) = delete;
template <typename A>
RangeOf<A> operator+(const RangeOf<A> &, const Range &) = delete;
template <typename A>
RangeOf<A> operator+(const Range &, const RangeOf<A> &) = delete;
template <typename A, typename B>
RangeOf<A> operator-(const RangeOf<A> &, const RangeOf<B> &) = delete;

template <typename A, typename B>
auto operator*(const RangeOf<A> &a, const RangeOf<B> &b) {
  return withUnit(numbersOf(a) * numbersOf(b), A(1) * B(1));
}
template <typename A, typename B>
auto operator/(const RangeOf<A> &a, const RangeOf<B> &b) {
  return withUnit(numbersOf(a) / numbersOf(b), A(1) / B(1));
}
template <typename A> RangeOf<A> operator*(const RangeOf<A> &a, double factor) {
  return in(numbersOf(a) * factor, A(1));
}
template <typename A>
RangeOf<A> operator*(const RangeOf<A> &a, const Range &factor) {
  return in(numbersOf(a) * factor, A(1));
}
template <typename A>
RangeOf<A> operator/(const RangeOf<A> &a, const Range &divisor) {
  return in(numbersOf(a) / divisor, A(1));
}
template <typename A>
RangeOf<A> operator/(const RangeOf<A> &a, double divisor) {
  return in(numbersOf(a) * (1 / divisor), A(1));
}
/// With a quantity that is known exactly.
template <typename A, int T, int D, int W, int E, int M>
auto operator*(const RangeOf<A> &a, systems::Quantity<T, D, W, E, M> b) {
  return a * exactly(b);
}
template <typename A, int T, int D, int W, int E, int M>
auto operator/(const RangeOf<A> &a, systems::Quantity<T, D, W, E, M> b) {
  return a / exactly(b);
}

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_QUANTITIES_H
