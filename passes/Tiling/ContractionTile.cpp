//===- ContractionTile.cpp - How a contraction is cut ---------------------===//

#include "passes/Tiling/ContractionMappings.h"

#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/ProductTerms.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Tiling/Passes.h"
#include "passes/Tiling/TileCost.h"
#include "systemc-models/Timing/Timing.h"

#include <cmath>
#include <numeric>
#include <tuple>

using namespace mlir;

namespace xpu {

std::vector<int64_t> ContractionTile::getCut() const {
  std::vector<int64_t> cut = {columnDim,     stationary,      weightRoom,
                              rowDim,        partRows,        rowsAreInner,
                              isRowWhole,    areWeightsWhole, areScalesWhole,
                              spreadsResult, keepsRows,       keepsWeights,
                              columnRowDim,  areRowsInParts};
  llvm::append_range(cut, sizes);
  // Operands by their bits: which of them come first does not matter.
  int64_t spread = 0;
  for (unsigned input : spreadInputs) {
    spread |= int64_t(1) << input;
  }
  cut.push_back(spread);
  return cut;
}

/// Keeps at most three dimensions larger than 1 in `dims`, the largest ones.
static void keepThree(ArrayRef<unsigned> dims,
                      SmallVectorImpl<int64_t> &sizes) {
  SmallVector<unsigned> order(dims);
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return std::make_pair(-sizes[a], a) < std::make_pair(-sizes[b], b);
  });
  for (size_t i = 3; i < order.size(); ++i) {
    sizes[order[i]] = 1;
  }
}

bool sharesBank(Value a, Value b, const acc::Target &target) {
  auto banksOf = [&](Value value) -> std::pair<int64_t, int64_t> {
    Value root = getViewRoot(value);
    Operation *alloc = root.getDefiningOp();
    auto address =
        alloc ? alloc->getAttrOfType<IntegerAttr>(kResidentAttr) : nullptr;
    if (!address) {
      return {0, -1};
    }
    int64_t first = address.getInt();
    int64_t last = first + getByteSize(cast<MemRefType>(root.getType())) - 1;
    return {first / target.spm.bankBytes, last / target.spm.bankBytes};
  };
  auto [firstA, lastA] = banksOf(a);
  auto [firstB, lastB] = banksOf(b);
  return firstA <= lastB && firstB <= lastA;
}

unsigned getColumnDim(ArrayRef<int64_t> ranges, ArrayRef<unsigned> columnDims) {
  unsigned best = columnDims.front();
  for (unsigned dim : columnDims) {
    // Of equal ones the inner: rows of memory stay whole.
    best = ranges[dim] >= ranges[best] ? dim : best;
  }
  return best;
}

/// Whether a tile of an operand goes along its rows when `dim` counts.
static bool isContiguous(linalg::LinalgOp op, OpOperand &operand,
                         ArrayRef<int64_t> sizes, unsigned dim) {
  int64_t bytes = getElementBytes(
      cast<MemRefType>(operand.get().getType()).getElementType());
  return sizes[dim] == 1 || tileStrides(op, operand, sizes)[dim] == bytes;
}

/// Says which copies are better off with rows an odd number of elements apart:
/// always the result, which is left in pieces of any width.
static void chooseSpread(linalg::LinalgOp op, const ContractionDims &dims,
                         bool hasSpreadInputs, ContractionTile &tile) {
  OpOperand &weights = *op.getDpsInputOperand(tile.stationary);
  OpOperand &rows = *op.getDpsInputOperand(1 - tile.stationary);
  OpOperand &result = *op.getDpsInitOperand(0);
  auto isRow = [&](OpOperand &operand) {
    return llvm::any_of(dims.k, [&](unsigned dim) {
      return isContiguous(op, operand, tile.sizes, dim) && tile.sizes[dim] > 1;
    });
  };
  auto isOutside = [](OpOperand &operand) {
    return getSpace(operand.get().getType()) != Space::SPM;
  };
  if (hasSpreadInputs && isOutside(weights) && !tile.hasColumnRows() &&
      !isContiguous(op, weights, tile.sizes, tile.columnDim)) {
    tile.spreadInputs.insert(weights.getOperandNumber());
  }
  if (hasSpreadInputs && isOutside(rows) && !isRow(rows)) {
    tile.spreadInputs.insert(rows.getOperandNumber());
  }
  tile.spreadsResult = isOutside(result) &&
                       !isContiguous(op, result, tile.sizes, tile.columnDim);
}

