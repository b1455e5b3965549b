//===- ContractionCost.cpp - What the tiles of a contraction take ---------===//

#include "passes/Tiling/ContractionTile.h"

#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/MatmulCost.h"
#include "passes/Analysis/MicroOps.h"
#include "passes/Analysis/ProductTerms.h"
#include "passes/Analysis/VectorCost.h"
#include "passes/Tiling/TileCost.h"
#include "passes/Tiling/TileSchedule.h"
#include "passes/Tiling/TileSimulation.h"
#include "systemc-models/Timing/Timing.h"

#include <cmath>
#include <numeric>

using namespace mlir;

namespace xpu {

/// Cycles of the matrix unit for one part of a tile and one pass over the
/// columns: a command.
static uint64_t estimateMatrixCycles(linalg::LinalgOp op,
                                     const ContractionDims &dims,
                                     const ContractionTile &tile,
                                     ArrayRef<int64_t> sizes,
                                     const acc::Target &target) {
  OpOperand &rowOperand = *op.getDpsInputOperand(1 - tile.stationary);
  OpOperand &weights = *op.getDpsInputOperand(tile.stationary);
  auto stridesOf = [&](OpOperand &operand) {
    return tileStrides(op, operand, sizes,
                       tile.spreadInputs.contains(operand.getOperandNumber()));
  };
  SmallVector<int64_t> rowStrides = stridesOf(rowOperand);
  SmallVector<int64_t> weightStrides = stridesOf(weights);
  // Types that cannot be multiplied are refused when commands are selected.
  FailureOr<ProductTerms> terms = getProductTerms(op, tile.stationary);
  auto formats = succeeded(terms)
                     ? terms->front()
                     : std::pair(FormatKind::BF16, FormatKind::BF16);
  int64_t columns = tile.hasColumnRows()
                        ? tile.countColumns(sizes)
                        : getPassColumns(target, sizes[tile.columnDim]);
  ArrayRef<unsigned> rowDims = tile.stationary == 1 ? dims.m : dims.n;
  if (isBlockProduct(op)) {
    SmallVector<int64_t> fetched(sizes);
    for (unsigned dim : dims.k) {
      fetched[dim] =
          tile.areScalesWhole ? op.getStaticLoopRanges()[dim] : fetched[dim];
    }
    auto scaleStrides = [&](unsigned input) {
      return tileStrides(op, *op.getDpsInputOperand(2 + input), fetched,
                         /*isSpread=*/true);
    };
    FailureOr<BlockForm> form = chooseBlockForm(
        target, getBlockStreams(sizes, rowDims, dims.k, tile.columnDim,
                                {rowStrides, weightStrides,
                                 scaleStrides(1 - tile.stationary),
                                 scaleStrides(tile.stationary)},
                                columns, formats));
    return failed(form) ? ~uint32_t(0) : form->cycles;
  }
  LoopNest rows{{}, {{}}};
  for (unsigned dim : rowDims) {
    rows.sizes.push_back(sizes[dim]);
    rows.strides[0].push_back(rowStrides[dim]);
  }
  LoopNest sums{{}, {{}, {}}};
  for (unsigned dim : dims.k) {
    sums.sizes.push_back(sizes[dim]);
    sums.strides[0].push_back(rowStrides[dim]);
    sums.strides[1].push_back(weightStrides[dim]);
  }
  rows.simplify();
  rows.padTo(3);
  sums.simplify();
  sums.padTo(3);
  MatmulForm form = chooseMatmulForm(target, rows, sums, columns,
                                     weightStrides[tile.columnDim], formats);
  return form.cycles;
}

/// Cycles of the DRAIN engine for `rows` rows of a pass over the columns.
static uint64_t estimateDrainCycles(int64_t rows, int64_t columns,
                                    int64_t stride, const acc::Target &target) {
  isa::Accst command;
  command.oFmt = isa::Format::F32;
  command.oNstride = static_cast<int32_t>(stride);
  command.msize = {1, 1, static_cast<uint32_t>(rows)};
  command.ncols = columns;
  return acc::accstCycles(target, command);
}

namespace {
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
  SmallVector<int64_t> part; ///< Sizes of a part.
  int64_t pieceDim = 0;      ///< That pieces are cut along.
  int64_t pieceSize = 0;     ///< Of that dimension.
};

/// Makes the commands of one mapping.
class MappingCost {
public:
  MappingCost(linalg::LinalgOp op, const ContractionDims &dims,
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
  TileTimes measure(ArrayRef<int64_t> sizes);
  const TileTimes &timesOf(uint32_t edges, ArrayRef<int64_t> sizes);
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
  Kept &getKept(OpOperand &operand);
  /// What a part of a tile at `begin` has summed up leaves the accumulators
  /// behind command `last`; returns the last command.
  int32_t leave(const TileTimes &times, ArrayRef<int64_t> begin, int64_t part,
                int32_t last);
  /// All parts of the tile before.
  void leaveComplete();
  int32_t move(TileCommand::Engine engine, OpOperand &operand, double cycles,
               int32_t after, ArrayRef<int64_t> at, ArrayRef<int64_t> sizes,
               bool isSpread);
  /// The same part, as the result has it, of a tensor of elements of other
  /// types that the epilogue reads or writes.
  int32_t moveLike(TileCommand::Engine engine, int64_t elementBytes,
                   const TileTimes &times, int32_t after, ArrayRef<int64_t> at,
                   ArrayRef<int64_t> sizes);
  /// Cycles of the vector unit for the epilogue of a piece of the result; 0 if
  /// its form is not known here.
  double estimateEpilogueCycles(ArrayRef<int64_t> piece);
  /// Says what the epilogue reads and writes of the size of the result.
  void readEpilogue();
  /// Bytes of scratchpad for what it reads with a piece of so many rows and
  /// elements.
  int64_t countReadBytes(int64_t rows, int64_t elements) const;
  /// Banks of its own for that, beside the rows.
  int64_t chooseReadBanks(int64_t piece, int64_t rowBytes) const;
  /// Of a rectangle of an operand in memory.
  TileTransfer getTransfer(OpOperand &operand, ArrayRef<int64_t> at,
                           ArrayRef<int64_t> sizes, bool isSpread);
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

  linalg::LinalgOp op;
  const ContractionDims &dims;
  const ContractionTile &tile;
  const acc::Target &target;
  ScratchpadRegions regions;
  OpOperand &rowOperand, &weights, &result;
  SmallVector<int64_t> ranges;
  ContractionLoops loops;
  int64_t steps; ///< Of the contraction.
  uint64_t terms;
  bool hasEpilogue;
  /// Bytes of elements in memory that the epilogue reads for each of the
  /// result, and of what it writes: none if that stays in the scratchpad.
  SmallVector<int64_t> readBytes;
  int64_t repeatedReads = 0; ///< Smaller inputs, such as a bias.
  int64_t readBanks = 0;
  int64_t writtenBytes = 0, secondBytes = 0;
  /// By which of the loops are at a smaller tile at their end.
  llvm::SmallDenseMap<uint32_t, TileTimes> measured;

  TileProgram program;
  bool hasTransfers = false; ///< Is what each command moves asked for?
  /// Where operands begin in memory, one behind the other.
  SmallVector<int64_t> addresses;
  int64_t requests = 0;
  BufferRing rowPlaces, weightPlaces, sums, pieces, readPlaces;
  /// By operand and number of its part.
  llvm::DenseMap<std::pair<unsigned, int64_t>, Kept> kept;
  std::array<BufferRing, 2> scalePlaces = {BufferRing(1), BufferRing(1)};
  SmallVector<int32_t> summed; ///< The last commands of the parts of a tile.
  /// A tile with all its sums, which leave behind the loads of the next.
  struct {
    TileTimes times;
    SmallVector<int64_t> offsets;
    SmallVector<int32_t> summed;
  } complete;
  bool needsRow = true, needsWeights = true, isFenced = false;
  bool needsRowScales = true, needsWeightScales = true;
  int64_t step = 0, total = 1;
  double work = 0;                     ///< Of the steps so far.
  SmallVector<int64_t> offsets, sizes; ///< Of the next step.
  /// Busy cycles of engines and of the memory's bus.
  double matrix = 0, drains = 0, transfers = 0;
};
} // namespace

/// Places for buffers of so many bytes in a region, at most `most`, that take
/// turns; in a loop whose iterations write `most` of them, so many as are
/// always between two uses of a place. Two are two: an odd iteration makes the
/// next one wait once.
static BufferRing makeRing(int64_t region, int64_t bytes, int64_t most,
                           bool isLoop = false) {
  int64_t places =
      std::clamp<int64_t>(region / std::max<int64_t>(1, bytes), 1, most);
  return BufferRing(isLoop && places > 2
                        ? std::max<int64_t>(2, most / ceilDiv(most, places))
                        : places);
}

static int64_t getRows(const ContractionDims &dims, const ContractionTile &tile,
                       ArrayRef<int64_t> sizes) {
  int64_t rows = 1;
  for (unsigned dim : tile.stationary == 1 ? dims.m : dims.n) {
    rows *= sizes[dim];
  }
  return rows;
}

MappingCost::MappingCost(linalg::LinalgOp op, const ContractionDims &dims,
                         const ContractionTile &tile, const acc::Target &target,
                         int64_t bodyCommands)
    : op(op), dims(dims), tile(tile), target(target),
      regions(target, ScratchpadRegions::tileBanks(target, op),
              tile.stationaryBanks, tile.resultBanks),
      rowOperand(*op.getDpsInputOperand(1 - tile.stationary)),
      weights(*op.getDpsInputOperand(tile.stationary)),
      result(*op.getDpsInitOperand(0)), ranges(op.getStaticLoopRanges()),
      loops(makeContractionLoops(op, dims, tile, target, bodyCommands)),
      steps(loops.steps), terms(countTerms(op)),
      hasEpilogue(findEpilogue(op) != nullptr), rowPlaces(1), weightPlaces(1),
      sums(1), pieces(1), readPlaces(1), offsets(ranges.size(), 0),
      sizes(tile.sizes) {
  SmallVector<int64_t> whole(tile.sizes);
  for (unsigned dim : dims.k) {
    whole[dim] = tile.isRowWhole ? ranges[dim] : tile.sizes[dim];
  }
  // A loop has buffers of its own for as many steps as it writes out.
  int64_t most = loops.sums.countWrittenOut();
  const bool isLoop = loops.sums.hasLoops() || loops.tiles.hasLoops();
  if (!loops.sums.hasLoops()) {
    most *= loops.tiles.countWrittenOut();
  }
  auto bytesOf = [&](OpOperand &operand) {
    int64_t bytes =
        copyBytes(op, operand, whole,
                  tile.spreadInputs.contains(operand.getOperandNumber()),
                  /*isCopied=*/true);
    return ceilDiv(bytes, target.spm.rowBytes) * int64_t(target.spm.rowBytes);
  };
  if (tile.areRowsInParts) {
    whole[tile.rowDim] = tile.partRows;
  }
  // What an epilogue reads is beside the rows, a place at least.
  readEpilogue();
  const TileTimes &times = timesOf(0, tile.sizes);
  const int64_t rows = getRows(dims, tile, times.part);
  const int64_t pieceElements =
      rows * tile.countColumns(times.part) / times.pieces;
  const int64_t readPiece = countReadBytes(rows, pieceElements);
  const int64_t rowBytes = bytesOf(rowOperand);
  readBanks = chooseReadBanks(readPiece, rowBytes);
  const int64_t bankBytes = target.spm.bankBytes;
  rowPlaces = makeRing(
      regions.inputBytes() -
          (readBanks > 0 ? readBanks * bankBytes : readPiece),
      rowBytes, tile.areRowsInParts ? most * tile.countParts(tile.sizes) : most,
      isLoop);
  if (readPiece > 0) {
    readPlaces = makeRing(readBanks > 0
                              ? readBanks * bankBytes
                              : regions.inputBytes() -
                                    rowBytes * int64_t(rowPlaces.countPlaces()),
                          readPiece, regions.inputBytes());
  }
  whole[tile.rowDim] = tile.sizes[tile.rowDim];
  for (unsigned dim : dims.k) {
    whole[dim] = tile.areWeightsWhole ? ranges[dim] : tile.sizes[dim];
  }
  weightPlaces =
      makeRing(regions.stationaryBytes(), bytesOf(weights), most, isLoop);
  // Copies that stay for one tile of the outer loop take turns with those of
  // the next.
  int64_t stayPlaces = 2 * steps;
  if (tile.keepsRows) {
    rowPlaces = BufferRing(stayPlaces);
  }
  if (tile.keepsWeights) {
    weightPlaces = BufferRing(stayPlaces);
  }
  // Those that are the same for the next tile have one place.
  for (unsigned i = 0; i < 2; ++i) {
    bool stays = (i == tile.stationary) == tile.rowsAreInner;
    scalePlaces[i] =
        tile.areScalesWhole ? BufferRing(stays ? 1 : 2) : weightPlaces;
  }
  sums = makeRing(target.mxu.accRows, rows, target.mxu.accRows);
  pieces =
      makeRing(regions.resultBytes(), 4 * pieceElements, regions.resultBytes());
  for (unsigned dim : loops.dims) {
    total *= ceilDiv(ranges[dim], tile.sizes[dim]);
  }
  int64_t address = 0;
  for (OpOperand &operand : op->getOpOperands()) {
    addresses.push_back(address);
    // A part of a buffer lies between others of it.
    if (auto type =
            dyn_cast<MemRefType>(getViewRoot(operand.get()).getType())) {
      address += ceilDiv(getByteSize(type), target.hbm.lineBytes) *
                 int64_t(target.hbm.lineBytes);
    }
  }
}

int64_t MappingCost::countReadBytes(int64_t rows, int64_t elements) const {
  const int64_t unit = target.spm.rowBytes;
  int64_t bytes = 0;
  for (int64_t size : readBytes) {
    bytes += ceilDiv(elements * size, unit) * unit;
  }
  return bytes == 0 ? 0
                    : bytes + repeatedReads * ceilDiv(rows * 4, unit) * unit;
}

int64_t MappingCost::chooseReadBanks(int64_t piece, int64_t rowBytes) const {
  if (piece == 0 || tile.keepsOperands() || tile.areRowsInParts) {
    return 0;
  }
  int64_t tiles = 1;
  for (unsigned dim : tile.stationary == 1 ? dims.m : dims.n) {
    tiles *= ceilDiv(ranges[dim], tile.sizes[dim]);
  }
  const int64_t bankBytes = target.spm.bankBytes;
  // Two places for rows; what is left lets loads of the epilogue run ahead.
  const int64_t rows =
      rowBytes * (tiles == 1 && (steps == 1 || tile.isRowWhole) ? 1 : 2);
  const int64_t banks = (regions.inputBytes() - rows) / bankBytes;
  return banks * bankBytes >= piece ? banks : 0;
}

TileTimes MappingCost::measure(ArrayRef<int64_t> sizes) {
  TileTimes times;
  auto fetch = [&](OpOperand &operand, ArrayRef<int64_t> part) {
    return double(estimateTransfer(
        op, operand, part, target,
        tile.spreadInputs.contains(operand.getOperandNumber())));
  };
  SmallVector<int64_t> whole(sizes);
  for (unsigned dim : dims.k) {
    whole[dim] = ranges[dim];
  }
  times.row = fetch(rowOperand, sizes);
  times.wholeRow = fetch(rowOperand, whole);
  times.weights = fetch(weights, sizes);
  times.wholeWeights = fetch(weights, whole);
  // A part as if all had the same number of rows.
  times.part.assign(sizes.begin(), sizes.end());
  int64_t columns = sizes[tile.columnDim];
  if (tile.batches > 1) {
    times.batches = sizes[tile.batchDim];
    times.part[tile.batchDim] = 1;
  }
  if (tile.rowDim != tile.columnDim) {
    times.rowParts = tile.countParts(sizes);
    times.part[tile.rowDim] = ceilDiv(sizes[tile.rowDim], times.rowParts);
  }
  if (tile.areRowsInParts) {
    times.rowPart = fetch(rowOperand, times.part);
  }
  times.matrix =
      double(terms) * estimateMatrixCycles(op, dims, tile, times.part, target);
  times.passes = ceilDiv(columns, target.mxuCols());
  int64_t width = getPassColumns(target, columns);
  times.part[tile.columnDim] = width;
  bool isOutside = getSpace(result.get().getType()) != Space::SPM;
  // Results leave in pieces that keep the columns whole; three take turns.
  SmallVector<int64_t> piece(times.part);
  times.pieceDim = tile.rowDim;
  AffineMap outMap = op.getMatchingIndexingMap(&result);
  for (unsigned i = 0; isOutside && i < outMap.getNumResults(); ++i) {
    unsigned dim = outMap.getDimPosition(i);
    if (dim == tile.columnDim || dim == tile.columnRowDim) {
      continue;
    }
    auto fits = [&] {
      int64_t bytes = operandBytes(op, result, piece);
      if (tile.hasColumnRows()) {
        bytes = bytes / piece[tile.columnDim] * tile.columnPitch;
      }
      if (!hasEpilogue) {
        return bytes <= regions.resultBytes() / 3;
      }
      // As Drain has it.
      int64_t own = getElementBytes(getElementTypeOrSelf(result.get()));
      int64_t read = 0;
      for (int64_t input : readBytes) {
        read += bytes / own * input;
      }
      int64_t written = writtenBytes == own ? 0 : bytes / own * writtenBytes;
      written += bytes / own * secondBytes;
      return bytes + written <= regions.resultBytes() / 2 &&
             read <= regions.inputBytes() / 4;
    };
    for (int64_t parts = 2; !fits() && piece[dim] > 1; ++parts) {
      piece[dim] = ceilDiv(times.part[dim], parts);
      times.pieceDim = dim;
    }
    times.pieces *= ceilDiv(times.part[dim], piece[dim]);
  }
  times.pieceSize = piece[times.pieceDim];
  times.store =
      double(estimateTransfer(op, result, piece, target, tile.spreadsResult));
  int64_t stride =
      tileStrides(op, result, piece, tile.spreadsResult)[tile.columnDim];
  int64_t rows = getRows(dims, tile, times.part);
  if (tile.hasColumnRows()) {
    width = tile.countColumns(times.part);
  }
  times.drain = double(
      estimateDrainCycles(ceilDiv(rows, times.pieces), width, stride, target));
  if (isOutside && hasEpilogue) {
    times.vector = estimateEpilogueCycles(piece);
  }
  return times;
}

const TileTimes &MappingCost::timesOf(uint32_t edges, ArrayRef<int64_t> sizes) {
  auto [it, isNew] = measured.try_emplace(edges);
  if (isNew) {
    it->second = measure(sizes);
  }
  return it->second;
}

TileTransfer MappingCost::getTransfer(OpOperand &operand, ArrayRef<int64_t> at,
                                      ArrayRef<int64_t> sizes, bool isSpread) {
  auto type = cast<MemRefType>(operand.get().getType());
  AffineMap map = op.getMatchingIndexingMap(&operand);
  TileTransfer transfer;
  transfer.address = addresses[operand.getOperandNumber()];
  const int64_t bytes = getElementBytes(type.getElementType());
  transfer.run = bytes;
  auto [strides, offset] = getElementStrides(type);
  transfer.address += offset * bytes;
  bool areRowsApart = false;
  for (int64_t i = int64_t(map.getNumResults()) - 1; i >= 0; --i) {
    int64_t stride = strides[i] * bytes;
    int64_t first = 0, constant = 0;
    auto coefficients =
        getCoefficients(map.getResult(i), sizes.size(), constant);
    for (size_t d = 0; succeeded(coefficients) && d < sizes.size(); ++d) {
      first += (*coefficients)[d] * at[d];
    }
    auto [size, step] = getTileExtent(map, i, sizes);
    int64_t extent = std::min(size, type.getDimSize(i));
    transfer.address += first * stride;
    // What follows in memory is one run, unless rows go apart.
    bool isApart = i + 2 == int64_t(map.getNumResults()) &&
                   (isSpread || getRowPitch(map, sizes) * bytes > transfer.run);
    areRowsApart |= isApart && extent > 1;
    if (transfer.loops.empty() && transfer.run == stride && step == 1 &&
        !isApart) {
      transfer.run *= extent;
    } else if (extent > 1) {
      transfer.loops.insert(transfer.loops.begin(), {extent, stride * step});
    }
  }
  // Constants are packed in the order in which they are loaded. Where rows are
  // apart in the scratchpad each is a run all the same: requests end with it.
  if (getViewRoot(operand.get()).getDefiningOp<memref::GetGlobalOp>()) {
    int64_t bytes = transfer.run;
    for (TileTransfer::Loop &loop : llvm::reverse(transfer.loops)) {
      loop.stride = bytes;
      bytes *= loop.size;
    }
    if (!areRowsApart) {
      transfer.run = bytes;
      transfer.loops.clear();
    }
  }
  return transfer;
}

int32_t MappingCost::move(TileCommand::Engine engine, OpOperand &operand,
                          double cycles, int32_t after, ArrayRef<int64_t> at,
                          ArrayRef<int64_t> sizes, bool isSpread) {
  TileCommand command;
  command.engine = engine;
  command.isFenced = std::exchange(isFenced, false);
  command.after[0] = after;
  command.cycles = cycles;
  if (hasTransfers) {
    command.transfer = int32_t(program.transfers.size());
    program.transfers.push_back(getTransfer(operand, at, sizes, isSpread));
    requests += countRequests(target, program.transfers.back());
  }
  transfers += cycles;
  return program.add(command);
}

void MappingCost::addCommands(const TileTimes &times, bool isFirstStep,
                              bool isLastStep) {
  SmallVector<int64_t> wholeSizes(sizes), wholeOffsets(offsets);
  for (unsigned dim : dims.k) {
    wholeSizes[dim] = ranges[dim];
    wholeOffsets[dim] = 0;
  }
  auto fetch = [&](BufferRing &places, OpOperand &operand, double cycles,
                   bool isWhole) {
    int32_t reader = places.next();
    places.writer = -1;
    if (cycles > 0) {
      places.writer =
          move(TileCommand::Load, operand, cycles, reader,
               isWhole ? wholeOffsets : offsets, isWhole ? wholeSizes : sizes,
               tile.spreadInputs.contains(operand.getOperandNumber()));
    }
  };
  if (std::exchange(isFenced, false)) {
    leaveComplete();
    isFenced = true;
  }
  // Parts of an operand; if all of it stays, there is a place for each.
  auto fetchKept = [&](BufferRing &places, OpOperand &operand, double cycles,
                       bool isInner) {
    Kept &part = getKept(operand);
    if (!part.isLoaded) {
      part.isLoaded = true;
      int32_t reader = isInner ? -1 : places.next();
      part.place = places.getPlace();
      if (cycles > 0) {
        part.writer =
            move(TileCommand::Load, operand, cycles, reader, offsets, sizes,
                 tile.spreadInputs.contains(operand.getOperandNumber()));
      }
    }
    places.writer = part.writer;
    return part.place;
  };
  // By part: who loads its rows, and where they are.
  SmallVector<std::pair<int32_t, size_t>, 4> rowParts;
  auto fetchRows = [&](int64_t part) {
    SmallVector<int64_t> at(offsets), extents(times.part);
    for (unsigned dim : dims.k) {
      extents[dim] = sizes[dim];
    }
    at[tile.rowDim] += part * times.part[tile.rowDim];
    int32_t reader = rowPlaces.next();
    int32_t writer =
        move(TileCommand::Load, rowOperand, times.rowPart, reader, at, extents,
             tile.spreadInputs.contains(rowOperand.getOperandNumber()));
    rowParts.push_back({writer, rowPlaces.getPlace()});
  };
  std::optional<size_t> rowPlace, weightPlace;
  if (tile.keepsRows) {
    rowPlace = fetchKept(rowPlaces, rowOperand, times.row, tile.rowsAreInner);
  } else if (tile.areRowsInParts) {
    fetchRows(0);
  } else if (needsRow) {
    fetch(rowPlaces, rowOperand, tile.isRowWhole ? times.wholeRow : times.row,
          tile.isRowWhole);
  }
  if (tile.keepsWeights) {
    weightPlace =
        fetchKept(weightPlaces, weights, times.weights, !tile.rowsAreInner);
  } else if (needsWeights) {
    fetch(weightPlaces, weights,
          tile.areWeightsWhole ? times.wholeWeights : times.weights,
          tile.areWeightsWhole);
  }
  for (int64_t part = 1; tile.areRowsInParts && part < times.rowParts; ++part) {
    fetchRows(part);
  }
  int32_t scales = -1;
  if (isFirstStep || !tile.areScalesWhole) {
    for (auto [i, operand] :
         llvm::enumerate(llvm::drop_begin(op.getDpsInputOperands(), 2))) {
      // Those of the whole contraction stay while their rows or columns do.
      bool stays = tile.areScalesWhole &&
                   !(i == tile.stationary ? needsWeightScales : needsRowScales);
      ArrayRef<int64_t> part = tile.areScalesWhole ? wholeSizes : sizes;
      double cycles = double(
          estimateTransfer(op, *operand, part, target, /*isSpread=*/true));
      if (!stays && cycles > 0) {
        scales =
            move(TileCommand::Load, *operand, cycles, scalePlaces[i].next(),
                 tile.areScalesWhole ? wholeOffsets : offsets, part,
                 /*isSpread=*/true);
      }
    }
  }
  leaveComplete();
  summed.assign(times.countParts(), -1);
  for (auto [part, last] : llvm::enumerate(summed)) {
    TileCommand command;
    command.engine = TileCommand::Matrix;
    command.isFenced = std::exchange(isFenced, false);
    const size_t rowPart = part / times.passes % times.rowParts;
    command.after = {
        tile.areRowsInParts ? rowParts[rowPart].first : rowPlaces.writer,
        std::max(weightPlaces.writer, scales), isFirstStep ? sums.next() : -1};
    command.cycles = times.matrix;
    matrix += times.matrix;
    last = program.add(command);
    if (tile.areRowsInParts) {
      rowPlaces.useAt(rowParts[rowPart].second, last);
    }
    if (steps == 1) {
      sums.use(leave(times, offsets, int64_t(part), last));
    }
  }
  if (!tile.areRowsInParts) {
    rowPlaces.useAt(rowPlace.value_or(rowPlaces.getPlace()), summed.back());
  }
  weightPlaces.useAt(weightPlace.value_or(weightPlaces.getPlace()),
                     summed.back());
  for (BufferRing &places : scalePlaces) {
    places.use(summed.back());
  }
  if (steps != 1 && isLastStep) {
    complete = {times, offsets, summed};
    if (hasEpilogue || step + 1 == total) {
      leaveComplete();
    }
  }
}

void MappingCost::readEpilogue() {
  auto isOutside = [](Value value) {
    auto type = dyn_cast<MemRefType>(value.getType());
    return type && getSpace(type) != Space::SPM;
  };
  auto bytesOf = [](Value value) {
    return getElementBytes(cast<MemRefType>(value.getType()).getElementType());
  };
  linalg::LinalgOp epilogue = findEpilogue(op);
  if (!epilogue) {
    writtenBytes = isOutside(result.get()) ? bytesOf(result.get()) : 0;
    return;
  }
  unsigned rank = epilogue.getNumLoops();
  for (OpOperand *input : epilogue.getDpsInputOperands()) {
    if (input->get() == result.get() || !isOutside(input->get())) {
      continue;
    }
    if (epilogue.getMatchingIndexingMap(input).getNumResults() == rank) {
      readBytes.push_back(bytesOf(input->get()));
    } else {
      ++repeatedReads;
    }
  }
  Value written = epilogue.getDpsInits()[0];
  writtenBytes = isOutside(written) ? bytesOf(written) : 0;
  if (linalg::LinalgOp second = findSecondEpilogue(epilogue)) {
    Value also = second.getDpsInits()[0];
    secondBytes = isOutside(also) ? bytesOf(also) : 0;
  }
}

int32_t MappingCost::moveLike(TileCommand::Engine engine, int64_t elementBytes,
                              const TileTimes &times, int32_t after,
                              ArrayRef<int64_t> at, ArrayRef<int64_t> sizes) {
  int64_t own = getElementBytes(getElementTypeOrSelf(result.get().getType()));
  double share = double(elementBytes) / double(own);
  int32_t command = move(engine, result, times.store * share, after, at, sizes,
                         tile.spreadsResult);
  if (hasTransfers && elementBytes != own) {
    TileTransfer &transfer = program.transfers.back();
    auto scale = [&](int64_t bytes) { return bytes * elementBytes / own; };
    transfer.address = scale(transfer.address);
    transfer.run = scale(transfer.run);
    for (TileTransfer::Loop &loop : transfer.loops) {
      loop.stride = scale(loop.stride);
    }
  }
  return command;
}

MappingCost::Kept &MappingCost::getKept(OpOperand &operand) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  int64_t number = 0;
  for (unsigned dim : loops.dims) {
    if (map.isFunctionOfDim(dim)) {
      number = number * ceilDiv(ranges[dim], tile.sizes[dim]) +
               offsets[dim] / tile.sizes[dim];
    }
  }
  return kept[{operand.getOperandNumber(), number}];
}

