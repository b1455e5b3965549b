//===- Tiles.cpp - Matrix products cut into tiles over cores --------------===//

#include "compiler-driver/Baselines/Tiles.h"

#include "compiler-driver/Baselines/Cost.h"

#include <algorithm>
#include <cmath>

namespace acc::systems {

namespace {

struct TileShape {
  double m, n, split;
};

/// Output tiles of CUTLASS' and cuBLAS' kernels, and their splits of k.
constexpr TileShape shapes[] = {
    {256, 128, 1}, {128, 256, 1}, {128, 128, 1}, {128, 64, 1}, {64, 128, 1},
    {64, 64, 1},   {128, 128, 2}, {128, 128, 4}, {64, 128, 2}, {64, 128, 4},
    {64, 64, 2},   {64, 64, 4},   {64, 64, 8},   {64, 128, 8}};

/// Rows that a matrix instruction works on at least.
constexpr double instructionRows = 64;

/// Improves `best`, if this shape is faster.
void tryShape(const TiledProduct &p, const TileEngine &engine,
              const TileShape &shape, TiledTime &best) {
  if ((shape.split > 1 && !p.splits) ||
      shape.m * shape.n > engine.mostResults) {
    return;
  }
  double tilesM = std::ceil(p.m / shape.m), tilesN = std::ceil(p.n / shape.n);
  double depth = p.k / shape.split;
  double tiles = p.count * tilesM * tilesN * shape.split;
  double waves = std::ceil(tiles / engine.cores);

  double rows = std::min(shape.m, std::max(p.m, instructionRows));
  Operations work(2 * rows * shape.n * depth);
  Bytes operands(
      (std::min(shape.m, p.m) * p.bytesA + std::min(shape.n, p.n) * p.bytesB) *
      depth);
  // Tiles that run at once share what they read through the cache: together
  // they are about square.
  double side = std::sqrt(engine.cores * shape.m * shape.n);
  double traffic = p.count * p.m * p.n * p.k * (p.bytesA + p.bytesB) / side;
  Bytes bytes = std::max(Bytes(traffic), compulsoryBytes(p));
  // Splits write fp32 sums and read them again.
  bytes += Bytes(shape.split > 1 ? p.count * p.m * p.n * 8 * shape.split : 0);

  TiledTime time;
  time.memory = bytes / engine.memory;
  // Loads and products of a core overlap tile by tile. Most shapes lose before
  // the overlaps are computed.
  Seconds steps = depth * engine.depth;
  if (std::max(waves * (std::max({work / engine.rate, operands / engine.load,
                                  steps}) +
                        engine.tile),
               time.memory) >= best.total) {
    return;
  }
  Seconds tile = std::max(
      steps, overlap(work / engine.rate, operands / engine.load, engine.order));
  time.cores = waves * (tile + engine.tile);
  time.total = overlap(time.cores, time.memory, engine.order);
  if (time.total < best.total) {
    best = time;
  }
}

} // namespace

Bytes compulsoryBytes(const TiledProduct &p) {
  return Bytes(p.count * (p.m * p.k * p.bytesA + p.n * p.k * p.bytesB +
                          p.m * p.n * p.bytesOut));
}

TiledTime tileProduct(const TiledProduct &product, const TileEngine &engine) {
  TiledTime best;
  best.total = Seconds(INFINITY);
  for (const TileShape &shape : shapes) {
    tryShape(product, engine, shape, best);
  }
  for (double width = 80; engine.anyWidth && width < 256; width += 16) {
    for (TileShape shape :
         {TileShape{128, width, 1}, TileShape{256, width, 1},
          TileShape{64, width, 1}, TileShape{128, width, 2}}) {
      tryShape(product, engine, shape, best);
    }
  }
  return best;
}

} // namespace acc::systems
