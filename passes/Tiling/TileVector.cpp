//===- TileVector.cpp - Tiles of work on the vector unit ------------------===//

#include "passes/Tiling/Tiling.h"

#include "mlir/IR/IRMapping.h"
#include "passes/Analysis/BufferAccess.h"
#include "passes/Analysis/MicroOps.h"
#include "passes/Analysis/Reduction.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Analysis/VectorCost.h"
#include "passes/Tiling/TileCost.h"

using namespace mlir;

namespace xpu {

/// Emits `result = combiner(result, part)` for buffers of one shape.
static void combineParts(TileBuilder &builder, const Reduction &reduction,
                         Value part, Value result) {
  RewriterBase &rewriter = builder.rewriter;
  int64_t rank = cast<MemRefType>(result.getType()).getRank();
  AffineMap identity = rewriter.getMultiDimIdentityMap(rank);
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  Value running =
      cast<linalg::LinalgOp>(reduction.combiner->getBlock()->getParentOp())
          .getRegionOutputArgs()[0];
  linalg::GenericOp::create(
      rewriter, builder.loc, ValueRange{part}, ValueRange{result},
      ArrayRef<AffineMap>{identity, identity}, iterators,
      [&](OpBuilder &inner, Location loc, ValueRange args) {
        IRMapping mapping;
        mapping.map(reduction.element, args[0]);
        mapping.map(running, args[1]);
        Operation *combiner = inner.clone(*reduction.combiner, mapping);
        linalg::YieldOp::create(inner, loc, combiner->getResult(0));
      });
}

namespace {
/// Which operands of a tile lie in the scratchpad with spread rows.
class SpreadSearch {
public:
  SpreadSearch(linalg::LinalgOp op, ArrayRef<int64_t> tile,
               const acc::Target &target)
      : op(op), tile(tile), target(target) {}

  /// The operands, by number, for which the vector unit gains clearly, and the
  /// cycles of a tile then; 0 if there is no estimate.
  std::pair<llvm::SmallDenseSet<unsigned>, uint64_t> run() {
    llvm::SmallDenseSet<unsigned> spread;
    std::optional<uint64_t> best = cost(spread);
    for (OpOperand &operand : op->getOpOperands()) {
      if (!best || !canSpread(operand)) {
        continue;
      }
      spread.insert(operand.getOperandNumber());
      std::optional<uint64_t> cycles = cost(spread);
      if (cycles && *cycles < *best * 9 / 10) {
        best = cycles;
      } else {
        spread.erase(operand.getOperandNumber());
      }
    }
    return {spread, best.value_or(0)};
  }

private:
  /// Rows of the copy are long enough to lose little memory by one element.
  bool canSpread(OpOperand &operand) {
    constexpr int64_t shortest = 8;
    auto type = dyn_cast<MemRefType>(operand.get().getType());
    if (!type || type.getRank() < 2 || getSpace(type) == Space::SPM) {
      return false;
    }
    // A part of a row, or windows over it, would be no multiple of it.
    AffineExpr last = op.getMatchingIndexingMap(&operand).getResults().back();
    auto dim = dyn_cast<AffineDimExpr>(last);
    int64_t size = dim ? tile[dim.getPosition()] : type.getShape().back();
    return size >= shortest && size % 2 == 0 && (dim || isReadWhole(operand));
  }

  /// Whether tiles take all of the last dimension.
  bool isReadWhole(OpOperand &operand) {
    AffineExpr last = op.getMatchingIndexingMap(&operand).getResults().back();
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    for (auto [dim, range] : llvm::enumerate(ranges)) {
      if (last.isFunctionOfDim(dim) && tile[dim] != range) {
        return false;
      }
    }
    return true;
  }

  static std::optional<FormatKind> formatOf(OpOperand &operand) {
    switch (getElementBytes(
        cast<MemRefType>(operand.get().getType()).getElementType())) {
    case 1:
      return FormatKind::U8;
    case 2:
      return FormatKind::BF16;
    case 4:
      return FormatKind::F32;
    default:
      return std::nullopt;
    }
  }

