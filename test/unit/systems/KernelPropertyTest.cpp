//===- KernelPropertyTest.cpp - What no prediction may violate ------------===//
//
// Random kernels on every system: never faster than the data sheet, never
// faster with more work.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Baselines/KernelModel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace acc::systems;

namespace {

/// Sizes spread over orders of magnitude, odd ones included.
class RandomKernels {
public:
  double size(double low, double high) {
    std::uniform_real_distribution<double> exponent(std::log(low),
                                                    std::log(high));
    return std::max(low, std::floor(std::exp(exponent(generator))));
  }

  template <typename T> T pick(std::initializer_list<T> choices) {
    std::uniform_int_distribution<size_t> index(0, choices.size() - 1);
    return *(choices.begin() + index(generator));
  }

  Format format() {
    return pick({Format::Bf16, Format::Fp16, Format::Fp8, Format::Fp8Block,
                 Format::Int8, Format::Mxfp8, Format::Mxfp4, Format::Nvfp4,
                 Format::Fp32, Format::Tf32});
  }

  Gemm gemm() {
    Gemm work;
    work.m = size(1, 65536);
    work.n = size(1, 65536);
    work.k = size(1, 32768);
    work.batch = pick({1.0, 1.0, 1.0, 16.0, 192.0});
    work.a = format();
    work.b = pick({work.a, work.a, format()});
    work.quantiseA = needsQuantisation(work.a) && pick({true, false});
    return work;
  }

  GroupedGemm grouped() {
    GroupedGemm work;
    work.groups = size(1, 512);
    work.rowsPerGroup = size(1, 8192);
    work.n = size(64, 16384);
    work.k = size(64, 16384);
    work.a = work.b = format();
    work.busiestOverMean = pick({1.0, 1.5, 3.0});
    return work;
  }

  MoeExperts moe() {
    MoeExperts work;
    work.tokens = size(1, 65536);
    work.hidden = size(512, 16384);
    work.intermediate = size(256, 16384);
    work.experts = size(2, 512);
    work.topK = std::min(work.experts, size(1, 16));
    work.expertParallel = std::min(work.experts, pick({1.0, 2.0, 8.0}));
    work.tensorParallel = pick({1.0, 1.0, 8.0});
    work.weights = format();
    work.activations = pick({work.weights, Format::Bf16});
    work.routing = pick({Routing::Balanced, Routing::Uniform, Routing::Skewed});
    work.gated = pick({true, false});
    return work;
  }

  Attention attention() {
    Attention work;
    work.batch = size(1, 512);
    work.queryLength = pick({1.0, 1.0, size(17, 32768)});
    work.contextLength = std::max(work.queryLength, size(1, 262144));
    work.kvHeads = pick({1.0, 4.0, 8.0, 32.0});
    work.queryHeads = work.kvHeads * pick({1.0, 4.0, 8.0});
    work.keyDim = work.valueDim = pick({64.0, 128.0, 256.0});
    work.causal = pick({true, false});
    work.window = pick({0.0, 0.0, 128.0, 4096.0});
    work.latent = work.queryLength == 1 && pick({true, false, false});
    work.q = pick({Format::Bf16, Format::Fp8});
    work.kv = pick({Format::Bf16, Format::Fp8});
    work.library =
        pick({Library::Framework, Library::FlashAttention2,
              Library::FlashAttention3, Library::CuDnn, Library::Unfused});
    return work;
  }

  Vector vector() {
    Vector work;
    work.kind =
        pick({VectorKind::Elementwise, VectorKind::Activation, VectorKind::Norm,
              VectorKind::ResidualNorm, VectorKind::Softmax, VectorKind::Gather,
              VectorKind::Stream});
    work.read = Bytes(size(1, 4e10));
    work.written = Bytes(size(1, 4e10));
    work.operations = Operations(size(1, 1e13));
    work.rows = pick({0.0, size(1, 1e6)});
    return work;
  }

  Collective collective() {
    Collective work;
    work.kind = pick({CollectiveKind::AllReduce, CollectiveKind::AllGather,
                      CollectiveKind::ReduceScatter, CollectiveKind::AllToAll,
                      CollectiveKind::SendReceive});
    work.bytes = Bytes(size(1, 1e11));
    work.ranks = size(2, 576);
    work.library = pick({CollectiveLibrary::Nccl, CollectiveLibrary::OneShot,
                         CollectiveLibrary::Expert, CollectiveLibrary::Copy});
    work.withinScaleUp = pick({true, true, false});
    return work;
  }

  Kernel kernel() {
    Kernel kernel;
    switch (std::uniform_int_distribution<int>(0, 5)(generator)) {
    case 0:
      kernel.work = gemm();
      break;
    case 1:
      kernel.work = grouped();
      break;
    case 2:
      kernel.work = moe();
      break;
    case 3:
      kernel.work = attention();
      break;
    case 4:
      kernel.work = vector();
      break;
    default:
      kernel.work = collective();
    }
    return kernel;
  }

private:
  std::mt19937_64 generator{20260824};
};

/// The shipped systems and parameters.
struct Shipped {
  std::vector<System> systems;
  std::vector<Device> devices;
  std::vector<const Parameters *> parameters;
  std::unique_ptr<KernelModel> model;

