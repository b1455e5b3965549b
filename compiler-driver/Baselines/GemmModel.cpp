//===- GemmModel.cpp - One matrix multiplication --------------------------===//
//
// Tiles over cores, memory traffic, power, and the pass that quantises.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Baselines/Cost.h"
#include "compiler-driver/Baselines/Tiles.h"

#include <algorithm>

namespace acc::systems {

namespace {

Parameter rateOf(int bits) {
  return bits > 8   ? Parameter::GemmRate16
         : bits > 4 ? Parameter::GemmRate8
                    : Parameter::GemmRate4;
}

/// Reads bf16, writes the format: a kernel before the multiplication.
Cost quantiseCost(double elements, Format format, const Device &device,
                  const Parameters &parameters) {
  Cost cost;
  cost.events.memory = Bytes(elements * (2 + bytesPerElement(format)));
  cost.bound = cost.events.memory / device.memoryBandwidth;
  bool narrow = bytesPerElement(format) < 0.9;
  Seconds start(
      parameters[narrow ? Parameter::GemmQuantise4 : Parameter::GemmQuantise]);
  cost.time = start + cost.bound / parameters[Parameter::VectorStream];
  cost.limit = Resource::Latency;
  return cost;
}

} // namespace

Cost gemmCost(const Gemm &gemm, const Device &device,
              const Parameters &parameters) {
  Format wide = widerFormat(gemm.a, gemm.b);
  MatrixRate rate = device.matrixRate(wide);
  TiledProduct product{gemm.batch,
                       gemm.m,
                       gemm.n,
                       gemm.k,
                       bytesPerElement(gemm.a) / gemm.aOverlap,
                       bytesPerElement(gemm.b),
                       bytesPerElement(gemm.out)};
  product.splits = rate.bits > 4;
  TileEngine engine;
  engine.cores = device.cores;
  engine.rate = rate.peak * parameters[rateOf(rate.bits)] / device.cores;
  engine.load = Bytes(parameters[Parameter::GemmCoreLoad]) * device.clock;
  engine.tile = Seconds(parameters[Parameter::GemmTile]);
  engine.anyWidth = device.productsOfAnyWidth && rate.bits > 4;
  engine.mostResults = mostResultsOf(wide);
  engine.depth = Seconds(rate.bits > 4 ? 0 : parameters[Parameter::GemmDepth4]);
  engine.memory = device.memoryBandwidth * parameters[Parameter::GemmMemory];
  engine.order = parameters[Parameter::GemmOverlap];
  TiledTime time = tileProduct(product, engine);

  Cost cost;
  Operations work(2 * gemm.batch * gemm.m * gemm.n * gemm.k);
  addMatrix(cost.events, work, rate.bits);
  cost.events.memory = compulsoryBytes(product);
  cost.bound =
      std::max(work / rate.peak, cost.events.memory / device.memoryBandwidth);
  Seconds start(parameters[Parameter::GemmStart]);
  cost.time = time.total;
  cost.limit = time.memory > time.cores ? Resource::Memory : Resource::Matrix;
  if (start > cost.time) {
    cost.limit = Resource::Latency;
  }
  cost.time += start;
  if (gemm.quantiseA) {
    Cost quantise =
        quantiseCost(gemm.batch * gemm.m * gemm.k, gemm.a, device, parameters);
    quantise += cost;
    return quantise;
  }
  return cost;
}

} // namespace acc::systems
