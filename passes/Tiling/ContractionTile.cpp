//===- ContractionTile.cpp - How a contraction is cut ---------------------===//

#include "passes/Tiling/ContractionTile.h"

#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/MatmulCost.h"
#include "passes/Analysis/ProductTerms.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Tiling/TileCost.h"
#include "systemc-models/Timing/Timing.h"

#include <cmath>

using namespace mlir;

namespace xpu {

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

bool areScalesWhole(linalg::LinalgOp op, OpOperand &scales,
                    ArrayRef<int64_t> sizes, const ScratchpadRegions &regions) {
  return operandBytes(op, scales, sizes) <= regions.stationaryBytes() / 8;
}

/// The dimension that runs over the columns of the array.
static unsigned getColumnDim(linalg::LinalgOp op,
                             ArrayRef<unsigned> columnDims) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  unsigned best = columnDims.front();
  for (unsigned dim : columnDims) {
    // Of equal ones the inner: rows of memory stay whole.
    best = ranges[dim] >= ranges[best] ? dim : best;
  }
  return best;
}

namespace {
/// What is free in the choice of a tile; the rest follows from what fits.
struct Mapping {
  unsigned stationary = 1;
  int64_t columns = 1;    ///< Fetched as one, for several passes of the array.
  bool isOneStep = false; ///< Over the reduction.
  /// Accumulators of one tile are stored while those of the next are written.
  bool takesTurns = false;
  int64_t stationaryBanks = 1;
  bool isSpread = false; ///< Copies that the array reads or writes across rows.
};
} // namespace

/// Whether a tile of an operand goes along its rows when `dim` counts.
static bool isContiguous(linalg::LinalgOp op, OpOperand &operand,
                         ArrayRef<int64_t> sizes, unsigned dim) {
  int64_t bytes = getElementBytes(
      cast<MemRefType>(operand.get().getType()).getElementType());
  return sizes[dim] == 1 || tileStrides(op, operand, sizes)[dim] == bytes;
}

/// Says which copies are better off with rows an odd number of elements apart.
static void chooseSpread(linalg::LinalgOp op, const ContractionDims &dims,
                         ContractionTile &tile) {
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
  if (isOutside(weights) &&
      !isContiguous(op, weights, tile.sizes, tile.columnDim)) {
    tile.spreadInputs.insert(weights.getOperandNumber());
  }
  if (isOutside(rows) && !isRow(rows)) {
    tile.spreadInputs.insert(rows.getOperandNumber());
  }
  tile.spreadsResult = isOutside(result) &&
                       !isContiguous(op, result, tile.sizes, tile.columnDim);
}

/// What a tile needs of an operand, with its rows apart if they are spread.
static int64_t copyBytes(linalg::LinalgOp op, OpOperand &operand,
                         const ContractionTile &tile, bool isCopied) {
  int64_t bytes = isCopied ? operandBytes(op, operand, tile.sizes)
                           : copiedBytes(op, operand, tile.sizes);
  if (bytes == 0 || !tile.spreadInputs.contains(operand.getOperandNumber())) {
    return bytes;
  }
  SmallVector<int64_t> strides = tileStrides(op, operand, tile.sizes);
  SmallVector<int64_t> spread =
      tileStrides(op, operand, tile.sizes, /*isSpread=*/true);
  // Rows grow by an element each.
  double most = 1;
  for (auto [a, b] : llvm::zip(strides, spread)) {
    if (a > 0) {
      most = std::max(most, double(b) / double(a));
    }
  }
  return int64_t(std::ceil(double(bytes) * most));
}