int32_t MappingCost::leave(const TileTimes &times, ArrayRef<int64_t> begin,
                           int64_t part, int32_t last) {
  SmallVector<int64_t> at(begin), piece(times.part);
  if (tile.rowDim != tile.columnDim) {
    at[tile.rowDim] +=
        part / times.passes % times.rowParts * times.part[tile.rowDim];
  }
  if (tile.batches > 1) {
    at[tile.batchDim] += part / (times.passes * times.rowParts);
  }
  at[tile.columnDim] += part % times.passes * times.part[tile.columnDim];
  piece[times.pieceDim] = times.pieceSize;
  for (int64_t i = 0; i < times.pieces; ++i) {
    TileCommand command;
    command.engine = TileCommand::Drain;
    command.after = {last, pieces.next(), -1};
    command.cycles = times.drain;
    drains += times.drain;
    last = program.add(command);
    pieces.use(last);
    if (times.store == 0) {
      continue;
    }
    // What an epilogue reads does not wait for the results.
    int32_t read = last;
    int32_t reader = readBytes.empty() ? -1 : readPlaces.next();
    for (int64_t bytes : readBytes) {
      read = moveLike(TileCommand::Load, bytes, times, reader, at, piece);
    }
    int32_t made = std::max(last, read);
    if (times.vector > 0) {
      TileCommand vector;
      vector.engine = TileCommand::Vector;
      vector.after = {last, read, -1};
      vector.cycles = times.vector;
      made = program.add(vector);
      pieces.use(made);
      readPlaces.use(made);
    }
    if (writtenBytes > 0) {
      pieces.use(
          moveLike(TileCommand::Store, writtenBytes, times, made, at, piece));
    }
    if (secondBytes > 0) {
      moveLike(TileCommand::Store, secondBytes, times, made, at, piece);
    }
    at[times.pieceDim] += times.pieceSize;
  }
  return last;
}

