//===- UnitsTest.cpp - Units as types
//--------------------------------------===//

#include "compiler-driver/Baselines/UnitNames.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <utility>

using namespace acc::systems;

namespace {

template <typename A, typename B, typename = void>
struct CanAdd : std::false_type {};
template <typename A, typename B>
struct CanAdd<A, B,
              std::void_t<decltype(std::declval<A>() + std::declval<B>())>>
    : std::true_type {};

template <typename A, typename B, typename = void>
struct CanCompare : std::false_type {};
template <typename A, typename B>
struct CanCompare<A, B,
                  std::void_t<decltype(std::declval<A>() < std::declval<B>())>>
    : std::true_type {};

template <typename A, typename B>
using Product = decltype(std::declval<A>() * std::declval<B>());
template <typename A, typename B>
using Quotient = decltype(std::declval<A>() / std::declval<B>());

// What must not compile.
static_assert(!CanAdd<Seconds, Bytes>::value);
static_assert(!CanAdd<Seconds, double>::value);
static_assert(!CanAdd<BytesPerSecond, OperationsPerSecond>::value);
static_assert(!CanCompare<Watts, Joules>::value);
static_assert(!CanCompare<Bytes, double>::value);
static_assert(!std::is_convertible_v<double, Seconds>);
static_assert(!std::is_convertible_v<Seconds, double>);
static_assert(!std::is_assignable_v<Watts &, Joules>);
static_assert(!std::is_assignable_v<OperationsPerSecond &, BytesPerSecond>);
static_assert(!std::is_constructible_v<Watts, Seconds>);

// What must.
static_assert(CanAdd<Seconds, Seconds>::value);
static_assert(std::is_same_v<Quotient<Bytes, BytesPerSecond>, Seconds>);
static_assert(
    std::is_same_v<Quotient<Operations, OperationsPerSecond>, Seconds>);
static_assert(std::is_same_v<Product<Watts, Seconds>, Joules>);
static_assert(std::is_same_v<Quotient<Joules, Seconds>, Watts>);
static_assert(std::is_same_v<Quotient<Operations, Bytes>, OperationsPerByte>);
static_assert(std::is_same_v<Quotient<OperationsPerSecond, BytesPerSecond>,
                             OperationsPerByte>);
static_assert(
    std::is_same_v<Quotient<Watts, OperationsPerSecond>, JoulesPerOperation>);
static_assert(std::is_same_v<Product<Hertz, Seconds>, double>);
static_assert(std::is_same_v<Quotient<Seconds, Seconds>, double>);
static_assert(std::is_same_v<Quotient<double, Seconds>, Hertz>);

// They cost what a double costs.
static_assert(sizeof(JoulesPerByte) == sizeof(double));
static_assert(std::is_trivially_copyable_v<Seconds>);
static_assert((Bytes(6) / BytesPerSecond(2)).value() == 3);

TEST(Units, Arithmetic) {
  Seconds t = Bytes(4.8e12) / BytesPerSecond(4.8e12);
  EXPECT_EQ(t, Seconds(1));
  EXPECT_EQ((Watts(700) * t).value(), 700);
  EXPECT_EQ((2 * t + t / 2 - t).value(), 1.5);
  EXPECT_EQ(Seconds(3) / Seconds(2), 1.5);
  EXPECT_LT(Seconds(1), Seconds(2));
  EXPECT_LE(Seconds(2), Seconds(2));
  t += Seconds(1);
  t *= 3;
  EXPECT_EQ(-t, Seconds(-6));
  EXPECT_EQ(Hertz(1e9) * Seconds(1e-9), 1.0);
}

TEST(Units, Names) {
  auto expect = [](llvm::StringRef text, llvm::StringRef base, double scale) {
    std::optional<ScaledUnit> unit = parseUnit(text);
    ASSERT_TRUE(unit) << text.str();
    EXPECT_EQ(unit->base, base) << text.str();
    EXPECT_DOUBLE_EQ(unit->scale, scale) << text.str();
  };
  expect("B/s", "B/s", 1);
  expect("TB/s", "B/s", 1e12);
  expect("Gbit/s", "B/s", 1e9 / 8);
  expect("GiB", "B", 1073741824);
  expect("PFLOP/s", "FLOP/s", 1e15);
  expect("TOP/s", "OP/s", 1e12);
  expect("MHz", "Hz", 1e6);
  expect("kW", "W", 1e3);
  expect("us", "s", 1e-6);
  expect("USD/h", "USD/s", 1.0 / 3600);
  expect("1", "1", 1);
  for (const char *text : {"", "T", "GB/h", "TFLOPS", "GiHz", "k1", "b/s",
                           "TB/s ", "FLOP", "parsec"}) {
    EXPECT_FALSE(parseUnit(text)) << text;
  }
}

} // namespace
