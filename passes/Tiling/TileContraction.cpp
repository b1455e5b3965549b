//===- TileContraction.cpp - Tiles of work on the matrix unit -------------===//

#include "passes/Tiling/Tiling.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Remarks.h"
#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/MatmulCost.h"
#include "passes/Analysis/ProductTerms.h"
#include "passes/Analysis/ScratchpadRegions.h"

using namespace mlir;

namespace xpu {

namespace {
/// How a contraction is cut.
struct ContractionTile {
  SmallVector<int64_t> sizes;
  unsigned columnDim = 0;
  unsigned stationary = 1; ///< Operand whose tiles are the weights.
};
} // namespace

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

/// Whether two resident values have a bank in common. The matrix unit reads its
/// operands through different ports of different banks, so one of them is then
/// copied.
static bool sharesBank(Value a, Value b, const acc::Target &target) {
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
  if (2 * rows() <= target.mxu.accRows && columns > target.mxuCols() &&
      weightMap.getNumResults() != 0 &&
      weightMap.getResult(weightMap.getNumResults() - 1)
          .isFunctionOfDim(choice.columnDim)) {
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

/// Commands for the products of one tile.
static int64_t countTerms(linalg::LinalgOp op) {
  auto elementOf = [&](unsigned input) {
    return getElementTypeOrSelf(op.getDpsInputOperand(input)->get().getType());
  };
  FailureOr<ProductTerms> terms = getProductTerms(elementOf(0), elementOf(1));
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
  auto elementBytes = [](OpOperand &operand) {
    return getElementBytes(
        cast<MemRefType>(operand.get().getType()).getElementType());
  };
  int64_t columns =
      std::min<int64_t>(tile.sizes[tile.columnDim], target.mxuCols());
  MatmulForm form = chooseMatmulForm(
      target, rows, sums, columns, weightStrides[tile.columnDim],
      elementBytes(rowOperand), elementBytes(weights));
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

namespace {
/// Columns of a tile that go through the array at once.
struct ColumnTile {
  int64_t offset = 0;
  int64_t size = 0;
  Value place; ///< Where the result goes.
  Value accumulators;
};
} // namespace

/// The same place, `constant` further.
static OpFoldResult addConstant(RewriterBase &rewriter, Location loc,
                                OpFoldResult offset, int64_t constant) {
  AffineExpr sum = rewriter.getAffineDimExpr(0) + constant;
  return affine::makeComposedFoldedAffineApply(rewriter, loc, sum, {offset});
}

namespace {
/// Takes results from the accumulators to their place, in pieces that keep the
/// columns whole: to HBM through the scratchpad, and through the vector unit
/// first if there is an epilogue.
class Drain {
public:
  Drain(RewriterBase &rewriter, linalg::LinalgOp contraction,
        linalg::LinalgOp epilogue, unsigned columnDim,
        const ScratchpadRegions &regions)
      : rewriter(rewriter), builder(rewriter, contraction),
        outMap(contraction.getIndexingMapsArray()[2]), epilogue(epilogue),
        columnDim(columnDim), regions(regions) {
    if (!epilogue) {
      return;
    }
    builder.loc = epilogue.getLoc();
    Value result = contraction.getDpsInits()[0];
    for (OpOperand *input : epilogue.getDpsInputOperands()) {
      if (input->get() == result) {
        inMap = epilogue.getMatchingIndexingMap(input);
        resultOperands.push_back(input->getOperandNumber());
      }
    }
    OpOperand *init = epilogue.getDpsInitOperand(0);
    worksInPlace =
        cast<MemRefType>(init->get().getType()).getElementType().isF32() &&
        epilogue.getMatchingIndexingMap(init) == inMap;
  }

  /// Works before `anchor`. `origin` is where the accumulators' first element
  /// is in the result of the contraction.
  LogicalResult run(const ColumnTile &tile, const TileOffsets &origin,
                    Operation *anchor) {
    builder.moveTo(anchor);
    if (!epilogue && getSpace(tile.place.getType()) == Space::SPM) {
      memref::CopyOp::create(rewriter, builder.loc, tile.accumulators,
                             tile.place);
      return success();
    }
    ArrayRef<int64_t> shape =
        cast<MemRefType>(tile.accumulators.getType()).getShape();
    SmallVector<unsigned> dims;
    for (unsigned i = 0; i < shape.size(); ++i) {
      if (outMap.getDimPosition(i) != columnDim) {
        dims.push_back(i);
      }
    }
    SmallVector<int64_t> piece(shape);
    for (unsigned dim : dims) {
      // Equal parts, as few as possible.
      for (int64_t parts = 2; !fits(piece) && piece[dim] > 1; ++parts) {
        piece[dim] = ceilDiv(shape[dim], parts);
      }
    }
    return forEachTile(
        shape, piece, dims, [&](ArrayRef<int64_t> at, ArrayRef<int64_t> size) {
          Value staged = builder.copyIn(partOf(tile.accumulators, at, size));
          if (!epilogue) {
            memref::CopyOp::create(rewriter, builder.loc, staged,
                                   partOf(tile.place, at, size));
            return success();
          }
          TileOffsets offsets;
          for (auto [offset, begin] : llvm::zip(at, origin)) {
            offsets.push_back(
                addConstant(rewriter, builder.loc, begin, offset));
          }
          return finish(staged, offsets, size);
        });
  }

private:
  /// What belongs to dimensions of the result, by loops of the epilogue.
  template <typename T> SmallVector<T> byLoop(ArrayRef<T> values) const {
    SmallVector<T> result(values.size());
    for (auto [i, value] : llvm::enumerate(values)) {
      result[inMap.getDimPosition(i)] = value;
    }
    return result;
  }

  bool fits(ArrayRef<int64_t> piece) {
    int64_t elements = 1;
    for (int64_t size : piece) {
      elements *= size;
    }
    // Three in flight, from the accumulators, to HBM and between.
    if (!epilogue) {
      return 4 * elements <= regions.resultBytes() / 3;
    }
    int64_t inputs = 0;
    SmallVector<int64_t> sizes = byLoop(ArrayRef(piece));
    for (OpOperand *input : epilogue.getDpsInputOperands()) {
      if (!llvm::is_contained(resultOperands, input->getOperandNumber())) {
        inputs += copiedBytes(epilogue, *input, sizes);
      }
    }
    int64_t results = 4 * elements;
    if (!worksInPlace) {
      results += copiedBytes(epilogue, *epilogue.getDpsInitOperand(0), sizes);
    }
    // Inputs share their banks with the row tiles of what comes next.
    return results <= regions.resultBytes() / 2 &&
           inputs <= regions.inputBytes() / 4;
  }

  /// The epilogue of one piece.
  LogicalResult finish(Value staged, const TileOffsets &offsets,
                       ArrayRef<int64_t> sizes) {
    FailureOr<linalg::LinalgOp> tile =
        builder.makeTile(epilogue, byLoop(ArrayRef(offsets)), byLoop(sizes));
    if (failed(tile)) {
      return failure();
    }
    rewriter.modifyOpInPlace(*tile, [&] {
      for (unsigned operand : resultOperands) {
        (*tile)->setOperand(operand, staged);
      }
      (*tile)->removeAttr(kEpilogueAttr);
    });
    builder.promoteInputs(*tile);
    OpOperand &init = tile->getDpsInitsMutable()[0];
    Value place = init.get();
    Value dest = getSpace(place.getType()) == Space::SPM ? place
                 : worksInPlace ? staged
                                : builder.allocate(place, Space::SPM);
    rewriter.modifyOpInPlace(*tile, [&] { init.set(dest); });
    rewriter.setInsertionPoint(builder.anchor);
    if (dest != place) {
      memref::CopyOp::create(rewriter, builder.loc, dest, place);
    }
    return success();
  }

  Value partOf(Value whole, ArrayRef<int64_t> at, ArrayRef<int64_t> size) {
    MLIRContext *context = rewriter.getContext();
    SmallVector<int64_t> ones(at.size(), 1);
    return memref::SubViewOp::create(rewriter, builder.loc, whole,
                                     getAsIndexOpFoldResult(context, at),
                                     getAsIndexOpFoldResult(context, size),
                                     getAsIndexOpFoldResult(context, ones));
  }

  RewriterBase &rewriter;
  TileBuilder builder;
  AffineMap outMap;
  linalg::LinalgOp epilogue; ///< May be null.
  unsigned columnDim;
  const ScratchpadRegions &regions;
  AffineMap inMap; ///< Of the contraction's result in the epilogue.
  SmallVector<unsigned> resultOperands; ///< Operands with that result.
  bool worksInPlace = false;
};
} // namespace

/// Cuts `place` along its column dimension and gives each part accumulators
/// that start at zero.
static SmallVector<ColumnTile> makeColumnTiles(TileBuilder &builder,
                                               Value place, unsigned columnDim,
                                               int64_t columns,
                                               int64_t arrayColumns) {
  MLIRContext *context = builder.rewriter.getContext();
  AffineMap outMap = builder.op.getIndexingMapsArray()[2];
  ArrayRef<int64_t> shape = cast<MemRefType>(place.getType()).getShape();
  Value zero = arith::ConstantOp::create(builder.rewriter, builder.loc,
                                         builder.rewriter.getF32FloatAttr(0.0));
  SmallVector<ColumnTile> tiles;
  for (int64_t offset = 0; offset < columns; offset += arrayColumns) {
    ColumnTile tile;
    tile.offset = offset;
    tile.size = std::min(arrayColumns, columns - offset);
    SmallVector<int64_t> offsets(shape.size(), 0);
    SmallVector<int64_t> sizes(shape);
    SmallVector<int64_t> ones(shape.size(), 1);
    for (unsigned i = 0; i < shape.size(); ++i) {
      if (outMap.getDimPosition(i) == columnDim) {
        offsets[i] = offset;
        sizes[i] = tile.size;
      }
    }
    tile.place =
        memref::SubViewOp::create(builder.rewriter, builder.loc, place,
                                  getAsIndexOpFoldResult(context, offsets),
                                  getAsIndexOpFoldResult(context, sizes),
                                  getAsIndexOpFoldResult(context, ones));
    tile.accumulators = builder.allocate(tile.place, Space::ACC);
    linalg::FillOp::create(builder.rewriter, builder.loc, zero,
                           tile.accumulators);
    tiles.push_back(tile);
  }
  return tiles;
}

namespace {
struct RatedTile {
  ContractionTile tile;
  uint64_t cycles = 0;
};
} // namespace

/// The quicker of the two operands to be stationary.
static FailureOr<RatedTile> chooseStationary(linalg::LinalgOp op,
                                             const ContractionDims &dims,
                                             const acc::Target &target) {
  FailureOr<RatedTile> choice = failure();
  for (unsigned stationary : {1u, 0u}) {
    if ((stationary == 1 ? dims.n : dims.m).empty()) {
      continue;
    }
    FailureOr<ContractionTile> tile = chooseTile(op, dims, stationary, target);
    if (failed(tile)) {
      continue;
    }
    uint64_t cycles = estimateCycles(op, dims, *tile, target);
    if (failed(choice) || cycles < choice->cycles) {
      choice = RatedTile{*tile, cycles};
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
  FailureOr<RatedTile> choice = chooseStationary(op, *dims, target);
  if (failed(choice) ||
      estimateVectorCycles(op, target) < choice->cycles * countTerms(op)) {
    return failure();
  }
  return dims;
}

LogicalResult tileContraction(RewriterBase &rewriter, linalg::LinalgOp op,
                              const ContractionDims &dims,
                              const acc::Target &target, int64_t bodyCommands) {
  FailureOr<RatedTile> rated = chooseStationary(op, dims, target);
  if (failed(rated)) {
    return op.emitError()
           << "has no tile that fits in the scratchpad of target "
           << target.name;
  }
  const ContractionTile *choice = &rated->tile;
  op->setAttr(kColumnDimAttr, rewriter.getI64IntegerAttr(choice->columnDim));
  op->setAttr(kStationaryAttr, rewriter.getI64IntegerAttr(choice->stationary));
  remark::passed(op.getLoc(),
                 remark::RemarkOpts::name("contraction").category("xpu-tile"))
      << "tiled" << remark::metric("column_dim", choice->columnDim)
      << remark::metric("stationary", choice->stationary);

  SmallVector<unsigned> parallel;
  op.getParallelDims(parallel);
  SmallVector<unsigned> reduction;
  op.getReductionDims(reduction);
  auto regions = ScratchpadRegions::of(target, op);

  linalg::LinalgOp epilogue = findEpilogue(op);
  if (epilogue) {
    // Its operands are needed by the tiles of both.
    rewriter.moveOpBefore(op, epilogue);
  }
  TileBuilder builder(rewriter, op);
  Drain drain(rewriter, op, epilogue, choice->columnDim, regions);
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  // Commands of a step over the reduction, and of a tile of the result.
  int64_t stepCommands =
      2 + ceilDiv(choice->sizes[choice->columnDim], target.mxuCols()) *
              countTerms(op);
  int64_t steps = 1;
  for (unsigned dim : reduction) {
    steps *= ceilDiv(ranges[dim], choice->sizes[dim]);
  }
  TileLoops sums(ranges, choice->sizes, reduction, bodyCommands / stepCommands);
  sums.peelFirst();
  TileLoops tiles(ranges, choice->sizes, parallel,
                  bodyCommands / (stepCommands * steps));
  auto tileResult = [&](const TileOffsets &offsets,
                        ArrayRef<int64_t> sizes) -> LogicalResult {
    FailureOr<linalg::LinalgOp> outer = builder.makeTile(op, offsets, sizes);
    if (failed(outer)) {
      return failure();
    }
    Value place = outer->getDpsInits()[0];
    // A row operand that fits for the whole contraction is loaded once.
    OpOperand *rowOperand = outer->getDpsInputOperand(1 - choice->stationary);
    OpOperand *weights = outer->getDpsInputOperand(choice->stationary);
    bool copiesWeights = sharesBank(rowOperand->get(), weights->get(), target);
    if (operandBytes(*outer, *rowOperand, sizes) <= regions.inputBytes() / 4) {
      builder.promote(*outer, rowOperand);
    }
    // One set of accumulators for each column tile.
    SmallVector<ColumnTile> columnTiles =
        makeColumnTiles(builder, place, choice->columnDim,
                        sizes[choice->columnDim], target.mxuCols());
    auto step = [&](const TileOffsets &kOffsets,
                    ArrayRef<int64_t> kSizes) -> LogicalResult {
      SmallVector<int64_t> stepSizes(sizes);
      for (unsigned dim : reduction) {
        stepSizes[dim] = kSizes[dim];
      }
      FailureOr<linalg::LinalgOp> fetched =
          builder.makeTile(*outer, kOffsets, stepSizes);
      if (failed(fetched)) {
        return failure();
      }
      builder.promoteInputs(*fetched);
      if (copiesWeights) {
        OpOperand *part = fetched->getDpsInputOperand(choice->stationary);
        Value copy = builder.copyIn(part->get());
        rewriter.modifyOpInPlace(*fetched, [&] { part->set(copy); });
      }
      for (const ColumnTile &columnTile : columnTiles) {
        TileOffsets columnOffsets(stepSizes.size(), rewriter.getIndexAttr(0));
        SmallVector<int64_t> columnSizes(stepSizes);
        columnOffsets[choice->columnDim] =
            rewriter.getIndexAttr(columnTile.offset);
        columnSizes[choice->columnDim] = columnTile.size;
        FailureOr<linalg::LinalgOp> tile =
            builder.makeTile(*fetched, columnOffsets, columnSizes);
        if (failed(tile)) {
          return failure();
        }
        rewriter.modifyOpInPlace(*tile, [&] {
          tile->getDpsInitsMutable()[0].set(columnTile.accumulators);
        });
      }
      rewriter.eraseOp(*fetched);
      return success();
    };
    if (failed(builder.forEach(sums, step))) {
      return failure();
    }
    rewriter.eraseOp(*outer);
    rewriter.setInsertionPoint(builder.anchor);
    AffineMap outMap = op.getIndexingMapsArray()[2];
    for (const ColumnTile &columnTile : columnTiles) {
      TileOffsets origin;
      for (unsigned i = 0; i < outMap.getNumResults(); ++i) {
        unsigned dim = outMap.getDimPosition(i);
        origin.push_back(dim == choice->columnDim
                             ? addConstant(rewriter, builder.loc, offsets[dim],
                                           columnTile.offset)
                             : offsets[dim]);
      }
      if (failed(drain.run(columnTile, origin, builder.anchor))) {
        return failure();
      }
    }
    return success();
  };
  LogicalResult done = builder.forEach(tiles, tileResult);
  if (failed(done)) {
    return op.emitError("cannot be tiled");
  }
  if (epilogue) {
    rewriter.eraseOp(epilogue);
  }
  rewriter.eraseOp(op);
  return success();
}

} // namespace xpu
