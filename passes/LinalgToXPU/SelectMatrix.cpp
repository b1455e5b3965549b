//===- SelectMatrix.cpp - Contractions on the matrix unit -----------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/MatmulCost.h"
#include "passes/Analysis/ProductTerms.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/LinalgToXPU/Selector.h"

using namespace mlir;

namespace xpu {

namespace {
/// An operand of a contraction as a stream.
struct OperandStream {
  StaticView view;
  SmallVector<int64_t> strides; ///< By loop dimension, in bytes.
  int64_t offset = 0;
};
} // namespace

static FailureOr<OperandStream> getStream(linalg::LinalgOp op,
                                          OpOperand *operand) {
  FailureOr<StaticView> view = getStaticView(operand->get());
  if (failed(view)) {
    return op.emitError("expects operands with constant shape and strides");
  }
  OperandStream stream{*view, {}, 0};
  auto strides =
      getLoopStrides(op.getMatchingIndexingMap(operand), *view, stream.offset);
  if (failed(strides)) {
    return op.emitError("expects linear subscripts");
  }
  stream.strides = *strides;
  return stream;
}

AccumulatorTile &Selector::accumulatorsOf(linalg::LinalgOp op,
                                          const ColumnLoops &columns) {
  AccumulatorTile &tile = accumulators[op.getDpsInits()[0]];
  if (tile.buffer) {
    return tile;
  }
  // Rows in the order of the result's dimensions.
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  int64_t rows = 1;
  for (unsigned i = 0; i < map.getNumResults(); ++i) {
    unsigned dim = map.getDimPosition(i);
    if (dim == columns.dim) {
      tile.columnPosition = i;
    } else if (dim != columns.rowDim) {
      rows *= ranges[dim];
    }
    if (dim == columns.rowDim) {
      tile.columnRowPosition = i;
    }
  }
  tile.pitch = columns.pitch;
  auto type = MemRefType::get(
      {rows, columns.count}, rewriter.getF32Type(), MemRefLayoutAttrInterface(),
      SpaceAttr::get(rewriter.getContext(), Space::ACC));
  auto alloc = memref::AllocOp::create(rewriter, op.getLoc(), type);
  Operation *given = op.getDpsInits()[0].getDefiningOp();
  if (Attribute row = given ? given->getAttr(kResidentAttr) : Attribute()) {
    alloc->setAttr(kResidentAttr, row);
  }
  tile.buffer = alloc;
  return tile;
}

/// Dimensions of the result that rows of accumulators run over, in order.
static SmallVector<unsigned> getRowDims(linalg::LinalgOp op, unsigned columnDim,
                                        unsigned columnRowDim) {
  SmallVector<unsigned> dims;
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  for (unsigned i = 0; i < map.getNumResults(); ++i) {
    unsigned dim = map.getDimPosition(i);
    if (dim != columnDim && dim != columnRowDim) {
      dims.push_back(dim);
    }
  }
  return dims;
}

bool Selector::isHalving(linalg::GenericOp op) {
  if (op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      op.getNumLoops() != 2 || op.getNumParallelLoops() != 2 ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity() ||
      op.getMatchingIndexingMap(op.getDpsInputOperand(0)) !=
          AffineMap::get(2, 0, rewriter.getAffineDimExpr(1))) {
    return false;
  }
  Block *body = op.getBody();
  auto product =
      body->getTerminator()->getOperand(0).getDefiningOp<arith::MulFOp>();
  if (!product || product.getLhs() != body->getArgument(1)) {
    return false;
  }
  auto power = product.getRhs().getDefiningOp<math::Exp2Op>();
  auto minus = power ? power.getOperand().getDefiningOp<arith::NegFOp>()
                     : arith::NegFOp();
  auto times = minus ? minus.getOperand().getDefiningOp<arith::UIToFPOp>()
                     : arith::UIToFPOp();
  return times && times.getIn() == body->getArgument(0) &&
         times.getIn().getType().isInteger(8);
}

LogicalResult Selector::selectHalving(linalg::GenericOp op) {
  auto tile = accumulators.find(op.getDpsInits()[0]);
  FailureOr<OperandStream> times = getStream(op, op.getDpsInputOperand(0));
  if (failed(times)) {
    return failure();
  }
  if (tile == accumulators.end() || !tile->second.written ||
      tile->second.halvings) {
    return op.emitError("expects accumulators that a product has written");
  }
  tile->second.halvings = operandOf(times->view, op.getLoc());
  tile->second.halvingStream = StreamAttr::get(
      rewriter.getContext(), times->offset, {times->strides[1]});
  rewriter.eraseOp(op);
  return success();
}

LogicalResult Selector::selectContraction(linalg::LinalgOp op) {
  FailureOr<ContractionDims> dims = matchContraction(op);
  auto columnAttr = op->getAttrOfType<IntegerAttr>(kColumnDimAttr);
  auto stationaryAttr = op->getAttrOfType<IntegerAttr>(kStationaryAttr);
  if (failed(dims) || !columnAttr || !stationaryAttr) {
    return op.emitError("expects a tiled contraction");
  }
  unsigned columnDim = columnAttr.getInt();
  unsigned stationary = stationaryAttr.getInt();
  FailureOr<OperandStream> a =
      getStream(op, op.getDpsInputOperand(1 - stationary));
  FailureOr<OperandStream> w = getStream(op, op.getDpsInputOperand(stationary));
  if (failed(a) || failed(w)) {
    return failure();
  }
  FailureOr<ProductTerms> terms = getProductTerms(op, stationary);
  if (failed(terms)) {
    return op.emitError() << "unsupported: product of " << a->view.elementType
                          << " and " << w->view.elementType
                          << " on the matrix unit";
  }
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  ColumnLoops columns{columnDim, columnDim, 0, ranges[columnDim]};
  if (auto rowAttr = op->getAttrOfType<IntegerAttr>(kColumnRowDimAttr)) {
    columns.rowDim = rowAttr.getInt();
    columns.pitch = op->getAttrOfType<IntegerAttr>(kColumnPitchAttr).getInt();
    columns.count += (ranges[columns.rowDim] - 1) * columns.pitch;
    if (w->strides[columns.rowDim] != columns.pitch * w->strides[columnDim] &&
        ranges[columns.rowDim] > 1) {
      return op.emitError("expects weights with rows of columns ")
             << columns.pitch << " apart";
    }
  }
  SmallVector<unsigned> rowDims = getRowDims(op, columnDim, columns.rowDim);
  AccumulatorTile &tile = accumulatorsOf(op, columns);
  MLIRContext *context = rewriter.getContext();
  Value aOperand = operandOf(a->view, op.getLoc());
  Value wOperand = operandOf(w->view, op.getLoc());

  if (isBlockProduct(op)) {
    FailureOr<OperandStream> aScales =
        getStream(op, op.getDpsInputOperand(2 + 1 - stationary));
    FailureOr<OperandStream> wScales =
        getStream(op, op.getDpsInputOperand(2 + stationary));
    if (failed(aScales) || failed(wScales)) {
      return failure();
    }
    BlockStreams streams = getBlockStreams(
        ranges, rowDims, dims->k, columnDim,
        {a->strides, w->strides, aScales->strides, wScales->strides},
        ranges[columnDim], terms->front());
    FailureOr<BlockForm> form = chooseBlockForm(target, streams);
    if (failed(form)) {
      return op.emitError("unsupported: a product of blocks with these "
                          "formats, or with more than three dimensions of rows "
                          "or sums in a tile");
    }
    LoopNest rows = streams.rows;
    rows.simplify();
    rows.padTo(3);
    auto stream = [&](int64_t offset, ArrayRef<int64_t> outer,
                      ArrayRef<int64_t> inner) {
      SmallVector<int64_t> strides(outer);
      llvm::append_range(strides, inner);
      return StreamAttr::get(context, offset, strides);
    };
    MatmulOp::create(
        rewriter, op.getLoc(), aOperand, wOperand, tile.buffer,
        operandOf(aScales->view, op.getLoc()),
        operandOf(wScales->view, op.getLoc()), /*halvings=*/Value(), rows.sizes,
        form->kSizes, ranges[columnDim], terms->front().first,
        stream(a->offset, rows.strides[0], form->aStrides),
        terms->front().second,
        stream(w->offset, form->wStrides, {streams.columnStride}),
        stream(aScales->offset, rows.strides[1], form->aScaleStrides),
        stream(wScales->offset, form->wScaleStrides,
               {streams.scaleColumnStride}),
        /*halving_stream=*/StreamAttr(), /*acc_row=*/0,
        /*accumulate=*/tile.written,
        /*by_column=*/form->byColumn, /*used_columns=*/IntegerAttr());
    tile.written = true;
    rewriter.eraseOp(op);
    return success();
  }

  LoopNest rows{{}, {{}}};
  for (unsigned dim : rowDims) {
    rows.sizes.push_back(ranges[dim]);
    rows.strides[0].push_back(a->strides[dim]);
  }
  rows.simplify();
  rows.padTo(3);
  if (rows.sizes.size() > 3) {
    return op.emitError(
        "unsupported: more than three row dimensions in a tile");
  }
  // Which contraction dimension is spread over the rows of the array, and in
  // which direction a weight tile is fetched: whatever is quickest.
  LoopNest sums{{}, {{}, {}}};
  for (unsigned dim : dims->k) {
    sums.sizes.push_back(ranges[dim]);
    sums.strides[0].push_back(a->strides[dim]);
    sums.strides[1].push_back(w->strides[dim]);
  }
  sums.simplify();
  sums.padTo(3);
  if (sums.sizes.size() > 3) {
    return op.emitError(
        "unsupported: more than three contraction dimensions in a tile");
  }
  MatmulForm form = chooseMatmulForm(target, rows, sums, columns.count,
                                     w->strides[columnDim], terms->front());
  SmallVector<int64_t> aStream(rows.strides[0]);
  SmallVector<int64_t> wStream;
  SmallVector<int64_t> kSizes;
  for (unsigned d : form.order) {
    kSizes.push_back(sums.sizes[d]);
    aStream.push_back(sums.strides[0][d]);
    wStream.push_back(sums.strides[1][d]);
  }
  wStream.push_back(w->strides[columnDim]);
  IntegerAttr used;
  if (columns.rowDim != columnDim) {
    used =
        rewriter.getI64IntegerAttr(ranges[columns.rowDim] * ranges[columnDim]);
  }
  for (auto [aFormat, wFormat] : *terms) {
    MatmulOp::create(
        rewriter, op.getLoc(), aOperand, wOperand, tile.buffer,
        /*a_scales=*/Value(), /*w_scales=*/Value(), tile.halvings, rows.sizes,
        kSizes, columns.count, aFormat,
        StreamAttr::get(context, a->offset, aStream), wFormat,
        StreamAttr::get(context, w->offset, wStream),
        /*a_scale_stream=*/StreamAttr(),
        /*w_scale_stream=*/StreamAttr(), tile.halvingStream, /*acc_row=*/0,
        /*accumulate=*/tile.written, /*by_column=*/form.byColumn, used);
    tile.written = true;
    tile.halvings = Value();
    tile.halvingStream = StreamAttr();
  }
  rewriter.eraseOp(op);
  return success();
}

} // namespace xpu