/// Elements of the contraction, or blocks of them, that fill the rows of the
/// array.
static int64_t getStepUnit(linalg::LinalgOp op, const acc::Target &target) {
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

/// The largest tile that fits in the scratchpad.
static FailureOr<ContractionTile> chooseTile(linalg::LinalgOp op,
                                             const ContractionDims &dims,
                                             const Mapping &mapping,
                                             const acc::Target &target) {
  const unsigned stationary = mapping.stationary;
  ContractionTile choice;
  choice.stationary = stationary;
  choice.stationaryBanks = mapping.stationaryBanks;
  choice.sizes = op.getStaticLoopRanges();
  SmallVector<int64_t> &sizes = choice.sizes;
  ArrayRef<unsigned> rowDims = stationary == 1 ? dims.m : dims.n;
  ArrayRef<unsigned> columnDims = stationary == 1 ? dims.n : dims.m;
  for (unsigned dim : dims.batch) {
    sizes[dim] = 1;
  }
  choice.columnDim = getColumnDim(op, columnDims);
  for (unsigned dim : columnDims) {
    sizes[dim] = dim == choice.columnDim ? mapping.columns : 1;
  }
  choice.takesTurns = mapping.takesTurns;
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
    // The outermost dimension gives way first; a single one takes the largest
    // number of rows that fits.
    for (unsigned dim : rowDims) {
      if (sizes[dim] > 1) {
        int64_t others = rows() / sizes[dim];
        sizes[dim] = std::max<int64_t>(1, rowLimit / others);
        break;
      }
    }
  }
  ScratchpadRegions regions(target, ScratchpadRegions::tileBanks(target, op),
                            mapping.stationaryBanks);
  OpOperand &rowsOperand = *op.getDpsInputOperand(1 - stationary);
  int64_t stepUnit = getStepUnit(op, target);
  int64_t weightBudget = regions.stationaryBytes() / 2;
  auto overAllSums = [&] {
    SmallVector<int64_t> all(sizes);
    for (unsigned dim : dims.k) {
      all[dim] = op.getStaticLoopRanges()[dim];
    }
    return all;
  };
  int64_t rowBudget = regions.inputBytes() * 9 / 20;
  while (true) {
    choice.spreadInputs.clear();
    if (mapping.isSpread) {
      chooseSpread(op, dims, choice);
    }
    // The weights, and scales of both operands.
    int64_t weightBytes = 0;
    for (OpOperand *input : op.getDpsInputOperands()) {
      if (input->getOperandNumber() >= 2 &&
          areScalesWhole(op, *input, overAllSums(), regions)) {
        weightBytes += operandBytes(op, *input, overAllSums());
      } else if (input != &rowsOperand) {
        weightBytes +=
            copyBytes(op, *input, choice,
                      sharesBank(rowsOperand.get(), input->get(), target));
      }
    }
    int64_t rowBytes = copyBytes(op, rowsOperand, choice, /*isCopied=*/false);
    bool weightsFit = weightBytes <= weightBudget;
    if (weightsFit && rowBytes <= rowBudget) {
      break;
    }
    int64_t bytes = weightsFit ? rowBytes : weightBytes;
    int64_t budget = weightsFit ? rowBudget : weightBudget;
    if ((mapping.isOneStep ||
         !shrinkOutermost(dims.k, stepUnit, bytes, budget)) &&
        (!weightsFit || !shrinkOutermost(rowDims, 1, bytes, budget))) {
      return failure();
    }
  }
  // An even number of steps lets two buffers take turns from tile to tile.
  int64_t steps = 1;
  unsigned cut = 0;
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (unsigned dim : dims.k) {
    if (sizes[dim] < ranges[dim]) {
      steps *= ceilDiv(ranges[dim], sizes[dim]);
      cut = dim;
    }
  }
  if (steps > 1 && steps % 2 == 1 &&
      ceilDiv(ranges[cut], sizes[cut]) == steps) {
    int64_t size =
        ceilDiv(ceilDiv(ranges[cut], steps + 1), stepUnit) * stepUnit;
    if (ceilDiv(ranges[cut], size) == steps + 1) {
      sizes[cut] = size;
    }
  }
  return choice;
}

int64_t countTerms(linalg::LinalgOp op) {
  FailureOr<ProductTerms> terms = getProductTerms(op, /*stationary=*/1);
  return failed(terms) ? 1 : terms->size();
}

namespace {
/// Tiles of one size.
struct TileGroup {
  SmallVector<int64_t> sizes;
  uint64_t count = 1;
};
} // namespace

/// The sizes of tiles that `tile` cuts `ranges` into: at an edge they differ.
static SmallVector<TileGroup> groupTiles(ArrayRef<int64_t> ranges,
                                         ArrayRef<int64_t> tile) {
  SmallVector<TileGroup> groups = {{SmallVector<int64_t>(tile), 1}};
  for (auto [dim, range] : llvm::enumerate(ranges)) {
    int64_t edge = range % tile[dim];
    size_t count = groups.size();
    for (size_t i = 0; i < count; ++i) {
      if (edge != 0) {
        TileGroup smaller = groups[i];
        smaller.sizes[dim] = edge;
        groups.push_back(smaller);
      }
      groups[i].count *= range / tile[dim];
    }
  }
  llvm::erase_if(groups, [](const TileGroup &g) { return g.count == 0; });
  return groups;
}

/// Cycles of the matrix unit for one tile: a command for each pass over the
/// columns.
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
  int64_t passes = ceilDiv(sizes[tile.columnDim], target.mxuCols());
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
    return failed(form) ? ~uint32_t(0) : passes * form->cycles;
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
  return passes * form.cycles;
}

