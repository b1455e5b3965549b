//===- TileTimes.cpp - What the engines take for one tile -----------------===//

#include "passes/Tiling/MappingCost.h"

#include "passes/Analysis/MatmulCost.h"
#include "passes/Analysis/MicroOps.h"
#include "passes/Analysis/ProductTerms.h"
#include "passes/Analysis/VectorCost.h"
#include "passes/Tiling/TileCost.h"
#include "systemc-models/Timing/Timing.h"

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

int64_t countTileRows(const ContractionDims &dims, const ContractionTile &tile,
                      ArrayRef<int64_t> sizes) {
  int64_t rows = 1;
  for (unsigned dim : tile.stationary == 1 ? dims.m : dims.n) {
    rows *= sizes[dim];
  }
  return rows;
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
  int64_t rows = countTileRows(dims, tile, times.part);
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

int64_t MappingCost::countReadBytes(int64_t rows, int64_t elements) const {
  const int64_t unit = target.spm.rowBytes;
  int64_t bytes = 0;
  for (int64_t size : readBytes) {
    bytes += ceilDiv(elements * size, unit) * unit;
  }
  return bytes == 0 ? 0
                    : bytes + repeatedReads * ceilDiv(rows * 4, unit) * unit;
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

} // namespace xpu
