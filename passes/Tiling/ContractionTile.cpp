//===- ContractionTile.cpp - How a contraction is cut ---------------------===//

#include "passes/Tiling/ContractionTile.h"

#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/MatmulCost.h"
#include "passes/Analysis/ProductTerms.h"
#include "passes/Analysis/ScratchpadRegions.h"

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

static FailureOr<ContractionTile> chooseTile(linalg::LinalgOp op,
                                             const ContractionDims &dims,
                                             unsigned stationary,
                                             const acc::Target &target) {
  ContractionTile choice;
  choice.stationary = stationary;
  choice.sizes = op.getStaticLoopRanges();
  SmallVector<int64_t> &sizes = choice.sizes;
  ArrayRef<unsigned> rowDims = stationary == 1 ? dims.m : dims.n;
  ArrayRef<unsigned> columnDims = stationary == 1 ? dims.n : dims.m;
  for (unsigned dim : dims.batch) {
    sizes[dim] = 1;
  }
  choice.columnDim = ~0u;
  for (unsigned dim : columnDims) {
    // Of equal ones the inner: rows of memory stay whole.
    if (choice.columnDim == ~0u || sizes[dim] >= sizes[choice.columnDim]) {
      choice.columnDim = dim;
    }
  }
  for (unsigned dim : columnDims) {
    sizes[dim] = dim == choice.columnDim
                     ? std::min<int64_t>(sizes[dim], target.mxuCols())
                     : 1;
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
  while (rows() > target.mxu.accRows) {
    // The outermost dimension gives way first; a single one takes the largest
    // number of rows that fits.
    for (unsigned dim : rowDims) {
      if (sizes[dim] > 1) {
        int64_t others = rows() / sizes[dim];
        sizes[dim] = std::max<int64_t>(1, target.mxu.accRows / others);
        break;
      }
    }
  }
  // Few rows leave accumulators free: two column tiles are then fetched as one,
  // which gives DRAM pages twice as long a visit.
  int64_t columns = op.getStaticLoopRanges()[choice.columnDim];
  AffineMap weightMap = op.getIndexingMapsArray()[stationary];
  bool isRowOfWeights = weightMap.getNumResults() != 0 &&
                        weightMap.getResult(weightMap.getNumResults() - 1)
                            .isFunctionOfDim(choice.columnDim);
  if (2 * rows() <= target.mxu.accRows && columns > target.mxuCols() &&
      isRowOfWeights) {
    sizes[choice.columnDim] =
        std::min<int64_t>(columns, 2 * int64_t(target.mxuCols()));
  }
  auto regions = ScratchpadRegions::of(target, op);
  OpOperand &weights = *op.getDpsInputOperand(stationary);
  OpOperand &rowsOperand = *op.getDpsInputOperand(1 - stationary);
  int64_t weightBudget = regions.stationaryBytes() / 2;
  int64_t rowBudget = regions.inputBytes() * 9 / 20;
  while (true) {
    int64_t weightBytes = sharesBank(rowsOperand.get(), weights.get(), target)
                              ? operandBytes(op, weights, sizes)
                              : copiedBytes(op, weights, sizes);
    int64_t rowBytes = copiedBytes(op, rowsOperand, sizes);
    bool weightsFit = weightBytes <= weightBudget;
    if (weightsFit && rowBytes <= rowBudget) {
      break;
    }
    int64_t bytes = weightsFit ? rowBytes : weightBytes;
    int64_t budget = weightsFit ? rowBudget : weightBudget;
    if (!shrinkOutermost(dims.k, target.mxu.rows, bytes, budget) &&
        !shrinkOutermost(rowDims, 1, bytes, budget)) {
      return failure();
    }
  }
  // One step over the reduction leaves the accumulators behind each column
  // tile: as many are fetched as one as there is room for.
  bool isOneStep = llvm::all_of(dims.k, [&](unsigned dim) {
    return sizes[dim] == op.getStaticLoopRanges()[dim];
  });
  while (isOneStep && isRowOfWeights && sizes[choice.columnDim] < columns) {
    SmallVector<int64_t> wider(sizes);
    wider[choice.columnDim] = std::min<int64_t>(
        columns, sizes[choice.columnDim] + int64_t(target.mxuCols()));
    if (operandBytes(op, weights, wider) > weightBudget) {
      break;
    }
    sizes = wider;
  }
  return choice;
}

/// Byte strides by loop dimension of what a tile reads: of the operand itself
/// if it is in the scratchpad, otherwise of a compact copy.
static SmallVector<int64_t> tileStrides(linalg::LinalgOp op, OpOperand &operand,
                                        ArrayRef<int64_t> sizes) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  if (getSpace(operand.get().getType()) == Space::SPM) {
    FailureOr<StaticView> view = getStaticView(operand.get());
    int64_t offset = 0;
    if (succeeded(view)) {
      FailureOr<SmallVector<int64_t>> strides =
          getLoopStrides(map, *view, offset);
      if (succeeded(strides)) {
        return *strides;
      }
    }
  }
  int64_t stride = getElementBytes(
      cast<MemRefType>(operand.get().getType()).getElementType());
  SmallVector<int64_t> strides(sizes.size(), 0);
  for (int64_t i = map.getNumResults() - 1; i >= 0; --i) {
    int64_t constant = 0;
    int64_t extent = 1;
    auto coefficients =
        getCoefficients(map.getResult(i), sizes.size(), constant);
    for (size_t d = 0; succeeded(coefficients) && d < sizes.size(); ++d) {
      strides[d] += (*coefficients)[d] * stride;
      extent += std::abs((*coefficients)[d]) * (sizes[d] - 1);
    }
    stride *= extent;
  }
  return strides;
}

