//===- AddUpTest.cpp - Numbers add up over random scenarios ---------------===//
//
// Of random models, placements and loads: parts add up to the whole, a rate
// times an energy is a power, nothing is used more than wholly, and nothing is
// faster than its data sheet. ACC_SCENARIOS says how many are drawn.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Scenario/Economics.h"
#include "compiler-driver/Scenario/MachinePricer.h"
#include "compiler-driver/Scenario/Serve.h"
#include "compiler-driver/Scenario/Stages.h"
#include "compiler-driver/Scenario/SystemPricer.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstdlib>
#include <random>

using namespace acc;
using namespace acc::scenario;
using systems::Format;

namespace {

int countOf(int usual) {
  const char *more = std::getenv("ACC_SCENARIOS");
  return more ? std::atoi(more) : usual;
}

class Draw {
public:
  explicit Draw(uint64_t seed) : random(seed) {}

  int64_t between(int64_t low, int64_t high) {
    return low + int64_t(random() % uint64_t(high - low + 1));
  }
  /// Of any size between them.
  int64_t sized(int64_t low, int64_t high) {
    return std::clamp(
        int64_t(double(low) * std::pow(double(high) / double(low), unit())),
        low, high);
  }
  double unit() { return double(random() >> 11) * 0x1p-53; }
  template <typename List> auto &of(List &list) {
    return list[size_t(between(0, int64_t(std::size(list)) - 1))];
  }

private:
  std::mt19937_64 random;
};

Scenario drawLoad(Draw &draw) {
  Scenario load;
  load.input = draw.sized(1, 20000);
  load.output = draw.sized(1, 300);
  load.chunk = draw.sized(128, 8192);
  load.cached = draw.between(0, 2) ? 0 : 0.9 * draw.unit();
  if (draw.between(0, 3) == 0) {
    load.draft = draw.between(1, 7);
    load.accepted = 1 + draw.unit() * double(load.draft);
  }
  if (draw.between(0, 3) == 0) {
    load.rate = 0.1 * double(draw.sized(1, 1000));
  }
  return load;
}

void expectNear(double a, double b, double part = 1e-9) {
  EXPECT_NEAR(a, b, part * std::max(std::abs(a), std::abs(b)));
}

void expectOrdered(const Range &range) {
  EXPECT_LE(range.low, range.value * (1 + 1e-9));
  EXPECT_LE(range.value, range.high * (1 + 1e-9));
}

/// Wider ranges of a chip's power never give narrower ones of the site and of
/// money.
void checkRanges(
    llvm::function_ref<Economics(const RangeOf<Watts> &)> economics,
    const RangeOf<Watts> &watts, Draw &draw) {
  RangeOf<Watts> wide{Watts(watts.value), Watts(watts.low * draw.unit()),
                      Watts(watts.high * (1 + draw.unit()))};
  Economics narrow = economics(watts);
  Economics wider = economics(wide);
  EXPECT_LE(wider.facility.low, narrow.facility.low);
  EXPECT_GE(wider.facility.high, narrow.facility.high);
  expectOrdered(narrow.facility);
  EXPECT_GE(narrow.facility.value, watts.value);
  if (narrow.cost) {
    expectOrdered(*narrow.cost);
    EXPECT_LE(wider.cost->low, narrow.cost->low);
    EXPECT_GE(wider.cost->high, narrow.cost->high);
  }
}

/// What is true of any answer.
void checkSums(const Served &served) {
  RangeOf<Joules> joules;
  for (auto &[name, part] : served.joulesByPart) {
    joules += part;
  }
  expectNear(joules.value, served.joules.value);
  expectNear(joules.low, served.joules.low);
  expectNear(joules.high, served.joules.high);
  expectOrdered(served.joules);
  Seconds seconds;
  for (auto &[name, part] : served.secondsByPart) {
    seconds += part;
  }
  // Steps, and what requests that come by chance leave without one.
  expectNear(seconds.value(), served.seconds.value(), 1e-6);
  EXPECT_LE(served.boundSeconds.value(), served.seconds.value() * (1 + 1e-9));
  EXPECT_LE(served.meanBatch, double(served.concurrency) * (1 + 1e-9));
  EXPECT_GT(served.outputTokens, 0);
  expectNear(served.outputRate() * served.joulesPerToken().value,
             served.watts().value);
  for (const Percentiles &times :
       {served.firstToken, served.perToken, served.latency}) {
    EXPECT_LE(times.p50, times.p90);
    EXPECT_LE(times.p90, times.p99);
  }
}

/// Products that no schedule avoids, at the highest rate of the data sheet.
double leastSeconds(const systems::ModelShape &model, const Scenario &load,
                    const Served &served, const systems::Device &device) {
  double peak = 0;
  for (auto &[format, rate] : device.matrixPeaks) {
    peak = std::max(peak, rate.value());
  }
  // Embeddings are looked up, and only sampled tokens have logits. Requests
  // that are in flight at both ends have some of theirs outside.
  double used = std::max(0.0, model.activeParameters() -
                                  2 * model.vocabulary * model.hidden);
  double whole =
      std::max(0.0, served.requests - 2 * double(served.concurrency));
  return 2 * used * whole * double(load.newTokens() + load.output - 1) /
         (peak * double(served.chips));
}

} // namespace

