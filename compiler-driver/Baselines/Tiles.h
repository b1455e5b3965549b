//===- Tiles.h - Matrix products cut into tiles over cores ------*- C++ -*-===//

#ifndef COMPILER_DRIVER_SYSTEMS_TILES_H
#define COMPILER_DRIVER_SYSTEMS_TILES_H

#include "compiler-driver/Baselines/Format.h"
#include "compiler-driver/Baselines/Units.h"

namespace acc::systems {

/// `count` products of m×k by k×n of the same shape.
struct TiledProduct {
  double count = 1, m = 1, n = 1, k = 1;
  double bytesA = 2, bytesB = 2, bytesOut = 2; ///< of an element
  bool splits = true; ///< whether there are kernels that split k
};

/// What one core does, and how many there are.
struct TileEngine {
  double cores = 1;
  OperationsPerSecond rate; ///< of one core in the inner loop
  BytesPerSecond load;      ///< of one core from cache and memory
  Seconds tile;             ///< of a tile outside of its inner loop
  BytesPerSecond memory;    ///< of the device
  Seconds depth;            ///< of a step of k at least
  double order = 4;         ///< of the overlap of compute and memory
  bool anyWidth = false;    ///< tiles of any multiple of 16 columns
  /// Results of a tile at most: what registers or tensor memory hold.
  double mostResults = 256 * 160;
};

struct TiledTime {
  Seconds cores;  ///< of the core that works longest
  Seconds memory; ///< of the memory traffic
  Seconds total;  ///< both, overlapped
};

/// With a scale per block of k, sums are kept twice: those of the block, and
/// the scaled ones.
inline double mostResultsOf(Format format) {
  return format == Format::Fp8Block ? 128 * 160 : 256 * 160;
}

/// The fastest of the tile shapes and splits of k that libraries choose from.
/// Waves are counted in whole tiles per core: a last wave that fills few cores
/// takes as long as a full one.
TiledTime tileProduct(const TiledProduct &product, const TileEngine &engine);

/// Memory traffic that no schedule avoids.
Bytes compulsoryBytes(const TiledProduct &product);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_TILES_H