/// Cycles of the DRAIN engine for one tile: a command for each pass.
static uint64_t estimateDrainCycles(int64_t rows, int64_t columns,
                                    int64_t stride, const acc::Target &target) {
  isa::Accst command;
  command.oFmt = isa::Format::F32;
  command.oNstride = static_cast<int32_t>(stride);
  command.msize = {1, 1, static_cast<uint32_t>(rows)};
  uint64_t cycles = 0;
  for (int64_t at = 0; at < columns; at += target.mxuCols()) {
    command.ncols = std::min<int64_t>(columns - at, target.mxuCols());
    cycles += acc::accstCycles(target, command);
  }
  return cycles;
}

/// Cycles for all tiles by the machine's formulas: of the engine that takes
/// longest, of what waits for another engine all the same, and of what nothing
/// overlaps at the begin and at the end. The two figures are fitted to
/// benchmarks/roofline: rows of tiles come at some half of the bandwidth.
static uint64_t estimateCycles(linalg::LinalgOp op, const ContractionDims &dims,
                               const ContractionTile &tile,
                               const acc::Target &target) {
  constexpr double loadShare = 0.55;
  constexpr double unhidden = 0.2;
  OpOperand &rowOperand = *op.getDpsInputOperand(1 - tile.stationary);
  OpOperand &weights = *op.getDpsInputOperand(tile.stationary);
  OpOperand &result = *op.getDpsInitOperand(0);
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  uint64_t steps = 1;
  for (unsigned dim : dims.k) {
    steps *= ceilDiv(ranges[dim], tile.sizes[dim]);
  }
  uint64_t columnTiles =
      ceilDiv(ranges[tile.columnDim], tile.sizes[tile.columnDim]);
  ScratchpadRegions regions(target, ScratchpadRegions::tileBanks(target, op),
                            tile.stationaryBanks);
  SmallVector<int64_t> allSums(tile.sizes);
  for (unsigned dim : dims.k) {
    allSums[dim] = ranges[dim];
  }
  // Columns are the inner loop, and what consecutive tiles read alike stays.
  bool staysRow = steps == 1 || operandBytes(op, rowOperand, allSums) <=
                                    regions.inputBytes() / 4;
  bool staysWeights = steps == 1 && columnTiles == 1;
  uint64_t terms = countTerms(op);
  auto fetch = [&](OpOperand &operand, ArrayRef<int64_t> sizes) {
    return double(estimateTransfer(
        op, operand, sizes, target,
        tile.spreadInputs.contains(operand.getOperandNumber())));
  };
  double matrix = 0;
  double drains = 0;
  double loads = 0;
  double stores = 0;
  for (const TileGroup &group : groupTiles(ranges, tile.sizes)) {
    auto count = static_cast<double>(group.count);
    matrix += count * terms *
              estimateMatrixCycles(op, dims, tile, group.sizes, target);
    double rowLoads = fetch(rowOperand, group.sizes);
    loads += count * rowLoads / (staysRow ? columnTiles : 1);
    if (!staysWeights) {
      loads += count * fetch(weights, group.sizes);
    }
    for (OpOperand *scales : llvm::drop_begin(op.getDpsInputOperands(), 2)) {
      loads +=
          areScalesWhole(op, *scales, allSums, regions)
              ? count / steps * estimateTransfer(op, *scales, allSums, target)
              : count * estimateTransfer(op, *scales, group.sizes, target);
    }
    stores +=
        count / steps *
        estimateTransfer(op, result, group.sizes, target, tile.spreadsResult);
    int64_t rows = 1;
    for (unsigned dim : tile.stationary == 1 ? dims.m : dims.n) {
      rows *= group.sizes[dim];
    }
    int64_t stride = tileStrides(op, result, group.sizes,
                                 tile.spreadsResult)[tile.columnDim];
    drains +=
        count / steps *
        estimateDrainCycles(rows, group.sizes[tile.columnDim], stride, target);
  }
  loads /= loadShare;
  if (!tile.takesTurns) {
    matrix += drains;
  }
  double first = fetch(rowOperand, tile.sizes) + fetch(weights, tile.sizes);
  double last =
      estimateTransfer(op, result, tile.sizes, target, tile.spreadsResult);
  return std::max({matrix, drains, loads, stores}) +
         unhidden * (matrix + drains + loads + stores) + first + last;
}