  Shipped() {
    systems = llvm::cantFail(loadSystems());
    model = std::make_unique<KernelModel>(llvm::cantFail(KernelModel::load()));
    for (const System &system : systems) {
      devices.push_back(makeDevice(system));
      parameters.push_back(&model->parametersOf(system).values);
    }
  }
};

const Shipped &shipped() {
  static const Shipped instance;
  return instance;
}

/// Least time from the figures alone, counted here a second time.
Seconds independentBound(const Kernel &kernel, const Device &device) {
  if (const auto *gemm = std::get_if<Gemm>(&kernel.work)) {
    Format wide = widerFormat(gemm->a, gemm->b);
    Seconds compute =
        Operations(2 * gemm->batch * gemm->m * gemm->n * gemm->k) /
        device.matrixRate(wide).peak;
    Seconds memory =
        Bytes(gemm->batch * (gemm->k * gemm->n * bytesPerElement(gemm->b) +
                             gemm->m * gemm->n * bytesPerElement(gemm->out))) /
        device.memoryBandwidth;
    return std::max(compute, memory);
  }
  if (const auto *vector = std::get_if<Vector>(&kernel.work)) {
    return (vector->read + vector->written) / device.memoryBandwidth;
  }
  if (const auto *attention = std::get_if<Attention>(&kernel.work)) {
    if (attention->queryLength == 1 && attention->window == 0 &&
        !attention->latent) {
      return Bytes(attention->batch * attention->kvHeads *
                   attention->contextLength *
                   (attention->keyDim + attention->valueDim) *
                   bytesPerElement(attention->kv)) /
             device.memoryBandwidth;
    }
  }
  return Seconds(0);
}

Seconds timeOf(const Kernel &kernel, size_t system) {
  return costOf(kernel, shipped().devices[system],
                *shipped().parameters[system])
      .time;
}

TEST(KernelProperty, NeverFasterThanTheDataSheet) {
  RandomKernels random;
  size_t tried = 0;
  for (size_t i = 0; tried < 100000; ++i) {
    Kernel kernel = random.kernel();
    size_t system = i % shipped().devices.size();
    const Device &device = shipped().devices[system];
    if (llvm::Error error = checkFigures(kernel, device)) {
      llvm::consumeError(std::move(error));
      continue;
    }
    ++tried;
    Cost cost = costOf(kernel, device, *shipped().parameters[system]);
    ASSERT_TRUE(std::isfinite(cost.time.value()) && cost.time > Seconds(0))
        << device.system << ", kernel class " << kernel.work.index();
    ASSERT_GE(cost.time.value(), cost.bound.value() * (1 - 1e-9))
        << device.system << ", kernel class " << kernel.work.index();
    ASSERT_GE(cost.time.value(),
              independentBound(kernel, device).value() * (1 - 1e-9))
        << device.system << ", kernel class " << kernel.work.index();
    // Power stays within the package's limit.
    Watts mean =
        standingPower(device, *shipped().parameters[system]) +
        dynamicEnergy(cost.events, *shipped().parameters[system]) / cost.time;
    ASSERT_LE(mean.value(), device.power.value() * (1 + 1e-9))
        << device.system << ", kernel class " << kernel.work.index();
  }
}

/// `grow` makes the work larger; the time must not fall.
template <typename Work, typename Grow>
void expectMonotone(RandomKernels &random, Work (RandomKernels::*make)(),
                    Grow grow) {
  for (size_t i = 0; i < 4000; ++i) {
    Kernel small, large;
    Work work = (random.*make)();
    size_t system = i % shipped().devices.size();
    small.work = work;
    if (llvm::Error error = checkFigures(small, shipped().devices[system])) {
      llvm::consumeError(std::move(error));
      continue;
    }
    grow(work);
    large.work = work;
    ASSERT_GE(timeOf(large, system).value(),
              timeOf(small, system).value() * (1 - 1e-9))
        << shipped().devices[system].system << ", try " << i;
  }
}

TEST(KernelProperty, MoreWorkIsNeverFaster) {
  RandomKernels random;
  for (double Gemm::*side : {&Gemm::m, &Gemm::n, &Gemm::k, &Gemm::batch}) {
    expectMonotone(random, &RandomKernels::gemm, [&](Gemm &work) {
      work.*side = std::ceil(work.*side * random.pick({1.01, 1.5, 8.0}));
    });
  }
  for (double GroupedGemm::*side :
       {&GroupedGemm::groups, &GroupedGemm::rowsPerGroup, &GroupedGemm::n,
        &GroupedGemm::k, &GroupedGemm::busiestOverMean}) {
    expectMonotone(random, &RandomKernels::grouped, [&](GroupedGemm &work) {
      work.*side *= random.pick({1.01, 1.5, 8.0});
    });
  }
  expectMonotone(random, &RandomKernels::moe, [&](MoeExperts &work) {
    work.tokens = std::ceil(work.tokens * random.pick({1.01, 1.5, 8.0}));
  });
}

TEST(KernelProperty, MoreBytesAreNeverFaster) {
  RandomKernels random;
  expectMonotone(random, &RandomKernels::vector,
                 [&](Vector &work) { work.read *= random.pick({1.01, 3.0}); });
  expectMonotone(random, &RandomKernels::vector, [&](Vector &work) {
    work.written *= random.pick({1.01, 3.0});
  });
  expectMonotone(random, &RandomKernels::collective, [&](Collective &work) {
    work.bytes *= random.pick({1.01, 3.0});
  });
}

TEST(KernelProperty, LongerContextIsNeverFaster) {
  RandomKernels random;
  expectMonotone(random, &RandomKernels::attention, [&](Attention &work) {
    work.contextLength =
        std::ceil(work.contextLength * random.pick({1.01, 1.5, 8.0}));
  });
  expectMonotone(random, &RandomKernels::attention,
                 [&](Attention &work) { work.batch *= 2; });
}

} // namespace
