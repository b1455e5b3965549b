//===- FiguresTest.cpp - What a sweep looks at in reports -----------------===//

#include "compiler-driver/Explore/Figures.h"
#include "gtest/gtest.h"

#include <random>

using namespace acc::explore;

static llvm::json::Value report() {
  return llvm::cantFail(llvm::json::parse(
      R"({"time_s": 2.5, "layers": [{"name": "x"}, {"name": "y"}]})"));
}

TEST(Figures, AreFoundByPlace) {
  llvm::json::Value json = report();
  EXPECT_EQ(findFigure(json, "time_s")->getAsNumber(), 2.5);
  EXPECT_EQ(findFigure(json, "layers.1.name")->getAsString(), "y");
  EXPECT_EQ(findFigure(json, "layers.2.name"), nullptr);
  EXPECT_EQ(findFigure(json, "layers.-1"), nullptr);
  EXPECT_EQ(findFigure(json, "time_s.x"), nullptr);
  EXPECT_EQ(findFigure(json, ""), nullptr);
  EXPECT_EQ(findNearest(json, "layers.1.nam"), "layers.1.name");
}

TEST(Figures, Objectives) {
  std::vector<Objective> objectives = parseObjectives("a.b,+c");
  ASSERT_EQ(objectives.size(), 2u);
  EXPECT_EQ(objectives[0].place, "a.b");
  EXPECT_FALSE(objectives[0].isMore);
  EXPECT_EQ(objectives[1].place, "c");
  EXPECT_TRUE(objectives[1].isMore);
}

TEST(Front, NoneBeatsThoseOnIt) {
  std::vector<Objective> objectives = parseObjectives("less,+more");
  EXPECT_EQ(findFront({{1, 1}, {2, 2}, {2, 1}, {1, 1}, {}, {3, 2}}, objectives),
            (std::vector<bool>{true, true, false, true, false, false}));
}

/// By definition: who is beaten, is beaten by somebody on the front, too.
TEST(Front, CoversAll) {
  std::mt19937 generator(5);
  std::vector<Objective> objectives = parseObjectives("a,+b,c");
  std::vector<std::vector<double>> figures(200);
  for (auto &figure : figures) {
    for (int i = 0; i < 3; ++i) {
      figure.push_back(double(generator() % 12));
    }
  }
  std::vector<bool> front = findFront(figures, objectives);
  for (size_t i = 0; i < figures.size(); ++i) {
    bool isCovered = false;
    for (size_t j = 0; j < figures.size(); ++j) {
      const auto &a = figures[i], &b = figures[j];
      isCovered |=
          front[j] && b[0] <= a[0] && b[1] >= a[1] && b[2] <= a[2] && a != b;
    }
    EXPECT_NE(isCovered, front[i]) << i;
  }
}