int64_t copyBytes(linalg::LinalgOp op, OpOperand &operand,
                  ArrayRef<int64_t> sizes, bool isSpread, bool isCopied) {
  int64_t bytes = isCopied ? operandBytes(op, operand, sizes)
                           : copiedBytes(op, operand, sizes);
  if (bytes == 0 || !isSpread) {
    return bytes;
  }
  SmallVector<int64_t> strides = tileStrides(op, operand, sizes);
  SmallVector<int64_t> spread =
      tileStrides(op, operand, sizes, /*isSpread=*/true);
  // Rows grow by an element each.
  double most = 1;
  for (auto [a, b] : llvm::zip(strides, spread)) {
    if (a > 0) {
      most = std::max(most, double(b) / double(a));
    }
  }
  return int64_t(std::ceil(double(bytes) * most));
}

int64_t getStepUnit(linalg::LinalgOp op, const acc::Target &target) {
  FailureOr<ProductTerms> terms = getProductTerms(op, /*stationary=*/1);
  if (failed(terms)) {
    return target.mxu.rows;
  }
  auto [a, w] = terms->front();
  int64_t elements =
      int64_t(target.mxu.rows) * isa::matrixGroup(static_cast<isa::Format>(a),
                                                  static_cast<isa::Format>(w));
  return isBlockProduct(op) ? std::max<int64_t>(1, elements / isa::kScaleBlock)
                            : elements;
}

/// Tiles of `sizes` along some dimensions.
static int64_t countTiles(ArrayRef<unsigned> dims, ArrayRef<int64_t> ranges,
                          ArrayRef<int64_t> sizes) {
  int64_t count = 1;
  for (unsigned dim : dims) {
    count *= ceilDiv(ranges[dim], sizes[dim]);
  }
  return count;
}

/// Cuts the contraction into `steps` parts, about, that fill the rows of the
/// array; false if there is nothing to cut.
static bool cutSums(ArrayRef<unsigned> sumDims, int64_t steps, int64_t unit,
                    SmallVectorImpl<int64_t> &sizes) {
  for (unsigned dim : sumDims) {
    if (sizes[dim] == 1) {
      continue;
    }
    int64_t part = ceilDiv(sizes[dim], steps);
    if (dim == sumDims.back()) {
      part = ceilDiv(part, unit) * unit;
    }
    bool isCut = part < sizes[dim];
    sizes[dim] = std::min(part, sizes[dim]);
    return isCut;
  }
  return false;
}

/// Says which operands of `tile` stay as `mapping` has it; fails if none is
/// read twice, if they do not fit, or if too many commands were written out.
static LogicalResult
chooseKept(linalg::LinalgOp op, const ContractionDims &dims,
           ArrayRef<int64_t> ranges, const Mapping &mapping,
           const acc::Target &target, const ScratchpadRegions &regions,
           int64_t rowBytes, int64_t weightBytes, int64_t bodyCommands,
           ContractionTile &tile) {
  ArrayRef<unsigned> rowDims = tile.stationary == 1 ? dims.m : dims.n;
  ArrayRef<unsigned> columnDims = tile.stationary == 1 ? dims.n : dims.m;
  int64_t rowTiles = countTiles(rowDims, ranges, tile.sizes);
  int64_t columnTiles = countTiles(columnDims, ranges, tile.sizes);
  int64_t steps = countTiles(dims.k, ranges, tile.sizes);
  int64_t outer = rowTiles, inner = columnTiles;
  if (tile.rowsAreInner) {
    std::swap(outer, inner);
  }
  bool keepsOuter = inner > 1;
  bool keepsInner = mapping.keeps == Mapping::KeepBoth && outer > 1;
  if (isBlockProduct(op) || countTiles(dims.batch, ranges, tile.sizes) > 1 ||
      keepsInner != (mapping.keeps == Mapping::KeepBoth) ||
      (!keepsOuter && !keepsInner)) {
    return failure();
  }
  tile.keepsRows = tile.rowsAreInner ? keepsInner : keepsOuter;
  tile.keepsWeights = tile.rowsAreInner ? keepsOuter : keepsInner;
  // Of what goes with the outer loop, two tiles take turns.
  auto fits = [&](bool keeps, bool isInner, int64_t bytes, int64_t usual,
                  int64_t room) {
    int64_t tiles = isInner ? inner : std::min<int64_t>(outer, 2);
    bytes = ceilDiv(bytes, target.spm.rowBytes) * int64_t(target.spm.rowBytes);
    return bytes * (keeps ? tiles * steps : usual) <= room;
  };
  // Inputs of an epilogue are beside the rows.
  int64_t rowRoom = regions.inputBytes() * (findEpilogue(op) ? 3 : 4) / 4;
  int64_t passes = ceilDiv(tile.sizes[tile.columnDim], target.mxuCols());
  int64_t parts = passes * mapping.parts;
  int64_t commands = rowTiles * columnTiles *
                     (steps * (2 + parts * countTerms(op)) + 2 * parts);
  return success(
      fits(tile.keepsRows, tile.rowsAreInner, rowBytes, 2, rowRoom) &&
      fits(tile.keepsWeights, !tile.rowsAreInner, weightBytes,
           tile.weightPlaces, regions.stationaryBytes()) &&
      commands <= kSumCommands * bodyCommands);
}