void MappingCost::leaveComplete() {
  // What a place of accumulators holds is written in the order of places.
  const size_t count = complete.summed.size();
  for (auto [part, last] : llvm::enumerate(complete.summed)) {
    sums.use(leave(complete.times, complete.offsets, int64_t(part), last),
             count - 1 - part);
  }
  complete.summed.clear();
}

double MappingCost::estimateEpilogueCycles(ArrayRef<int64_t> piece) {
  linalg::LinalgOp epilogue = findEpilogue(op);
  AffineMap outMap = op.getMatchingIndexingMap(&result);
  auto outDim = [&](unsigned loop) { return outMap.getDimPosition(loop); };
  // Loops of an epilogue are the dimensions of the result, in their order.
  if (!epilogue || !outMap.isProjectedPermutation() ||
      epilogue.getNumLoops() != outMap.getNumResults()) {
    return 0;
  }
  VectorStreams streams;
  SmallVector<int64_t> own = tileStrides(op, result, piece, tile.spreadsResult);
  int64_t bytes = getElementBytes(getElementTypeOrSelf(result.get().getType()));
  for (unsigned loop = 0; loop < outMap.getNumResults(); ++loop) {
    streams.sizes.push_back(piece[outDim(loop)]);
    streams.reduced.push_back(false);
  }
  auto addStream = [&](Value value, AffineMap map) {
    Type element = getElementTypeOrSelf(value.getType());
    int64_t size = getElementBytes(element);
    streams.formats.push_back(size == 4   ? FormatKind::F32
                              : size == 2 ? FormatKind::BF16
                                          : FormatKind::U8);
    SmallVector<int64_t> strides;
    for (unsigned loop = 0; loop < outMap.getNumResults(); ++loop) {
      strides.push_back(
          map.isFunctionOfDim(loop) ? own[outDim(loop)] / bytes * size : 0);
    }
    streams.strides.push_back(strides);
  };
  for (OpOperand *input : epilogue.getDpsInputOperands()) {
    addStream(input->get(), epilogue.getMatchingIndexingMap(input));
  }
  addStream(epilogue.getDpsInits()[0],
            epilogue.getMatchingIndexingMap(epilogue.getDpsInitOperand(0)));
  streams.uops = std::max(countMicroOps(*epilogue.getBlock()), 1u);
  if (streams.formats.size() > isa::kNumVpuInputs + 1) {
    return 0;
  }
  FailureOr<Arrangement> best = chooseArrangement(target, streams);
  return succeeded(best) ? double(best->cycles) : 0;
}