TEST(AddUpTest, offTheShelf) {
  auto kernels = cantFail(systems::KernelModel::load());
  auto models = cantFail(systems::loadModelShapes());
  auto machines = cantFail(systems::loadSystems());
  auto site = cantFail(Site::load());
  int drawn = 0;
  for (uint64_t seed = 1; drawn < countOf(100); ++seed) {
    Draw draw(seed);
    const systems::System &system = draw.of(machines);
    const systems::ModelShape &model = draw.of(models);
    systems::Device device = makeDevice(system);
    static constexpr Format asked[] = {Format::Mxfp4, Format::Fp8,
                                       Format::Bf16};
    auto layouts = layoutsOf(model, servedFormat(draw.of(asked), device),
                             int64_t(std::max(1.0, device.scaleUpDevices)));
    Layout layout = draw.of(layouts);
    layout.cache = draw.between(0, 1) ? Format::Bf16 : Format::Fp8;
    Scenario load = drawLoad(draw);
    if (draw.between(0, 2) == 0) {
      layout.stages = std::min<int64_t>(draw.between(1, 4), model.layers);
      layout.copies = draw.between(1, 3);
    }
    SystemPricer group(kernels, system, model, layout);
    // A link of 100 GB/s, and 2 us.
    StagedPricer staged(
        group,
        {layout.stages, layout.copies, slowestStage(model, layout.stages)},
        [&](double tokens) {
          return Seconds(2e-6 + 2 * model.hidden * tokens / 100e9);
        });
    StepPricer &pricer =
        layout.isStaged() ? static_cast<StepPricer &>(staged) : group;
    int64_t most =
        std::min<int64_t>(32, pricer.mostSequences(load.input + load.output));
    if (most < 1) {
      continue;
    }
    ++drawn;
    auto served = serve(load, draw.sized(1, most), pricer);
    ASSERT_TRUE(bool(served)) << toString(served.takeError());
    SCOPED_TRACE(system.name() + ", " + model.name + ", " + served->placement +
                 ", in " + std::to_string(load.input) + ", out " +
                 std::to_string(load.output) + ", seed " +
                 std::to_string(seed));
    checkSums(*served);
    EXPECT_GE(served->seconds.value(),
              leastSeconds(model, load, *served, device) * (1 - 1e-9));
    EXPECT_LE(served->watts().value,
              device.power.value() * double(served->chips) * (1 + 1e-6));
    checkRanges(
        [&](const RangeOf<Watts> &watts) {
          return economicsOf(system, watts, site);
        },
        served->watts() / double(served->chips), draw);
    if (testing::Test::HasFailure()) {
      return;
    }
  }
}

