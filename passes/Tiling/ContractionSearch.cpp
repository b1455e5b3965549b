//===- ContractionSearch.cpp - The best tiles of a contraction ------------===//

#include "passes/Tiling/ContractionMappings.h"

#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/ProductTerms.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Analysis/VectorCost.h"
#include "passes/Tiling/Passes.h"
#include "passes/Tiling/TileCost.h"
#include "systemc-models/Timing/Timing.h"

#include <set>

using namespace mlir;

namespace xpu {

SmallVector<ContractionTile> findContractionTiles(linalg::LinalgOp op,
                                                  const ContractionDims &dims,
                                                  const acc::Target &target,
                                                  int64_t bodyCommands,
                                                  size_t most, bool isAlone) {
  // Estimates are some 20 % off (benchmarks/roofline).
  constexpr double kMargin = 1.3;
  SmallVector<ContractionTile> found;
  std::set<std::vector<int64_t>> seen;
  // Once for all mappings: it takes longer than most of them.
  const SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (const Mapping &mapping : getMappings(op, dims, target, isAlone)) {
    FailureOr<ContractionTile> tile =
        chooseTile(op, dims, ranges, mapping, target, bodyCommands);
    if (failed(tile) || (mapping.isSpread && tile->spreadInputs.empty())) {
      continue;
    }
    if (!seen.insert(tile->getCut()).second) {
      continue;
    }
    uint64_t limit = ~uint64_t(0);
    if (!found.empty()) {
      limit = uint64_t(double(found.front().cycles) * kMargin);
    }
    if (found.size() == most) {
      limit = std::min(limit, found.back().cycles);
    }
    tile->cycles =
        estimateContraction(op, dims, *tile, target, bodyCommands, limit);
    // With the same sizes and time, a tile makes the same commands as another:
    // there are no loops in which they would differ.
    bool isKnown = llvm::any_of(found, [&](const ContractionTile &other) {
      return other.cycles == tile->cycles && other.sizes == tile->sizes &&
             other.stationary == tile->stationary &&
             other.partRows == tile->partRows &&
             other.spreadInputs == tile->spreadInputs &&
             other.spreadsResult == tile->spreadsResult;
    });
    if (isKnown || tile->cycles >= limit) {
      continue;
    }
    found.insert(llvm::upper_bound(found, *tile,
                                   [](const auto &a, const auto &b) {
                                     return a.cycles < b.cycles;
                                   }),
                 *tile);
    if (found.size() > most) {
      found.pop_back();
    }
  }
  return found;
}

/// All that the choice depends on: the operation with its types and attributes,
/// which operands are the same or constants, and whether an epilogue follows.
static std::string getKey(linalg::LinalgOp op) {
  std::string key;
  llvm::raw_string_ostream os(key);
  // Operands have no names without what makes them.
  Block arguments;
  OwningOpRef<Operation *> copy = op->clone();
  for (OpOperand &operand : (*copy)->getOpOperands()) {
    Value value = op->getOperand(operand.getOperandNumber());
    os << llvm::find(op->getOperands(), value).getIndex()
       << (getViewRoot(value).getDefiningOp<memref::GetGlobalOp>() ? "c" : "");
    operand.set(arguments.addArgument(value.getType(), op.getLoc()));
  }
  if (linalg::LinalgOp epilogue = findEpilogue(op)) {
    os << "e";
    for (Value operand : epilogue->getOperands()) {
      os << operand.getType();
    }
    if (linalg::LinalgOp second = findSecondEpilogue(epilogue)) {
      os << second.getDpsInits()[0].getType();
    }
  }
  (*copy)->print(os, OpPrintingFlags().useLocalScope().assumeVerified());
  copy = {}; // Uses the arguments.
  return key;
}

ContractionChoices::Search &
ContractionChoices::search(linalg::LinalgOp op, const ContractionDims &dims) {
  constexpr size_t kFinalists = 16;
  auto [it, isNew] = known.try_emplace(getKey(op));
  if (isNew) {
    Search &found = it->second;
    found.tiles = findContractionTiles(op, dims, target, bodyCommands,
                                       kFinalists, isAlone);
    if (!found.tiles.empty()) {
      found.estimate = found.tiles.front().cycles;
    }
  }
  return it->second;
}

FailureOr<uint64_t> ContractionChoices::estimate(linalg::LinalgOp op,
                                                 const ContractionDims &dims) {
  Search &found = search(op, dims);
  if (found.tiles.empty()) {
    return failure();
  }
  return found.estimate;
}

void ContractionChoices::keepBest(linalg::LinalgOp op,
                                  const ContractionDims &dims,
                                  SmallVectorImpl<ContractionTile> &tiles) {
  constexpr size_t kKept = 5;
  if (tiles.size() <= kKept) {
    return;
  }
  SmallVector<std::pair<uint64_t, size_t>> order; // Cycles, place.
  for (auto [place, tile] : llvm::enumerate(tiles)) {
    order.push_back({simulateContraction(op, dims, tile, target, bodyCommands,
                                         kRequests / 8),
                     place});
  }
  llvm::sort(order);
  order.truncate(kKept);
  // Still by their estimates.
  llvm::sort(order, llvm::less_second());
  SmallVector<ContractionTile> kept;
  for (auto [cycles, place] : order) {
    kept.push_back(tiles[place]);
  }
  tiles = kept;
}

void ContractionChoices::rank(linalg::LinalgOp op, const ContractionDims &dims,
                              SmallVectorImpl<ContractionTile> &tiles) {
  // Where the simulation sees no difference, the estimate decides: it charges
  // for what is not simulated. In a network that is more: what goes before and
  // what comes behind.
  const double kDifference = isAlone ? 0.995 : 0.985;
  // A tile that is slower by more is no alternative in any surroundings.
  constexpr double kWorst = 1.25;
  size_t best = 0;
  for (auto [place, tile] : llvm::enumerate(tiles)) {
    tile.cycles =
        simulateContraction(op, dims, tile, target, bodyCommands, kRequests);
    if (double(tile.cycles) < kDifference * double(tiles[best].cycles)) {
      best = place;
    }
  }
  std::rotate(tiles.begin(), tiles.begin() + best, tiles.begin() + best + 1);
  double limit = kWorst * double(tiles.front().cycles);
  tiles.erase(std::remove_if(tiles.begin() + 1, tiles.end(),
                             [&](const ContractionTile &tile) {
                               return double(tile.cycles) > limit;
                             }),
              tiles.end());
  std::stable_sort(tiles.begin() + 1, tiles.end(),
                   [](const ContractionTile &a, const ContractionTile &b) {
                     return a.cycles < b.cycles;
                   });
}

FailureOr<ContractionTile>
ContractionChoices::choose(linalg::LinalgOp op, const ContractionDims &dims,
                           size_t rank) {
  Search &found = search(op, dims);
  if (found.tiles.empty()) {
    return failure();
  }
  if (!found.isSimulated) {
    if (areMany) {
      keepBest(op, dims, found.tiles);
    }
    this->rank(op, dims, found.tiles);
    found.isSimulated = true;
  }
  return found.tiles[rank < found.tiles.size() ? rank : 0];
}

uint64_t ContractionChoices::simulate(ArrayRef<TiledContraction> products,
                                      const ContractionDims &dims) const {
  uint64_t sum = 0;
  for (const TiledContraction &product : products) {
    sum += product.tile.cycles;
  }
  return simulateInTurn(products, dims, target, bodyCommands, kRequests)
      .value_or(sum);
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
  isa::Vpurun row;
  row.inFmt.fill(isa::Format::F32);
  row.outFmt = isa::Format::F32;
  row.firstRed = 0;
  row.size[5] = std::min<int64_t>(widest, target.vectorLength());
  setChain(row, kUops);
  return iterations * acc::vpuProgram(target, row).period;
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
  SmallVector<ContractionTile> best = findContractionTiles(
      op, *dims, target, kBodyCommands, /*most=*/1, /*isAlone=*/false);
  if (best.empty() || estimateVectorCycles(op, target) < best.front().cycles) {
    return failure();
  }
  return dims;
}

} // namespace xpu