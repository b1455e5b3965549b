//===- ContractionMappings.cpp - What is free in a contraction ------------===//

#include "passes/Tiling/ContractionMappings.h"

#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/ProductTerms.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Tiling/Passes.h"
#include "passes/Tiling/TileCost.h"
#include "systemc-models/Timing/Timing.h"

using namespace mlir;

namespace xpu {

/// Numbers of columns that may be fetched as one: passes of the array, and
/// whole lines of memory of elements of so many bytes; 0: columns do not follow
/// each other there.
static SmallVector<int64_t> getColumnCandidates(int64_t range,
                                                int64_t elementBytes,
                                                const acc::Target &target) {
  SmallVector<int64_t> candidates = {range};
  SmallVector<int64_t> units = {int64_t(target.mxuCols())};
  if (elementBytes > 0) {
    units.push_back(int64_t(target.hbm.lineBytes) / elementBytes);
  }
  for (int64_t unit : units) {
    for (int64_t columns = std::max<int64_t>(unit, 1); columns < range;
         columns = columns < 4 * unit ? columns + unit : columns * 2) {
      candidates.push_back(columns);
    }
  }
  llvm::sort(candidates);
  candidates.erase(llvm::unique(candidates), candidates.end());
  return candidates;
}

FailureOr<ColumnRows> findColumnRows(linalg::LinalgOp op,
                                     const ContractionDims &dims,
                                     unsigned stationary,
                                     const acc::Target &target) {
  ArrayRef<unsigned> columnDims = stationary == 1 ? dims.n : dims.m;
  AffineMap outMap = op.getIndexingMapsArray().back();
  const unsigned rank = outMap.getNumResults();
  // Without an epilogue, results in the scratchpad come straight from the
  // accumulators, with what is between rows.
  bool isOutside = getSpace(op.getDpsInits()[0].getType()) != Space::SPM;
  if (isBlockProduct(op) || rank < 2 || !(isOutside || findEpilogue(op))) {
    return failure();
  }
  ColumnRows rows{outMap.getDimPosition(rank - 2),
                  outMap.getDimPosition(rank - 1),
                  0,
                  0,
                  {}};
  if (!llvm::is_contained(columnDims, rows.dim) ||
      !llvm::is_contained(columnDims, rows.inner)) {
    return failure();
  }
  // A copy has rows of its own length.
  OpOperand &weights = *op.getDpsInputOperand(stationary);
  if (sharesBank(weights.get(), op.getDpsInputOperand(1 - stationary)->get(),
                 target)) {
    return failure();
  }
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  SmallVector<int64_t> sizes(ranges.size(), 1);
  for (unsigned dim : dims.k) {
    sizes[dim] = ranges[dim];
  }
  sizes[rows.inner] = ranges[rows.inner];
  sizes[rows.dim] = std::min<int64_t>(ranges[rows.dim], 2);
  for (AffineExpr expr : op.getMatchingIndexingMap(&weights).getResults()) {
    int64_t constant = 0;
    auto coefficients = getCoefficients(expr, ranges.size(), constant);
    if (failed(coefficients) || (*coefficients)[rows.dim] <= 1 ||
        getSpace(weights.get().getType()) == Space::SPM) {
      continue;
    }
    for (unsigned dim : dims.k) {
      if ((*coefficients)[dim] != 0 && ranges[dim] > 1) {
        rows.single.push_back(dim);
        sizes[dim] = 1;
      }
    }
  }
  SmallVector<int64_t> strides = tileStrides(op, weights, sizes);
  int64_t step = strides[rows.inner], row = strides[rows.dim];
  const int64_t columns = target.mxuCols();
  if (step <= 0 || row % step != 0 || row / step < ranges[rows.inner] ||
      ranges[rows.inner] > columns) {
    return failure();
  }
  rows.pitch = row / step;
  rows.most = std::min(ranges[rows.dim],
                       (columns - ranges[rows.inner]) / rows.pitch + 1);
  return rows.most < 2 ? FailureOr<ColumnRows>(failure()) : rows;
}

/// Whether an epilogue reads a tensor of the size of the result from memory.
static bool readsResiduals(linalg::LinalgOp op) {
  linalg::LinalgOp epilogue = findEpilogue(op);
  return epilogue &&
         llvm::any_of(epilogue.getDpsInputOperands(), [&](OpOperand *input) {
           return input->get() != op.getDpsInits()[0] &&
                  getSpace(input->get().getType()) != Space::SPM &&
                  epilogue.getMatchingIndexingMap(input).getNumResults() ==
                      epilogue.getNumLoops();
         });
}

SmallVector<Mapping> getMappings(linalg::LinalgOp op,
                                 const ContractionDims &dims,
                                 const acc::Target &target, bool isAlone) {
  // Few rows leave most of the scratchpad to the weights.
  int64_t banks = ScratchpadRegions::tileBanks(target, op);
  int64_t usualBanks = ScratchpadRegions::usualStationaryBanks(banks);
  // What an epilogue reads from memory lies beside the rows: in their banks the
  // array waits for the vector unit.
  const bool readsOthers = readsResiduals(op);
  int64_t manyBanks = std::max(usualBanks, banks * (readsOthers ? 7 : 11) / 16);
  int64_t resultBanks = ScratchpadRegions::usualResultBanks(banks);
  SmallVector<std::pair<int64_t, int64_t>> bankSplits = {
      {usualBanks, resultBanks}, {manyBanks, resultBanks}};
  // Results that go through no vector unit may take less.
  if (!findEpilogue(op)) {
    bankSplits.push_back({usualBanks, 1});
    bankSplits.push_back({manyBanks, 1});
    bankSplits.push_back({std::max<int64_t>(usualBanks, banks * 13 / 16), 1});
  }
  if (readsOthers) {
    bankSplits.push_back({usualBanks, resultBanks + 1});
  }
  bool hasBlocks = isBlockProduct(op);
  if (hasBlocks) {
    // Scales of both operands are beside the weights.
    bankSplits.push_back({std::max(usualBanks, banks / 2), resultBanks});
    if (!findEpilogue(op)) {
      bankSplits.push_back({std::max(usualBanks, banks / 2), 2});
      bankSplits.push_back({std::max(usualBanks, banks / 2), 1});
      bankSplits.push_back({std::max(usualBanks, banks * 9 / 16), 1});
      bankSplits.push_back({std::max(usualBanks, banks * 10 / 16), 1});
    }
  }
  const unsigned flagCount = !hasBlocks ? 8 : findEpilogue(op) ? 16 : 32;
  SmallVector<Mapping> mappings;
  // Accumulators for two tiles, for one, or for one in parts: few where a step
  // of the array loads weights for longer than a part of it streams.
  auto addWithAccumulators = [&](Mapping mapping) {
    for (auto [takesTurns, parts] :
         {std::pair(true, 1), std::pair(false, 1),
          std::pair(false, hasBlocks || mapping.sumSteps > 1 ? 2 : 4)}) {
      mapping.takesTurns = takesTurns;
      mapping.parts = parts;
      mapping.areRowsInParts = false;
      mappings.push_back(mapping);
      if (hasBlocks && parts > 1 && !mapping.isOneStep) {
        mapping.areRowsInParts = true;
        mappings.push_back(mapping);
      }
    }
  };
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  auto countOf = [&](ArrayRef<unsigned> group, int64_t size) {
    int64_t product = 1;
    for (unsigned dim : group) {
      product *= ranges[dim];
    }
    return ceilDiv(product, size);
  };
  // Tiles of a result that is written out.
  constexpr int64_t kShort = 32;
  const bool isShort =
      !hasBlocks && countOf(dims.batch, 1) *
                            countOf(dims.m, target.mxu.accRows) *
                            countOf(dims.n, target.mxuCols()) <=
                        kShort;
  for (unsigned stationary : {1u, 0u}) {
    ArrayRef<unsigned> columnDims = stationary == 1 ? dims.n : dims.m;
    if (columnDims.empty()) {
      continue;
    }
    int64_t elementBytes =
        hasBlocks ? 0
                  : getElementBytes(getElementTypeOrSelf(
                        op.getDpsInputOperand(stationary)->get().getType()));
    int64_t range = ranges[getColumnDim(ranges, columnDims)];
    // Weights that stay for all rows may take all of their region: the array
    // waits for the next ones, but has little else to do where memory is slow.
    for (auto [weights, results] : bankSplits) {
      int64_t most = weights * target.spm.bankBytes /
                     std::max<int64_t>(1, countOf(dims.k, 1) * elementBytes);
      if (elementBytes == 0 || most == 0 || most >= range) {
        continue;
      }
      // Equal parts, of whole lines of memory or of what it moves at once.
      int64_t part = ceilDiv(range, ceilDiv(range, most));
      std::set<int64_t> sizes;
      auto unitOf = [&](int64_t bytes) {
        return std::max<int64_t>(1, bytes / elementBytes);
      };
      for (int64_t bytes : {target.hbm.lineBytes, target.hbm.atomBytes}) {
        int64_t unit = unitOf(bytes);
        sizes.insert(std::min(ceilDiv(part, unit) * unit,
                              std::max(most / unit * unit, part)));
      }
      sizes.insert(std::max(most / unitOf(target.hbm.lineBytes) *
                                unitOf(target.hbm.lineBytes),
                            part));
      Mapping mapping;
      mapping.stationary = stationary;
      mapping.rowsAreInner = true;
      mapping.weightPlaces = 1;
      mapping.areWeightsWhole = true;
      mapping.stationaryBanks = weights;
      mapping.resultBanks = results;
      for (int64_t columns : sizes) {
        mapping.columns = columns;
        for (bool isSpread : {false, true}) {
          mapping.isSpread = isSpread;
          addWithAccumulators(mapping);
        }
      }
    }
    // Columns, and how many rows of them.
    SmallVector<std::pair<int64_t, int64_t>> candidates;
    for (int64_t columns : getColumnCandidates(range, elementBytes, target)) {
      candidates.push_back({columns, 1});
    }
    FailureOr<ColumnRows> rows = findColumnRows(op, dims, stationary, target);
    if (succeeded(rows)) {
      int64_t parts = ceilDiv(ranges[rows->dim], rows->most);
      int64_t equal = ceilDiv(ranges[rows->dim], parts);
      candidates.push_back({ranges[rows->inner], rows->most});
      if (equal < rows->most && equal > 1) {
        candidates.push_back({ranges[rows->inner], equal});
      }
    }
    for (auto [columns, columnRows] : candidates) {
      Mapping mapping;
      mapping.stationary = stationary;
      mapping.columns = columns;
      mapping.columnRows = columnRows;
      for (auto [weights, results] : bankSplits) {
        mapping.stationaryBanks = weights;
        mapping.resultBanks = results;
        for (unsigned flags = 0; flags < flagCount; ++flags) {
          mapping.isOneStep = (flags & 1) == 0;
          mapping.isSpread = (flags & 2) != 0;
          mapping.rowsAreInner = (flags & 4) != 0;
          mapping.areScalesWhole = (flags & 8) != 0;
          mapping.isRowAlone = (flags & 16) != 0;
          // Two take turns with no time to spare: where the memory refreshes,
          // the array waits.
          for (int64_t places : {2, 3}) {
            mapping.weightPlaces = places;
            addWithAccumulators(mapping);
          }
        }
      }
      // Loads of small products would each wait for the memory's latency.
      for (int64_t batches : {2, 4, 8}) {
        if (hasBlocks || dims.batch.empty() ||
            ranges[dims.batch.back()] < batches) {
          continue;
        }
        Mapping several;
        several.stationary = stationary;
        several.columns = columns;
        several.columnRows = columnRows;
        several.batches = batches;
        several.isOneStep = true;
        for (auto [weights, results] :
             ArrayRef(bankSplits).take_front(findEpilogue(op) ? 1 : 3)) {
          several.stationaryBanks = weights;
          several.resultBanks = results;
          for (bool isSpread : {false, true}) {
            several.isSpread = isSpread;
            addWithAccumulators(several);
          }
        }
      }
      // What is loaded before the array starts, and what leaves when it is
      // done, counts in a short product.
      if (!isShort) {
        continue;
      }
      for (int64_t sumSteps : {1, 2, 4, 8, 16}) {
        if (sumSteps > 1 && !isAlone) {
          break;
        }
        for (auto keeps :
             {Mapping::KeepNone, Mapping::KeepOuter, Mapping::KeepBoth}) {
          if (sumSteps == 1 && keeps == Mapping::KeepNone) {
            continue;
          }
          Mapping part;
          part.stationary = stationary;
          part.columns = columns;
          part.columnRows = columnRows;
          part.sumSteps = sumSteps;
          part.isOneStep = sumSteps == 1;
          part.keeps = keeps;
          for (auto [weights, results] :
               ArrayRef(bankSplits).take_front(findEpilogue(op) ? 1 : 3)) {
            part.stationaryBanks = weights;
            part.resultBanks = results;
            for (unsigned flags = 0; flags < 4; ++flags) {
              part.isSpread = (flags & 1) != 0;
              part.rowsAreInner = (flags & 2) != 0;
              addWithAccumulators(part);
            }
          }
        }
      }
    }
  }
  return mappings;
}

} // namespace xpu