double MappingCost::countWork() {
  double sum = 0;
  SmallVector<int64_t> part(tile.sizes);
  for (uint32_t edges = 0; edges < 1u << loops.dims.size(); ++edges) {
    double count = 1;
    for (auto [i, dim] : llvm::enumerate(loops.dims)) {
      int64_t rest = ranges[dim] % tile.sizes[dim];
      bool isEdge = edges >> i & 1;
      count *= isEdge ? rest != 0 : double(ranges[dim] / tile.sizes[dim]);
      part[dim] = isEdge ? rest : tile.sizes[dim];
    }
    if (count > 0) {
      sum += count * getWork(timesOf(edges, part));
    }
  }
  return sum;
}

bool MappingCost::addStep() {
  if (step == total) {
    return false;
  }
  auto isOf = [&](ArrayRef<unsigned> of, unsigned dim) {
    return llvm::is_contained(of, dim);
  };
  ArrayRef<unsigned> rowDims = tile.stationary == 1 ? dims.m : dims.n;
  ArrayRef<unsigned> columnDims = tile.stationary == 1 ? dims.n : dims.m;
  uint32_t edges = 0;
  for (auto [i, dim] : llvm::enumerate(loops.dims)) {
    sizes[dim] = std::min(tile.sizes[dim], ranges[dim] - offsets[dim]);
    edges |= uint32_t(sizes[dim] != tile.sizes[dim]) << i;
  }
  bool isFirst =
      llvm::all_of(dims.k, [&](unsigned d) { return offsets[d] == 0; });
  bool isLast = llvm::all_of(dims.k, [&](unsigned d) {
    return offsets[d] + tile.sizes[d] >= ranges[d];
  });
  bool sumsHaveLoops = loops.sums.hasLoops();
  isFenced = loops.sums.beginsIdle(offsets, /*bodyHasLoops=*/false) ||
             (isFirst && loops.tiles.beginsIdle(offsets, sumsHaveLoops));
  const TileTimes &times = timesOf(edges, sizes);
  addCommands(times, isFirst, isLast);
  work += getWork(times);
  ++step;
  // What the next one reads that is there already stays.
  needsRow = needsWeights = false;
  needsRowScales &= !isFirst;
  needsWeightScales &= !isFirst;
  for (unsigned dim : llvm::reverse(loops.dims)) {
    bool moves = tile.sizes[dim] < ranges[dim];
    bool isSum = isOf(dims.k, dim);
    needsRow |= moves && (isSum ? !tile.isRowWhole : !isOf(columnDims, dim));
    needsWeights |=
        moves && (isSum ? !tile.areWeightsWhole : !isOf(rowDims, dim));
    needsRowScales |= moves && !isSum && !isOf(columnDims, dim);
    needsWeightScales |= moves && !isSum && !isOf(rowDims, dim);
    offsets[dim] += tile.sizes[dim];
    if (offsets[dim] < ranges[dim]) {
      break;
    }
    offsets[dim] = 0;
  }
  return true;
}

