//===- BlockShareTest.cpp - Parts of a network's blocks -------------------===//

#include "compiler-driver/Import/HuggingFace/BlockShare.h"
#include "compiler-driver/Import/HuggingFace/NetworkConfig.h"

#include <gtest/gtest.h>

using namespace acc;
using namespace acc::huggingface;
using systems::Block;
using systems::Network;

namespace {

const char *const kNetworks[] = {"vit-b-16",  "resnet-50",  "dit-xl-2",
                                 "sdxl-unet", "flux.1-dev", "whisper-large-v3"};

Network read(llvm::StringRef name) {
  return llvm::cantFail(parseNetworkConfig(llvm::cantFail(ConfigFile::read(
      (ACC_SOURCE_DIR "/test/Inputs/configs/" + name + ".json").str()))));
}

std::vector<Block> blocksOf(const Network &network) {
  std::vector<Block> blocks = network.once;
  blocks.insert(blocks.end(), network.step.begin(), network.step.end());
  return blocks;
}

/// A single slice does everything, and exchanges nothing.
TEST(BlockShare, OneSliceDoesAll) {
  for (const char *name : kNetworks) {
    Network network = read(name);
    double products = 0;
    for (const Block &block : blocksOf(network)) {
      BlockShare share = divideBlock(block, 3, 10, Division());
      EXPECT_TRUE(share.collectives.empty()) << name << ", " << block.name;
      products += share.count * countProducts(share);
    }
    EXPECT_NEAR(products / (3 * network.products(10)), 1, 1e-9) << name;
  }
}

/// Parts are rounded up, never down: all slices together do at least the
/// block, and with sizes that the grid divides exactly it.
TEST(BlockShare, SlicesDoAllTogether) {
  Division division;
  division.rows = division.columns = 8;
  division.tensorParallel = 2;
  for (const char *name : kNetworks) {
    Network network = read(name);
    for (int64_t items : {1, 2, 8, 24}) {
      double products = 0;
      for (const Block &block : blocksOf(network)) {
        products += block.count * 128 *
                    countProducts(divideBlock(block, items, 10, division));
      }
      double all = double(items) * network.products(10);
      EXPECT_GE(products, all * (1 - 1e-9)) << name << ", " << items;
      EXPECT_LE(products, all * 2.5) << name << ", " << items;
    }
  }
  Block product{"product", 1, {}};
  product.operations.resize(1);
  product.operations[0].rows = 64;
  product.operations[0].terms = 256;
  product.operations[0].columns = 512;
  EXPECT_EQ(128 * countProducts(divideBlock(product, 4, 0, division)),
            4.0 * 64 * 256 * 512);
}

/// Everybody needs all terms of its rows: of the other columns and chips.
TEST(BlockShare, ProductsGatherTheirTerms) {
  Division division;
  division.rows = 4;
  division.columns = 8;
  Block block{"product", 1, {}};
  block.operations.resize(1);
  block.operations[0].rows = 64;
  block.operations[0].terms = 256;
  block.operations[0].columns = 512;
  BlockShare share = divideBlock(block, 1, 0, division);
  ASSERT_EQ(share.collectives.size(), 1u);
  EXPECT_EQ(share.collectives[0].kind, Collective::Kind::AllGather);
  EXPECT_EQ(share.collectives[0].scope, Collective::Scope::Row);
  EXPECT_EQ(share.collectives[0].ways, 8);
  EXPECT_EQ(share.collectives[0].elements, 16.0 * 256 / 8);
}

} // namespace
