//===- AxisTest.cpp - What a sweep varies ---------------------------------===//

#include "compiler-driver/Explore/Axis.h"

#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

#include <set>

using namespace acc::explore;
using Texts = std::vector<std::string>;

/// Points of an axis, or the message that says what is wrong.
static Texts valuesOf(llvm::StringRef text) {
  llvm::Expected<Axis> axis = parseAxis(text);
  if (!axis) {
    return {llvm::toString(axis.takeError())};
  }
  Texts values;
  for (const auto &point : axis->points) {
    values.push_back(llvm::join(point, "/"));
  }
  return values;
}

static bool fails(llvm::StringRef text, llvm::StringRef how) {
  return llvm::StringRef(valuesOf(text).front()).contains(how);
}

TEST(Axis, Values) {
  EXPECT_EQ(valuesOf("a=1,2.5e9,x"), (Texts{"1", "2.5e9", "x"}));
  EXPECT_EQ(valuesOf("a=3..5,9"), (Texts{"3", "4", "5", "9"}));
  EXPECT_EQ(valuesOf("a=1..8+3"), (Texts{"1", "4", "7"}));
  EXPECT_EQ(valuesOf("a=1..8*2"), (Texts{"1", "2", "4", "8"}));
  EXPECT_EQ(valuesOf("a=3..20*2"), (Texts{"3", "6", "12"}));
  EXPECT_EQ(valuesOf("a=7..7"), (Texts{"7"}));
}

TEST(Axis, EndsAtTheLargestNumbers) {
  EXPECT_EQ(valuesOf("a=4611686018427387903..4611686018427387904"),
            (Texts{"4611686018427387903", "4611686018427387904"}));
  EXPECT_EQ(valuesOf("a=1..4611686018427387904*4611686018427387904"),
            (Texts{"1", "4611686018427387904"}));
}

TEST(Axis, Together) {
  llvm::Expected<Axis> axis = parseAxis("a/b=1/2,3/4");
  ASSERT_TRUE(bool(axis));
  EXPECT_EQ(axis->names, (Texts{"a", "b"}));
  EXPECT_EQ(axis->points, (std::vector<Texts>{{"1", "2"}, {"3", "4"}}));
}

TEST(Axis, OptionsHoldAnything) {
  EXPECT_EQ(valuesOf("--parallel=tp=8,ep=8;tp=4,ep=4"),
            (Texts{"tp=8,ep=8", "tp=4,ep=4"}));
  EXPECT_EQ(valuesOf("--workload=serve:in=1..9"), (Texts{"serve:in=1..9"}));
  EXPECT_EQ(valuesOf("--inputs=a/b,c/d"), (Texts{"a/b", "c/d"}));
}

TEST(Axis, WhatIsWrong) {
  EXPECT_TRUE(fails("a", "expects NAME"));
  EXPECT_TRUE(fails("a=", "expects NAME"));
  EXPECT_TRUE(fails("=1", "expects NAME"));
  EXPECT_TRUE(fails("a/b=1/2,3", "'3': expects 2 values"));
  EXPECT_TRUE(fails("a=1,,2", "expects 1 values"));
  EXPECT_TRUE(fails("a=5..4", "empty"));
  EXPECT_TRUE(fails("a=1..x", "no range"));
  EXPECT_TRUE(fails("a=1..9+0", "never"));
  EXPECT_TRUE(fails("a=1..9*1", "never"));
  EXPECT_TRUE(fails("a=0..9*2", "never"));
  EXPECT_TRUE(fails("a=1..99999999", "more than 10000"));
}

static std::vector<Axis> threeByTwo() {
  return {{{"a"}, {{"1"}, {"2"}, {"3"}}},
          {{"b", "c"}, {{"x", "y"}, {"z", "w"}}}};
}

TEST(Designs, AreAllCombinations) {
  auto designs = listDesigns(threeByTwo(), std::nullopt, 1);
  ASSERT_TRUE(bool(designs));
  ASSERT_EQ(designs->size(), 6u);
  EXPECT_EQ((*designs)[1], (Settings{{"a", "1"}, {"b", "z"}, {"c", "w"}}));
  EXPECT_EQ((*designs)[4], (Settings{{"a", "3"}, {"b", "x"}, {"c", "y"}}));
}

TEST(Designs, AreDrawnOnce) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    auto designs = listDesigns(threeByTwo(), 4, seed);
    ASSERT_TRUE(bool(designs));
    EXPECT_EQ(std::set<Settings>(designs->begin(), designs->end()).size(), 4u);
  }
  EXPECT_EQ(listDesigns(threeByTwo(), 100, 1)->size(), 6u);
}

TEST(Designs, TooMany) {
  Axis wide{{"a"}, {}};
  for (int i = 0; i < 200; ++i) {
    wide.points.push_back({std::to_string(i)});
  }
  std::vector<Axis> axes(9, wide);
  EXPECT_NE(llvm::toString(listDesigns(axes, std::nullopt, 1).takeError())
                .find("2^62"),
            std::string::npos);
  axes.resize(2);
  EXPECT_NE(llvm::toString(listDesigns(axes, std::nullopt, 1).takeError())
                .find("40000 designs are more than 10000"),
            std::string::npos);
  EXPECT_EQ(listDesigns(axes, 3, 1)->size(), 3u);
}
