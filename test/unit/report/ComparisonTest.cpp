//===- ComparisonTest.cpp - Requests and origins
//---------------------------===//

#include "compiler-driver/Report/Comparison.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::report;
using namespace acc::systems;

namespace {

std::string errorOf(llvm::StringRef request) {
  llvm::Expected<SystemRequest> parsed = parseSystemRequest(request);
  return parsed ? "" : llvm::toString(parsed.takeError());
}

TEST(Comparison, Requests) {
  SystemRequest one = llvm::cantFail(parseSystemRequest("h200"));
  EXPECT_EQ(one.name, "h200");
  EXPECT_FALSE(one.devices);
  SystemRequest eight = llvm::cantFail(parseSystemRequest("h200:8"));
  EXPECT_EQ(eight.name, "h200");
  EXPECT_EQ(eight.devices, 8u);
  EXPECT_EQ(errorOf("h200:9"), "'h200:9': scale-up links of h200 join 8 "
                               "devices; expects 1 to 8");
  EXPECT_NE(errorOf("h200:0"), "");
  EXPECT_EQ(errorOf("h200:x"), "'h200:x': 'x' is no number of devices; "
                               "expects 1 to 8");
  EXPECT_NE(errorOf("none:x").find("unknown system 'none:x'"),
            std::string::npos);
  EXPECT_NE(errorOf(""), "");
}

Workload oneProduct(Format format) {
  Workload workload;
  WorkStep step;
  step.kernel.name = "product";
  Gemm gemm{4096, 4096, 4096};
  gemm.a = gemm.b = gemm.out = format;
  step.kernel.work = gemm;
  step.weights = Bytes(4096.0 * 4096 * bytesPerElement(format));
  step.isOutput = true;
  workload.steps = {step};
  workload.weights = step.weights;
  workload.format = format;
  return workload;
}

Comparison compareWith(const Workload &workload, const char *request,
                       std::vector<Origin> &origins) {
  static const Comparer comparer = llvm::cantFail(Comparer::create());
  return llvm::cantFail(comparer.compare(
      workload, llvm::cantFail(parseSystemRequest(request)), origins));
}

TEST(Comparison, NearestFormat) {
  std::vector<Origin> origins;
  struct Case {
    const char *system;
    Format asked, used;
  };
  for (const Case &c : {Case{"h200", Format::Fp8, Format::Fp8},
                        {"a100", Format::Fp8, Format::Bf16},
                        {"h200", Format::Mxfp4, Format::Fp8},
                        {"tpu-v5e", Format::Fp32, Format::Bf16}}) {
    Comparison result = compareWith(oneProduct(c.asked), c.system, origins);
    EXPECT_EQ(formatName(result.step.used), formatName(c.used)) << c.system;
    bool saysSo = result.precision.find("nearest") != std::string::npos;
    EXPECT_EQ(saysSo, c.asked != c.used) << result.precision;
  }
}

TEST(Comparison, OriginsAreThereOnce) {
  std::vector<Origin> origins;
  Comparison first = compareWith(oneProduct(Format::Bf16), "h200", origins);
  size_t size = origins.size();
  EXPECT_GT(size, 5u);
  compareWith(oneProduct(Format::Bf16), "h200", origins);
  EXPECT_EQ(origins.size(), size);
  ASSERT_EQ(first.classes.size(), 1u);
  bool hasPeak = false;
  for (const std::string &id : first.classes[0].figures) {
    hasPeak |= id == "system.h200.peak_bf16";
  }
  EXPECT_TRUE(hasPeak);
  EXPECT_EQ(first.classes[0].measurements, "measured.h200.gemm");
}

/// A GPU without measurements says whose errors its range rests on.
TEST(Comparison, UnmeasuredSystemsAreLessCertain) {
  std::vector<Origin> origins;
  Workload work = oneProduct(Format::Bf16);
  Comparison known = compareWith(work, "h200", origins);
  Comparison unknown = compareWith(work, "mi450-helios", origins);
  EXPECT_TRUE(known.step.isMeasured);
  EXPECT_FALSE(unknown.step.isMeasured);
  EXPECT_GT(unknown.step.meanError, known.step.meanError);
}

TEST(Comparison, RangesHoldTheValueAndNoLessThanTheBound) {
  std::vector<Origin> origins;
  for (const std::string &name : listSystems()) {
    for (Format format : {Format::Fp32, Format::Bf16, Format::Fp8}) {
      Comparison c = compareWith(oneProduct(format), name.c_str(), origins);
      EXPECT_LE(c.step.bound.value(), c.seconds.low) << name;
      EXPECT_LE(c.seconds.low, c.seconds.value) << name;
      EXPECT_LE(c.seconds.value, c.seconds.high) << name;
      EXPECT_LE(c.joules.low, c.joules.value) << name;
      EXPECT_LE(c.joules.value, c.joules.high) << name;
      // No package takes more than its limit.
      double tdp = (*llvm::cantFail(loadSystem(name)).tdp()).value();
      EXPECT_LE(c.joules.value, tdp * c.seconds.value * 1.001) << name;
    }
  }
}

} // namespace
