//===- NetworkConfigTest.cpp - Networks of images and sound ---------------===//

#include "compiler-driver/Import/HuggingFace/NetworkConfig.h"

#include <gtest/gtest.h>

using namespace acc;
using systems::Network;

namespace {

Network read(llvm::StringRef name) {
  auto file = ConfigFile::read(
      (ACC_SOURCE_DIR "/test/Inputs/configs/" + name + ".json").str());
  EXPECT_TRUE(bool(file)) << llvm::toString(file.takeError());
  EXPECT_TRUE(isNetwork(*file));
  return llvm::cantFail(parseNetworkConfig(*file));
}

/// Weights as the publishers count them. Biases, norms, positions and classes
/// are not described here, which is what the tolerance is for.
TEST(NetworkConfig, Parameters) {
  struct {
    const char *name;
    double parameters, tolerance;
  } networks[] = {{"vit-b-16", 86567656, 4e-3},
                  {"resnet-50", 25557032, 3e-3},
                  {"dit-xl-2", 675129632, 4e-3},
                  {"flux.1-dev", 11901408320, 1e-3},
                  {"sdxl-unet", 2567463684, 1e-3},
                  // One matrix is both embedding and output.
                  {"whisper-large-v3", 1543490560, 3e-3}};
  for (auto &[name, parameters, tolerance] : networks) {
    Network network = read(name);
    EXPECT_EQ(network.name, name);
    EXPECT_LE(network.parameters(), parameters) << name;
    EXPECT_GE(network.parameters(), (1 - tolerance) * parameters)
        << name << ": " << int64_t(network.parameters());
  }
}

/// Published counts: of He et al.'s network as torchvision has it (4.09 G), of
/// DiT-XL/2 at 256 x 256 (119 "Gflops", which are products; without the time's
/// embedding), of SDXL (2.98 T of one evaluation at 1024 x 1024 with both
/// convolutions and attention, within what the authors' counters leave out).
TEST(NetworkConfig, Products) {
  EXPECT_EQ(read("resnet-50").products(), 4089184256);
  EXPECT_NEAR(read("dit-xl-2").products(), 118.64e9, 0.5e9);
}

Network parse(llvm::StringRef text) {
  auto file = ConfigFile::parse(text, "unet/config.json");
  EXPECT_TRUE(bool(file)) << llvm::toString(file.takeError());
  auto network = parseNetworkConfig(*file);
  EXPECT_TRUE(bool(network)) << llvm::toString(network.takeError());
  return *network;
}

/// The same networks in the words of diffusers, and Stable Diffusion 1.5, whose
/// U-Net has 859,520,964 parameters.
TEST(NetworkConfig, Diffusers) {
  Network sdxl = parse(R"({"_class_name": "UNet2DConditionModel",
    "block_out_channels": [320, 640, 1280], "layers_per_block": 2,
    "transformer_layers_per_block": [1, 2, 10],
    "attention_head_dim": [5, 10, 20], "cross_attention_dim": 2048,
    "down_block_types":
      ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
    "projection_class_embeddings_input_dim": 2816, "sample_size": 128,
    "in_channels": 4, "out_channels": 4})");
  EXPECT_EQ(sdxl.name, "unet");
  EXPECT_EQ(sdxl.parameters(), read("sdxl-unet").parameters());
  EXPECT_EQ(sdxl.products(), read("sdxl-unet").products());
  Network old = parse(R"({"_class_name": "UNet2DConditionModel",
    "block_out_channels": [320, 640, 1280, 1280], "layers_per_block": 2,
    "attention_head_dim": 8, "cross_attention_dim": 768,
    "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D",
                         "CrossAttnDownBlock2D", "DownBlock2D"],
    "sample_size": 64, "in_channels": 4, "out_channels": 4})");
  EXPECT_LE(old.parameters(), 859520964);
  EXPECT_GE(old.parameters(), 859520964 * 0.998);
  Network flux = parse(R"({"_class_name": "FluxTransformer2DModel",
    "attention_head_dim": 128, "num_attention_heads": 24, "num_layers": 19,
    "num_single_layers": 38, "joint_attention_dim": 4096,
    "pooled_projection_dim": 768, "guidance_embeds": true, "in_channels": 64})");
  EXPECT_EQ(flux.parameters(), read("flux.1-dev").parameters());
  Network dit = parse(R"({"_class_name": "DiTTransformer2DModel",
    "attention_head_dim": 72, "num_attention_heads": 16, "num_layers": 28,
    "sample_size": 32, "patch_size": 2, "in_channels": 4, "out_channels": 8})");
  EXPECT_EQ(dit.parameters(), read("dit-xl-2").parameters());
}

/// Errors name the key and what would be right.
TEST(NetworkConfig, Errors) {
  auto errorOf = [](llvm::StringRef text) {
    auto file = ConfigFile::parse(text, "config.json");
    return llvm::toString(parseNetworkConfig(*file).takeError());
  };
  EXPECT_EQ(errorOf(R"({"model_type": "vit", "image_size": 224,
    "patch_size": 15, "hidden_size": 768, "num_attention_heads": 12,
    "num_hidden_layers": 12, "intermediate_size": 3072})"),
            "config.json: error: 'image_size' is not a multiple of "
            "'patch_size'");
  EXPECT_EQ(errorOf(R"({"model_type": "whisper"})"),
            "config.json: error: no 'd_model'; expects a number");
  EXPECT_EQ(errorOf(R"({"model_type": "sdxl_unet", "model_channels": 320,
    "num_head_channels": 64, "channel_mult": [1, 2],
    "transformer_depth": [1]})"),
            "config.json: error: 'transformer_depth' has not one entry for "
            "each of 'channel_mult'");
  EXPECT_EQ(errorOf(R"({"model_type": "sdxl_unet", "model_channels": 320,
    "num_head_channels": 64, "channel_mult": [1], "transformer_depth": [1],
    "num_res_blocks": 2147483648, "time_embed_dim": 1280, "context_dim": 64,
    "sample_size": 128})"),
            "config.json: error: expects 1 to 16 levels of 1 to 64 blocks");
}

TEST(NetworkConfig, WhisperKeepsItsSound) {
  Network whisper = read("whisper-large-v3");
  EXPECT_EQ(whisper.secondsOfSound, 30);
  EXPECT_EQ(whisper.cachedAlways, 2.0 * 32 * 1280 * 1500);
  // Tokens of the answer see what was said before.
  EXPECT_GT(whisper.products(100), whisper.products(1));
}

} // namespace
