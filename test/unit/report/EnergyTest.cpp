//===- EnergyTest.cpp - Energy from hand-made events
//------------------------===//

#include "Programs.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace acc;
using namespace acc::report;
using namespace acc::test;

namespace {

EnergyModel model() {
  return llvm::cantFail(EnergyModel::create(
      llvm::cantFail(acc::data::loadDataFile("energy", "n3", "energy model")),
      tiny()));
}

double partOf(const EnergyReport &report, llvm::StringRef name) {
  for (const EnergyPart &part : report.parts) {
    if (part.name == name) {
      return part.energy.value;
    }
  }
  ADD_FAILURE() << "no part " << name.str();
  return 0;
}

TEST(Energy, ProductsCostWhatTheFileSays) {
  Activity a;
  a.macsByKind[unsigned(MacKind::Wide)] = 1000000;
  EnergyReport report = model().estimate(a, {0});
  // 0.32 pJ and six bytes of registers at 0.03 pJ
  EXPECT_NEAR(partOf(report, "mxu"), 1e6 * (0.32 + 6 * 0.03) * 1e-12, 1e-15);
  EXPECT_NEAR(partOf(report, "clock"), 0.25 * partOf(report, "mxu"), 1e-15);
  EXPECT_EQ(partOf(report, "hbm"), 0);
  EXPECT_EQ(partOf(report, "leakage"), 0);
}

TEST(Energy, SmallProductsShareRegisters) {
  Activity a;
  a.macsByKind[unsigned(MacKind::Narrow)] = 4000000;
  a.macsByKind[unsigned(MacKind::NarrowTiny)] = 8000000;
  a.macsByKind[unsigned(MacKind::Tiny)] = 16000000;
  EXPECT_DOUBLE_EQ(a.macSlots(), 3e6);
  EnergyReport report = model().estimate(a, {0});
  // fp8 0.12 pJ, fp4 0.045 pJ, half of each for both; six bytes of registers
  // at 0.03 pJ for a group
  double expected =
      (4 * 0.12 + 8 * 0.5 * (0.12 + 0.045) + 16 * 0.045 + 3 * 6 * 0.03) * 1e-6;
  EXPECT_NEAR(partOf(report, "mxu"), expected, 1e-12);
}

TEST(Energy, MicroOperationsCostByKind) {
  Activity a;
  a.uops[unsigned(UopKind::Special)] = 1000;
  a.uops[unsigned(UopKind::IntAlu)] = 2000;
  double expected = 1000 * 3.0 + 2000 * 0.0165 + 3000 * 16 * 0.03;
  EXPECT_NEAR(partOf(model().estimate(a, {0}), "vpu"), expected * 1e-12, 1e-15);
}

TEST(Energy, ScratchpadCostsBankAndWire) {
  Activity a;
  a.spmReadBytes = 1000;
  a.spmWriteBytes = 500;
  double area = model().areaMm2().value;
  // Banks of 32 KiB: 0.22 pJ/B, writes 1.2 times that.
  double expected =
      0.22 * (1000 + 1.2 * 500) + 0.04 * std::sqrt(area) / 2 * 8 * 1500;
  EXPECT_NEAR(partOf(model().estimate(a, {0}), "spm"), expected * 1e-12, 1e-16);
}

TEST(Energy, BanksBetweenThePointsLieOnAPowerLaw) {
  EXPECT_NEAR(model().sramReadPj(65536).value, std::sqrt(0.22 * 0.40), 1e-9);
  EXPECT_EQ(model().sramReadPj(16).value, 0.14);
  EXPECT_EQ(model().sramReadPj(1e9).value, 0.86);
}

TEST(Energy, MemoryCostsBurstsAndExtraActivates) {
  Activity a;
  a.hbmReadBytes = 1000;
  a.hbmBurstBytes = 2048; // two rows of 1 KiB
  a.hbmActivates = 5;
  EXPECT_NEAR(partOf(model().estimate(a, {0}), "hbm"),
              (2048 * 8 * 3.4 + 3 * 830) * 1e-12, 1e-15);
  a.hbmBurstBytes = 0; // not known: payload
  a.hbmActivates = 0;
  EXPECT_NEAR(partOf(model().estimate(a, {0}), "hbm"), 1000 * 8 * 3.4e-12,
              1e-15);
}

TEST(Energy, StaticPowerTakesTime) {
  EnergyReport one = model().estimate({}, {1}), two = model().estimate({}, {2});
  // One of 64 channels of a stack that takes 4 W.
  EXPECT_NEAR(partOf(one, "hbm_background"), 4.0 / 64, 1e-9);
  EXPECT_NEAR(two.board.value, 2 * one.board.value, 1e-9);
  EXPECT_GT(partOf(one, "leakage"), 0);
}

/// Slices of a chip: events are of all, static power is of each, and bytes
/// between them go half the side of the chip.
TEST(Energy, SlicesAndTheirNetwork) {
  EnergyReport one = model().estimate({}, {1});
  Extent extent{1};
  extent.slices = 6;
  extent.slicesPerChip = 3;
  extent.networkBytes = 1e6;
  EnergyReport six = model().estimate({}, extent);
  for (const char *part : {"leakage", "hbm_background"}) {
    EXPECT_NEAR(partOf(six, part), 6 * partOf(one, part), 1e-12) << part;
  }
  double side = std::sqrt(3 * model().areaMm2().value);
  double wire = model().constants().find("wire")->range.value;
  EXPECT_NEAR(partOf(six, "network_on_chip"), 8e6 * wire * side / 2 * 1e-12,
              1e-15);
  EXPECT_EQ(one.parts.size() + 1, six.parts.size());
}

TEST(Energy, PartsAddUpAndLossesFollow) {
  Activity a;
  a.macs = 1000;
  a.hbmReadBytes = 4000;
  EnergyReport report = model().estimate(a, {1e-6});
  Range sum;
  for (const EnergyPart &part : report.parts) {
    sum += part.energy;
    EXPECT_LE(part.energy.low, part.energy.value) << part.name;
    EXPECT_GE(part.energy.high, part.energy.value) << part.name;
    EXPECT_FALSE(part.constants.empty()) << part.name;
    for (const std::string &key : part.constants) {
      EXPECT_TRUE(model().constants().find(key)) << key;
    }
  }
  EXPECT_DOUBLE_EQ(sum.value, report.board.value);
  EXPECT_DOUBLE_EQ(sum.low, report.board.low);
  EXPECT_DOUBLE_EQ(sum.high, report.board.high);
  EXPECT_NEAR(report.board.value, report.chip.value / 0.88, 1e-18);
  EXPECT_NEAR(report.wall.value, report.board.value / 0.95 / 0.97 * 1.1, 1e-18);
}

/// A check of the sum of all constants against what is public of such chips:
/// at full rate a chip of 64 slices stays in the order of its 700 W.
TEST(Energy, AFullChipTakesAPlausiblePower) {
  Target slice = llvm::cantFail(loadTarget("jx1-slice"));
  EnergyModel full = llvm::cantFail(EnergyModel::create(
      llvm::cantFail(acc::data::loadDataFile("energy", "n3", "energy model")),
      slice));
  Peaks peaks = peaksOf(slice);
  Activity a;
  a.macs = uint64_t(peaks.macsPerCycle * slice.clockHz);
  a.hbmReadBytes = uint64_t(peaks.hbmBytesPerCycle * slice.clockHz);
  double watts = 64 * full.estimate(a, {1}).board.value;
  EXPECT_GT(watts, 400);
  EXPECT_LT(watts, 1400);
}

/// A point of a roofline is compared with the roof of its own formats: one that
/// does nothing but products is on it, whatever the formats are.
TEST(Activity, ProductsAtThePeakAreOnTheRoofOfTheirFormats) {
  double slots = 1000;
  Activity a;
  for (unsigned i = 0; i < numMacKinds; ++i) {
    Activity one;
    one.macs = one.macsByKind[i] =
        uint64_t(slots * macsPerCycle(MacKind(i)) + 0.5);
    EXPECT_DOUBLE_EQ(one.macSlots(), slots);
    EXPECT_DOUBLE_EQ(double(one.macs), slots * one.macsPerSlot());
    EXPECT_FALSE(getName(MacKind(i)).empty());
    a += one;
  }
  EXPECT_DOUBLE_EQ(double(a.macs), a.macSlots() * a.macsPerSlot());
  EXPECT_GT(a.macsPerSlot(), macsPerCycle(MacKind::Wide));
  EXPECT_LT(a.macsPerSlot(), macsPerCycle(MacKind::Tiny));
  EXPECT_EQ(Activity().macsPerSlot(), 1);
}

TEST(Energy, RefusesConstantsInAnotherUnit) {
  DataFile file =
      llvm::cantFail(acc::data::loadDataFile("energy", "n3", "energy model"));
  file.figures["wire"].unit = "pJ/B/mm";
  llvm::Expected<EnergyModel> broken = EnergyModel::create(file, tiny());
  ASSERT_FALSE(bool(broken));
  std::string error = llvm::toString(broken.takeError());
  EXPECT_NE(error.find("figure 'wire' is in 'pJ/B/mm'; expects 'pJ/bit/mm'"),
            std::string::npos)
      << error;
  file.figures.erase("wire");
  llvm::Expected<EnergyModel> missing = EnergyModel::create(file, tiny());
  ASSERT_FALSE(bool(missing));
  llvm::consumeError(missing.takeError());
}

} // namespace