TEST(AddUpTest, ours) {
  // Runs are kept with the test, not in the user's folder.
  setenv("ACC_CACHE_DIR", (testing::TempDir() + "acc-add-up").c_str(), 1);
  Machine machine = cantFail(loadBuiltInMachine("xpu-tiny-4"));
  systems::ModelShape model;
  model.name = "small";
  model.layers = model.attentionLayers = model.denseLayers = 3;
  model.hidden = 64;
  model.queryHeads = 4;
  model.kvHeads = 2;
  model.headDim = 16;
  model.rotaryDim = 16;
  model.intermediate = 128;
  model.vocabulary = 256;
  ExactStepOptions options;
  MachinePricer::Ends contexts{16, 64}, pasts{0, 32};
  auto pricer = cantFail(
      MachinePricer::create(makeDecoderSteps(model, machine, Layout(), options),
                            machine, Layout(), "n3", contexts, pasts));
  const auto count = uint64_t(countOf(100));
  for (uint64_t seed = 1; seed <= count; ++seed) {
    Draw draw(seed);
    Scenario load;
    load.input = draw.between(16, 48);
    load.output = draw.between(1, 16);
    load.chunk = 16;
    if (draw.between(0, 3) == 0) {
      load.rate = double(draw.sized(1, 100000));
    }
    auto served = serve(load, draw.between(1, 6), *pricer);
    ASSERT_TRUE(bool(served)) << toString(served.takeError());
    SCOPED_TRACE("seed " + std::to_string(seed));
    checkSums(*served);
    // Layers to the whole.
    StepWork step{draw.between(0, 1) ? 1 : 4, contexts.low, 0, 0, 0};
    auto layers = pricer->layersOf(step);
    auto exact = pricer->priceExactly(step);
    ASSERT_TRUE(bool(layers) && bool(exact));
    double seconds = 0;
    for (const PricedLayer &layer : *layers) {
      seconds += layer.seconds * layer.count;
      EXPECT_LE(layer.matrixUse, 1 + 1e-9);
      EXPECT_LE(layer.memoryUse, 1 + 1e-9);
    }
    expectNear(seconds * exact->slowdown, exact->time.value());
    if (testing::Test::HasFailure()) {
      return;
    }
  }
}

/// A chip that works pays for its part of the spares, not of the switches
/// twice.
TEST(AddUpTest, spares) {
  Machine rack = cantFail(loadBuiltInMachine("jx1-rack"));
  auto site = cantFail(Site::load());
  RangeOf<Watts> watts(Watts(500), Watts(500), Watts(500));
  auto priceWith = [&](uint32_t chips, uint32_t switches) {
    rack.rack->spares.chips = chips;
    rack.rack->switches.count = switches;
    return cantFail(economicsOf(rack, watts, site)).price->value;
  };
  double none = priceWith(0, 0), one = priceWith(0, 10);
  // 16 beside 128. Of transceivers there are as many as before.
  double spares = priceWith(16, 0) - none;
  EXPECT_GT(spares, 0.9 * none / 8);
  EXPECT_LE(spares, none / 8);
  expectNear(priceWith(16, 10) - priceWith(16, 0), one - none);
}

TEST(AddUpTest, ourRanges) {
  Machine rack = cantFail(loadBuiltInMachine("jx1-rack"));
  auto site = cantFail(Site::load());
  const auto count = uint64_t(countOf(100));
  for (uint64_t seed = 1; seed <= count; ++seed) {
    Draw draw(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    Watts watts(double(draw.sized(50, 3000)));
    checkRanges(
        [&](const RangeOf<Watts> &of) {
          return cantFail(economicsOf(rack, of, site));
        },
        {watts, watts * draw.unit(), watts * (1 + draw.unit())}, draw);
    if (testing::Test::HasFailure()) {
      return;
    }
  }
}
