//===- MappingCost.h - The commands of one mapping --------------*- C++ -*-===//
//
// What a contraction with one tile makes the engines do, and what that takes:
// for the first tiles of each size (TileTimes.cpp), as commands that wait for
// each other (MappingCost.cpp), and of all of them (ContractionCost.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_TILING_MAPPINGCOST_H
#define PASSES_TILING_MAPPINGCOST_H

#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Tiling/ContractionTile.h"
#include "passes/Tiling/TileProgram.h"
#include "passes/Tiling/TileSchedule.h"

#include <array>

namespace xpu {

/// What the engines do for one tile of one size.
struct TileTimes {
  double row = 0, wholeRow = 0; ///< Loads: of a step, of the contraction.
  double rowPart = 0;           ///< Of a step, the rows of a part.
  double weights = 0, wholeWeights = 0;
  double matrix = 0; ///< Of a part: some rows, and a pass over the columns.
  double store = 0;  ///< Of a piece of the results of a part.
  double drain = 0;  ///< The same.
  double vector = 0; ///< Of the epilogue of a piece.
  int64_t batches = 1, rowParts = 1, passes = 1, pieces = 1;
  int64_t countParts() const { return batches * rowParts * passes; }
  llvm::SmallVector<int64_t> part; ///< Sizes of a part.
  int64_t pieceDim = 0;            ///< That pieces are cut along.
  int64_t pieceSize = 0;           ///< Of that dimension.
};

/// Makes the commands of one mapping.
class MappingCost {
public:
  MappingCost(mlir::linalg::LinalgOp op, const ContractionDims &dims,
              const ContractionTile &tile, const acc::Target &target,
              int64_t bodyCommands);

  /// Cycles of all tiles, or `limit` or more.
  uint64_t estimate(uint64_t limit);
  /// The same by a simulation of as many tiles as make so many requests.
  uint64_t simulate(int64_t requests);
  /// Adds the commands of all tiles to `all`; false if all of it makes `most`
  /// requests or more.
  bool appendTo(TileProgram &all, int64_t &requests, int64_t most);
  int64_t getReadBanks() const { return readBanks; }

private:
  TileTimes measure(llvm::ArrayRef<int64_t> sizes);
  const TileTimes &timesOf(uint32_t edges, llvm::ArrayRef<int64_t> sizes);
  /// Adds the commands of the next step over the tiles; false behind the last.
  bool addStep();
  void addCommands(const TileTimes &times, bool isFirstStep, bool isLastStep);
  /// The copy that has what the next step reads of an operand whose copies
  /// stay, if it was loaded before; else it is to be.
  struct Kept {
    int32_t writer = -1;
    size_t place = 0;
    bool isLoaded = false;
  };
  Kept &getKept(mlir::OpOperand &operand);
  /// What a part of a tile at `begin` has summed up leaves the accumulators
  /// behind command `last`; returns the last command.
  int32_t leave(const TileTimes &times, llvm::ArrayRef<int64_t> begin,
                int64_t part, int32_t last);
  /// All parts of the tile before.
  void leaveComplete();
  int32_t move(TileCommand::Engine engine, mlir::OpOperand &operand,
               double cycles, int32_t after, llvm::ArrayRef<int64_t> at,
               llvm::ArrayRef<int64_t> sizes, bool isSpread);
  /// The same part, as the result has it, of a tensor of elements of other
  /// types that the epilogue reads or writes.
  int32_t moveLike(TileCommand::Engine engine, int64_t elementBytes,
                   const TileTimes &times, int32_t after,
                   llvm::ArrayRef<int64_t> at, llvm::ArrayRef<int64_t> sizes);
  /// Cycles of the vector unit for the epilogue of a piece of the result; 0 if
  /// its form is not known here.
  double estimateEpilogueCycles(llvm::ArrayRef<int64_t> piece);
  /// Says what the epilogue reads and writes of the size of the result.
  void readEpilogue();
  /// Bytes of scratchpad for what it reads with a piece of so many rows and
  /// elements.
  int64_t countReadBytes(int64_t rows, int64_t elements) const;
  /// Banks of its own for that, beside the rows.
  int64_t chooseReadBanks(int64_t piece, int64_t rowBytes) const;
  /// Of a rectangle of an operand in memory.
  TileTransfer getTransfer(mlir::OpOperand &operand, llvm::ArrayRef<int64_t> at,
                           llvm::ArrayRef<int64_t> sizes, bool isSpread);
  double getLeast() const { return std::max({matrix, drains, transfers}); }
  /// What all steps take if those so far end at `end`, and `half` of their work
  /// was done at `halfEnd`.
  double extrapolate(double end, double halfEnd, double half) {
    double pace = (end - halfEnd) / std::max(1.0, work - half);
    return end + std::max(0.0, countWork() - work) * pace;
  }
  /// What steps of this size make the busiest of array, memory and LOAD do.
  double getWork(const TileTimes &times) const {
    double weights = tile.areWeightsWhole ? 0 : times.weights;
    double row = tile.isRowWhole ? 0 : times.row;
    // Short loads wait for the memory's latency, as many at a time as may be
    // active.
    const acc::Target::Hbm &hbm = target.hbm;
    double latency =
        target.dma.setup + target.dma.tail +
        (double(hbm.tControllerPs) + hbm.tRcdPs + hbm.tClPs) / target.cyclePs();
    double loads =
        (weights > 0) +
        (row > 0) * (tile.areRowsInParts ? double(times.rowParts) : 1.0);
    return std::max({double(times.countParts()) * times.matrix, weights + row,
                     loads * latency / target.dma.commands});
  }
  /// The work of all steps.
  double countWork();

