//===- ConfigTest.cpp - Reading a model's config.json ---------------------===//

#include "compiler-driver/Import/HuggingFace/Config.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

using namespace acc;
using acc::systems::ModelShape;

namespace {

std::string pathOf(llvm::StringRef name) {
  return (ACC_SOURCE_DIR "/test/Inputs/configs/" + name + ".json").str();
}

/// Totals and cached elements of a token that are recomputed from each
/// configuration by the definitions of the architectures; they agree with those
/// that the publishers give.
TEST(Config, ParametersAndCache) {
  struct {
    const char *name;
    double parameters, cached, tolerance;
  } models[] = {// The pooler and the table of token types are not described.
                {"bert-base-uncased", 109482240, 0, 6e-3},
                {"bert-large-uncased", 335141888, 0, 6e-3},
                {"deepseek-v3", 671026419200, 35136, 0},
                {"gpt-3-175b", 174604259328, 2359296, 0},
                // The output's bias is not described.
                {"gpt-j-6b", 6050882784, 229376, 1e-5},
                {"gpt-oss-120b", 116829156672, 36864, 0},
                {"gpt-oss-20b", 20914757184, 24576, 0},
                {"gpt2-124m", 124439808, 18432, 0},
                {"gpt2-xl", 1557611200, 153600, 0},
                {"kimi-k2", 1026408232448, 35136, 0},
                {"llama-2-70b", 68976648192, 163840, 0},
                {"llama-3.1-405b", 405853388800, 258048, 0},
                {"llama-3.1-70b", 70553706496, 163840, 0},
                {"llama-3.1-8b", 8030261248, 65536, 0},
                {"mixtral-8x7b", 46702792704, 65536, 0},
                {"qwen3-235b-a22b", 235093634560, 96256, 0}};
  for (auto &[name, parameters, cached, tolerance] : models) {
    auto model = readModelConfig(pathOf(name));
    ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
    EXPECT_EQ(model->name, name);
    EXPECT_LE(std::abs(model->parameters() - parameters),
              tolerance * parameters)
        << name << ": " << int64_t(model->parameters());
    if (model->causal) {
      EXPECT_EQ(model->layers * model->cachedElements(), cached) << name;
    }
  }
}

TEST(Config, WhatALayerIsMadeOf) {
  ModelShape oss = llvm::cantFail(readModelConfig(pathOf("gpt-oss-120b")));
  EXPECT_EQ(oss.windowLayers, 18);
  EXPECT_EQ(oss.window, 128);
  EXPECT_TRUE(oss.sinks);
  EXPECT_EQ(oss.expertFormat, systems::Format::Mxfp4);
  EXPECT_EQ(oss.weightFormat, systems::Format::Bf16);
  ModelShape deepseek = llvm::cantFail(readModelConfig(pathOf("deepseek-v3")));
  EXPECT_EQ(deepseek.latentRank(), 512);
  EXPECT_EQ(deepseek.expertLayers, 58);
  EXPECT_EQ(deepseek.weightFormat, systems::Format::Fp8Block);
}

/// The error for gpt2-124m with one replacement.
std::string errorAfter(const std::string &from, const std::string &to) {
  auto buffer = llvm::MemoryBuffer::getFile(pathOf("gpt2-124m"));
  std::string text = (*buffer)->getBuffer().str();
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  llvm::SmallString<128> path;
  EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("config", "json", path));
  llvm::FileRemover remover(path);
  {
    std::error_code ec;
    llvm::raw_fd_ostream(path, ec) << text;
  }
  auto model = readModelConfig(path);
  return model ? "" : llvm::toString(model.takeError());
}

TEST(Config, ErrorsNameTheKey) {
  EXPECT_NE(errorAfter("\"n_layer\": 12", "\"n_layer\": 0")
                .find("'n_layer' must be an integer from 1 to 2^31"),
            std::string::npos);
  EXPECT_NE(errorAfter("\"n_layer\": 12", "\"n_layers\": 12")
                .find("no 'n_layer'; expects a number"),
            std::string::npos);
  EXPECT_NE(errorAfter("\"n_head\": 12", "\"n_head\": 11")
                .find("'n_embd' is not a multiple of the number of heads"),
            std::string::npos);
  EXPECT_NE(errorAfter("\"gpt2\"", "\"gpt9\"").find("unsupported: "),
            std::string::npos);
  EXPECT_NE(errorAfter("\"gpt2\"", "\"gpt9\"")
                .find("models of type 'gpt9'; known are llama, "),
            std::string::npos);
  EXPECT_NE(errorAfter("\"model_type\"", "\"type\"").find("no 'model_type'"),
            std::string::npos);
  EXPECT_NE(errorAfter("gelu_new", "softplus").find("expects silu, gelu"),
            std::string::npos);
}

} // namespace
