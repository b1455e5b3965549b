//===- SystemModelTest.cpp - Rooflines of other systems
//---------------------===//

#include "compiler-driver/Report/SystemModel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace acc::report;

namespace {

/// Reads what must be there of every system.
TEST(SystemModel, AllSystemsHaveWhatAComparisonNeeds) {
  std::vector<std::string> names = listSystems();
  for (const char *name :
       {"a100", "h100", "h200", "b200", "b300", "gb200-nvl72", "gb300-nvl72",
        "mi300x", "mi355x", "mi455x-helios", "vera-rubin-nvl72"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  }
  for (const std::string &name : names) {
    DataFile system = llvm::cantFail(loadSystem(name));
    EXPECT_EQ(system.name, name);
    for (auto [key, unit] : {std::pair{"peak_fp32", "FLOP/s"},
                             {"peak_bf16", "FLOP/s"},
                             {"peak_fp16", "FLOP/s"},
                             {"memory_bandwidth", "B/s"},
                             {"memory_capacity", "B"},
                             {"scaleup_one_way", "B/s"},
                             {"scaleup_devices", "1"},
                             {"tdp", "W"}}) {
      llvm::Expected<const Figure *> figure = system.get(key, unit);
      EXPECT_TRUE(bool(figure)) << name << ": " << key;
      llvm::consumeError(figure.takeError());
    }
  }
}

TEST(SystemModel, KnownKernels) {
  DataFile h200 = llvm::cantFail(loadSystem("h200"));
  auto model = makeSystemModel();
  Kernel kernel{"k", "bf16", 989e12 / 2, 0, 0};
  SystemEstimate e = llvm::cantFail(model->estimate({kernel}, h200));
  EXPECT_DOUBLE_EQ(e.seconds, 1);
  EXPECT_EQ(e.limit, "peak_bf16");
  EXPECT_DOUBLE_EQ(e.joules.value, 700);
  EXPECT_FALSE(e.error.measured);
  kernel.bytes = 9.6e12;
  e = llvm::cantFail(model->estimate({kernel, kernel}, h200));
  EXPECT_DOUBLE_EQ(e.seconds, 4);
  EXPECT_EQ(e.limit, "memory_bandwidth");
  // fp32 products and vector work take the same units.
  e = llvm::cantFail(
      model->estimate({{"k", "fp32", 67e12 / 2, 67e12, 0}}, h200));
  EXPECT_DOUBLE_EQ(e.seconds, 2);
  EXPECT_EQ(e.limit, "peak_fp32");
}

TEST(SystemModel, NoKernelBeatsTheRoofs) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> exponent(0, 15);
  auto model = makeSystemModel();
  for (const std::string &name : listSystems()) {
    DataFile system = llvm::cantFail(loadSystem(name));
    double bandwidth = system.find("memory_bandwidth")->range.value;
    for (int i = 0; i < 200; ++i) {
      std::string format = i % 2 ? "bf16" : "fp32";
      Kernel kernel{"k", format, std::pow(10, exponent(random)),
                    std::pow(10, exponent(random)),
                    std::pow(10, exponent(random))};
      SystemEstimate e = llvm::cantFail(model->estimate({kernel}, system));
      double slack = 1 + 1e-12;
      EXPECT_GE(e.seconds * slack * system.find("peak_" + format)->range.value,
                2 * kernel.macs);
      EXPECT_GE(e.seconds * slack * bandwidth, kernel.bytes);
      EXPECT_GE(e.seconds * slack * system.find("peak_fp32")->range.value,
                kernel.vectorFlop);
      EXPECT_TRUE(system.find(e.limit)) << e.limit;
    }
  }
}

TEST(SystemModel, UnknownFormatsAreErrors) {
  DataFile h200 = llvm::cantFail(loadSystem("h200"));
  auto e = makeSystemModel()->estimate({{"k", "fp4", 1, 0, 0}}, h200);
  ASSERT_FALSE(bool(e));
  EXPECT_NE(llvm::toString(e.takeError()).find("figure 'peak_fp4' is missing"),
            std::string::npos);
}

} // namespace