  mlir::linalg::LinalgOp op;
  const ContractionDims &dims;
  const ContractionTile &tile;
  const acc::Target &target;
  ScratchpadRegions regions;
  mlir::OpOperand &rowOperand, &weights, &result;
  llvm::SmallVector<int64_t> ranges;
  ContractionLoops loops;
  int64_t steps; ///< Of the contraction.
  uint64_t terms;
  bool hasEpilogue;
  /// Bytes of elements in memory that the epilogue reads for each of the
  /// result, and of what it writes: none if that stays in the scratchpad.
  llvm::SmallVector<int64_t> readBytes;
  int64_t repeatedReads = 0; ///< Smaller inputs, such as a bias.
  int64_t readBanks = 0;
  int64_t writtenBytes = 0, secondBytes = 0;
  /// By which of the loops are at a smaller tile at their end.
  llvm::SmallDenseMap<uint32_t, TileTimes> measured;

  TileProgram program;
  bool hasTransfers = false; ///< Is what each command moves asked for?
  /// Where operands begin in memory, one behind the other.
  llvm::SmallVector<int64_t> addresses;
  int64_t requests = 0;
  BufferRing rowPlaces, weightPlaces, sums, pieces, readPlaces;
  /// By operand and number of its part.
  llvm::DenseMap<std::pair<unsigned, int64_t>, Kept> kept;
  std::array<BufferRing, 2> scalePlaces = {BufferRing(1), BufferRing(1)};
  llvm::SmallVector<int32_t>
      summed; ///< The last commands of the parts of a tile.
  /// A tile with all its sums, which leave behind the loads of the next.
  struct {
    TileTimes times;
    llvm::SmallVector<int64_t> offsets;
    llvm::SmallVector<int32_t> summed;
  } complete;
  bool needsRow = true, needsWeights = true, isFenced = false;
  bool needsRowScales = true, needsWeightScales = true;
  int64_t step = 0, total = 1;
  double work = 0;                           ///< Of the steps so far.
  llvm::SmallVector<int64_t> offsets, sizes; ///< Of the next step.
  /// Busy cycles of engines and of the memory's bus.
  double matrix = 0, drains = 0, transfers = 0;
};
/// Rows of the streamed operand in a tile of `sizes`.
int64_t countTileRows(const ContractionDims &dims, const ContractionTile &tile,
                      llvm::ArrayRef<int64_t> sizes);

} // namespace xpu

#endif // PASSES_TILING_MAPPINGCOST_H
