//===- GroupedModel.cpp - Grouped products and experts --------------------===//
//
// A grouped product is tiles of all groups over the cores. The experts of a
// layer are two of them, and the passes that route, gather, activate and sum.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Baselines/Cost.h"
#include "compiler-driver/Baselines/Tiles.h"

#include <algorithm>
#include <cmath>

namespace acc::systems {

namespace {

double innerRate(Format format, int bits, const Parameters &parameters) {
  double dense = parameters[bits > 8   ? Parameter::GemmRate16
                            : bits > 4 ? Parameter::GemmRate8
                                       : Parameter::GemmRate4];
  bool block = format == Format::Fp8Block;
  return std::min(1.0, dense * parameters[block ? Parameter::GroupedRateBlock
                                                : Parameter::GroupedRate]);
}

/// Without the start of the launch.
Cost productCost(const GroupedGemm &gemm, const Device &device,
                 const Parameters &parameters) {
  Format wide = widerFormat(gemm.a, gemm.b);
  MatrixRate rate = device.matrixRate(wide);
  TiledProduct product{gemm.groups,
                       gemm.rowsPerGroup * gemm.busiestOverMean,
                       gemm.n,
                       gemm.k,
                       bytesPerElement(gemm.a),
                       bytesPerElement(gemm.b),
                       bytesPerElement(gemm.out)};
  TileEngine engine;
  engine.cores = device.cores;
  engine.rate =
      rate.peak * innerRate(wide, rate.bits, parameters) / device.cores;
  product.splits = false;
  engine.depth = Seconds(rate.bits > 4 ? 0 : parameters[Parameter::GemmDepth4]);
  engine.anyWidth = device.productsOfAnyWidth && rate.bits > 4;
  engine.mostResults = mostResultsOf(wide);
  engine.load = Bytes(parameters[Parameter::GemmCoreLoad]) * device.clock;
  engine.tile = Seconds(parameters[Parameter::GroupedTile]);
  engine.memory = device.memoryBandwidth * parameters[Parameter::GroupedMemory];
  engine.order = parameters[Parameter::GemmOverlap];
  TiledTime time = tileProduct(product, engine);

  Cost cost;
  product.m = gemm.rowsPerGroup;
  Operations work(2 * gemm.groups * gemm.rowsPerGroup * gemm.n * gemm.k);
  addMatrix(cost.events, work, rate.bits);
  cost.events.memory = compulsoryBytes(product);
  cost.bound =
      std::max(work / rate.peak, cost.events.memory / device.memoryBandwidth);
  cost.time = time.total;
  cost.limit = time.memory > time.cores ? Resource::Memory : Resource::Matrix;
  return cost;
}

/// Experts of the device that get a token.
double activeExperts(const MoeExperts &moe, double localHits) {
  double experts = std::max(1.0, moe.experts / moe.expertParallel);
  // One rank is the busiest, and it has at least one token.
  double hits = std::max(1.0, localHits);
  if (moe.routing == Routing::Balanced) {
    return std::min(experts, hits);
  }
  // Independent uniform choices miss some experts.
  return std::max(1.0, experts * (1 - std::pow(1 - 1 / experts, hits)));
}

/// Fullest expert over the mean.
double imbalance(Routing routing) {
  // Estimates: power-law routing of the measurements' generators gives the
  // fullest expert about twice the mean.
  return routing == Routing::Balanced  ? 1
         : routing == Routing::Uniform ? 1.2
                                       : 2;
}

/// Traffic of the passes around the products. Rows are copied for each of
/// their experts, in the operands' format, and the experts' results, in bf16,
/// are added up; a token that several experts read is in the cache. Every
/// device of an expert-parallel group looks at all tokens.
Bytes movedBytes(const MoeExperts &moe, double hits, const Device &device) {
  double operand = bytesPerElement(moe.activations);
  double copied = operand, perToken = 2 + 2;
  if (moe.activations == Format::Fp8Block) {
    // Copied in bf16 and quantised by a pass of its own, unless the product
    // gathers rows by itself.
    copied = device.gathersBlocks ? 0 : 2 + 2 + operand;
    perToken += device.gathersBlocks ? operand : 0;
  }
  return Bytes(moe.hidden * (hits * (copied + 2) + moe.tokens * perToken));
}

} // namespace

Cost groupedGemmCost(const GroupedGemm &gemm, const Device &device,
                     const Parameters &parameters) {
  Cost cost = productCost(gemm, device, parameters);
  cost.time += Seconds(parameters[Parameter::GemmStart]);
  return cost;
}

Cost moeCost(const MoeExperts &moe, const Device &device,
             const Parameters &parameters) {
  double hits = std::max(1.0, moe.tokens * moe.topK / moe.expertParallel);
  double active = activeExperts(moe, hits);
  double inner = std::max(1.0, moe.intermediate / moe.tensorParallel);
  double widths = moe.gated ? 2 : 1;

  GroupedGemm up;
  up.groups = active;
  up.rowsPerGroup = hits / active;
  up.n = widths * inner;
  up.k = moe.hidden;
  up.a = moe.activations;
  up.b = moe.weights;
  up.busiestOverMean = imbalance(moe.routing);
  GroupedGemm down = up;
  down.n = moe.hidden;
  down.k = inner;

  // The activation is fused into the first product.
  double operand = bytesPerElement(moe.activations);
  Cost move;
  move.events.memory = movedBytes(moe, hits, device);
  move.time = move.events.memory /
              (device.memoryBandwidth * parameters[Parameter::MoeMove]);
  move.limit = Resource::Memory;

  Cost cost = productCost(up, device, parameters);
  cost += productCost(down, device, parameters);
  // A fused implementation keeps what lies between the products on chip: the
  // bound is that of the weights, the input and the output alone.
  double weights =
      active * moe.hidden * inner * (widths + 1) * bytesPerElement(moe.weights);
  double tokens = hits / moe.topK * moe.hidden * 4;
  Operations work(2 * hits * moe.hidden * inner * (widths + 1));
  cost.bound = std::max(
      work / device.matrixRate(widerFormat(moe.activations, moe.weights)).peak,
      Bytes(weights + tokens) / device.memoryBandwidth);
  cost += move;
  Cost start;
  start.time = Seconds(parameters[Parameter::MoeStart]);
  if (operand < 0.9) {
    start.time += Seconds(parameters[Parameter::MoeStart4]);
  }
  cost += start;
  return cost;
}

} // namespace acc::systems
