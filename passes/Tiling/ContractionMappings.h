//===- ContractionMappings.h - What is free in a contraction ----*- C++ -*-===//
//
// The search for tiles (ContractionSearch.cpp) lists mappings, and makes of
// each the largest tile that fits. Of this folder only.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_TILING_CONTRACTIONMAPPINGS_H
#define PASSES_TILING_CONTRACTIONMAPPINGS_H

#include "passes/Tiling/ContractionTile.h"

namespace xpu {

/// What is free in the choice of a tile; the rest follows from what fits.
struct Mapping {
  unsigned stationary = 1;
  int64_t columns = 1;    ///< Fetched as one, for several passes of the array.
  bool isOneStep = false; ///< Over the reduction.
  /// Accumulators of one tile are stored while those of the next are written.
  bool takesTurns = false;
  int64_t parts = 1; ///< Of the rows of a tile, with own accumulators.
  int64_t stationaryBanks = 1;
  int64_t resultBanks = 1;
  bool isSpread = false; ///< Copies that the array reads or writes across rows.
  bool rowsAreInner = false; ///< Of the loops over tiles of the result.
  int64_t weightPlaces = 2;  ///< Tiles of weights at a time.
  bool areScalesWhole = false;
  bool areWeightsWhole = false;
  int64_t batches = 1;  ///< Of a tile.
  int64_t sumSteps = 1; ///< Parts of the contraction, at least.
  /// Operands whose copies stay for all tiles that read them.
  enum { KeepNone, KeepOuter, KeepBoth } keeps = KeepNone;
  /// Rows for the whole contraction may take all of their region: the array
  /// waits for the next ones, but columns are many meanwhile.
  bool isRowAlone = false;
  bool areRowsInParts = false; ///< Each part of a tile has a copy of its rows.
};

/// The dimension that runs over the columns of the array.
unsigned getColumnDim(mlir::linalg::LinalgOp op,
                      llvm::ArrayRef<unsigned> columnDims);

/// Mappings with a tile each, of those that differ in what they cost;
/// `isAlone`: the contraction is the whole program.
llvm::SmallVector<Mapping> getMappings(mlir::linalg::LinalgOp op,
                                       const ContractionDims &dims,
                                       const acc::Target &target, bool isAlone);

/// The largest tile of a mapping that fits in the scratchpad.
mlir::FailureOr<ContractionTile> chooseTile(mlir::linalg::LinalgOp op,
                                            const ContractionDims &dims,
                                            const Mapping &mapping,
                                            const acc::Target &target,
                                            int64_t bodyCommands);

} // namespace xpu

#endif // PASSES_TILING_CONTRACTIONMAPPINGS_H
