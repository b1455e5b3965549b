//===- MappingCost.cpp - The commands of one mapping ----------------------===//

#include "passes/Tiling/MappingCost.h"

#include "passes/Analysis/BufferViews.h"
#include "passes/Tiling/TileCost.h"
#include "passes/Tiling/TileSimulation.h"

using namespace mlir;

namespace xpu {

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
  const int64_t rows = countTileRows(dims, tile, times.part);
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

} // namespace xpu
