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
  int64_t columnRows = 1; ///< Rows of columns, if the array has room for more.
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

/// The dimension that runs over the columns of the array; `ranges`: iterations
/// of all loops.
unsigned getColumnDim(llvm::ArrayRef<int64_t> ranges,
                      llvm::ArrayRef<unsigned> columnDims);

/// Columns of two dimensions: the innermost one of the result, all of it, and
/// the one around it, whose iterations are rows of columns. In an image that
/// is padded, or whose windows go over borders of rows, such rows begin further
/// apart than they are long.
struct ColumnRows {
  unsigned dim, inner;
  int64_t pitch; ///< Columns from the begin of a row to that of the next.
  int64_t most;  ///< Rows that the array has columns for, two or more.
  /// Of the contraction, loops over windows of which a step has one element, as
  /// rows are passed over: those in between would be columns for nothing.
  llvm::SmallVector<unsigned> single;
};
mlir::FailureOr<ColumnRows> findColumnRows(mlir::linalg::LinalgOp op,
                                           const ContractionDims &dims,
                                           unsigned stationary,
                                           const acc::Target &target);

/// Mappings with a tile each, of those that differ in what they cost;
/// `isAlone`: the contraction is the whole program.
llvm::SmallVector<Mapping> getMappings(mlir::linalg::LinalgOp op,
                                       const ContractionDims &dims,
                                       const acc::Target &target, bool isAlone);

/// The largest tile of a mapping that fits in the scratchpad; `ranges` are the
/// iterations of the operation's loops.
mlir::FailureOr<ContractionTile>
chooseTile(mlir::linalg::LinalgOp op, const ContractionDims &dims,
           llvm::ArrayRef<int64_t> ranges, const Mapping &mapping,
           const acc::Target &target, int64_t bodyCommands);

} // namespace xpu

#endif // PASSES_TILING_CONTRACTIONMAPPINGS_H