  /// Cycles of what takes longest: the vector unit or one of the DMA engines.
  std::optional<uint64_t> cost(const llvm::SmallDenseSet<unsigned> &spread) {
    VectorStreams streams;
    streams.sizes.assign(tile.begin(), tile.end());
    for (utils::IteratorType iterator : op.getIteratorTypesArray()) {
      streams.reduced.push_back(iterator == utils::IteratorType::reduction);
    }
    uint64_t loads = 0;
    OpOperand *init = op.getDpsInitOperand(0);
    for (OpOperand &operand : op->getOpOperands()) {
      bool isRead = op.payloadUsesValueFromOperand(&operand);
      if (!llvm::isa<MemRefType>(operand.get().getType()) ||
          (!isRead && &operand != init)) {
        continue;
      }
      std::optional<FormatKind> format = formatOf(operand);
      if (!format) {
        return std::nullopt;
      }
      bool isSpread = spread.contains(operand.getOperandNumber());
      streams.formats.push_back(*format);
      streams.strides.push_back(tileStrides(op, operand, tile, isSpread));
      if (&operand != init) {
        loads += estimateTransfer(op, operand, tile, target, isSpread);
      }
    }
    if (streams.strides.size() - 1 > isa::kNumVpuInputs) {
      return std::nullopt;
    }
    streams.uops = countMicroOps(*op.getBlock());
    streams.treeReduces = succeeded(matchReduction(op));
    FailureOr<Arrangement> arrangement = chooseArrangement(target, streams);
    if (failed(arrangement)) {
      return std::nullopt;
    }
    uint64_t stores = estimateTransfer(
        op, *init, tile, target, spread.contains(init->getOperandNumber()));
    return std::max({arrangement->cycles, loads, stores});
  }

  linalg::LinalgOp op;
  ArrayRef<int64_t> tile;
  const acc::Target &target;
};
} // namespace

/// Cycles for a point of the loop space; 0 if there is no estimate.
static double estimateCost(linalg::LinalgOp op, ArrayRef<int64_t> tile,
                           const acc::Target &target) {
  double points = 1;
  for (int64_t size : tile) {
    points *= double(size);
  }
  return double(SpreadSearch(op, tile, target).run().second) / points;
}

/// Bytes of the list of 32-bit indices of a tile that reads a table: one for
/// each point of the loops that a subscript with data depends on.
static int64_t indexListBytes(linalg::LinalgOp op, ArrayRef<int64_t> tile) {
  if (!readsByIndex(op)) {
    return 0;
  }
  llvm::SmallDenseSet<unsigned> dims;
  for (OpOperand *input : op.getDpsInputOperands()) {
    if (!op.payloadUsesValueFromOperand(input)) {
      continue;
    }
    for (unsigned d = 0; d < tile.size(); ++d) {
      if (op.getMatchingIndexingMap(input).isFunctionOfDim(d)) {
        dims.insert(d);
      }
    }
  }
  for (auto index : op.getBlock()->getOps<linalg::IndexOp>()) {
    // One that is a subscript itself is a stride of the command.
    if (!llvm::all_of(index->getUsers(), llvm::IsaPred<memref::LoadOp>)) {
      dims.insert(index.getDim());
    }
  }
  int64_t bytes = 4;
  for (unsigned d : dims) {
    bytes *= tile[d];
  }
  return bytes;
}

/// Bytes of the result of a tile, and of the part that is combined with it.
static int64_t resultBytes(linalg::LinalgOp op, ArrayRef<int64_t> tile,
                           bool isCombined) {
  OpOperand *init = op.getDpsInitOperand(0);
  return copiedBytes(op, *init, tile) +
         (isCombined ? operandBytes(op, *init, tile) : 0);
}

/// The sizes of a tile that fits: parallel dimensions give way first, each time
/// the one that leaves the quickest tile, then `reduced`. Nothing if the
/// smallest tile does not fit.
static LogicalResult chooseSizes(linalg::LinalgOp op, const acc::Target &target,
                                 ArrayRef<unsigned> parallel,
                                 ArrayRef<unsigned> reduced, bool isCombined,
                                 SmallVectorImpl<int64_t> &tile) {
  // Twice in flight, with room for fragmentation.
  auto regions = ScratchpadRegions::of(target, op);
  int64_t inputBudget = regions.inputBytes() * 2 / 5;
  int64_t resultBudget = regions.resultBytes() * 2 / 5;
  while (true) {
    int64_t inputs = 0;
    for (OpOperand *operand : op.getDpsInputOperands()) {
      inputs += copiedBytes(op, *operand, tile);
    }
    int64_t results =
        resultBytes(op, tile, isCombined) + indexListBytes(op, tile);
    if (inputs <= inputBudget && results <= resultBudget) {
      return success();
    }
    auto shrink = [&](ArrayRef<unsigned> dims) {
      std::optional<double> least;
      SmallVector<int64_t> best;
      for (unsigned dim : dims) {
        if (tile[dim] == 1) {
          continue;
        }
        SmallVector<int64_t> candidate{ArrayRef<int64_t>(tile)};
        candidate[dim] = ceilDiv(tile[dim], 2);
        // Outer dimensions first, unless that is clearly slower.
        double cost = estimateCost(op, candidate, target);
        if (!least || cost < *least * 3 / 4) {
          least = cost;
          best = candidate;
        }
      }
      if (least) {
        tile = best;
      }
      return least.has_value();
    };
    if (!shrink(parallel) && !shrink(reduced)) {
      return op.emitError()
             << "needs " << inputs << " bytes of scratchpad for inputs and "
             << results << " for results of its smallest tile, but "
             << inputBudget << " and " << resultBudget
             << " are available on target " << target.name;
    }
  }
}

LogicalResult tileVector(RewriterBase &rewriter, linalg::LinalgOp op,
                         const acc::Target &target, int64_t bodyCommands) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  SmallVector<int64_t> tile(ranges);
  SmallVector<unsigned> parallel;
  SmallVector<unsigned> reduced;
  op.getParallelDims(parallel);
  // Parts of a reduction start from the neutral element and are combined.
  FailureOr<Reduction> reduction = matchReduction(op);
  TypedAttr neutral;
  if (succeeded(reduction)) {
    neutral = getNeutralElement(reduction->combiner);
  }
  if (neutral) {
    op.getReductionDims(reduced);
  }
  auto start = op->getAttrOfType<TypedAttr>(kInitialValueAttr);
  if (failed(chooseSizes(op, target, parallel, reduced, neutral && !start,
                         tile))) {
    return failure();
  }