int64_t countTerms(linalg::LinalgOp op) {
  FailureOr<ProductTerms> terms = getProductTerms(op, /*stationary=*/1);
  return failed(terms) ? 1 : terms->size();
}

/// Requests that a DMA engine makes to move a tile of an operand; none if it is
/// in the scratchpad.
static uint64_t countPackets(linalg::LinalgOp op, OpOperand &operand,
                             ArrayRef<int64_t> sizes,
                             const acc::Target &target) {
  auto type = cast<MemRefType>(operand.get().getType());
  if (getSpace(type) == Space::SPM) {
    return 0;
  }
  int64_t bytes = getElementBytes(type.getElementType());
  // Elements that follow each other in memory.
  int64_t run = 1;
  bool isWhole = true;
  int64_t elements = 1;
  AffineMap map = op.getMatchingIndexingMap(&operand);
  for (int64_t i = map.getNumResults() - 1; i >= 0; --i) {
    int64_t constant = 0;
    auto coefficients =
        getCoefficients(map.getResult(i), sizes.size(), constant);
    int64_t extent = 1;
    for (size_t d = 0; succeeded(coefficients) && d < sizes.size(); ++d) {
      extent += std::abs((*coefficients)[d]) * (sizes[d] - 1);
    }
    elements *= extent;
    if (isWhole) {
      run *= extent;
      isWhole = extent == type.getDimSize(i);
    }
  }
  return elements / run * ceilDiv(run * bytes, int64_t(target.hbm.lineBytes));
}

/// Cycles for all tiles by the machine's formulas: of the matrix unit, or of
/// the DMA engine that makes most requests.
static uint64_t estimateCycles(linalg::LinalgOp op, const ContractionDims &dims,
                               const ContractionTile &tile,
                               const acc::Target &target) {
  OpOperand &rowOperand = *op.getDpsInputOperand(1 - tile.stationary);
  OpOperand &weights = *op.getDpsInputOperand(tile.stationary);
  SmallVector<int64_t> rowStrides = tileStrides(op, rowOperand, tile.sizes);
  SmallVector<int64_t> weightStrides = tileStrides(op, weights, tile.sizes);
  LoopNest rows{{}, {{}}};
  for (unsigned dim : tile.stationary == 1 ? dims.m : dims.n) {
    rows.sizes.push_back(tile.sizes[dim]);
    rows.strides[0].push_back(rowStrides[dim]);
  }
  LoopNest sums{{}, {{}, {}}};
  for (unsigned dim : dims.k) {
    sums.sizes.push_back(tile.sizes[dim]);
    sums.strides[0].push_back(rowStrides[dim]);
    sums.strides[1].push_back(weightStrides[dim]);
  }
  rows.simplify();
  rows.padTo(3);
  sums.simplify();
  sums.padTo(3);
  // Types that cannot be multiplied are refused when commands are selected.
  FailureOr<ProductTerms> terms = getProductTerms(op, tile.stationary);
  auto formats = succeeded(terms)
                     ? terms->front()
                     : std::pair(FormatKind::BF16, FormatKind::BF16);
  int64_t columns =
      std::min<int64_t>(tile.sizes[tile.columnDim], target.mxuCols());
  MatmulForm form = chooseMatmulForm(target, rows, sums, columns,
                                     weightStrides[tile.columnDim], formats);
  uint64_t tiles = ceilDiv(tile.sizes[tile.columnDim], target.mxuCols());
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (auto [range, size] : llvm::zip(ranges, tile.sizes)) {
    tiles *= ceilDiv(range, size);
  }
  // Both operands of a tile, and its share of the result: a tile over the
  // reduction does not store.
  uint64_t steps = 1;
  for (unsigned dim : dims.k) {
    steps *= ceilDiv(ranges[dim], tile.sizes[dim]);
  }
  uint64_t loads = countPackets(op, rowOperand, tile.sizes, target) +
                   countPackets(op, weights, tile.sizes, target);
  uint64_t stores =
      countPackets(op, *op.getDpsInitOperand(0), tile.sizes, target);
  uint64_t fetched =
      tiles / ceilDiv(tile.sizes[tile.columnDim], target.mxuCols());
  return std::max(
      {tiles * form.cycles, fetched * loads, fetched / steps * stores});
}

FailureOr<ContractionTile> chooseContractionTile(linalg::LinalgOp op,
                                                 const ContractionDims &dims,
                                                 const acc::Target &target) {
  FailureOr<ContractionTile> choice = failure();
  for (unsigned stationary : {1u, 0u}) {
    if ((stationary == 1 ? dims.n : dims.m).empty()) {
      continue;
    }
    FailureOr<ContractionTile> tile = chooseTile(op, dims, stationary, target);
    if (failed(tile)) {
      continue;
    }
    tile->cycles = estimateCycles(op, dims, *tile, target);
    if (failed(choice) || tile->cycles < choice->cycles) {
      choice = tile;
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
  if (!op.hasPureBufferSemantics() ||
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
  if (failed(choice) ||
      estimateVectorCycles(op, target) < choice->cycles * countTerms(op)) {
    return failure();
  }
  return dims;
}

} // namespace xpu