FailureOr<ContractionTile>
chooseTile(linalg::LinalgOp op, const ContractionDims &dims,
           ArrayRef<int64_t> ranges, const Mapping &mapping,
           const acc::Target &target, int64_t bodyCommands) {
  const unsigned stationary = mapping.stationary;
  ContractionTile choice;
  choice.stationary = stationary;
  choice.stationaryBanks = mapping.stationaryBanks;
  choice.resultBanks = mapping.resultBanks;
  choice.sizes.assign(ranges.begin(), ranges.end());
  SmallVector<int64_t> &sizes = choice.sizes;
  ArrayRef<unsigned> rowDims = stationary == 1 ? dims.m : dims.n;
  ArrayRef<unsigned> columnDims = stationary == 1 ? dims.n : dims.m;
  for (unsigned dim : dims.batch) {
    sizes[dim] = 1;
  }
  choice.columnDim = getColumnDim(ranges, columnDims);
  choice.columnRowDim = choice.columnDim;
  if (mapping.columnRows > 1) {
    FailureOr<ColumnRows> rows = findColumnRows(op, dims, stationary, target);
    if (failed(rows)) {
      return failure();
    }
    choice.columnDim = rows->inner;
    choice.columnRowDim = rows->dim;
    choice.columnPitch = rows->pitch;
    for (unsigned dim : rows->single) {
      sizes[dim] = 1;
    }
    // A step reads copies of its own.
    if (!rows->single.empty() && mapping.areWeightsWhole) {
      return failure();
    }
  }
  for (unsigned dim : columnDims) {
    sizes[dim] = dim == choice.columnDim      ? mapping.columns
                 : dim == choice.columnRowDim ? mapping.columnRows
                                              : 1;
  }
  choice.batchDim = dims.batch.empty() ? choice.columnDim : dims.batch.back();
  if (mapping.batches > 1) {
    choice.batches = std::min(mapping.batches, ranges[choice.batchDim]);
    sizes[choice.batchDim] = choice.batches;
  }
  choice.weightPlaces = mapping.weightPlaces;
  choice.takesTurns = mapping.takesTurns;
  choice.rowsAreInner = mapping.rowsAreInner;
  choice.areScalesWhole = mapping.areScalesWhole;
  choice.areWeightsWhole = mapping.areWeightsWhole;
  choice.areRowsInParts = mapping.areRowsInParts;
  // One step leaves the accumulators behind each pass over the columns.
  int64_t passes =
      mapping.isOneStep ? 1 : ceilDiv(mapping.columns, target.mxuCols());
  int64_t rowLimit =
      target.mxu.accRows / (passes * (mapping.takesTurns ? 2 : 1));
  if (rowLimit == 0) {
    return failure();
  }
  keepThree(rowDims, sizes);
  keepThree(dims.k, sizes);
  int64_t stepUnit = getStepUnit(op, target);
  if (mapping.sumSteps > 1 &&
      !cutSums(dims.k, mapping.sumSteps, stepUnit, sizes)) {
    return failure();
  }
  // Cuts the outermost dimension larger than 1 into equal parts, multiples of
  // `unit` if possible, so that `bytes` come down to `budget`.
  auto shrinkOutermost = [&](ArrayRef<unsigned> candidates, int64_t unit,
                             int64_t bytes, int64_t budget) {
    for (unsigned dim : candidates) {
      int64_t &size = sizes[dim];
      if (size > 1) {
        int64_t largest = std::max<int64_t>(1, size * budget / bytes);
        if (largest > unit) {
          largest = largest / unit * unit;
        }
        int64_t part = ceilDiv(size, ceilDiv(size, largest));
        if (part > unit) {
          part = std::min(largest, ceilDiv(part, unit) * unit);
        }
        size = std::min(part, size - 1);
        return true;
      }
    }
    return false;
  };
  auto rows = [&] {
    int64_t product = 1;
    for (unsigned dim : rowDims) {
      product *= sizes[dim];
    }
    return product;
  };
  while (rows() > rowLimit) {
    // The outermost dimension gives way first, in equal parts: a last tile of
    // few rows would load as many weights as the others.
    for (unsigned dim : rowDims) {
      if (sizes[dim] > 1) {
        int64_t others = rows() / sizes[dim];
        int64_t most = std::max<int64_t>(1, rowLimit / others);
        sizes[dim] = ceilDiv(sizes[dim], ceilDiv(sizes[dim], most));
        break;
      }
    }
  }
  ScratchpadRegions regions(target, ScratchpadRegions::tileBanks(target, op),
                            mapping.stationaryBanks, mapping.resultBanks);
  OpOperand &rowsOperand = *op.getDpsInputOperand(1 - stationary);
  auto overAllSums = [&] {
    SmallVector<int64_t> all(sizes);
    for (unsigned dim : dims.k) {
      all[dim] = ranges[dim];
    }
    return all;
  };
  const bool hasEpilogue = findEpilogue(op) != nullptr;
  int64_t rowBudget = regions.inputBytes() * 9 / 20;
  bool hasLines = false; // Steps are of whole lines of memory.
  if (mapping.areWeightsWhole && !hasEpilogue) {
    // Little is left for them, and their steps are of one size.
    rowBudget = regions.inputBytes() / 2;
    hasLines = true;
  } else if (mapping.areRowsInParts) {
    // A tile, and a part of the next one.
    rowBudget = regions.inputBytes() * mapping.parts / (mapping.parts + 1);
    hasLines = true;
  }
  if (hasLines) {
    int64_t lineUnit =
        int64_t(target.hbm.lineBytes) /
        getElementBytes(getElementTypeOrSelf(rowsOperand.get().getType()));
    stepUnit = std::max(stepUnit, lineUnit / stepUnit * stepUnit);
  }
  // Of the rows for the whole contraction two take turns, if there are as many;
  // the epilogue's inputs are beside them.
  auto getWholeBudget = [&] {
    if (mapping.isRowAlone) {
      return regions.inputBytes();
    }
    bool isOnly =
        llvm::all_of(llvm::seq<size_t>(0, sizes.size()), [&](size_t d) {
          return llvm::is_contained(columnDims, d) ||
                 llvm::is_contained(dims.k, d) || sizes[d] == ranges[d];
        });
    return isOnly ? regions.inputBytes() * (hasEpilogue ? 3 : 4) / 4
                  : rowBudget;
  };
  while (true) {
    choice.spreadInputs.clear();
    chooseSpread(op, dims, mapping.isSpread, choice);
    // The weights, and scales of both operands: those of the whole contraction
    // for two tiles of the result, or for one if they are the same for the
    // next; others with the weights.
    SmallVector<int64_t> whole = overAllSums();
    int64_t weightBytes = 0, wholeScales = 0;
    for (OpOperand *input : op.getDpsInputOperands()) {
      if (input == &rowsOperand) {
        continue;
      }
      bool isScales = input->getOperandNumber() >= 2;
      bool isWhole = isScales && choice.areScalesWhole;
      bool isOfWeights = input->getOperandNumber() == 2 + stationary;
      int64_t bytes = copyBytes(
          op, *input,
          isWhole || (!isScales && choice.areWeightsWhole) ? whole : sizes,
          isScales || choice.spreadInputs.contains(input->getOperandNumber()),
          sharesBank(rowsOperand.get(), input->get(), target));
      if (isWhole) {
        wholeScales += bytes * (isOfWeights == choice.rowsAreInner ? 1 : 2);
      } else {
        weightBytes += bytes;
      }
    }
    int64_t weightBudget =
        (regions.stationaryBytes() - wholeScales) / mapping.weightPlaces;
    auto getRowBytes = [&](ArrayRef<int64_t> part) {
      return copyBytes(
          op, rowsOperand, part,
          choice.spreadInputs.contains(rowsOperand.getOperandNumber()),
          /*isCopied=*/false);
    };
    if (mapping.keeps != Mapping::KeepNone) {
      if (failed(chooseKept(op, dims, ranges, mapping, target, regions,
                            getRowBytes(sizes), weightBytes, bodyCommands,
                            choice))) {
        return failure();
      }
      break;
    }
    // The first steps of a product of few do not wait for the last rows.
    choice.isRowWhole =
        getRowBytes(whole) <= getWholeBudget() &&
        (mapping.sumSteps == 1 || countTiles(columnDims, ranges, sizes) > 1);
    int64_t rowBytes = choice.isRowWhole ? 0 : getRowBytes(sizes);
    bool weightsFit = weightBytes <= weightBudget;
    choice.weightRoom = std::clamp<int64_t>(
        (regions.stationaryBytes() - wholeScales) /
            std::max<int64_t>(1, weightBytes),
        mapping.weightPlaces, std::max<int64_t>(mapping.weightPlaces, 4));
    if (weightsFit && rowBytes <= rowBudget) {
      break;
    }
    int64_t bytes = weightsFit ? rowBytes : weightBytes;
    int64_t budget = weightsFit ? rowBudget : weightBudget;
    if (budget <= 0 || (!weightsFit && choice.areWeightsWhole) ||
        ((mapping.isOneStep ||
          !shrinkOutermost(dims.k, stepUnit, bytes, budget)) &&
         (!weightsFit || !shrinkOutermost(rowDims, 1, bytes, budget)))) {
      return failure();
    }
  }
  // Rows of columns are apart by what windows read of them.
  SmallVector<int64_t> strides =
      tileStrides(op, *op.getDpsInputOperand(stationary), sizes);
  if (choice.hasColumnRows() &&
      strides[choice.columnRowDim] !=
          choice.columnPitch * strides[choice.columnDim]) {
    return failure();
  }
  // Sums of several that are not complete would need accumulators of all.
  if (choice.batches > 1 && countTiles(dims.k, ranges, sizes) > 1) {
    return failure();
  }
  // An even number of steps lets two buffers take turns from tile to tile.
  int64_t steps = 1;
  unsigned cut = 0;
  for (unsigned dim : dims.k) {
    if (sizes[dim] < ranges[dim]) {
      steps *= ceilDiv(ranges[dim], sizes[dim]);
      cut = dim;
    }
  }
  if (steps > 1 && steps % 2 == 1 && !choice.keepsOperands() &&
      ceilDiv(ranges[cut], sizes[cut]) == steps) {
    int64_t size =
        ceilDiv(ceilDiv(ranges[cut], steps + 1), stepUnit) * stepUnit;
    if (ceilDiv(ranges[cut], size) == steps + 1) {
      sizes[cut] = size;
    }
  }
  // A loop of one tile is the outer one: what it fetches stays for the other.
  if (!choice.keepsOperands()) {
    if (countTiles(columnDims, ranges, sizes) == 1) {
      choice.rowsAreInner = true;
    } else if (countTiles(rowDims, ranges, sizes) == 1) {
      choice.rowsAreInner = false;
    }
  }
  choice.rowDim = choice.columnDim;
  choice.partRows = sizes[choice.rowDim];
  for (unsigned dim : rowDims) {
    if (sizes[dim] > 1) {
      choice.rowDim = dim;
      choice.partRows = ceilDiv(sizes[dim], mapping.parts);
      break;
    }
  }
  if (mapping.areRowsInParts &&
      (choice.countParts(sizes) == 1 || choice.isRowWhole || steps == 1 ||
       choice.keepsOperands() || choice.batches > 1 ||
       getSpace(rowsOperand.get().getType()) == Space::SPM)) {
    return failure();
  }
  return choice;
}