uint64_t MappingCost::estimate(uint64_t limit) {
  // Steps that are followed; more of them go on at the pace of the later half.
  constexpr int64_t followed = 512;
  TileSchedule schedule(target);
  double halfEnd = 0, half = 0;
  while (step < followed && addStep()) {
    schedule.follow(program);
    if (step == followed / 2) {
      halfEnd = schedule.getEnd();
      half = work;
    }
    if (uint64_t(getLeast()) > limit) {
      return limit;
    }
  }
  double cycles = schedule.getEnd();
  if (step < total) {
    cycles = extrapolate(cycles, halfEnd, half);
  }
  // The busier two of them are, the more often one waits for the other, as
  // refreshes and pages of the memory have it (benchmarks/roofline).
  constexpr double waits = 0.15;
  double share =
      std::min(matrix, transfers) / std::max({1.0, matrix, transfers});
  return uint64_t(cycles * (1 + waits * std::pow(share, 4)));
}

uint64_t MappingCost::simulate(int64_t most) {
  hasTransfers = true;
  size_t halfCommands = 0;
  double half = 0;
  while (requests < most && addStep()) {
    if (requests <= most / 2) {
      halfCommands = program.commands.size();
      half = work;
    }
  }
  std::vector<double> ends = simulateTiles(target, program);
  auto latest = [&](size_t count) {
    double last = 0;
    for (double end : ArrayRef(ends).take_front(count)) {
      last = std::max(last, end);
    }
    return last;
  };
  double end = latest(ends.size());
  return uint64_t(step == total ? end
                                : extrapolate(end, latest(halfCommands), half));
}

