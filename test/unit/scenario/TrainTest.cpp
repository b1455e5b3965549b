//===- TrainTest.cpp - A step of training on off-the-shelf systems --------===//

#include "compiler-driver/Scenario/Train.h"
#include "gtest/gtest.h"

using namespace acc;
using namespace acc::scenario;
using systems::Format;

namespace {

class TrainTest : public ::testing::Test {
protected:
  void SetUp() override {
    auto loaded = systems::KernelModel::load();
    ASSERT_TRUE(bool(loaded));
    kernels = std::move(*loaded);
    models = llvm::cantFail(systems::loadModelShapes());
  }
  const systems::ModelShape &model(llvm::StringRef name) {
    return *systems::findModel(models, name);
  }
  std::optional<Training> run(llvm::StringRef system, llvm::StringRef name,
                              int64_t chips, int64_t batch = 512) {
    Scenario scenario;
    scenario.kind = Scenario::Kind::Train;
    scenario.batch = batch;
    scenario.input = 4096;
    if (chips > 0) {
      scenario.chips = chips;
    }
    return train(*kernels, llvm::cantFail(systems::loadSystem(system)),
                 model(name), scenario, Format::Bf16);
  }

  std::optional<systems::KernelModel> kernels;
  std::vector<systems::ModelShape> models;
};

/// Six operations a parameter and token (Kaplan et al., arXiv 2001.08361), and
/// those of attention.
TEST_F(TrainTest, ProductsAreThreeForAParameter) {
  const systems::ModelShape &llama = model("llama-3.1-70b");
  double three = 3 * llama.activeParameters();
  EXPECT_GT(trainingProducts(llama, 1), 0.97 * three);
  EXPECT_LT(trainingProducts(llama, 1), three);
  EXPECT_GT(trainingProducts(llama, 8192), trainingProducts(llama, 4096));
}

/// Weights, gradients and the optimiser take 18 bytes a parameter on one chip.
TEST_F(TrainTest, StatesOfAParameter) {
  const systems::ModelShape &llama = model("llama-3.1-8b");
  double states = trainingBytes(llama, {1, 1, 1, true}, 0);
  EXPECT_NEAR(states / llama.parameters(), 18, 1e-9);
  EXPECT_NEAR(trainingBytes(llama, {1, 1, 12, true}, 0) / llama.parameters(), 7,
              1e-9);
  EXPECT_GT(trainingBytes(llama, {1, 1, 1, false}, 4096),
            trainingBytes(llama, {1, 1, 1, true}, 4096));
}

TEST_F(TrainTest, NoStepIsFasterThanItsProducts) {
  for (llvm::StringRef system :
       {"h100", "gb200-nvl72", "mi355x", "trainium2"}) {
    for (llvm::StringRef name : {"llama-3.1-8b", "llama-3.1-70b"}) {
      for (int64_t chips : {64, 256}) {
        auto training = run(system, name, chips);
        ASSERT_TRUE(training) << system.str() << name.str() << chips;
        EXPECT_EQ(training->step.chips, chips);
        EXPECT_GT(training->utilisation, 0.1);
        EXPECT_LT(training->utilisation, 1);
        EXPECT_GE(training->step.seconds, training->step.boundSeconds);
        Seconds sum;
        for (auto &[part, seconds] : training->step.secondsByPart) {
          sum += seconds;
        }
        EXPECT_NEAR(sum / training->step.seconds, 1, 1e-9);
      }
    }
  }
}

TEST_F(TrainTest, MoreChipsAreQuickerButNotMoreThanInProportion) {
  auto some = run("h100", "llama-3.1-70b", 128);
  auto more = run("h100", "llama-3.1-70b", 512);
  ASSERT_TRUE(some && more);
  EXPECT_LT(more->step.seconds, some->step.seconds);
  EXPECT_GT(more->step.seconds * 4.0, some->step.seconds * 0.95);
}

/// 1,562 = 2 x 11 x 71 sequences go to 16 copies as 1,568 do, but are fewer.
TEST_F(TrainTest, CopiesNeedNotHaveAsManySequences) {
  for (llvm::StringRef system : {"h100", "gb200-nvl72"}) {
    auto odd = run(system, "llama-3.1-70b", 1024, 1562);
    auto even = run(system, "llama-3.1-70b", 1024, 1568);
    ASSERT_TRUE(odd && even) << system.str();
    double least = even->step.seconds.value() * 1562 / 1568;
    EXPECT_GE(odd->step.seconds.value(), 0.97 * least);
    EXPECT_LE(odd->step.seconds.value(), 1.03 * even->step.seconds.value());
    EXPECT_NEAR(odd->step.joulesPerToken().value /
                    even->step.joulesPerToken().value,
                1, 0.03);
  }
}

TEST_F(TrainTest, WhatDoesNotFitHasNoAnswer) {
  EXPECT_FALSE(run("h100", "llama-3.1-405b", 8));
  auto fewest = run("h100", "llama-3.1-405b", 0);
  ASSERT_TRUE(fewest);
  EXPECT_GT(fewest->step.chips, 8);
}

} // namespace
