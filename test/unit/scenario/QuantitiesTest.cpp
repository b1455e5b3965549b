//===- QuantitiesTest.cpp - Ranges whose units are types ------------------===//

#include "compiler-driver/Scenario/Economics.h"
#include "compiler-driver/Scenario/Serve.h"
#include "gtest/gtest.h"

#include <type_traits>
#include <utility>

using namespace acc::scenario;

namespace {

template <typename A, typename B, typename = void>
struct CanAdd : std::false_type {};
template <typename A, typename B>
struct CanAdd<A, B,
              std::void_t<decltype(std::declval<A>() + std::declval<B>())>>
    : std::true_type {};

template <typename A, typename B, typename = void>
struct CanIncrease : std::false_type {};
template <typename A, typename B>
struct CanIncrease<
    A, B, std::void_t<decltype(std::declval<A &>() += std::declval<B>())>>
    : std::true_type {};

using Power = RangeOf<Watts>;
using Energy = RangeOf<Joules>;
using Money = RangeOf<Dollars>;

// What must not compile.
static_assert(!CanAdd<Power, Energy>::value);
static_assert(!CanAdd<Power, Money>::value);
static_assert(!CanAdd<Power, Range>::value);
static_assert(!CanAdd<Range, Power>::value);
static_assert(!CanIncrease<Power, Energy>::value);
static_assert(!CanIncrease<Energy, Range>::value);
static_assert(!std::is_assignable_v<Power &, Energy>);
static_assert(!std::is_assignable_v<Power &, Range>);
static_assert(!std::is_convertible_v<Range, Power>);
static_assert(!std::is_convertible_v<double, Power>);
static_assert(!std::is_constructible_v<Power, Joules, Joules, Joules>);
static_assert(!CanIncrease<decltype(Served::joules), Power>::value);
static_assert(!CanAdd<decltype(Served::seconds), double>::value);
static_assert(!CanAdd<decltype(Economics::package), Energy>::value);
static_assert(!std::is_assignable_v<decltype(Fleet::energy) &, Power>);

// What must.
static_assert(CanAdd<Power, Power>::value && CanIncrease<Power, Power>::value);
template <typename A, typename B>
using Product = decltype(std::declval<A>() * std::declval<B>());
template <typename A, typename B>
using Quotient = decltype(std::declval<A>() / std::declval<B>());
static_assert(std::is_same_v<Product<Power, Seconds>, Energy>);
static_assert(std::is_same_v<Quotient<Energy, RangeOf<Seconds>>, Power>);
static_assert(std::is_same_v<Quotient<Power, Power>, Range>);
static_assert(std::is_same_v<Product<Power, Range>, Power>);
static_assert(
    std::is_same_v<Product<RangeOf<DollarsPerSecond>, Seconds>, Money>);

TEST(Quantities, EndsOfQuotientsAreThoseOfTheOtherSide) {
  Energy energy{Joules(10), Joules(8), Joules(12)};
  RangeOf<Seconds> time{Seconds(2), Seconds(1), Seconds(4)};
  Power power = energy / time;
  EXPECT_EQ(power.value, 5);
  EXPECT_EQ(power.low, 2);
  EXPECT_EQ(power.high, 12);
}

TEST(Quantities, NumbersCountUnits) {
  Money money = in({0.1, 0.05, 0.2}, Dollars(1) / (1e3 * kWattHour)) *
                exactly(Watts(1e3)) * kHour;
  EXPECT_DOUBLE_EQ(money.value, 0.1);
  EXPECT_DOUBLE_EQ(money.low, 0.05);
  EXPECT_DOUBLE_EQ(money.high, 0.2);
}

} // namespace
