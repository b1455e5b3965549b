//===- Units.h - Quantities whose units are types ---------------*- C++ -*-===//
//
// A Quantity is a number in SI units whose type says which: seconds, bytes,
// operations, joules, dollars and their products and quotients. Arithmetic
// yields the right type or does not compile:
//
//   Seconds t = Bytes(4e9) / BytesPerSecond(4.8e12);
//   Joules e = Watts(700) * t;
//   Watts w = t;                                  // does not compile
//
// A ratio of equal quantities is a double. Nothing converts implicitly from or
// to a number: construct with a number in the base unit, read with value().
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_UNITS_H
#define COMPILER_DRIVER_SYSTEMS_UNITS_H

namespace acc::systems {

/// Exponents of the base units: second, byte, operation, joule, US dollar. An
/// operation is one addition or multiplication, of whatever format.
template <int Time, int Data, int Work, int Energy, int Money> class Quantity {
public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(double value) : number(value) {}

  /// The number in the base units.
  constexpr double value() const { return number; }

  constexpr Quantity &operator+=(Quantity o) {
    number += o.number;
    return *this;
  }
  constexpr Quantity &operator-=(Quantity o) {
    number -= o.number;
    return *this;
  }
  constexpr Quantity &operator*=(double factor) {
    number *= factor;
    return *this;
  }
  constexpr Quantity &operator/=(double divisor) {
    number /= divisor;
    return *this;
  }

  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  friend constexpr Quantity operator-(Quantity a) {
    return Quantity(-a.number);
  }
  friend constexpr Quantity operator*(Quantity a, double f) { return a *= f; }
  friend constexpr Quantity operator*(double f, Quantity a) { return a *= f; }
  friend constexpr Quantity operator/(Quantity a, double d) { return a /= d; }
  friend constexpr double operator/(Quantity a, Quantity b) {
    return a.number / b.number;
  }

  friend constexpr bool operator==(Quantity a, Quantity b) {
    return a.number == b.number;
  }
  friend constexpr bool operator!=(Quantity a, Quantity b) { return !(a == b); }
  friend constexpr bool operator<(Quantity a, Quantity b) {
    return a.number < b.number;
  }
  friend constexpr bool operator>(Quantity a, Quantity b) { return b < a; }
  friend constexpr bool operator<=(Quantity a, Quantity b) {
    return a.number <= b.number;
  }
  friend constexpr bool operator>=(Quantity a, Quantity b) { return b <= a; }

private:
  double number = 0;
};

/// A product without a unit is a plain number.
template <int T1, int D1, int W1, int E1, int M1, int T2, int D2, int W2,
          int E2, int M2>
constexpr auto operator*(Quantity<T1, D1, W1, E1, M1> a,
                         Quantity<T2, D2, W2, E2, M2> b) {
  if constexpr (T1 == -T2 && D1 == -D2 && W1 == -W2 && E1 == -E2 && M1 == -M2) {
    return a.value() * b.value();
  } else {
    return Quantity<T1 + T2, D1 + D2, W1 + W2, E1 + E2, M1 + M2>(a.value() *
                                                                 b.value());
  }
}
template <int T1, int D1, int W1, int E1, int M1, int T2, int D2, int W2,
          int E2, int M2>
constexpr auto operator/(Quantity<T1, D1, W1, E1, M1> a,
                         Quantity<T2, D2, W2, E2, M2> b) {
  return Quantity<T1 - T2, D1 - D2, W1 - W2, E1 - E2, M1 - M2>(a.value() /
                                                               b.value());
}
template <int T, int D, int W, int E, int M>
constexpr auto operator/(double a, Quantity<T, D, W, E, M> b) {
  return Quantity<-T, -D, -W, -E, -M>(a / b.value());
}

using Seconds = Quantity<1, 0, 0, 0, 0>;
using Bytes = Quantity<0, 1, 0, 0, 0>;
using Operations = Quantity<0, 0, 1, 0, 0>;
using Joules = Quantity<0, 0, 0, 1, 0>;
using Dollars = Quantity<0, 0, 0, 0, 1>;

using Hertz = Quantity<-1, 0, 0, 0, 0>;
using Watts = Quantity<-1, 0, 0, 1, 0>;
using BytesPerSecond = Quantity<-1, 1, 0, 0, 0>;
using OperationsPerSecond = Quantity<-1, 0, 1, 0, 0>;
using OperationsPerByte = Quantity<0, -1, 1, 0, 0>;
using JoulesPerByte = Quantity<0, -1, 0, 1, 0>;
using JoulesPerOperation = Quantity<0, 0, -1, 1, 0>;
using DollarsPerSecond = Quantity<-1, 0, 0, 0, 1>;

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_UNITS_H
