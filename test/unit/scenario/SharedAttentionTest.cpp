//===- SharedAttentionTest.cpp - Layers told from others (decision 0082) --===//

#include "compiler-driver/Scenario/MachinePricer.h"
#include "gtest/gtest.h"

using namespace acc;
using namespace acc::scenario;

namespace {

/// A dense layer, and two with experts behind the same attention.
systems::ModelShape makeModel() {
  systems::ModelShape model;
  model.name = "small experts";
  model.layers = model.attentionLayers = 3;
  model.denseLayers = 1;
  model.expertLayers = 2;
  model.experts = 4;
  model.topK = 2;
  model.expertIntermediate = 64;
  model.hidden = 64;
  model.queryHeads = 4;
  model.kvHeads = 2;
  model.headDim = 16;
  model.rotaryDim = 16;
  model.intermediate = 128;
  model.vocabulary = 256;
  return model;
}

std::unique_ptr<MachinePricer> makePricer(bool isSingleStep) {
  Machine machine = cantFail(loadBuiltInMachine("xpu-tiny-4"));
  ExactStepOptions options;
  options.isSingleStep = isSingleStep;
  return cantFail(MachinePricer::create(
      makeDecoderSteps(makeModel(), machine, Layout(), options), machine,
      Layout(), "n3", {16, 64}, {0, 32}));
}

/// Keys that layers of a name see, one for each run.
std::vector<int64_t> keysOf(MachinePricer &pricer, const StepWork &work,
                            const std::string &name) {
  std::vector<int64_t> keys;
  for (const LayerJob &job : pricer.jobsFor({work})) {
    if (job.share.name == name) {
      keys.push_back(job.share.keys);
    }
  }
  llvm::sort(keys);
  keys.erase(llvm::unique(keys), keys.end());
  return keys;
}

} // namespace

TEST(SharedAttentionTest, onlyTheMostFrequentLayerIsRunWithLongContexts) {
  auto pricer = makePricer(/*isSingleStep=*/false);
  // Four sequences on four slices.
  StepWork work{4, 64, 0, 0, 0};
  EXPECT_EQ(keysOf(*pricer, work, "attention + experts"),
            (std::vector<int64_t>{17, 65}));
  EXPECT_EQ(keysOf(*pricer, work, "attention + feed-forward"),
            (std::vector<int64_t>{17}));
}

TEST(SharedAttentionTest, singleStepsRunAllLayers) {
  auto pricer = makePricer(/*isSingleStep=*/true);
  StepWork work{4, 64, 0, 0, 0};
  EXPECT_EQ(keysOf(*pricer, work, "attention + feed-forward"),
            (std::vector<int64_t>{65}));
}

TEST(SharedAttentionTest, whatIsToldIsCloseToTheRun) {
  setenv("ACC_CACHE_DIR", (testing::TempDir() + "acc-shared-attention").c_str(),
         1);
  auto pricer = makePricer(/*isSingleStep=*/false);
  StepWork work{4, 64, 0, 0, 0};
  PricedStep told = cantFail(pricer->price(work));
  PricedStep exact = cantFail(pricer->priceExactly(work));
  EXPECT_NEAR(told.time / exact.time, 1, 0.01);
  EXPECT_NEAR(told.joules.value / exact.joules.value, 1, 0.01);
  // The dense layer, too, takes longer with more keys.
  auto layers = cantFail(pricer->layersOf(work));
  EXPECT_EQ(layers.front().name, "attention + feed-forward");
  EXPECT_GT(layers.front().cycles,
            cantFail(pricer->layersOf({4, 16, 0, 0, 0})).front().cycles);
}
