//===- TileToScratchpad.cpp - Tiles that fit, and their transfers ---------===//
//
// Tile sizes are constants and every tile is written out, so that shapes stay
// static up to the command streams.
//
//===----------------------------------------------------------------------===//

#include "passes/XPU/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/TilingInterface.h"
#include "passes/Support/Contraction.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_TILETOSCRATCHPADPASS
#include "passes/XPU/Passes.h.inc"

FailureOr<acc::Target> loadTargetFor(Operation *op, StringRef name) {
  llvm::Expected<acc::Target> target = acc::loadTarget(name);
  if (!target) {
    op->emitError() << llvm::toString(target.takeError());
    return failure();
  }
  return *target;
}

unsigned getFirstStationaryBank(const acc::Target &target) {
  // Three eighths for stationary operands: a weight tile is re-read least, and
  // the other operands of a tile are two, in and out.
  return target.spm.banks - std::max(1u, target.spm.banks * 3 / 8);
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

static int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Elements that a tile of `sizes` needs of an operand with this map.
static int64_t tileElements(AffineMap map, ArrayRef<int64_t> sizes) {
  int64_t elements = 1;
  for (AffineExpr expr : map.getResults()) {
    int64_t constant = 0;
    auto coefficients = getCoefficients(expr, map.getNumDims(), constant);
    int64_t extent = 1;
    if (succeeded(coefficients)) {
      for (auto [coefficient, size] : llvm::zip(*coefficients, sizes)) {
        extent += std::abs(coefficient) * (size - 1);
      }
    }
    elements *= extent;
  }
  return elements;
}

static int64_t operandBytes(linalg::LinalgOp op, OpOperand &operand,
                            ArrayRef<int64_t> sizes) {
  auto type = dyn_cast<RankedTensorType>(operand.get().getType());
  if (!type) {
    return 0;
  }
  return tileElements(op.getMatchingIndexingMap(&operand), sizes) *
         getElementBytes(type.getElementType());
}

//===----------------------------------------------------------------------===//
// Building of one tile
//===----------------------------------------------------------------------===//

namespace {
/// Emits the tiles of one operation.
class TileBuilder {
public:
  TileBuilder(RewriterBase &rewriter, linalg::LinalgOp op)
      : rewriter(rewriter), op(op), loc(op.getLoc()) {
    rewriter.setInsertionPoint(op);
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    result = tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                     type.getElementType());
  }

  Value allocate(Type type, Space space, Value copy = {}) {
    return bufferization::AllocTensorOp::create(
               rewriter, loc, cast<RankedTensorType>(type), ValueRange(), copy,
               /*size_hint=*/Value(),
               SpaceAttr::get(rewriter.getContext(), space))
        .getResult();
  }

  /// The part of the operation at these offsets.
  FailureOr<linalg::LinalgOp> makeTile(linalg::LinalgOp source,
                                       ArrayRef<int64_t> offsets,
                                       ArrayRef<int64_t> sizes) {
    SmallVector<OpFoldResult> offs =
        getAsIndexOpFoldResult(rewriter.getContext(), offsets);
    SmallVector<OpFoldResult> extents =
        getAsIndexOpFoldResult(rewriter.getContext(), sizes);
    FailureOr<TilingResult> tiled =
        cast<TilingInterface>(source.getOperation())
            .getTiledImplementation(rewriter, offs, extents);
    if (failed(tiled) || tiled->tiledOps.size() != 1) {
      return failure();
    }
    return cast<linalg::LinalgOp>(tiled->tiledOps.front());
  }

  /// Copies the tensor inputs of a tile into the scratchpad.
  void promoteInputs(linalg::LinalgOp tile) {
    rewriter.setInsertionPoint(tile);
    llvm::SmallDenseMap<Value, Value> copies;
    for (OpOperand *input : tile.getDpsInputOperands()) {
      if (!llvm::isa<RankedTensorType>(input->get().getType())) {
        continue;
      }
      Value &copy = copies[input->get()];
      if (!copy) {
        copy = reuseOrCopy(input->getOperandNumber(), input->get());
      }
      rewriter.modifyOpInPlace(tile, [&] { input->set(copy); });
    }
    rewriter.setInsertionPointAfter(tile);
  }

  /// Consecutive tiles often read the same part of an operand; it stays.
  Value reuseOrCopy(unsigned operand, Value part) {
    Resident &resident = residents[operand];
    if (resident.part && isSamePart(resident.part, part)) {
      return resident.copy;
    }
    resident = {part, allocate(part.getType(), Space::SPM, part)};
    return resident.copy;
  }

  static bool isSamePart(Value a, Value b) {
    if (a == b) {
      return true;
    }
    auto first = a.getDefiningOp<tensor::ExtractSliceOp>();
    auto second = b.getDefiningOp<tensor::ExtractSliceOp>();
    return first && second &&
           isSamePart(first.getSource(), second.getSource()) &&
           first.getType() == second.getType() &&
           first.getStaticOffsets() == second.getStaticOffsets() &&
           first.getStaticSizes() == second.getStaticSizes() &&
           first.getStaticStrides() == second.getStaticStrides();
  }

  /// Puts a tile's value (in scratchpad) at its place in the result.
  void insert(Value value, ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes) {
    SmallVector<OpFoldResult> offs =
        getAsIndexOpFoldResult(rewriter.getContext(), offsets);
    SmallVector<OpFoldResult> extents =
        getAsIndexOpFoldResult(rewriter.getContext(), sizes);
    SmallVector<OpFoldResult> resultOffsets;
    SmallVector<OpFoldResult> resultSizes;
    if (failed(cast<TilingInterface>(op.getOperation())
                   .getResultTilePosition(rewriter, 0, offs, extents,
                                          resultOffsets, resultSizes))) {
      return;
    }
    insertAt(value, resultOffsets, resultSizes);
  }

  void insertAt(Value value, ArrayRef<OpFoldResult> offsets,
                ArrayRef<OpFoldResult> sizes) {
    auto type = cast<RankedTensorType>(result.getType());
    if (cast<RankedTensorType>(value.getType()).getShape() == type.getShape()) {
      // A full insert_slice would fold to its source and leave the value in
      // the scratchpad.
      result = bufferization::MaterializeInDestinationOp::create(rewriter, loc,
                                                                 value, result)
                   .getResult();
      return;
    }
    SmallVector<OpFoldResult> ones(type.getRank(), rewriter.getIndexAttr(1));
    result = tensor::InsertSliceOp::create(rewriter, loc, value, result,
                                           offsets, sizes, ones);
  }

  void finish() { rewriter.replaceOp(op, result); }

  RewriterBase &rewriter;
  linalg::LinalgOp op;
  Location loc;
  Value result;

private:
  /// The part of an operand that was copied last.
  struct Resident {
    Value part;
    Value copy;
  };
  llvm::SmallDenseMap<unsigned, Resident> residents;
};
} // namespace

