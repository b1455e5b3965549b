//===- WorkloadTest.cpp - Memory and division of workloads
//-----------------===//

#include "compiler-driver/Baselines/KernelText.h"
#include "compiler-driver/Baselines/Step.h"

#include <gtest/gtest.h>

using namespace acc::systems;

namespace {

WorkStep gemm(double m, double n, double k, std::vector<unsigned> producers) {
  WorkStep step;
  step.kernel.name = "gemm";
  step.kernel.work = Gemm{m, n, k};
  step.producers = std::move(producers);
  step.weights = Bytes(2 * n * k);
  step.result = Bytes(2 * m * n);
  return step;
}

WorkStep vectorStep(double bytes, std::vector<unsigned> producers, bool rows) {
  WorkStep step;
  step.kernel.name = "vector";
  Vector vector;
  vector.read = vector.written = Bytes(bytes);
  step.kernel.work = vector;
  step.producers = std::move(producers);
  step.result = Bytes(bytes);
  step.needsRows = rows;
  return step;
}

WorkStep attention(double heads, double kvHeads,
                   std::vector<unsigned> producers) {
  WorkStep step;
  step.kernel.name = "attention";
  Attention a;
  a.queryHeads = heads;
  a.kvHeads = kvHeads;
  a.queryLength = a.contextLength = 16;
  step.kernel.work = a;
  step.producers = std::move(producers);
  step.result = Bytes(1024);
  return step;
}

/// A decoder layer: norm, q, k, v, attention, o, norm, up, activation, down.
Workload layer() {
  Workload w;
  w.steps = {vectorStep(1024, {}, true),   gemm(16, 64, 64, {0}),
             gemm(16, 32, 64, {0}),        gemm(16, 32, 64, {0}),
             attention(8, 2, {1, 2, 3}),   gemm(16, 64, 64, {4}),
             vectorStep(1024, {5}, true),  gemm(16, 256, 64, {6}),
             vectorStep(4096, {7}, false), gemm(16, 64, 256, {8})};
  w.steps.back().isOutput = true;
  for (const WorkStep &step : w.steps) {
    w.weights += step.weights;
  }
  w.arguments = Bytes(4096);
  return w;
}

std::string classes(const DividedWorkload &divided) {
  std::string text;
  for (const Kernel &kernel : divided.kernels) {
    text += describeClass(kernel) + " ";
  }
  return text;
}

template <typename Work>
const Work &nth(const DividedWorkload &divided, unsigned n) {
  for (const Kernel &kernel : divided.kernels) {
    if (auto *work = std::get_if<Work>(&kernel.work); work && n-- == 0) {
      return *work;
    }
  }
  ADD_FAILURE() << "no such kernel";
  static const Work none{};
  return none;
}

TEST(Workload, PeakActivations) {
  Workload w;
  // The result of 0 lives until 2 has read it.
  w.steps = {vectorStep(100, {}, false), vectorStep(10, {0}, false),
             vectorStep(1, {0, 1}, false), vectorStep(1000, {2}, false)};
  w.steps[3].isOutput = true; // Counted among the results.
  w.results = Bytes(1000);
  EXPECT_EQ(w.peakActivations(), Bytes(111));
  EXPECT_EQ(w.footprint(), Bytes(1111));
}

TEST(Workload, OneDeviceIsTheWorkload) {
  DividedWorkload whole = divide(layer(), 1);
  EXPECT_EQ(whole.kernels.size(), layer().steps.size());
  EXPECT_EQ(whole.collectives, 0);
  EXPECT_EQ(whole.footprint, layer().footprint());
}

TEST(Workload, ColumnsThenRowsWithOneAllReduceEach) {
  DividedWorkload half = divide(layer(), 2);
  EXPECT_EQ(classes(half),
            "elementwise gemm gemm gemm attention gemm all-reduce "
            "elementwise gemm elementwise gemm all-reduce ");
  EXPECT_EQ(nth<Gemm>(half, 0).n, 32);
  EXPECT_EQ(nth<Gemm>(half, 0).k, 64);
  EXPECT_EQ(nth<Gemm>(half, 3).n, 64);
  EXPECT_EQ(nth<Gemm>(half, 3).k, 32);
  EXPECT_EQ(nth<Gemm>(half, 5).k, 128);
  EXPECT_EQ(nth<Attention>(half, 0).queryHeads, 4);
  EXPECT_EQ(nth<Attention>(half, 0).kvHeads, 1);
  // Norms are whole on every device, what is between the products is divided.
  EXPECT_EQ(nth<Vector>(half, 1).read, Bytes(1024));
  EXPECT_EQ(nth<Vector>(half, 2).read, Bytes(2048));
  EXPECT_EQ(nth<Collective>(half, 0).bytes, Bytes(2 * 16 * 64));
  EXPECT_EQ(nth<Collective>(half, 0).ranks, 2);
}

/// More devices than key heads keep copies of them.
TEST(Workload, KeyHeadsAreCopied) {
  EXPECT_EQ(nth<Attention>(divide(layer(), 8), 0).kvHeads, 1);
  EXPECT_EQ(nth<Attention>(divide(layer(), 8), 0).queryHeads, 1);
}

/// Work per device times devices is never less than the whole.
TEST(Workload, NothingIsLost) {
  auto operations = [](const DividedWorkload &divided) {
    double sum = 0;
    for (const Kernel &kernel : divided.kernels) {
      if (auto *g = std::get_if<Gemm>(&kernel.work)) {
        sum += g->m * g->n * g->k * g->batch;
      }
    }
    return sum;
  };
  double whole = operations(divide(layer(), 1));
  for (unsigned devices : {2u, 3u, 4u, 8u, 72u}) {
    DividedWorkload part = divide(layer(), devices);
    EXPECT_GE(operations(part) * devices, whole) << devices;
    EXPECT_LE(operations(part), whole) << devices;
  }
}

TEST(Workload, WhatNeedsRowsGathersThemOnce) {
  Workload w;
  w.steps = {gemm(16, 64, 64, {}), vectorStep(2048, {0}, true),
             vectorStep(2048, {0}, true)};
  EXPECT_EQ(classes(divide(w, 4)), "gemm all-gather elementwise elementwise ");
}

TEST(Workload, DividedResultsAreGathered) {
  Workload w;
  w.steps = {gemm(16, 64, 64, {})};
  w.steps[0].isOutput = true;
  EXPECT_EQ(classes(divide(w, 4)), "gemm all-gather ");
}

TEST(Workload, ProductsTooSmallToDivideAreCopied) {
  Workload w;
  w.steps = {gemm(16, 2, 64, {})};
  DividedWorkload part = divide(w, 4);
  EXPECT_EQ(nth<Gemm>(part, 0).n, 2);
  EXPECT_EQ(part.collectives, 0);
}

TEST(Workload, FewestDevices) {
  Workload w = layer();
  EXPECT_EQ(llvm::cantFail(fewestDevices(w, w.footprint(), 8)), 1u);
  EXPECT_GT(llvm::cantFail(fewestDevices(w, w.footprint() * 0.8, 8)), 1u);
  llvm::Expected<unsigned> none = fewestDevices(w, Bytes(10), 8);
  ASSERT_FALSE(bool(none));
  EXPECT_NE(llvm::toString(none.takeError()).find("GB"), std::string::npos);
}

TEST(Step, MoreThanTheDomainOrItsMemoryIsAnError) {
  KernelModel model = llvm::cantFail(KernelModel::load());
  System h200 = llvm::cantFail(loadSystem("h200"));
  auto errorOf = [&](const Workload &w, std::optional<unsigned> devices) {
    auto step = estimateStep(model, w, h200, devices);
    return step ? "" : llvm::toString(step.takeError());
  };
  EXPECT_EQ(errorOf(layer(), 8), "");
  EXPECT_NE(errorOf(layer(), 16).find("expects 1 to 8 devices"),
            std::string::npos);
  Workload big = layer();
  big.arguments = Bytes(1e12);
  EXPECT_NE(errorOf(big, 4).find("cannot hold the model on 4 devices"),
            std::string::npos);
  // The caches are divided with the heads: eight devices hold them.
  EXPECT_EQ(llvm::cantFail(estimateStep(model, big, h200, {})).devices, 8u);
  big.arguments = Bytes(1e13);
  EXPECT_NE(errorOf(big, {}).find("cannot hold the model"), std::string::npos);
}

/// Eight devices are faster on large work, but not eightfold.
TEST(Step, DivisionHelpsLargeWork) {
  KernelModel model = llvm::cantFail(KernelModel::load());
  System h200 = llvm::cantFail(loadSystem("h200"));
  Workload w;
  w.steps = {gemm(8192, 28672, 8192, {}), vectorStep(4.7e8, {0}, false),
             gemm(8192, 8192, 28672, {1})};
  StepEstimate one = llvm::cantFail(estimateStep(model, w, h200, 1));
  StepEstimate eight = llvm::cantFail(estimateStep(model, w, h200, 8));
  EXPECT_LT(eight.time, one.time);
  EXPECT_GT(eight.time * 8, one.time);
  EXPECT_GT(eight.energy, one.energy);
}

} // namespace
