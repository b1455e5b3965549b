//===- TileVector.cpp - Tiles of work on the vector unit ------------------===//

#include "passes/Tiling/Tiling.h"

#include "mlir/IR/IRMapping.h"
#include "passes/Analysis/Reduction.h"
#include "passes/Analysis/ScratchpadRegions.h"

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

/// The sizes of a tile that fits: parallel dimensions give way first, then
/// `reduced`. Nothing if the smallest tile does not fit.
static LogicalResult chooseSizes(linalg::LinalgOp op, const acc::Target &target,
                                 ArrayRef<unsigned> parallel,
                                 ArrayRef<unsigned> reduced,
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
    int64_t results = copiedBytes(op, *op.getDpsInitOperand(0), tile);
    if (inputs <= inputBudget && results <= resultBudget) {
      return success();
    }
    auto shrink = [&](ArrayRef<unsigned> dims) {
      auto widest =
          llvm::find_if(dims, [&](unsigned dim) { return tile[dim] > 1; });
      if (widest == dims.end()) {
        return false;
      }
      tile[*widest] = ceilDiv(tile[*widest], 2);
      return true;
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
  if (failed(chooseSizes(op, target, parallel, reduced, tile))) {
    return failure();
  }

  TileBuilder builder(rewriter, op);
  auto start = op->getAttrOfType<TypedAttr>(kInitialValueAttr);
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
      dest =
          isRead ? builder.copyIn(place) : builder.allocate(place, Space::SPM);
    }
    auto finish = [&](linalg::LinalgOp part, bool isCombined) {
      rewriter.setInsertionPoint(part);
      builder.promoteInputs(part);
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