ContractionLoops
makeContractionLoops(linalg::LinalgOp op, const ContractionDims &dims,
                     const ContractionTile &tile, const acc::Target &target,
                     int64_t bodyCommands,
                     const llvm::SmallDenseSet<unsigned> &unrolled) {
  bool innerIsM = tile.rowsAreInner == (tile.stationary == 1);
  SmallVector<unsigned> parallel(dims.batch);
  llvm::append_range(parallel, innerIsM ? dims.n : dims.m);
  size_t numOuter = parallel.size();
  llvm::append_range(parallel, innerIsM ? dims.m : dims.n);
  SmallVector<unsigned> reduction;
  op.getReductionDims(reduction);
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  int64_t passes = ceilDiv(tile.sizes[tile.columnDim], target.mxuCols());
  // Commands of a step over the reduction, and of a tile of the result.
  int64_t stepCommands =
      2 + tile.batches * passes * tile.countParts(tile.sizes) * countTerms(op);
  int64_t steps = 1;
  for (unsigned dim : reduction) {
    steps *= ceilDiv(ranges[dim], tile.sizes[dim]);
  }
  // Buffers take turns, also from one iteration to the next.
  auto getTurns = [&](int64_t limit) {
    return std::min(tile.weightRoom, std::max(tile.weightPlaces, limit));
  };
  bool sumsAreLoop = steps * stepCommands > kSumCommands * bodyCommands;
  int64_t stepLimit = sumsAreLoop ? bodyCommands / stepCommands : steps;
  TileLoops sums(ranges, tile.sizes, reduction, stepLimit,
                 /*unrolled=*/{}, getTurns(stepLimit));
  sums.peelFirst();
  llvm::SmallDenseSet<unsigned> writtenOut(unrolled);
  if (tile.keepsOperands()) {
    writtenOut.insert(parallel.begin(), parallel.end());
  }
  int64_t tileLimit = bodyCommands / (stepCommands * steps);
  int64_t count = 1;
  for (unsigned dim : parallel) {
    count *= ceilDiv(ranges[dim], tile.sizes[dim]);
  }
  if (count * steps * stepCommands <= kSumCommands * bodyCommands) {
    tileLimit = count;
  }
  // Weights that stay for the inner loop take no turns in it.
  bool staysWeights = tile.rowsAreInner && (steps == 1 || tile.areWeightsWhole);
  int64_t turns =
      staysWeights ? tile.weightPlaces : getTurns(tileLimit * steps);
  TileLoops tiles(ranges, tile.sizes, parallel, tileLimit, writtenOut,
                  std::max<int64_t>(turns / std::gcd(steps, turns),
                                    passes % 2 == 0 ? 1 : 2));
  // What is still on its way goes between the loads of the first tile, which
  // no loop has.
  Operation *rows =
      getViewRoot(op.getDpsInputOperand(1 - tile.stationary)->get())
          .getDefiningOp();
  if (rows && rows->hasAttr(kInPiecesAttr)) {
    tiles.peelFirst();
  }
  SmallVector<unsigned> loops(parallel);
  llvm::append_range(loops, reduction);
  return {tiles, sums, numOuter, loops, steps};
}

int64_t getPassColumns(const acc::Target &target, int64_t columns) {
  constexpr int64_t kResultBytes = 4;
  const int64_t most = target.mxuCols();
  int64_t line =
      std::max<int64_t>(1, int64_t(target.hbm.lineBytes) / kResultBytes);
  int64_t part = ceilDiv(ceilDiv(columns, ceilDiv(columns, most)), line) * line;
  // The last of unequal parts loads fewer weights.
  return std::min(part <= most ? part : most, columns);
}

int64_t countTerms(linalg::LinalgOp op) {
  FailureOr<ProductTerms> terms = getProductTerms(op, /*stationary=*/1);
  return failed(terms) ? 1 : terms->size();
}

} // namespace xpu