/// Calls `body` for every tile of `tile` in the loop space `ranges`; dimensions
/// not in `dims` are taken whole.
static LogicalResult forEachTile(
    ArrayRef<int64_t> ranges, ArrayRef<int64_t> tile, ArrayRef<unsigned> dims,
    function_ref<LogicalResult(ArrayRef<int64_t>, ArrayRef<int64_t>)> body) {
  SmallVector<int64_t> offsets(ranges.size(), 0);
  while (true) {
    SmallVector<int64_t> sizes(ranges);
    for (unsigned dim : dims) {
      sizes[dim] = std::min(tile[dim], ranges[dim] - offsets[dim]);
    }
    if (failed(body(offsets, sizes))) {
      return failure();
    }
    int64_t i = static_cast<int64_t>(dims.size()) - 1;
    for (; i >= 0; --i) {
      unsigned dim = dims[i];
      offsets[dim] += tile[dim];
      if (offsets[dim] < ranges[dim]) {
        break;
      }
      offsets[dim] = 0;
    }
    if (i < 0) {
      return success();
    }
  }
}

static std::optional<TypedAttr> getFillValue(Value value) {
  if (auto slice = value.getDefiningOp<tensor::ExtractSliceOp>()) {
    value = slice.getSource();
  }
  if (auto fill = value.getDefiningOp<linalg::FillOp>()) {
    TypedAttr constant;
    if (matchPattern(fill.getInputs()[0], m_Constant(&constant))) {
      return constant;
    }
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Operations of the vector unit
//===----------------------------------------------------------------------===//

static LogicalResult tileVector(RewriterBase &rewriter, linalg::LinalgOp op,
                                const acc::Target &target) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  SmallVector<int64_t> tile(ranges);
  SmallVector<unsigned> dims;
  op.getParallelDims(dims);
  // Twice in flight, with room for fragmentation.
  int64_t available =
      int64_t(getFirstStationaryBank(target)) * target.spm.bankBytes;
  int64_t budget = available * 2 / 5;
  auto footprint = [&] {
    int64_t bytes = 0;
    for (OpOperand &operand : op->getOpOperands()) {
      bytes += operandBytes(op, operand, tile);
    }
    return bytes;
  };
  while (footprint() > budget) {
    auto widest =
        llvm::find_if(dims, [&](unsigned dim) { return tile[dim] > 1; });
    if (widest == dims.end()) {
      return op.emitError()
             << "needs " << footprint()
             << " bytes of scratchpad for its smallest tile, but " << budget
             << " are available on target " << target.name;
    }
    tile[*widest] = ceilDiv(tile[*widest], 2);
  }

  TileBuilder builder(rewriter, op);
  LogicalResult done = forEachTile(
      ranges, tile, dims,
      [&](ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes) {
        FailureOr<linalg::LinalgOp> tiled =
            builder.makeTile(op, offsets, sizes);
        if (failed(tiled)) {
          return failure();
        }
        builder.promoteInputs(*tiled);
        OpOperand &init = tiled->getDpsInitsMutable()[0];
        rewriter.setInsertionPoint(*tiled);
        Value dest;
        if (!tiled->payloadUsesValueFromOperand(&init)) {
          dest = builder.allocate(init.get().getType(), Space::SPM);
        } else if (std::optional<TypedAttr> fill = getFillValue(init.get())) {
          dest = builder.allocate(init.get().getType(), Space::SPM);
          Value constant =
              arith::ConstantOp::create(rewriter, builder.loc, *fill);
          dest = linalg::FillOp::create(rewriter, builder.loc, constant, dest)
                     .getResult(0);
        } else {
          dest = builder.allocate(init.get().getType(), Space::SPM, init.get());
        }
        rewriter.modifyOpInPlace(*tiled, [&] { init.set(dest); });
        rewriter.setInsertionPointAfter(*tiled);
        builder.insert((*tiled)->getResult(0), offsets, sizes);
        return success();
      });
  if (failed(done)) {
    return op.emitError("cannot be tiled");
  }
  builder.finish();
  return success();
}

//===----------------------------------------------------------------------===//
// Contractions
//===----------------------------------------------------------------------===//

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
  llvm::stable_sort(
      order, [&](unsigned a, unsigned b) { return sizes[a] > sizes[b]; });
  for (size_t i = 3; i < order.size(); ++i) {
    sizes[order[i]] = 1;
  }
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
    if (choice.columnDim == ~0u || sizes[dim] > sizes[choice.columnDim]) {
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
  auto shrinkOutermost = [&](ArrayRef<unsigned> candidates, int64_t unit) {
    for (unsigned dim : candidates) {
      if (sizes[dim] > 1) {
        int64_t half = ceilDiv(sizes[dim], 2);
        sizes[dim] = half > unit ? ceilDiv(half, unit) * unit : half;
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
  int64_t general =
      int64_t(getFirstStationaryBank(target)) * target.spm.bankBytes;
  int64_t stationaryBytes = int64_t(target.spmBytes()) - general;
  OpOperand &weights = *op.getDpsInputOperand(stationary);
  OpOperand &rowsOperand = *op.getDpsInputOperand(1 - stationary);
  while (operandBytes(op, weights, sizes) > stationaryBytes / 2 ||
         operandBytes(op, rowsOperand, sizes) > general / 4) {
    if (!shrinkOutermost(dims.k, target.mxu.rows) &&
        !shrinkOutermost(rowDims, 1)) {
      return failure();
    }
  }
  return choice;
}

/// Cycles of the matrix unit for all tiles, as far as the choice of the
/// stationary operand needs it.
static int64_t estimateCycles(linalg::LinalgOp op, const ContractionDims &dims,
                              const ContractionTile &tile,
                              const acc::Target &target) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  int64_t tiles = 1;
  for (auto [range, size] : llvm::zip(ranges, tile.sizes)) {
    tiles *= ceilDiv(range, size);
  }
  int64_t rows = 1;
  for (unsigned dim : tile.stationary == 1 ? dims.m : dims.n) {
    rows *= tile.sizes[dim];
  }
  int64_t k = 1;
  int64_t widest = 1;
  for (unsigned dim : dims.k) {
    k *= tile.sizes[dim];
    widest = std::max(widest, tile.sizes[dim]);
  }
  int64_t steps = k / widest * ceilDiv(widest, target.mxu.rows);
  int64_t load = std::min<int64_t>(widest, target.mxu.rows);
  return tiles * (target.mxu.setup + target.mxu.tail + load +
                  steps * std::max(rows, load) +
                  int64_t(target.mxu.rows) * target.mxu.peLatency +
                  target.mxu.unitCols);
}

static LogicalResult tileContraction(RewriterBase &rewriter,
                                     linalg::LinalgOp op,
                                     const ContractionDims &dims,
                                     const acc::Target &target) {
  FailureOr<ContractionTile> choice = failure();
  for (unsigned stationary : {1u, 0u}) {
    if ((stationary == 1 ? dims.n : dims.m).empty()) {
      continue;
    }
    FailureOr<ContractionTile> candidate =
        chooseTile(op, dims, stationary, target);
    if (succeeded(candidate) &&
        (failed(choice) || estimateCycles(op, dims, *candidate, target) <
                               estimateCycles(op, dims, *choice, target))) {
      choice = candidate;
    }
  }
  if (failed(choice)) {
    return op.emitError()
           << "has no tile that fits in the scratchpad of target "
           << target.name;
  }
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
  int64_t general =
      int64_t(getFirstStationaryBank(target)) * target.spm.bankBytes;

  TileBuilder builder(rewriter, op);
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  LogicalResult done = forEachTile(
      ranges, choice->sizes, parallel,
      [&](ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes) -> LogicalResult {
        FailureOr<linalg::LinalgOp> outer =
            builder.makeTile(op, offsets, sizes);
        if (failed(outer)) {
          return failure();
        }
        rewriter.setInsertionPoint(*outer);
        auto accType = cast<RankedTensorType>((*outer)->getResult(0).getType());
        Value accumulators = builder.allocate(accType, Space::ACC);
        Value zero = arith::ConstantOp::create(rewriter, builder.loc,
                                               rewriter.getF32FloatAttr(0.0));
        accumulators =
            linalg::FillOp::create(rewriter, builder.loc, zero, accumulators)
                .getResult(0);
        SmallVector<int64_t> outerRanges(sizes);
        LogicalResult inner =
            forEachTile(outerRanges, choice->sizes, reduction,
                        [&](ArrayRef<int64_t> kOffsets,
                            ArrayRef<int64_t> kSizes) -> LogicalResult {
                          rewriter.setInsertionPoint(*outer);
                          FailureOr<linalg::LinalgOp> tile =
                              builder.makeTile(*outer, kOffsets, kSizes);
                          if (failed(tile)) {
                            return failure();
                          }
                          builder.promoteInputs(*tile);
                          rewriter.modifyOpInPlace(*tile, [&] {
                            tile->getDpsInitsMutable()[0].set(accumulators);
                          });
                          accumulators = (*tile)->getResult(0);
                          return success();
                        });
        if (failed(inner)) {
          return failure();
        }
        rewriter.setInsertionPoint(*outer);
        // The result leaves the accumulators in pieces that fit several times.
        SmallVector<OpFoldResult> offs =
            getAsIndexOpFoldResult(rewriter.getContext(), offsets);
        SmallVector<OpFoldResult> extents =
            getAsIndexOpFoldResult(rewriter.getContext(), sizes);
        SmallVector<OpFoldResult> position;
        SmallVector<OpFoldResult> shape;
        if (failed(cast<TilingInterface>(op.getOperation())
                       .getResultTilePosition(rewriter, 0, offs, extents,
                                              position, shape))) {
          return failure();
        }
        SmallVector<int64_t> accShape(accType.getShape());
        SmallVector<int64_t> piece(accShape);
        AffineMap outMap = op.getIndexingMapsArray()[2];
        SmallVector<unsigned> pieceDims;
        for (unsigned i = 0; i < accShape.size(); ++i) {
          if (outMap.getDimPosition(i) != choice->columnDim) {
            pieceDims.push_back(i);
          }
        }
        auto pieceBytes = [&] {
          int64_t bytes = 4;
          for (int64_t size : piece) {
            bytes *= size;
          }
          return bytes;
        };
        while (pieceBytes() > general / 6) {
          auto dim = llvm::find_if(pieceDims,
                                   [&](unsigned i) { return piece[i] > 1; });
          if (dim == pieceDims.end()) {
            break;
          }
          piece[*dim] = ceilDiv(piece[*dim], 2);
        }
        SmallVector<OpFoldResult> ones(accShape.size(),
                                       rewriter.getIndexAttr(1));
        LogicalResult pieces = forEachTile(
            accShape, piece, pieceDims,
            [&](ArrayRef<int64_t> pieceOffsets, ArrayRef<int64_t> pieceSizes) {
              Value part = accumulators;
              if (pieceSizes != ArrayRef<int64_t>(accShape)) {
                part = tensor::ExtractSliceOp::create(
                    rewriter, builder.loc, accumulators,
                    getAsIndexOpFoldResult(rewriter.getContext(), pieceOffsets),
                    getAsIndexOpFoldResult(rewriter.getContext(), pieceSizes),
                    ones);
              }
              Value staged = builder.allocate(part.getType(), Space::SPM);
              staged = bufferization::MaterializeInDestinationOp::create(
                           rewriter, builder.loc, part, staged)
                           .getResult();
              SmallVector<OpFoldResult> at;
              for (auto [base, offset] : llvm::zip(position, pieceOffsets)) {
                at.push_back(
                    rewriter.getIndexAttr(*getConstantIntValue(base) + offset));
              }
              builder.insertAt(
                  staged, at,
                  getAsIndexOpFoldResult(rewriter.getContext(), pieceSizes));
              return success();
            });
        if (failed(pieces)) {
          return failure();
        }
        rewriter.eraseOp(*outer);
        return success();
      });
  if (failed(done)) {
    return op.emitError("cannot be tiled");
  }
  builder.finish();
  return success();
}

/// The accumulators start at zero; a contraction that starts from a tensor
/// becomes one that starts from zero, and an addition. Returns the addition, or
/// null if there was nothing to do.
static linalg::LinalgOp splitInitialValue(RewriterBase &rewriter,
                                          linalg::LinalgOp op) {
  OpOperand &init = op.getDpsInitsMutable()[0];
  if (std::optional<TypedAttr> fill = getFillValue(init.get())) {
    auto number = dyn_cast<FloatAttr>(*fill);
    if (number && number.getValue().isPosZero()) {
      return nullptr;
    }
  }
  Location loc = op.getLoc();
  Value start = init.get();
  auto type = cast<RankedTensorType>(start.getType());
  rewriter.setInsertionPoint(op);
  Value zero =
      arith::ConstantOp::create(rewriter, loc, rewriter.getF32FloatAttr(0.0));
  Value empty = tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                        type.getElementType());
  Value zeros = linalg::FillOp::create(rewriter, loc, zero, empty).getResult(0);
  rewriter.modifyOpInPlace(op, [&] { init.set(zeros); });
  rewriter.setInsertionPointAfter(op);
  AffineMap identity = rewriter.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto add = linalg::GenericOp::create(
      rewriter, loc, type, ValueRange{op->getResult(0), start},
      ValueRange{empty}, ArrayRef<AffineMap>{identity, identity, identity},
      iterators, [](OpBuilder &builder, Location loc, ValueRange args) {
        Value sum = arith::AddFOp::create(builder, loc, args[0], args[1]);
        linalg::YieldOp::create(builder, loc, sum);
      });
  rewriter.replaceAllUsesExcept(op->getResult(0), add.getResult(0), add);
  return cast<linalg::LinalgOp>(add.getOperation());
}

LogicalResult tileToScratchpad(RewriterBase &rewriter, linalg::LinalgOp op,
                               const acc::Target &target) {
  if (llvm::any_of(op.getStaticLoopRanges(), ShapedType::isDynamic)) {
    return op.emitError(
        "expects static shapes; bind symbolic dimensions first");
  }
  if (op->getNumResults() != 1) {
    return op.emitError() << "expects one result, but got "
                          << op->getNumResults();
  }
  FailureOr<ContractionDims> dims = matchContraction(op);
  // One row and one column would leave the array idle; the vector unit's tree
  // does the same.
  if (succeeded(dims) && !(dims->m.empty() && dims->n.empty())) {
    linalg::LinalgOp add = splitInitialValue(rewriter, op);
    if (failed(tileContraction(rewriter, op, *dims, target))) {
      return failure();
    }
    return add ? tileVector(rewriter, add, target) : success();
  }
  return tileVector(rewriter, op, target);
}

} // namespace xpu

namespace {
struct TileToScratchpadPass final
    : xpu::impl::TileToScratchpadPassBase<TileToScratchpadPass> {
  using Base::Base;

  void runOnOperation() override {
    FailureOr<acc::Target> machine =
        xpu::loadTargetFor(getOperation(), target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (!llvm::isa<linalg::FillOp>(op)) {
        ops.push_back(op);
      }
    });
    IRRewriter rewriter(&getContext());
    for (linalg::LinalgOp op : ops) {
      if (failed(xpu::tileToScratchpad(rewriter, op, *machine))) {
        return signalPassFailure();
      }
    }
    // Fills that only gave a start value were copied into the tiles.
    getOperation().walk<WalkOrder::PostOrder, mlir::ReverseIterator>(
        [&](Operation *op) {
          if (isOpTriviallyDead(op)) {
            rewriter.eraseOp(op);
          }
        });
    SmallVector<linalg::LinalgOp> left;
    getOperation().walk([&](linalg::FillOp fill) {
      auto alloc =
          fill.getOutputs()[0].getDefiningOp<bufferization::AllocTensorOp>();
      if (!alloc || !alloc.getMemorySpace()) {
        left.push_back(fill);
      }
    });
    for (linalg::LinalgOp op : left) {
      if (failed(xpu::tileToScratchpad(rewriter, op, *machine))) {
        return signalPassFailure();
      }
    }
  }
};
} // namespace