bool MappingCost::appendTo(TileProgram &all, int64_t &made, int64_t most) {
  hasTransfers = true;
  while (made + requests < most && addStep()) {
  }
  if (step != total) {
    return false;
  }
  made += requests;
  // When buffers for the first loads are free, about: in rooms for two or three
  // tiles of a few commands each.
  constexpr unsigned kTurns = 6;
  int32_t free = -1;
  unsigned seen = 0;
  for (int32_t i = int32_t(all.commands.size()) - 1; i >= 0; --i) {
    if (all.commands[i].engine == TileCommand::Matrix && ++seen == kTurns) {
      free = i;
      break;
    }
  }
  const auto commands = int32_t(all.commands.size());
  const auto moves = int32_t(all.transfers.size());
  for (TileCommand command : program.commands) {
    for (int32_t &before : command.after) {
      before = before < 0 ? -1 : before + commands;
    }
    if (command.engine == TileCommand::Load && command.after[0] < 0) {
      command.after[0] = free;
    }
    command.transfer += command.transfer < 0 ? 0 : moves;
    all.add(command);
  }
  llvm::append_range(all.transfers, program.transfers);
  return true;
}

int64_t countReadBanks(linalg::LinalgOp op, const ContractionDims &dims,
                       const ContractionTile &tile, const acc::Target &target,
                       int64_t bodyCommands) {
  return MappingCost(op, dims, tile, target, bodyCommands).getReadBanks();
}

uint64_t estimateContraction(linalg::LinalgOp op, const ContractionDims &dims,
                             const ContractionTile &tile,
                             const acc::Target &target, int64_t bodyCommands,
                             uint64_t limit) {
  return MappingCost(op, dims, tile, target, bodyCommands).estimate(limit);
}

uint64_t simulateContraction(linalg::LinalgOp op, const ContractionDims &dims,
                             const ContractionTile &tile,
                             const acc::Target &target, int64_t bodyCommands,
                             int64_t requests) {
  return MappingCost(op, dims, tile, target, bodyCommands).simulate(requests);
}

std::optional<uint64_t> simulateInTurn(ArrayRef<TiledContraction> products,
                                       const ContractionDims &dims,
                                       const acc::Target &target,
                                       int64_t bodyCommands, int64_t requests) {
  TileProgram program;
  int64_t made = 0;
  for (const TiledContraction &product : products) {
    MappingCost cost(product.op, dims, product.tile, target, bodyCommands);
    if (!cost.appendTo(program, made, requests)) {
      return std::nullopt;
    }
  }
  std::vector<double> ends = simulateTiles(target, program);
  return uint64_t(*llvm::max_element(ends));
}

} // namespace xpu
