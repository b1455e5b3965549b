//===- KernelModelTest.cpp - Physics of each class of kernels -------------===//

#include "compiler-driver/Baselines/KernelModel.h"
#include "compiler-driver/Baselines/Serving.h"
#include "compiler-driver/Baselines/Tiles.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace acc::systems;

namespace {

/// Round numbers: 100 cores of 1 TFLOP/s, 1 TB/s, links of 100 GB/s.
Device makeDevice() {
  Device device;
  device.system = "round";
  device.matrixPeaks[Format::Bf16] = OperationsPerSecond(1e14);
  device.matrixPeaks[Format::Fp8] = OperationsPerSecond(2e14);
  device.vectorPeak = OperationsPerSecond(1e13);
  device.memoryBandwidth = BytesPerSecond(1e12);
  device.cache = Bytes(5e7);
  device.cores = 100;
  device.clock = Hertz(1e9);
  device.scaleUp = BytesPerSecond(1e11);
  device.scaleOut = BytesPerSecond(1e10);
  device.host = BytesPerSecond(5e10);
  device.scaleUpDevices = 8;
  device.power = Watts(500);
  return device;
}

/// No losses but those under test: every share is 1, every start almost 0.
Parameters ideal() {
  Parameters parameters;
  for (const ParameterInfo &info : allParameters()) {
    if (info.unit == "1" && info.high >= 1 && info.high < 1.5) {
      parameters.set(info.id, 1);
    } else if (info.unit == "s") {
      parameters.set(info.id, 1e-12);
    } else if (info.unit == "B/cycle") {
      parameters.set(info.id, 1e6);
    } else if (info.unit == "J/FLOP" || info.unit == "J/B") {
      parameters.set(info.id, 1e-18);
    }
  }
  parameters.set(Parameter::GemmOverlap, 20);
  return parameters;
}

Gemm square(double size) {
  Gemm gemm;
  gemm.m = gemm.n = gemm.k = size;
  return gemm;
}

TEST(Device, WidensToTheNextFormatThatItHas) {
  Device device = makeDevice();
  EXPECT_EQ(device.matrixRate(Format::Fp8Block).format, Format::Fp8);
  EXPECT_EQ(device.matrixRate(Format::Nvfp4).format, Format::Fp8);
  EXPECT_EQ(device.matrixRate(Format::Int8).format, Format::Bf16);
  EXPECT_EQ(device.matrixRate(Format::Fp16).format, Format::Bf16);
  EXPECT_EQ(device.matrixRate(Format::Fp8).bits, 8);
  EXPECT_EQ(device.matrixRate(Format::Bf16).bits, 16);
  EXPECT_EQ(device.matrixRate(Format::Fp64).peak, OperationsPerSecond(0));
  device.matrixPeaks[Format::Nvfp4] = OperationsPerSecond(4e14);
  EXPECT_EQ(device.matrixRate(Format::Mxfp4).bits, 4);
  // No faster than 8 bits: multiplied as those.
  device.matrixPeaks[Format::Nvfp4] = OperationsPerSecond(2e14);
  EXPECT_EQ(device.matrixRate(Format::Mxfp4).format, Format::Fp8);
}

TEST(Format, BytesWithTheirScales) {
  EXPECT_DOUBLE_EQ(bytesPerElement(Format::Nvfp4), 0.5625);
  EXPECT_DOUBLE_EQ(bytesPerElement(Format::Mxfp4), 0.53125);
  EXPECT_DOUBLE_EQ(bytesPerElement(Format::Fp8Block), 1.03125);
  EXPECT_EQ(parseFormat("int8 (smoothquant W8A8)"), Format::Int8);
  EXPECT_EQ(parseFormat("fp8 (1x128/128x128 scaled)"), Format::Fp8Block);
  EXPECT_EQ(parseFormat("bfloat16"), Format::Bf16);
  EXPECT_EQ(parseFormat("fp9"), std::nullopt);
}

TEST(Gemm, LargeOnesReachThePeak) {
  Gemm gemm = square(12800);
  Cost cost = costOf({"", gemm, Launch::Queued}, makeDevice(), ideal());
  EXPECT_NEAR(cost.time / cost.bound, 1, 0.02);
  EXPECT_EQ(cost.limit, Resource::Matrix);
}

TEST(Gemm, AWaveThatIsHardlyFilledCostsAWholeOne) {
  // 100 tiles of 256x128 fill the cores once, one more needs a second wave or
  // smaller tiles, which take loads and starts more often.
  TiledProduct product;
  product.m = 256;
  product.k = 4096;
  TileEngine engine;
  engine.cores = 100;
  engine.rate = OperationsPerSecond(1e12);
  engine.load = BytesPerSecond(3e10);
  engine.tile = Seconds(5e-6);
  engine.memory = BytesPerSecond(1e15);
  engine.order = 20;
  product.n = 100 * 128;
  Seconds full = tileProduct(product, engine).total;
  product.n = 101 * 128;
  Seconds more = tileProduct(product, engine).total;
  EXPECT_GT(more / full, 1.2);
}

TEST(Gemm, FewTilesAreSplitAlongK) {
  // One tile would leave 99 cores idle.
  TiledProduct product;
  product.m = product.n = 64;
  product.k = 65536;
  TileEngine engine;
  engine.cores = 100;
  engine.rate = OperationsPerSecond(1e12);
  engine.load = BytesPerSecond(1e13);
  engine.memory = BytesPerSecond(1e15);
  Seconds whole = Operations(2.0 * 64 * 64 * 65536) / engine.rate;
  EXPECT_LT(tileProduct(product, engine).total / whole, 0.2);
}

TEST(Gemm, OneRowStreamsTheWeights) {
  Gemm gemm;
  gemm.n = gemm.k = 16384;
  Device device = makeDevice();
  Cost bf16 = costOf({"", gemm, Launch::Queued}, device, ideal());
  EXPECT_EQ(bf16.limit, Resource::Memory);
  EXPECT_NEAR(bf16.time.value(), 16384.0 * 16384 * 2 / 1e12, 1e-5);
  gemm.a = gemm.b = Format::Fp8;
  Cost fp8 = costOf({"", gemm, Launch::Queued}, device, ideal());
  EXPECT_NEAR(bf16.time / fp8.time, 2, 0.02);
  gemm.quantiseA = true;
  Parameters parameters = ideal();
  parameters.set(Parameter::GemmQuantise, 7e-6);
  Cost quantised = costOf({"", gemm, Launch::Queued}, device, parameters);
  EXPECT_NEAR((quantised.time - fp8.time).value(), 7e-6, 1e-7);
}

TEST(Gemm, PowerLimitsLargeOnes) {
  Parameters parameters = ideal();
  parameters.set(Parameter::PowerIdle, 0.1);
  parameters.set(Parameter::PowerActive, 0.1);
  // At the peak, 1e14 operations of 8 pJ would take 800 W.
  parameters.set(Parameter::EnergyFlop16, 8e-12);
  Cost cost =
      costOf({"", square(12800), Launch::Queued}, makeDevice(), parameters);
  EXPECT_EQ(cost.limit, Resource::Power);
  Operations work(2.0 * 12800 * 12800 * 12800);
  EXPECT_NEAR((work / cost.time).value(), 400 / 8e-12, 1e11);
}

TEST(Experts, ABatchReadsTheExpertsThatItReaches) {
  MoeExperts moe;
  moe.hidden = 4096;
  moe.intermediate = 1024;
  moe.experts = 128;
  moe.topK = 8;
  Device device = makeDevice();
  auto memory = [&](double tokens) {
    moe.tokens = tokens;
    return costOf({"", moe, Launch::Queued}, device, ideal())
        .events.memory.value();
  };
  double expert = 3.0 * 4096 * 1024 * 2;
  // 8 tokens reach 64 experts when they are spread evenly, 16 all of them.
  EXPECT_NEAR(memory(8) / (64 * expert), 1, 0.05);
  EXPECT_NEAR(memory(16) / (128 * expert), 1, 0.05);
  EXPECT_NEAR(memory(32) / (128 * expert), 1, 0.05);
  // A device of eight holds and reads an eighth.
  moe.expertParallel = 8;
  EXPECT_NEAR(memory(32) / (16 * expert), 1, 0.05);
  // Independent choices miss some.
  moe.expertParallel = 1;
  moe.routing = Routing::Uniform;
  EXPECT_NEAR(memory(16) / ((1 - std::exp(-1.0)) * 128 * expert), 1, 0.05);
}

TEST(Attention, CausalPromptsTakeHalf) {
  Attention attention;
  attention.queryLength = attention.contextLength = 32768;
  attention.queryHeads = attention.kvHeads = 32;
  attention.library = Library::FlashAttention3;
  Device device = makeDevice();
  Parameters parameters = ideal();
  parameters.set(Parameter::PrefillExponentials, 256);
  Cost causal = costOf({"", attention, Launch::Queued}, device, parameters);
  attention.causal = false;
  Cost full = costOf({"", attention, Launch::Queued}, device, parameters);
  EXPECT_NEAR(full.time / causal.time, 2, 0.02);
  attention.causal = true;
  attention.window = 1024;
  Cost window = costOf({"", attention, Launch::Queued}, device, parameters);
  EXPECT_LT(window.time / causal.time, 0.1);
}

TEST(Attention, ExponentialsTakeTheirTime) {
  Attention attention;
  attention.queryLength = attention.contextLength = 32768;
  attention.queryHeads = attention.kvHeads = 32;
  attention.causal = false;
  attention.library = Library::FlashAttention3;
  Device device = makeDevice();
  Parameters parameters = ideal();
  auto seconds = [&](double perCycle) {
    parameters.set(Parameter::PrefillExponentials, perCycle);
    return costOf({"", attention, Launch::Queued}, device, parameters).time;
  };
  // One for each query, key and head, over all cores.
  double all = 32.0 * 32768 * 32768;
  double each = 1 / (device.cores * device.clock.value());
  EXPECT_NEAR((seconds(8) - seconds(16)).value() / (all * each / 16), 1, 0.02);
}

TEST(Attention, ARepeatedCacheThatFitsIsNotReadAgain) {
  Attention attention;
  attention.batch = 16;
  attention.contextLength = 1024;
  attention.queryHeads = 64;
  attention.kvHeads = 8;
  Device device = makeDevice();
  device.cache = Bytes(4 * 16 * 1024 * 8 * 256 * 2);
  auto seconds = [&] {
    return costOf({"", attention, Launch::Queued}, device, ideal())
        .time.value();
  };
  double cold = seconds();
  attention.warm = true;
  double warm = seconds();
  EXPECT_LT(warm, 0.7 * cold);
  attention.contextLength *= 8;
  double large = seconds();
  attention.warm = false;
  EXPECT_EQ(large, seconds());
}

TEST(Gemm, TilesOfFourBitsTakeTheirStepsOfK) {
  Gemm gemm;
  gemm.m = 1;
  gemm.n = 1024;
  gemm.a = gemm.b = Format::Nvfp4;
  Device device = makeDevice();
  device.matrixPeaks[Format::Nvfp4] = OperationsPerSecond(4e14);
  Parameters parameters = ideal();
  parameters.set(Parameter::GemmDepth4, 1e-8);
  auto seconds = [&](double k) {
    gemm.k = k;
    return costOf({"", gemm, Launch::Queued}, device, parameters).time.value();
  };
  EXPECT_NEAR((seconds(16384) - seconds(8192)) / (8192 * 1e-8), 1, 0.05);
}

TEST(Attention, DecodeReadsTheCacheOncePerKeyHead) {
  Attention attention;
  attention.batch = 64;
  attention.contextLength = 8192;
  attention.queryHeads = 64;
  attention.kvHeads = 8;
  Device device = makeDevice();
  auto time = [&] {
    return costOf({"", attention, Launch::Queued}, device, ideal()).time;
  };
  Seconds bf16 = time();
  EXPECT_NEAR(bf16.value(), 64.0 * 8 * 8192 * 256 * 2 / 1e12, 2e-5);
  attention.kv = Format::Fp8;
  EXPECT_NEAR(bf16 / time(), 2, 0.05);
  attention.window = 1024;
  EXPECT_NEAR(bf16 / time(), 16, 1);
  // A latent cache is one vector per token for all heads.
  attention.window = 0;
  attention.kv = Format::Bf16;
  attention.latent = true;
  attention.kvHeads = 1;
  attention.keyDim = 576;
  attention.valueDim = 512;
  Seconds latent = time();
  EXPECT_GT(latent.value(), 64.0 * 8192 * 576 * 2 / 1e12);
  EXPECT_LT(latent.value(), 1.6 * 64.0 * 8192 * 576 * 2 / 1e12);
}

TEST(Vector, RowsAreOneBlockEach) {
  Vector vector;
  vector.kind = VectorKind::ResidualNorm;
  vector.read = vector.written = Bytes(1e4);
  vector.rows = 1;
  Parameters parameters = ideal();
  parameters.set(Parameter::VectorRow, 10);
  Cost cost = costOf({"", vector, Launch::Queued}, makeDevice(), parameters);
  // 20 kB at 10 B per nanosecond.
  EXPECT_NEAR(cost.time.value(), 2e-6, 1e-8);
}

TEST(Collective, SwitchesThatReduceSaveHalf) {
  Collective collective;
  collective.bytes = Bytes(1e10);
  collective.ranks = 8;
  Device device = makeDevice();
  Seconds ring = costOf({"", collective, Launch::Queued}, device, ideal()).time;
  EXPECT_NEAR(ring.value(), 1e10 * 1.75 / 1e11, 1e-4);
  device.switchReduces = true;
  Seconds once = costOf({"", collective, Launch::Queued}, device, ideal()).time;
  EXPECT_NEAR(once.value(), 0.1, 1e-4);
}

TEST(Collective, BeyondTheScaleUpDomainTheNetworkCounts) {
  Collective collective;
  collective.kind = CollectiveKind::AllGather;
  collective.bytes = Bytes(1e9);
  collective.ranks = 16;
  Seconds far =
      costOf({"", collective, Launch::Queued}, makeDevice(), ideal()).time;
  EXPECT_NEAR(far.value(), 1e9 * 15 / 16 / 1e10, 1e-4);
}

TEST(Collective, SmallMessagesAreSentAtOnce) {
  Collective collective;
  collective.library = CollectiveLibrary::OneShot;
  collective.ranks = 8;
  Parameters parameters = ideal();
  parameters.set(Parameter::TwoShotStart, 1e-5);
  auto time = [&](double bytes) {
    collective.bytes = Bytes(bytes);
    return costOf({"", collective, Launch::Queued}, makeDevice(), parameters)
        .time.value();
  };
  EXPECT_NEAR(time(1e4), 7 * 1e4 / 1e11, 1e-9);
  EXPECT_NEAR(time(1e8), 1e-5 + 1.75 * 1e8 / 1e11, 1e-8);
}

TEST(Collective, ExpertsExchangeOverLinksAndNetwork) {
  Collective collective;
  collective.kind = CollectiveKind::SendReceive;
  collective.library = CollectiveLibrary::Expert;
  collective.bytes = Bytes(1e9);
  auto time = [&](double ranks) {
    collective.ranks = ranks;
    return costOf({"", collective, Launch::Queued}, makeDevice(), ideal())
        .time.value();
  };
  // Within eight devices all goes over links of 100 GB/s; of 16, half over a
  // network of 10 GB/s, of 32, three quarters.
  EXPECT_NEAR(time(8), 0.01, 1e-5);
  EXPECT_NEAR(time(16), 0.05, 1e-5);
  EXPECT_NEAR(time(32), 0.075, 1e-5);
}

TEST(Vector, WideRowsAreReadAgain) {
  Vector vector;
  vector.kind = VectorKind::Softmax;
  vector.read = vector.written = Bytes(1e9);
  auto time = [&](double rowBytes) {
    vector.rows = 1e9 / rowBytes;
    return costOf({"", vector, Launch::Queued}, makeDevice(), ideal())
        .time.value();
  };
  EXPECT_NEAR(time(16000), 2e-3, 1e-5);
  EXPECT_NEAR(time(32000), 3e-3, 1e-5);
  vector.kind = VectorKind::Norm;
  EXPECT_NEAR(time(32000), 3e-3, 1e-5);
  vector.kind = VectorKind::Elementwise;
  EXPECT_NEAR(time(32000), 2e-3, 1e-5);
}

TEST(Serving, EnergyIsPowerTimesTime) {
  Serving serving;
  serving.model = *findModel(llvm::cantFail(loadModelShapes()), "llama-3.1-8b");
  serving.batch = 1;
  serving.promptLength = 1;
  serving.outputLength = 1000;
  Device device = makeDevice();
  Parameters parameters = ideal();
  parameters.set(Parameter::PowerIdle, 0.2);
  parameters.set(Parameter::PowerActive, 0.3);
  StepCost step = servingStep(serving, device, parameters);
  // A step of one sequence reads all weights but the embedding.
  double weights = (8.03e9 - 128256.0 * 4096) * 2;
  EXPECT_NEAR(step.time().value() / (weights / 1e12), 1, 0.05);
  Joules energy = energyPerToken(serving, step, device, parameters);
  EXPECT_NEAR(energy.value() / (250 * step.time().value()), 1, 0.01);
  // Two devices halve the time; both draw power.
  serving.devices = 2;
  StepCost half = servingStep(serving, device, parameters);
  EXPECT_NEAR(half.time() / step.time(), 0.5, 0.03);
  EXPECT_NEAR(energyPerToken(serving, half, device, parameters) / energy, 1,
              0.05);
}

TEST(KernelModel, SaysWhatAnAnswerRestsOn) {
  KernelModel model = llvm::cantFail(KernelModel::load());
  System h200 = llvm::cantFail(loadSystem("h200"));
  Estimate estimate =
      llvm::cantFail(model.estimate({"", square(8192), Launch::Queued}, h200));
  EXPECT_GT(estimate.time, estimate.bound);
  EXPECT_GT(estimate.energy, Joules(0));
  EXPECT_TRUE(estimate.error.measuredSystem);
  EXPECT_LT(estimate.error.low, 1);
  EXPECT_GT(estimate.error.high, 1);
  auto has = [&](llvm::StringRef id) {
    return std::any_of(
        estimate.basis.begin(), estimate.basis.end(),
        [&](const Basis &b) { return b.id == id && !b.source.empty(); });
  };
  EXPECT_TRUE(has("h200/peak_bf16"));
  EXPECT_TRUE(has("hopper/gemm.rate_16"));
}

TEST(KernelModel, SystemsWithoutMeasurementsHaveTheWiderError) {
  KernelModel model = llvm::cantFail(KernelModel::load());
  System h200 = llvm::cantFail(loadSystem("h200"));
  System rubin = llvm::cantFail(loadSystem("vera-rubin-nvl72"));
  System gb300 = llvm::cantFail(loadSystem("gb300-nvl72"));
  EXPECT_EQ(model.parametersOf(rubin).name, "blackwell");
  EXPECT_EQ(model.parametersOf(llvm::cantFail(loadSystem("tpu-v5e"))).name,
            "pooled");
  auto error = [&](const System &system) {
    return model.errorOf(ErrorClass::Gemm, system).meanAbsolute;
  };
  EXPECT_LT(error(h200), error(gb300));
  EXPECT_LT(error(gb300), error(rubin));
}

TEST(KernelModel, NamesTheFigureThatIsMissing) {
  KernelModel model = llvm::cantFail(KernelModel::load());
  System mi210 = llvm::cantFail(loadSystem("mi210"));
  Collective collective;
  auto estimate = model.estimate({"", collective, Launch::Queued}, mi210);
  ASSERT_FALSE(bool(estimate));
  EXPECT_EQ(llvm::toString(estimate.takeError()),
            "system 'mi210' has no scaleup_one_way");
}

} // namespace
