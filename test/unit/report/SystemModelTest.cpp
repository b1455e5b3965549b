//===- SystemModelTest.cpp - Rooflines of other systems -------------------===//

#include "compiler-driver/Report/SystemModel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace acc::report;
using acc::systems::loadSystem;
using acc::systems::loadSystems;
using acc::systems::parsePrecision;
using acc::systems::Precision;
using acc::systems::System;

namespace {

TEST(SystemModel, KnownKernels) {
  System h200 = llvm::cantFail(loadSystem("h200"));
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
  for (const System &system : llvm::cantFail(loadSystems())) {
    auto fp32 = system.peak(Precision::FP32);
    if (!fp32) {
      continue; // Without a vector rate this model says nothing.
    }
    double bandwidth = (*system.memoryBandwidth()).value();
    for (int i = 0; i < 200; ++i) {
      std::string format = i % 2 ? "bf16" : "fp32";
      Kernel kernel{"k", format, std::pow(10, exponent(random)),
                    std::pow(10, exponent(random)),
                    std::pow(10, exponent(random))};
      SystemEstimate e = llvm::cantFail(model->estimate({kernel}, system));
      double slack = 1 + 1e-12;
      EXPECT_GE(e.seconds * slack *
                    (*system.peak(*parsePrecision(format))).value(),
                2 * kernel.macs);
      EXPECT_GE(e.seconds * slack * bandwidth, kernel.bytes);
      EXPECT_GE(e.seconds * slack * (*fp32).value(), kernel.vectorFlop);
      EXPECT_TRUE(system.find(e.limit)) << e.limit;
    }
  }
}

TEST(SystemModel, UnknownFormatsAreErrors) {
  System h200 = llvm::cantFail(loadSystem("h200"));
  auto e = makeSystemModel()->estimate({{"k", "fp4", 1, 0, 0}}, h200);
  ASSERT_FALSE(bool(e));
  EXPECT_NE(llvm::toString(e.takeError()).find("figure 'peak_fp4' is missing"),
            std::string::npos);
}

} // namespace
