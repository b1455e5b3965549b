//===- SelectMatrix.cpp - Contractions on the matrix unit -----------------===//

#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/MatmulCost.h"
#include "passes/Analysis/ProductTerms.h"
#include "passes/LinalgToXPU/Selector.h"

using namespace mlir;

namespace xpu {

LogicalResult Selector::selectContraction(linalg::LinalgOp op) {
  FailureOr<ContractionDims> dims = matchContraction(op);
  auto columnAttr = op->getAttrOfType<IntegerAttr>(kColumnDimAttr);
  auto stationaryAttr = op->getAttrOfType<IntegerAttr>(kStationaryAttr);
  if (failed(dims) || !columnAttr || !stationaryAttr) {
    return op.emitError("expects a tiled contraction");
  }
  unsigned columnDim = columnAttr.getInt();
  unsigned stationary = stationaryAttr.getInt();
  OpOperand *rowOperand = op.getDpsInputOperand(1 - stationary);
  OpOperand *weightOperand = op.getDpsInputOperand(stationary);
  FailureOr<StaticView> a = getStaticView(rowOperand->get());
  FailureOr<StaticView> w = getStaticView(weightOperand->get());
  if (failed(a) || failed(w)) {
    return op.emitError("expects operands with constant shape and strides");
  }
  int64_t aOffset = 0;
  int64_t wOffset = 0;
  auto aStrides =
      getLoopStrides(op.getMatchingIndexingMap(rowOperand), *a, aOffset);
  auto wStrides =
      getLoopStrides(op.getMatchingIndexingMap(weightOperand), *w, wOffset);
  FailureOr<ProductTerms> terms = getProductTerms(op, stationary);
  if (failed(aStrides) || failed(wStrides)) {
    return op.emitError("expects linear subscripts");
  }
  if (failed(terms)) {
    return op.emitError() << "unsupported: product of " << a->elementType
                          << " and " << w->elementType << " on the matrix unit";
  }

  // The tile's accumulators: rows in the order of the result's dimensions.
  Value logical = op.getDpsInits()[0];
  AffineMap outMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  LoopNest rows{{}, {{}}};
  unsigned columnPosition = 0;
  int64_t rowCount = 1;
  for (unsigned i = 0; i < outMap.getNumResults(); ++i) {
    unsigned dim = outMap.getDimPosition(i);
    if (dim == columnDim) {
      columnPosition = i;
      continue;
    }
    rows.sizes.push_back(ranges[dim]);
    rows.strides[0].push_back((*aStrides)[dim]);
    rowCount *= ranges[dim];
  }
  rows.simplify();
  rows.padTo(3);
  if (rows.sizes.size() > 3) {
    return op.emitError(
        "unsupported: more than three row dimensions in a tile");
  }
  AccumulatorTile &tile = accumulators[logical];
  if (!tile.buffer) {
    auto type =
        MemRefType::get({rowCount, ranges[columnDim]}, rewriter.getF32Type(),
                        MemRefLayoutAttrInterface(),
                        SpaceAttr::get(rewriter.getContext(), Space::ACC));
    tile.buffer = memref::AllocOp::create(rewriter, op.getLoc(), type);
    tile.columnPosition = columnPosition;
  }

  // Which contraction dimension is spread over the rows of the array, and in
  // which direction a weight tile is fetched: whatever is quickest.
  LoopNest sums{{}, {{}, {}}};
  for (unsigned dim : dims->k) {
    sums.sizes.push_back(ranges[dim]);
    sums.strides[0].push_back((*aStrides)[dim]);
    sums.strides[1].push_back((*wStrides)[dim]);
  }
  sums.simplify();
  sums.padTo(3);
  if (sums.sizes.size() > 3) {
    return op.emitError(
        "unsupported: more than three contraction dimensions in a tile");
  }
  MatmulForm form = chooseMatmulForm(target, rows, sums, ranges[columnDim],
                                     (*wStrides)[columnDim], terms->front());
  MLIRContext *context = rewriter.getContext();
  SmallVector<int64_t> aStream(rows.strides[0]);
  SmallVector<int64_t> wStream;
  SmallVector<int64_t> kSizes;
  for (unsigned d : form.order) {
    kSizes.push_back(sums.sizes[d]);
    aStream.push_back(sums.strides[0][d]);
    wStream.push_back(sums.strides[1][d]);
  }
  wStream.push_back((*wStrides)[columnDim]);
  Value aOperand = operandOf(*a, op.getLoc());
  Value wOperand = operandOf(*w, op.getLoc());
  for (auto [aFormat, wFormat] : *terms) {
    MatmulOp::create(rewriter, op.getLoc(), aOperand, wOperand, tile.buffer,
                     rows.sizes, kSizes, ranges[columnDim], aFormat,
                     StreamAttr::get(context, aOffset, aStream), wFormat,
                     StreamAttr::get(context, wOffset, wStream), /*acc_row=*/0,
                     /*accumulate=*/tile.written, /*by_column=*/form.byColumn);
    tile.written = true;
  }
  rewriter.eraseOp(op);
  return success();
}

} // namespace xpu
