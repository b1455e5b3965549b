//===- ContractionTile.h - How a contraction is cut -------------*- C++ -*-===//

#ifndef PASSES_TILING_CONTRACTIONTILE_H
#define PASSES_TILING_CONTRACTIONTILE_H

#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Tiling/Passes.h"
#include "passes/Tiling/Tiling.h"
#include "llvm/ADT/StringMap.h"

#include <optional>
#include <vector>

namespace xpu {

/// How a contraction is cut, and what that costs.
struct ContractionTile {
  llvm::SmallVector<int64_t> sizes; ///< By loop dimension.
  /// Of a batch, tiles may have several, which are loaded with one command and
  /// multiplied one by one. The dimension is one of the columns if there is no
  /// batch.
  unsigned batchDim = 0;
  int64_t batches = 1;
  unsigned columnDim = 0; ///< Runs over the columns of the array.
  /// Iterations of a second dimension over the columns are rows of `columnDim`,
  /// whose begins are so many columns apart, as rows of an image are in the
  /// windows of a convolution; that dimension is `columnDim` if there is none.
  unsigned columnRowDim = 0;
  int64_t columnPitch = 0;
  bool hasColumnRows() const { return columnRowDim != columnDim; }
  /// Columns from the first to the last of a tile of `sizes`.
  int64_t countColumns(llvm::ArrayRef<int64_t> sizes) const {
    return hasColumnRows()
               ? (sizes[columnRowDim] - 1) * columnPitch + sizes[columnDim]
               : sizes[columnDim];
  }
  unsigned stationary = 1;     ///< Operand whose tiles are the weights.
  int64_t stationaryBanks = 0; ///< Of the scratchpad, for the weights.
  int64_t resultBanks = 0;     ///< The same for results.
  int64_t weightPlaces = 2;    ///< Tiles of weights that take turns, at least.
  int64_t weightRoom = 2;      ///< As many as there is room for, at most 4.
  bool takesTurns = false;     ///< Half of the accumulators at a time.
  /// The rows of a tile are cut along this dimension, and each part has
  /// accumulators of its own: what one leaves is free for the next tile while
  /// the others are still summed.
  unsigned rowDim = 0;
  int64_t partRows = 0; ///< Of that dimension.
  bool keepsOperands() const { return keepsRows || keepsWeights; }
  /// Parts of a tile of `sizes` along it.
  int64_t countParts(llvm::ArrayRef<int64_t> sizes) const {
    return ceilDiv(sizes[rowDim], partRows);
  }
  /// Tiles of rows come one after the other for the same columns, whose weights
  /// then stay; otherwise columns for the same rows.
  bool rowsAreInner = false;
  /// The streamed operand of a tile is fetched for the whole contraction.
  bool isRowWhole = false;
  /// Each part of a tile has a copy of its rows of a step: the place of the
  /// first is free for the next step but one while the last is multiplied.
  bool areRowsInParts = false;
  /// The weights are, for all rows.
  bool areWeightsWhole = false;
  /// Scales of blocks are fetched for the whole contraction, not with each
  /// step. A tile of a step has few of them in a row: short runs of memory.
  bool areScalesWhole = false;
  /// Copies of steps of the streamed operand, or of the weights, stay for all
  /// tiles that read them, so that each is loaded once: what `isRowWhole`
  /// saves, without a wait for all of it. Loops are written out then.
  bool keepsRows = false, keepsWeights = false;
  /// Inputs whose copies have rows an odd number of elements apart (bytes, of
  /// blocks): the array reads along their outer dimension, which would meet one
  /// column of banks again and again. The same of the result, which it writes
  /// so. Scales are always so.
  llvm::SmallDenseSet<unsigned> spreadInputs;
  bool spreadsResult = false;
  uint64_t cycles = 0; ///< Of all tiles, an estimate.

  /// All of the above but the banks: tiles with the same are cut alike.
  std::vector<int64_t> getCut() const;
};

/// A contraction, and tiles for it.
struct TiledContraction {
  mlir::linalg::LinalgOp op;
  ContractionTile tile;
};

/// Up to `most` tiles that fit in the scratchpad, with either operand
/// stationary: those that are quickest by the machine's formulas, the best
/// first. Where nothing else is in the program (`isAlone`), its start and its
/// end hide behind nothing, and steps are shorter.
llvm::SmallVector<ContractionTile>
findContractionTiles(mlir::linalg::LinalgOp op, const ContractionDims &dims,
                     const acc::Target &target, int64_t bodyCommands,
                     size_t most, bool isAlone);

/// The tiles of products, each found and simulated once: those of layers that
/// are alike are the same.
class ContractionChoices {
public:
  /// `products` of them are in the program: where they are many, short
  /// simulations say which tiles are worth long ones.
  ContractionChoices(const acc::Target &target, int64_t bodyCommands,
                     bool isAlone, size_t products)
      : target(target), bodyCommands(bodyCommands), isAlone(isAlone),
        areMany(products > kMany) {}

