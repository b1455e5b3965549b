//===- MachineDrawingTest.cpp - Pictures of machines ----------------------===//

#include "compiler-driver/Report/MachineDrawing.h"

#include "compiler-driver/Report/Treemap.h"

#include <gtest/gtest.h>

#include <regex>

using namespace acc;
using namespace acc::report;

namespace {

Machine load(const char *name) {
  return llvm::cantFail(loadBuiltInMachine(name));
}

std::string draw(const Machine &machine) {
  std::string text;
  llvm::raw_string_ostream os(text);
  drawMachine(machine, os);
  return text;
}

/// What is said of each part, one a line.
std::vector<std::string> titlesOf(const std::string &svg) {
  static const std::regex title("<title>([^<]*)</title>");
  std::vector<std::string> titles;
  for (std::sregex_iterator it(svg.begin(), svg.end(), title), end; it != end;
       ++it) {
    titles.push_back((*it)[1]);
  }
  return titles;
}

unsigned count(const std::string &text, const std::string &part) {
  unsigned number = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) {
    ++number;
  }
  return number;
}

/// The rectangles of a drawing with a style.
std::vector<Rectangle> boxesOf(const std::string &svg, const char *style) {
  std::regex box("<rect x=\"([^\"]*)\" y=\"([^\"]*)\" width=\"([^\"]*)\" "
                 "height=\"([^\"]*)\" class=\"" +
                 std::string(style) + "\"/>");
  std::vector<Rectangle> boxes;
  for (std::sregex_iterator it(svg.begin(), svg.end(), box), end; it != end;
       ++it) {
    boxes.push_back({std::stod((*it)[1]), std::stod((*it)[2]),
                     std::stod((*it)[3]), std::stod((*it)[4])});
  }
  return boxes;
}

TEST(Treemap, AreasAreInProportionAndFillTheRectangle) {
  std::vector<double> values = {6, 6, 4, 3, 2, 2, 1};
  Rectangle within{10, 20, 6, 4};
  std::vector<Rectangle> places = squarify(values, within);
  ASSERT_EQ(places.size(), values.size());
  for (size_t i = 0; i < places.size(); ++i) {
    const Rectangle &p = places[i];
    EXPECT_NEAR(p.area(), values[i], 1e-9);
    EXPECT_GE(p.x, within.x - 1e-9);
    EXPECT_GE(p.y, within.y - 1e-9);
    EXPECT_LE(p.x + p.width, within.x + within.width + 1e-9);
    EXPECT_LE(p.y + p.height, within.y + within.height + 1e-9);
    // The paper's example, whose worst rectangle is 25 / 9 as long as wide.
    EXPECT_LE(std::max(p.width / p.height, p.height / p.width),
              25.0 / 9 + 1e-9);
    for (size_t j = 0; j < i; ++j) {
      const Rectangle &q = places[j];
      bool apart = p.x + p.width <= q.x + 1e-9 || q.x + q.width <= p.x + 1e-9 ||
                   p.y + p.height <= q.y + 1e-9 || q.y + q.height <= p.y + 1e-9;
      EXPECT_TRUE(apart) << i << " and " << j;
    }
  }
}

TEST(MachineDrawing, EveryPartSaysItsSourceAndCanBeReached) {
  for (const char *name : {"jx1-pod", "jx1-rack", "jx1", "jx1-slice",
                           "xpu-tiny-4x2x2", "xpu-tiny-4", "xpu-tiny"}) {
    std::string svg = draw(load(name));
    std::vector<std::string> titles = titlesOf(svg);
    EXPECT_GE(titles.size(), 10u) << name;
    EXPECT_EQ(count(svg, "tabindex=\"0\""), titles.size()) << name;
    for (const std::string &title : titles) {
      EXPECT_NE(title.find(". Source: "), std::string::npos) << title;
    }
    EXPECT_EQ(count(svg, "<g "), count(svg, "</g>"));
  }
}

TEST(MachineDrawing, ShowsTheFiguresOfTheTarget) {
  std::string svg = draw(load("jx1-rack"));
  for (const char *figure :
       {"jx1-rack, a rack", "16 trays of 8 chips", "6 planes, a switch 500 ns",
        "64 slices at 1.70 GHz", "6 local ports, 100 GB/s each",
        "550 W for long, 700 W at most", "15 units of 16 x 16",
        "512 KiB, 6.96 TB/s each way", "6.53 T/s products in bf16",
        "4 MiB of program"}) {
    EXPECT_NE(svg.find(figure), std::string::npos) << figure;
  }
  EXPECT_EQ(svg.find("a pod"), std::string::npos);
  EXPECT_NE(svg.find("3.38 GiB, 241 GB/s"), std::string::npos);
  EXPECT_NE(draw(load("xpu-tiny-4x2")).find("1 local port, 20.0 GB/s"),
            std::string::npos);
}

TEST(MachineDrawing, AnotherTargetIsAnotherPicture) {
  Machine machine = load("jx1-rack");
  std::string before = draw(machine);
  machine.slice.spm.banks = 32;
  std::string banks = draw(machine);
  EXPECT_NE(before, banks);
  EXPECT_NE(banks.find("1 MiB, 13.9 TB/s each way"), std::string::npos);
  machine.rack->trays.chips = 4;
  std::string chips = draw(machine);
  EXPECT_NE(chips.find("16 trays of 4 chips"), std::string::npos);
  // Fewer lines divide the rack and the tray.
  EXPECT_LT(count(chips, "M"), count(banks, "M"));
}

TEST(MachineDrawing, AreasAreToScale) {
  Machine machine = load("jx1");
  AreaReport area;
  area.blocks = {{"array", {6, 5, 7}, false, "of gates"},
                 {"memory", {3, 2, 4}, false, "1 MB of RAM"},
                 {"small", {0.01, 0.01, 0.01}, false, ""},
                 {"tiny", {0.002, 0.002, 0.002}, false, ""},
                 {"network", {23.2, 20, 30}, true, ""}};
  area.sliceMm2 = {9.012, 7.012, 11.012};
  area.slices = 64;
  area.chip = "jx1";
  area.chipMm2 = {600, 469, 735};
  area.reticleMm2 = {800, 800, 800};
  area.method = "by hand";
  auto drawn = [&] {
    std::string text;
    llvm::raw_string_ostream os(text);
    drawArea(machine, area, os);
    return text;
  };
  std::string svg = drawn();
  std::vector<Rectangle> logic = boxesOf(svg, "engine"),
                         memory = boxesOf(svg, "memory"),
                         left = boxesOf(svg, "free");
  // All slices, the array, and what is small, as one.
  ASSERT_EQ(logic.size(), 3u);
  ASSERT_EQ(memory.size(), 1u);
  ASSERT_EQ(left.size(), 1u);
  EXPECT_NEAR(logic[1].area() / memory[0].area(), 2, 0.01);
  EXPECT_NEAR(logic[0].area() / left[0].area(), 9.012 * 64 / 200, 0.02);
  EXPECT_NE(svg.find("small 0.01 mm2, tiny 0.002 mm2"), std::string::npos);
  // Of a chip with other slices the reticle says nothing.
  machine.chip->grid.rows = 4;
  EXPECT_TRUE(boxesOf(drawn(), "free").empty());
}

} // namespace
