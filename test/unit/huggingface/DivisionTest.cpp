//===- DivisionTest.cpp - One slice's share of a model's step -------------===//

#include "compiler-driver/Import/HuggingFace/Division.h"
#include "compiler-driver/Import/HuggingFace/Config.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::huggingface;
using acc::systems::ModelShape;

namespace {

ModelShape load(llvm::StringRef name) {
  return llvm::cantFail(readModelConfig(
      (ACC_SOURCE_DIR "/test/Inputs/configs/" + name + ".json").str()));
}

/// Elements of all matrices: what is left of the parameters without norms,
/// biases, sinks and the table of the embedding.
double countMatrices(ModelShape model) {
  double norms = (model.norm == systems::Norm::Layer ? 2 : 1) * model.hidden;
  double rest =
      norms + model.vocabulary * model.hidden * (model.tiedEmbedding ? 0 : 1);
  if (model.positions == systems::Positions::Learned) {
    rest += model.context * model.hidden;
  }
  double attention = norms * (model.parallelBlock ? 1 : 2);
  if (model.latentDim > 0) {
    attention += model.queryRank + model.latentRank();
  }
  double heads = model.headDim * (model.queryHeads + 2 * model.kvHeads);
  attention += (model.attentionBias ? heads : 0) +
               (model.outputBias ? model.hidden : 0) +
               (model.queryKeyNorm ? 2 * model.headDim : 0) +
               (model.sinks ? model.queryHeads : 0);
  double widths = model.gated ? 2 : 1;
  auto biases = [&](double features) {
    return model.feedForwardBias ? widths * features + model.hidden : 0;
  };
  double experts =
      model.experts * biases(model.expertIntermediate) +
      (model.feedForwardBias || model.sigmoidRouter ? model.experts : 0);
  return model.parameters() - rest - model.attentionLayers * attention -
         model.denseLayers * biases(model.intermediate) -
         model.expertLayers * experts;
}

constexpr const char *kModels[] = {
    "llama-3.1-8b",    "llama-3.1-405b", "mixtral-8x7b",
    "qwen3-235b-a22b", "gpt-oss-120b",   "deepseek-v3",
    "kimi-k2",         "gpt2-124m",      "gpt-j-6b"};

double sumWeights(const ModelShape &model, const Step &step,
                  const Division &division) {
  double sum = 0;
  for (const Share &share : divideStep(model, step, division)) {
    sum += share.count * countWeights(share, model);
  }
  return sum;
}

/// One slice that does all reads every matrix once; a long prompt hits all
/// experts.
TEST(Division, WholeModelReadsEveryMatrix) {
  for (const char *name : kModels) {
    ModelShape model = load(name);
    EXPECT_DOUBLE_EQ(sumWeights(model, {1, 4096, 0}, {}), countMatrices(model))
        << name;
  }
}

/// A token's products are those of the parameters that it uses.
TEST(Division, ProductsOfAToken) {
  for (const char *name : {"llama-3.1-8b", "qwen3-235b-a22b", "gpt-oss-120b"}) {
    ModelShape model = load(name);
    double products = 0;
    for (const Share &share : divideStep(model, {1, 1, 0}, {})) {
      products += share.count * countProducts(share, model);
    }
    double unused = model.expertLayers * (model.experts - model.topK) * 3 *
                    model.hidden * model.expertIntermediate;
    double attention = model.layers * model.queryHeads * 2 * model.headDim;
    EXPECT_DOUBLE_EQ(products, countMatrices(model) - unused + attention)
        << name;
  }
}

/// What all slices do together is at least the whole, and no more than sizes
/// that do not divide cost.
TEST(Division, SharesAddUp) {
  for (const char *name : kModels) {
    ModelShape model = load(name);
    for (int64_t tp : {1, 2, 8}) {
      Step step{64, 1, 4096};
      Division division{8, 8, tp, 8};
      double whole = 0, divided = 0;
      // As many tokens at the experts as the replicas bring together.
      Step together = step;
      together.sequences *= 8 / tp;
      for (const Share &share : divideStep(model, together, {})) {
        whole += share.count * countProducts(share, model);
      }
      for (const Share &share : divideStep(model, step, division)) {
        divided += share.count * countProducts(share, model);
      }
      divided *= 64 * 8; // Slices of eight chips.
      EXPECT_GE(divided, 0.999 * whole) << name << ", tp " << tp;
      // The latent vectors are made by every chip; small models do not fill 512
      // slices.
      bool isSmall = std::string(name) == "gpt2-124m";
      EXPECT_LE(divided, (isSmall ? 4 : 2) * whole) << name << ", tp " << tp;
    }
  }
}

TEST(Division, PromptsSeeWhatIsBeforeThem) {
  ModelShape model = load("gpt-oss-120b");
  // Queries of 64 slices: each has 32 rows in the middle of 2,048.
  std::vector<Share> shares = divideStep(model, {1, 2048, 1000}, {8, 8, 1, 1});
  ASSERT_EQ(shares.size(), 3u);
  EXPECT_EQ(shares[0].name, "attention + experts");
  EXPECT_EQ(shares[0].kvHeads, 1);
  EXPECT_EQ(shares[0].queryHeads, 8);
  EXPECT_EQ(shares[0].queries, 256); // Eight ways are left beside the heads.
  EXPECT_EQ(shares[0].keys, 1000 + (2048 + 256) / 2);
  EXPECT_EQ(shares[1].keys, 128 + 256 - 1);
  EXPECT_EQ(shares[2].headRows, 1);
}

/// Between two products a slice has its part of the tokens: what leaves one
/// product is scattered, what the next one reads is gathered, along one
/// direction of the grid.
TEST(Division, TokensBetweenProductsAreDivided) {
  ModelShape model = load("llama-3.1-8b");
  std::vector<Share> shares = divideStep(model, {60, 1, 100}, {4, 8, 1, 1});
  ASSERT_EQ(shares.size(), 2u);
  const Share &layer = shares[0];
  EXPECT_EQ(layer.tokens, 60);
  EXPECT_EQ(layer.ownTokens, 8);    // 60 / 8, rounded up
  EXPECT_EQ(layer.innerTokens, 15); // 60 / 4
  EXPECT_EQ(shares[1].ownTokens, 8);
  using Kind = Collective::Kind;
  using Scope = Collective::Scope;
  double hidden = 4096 / 4, features = 14336 / 8;
  // Of the row: both residual sums, and what both norms give; of the column:
  // the gate and the product beside it, and what the activation gives.
  auto elementsOf = [&](Kind kind, Scope scope) {
    std::vector<double> elements;
    for (const Collective &c : layer.collectives) {
      if (c.kind == kind && c.scope == scope && !c.isSum32) {
        EXPECT_EQ(c.ways, scope == Scope::Row ? 8 : 4);
        elements.push_back(c.elements);
      }
    }
    return elements;
  };
  EXPECT_EQ(elementsOf(Kind::ReduceScatter, Scope::Row),
            std::vector<double>(2, 60 * hidden));
  EXPECT_EQ(elementsOf(Kind::AllGather, Scope::Row),
            std::vector<double>(2, 8 * hidden));
  EXPECT_EQ(elementsOf(Kind::ReduceScatter, Scope::Column),
            std::vector<double>(1, 60 * 2 * features));
  EXPECT_EQ(elementsOf(Kind::AllGather, Scope::Column),
            std::vector<double>(1, 15 * features));
}

TEST(Division, OneChipExchangesNothingWithOthers) {
  for (const char *name : kModels) {
    ModelShape model = load(name);
    for (const Share &share : divideStep(model, {8, 1, 100}, {8, 8, 1, 1})) {
      for (const Collective &c : share.collectives) {
        EXPECT_NE(c.scope, Collective::Scope::TensorGroup) << name;
        EXPECT_NE(c.scope, Collective::Scope::ExpertGroup) << name;
        EXPECT_GT(c.elements, 0) << name;
      }
    }
    for (const Share &share : divideStep(model, {8, 1, 100}, {})) {
      EXPECT_TRUE(share.collectives.empty()) << name;
    }
  }
}

} // namespace