  llvm::SmallDenseSet<unsigned> spread =
      SpreadSearch(op, tile, target).run().first;
  bool isResultSpread =
      spread.contains(op.getDpsInitOperand(0)->getOperandNumber());

  TileBuilder builder(rewriter, op);
  // Commands of a tile: its transfers and its program, for each part of a
  // reduction.
  int64_t commands = op.getNumDpsInputs() + 2;
  llvm::SmallDenseSet<unsigned> counted = getCountedDims(op);
  TileLoops partLoops(ranges, tile, reduced, bodyCommands / commands, counted);
  partLoops.peelFirst();
  int64_t partCount = 1;
  for (unsigned dim : reduced) {
    partCount *= ceilDiv(ranges[dim], tile[dim]);
  }
  TileLoops rowLoops(ranges, tile, parallel,
                     bodyCommands / (commands * partCount), counted);
  auto tileRows = [&](const TileOffsets &offsets,
                      ArrayRef<int64_t> sizes) -> LogicalResult {
    FailureOr<linalg::LinalgOp> rows = builder.makeTile(op, offsets, sizes);
    if (failed(rows)) {
      return failure();
    }
    OpOperand &init = rows->getDpsInitsMutable()[0];
    Value place = init.get();
    Value dest = place;
    if (getSpace(place.getType()) != Space::SPM) {
      bool isRead = !start && rows->payloadUsesValueFromOperand(&init);
      dest = isRead           ? builder.copyIn(place, isResultSpread)
             : isResultSpread ? builder.allocateSpread(place)
                              : builder.allocate(place, Space::SPM);
    }
    auto finish = [&](linalg::LinalgOp part, bool isCombined) {
      rewriter.setInsertionPoint(part);
      builder.promoteInputs(part, spread);
      Value result = isCombined ? builder.allocate(dest, Space::SPM) : dest;
      rewriter.modifyOpInPlace(part, [&] {
        part.getDpsInitsMutable()[0].set(result);
        if (isCombined) {
          part->setAttr(kInitialValueAttr, neutral);
        }
      });
      rewriter.setInsertionPointAfter(part);
      if (isCombined) {
        combineParts(builder, *reduction, result, dest);
      }
    };
    if (llvm::all_of(reduced,
                     [&](unsigned d) { return tile[d] == sizes[d]; })) {
      finish(*rows, neutral && !start);
    } else {
      bool isCombined = !start;
      auto tilePart = [&](const TileOffsets &partOffsets,
                          ArrayRef<int64_t> reducedSizes) -> LogicalResult {
        SmallVector<int64_t> partSizes(sizes);
        for (unsigned dim : reduced) {
          partSizes[dim] = reducedSizes[dim];
        }
        FailureOr<linalg::LinalgOp> part =
            builder.makeTile(*rows, partOffsets, partSizes);
        if (failed(part)) {
          return failure();
        }
        finish(*part, isCombined);
        isCombined = true;
        return success();
      };
      if (failed(builder.forEach(partLoops, tilePart))) {
        return failure();
      }
      rewriter.eraseOp(*rows);
    }
    rewriter.setInsertionPoint(builder.anchor);
    if (dest != place) {
      memref::CopyOp::create(rewriter, builder.loc, dest, place);
    }
    return success();
  };
  if (failed(builder.forEach(rowLoops, tileRows))) {
    return op.emitError("cannot be tiled");
  }
  rewriter.eraseOp(op);
  return success();
}

} // namespace xpu
