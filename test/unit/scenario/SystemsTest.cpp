//===- SystemsTest.cpp - Properties over random scenarios -----------------===//

#include "compiler-driver/Scenario/Economics.h"
#include "compiler-driver/Scenario/SystemPricer.h"
#include "gtest/gtest.h"

#include <random>

using namespace acc;
using namespace acc::scenario;

/// Time from the data sheet alone: weights of the model are read once a step,
/// and every token multiplies those that it uses.
static double boundOf(const systems::ModelShape &model, const Layout &layout,
                      const systems::Device &device, const StepWork &work) {
  double tokens =
      double(work.sequences) + double(work.prompts * work.promptTokens);
  // Embeddings are looked up, and only sampled tokens have logits.
  double used = model.activeParameters() - 2 * model.vocabulary * model.hidden;
  double peak = 0;
  for (auto &[format, rate] : device.matrixPeaks) {
    peak = std::max(peak, rate.value());
  }
  double compute = 2 * used * tokens / (peak * double(layout.chips()));
  double bytes = std::max(0.0, used) * 0.5;
  double memory =
      bytes / (device.memoryBandwidth.value() * double(layout.chips()));
  return std::max(compute, memory);
}

TEST(SystemsTest, noStepIsFasterThanTheDataSheet) {
  auto kernels = systems::KernelModel::load();
  ASSERT_TRUE(bool(kernels));
  auto models = systems::loadModelShapes();
  ASSERT_TRUE(bool(models));
  std::mt19937_64 random(7);
  auto pick = [&](int64_t most) { return int64_t(random() % uint64_t(most)); };
  const char *names[] = {"h100",        "h200",   "b200",
                         "gb200-nvl72", "mi355x", "mi455x-helios"};
  for (const char *name : names) {
    auto system = systems::loadSystem(name);
    ASSERT_TRUE(bool(system)) << name;
    systems::Device device = systems::makeDevice(*system);
    for (const char *modelName :
         {"llama-3.1-8b", "llama-3.1-70b", "gpt-oss-120b"}) {
      const systems::ModelShape *model = systems::findModel(*models, modelName);
      ASSERT_TRUE(model) << modelName;
      for (Layout layout :
           layoutsOf(*model, servedFormat(systems::Format::Mxfp4, device), 8)) {
        SystemPricer pricer(*kernels, *system, *model, layout);
        for (int i = 0; i < 100; ++i) {
          StepWork work;
          work.sequences = 1 + pick(512);
          work.context = 1 + pick(100000);
          work.prompts = pick(3);
          work.promptTokens = work.prompts ? 1 + pick(8192) : 0;
          auto step = pricer.price(work);
          ASSERT_TRUE(bool(step));
          // Between kernels a device draws what it does without any.
          systems::Watts idle =
              device.power * kernels->parametersOf(*system)
                                 .values[systems::Parameter::PowerIdle];
          EXPECT_LE(step->standing.value / step->time.value(),
                    (idle * double(layout.chips())).value() * (1 + 1e-9));
          EXPECT_GT(step->standing.value, 0);
          EXPECT_GE(step->time.value() * (1 + 1e-9),
                    boundOf(*model, layout, device, work))
              << name << " " << modelName << " " << layout.tensor;
          EXPECT_GE(step->time.value(), step->bound.value() * (1 - 1e-9));
          EXPECT_LE(step->joules.low, step->joules.value);
          EXPECT_LE(step->joules.value, step->joules.high);
        }
      }
    }
  }
}

namespace {
/// Prices of one H200.
struct OneDevice {
  systems::KernelModel kernels;
  systems::System system;
  std::vector<systems::ModelShape> models;

  OneDevice()
      : kernels(cantFail(systems::KernelModel::load())),
        system(cantFail(systems::loadSystem("h200"))),
        models(cantFail(systems::loadModelShapes())) {}

  const systems::ModelShape &model(llvm::StringRef name) const {
    return *systems::findModel(models, name);
  }
  double seconds(const systems::ModelShape &model, const Layout &layout,
                 const StepWork &work) const {
    SystemPricer pricer(kernels, system, model, layout);
    return cantFail(pricer.price(work)).time.value();
  }
};
} // namespace

