//===- AreaTest.cpp - Area by block ---------------------------------------===//

#include "compiler-driver/Energy/Area.h"

#include "dialects/Target/Machine.h"

#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::report;

namespace {

const Target &slice(const char *name) {
  static std::map<std::string, Target> targets;
  auto [it, isNew] = targets.try_emplace(name);
  if (isNew) {
    it->second = llvm::cantFail(loadBuiltInMachine(name)).slice;
  }
  return it->second;
}

llvm::Expected<std::optional<AreaReport>> parse(const std::string &text) {
  llvm::Expected<data::DataFile> file =
      data::parseDataFile(text, "area.yaml", areaKeys());
  if (!file) {
    return file.takeError();
  }
  return areaOf(*file, slice("xpu-tiny"));
}

/// A slice of 3 to 5 mm², four of them, and a network of 1 to 2 mm².
std::string fileText(const std::string &machine = "MxuRows=8, MxuUnits=1",
                     const std::string &unit = "mm2/slice",
                     const std::string &reticle = "20") {
  return R"(name: xpu-tiny
title: "four"
chip: xpu-tiny-4
slices: 4
method: "by hand"
machine: [)" +
         machine + R"(]
figures:
  reticle: { value: )" +
         reticle + R"(, unit: mm2, source: "s", confidence: official }
  small: { value: 1, low: 1, high: 2, unit: )" +
         unit + R"(, source: "s", confidence: estimate, note: "one" }
  large: { value: 3, low: 2, high: 3, unit: mm2/slice, source: "s", confidence: estimate, note: "two" }
  network: { value: 2, low: 1, high: 2, unit: mm2/chip, source: "s", confidence: estimate, note: "three" }
)";
}

TEST(Area, AddsUp) {
  std::optional<AreaReport> area = llvm::cantFail(parse(fileText()));
  ASSERT_TRUE(area);
  ASSERT_EQ(area->blocks.size(), 3u);
  EXPECT_EQ(area->blocks[0].name, "large"); // then the smaller, then the chip's
  EXPECT_EQ(area->blocks[1].name, "small");
  EXPECT_TRUE(area->blocks[2].ofChip);
  EXPECT_EQ(area->sliceMm2.value, 4);
  EXPECT_EQ(area->sliceMm2.low, 3);
  EXPECT_EQ(area->sliceMm2.high, 5);
  EXPECT_EQ(area->chipMm2.value, 4 * 4 + 2);
  EXPECT_EQ(area->chipMm2.low, 4 * 3 + 1);
  EXPECT_EQ(area->chipMm2.high, 4 * 5 + 2);
  EXPECT_EQ(area->reticleLeft().value, 2);
  EXPECT_EQ(area->reticleLeft().low, -2);
  EXPECT_EQ(area->reticleLeft().high, 7);
}

TEST(Area, SaysWhatIsMissing) {
  std::string text = fileText();
  EXPECT_EQ(llvm::cantFail(parse(text))->describeReticle().find("counted"),
            std::string::npos);
  text.insert(text.find("figures:"), "missing: [fetch, decode]\n");
  EXPECT_NE(llvm::cantFail(parse(text))
                ->describeReticle()
                .find("Not measured, and not counted: fetch, decode."),
            std::string::npos);
}

TEST(Area, SaysWhetherTheChipFits) {
  auto verdict = [](const char *reticle) {
    return llvm::cantFail(parse(fileText("MxuRows=8", "mm2/slice", reticle)))
        ->describeReticle();
  };
  EXPECT_NE(verdict("22").find(" fit a reticle of 22 mm2"), std::string::npos);
  EXPECT_EQ(verdict("22").find("may fit"), std::string::npos);
  EXPECT_NE(verdict("20").find("may fit a reticle of 20"), std::string::npos);
  EXPECT_NE(verdict("12").find("do not fit a reticle"), std::string::npos);
}

TEST(Area, IsOfTheSizesThatWereMeasured) {
  EXPECT_FALSE(llvm::cantFail(parse(fileText("MxuRows=8, MxuUnits=2"))));
  EXPECT_FALSE(llvm::cantFail(parse(fileText("MxuRows=80"))));
  EXPECT_FALSE(llvm::cantFail(parse(fileText("Rows=8"))));
}

TEST(Area, RefusesOtherFiles) {
  auto message = [](const std::string &text) {
    auto area = parse(text);
    return area ? std::string() : llvm::toString(area.takeError());
  };
  EXPECT_NE(message(fileText("MxuRows=8", "mm2")).find("expects 'mm2/slice'"),
            std::string::npos);
  std::string text = fileText();
  EXPECT_NE(message(text.replace(text.find("slices: 4"), 9, "slices: 0"))
                .find("expects 'chip'"),
            std::string::npos);
  text = fileText();
  EXPECT_NE(
      message(text.replace(text.find("reticle"), 7, "area")).find("reticle"),
      std::string::npos);
}

TEST(Area, OfTheProductsSlices) {
  EXPECT_FALSE(llvm::cantFail(loadArea(slice("xpu-tiny"))));
  std::optional<AreaReport> area = llvm::cantFail(loadArea(slice("jx1-slice")));
  ASSERT_TRUE(area);
  EXPECT_EQ(area->chip, "jx1");
  EXPECT_EQ(area->slices, 64u);
  // 16 banks of 32 KiB, 5 check bits at each byte, at 0.6 mm² a MB.
  bool found = false;
  for (const AreaBlock &block : area->blocks) {
    if (block.name == "scratchpad") {
      found = true;
      EXPECT_DOUBLE_EQ(block.mm2.value, 16 * 32 / 1024.0 * 13 / 8 * 0.6);
    }
  }
  EXPECT_TRUE(found);
  // The most of a slice is the array of 16 x 240, between the bands of a MAC
  // for bf16 alone (150 um2) and one that takes all formats.
  EXPECT_EQ(area->blocks[0].name, "processing element");
  EXPECT_GT(area->blocks[0].mm2.value, 16 * 240 * 150e-6);
  EXPECT_LT(area->blocks[0].mm2.value, 16 * 240 * 3960e-6); // 28 nm, fp8 alone
  Target other = slice("jx1-slice");
  other.mxu.units = 14;
  EXPECT_FALSE(llvm::cantFail(loadArea(other)));
}

} // namespace
