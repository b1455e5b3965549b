//===- NetworkTest.cpp - Networks on off-the-shelf systems ----------------===//

#include "compiler-driver/Import/HuggingFace/BlockShare.h"
#include "compiler-driver/Import/HuggingFace/NetworkConfig.h"
#include "compiler-driver/Scenario/NetworkPricer.h"
#include "gtest/gtest.h"

using namespace acc;
using namespace acc::scenario;
using systems::Network;

namespace {

const char *const kNetworks[] = {"vit-b-16",  "resnet-50",  "dit-xl-2",
                                 "sdxl-unet", "flux.1-dev", "whisper-large-v3"};

Network read(llvm::StringRef name) {
  return llvm::cantFail(parseNetworkConfig(llvm::cantFail(ConfigFile::read(
      (ACC_SOURCE_DIR "/test/Inputs/configs/" + name + ".json").str()))));
}

double productsOf(const systems::Kernel &kernel) {
  if (auto *gemm = std::get_if<systems::Gemm>(&kernel.work)) {
    return gemm->m * gemm->n * gemm->k * gemm->batch;
  }
  if (auto *a = std::get_if<systems::Attention>(&kernel.work)) {
    return a->batch * a->queryHeads * a->queryLength * a->contextLength *
           (a->keyDim + a->valueDim);
  }
  return 0;
}

/// Kernels of a device multiply what the network does, no more and no less.
TEST(Network, KernelsMultiplyAll) {
  for (const char *name : kNetworks) {
    Network network = read(name);
    for (double items : {1.0, 6.0}) {
      double products = 0;
      for (const auto *blocks : {&network.once, &network.step}) {
        for (const systems::Block &block : *blocks) {
          for (const systems::Kernel &kernel :
               kernelsOf(block, items, 10, systems::Format::Bf16, 1)) {
            products += block.count * productsOf(kernel);
          }
        }
      }
      EXPECT_NEAR(products / (items * network.products(10)), 1, 1e-9) << name;
    }
  }
}

/// No step takes less than its products at the peak rate, and more requests
/// take longer.
TEST(Network, NoStepIsFasterThanTheDataSheet) {
  auto kernels = systems::KernelModel::load();
  ASSERT_TRUE(bool(kernels));
  for (const char *systemName : {"h100", "gb200-nvl72", "mi355x"}) {
    auto system = systems::loadSystem(systemName);
    ASSERT_TRUE(bool(system));
    systems::Device device = systems::makeDevice(*system);
    double peak = device.matrixRate(systems::Format::Bf16).peak.value();
    for (const char *name : kNetworks) {
      Network network = read(name);
      NetworkPricer pricer(*kernels, *system, network, Layout());
      double last = 0;
      for (int64_t requests : {1, 4, 32}) {
        StepWork work;
        work.sequences = requests;
        work.context = network.inputTokens + 10;
        work.prompts = requests;
        work.promptTokens = network.inputTokens;
        auto step = pricer.price(work);
        ASSERT_TRUE(bool(step));
        double once = 0, each = 0;
        for (const systems::Block &block : network.once) {
          for (const systems::Operation &o : block.operations) {
            once += block.count * o.products();
          }
        }
        each = network.products(11) - once;
        double least = 2 * double(requests) *
                       (once + double(network.evaluations) * each) / peak;
        EXPECT_GE(step->time.value(), least) << name;
        EXPECT_GE(step->bound.value() * (1 + 1e-9), least) << name;
        EXPECT_GT(step->time.value(), last) << name;
        last = step->time.value();
      }
    }
  }
}

/// The graph has what the share says: a name in the report stands for it.
TEST(Network, GraphHasItsOperations) {
  huggingface::Division division;
  division.rows = division.columns = 8;
  for (const char *name : kNetworks) {
    Network network = read(name);
    std::vector<systems::Block> blocks = network.once;
    blocks.insert(blocks.end(), network.step.begin(), network.step.end());
    for (const systems::Block &block : blocks) {
      huggingface::BlockShare share =
          huggingface::divideBlock(block, 8, 10, division);
      size_t heavy = 0;
      for (const OnnxNode &node : huggingface::buildBlockGraph(share).nodes) {
        heavy += node.opType == "MatMul" || node.opType == "Conv" ||
                 node.opType == "Attention";
      }
      EXPECT_EQ(heavy, block.operations.size()) << name << ", " << block.name;
    }
  }
}

} // namespace
