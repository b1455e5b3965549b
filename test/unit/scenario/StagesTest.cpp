//===- StagesTest.cpp - Layers on several groups of chips, and copies -----===//

#include "compiler-driver/Scenario/Stages.h"
#include "compiler-driver/Scenario/Memory.h"
#include "gtest/gtest.h"

using namespace acc;
using namespace acc::scenario;

namespace {

/// A step that takes 1 s, and 0.1 s a sequence, and 2 s a piece of a prompt, at
/// 3 W of which 1 W is standing.
class Simple final : public StepPricer {
public:
  llvm::Expected<PricedStep> price(const StepWork &work) override {
    PricedStep step;
    step.time =
        Seconds((work.sequences > 0 ? 1 : 0) + 0.1 * double(work.sequences) +
                2 * double(work.prompts));
    step.bound = step.time * 0.5;
    step.secondsByPart["all"] = step.time;
    step.standing = exactly(step.time.value());
    step.joulesByPart["dynamic"] = step.standing * 2;
    step.joulesByPart["standing"] = step.standing;
    step.joules = step.standing * 3;
    return step;
  }
  int64_t chips() const override { return 2; }
  int64_t mostSequences(int64_t) const override { return 100; }
  std::string placement() const override { return "tp=2"; }

private:
  static RangeOf<Joules> exactly(double joules) {
    return {Joules(joules), Joules(joules), Joules(joules)};
  }
};

Seconds hop(double tokens) { return Seconds(0.01 + 0.001 * tokens); }

systems::ModelShape makeModel() {
  systems::ModelShape model;
  model.layers = model.attentionLayers = model.denseLayers = 8;
  model.hidden = 64;
  model.queryHeads = 4;
  model.kvHeads = 2;
  model.headDim = 16;
  model.intermediate = 128;
  model.vocabulary = 16;
  return model;
}

} // namespace

TEST(StagesTest, oneStageIsTheGroup) {
  Simple group;
  StagedPricer staged(group, {}, hop);
  StepWork work{5, 10, 2, 4, 0, 0};
  PricedStep a = cantFail(group.price(work)), b = cantFail(staged.price(work));
  EXPECT_EQ(a.time.value(), b.time.value());
  EXPECT_EQ(a.joules.value, b.joules.value);
  EXPECT_EQ(staged.placement(), "tp=2");
}

TEST(StagesTest, stages) {
  Simple group;
  StagedPricer staged(group, {4, 1, 0.3}, hop);
  EXPECT_EQ(staged.chips(), 8);
  EXPECT_EQ(staged.placement(), "tp=2, pp=4");
  // Four passes of two sequences: each 1.2 s and three hops of 0.012 s, and one
  // of a token's number; the slowest stage is busy for 0.36 s of each, and
  // sends.
  PricedStep step = cantFail(staged.price({8, 10, 0, 0, 0, 0}));
  double pass = 1.2 + 3 * 0.012 + 0.01;
  double busy = 4 * (0.3 * 1.2 + (pass - 1.2) / 4);
  ASSERT_GT(busy, pass);
  EXPECT_NEAR(step.time.value(), busy, 1e-12);
  // One sequence is one pass, whatever else could be in flight.
  step = cantFail(staged.price({1, 10, 0, 0, 0, 0}));
  EXPECT_NEAR(step.time.value(), 1.1 + 3 * 0.011 + 0.01, 1e-12);
  // Four groups of 1 W each stand for the whole step; one pass adds 2 W.
  EXPECT_NEAR(step.joules.value, 4 * step.time.value() + 2 * 1.1, 1e-12);
}

TEST(StagesTest, copies) {
  Simple group;
  StagedPricer staged(group, {1, 3, 1}, hop);
  EXPECT_EQ(staged.placement(), "tp=2, dp=3");
  // Three of nine sequences each, and a prompt for two of the copies.
  PricedStep step = cantFail(staged.price({9, 10, 2, 4, 0, 0}));
  EXPECT_NEAR(step.time.value(), 1.3 + 2, 1e-12);
  EXPECT_NEAR(step.joules.value, 3 * 3.3 + 2 * (3.3 + 3.3 + 1.3), 1e-12);
}

TEST(StagesTest, addUp) {
  Simple group;
  for (int64_t stages : {1, 2, 5}) {
    for (int64_t copies : {1, 2, 3}) {
      StagedPricer staged(group, {stages, copies, 1.0 / double(stages)}, hop);
      for (int64_t sequences = 0; sequences < 20; ++sequences) {
        for (int64_t prompts = sequences == 0; prompts < 8; ++prompts) {
          PricedStep step =
              cantFail(staged.price({sequences, 10, prompts, 4, 0, 0}));
          double seconds = 0, joules = 0;
          for (auto &[name, part] : step.secondsByPart) {
            EXPECT_GE(part.value(), 0);
            seconds += part.value();
          }
          for (auto &[name, part] : step.joulesByPart) {
            joules += part.value;
          }
          EXPECT_NEAR(seconds, step.time.value(), 1e-9);
          EXPECT_NEAR(joules, step.joules.value, 1e-9);
          EXPECT_LE(step.bound.value(), step.time.value() * (1 + 1e-12));
          // No group draws more than 3 W, or less than 1 W.
          double most = step.time.value() * double(stages * copies);
          EXPECT_LE(step.joules.value, 3 * most * (1 + 1e-12));
          EXPECT_GE(step.joules.value, most * (1 - 1e-12));
        }
      }
    }
  }
}

TEST(StagesTest, slowestStage) {
  systems::ModelShape model = makeModel();
  EXPECT_EQ(slowestStage(model, 1), 1);
  // A small output goes with the last layers.
  EXPECT_GT(slowestStage(model, 2), 0.5);
  EXPECT_LT(slowestStage(model, 2), 0.55);
  EXPECT_NEAR(slowestStage(model, 3), 3.0 / 8, 0.01);
  // A large one is a stage of its own.
  model.vocabulary = 1e6;
  EXPECT_GT(slowestStage(model, 8), 0.9);
}

TEST(StagesTest, memory) {
  systems::ModelShape model = makeModel();
  Layout one, four;
  four.stages = 4;
  EXPECT_LT(weightBytes(model, four), weightBytes(model, one) / 3);
  EXPECT_GE(weightBytes(model, four), weightBytes(model, one) / 4);
  EXPECT_EQ(sequenceBytes(model, four, 100),
            sequenceBytes(model, one, 100) / 4);
  double chip = 2 * weightBytes(model, one);
  int64_t sequences = countSequences(model, one, 100, chip);
  EXPECT_GT(countSequences(model, four, 100, chip), 4 * sequences);
  Layout copies = one;
  copies.copies = 3;
  EXPECT_EQ(countSequences(model, copies, 100, chip), 3 * sequences);
}
