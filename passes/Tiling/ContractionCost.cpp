//===- ContractionCost.cpp - What the tiles of a contraction take ---------===//

#include "passes/Tiling/ContractionTile.h"

#include "passes/Analysis/MatmulCost.h"
#include "passes/Analysis/ProductTerms.h"
#include "passes/Tiling/TileCost.h"
#include "passes/Tiling/TileSchedule.h"
#include "systemc-models/Timing/Timing.h"

#include <cmath>

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
  int64_t columns = std::min<int64_t>(sizes[tile.columnDim], target.mxuCols());
  ArrayRef<unsigned> rowDims = tile.stationary == 1 ? dims.m : dims.n;
  if (isBlockProduct(op)) {
    auto scaleStrides = [&](unsigned input) {
      return tileStrides(op, *op.getDpsInputOperand(2 + input), sizes);
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
  double weights = 0, scales = 0, wholeScales = 0;
  double matrix = 0; ///< Of a part: some rows, and a pass over the columns.
  double store = 0;  ///< Of a piece of the results of a part.
  double drain = 0;  ///< The same.
  int64_t parts = 1, pieces = 1;
};

/// Follows the tiles of one mapping through the engines.
class MappingCost {
public:
  MappingCost(linalg::LinalgOp op, const ContractionDims &dims,
              const ContractionTile &tile, const acc::Target &target,
              int64_t bodyCommands);

  /// Cycles of all tiles, or `limit` or more.
  uint64_t estimate(uint64_t limit);

private:
  TileTimes measure(ArrayRef<int64_t> sizes);
  const TileTimes &timesOf(uint32_t edges, ArrayRef<int64_t> sizes);
  void run(const TileTimes &times, bool isFirstStep, bool isLastStep);
  double getLeast() const { return std::max({matrix, drains, transfers}); }

  linalg::LinalgOp op;
  const ContractionDims &dims;
  const ContractionTile &tile;
  const acc::Target &target;
  ScratchpadRegions regions;
  OpOperand &rowOperand, &weights, &result;
  SmallVector<int64_t> ranges;
  ContractionLoops loops;
  int64_t steps;
  uint64_t terms;
  /// By which of the loops are at a smaller tile at their end.
  llvm::SmallDenseMap<uint32_t, TileTimes> measured;

  TileSchedule schedule;
  BufferRing rowPlaces, weightPlaces, sums, pieces;
  SmallVector<double> ended; ///< The last commands of the parts of a tile.
  bool needsRow = true, needsWeights = true;
  /// Busy cycles of engines and of the memory's bus.
  double matrix = 0, drains = 0, transfers = 0;
};
} // namespace