TEST(SystemsTest, aNarrowCacheIsReadFasterAndHoldsMoreSequences) {
  OneDevice one;
  const systems::ModelShape &model = one.model("llama-3.1-8b");
  Layout wide{1, 1, systems::Format::Fp8};
  Layout narrow = wide;
  narrow.cache = systems::Format::Fp8;
  StepWork work{64, 8192};
  double saved =
      one.seconds(model, wide, work) - one.seconds(model, narrow, work);
  // Half of 64 x 8192 tokens x 32 layers x 2 x 8 x 128 elements x 2 bytes.
  double bytes = 64.0 * 8192 * 32 * 2 * 8 * 128;
  double least =
      bytes / systems::makeDevice(one.system).memoryBandwidth.value();
  EXPECT_GE(saved, least);
  EXPECT_LE(saved, 1.5 * least);
  EXPECT_NEAR(sequenceBytes(model, narrow, 4096) /
                  sequenceBytes(model, wide, 4096),
              0.5, 1e-9);
}

TEST(SystemsTest, promptsOfLayersWithAWindowSeeTheWindow) {
  OneDevice one;
  systems::ModelShape windowed = one.model("gpt-oss-20b"), whole = windowed;
  whole.windowLayers = 0;
  StepWork work;
  work.prompts = 1;
  work.promptTokens = 8192;
  work.promptPast = 24576;
  EXPECT_LT(one.seconds(windowed, {}, work),
            0.8 * one.seconds(whole, {}, work));
}

TEST(SystemsTest, proposedTokensTakeTime) {
  OneDevice one;
  const systems::ModelShape &model = one.model("llama-3.1-8b");
  StepWork plain{256, 4096}, drafted = plain;
  drafted.drafted = 3;
  double without = one.seconds(model, {}, plain);
  double with = one.seconds(model, {}, drafted);
  // Four tokens of each sequence share the weights and the cache that one
  // reads, and each proposal reads one layer and the output of the model.
  EXPECT_GT(with, 1.15 * without);
  EXPECT_LT(with, 4 * without);
}

TEST(SystemsTest, widerInputsNeverGiveNarrowerResults) {
  auto site = Site::load();
  ASSERT_TRUE(bool(site));
  std::mt19937_64 random(3);
  auto unit = [&] { return double(random() >> 11) * 0x1p-53; };
  for (const char *name : {"h200", "gb200-nvl72", "mi455x-helios"}) {
    auto system = systems::loadSystem(name);
    ASSERT_TRUE(bool(system));
    for (int i = 0; i < 1000; ++i) {
      double watts = 100 + 1000 * unit();
      Range narrow{watts, watts * (1 - 0.3 * unit()), watts * (1 + unit())};
      Range wide{watts, narrow.low * (1 - 0.5 * unit()),
                 narrow.high * (1 + unit())};
      Economics a = economicsOf(*system, in(narrow, Watts(1)), *site);
      Economics b = economicsOf(*system, in(wide, Watts(1)), *site);
      EXPECT_LE(b.facility.low, a.facility.low);
      EXPECT_GE(b.facility.high, a.facility.high);
      ASSERT_TRUE(a.cost && b.cost);
      EXPECT_LE(b.cost->low, a.cost->low);
      EXPECT_GE(b.cost->high, a.cost->high);
      FleetRequest request;
      request.watts = Watts(1e9);
      auto fleetA = fleetOf(request, a, in({100, 80, 120}, Hertz(1)), 72);
      auto fleetB = fleetOf(request, b, in({100, 70, 130}, Hertz(1)), 72);
      ASSERT_TRUE(bool(fleetA) && bool(fleetB));
      EXPECT_LE(fleetB->tokensPerSecond.low, fleetA->tokensPerSecond.low);
      EXPECT_GE(fleetB->tokensPerSecond.high, fleetA->tokensPerSecond.high);
      EXPECT_LE(fleetA->chips.low, fleetA->chips.value);
      EXPECT_LE(fleetA->chips.value, fleetA->chips.high);
    }
  }
}