/// Numbers of columns that may be fetched as one: passes of the array, and
/// whole lines of memory.
static SmallVector<int64_t> getColumnCandidates(int64_t range,
                                                int64_t elementBytes,
                                                const acc::Target &target) {
  SmallVector<int64_t> candidates = {range};
  for (int64_t unit : {int64_t(target.mxuCols()),
                       int64_t(target.hbm.lineBytes) / elementBytes}) {
    for (int64_t columns = std::max<int64_t>(unit, 1); columns < range;
         columns = columns < 4 * unit ? columns + unit : columns * 2) {
      candidates.push_back(columns);
    }
  }
  llvm::sort(candidates);
  candidates.erase(llvm::unique(candidates), candidates.end());
  return candidates;
}

FailureOr<ContractionTile> chooseContractionTile(linalg::LinalgOp op,
                                                 const ContractionDims &dims,
                                                 const acc::Target &target) {
  FailureOr<ContractionTile> choice = failure();
  // Few rows leave most of the scratchpad to the weights.
  int64_t banks = ScratchpadRegions::tileBanks(target, op);
  int64_t usualBanks = ScratchpadRegions::usualStationaryBanks(banks);
  int64_t manyBanks = std::max(usualBanks, banks * 11 / 16);
  for (unsigned stationary : {1u, 0u}) {
    ArrayRef<unsigned> columnDims = stationary == 1 ? dims.n : dims.m;
    if (columnDims.empty()) {
      continue;
    }
    int64_t elementBytes = getElementBytes(getElementTypeOrSelf(
        op.getDpsInputOperand(stationary)->get().getType()));
    int64_t range = op.getStaticLoopRanges()[getColumnDim(op, columnDims)];
    for (int64_t columns : getColumnCandidates(range, elementBytes, target)) {
      for (bool isOneStep : {true, false}) {
        for (bool takesTurns : {true, false}) {
          for (int64_t weightBanks : {usualBanks, manyBanks}) {
            for (bool isSpread : {false, true}) {
              FailureOr<ContractionTile> tile =
                  chooseTile(op, dims,
                             {stationary, columns, isOneStep, takesTurns,
                              weightBanks, isSpread},
                             target);
              if (failed(tile) || (isSpread && tile->spreadInputs.empty() &&
                                   !tile->spreadsResult)) {
                continue;
              }
              tile->cycles = estimateCycles(op, dims, *tile, target);
              // Rows apart come in more transfers than the estimate knows of:
              // they have to be worth it (benchmarks/roofline).
              tile->cycles += isSpread ? tile->cycles / 20 : 0;
              if (failed(choice) || tile->cycles < choice->cycles) {
                choice = tile;
              }
            }
          }
        }
      }
    }
  }
  return choice;
}

/// Cycles of the vector unit for the products and sums, all lanes over the
/// widest dimension of the result.
static uint64_t estimateVectorCycles(linalg::LinalgOp op,
                                     const acc::Target &target) {
  constexpr uint64_t kUops = 2; // Multiply, add.
  SmallVector<unsigned> parallel;
  op.getParallelDims(parallel);
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  int64_t widest = 1;
  for (unsigned dim : parallel) {
    widest = std::max(widest, ranges[dim]);
  }
  uint64_t iterations = ceilDiv(widest, target.vectorLength());
  bool isLeftOut = false;
  for (auto [dim, range] : llvm::enumerate(ranges)) {
    if (!isLeftOut && range == widest && llvm::is_contained(parallel, dim)) {
      isLeftOut = true;
    } else {
      iterations *= range;
    }
  }
  return iterations * kUops * target.vpu.chime;
}

FailureOr<ContractionDims> matchMatrixWork(linalg::LinalgOp op,
                                           const acc::Target &target) {
  FailureOr<ContractionDims> dims = matchContraction(op);
  // One row and one column would leave the array idle; the vector unit's tree
  // does the same.
  if (failed(dims) || (dims->m.empty() && dims->n.empty())) {
    return failure();
  }
  // The vector unit knows no blocks.
  if (!op.hasPureBufferSemantics() || isBlockProduct(op) ||
      llvm::any_of(op.getStaticLoopRanges(), ShapedType::isDynamic)) {
    return dims;
  }
  // A product of a matrix and a vector for each of a batch, as in a depthwise
  // convolution: one row or one column of the array.
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  auto isOne = [&](ArrayRef<unsigned> of) {
    return llvm::all_of(of, [&](unsigned dim) { return ranges[dim] == 1; });
  };
  if (isOne(dims->batch) || !(isOne(dims->m) || isOne(dims->n))) {
    return dims;
  }
  FailureOr<ContractionTile> choice = chooseContractionTile(op, *dims, target);
  if (failed(choice) || estimateVectorCycles(op, target) < choice->cycles) {
    return failure();
  }
  return dims;
}

} // namespace xpu