/// Places for buffers of so many bytes in a region, at most `most`.
static BufferRing makeRing(int64_t region, int64_t bytes, int64_t most = 8) {
  return BufferRing(std::min(most, region / std::max<int64_t>(1, bytes)));
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
      steps(loops.steps), terms(countTerms(op)), schedule(target), rowPlaces(1),
      weightPlaces(1), sums(1), pieces(1) {
  SmallVector<int64_t> whole(tile.sizes);
  for (unsigned dim : dims.k) {
    whole[dim] = tile.isRowWhole ? ranges[dim] : tile.sizes[dim];
  }
  // A loop has buffers of its own for as many steps as it writes out.
  int64_t most = loops.sums.hasLoops() ? tile.weightPlaces : 8;
  rowPlaces =
      makeRing(regions.inputBytes(), operandBytes(op, rowOperand, whole), most);
  weightPlaces = makeRing(regions.stationaryBytes(),
                          operandBytes(op, weights, tile.sizes), most);
  SmallVector<int64_t> part(tile.sizes);
  if (tile.rowDim != tile.columnDim) {
    part[tile.rowDim] = tile.partRows;
  }
  int64_t rows = 1;
  for (unsigned dim : tile.stationary == 1 ? dims.m : dims.n) {
    rows *= part[dim];
  }
  sums = makeRing(target.mxu.accRows, rows, /*most=*/16);
  const TileTimes &times = timesOf(0, tile.sizes);
  int64_t width =
      std::min<int64_t>(tile.sizes[tile.columnDim], target.mxuCols());
  pieces = makeRing(regions.resultBytes(), 4 * rows * width / times.pieces);
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
  for (OpOperand *scales : llvm::drop_begin(op.getDpsInputOperands(), 2)) {
    if (areScalesWhole(op, *scales, whole, regions)) {
      times.wholeScales += fetch(*scales, whole);
    } else {
      times.scales += fetch(*scales, sizes);
    }
  }
  // A part as if all had the same number of rows.
  SmallVector<int64_t> part(sizes);
  int64_t rowParts = tile.rowDim == tile.columnDim ? 1 : tile.countParts(sizes);
  part[tile.rowDim] = ceilDiv(sizes[tile.rowDim], rowParts);
  times.matrix =
      double(terms) * estimateMatrixCycles(op, dims, tile, part, target);
  int64_t rows = 1;
  for (unsigned dim : tile.stationary == 1 ? dims.m : dims.n) {
    rows *= part[dim];
  }
  int64_t columns = sizes[tile.columnDim];
  times.parts = rowParts * ceilDiv(columns, target.mxuCols());
  int64_t width = std::min<int64_t>(columns, target.mxuCols());
  bool isOutside = getSpace(result.get().getType()) != Space::SPM;
  // Results leave in pieces that keep the columns whole; three take turns.
  SmallVector<int64_t> piece(part);
  piece[tile.columnDim] = width;
  AffineMap outMap = op.getMatchingIndexingMap(&result);
  for (unsigned i = 0; isOutside && i < outMap.getNumResults(); ++i) {
    unsigned dim = outMap.getDimPosition(i);
    if (dim == tile.columnDim) {
      continue;
    }
    auto fits = [&] {
      return operandBytes(op, result, piece) <= regions.resultBytes() / 3;
    };
    for (int64_t parts = 2; !fits() && piece[dim] > 1; ++parts) {
      piece[dim] = ceilDiv(part[dim], parts);
    }
    times.pieces *= ceilDiv(part[dim], piece[dim]);
  }
  times.store =
      double(estimateTransfer(op, result, piece, target, tile.spreadsResult));
  int64_t stride =
      tileStrides(op, result, sizes, tile.spreadsResult)[tile.columnDim];
  times.drain = double(
      estimateDrainCycles(ceilDiv(rows, times.pieces), width, stride, target));
  return times;
}

const TileTimes &MappingCost::timesOf(uint32_t edges, ArrayRef<int64_t> sizes) {
  auto [it, isNew] = measured.try_emplace(edges);
  if (isNew) {
    it->second = measure(sizes);
  }
  return it->second;
}

void MappingCost::run(const TileTimes &times, bool isFirstStep,
                      bool isLastStep) {
  auto fetch = [&](BufferRing &places, double cycles) {
    double from = places.next();
    places.ready = cycles > 0 ? schedule.load(from, cycles) : 0;
    transfers += cycles;
  };
  if (needsRow) {
    fetch(rowPlaces, tile.isRowWhole ? times.wholeRow : times.row);
  }
  if (needsWeights) {
    fetch(weightPlaces, times.weights);
  }
  double scales = times.scales + (isFirstStep ? times.wholeScales : 0);
  double ready = std::max(rowPlaces.ready, weightPlaces.ready);
  if (scales > 0) {
    ready = std::max(ready, schedule.load(0, scales));
    transfers += scales;
  }
  auto leave = [&](double summed) {
    double drained = summed;
    for (int64_t piece = 0; piece < times.pieces; ++piece) {
      drained = schedule.drain(std::max(drained, pieces.next()), times.drain);
      pieces.use(times.store > 0 ? schedule.store(drained, times.store)
                                 : drained);
      drains += times.drain;
      transfers += times.store;
    }
    return drained;
  };
  ended.assign(times.parts, 0);
  for (double &end : ended) {
    double from = ready;
    if (isFirstStep) {
      from = std::max(from, sums.next());
    }
    end = schedule.multiply(from, times.matrix);
    matrix += times.matrix;
    if (steps == 1) {
      sums.use(leave(end));
    }
  }
  rowPlaces.use(ended.back());
  weightPlaces.use(ended.back());
  if (steps != 1 && isLastStep) {
    for (auto [i, end] : llvm::enumerate(ended)) {
      sums.use(leave(end), ended.size() - 1 - i);
    }
  }
}

uint64_t MappingCost::estimate(uint64_t limit) {
  // Steps that are followed; more of them go on at the pace of the later half.
  constexpr int64_t followed = 512;
  auto isOf = [&](ArrayRef<unsigned> of, unsigned dim) {
    return llvm::is_contained(of, dim);
  };
  ArrayRef<unsigned> rowDims = tile.stationary == 1 ? dims.m : dims.n;
  ArrayRef<unsigned> columnDims = tile.stationary == 1 ? dims.n : dims.m;
  SmallVector<int64_t> offsets(ranges.size(), 0);
  SmallVector<int64_t> sizes(tile.sizes);
  int64_t total = 1;
  for (unsigned dim : loops.dims) {
    total *= ceilDiv(ranges[dim], tile.sizes[dim]);
  }
  double halfEnd = 0, halfLeast = 0;
  int64_t step = 0;
  for (; step < std::min(total, followed); ++step) {
    if (step == followed / 2) {
      halfEnd = schedule.getEnd();
      halfLeast = getLeast();
    }
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
    if (loops.sums.beginsIdle(offsets, /*bodyHasLoops=*/false) ||
        (isFirst && loops.tiles.beginsIdle(offsets, sumsHaveLoops))) {
      schedule.fence();
    }
    run(timesOf(edges, sizes), isFirst, isLast);
    if (uint64_t(getLeast()) > limit) {
      return limit;
    }
    // What the next one reads that is there already stays.
    needsRow = needsWeights = false;
    for (unsigned dim : llvm::reverse(loops.dims)) {
      bool moves = tile.sizes[dim] < ranges[dim];
      bool isSum = isOf(dims.k, dim);
      needsRow |= moves && (isSum ? !tile.isRowWhole : !isOf(columnDims, dim));
      needsWeights |= moves && !isOf(rowDims, dim);
      offsets[dim] += tile.sizes[dim];
      if (offsets[dim] < ranges[dim]) {
        break;
      }
      offsets[dim] = 0;
    }
  }
  double cycles = schedule.getEnd();
  if (step < total) {
    double pace = std::max(1.0, (cycles - halfEnd) /
                                    std::max(1.0, getLeast() - halfLeast));
    cycles += (getLeast() * (double(total) / double(step)) - getLeast()) * pace;
  }
  // The busier two of them are, the more often one waits for the other, as
  // refreshes and pages of the memory have it (benchmarks/roofline).
  constexpr double waits = 0.15;
  double share =
      std::min(matrix, transfers) / std::max({1.0, matrix, transfers});
  return uint64_t(cycles * (1 + waits * std::pow(share, 4)));
}

uint64_t estimateContraction(linalg::LinalgOp op, const ContractionDims &dims,
                             const ContractionTile &tile,
                             const acc::Target &target, int64_t bodyCommands,
                             uint64_t limit) {
  return MappingCost(op, dims, tile, target, bodyCommands).estimate(limit);
}

} // namespace xpu