  /// What the product takes by the estimates, in cycles; fails if no tile fits.
  mlir::FailureOr<uint64_t> estimate(mlir::linalg::LinalgOp op,
                                     const ContractionDims &dims);
  /// The tile of a rank by a simulation, 0 is the quickest; that one, too, if
  /// there are not so many that are about as quick. Fails if none fits.
  mlir::FailureOr<ContractionTile> choose(mlir::linalg::LinalgOp op,
                                          const ContractionDims &dims,
                                          size_t rank = 0);

  /// What products that follow each other take together in a simulation.
  uint64_t simulate(llvm::ArrayRef<TiledContraction> products,
                    const ContractionDims &dims) const;

private:
  /// That a simulation makes of the memory.
  static constexpr int64_t kRequests = 49152;
  /// More products than a layer of a transformer has.
  static constexpr size_t kMany = 24;

  const acc::Target &target;
  int64_t bodyCommands;
  bool isAlone; ///< The product is all of the program.
  bool areMany;
  struct Search {
    /// The best by the estimates, in this order; once simulated, by rank.
    llvm::SmallVector<ContractionTile> tiles;
    uint64_t estimate = 0; ///< Of the first one, in cycles.
    bool isSimulated = false;
  };
  llvm::StringMap<Search> known; ///< By `getKey`.

  Search &search(mlir::linalg::LinalgOp op, const ContractionDims &dims);
  /// Simulates tiles, and orders them by that.
  void rank(mlir::linalg::LinalgOp op, const ContractionDims &dims,
            llvm::SmallVectorImpl<ContractionTile> &tiles);
  /// Of many tiles, those that are quickest in a short simulation.
  void keepBest(mlir::linalg::LinalgOp op, const ContractionDims &dims,
                llvm::SmallVectorImpl<ContractionTile> &tiles);
};

/// Loops over the tiles of the result, and in each over the contraction.
struct ContractionLoops {
  TileLoops tiles, sums;
  size_t numOuter; ///< Of the former, those that what tiles share moves in.
  llvm::SmallVector<unsigned> dims; ///< Of both, the outermost first.
  int64_t steps; ///< Of the contraction, for each tile of the result.
};
/// Loops of dimensions in `unrolled` are written out; `bodyCommands` as in
/// Passes.h.
ContractionLoops
makeContractionLoops(mlir::linalg::LinalgOp op, const ContractionDims &dims,
                     const ContractionTile &tile, const acc::Target &target,
                     int64_t bodyCommands,
                     const llvm::SmallDenseSet<unsigned> &unrolled = {});

/// Banks for what the epilogue of a tile reads: those that two tiles of rows
/// leave, if a piece has room there; 0: there are none of its own.
int64_t countReadBanks(mlir::linalg::LinalgOp op, const ContractionDims &dims,
                       const ContractionTile &tile, const acc::Target &target,
                       int64_t bodyCommands);

/// Cycles of all tiles, as the engines' clocks say (TileSchedule.h); `limit` if
/// it is at least that.
uint64_t estimateContraction(mlir::linalg::LinalgOp op,
                             const ContractionDims &dims,
                             const ContractionTile &tile,
                             const acc::Target &target, int64_t bodyCommands,
                             uint64_t limit);

/// The same with the memory's own timing (TileSimulation.h), of as many tiles
/// as make so many requests; more of them go on at their pace.
uint64_t simulateContraction(mlir::linalg::LinalgOp op,
                             const ContractionDims &dims,
                             const ContractionTile &tile,
                             const acc::Target &target, int64_t bodyCommands,
                             int64_t requests);

/// The same of products that follow each other: the next one begins while the
/// one before ends. None if they make more requests than that.
std::optional<uint64_t>
simulateInTurn(llvm::ArrayRef<TiledContraction> products,
               const ContractionDims &dims, const acc::Target &target,
               int64_t bodyCommands, int64_t requests);

/// Columns of the array that a pass over `columns` takes: as few passes as
/// possible, and if they can be of whole lines of memory (of 4-byte results),
/// equal ones.
int64_t getPassColumns(const acc::Target &target, int64_t columns);

/// Bytes of scratchpad that a tile of `sizes` needs of an operand, with its
/// rows apart if they are spread; none of what is in the scratchpad already,
/// unless it `isCopied` all the same.
int64_t copyBytes(mlir::linalg::LinalgOp op, mlir::OpOperand &operand,
                  llvm::ArrayRef<int64_t> sizes, bool isSpread, bool isCopied);

/// Elements of the contraction, or blocks of them, that fill the rows of the
/// array.
int64_t getStepUnit(mlir::linalg::LinalgOp op, const acc::Target &target);

/// Commands of the matrix unit for the products of one part of a tile.
int64_t countTerms(mlir::linalg::LinalgOp op);

/// Whether two resident values have a bank in common. The matrix unit reads its
/// operands through different ports of different banks, so one of them is then
/// copied.
bool sharesBank(mlir::Value a, mlir::Value b, const acc::Target &target);

} // namespace xpu

#endif // PASSES_TILING_CONTRACTIONTILE_H
