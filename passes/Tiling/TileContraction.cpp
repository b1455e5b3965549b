//===- TileContraction.cpp - Tiles of work on the matrix unit -------------===//

#include "passes/Tiling/ContractionTile.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Remarks.h"
#include "passes/Analysis/MicroOps.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Tiling/Passes.h"
#include "passes/Tiling/SplitContraction.h"
#include "passes/Tiling/UnfoldWindows.h"

using namespace mlir;

namespace xpu {

namespace {
/// What of a tile goes through the array at once: columns that it has, and all
/// rows or some of them.
struct TilePart {
  SmallVector<int64_t> offsets; ///< In the tile, by loop dimension.
  SmallVector<int64_t> sizes;
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
        linalg::LinalgOp epilogue, linalg::LinalgOp second,
        const ContractionTile &tile, const ScratchpadRegions &regions)
      : rewriter(rewriter), builder(rewriter, contraction),
        outMap(contraction.getIndexingMapsArray().back()), epilogue(epilogue),
        second(second), tile(tile), regions(regions) {
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
    worksInPlace = cast<MemRefType>(init->get().getType()).getElementType() ==
                       cast<MemRefType>(result.getType()).getElementType() &&
                   epilogue.getMatchingIndexingMap(init) == inMap;
  }

  /// Loops of the contraction that the epilogue uses as numbers.
  llvm::SmallDenseSet<unsigned> getCountedLoops() const {
    llvm::SmallDenseSet<unsigned> counted = getCountedDims(epilogue);
    llvm::SmallDenseSet<unsigned> loops;
    for (unsigned i = 0; i < outMap.getNumResults(); ++i) {
      if (counted.contains(inMap.getDimPosition(i))) {
        loops.insert(outMap.getDimPosition(i));
      }
    }
    return loops;
  }

  /// Works before `anchor`. `origin` is where the accumulators' first element
  /// is in the result of the contraction.
  LogicalResult run(const TilePart &part, const TileOffsets &origin,
                    Operation *anchor) {
    builder.moveTo(anchor);
    if (!epilogue && getSpace(part.place.getType()) == Space::SPM) {
      memref::CopyOp::create(rewriter, builder.loc, part.accumulators,
                             part.place);
      return success();
    }
    ArrayRef<int64_t> shape =
        cast<MemRefType>(part.accumulators.getType()).getShape();
    SmallVector<unsigned> dims;
    for (unsigned i = 0; i < shape.size(); ++i) {
      unsigned dim = outMap.getDimPosition(i);
      if (dim != tile.columnDim && dim != tile.columnRowDim) {
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
          Value staged = stage(partOf(part.accumulators, at, size));
          if (!epilogue) {
            memref::CopyOp::create(rewriter, builder.loc, staged,
                                   partOf(part.place, at, size));
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

  /// A copy of accumulators in the scratchpad. One command writes all columns,
  /// so rows of them are as far apart as there.
  Value stage(Value part) {
    if (!tile.hasColumnRows()) {
      return builder.copyIn(part, tile.spreadsResult);
    }
    Value copy = allocateWithGaps(part);
    memref::CopyOp::create(rewriter, builder.loc, part, copy);
    return copy;
  }

  /// Rows as far apart as those of the accumulators. What is between them is
  /// nobody's: one vector may go over several rows.
  Value allocateWithGaps(Value like) {
    Value copy = builder.allocateWithPitch(like, tile.columnPitch);
    copy.getDefiningOp<memref::SubViewOp>()
        .getSource()
        .getDefiningOp()
        ->setAttr(kGapsAttr, rewriter.getUnitAttr());
    return copy;
  }

  /// Whether vectors should go over several rows of the image: micro-operations
  /// of short ones wait for each other, and each row is a run of its own in
  /// memory then.
  bool joinsRows() {
    constexpr unsigned kFewest = 3;
    return tile.hasColumnRows() && inMap.isIdentity() &&
           outMap.getNumResults() > 1 &&
           outMap.getDimPosition(outMap.getNumResults() - 1) ==
               tile.columnDim &&
           countMicroOps(*epilogue.getBlock()) >= kFewest;
  }

  /// Whether `operand` has an element for each of the result's.
  bool isWhole(OpOperand &operand) {
    return epilogue.getMatchingIndexingMap(&operand).isIdentity();
  }

  /// What `operand` takes in the scratchpad.
  int64_t bytesOf(OpOperand &operand, ArrayRef<int64_t> sizes) {
    int64_t bytes = copiedBytes(epilogue, operand, sizes);
    return joinsRows() && isWhole(operand)
               ? bytes / sizes.back() * tile.columnPitch
               : bytes;
  }

  bool fits(ArrayRef<int64_t> piece) {
    int64_t elements = tile.hasColumnRows() ? tile.columnPitch
                       : tile.spreadsResult ? piece.back() + 1
                                            : piece.back();
    for (int64_t size : piece.drop_back()) {
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
        inputs += bytesOf(*input, sizes);
      }
    }
    int64_t results = 4 * elements;
    if (!worksInPlace) {
      results += bytesOf(*epilogue.getDpsInitOperand(0), sizes);
    }
    if (second) {
      results += copiedBytes(second, *second.getDpsInitOperand(0), sizes);
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
    const bool joins = joinsRows();
    for (OpOperand *input : tile->getDpsInputOperands()) {
      OpOperand &whole = epilogue->getOpOperand(input->getOperandNumber());
      if (joins && isWhole(whole) &&
          getSpace(input->get().getType()) != Space::SPM) {
        Value copy = allocateWithGaps(input->get());
        memref::CopyOp::create(rewriter, builder.loc, input->get(), copy);
        rewriter.modifyOpInPlace(*tile, [&] { input->set(copy); });
      }
    }
    builder.promoteInputs(*tile);
    OpOperand &init = tile->getDpsInitsMutable()[0];
    Value place = init.get();
    Value dest = getSpace(place.getType()) == Space::SPM ? place
                 : worksInPlace                          ? staged
                 : joins && isWhole(*epilogue.getDpsInitOperand(0))
                     ? allocateWithGaps(place)
                     : builder.allocate(place, Space::SPM);
    rewriter.modifyOpInPlace(*tile, [&] { init.set(dest); });
    rewriter.setInsertionPoint(builder.anchor);
    if (dest != place) {
      memref::CopyOp::create(rewriter, builder.loc, dest, place);
    }
    return second ? finishSecond(dest, byLoop(ArrayRef(offsets)), byLoop(sizes))
                  : success();
  }

  /// What else is done with a piece that the epilogue has written.
  LogicalResult finishSecond(Value written, const TileOffsets &offsets,
                             ArrayRef<int64_t> sizes) {
    FailureOr<linalg::LinalgOp> tile = builder.makeTile(second, offsets, sizes);
    if (failed(tile)) {
      return failure();
    }
    OpOperand &init = tile->getDpsInitsMutable()[0];
    Value place = init.get();
    bool isOutside = getSpace(place.getType()) != Space::SPM;
    Value dest = isOutside ? builder.allocate(place, Space::SPM) : place;
    rewriter.modifyOpInPlace(*tile, [&] {
      (*tile)->setOperand(0, written);
      init.set(dest);
      (*tile)->removeAttr(kSecondEpilogueAttr);
    });
    rewriter.setInsertionPoint(builder.anchor);
    if (isOutside) {
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
  linalg::LinalgOp second;   ///< The same.
  const ContractionTile &tile;
  const ScratchpadRegions &regions;
  AffineMap inMap; ///< Of the contraction's result in the epilogue.
  SmallVector<unsigned> resultOperands; ///< Operands with that result.
  bool worksInPlace = false;
};
} // namespace

/// Cuts a tile of `sizes`, whose result goes to `place`, and gives each part
/// accumulators that start at zero.
static SmallVector<TilePart> makeTileParts(TileBuilder &builder, Value place,
                                           const ContractionTile &tile,
                                           ArrayRef<int64_t> sizes,
                                           const acc::Target &target) {
  MLIRContext *context = builder.rewriter.getContext();
  AffineMap outMap = builder.op.getIndexingMapsArray().back();
  Value zero = arith::ConstantOp::create(
      builder.rewriter, builder.loc,
      builder.rewriter.getZeroAttr(
          cast<MemRefType>(place.getType()).getElementType()));
  SmallVector<int64_t> steps(sizes);
  if (!tile.hasColumnRows()) {
    steps[tile.columnDim] = getPassColumns(target, sizes[tile.columnDim]);
  }
  SmallVector<unsigned> cut = {tile.columnDim};
  if (tile.partRows < sizes[tile.rowDim]) {
    steps[tile.rowDim] = tile.partRows;
    cut.insert(cut.begin(), tile.rowDim);
  }
  if (tile.batches > 1) {
    steps[tile.batchDim] = 1;
    cut.insert(cut.begin(), tile.batchDim);
  }
  SmallVector<TilePart> parts;
  auto add = [&](ArrayRef<int64_t> at, ArrayRef<int64_t> size) {
    TilePart part{SmallVector<int64_t>(at), SmallVector<int64_t>(size), {}, {}};
    SmallVector<int64_t> offsets, extents;
    for (unsigned i = 0; i < outMap.getNumResults(); ++i) {
      offsets.push_back(at[outMap.getDimPosition(i)]);
      extents.push_back(size[outMap.getDimPosition(i)]);
    }
    SmallVector<int64_t> ones(offsets.size(), 1);
    part.place =
        memref::SubViewOp::create(builder.rewriter, builder.loc, place,
                                  getAsIndexOpFoldResult(context, offsets),
                                  getAsIndexOpFoldResult(context, extents),
                                  getAsIndexOpFoldResult(context, ones));
    part.accumulators = builder.allocate(part.place, Space::ACC);
    linalg::FillOp::create(builder.rewriter, builder.loc, zero,
                           part.accumulators);
    parts.push_back(part);
    return success();
  };
  (void)forEachTile(sizes, steps, cut, add);
  return parts;
}

/// Cuts a contraction into tiles as `choice` says.
static LogicalResult tileAs(RewriterBase &rewriter, linalg::LinalgOp op,
                            const ContractionDims &dims,
                            const ContractionTile &choice,
                            const acc::Target &target, int64_t bodyCommands) {
  op->setAttr(kColumnDimAttr, rewriter.getI64IntegerAttr(choice.columnDim));
  if (choice.hasColumnRows()) {
    op->setAttr(kColumnRowDimAttr,
                rewriter.getI64IntegerAttr(choice.columnRowDim));
    op->setAttr(kColumnPitchAttr,
                rewriter.getI64IntegerAttr(choice.columnPitch));
  }
  op->setAttr(kStationaryAttr, rewriter.getI64IntegerAttr(choice.stationary));
  op->setAttr(kStationaryBanksAttr,
              rewriter.getI64IntegerAttr(choice.stationaryBanks));
  op->setAttr(kResultBanksAttr, rewriter.getI64IntegerAttr(choice.resultBanks));
  if (int64_t banks = countReadBanks(op, dims, choice, target, bodyCommands)) {
    op->setAttr(kReadBanksAttr, rewriter.getI64IntegerAttr(banks));
  }
  remark::passed(op.getLoc(),
                 remark::RemarkOpts::name("contraction").category("xpu-tile"))
      << "tiled" << remark::metric("column_dim", choice.columnDim)
      << remark::metric("columns", choice.countColumns(choice.sizes))
      << remark::metric("stationary", choice.stationary);

  SmallVector<unsigned> reduction;
  op.getReductionDims(reduction);
  auto regions = ScratchpadRegions::of(target, op);

  linalg::LinalgOp epilogue = findEpilogue(op), second;
  if (epilogue) {
    // Its operands are needed by the tiles of both.
    rewriter.moveOpBefore(op, epilogue);
    second = findSecondEpilogue(epilogue);
    if (second && failed(hoistResult(rewriter, second, op))) {
      // It reads what the epilogue leaves.
      second->removeAttr(kSecondEpilogueAttr);
      if (failed(tileVector(rewriter, second, target, bodyCommands))) {
        return failure();
      }
      second = nullptr;
    }
  }
  TileBuilder builder(rewriter, op);
  Drain drain(rewriter, op, epilogue, second, choice, regions);
  ContractionLoops loops = makeContractionLoops(
      op, dims, choice, target, bodyCommands,
      epilogue ? drain.getCountedLoops() : llvm::SmallDenseSet<unsigned>());
  const int64_t steps = loops.steps;
  // Scales are read by columns.
  llvm::SmallDenseSet<unsigned> spread = choice.spreadInputs;
  for (int64_t scales = 2; scales < op.getNumDpsInputs(); ++scales) {
    spread.insert(scales);
  }
  auto promoteWhole = [&](linalg::LinalgOp tile, unsigned operand) {
    builder.promote(tile, tile.getDpsInputOperand(operand),
                    spread.contains(operand));
  };
  // Copies that stay, by operand and by where their parts begin.
  std::map<std::vector<int64_t>, Value> kept;
  auto promoteStep = [&](linalg::LinalgOp tile, unsigned operand,
                         const TileOffsets &offsets,
                         const TileOffsets &sumOffsets) {
    OpOperand *input = tile.getDpsInputOperand(operand);
    bool stays =
        operand == choice.stationary ? choice.keepsWeights : choice.keepsRows;
    if (!stays || getSpace(input->get().getType()) == Space::SPM) {
      return promoteWhole(tile, operand);
    }
    AffineMap map = op.getMatchingIndexingMap(op.getDpsInputOperand(operand));
    std::vector<int64_t> part = {operand};
    for (unsigned dim = 0; dim < map.getNumDims(); ++dim) {
      if (map.isFunctionOfDim(dim)) {
        bool isSum = llvm::is_contained(reduction, dim);
        // Loops are written out: constants.
        part.push_back(
            *getConstantIntValue(isSum ? sumOffsets[dim] : offsets[dim]));
      }
    }
    Value &copy = kept[part];
    if (!copy) {
      copy = builder.copyIn(tile, *input, spread.contains(operand));
    }
    rewriter.modifyOpInPlace(tile, [&] { input->set(copy); });
  };
  // What the tiles of the inner loops share is fetched before them.
  auto fetchShared = [&](const TileOffsets &offsets,
                         ArrayRef<int64_t> sizes) -> LogicalResult {
    bool staysWeights =
        choice.rowsAreInner && (steps == 1 || choice.areWeightsWhole);
    if (choice.keepsOperands()) {
      return success();
    }
    if (!staysWeights && (choice.rowsAreInner || !choice.isRowWhole)) {
      return success();
    }
    FailureOr<linalg::LinalgOp> shared = builder.makeTile(op, offsets, sizes);
    if (failed(shared)) {
      return failure();
    }
    promoteWhole(*shared,
                 staysWeights ? choice.stationary : 1 - choice.stationary);
    rewriter.eraseOp(*shared);
    return success();
  };
  // Parts whose sums are complete, and where they begin in the result. They
  // leave behind the loads of the next tile: in front of these, they would keep
  // the sequencer waiting at full queues. Inputs of an epilogue are where rows
  // of the next tile are.
  SmallVector<std::pair<TilePart, TileOffsets>> complete;
  Operation *lastOfTile = nullptr;
  auto leave = [&](Operation *anchor) -> LogicalResult {
    for (const auto &[part, origin] : std::exchange(complete, {})) {
      if (failed(drain.run(part, origin, anchor))) {
        return failure();
      }
    }
    return success();
  };
  auto tileResult = [&](const TileOffsets &offsets,
                        ArrayRef<int64_t> sizes) -> LogicalResult {
    // A loop, or what is behind it, begins with idle engines.
    if (!complete.empty() &&
        lastOfTile->getBlock() != builder.anchor->getBlock() &&
        failed(leave(lastOfTile->getNextNode()))) {
      return failure();
    }
    FailureOr<linalg::LinalgOp> outer = builder.makeTile(op, offsets, sizes);
    if (failed(outer)) {
      return failure();
    }
    Value place = outer->getDpsInits()[0];
    OpOperand *rowOperand = outer->getDpsInputOperand(1 - choice.stationary);
    // What comes through the other port lies in other banks.
    SmallVector<unsigned> copied;
    for (OpOperand *input : outer->getDpsInputOperands()) {
      if (input != rowOperand &&
          sharesBank(rowOperand->get(), input->get(), target)) {
        copied.push_back(input->getOperandNumber());
      }
    }
    if (choice.isRowWhole) {
      promoteWhole(*outer, 1 - choice.stationary);
    }
    if (choice.areWeightsWhole) {
      promoteWhole(*outer, choice.stationary);
    }
    if (choice.areScalesWhole) {
      for (OpOperand *scales :
           llvm::drop_begin(outer->getDpsInputOperands(), 2)) {
        builder.promote(*outer, scales, /*isSpread=*/true);
      }
    }
    SmallVector<TilePart> parts =
        makeTileParts(builder, place, choice, sizes, target);
    AffineMap outMap = op.getIndexingMapsArray().back();
    auto getOrigin = [&](const TilePart &part) {
      TileOffsets origin;
      for (unsigned i = 0; i < outMap.getNumResults(); ++i) {
        unsigned dim = outMap.getDimPosition(i);
        origin.push_back(addConstant(rewriter, builder.loc, offsets[dim],
                                     part.offsets[dim]));
      }
      return origin;
    };
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
      // Rows first: they have more places, and so wait less for the tiles
      // before. Of those in parts, the first ones: weights wait for the last.
      const unsigned rowInput = 1 - choice.stationary;
      std::map<int64_t, Value> rowParts; // By where they begin.
      auto getPart = [&](const TilePart &part) {
        SmallVector<int64_t> partSizes(part.sizes);
        for (unsigned dim : reduction) {
          partSizes[dim] = stepSizes[dim];
        }
        return builder.makeTile(
            *fetched,
            getAsIndexOpFoldResult(rewriter.getContext(), part.offsets),
            partSizes);
      };
      auto fetchPart = [&](const TilePart &part) -> LogicalResult {
        Value &copy = rowParts[part.offsets[choice.rowDim]];
        if (copy) {
          return success();
        }
        FailureOr<linalg::LinalgOp> tile = getPart(part);
        if (succeeded(tile)) {
          copy = builder.copyIn(*tile, *tile->getDpsInputOperand(rowInput),
                                spread.contains(rowInput));
          rewriter.eraseOp(*tile);
        }
        return tile;
      };
      if (!choice.areRowsInParts) {
        promoteStep(*fetched, rowInput, offsets, kOffsets);
      } else if (failed(fetchPart(parts.front()))) {
        return failure();
      }
      promoteStep(*fetched, choice.stationary, offsets, kOffsets);
      if (choice.areRowsInParts) {
        for (const TilePart &part : parts) {
          if (failed(fetchPart(part))) {
            return failure();
          }
        }
        for (OpOperand *scales :
             llvm::drop_begin(fetched->getDpsInputOperands(), 2)) {
          builder.promote(*fetched, scales, /*isSpread=*/true);
        }
      } else {
        builder.promoteInputs(*fetched, spread);
      }
      for (unsigned number : copied) {
        OpOperand *part = fetched->getDpsInputOperand(number);
        Value copy = builder.copyIn(part->get());
        rewriter.modifyOpInPlace(*fetched, [&] { part->set(copy); });
      }
      if (failed(leave(builder.anchor))) {
        return failure();
      }
      for (const TilePart &part : parts) {
        FailureOr<linalg::LinalgOp> tile = getPart(part);
        if (failed(tile)) {
          return failure();
        }
        rewriter.modifyOpInPlace(*tile, [&] {
          tile->getDpsInitsMutable()[0].set(part.accumulators);
          if (choice.areRowsInParts) {
            tile->getDpsInputOperand(rowInput)->set(
                rowParts.at(part.offsets[choice.rowDim]));
          }
        });
        // The accumulators are free for the next one.
        if (steps == 1) {
          rewriter.setInsertionPoint(builder.anchor);
          if (failed(drain.run(part, getOrigin(part), builder.anchor))) {
            return failure();
          }
        }
      }
      rewriter.eraseOp(*fetched);
      return success();
    };
    if (failed(builder.forEach(loops.sums, step))) {
      return failure();
    }
    rewriter.eraseOp(*outer);
    rewriter.setInsertionPoint(builder.anchor);
    if (steps == 1) {
      return success();
    }
    for (const TilePart &part : parts) {
      complete.push_back({part, getOrigin(part)});
    }
    lastOfTile = builder.anchor->getPrevNode();
    return epilogue ? leave(builder.anchor) : success();
  };
  LogicalResult done =
      builder.forEach(loops.tiles, tileResult, {loops.numOuter, fetchShared});
  if (failed(done) ||
      (!complete.empty() && failed(leave(lastOfTile->getNextNode())))) {
    return op.emitError("cannot be tiled");
  }
  if (epilogue) {
    if (second) {
      rewriter.eraseOp(second);
    }
    rewriter.eraseOp(epilogue);
  }
  rewriter.eraseOp(op);
  return success();
}

/// Unfolds the windows of a contraction if it is then quicker.
static void unfoldIfQuicker(RewriterBase &rewriter, linalg::LinalgOp op,
                            const ContractionDims &dims,
                            ContractionChoices &choices,
                            const acc::Target &target) {
  FailureOr<UnfoldedWindows> unfolded =
      UnfoldedWindows::create(rewriter, op, dims, target);
  if (failed(unfolded)) {
    return;
  }
  FailureOr<ContractionTile> tile = choices.choose(op, dims);
  unfolded->undo(rewriter);
  FailureOr<ContractionTile> folded = choices.choose(op, dims);
  if (failed(tile) || (succeeded(folded) && folded->cycles <= tile->cycles) ||
      failed(UnfoldedWindows::create(rewriter, op, dims, target))) {
    return;
  }
  remark::passed(op.getLoc(),
                 remark::RemarkOpts::name("unfolded").category("xpu-tile"))
      << "rows of windows are a dimension of the image"
      << remark::metric("cycles", tile->cycles);
}

LogicalResult tileContraction(RewriterBase &rewriter, linalg::LinalgOp op,
                              const ContractionDims &dims,
                              ContractionChoices &choices, size_t rank,
                              const acc::Target &target, int64_t bodyCommands) {
  unfoldIfQuicker(rewriter, op, dims, choices, target);
  FailureOr<uint64_t> whole = choices.estimate(op, dims);
  if (failed(whole)) {
    return op.emitError()
           << "has no tile that fits in the scratchpad of target "
           << target.name;
  }
  auto tile = [&](linalg::LinalgOp part) {
    FailureOr<ContractionTile> choice = choices.choose(part, dims, rank);
    return failed(choice)
               ? failure()
               : tileAs(rewriter, part, dims, *choice, target, bodyCommands);
  };
  std::optional<ContractionSplit> split =
      proposeSplit(op, dims, target, *whole);
  linalg::LinalgOp epilogue = findEpilogue(op);
  if (!split || (epilogue && findSecondEpilogue(epilogue))) {
    return tile(op);
  }
  if (epilogue) {
    // Its operands are needed by both parts.
    rewriter.moveOpBefore(op, epilogue);
  }
  SmallVector<linalg::LinalgOp> parts = splitContraction(rewriter, op, *split);
  // Estimates say whether it is worth to simulate all three. They count the
  // begin and the end of both parts, which hide behind each other.
  constexpr double kMargin = 1.1;
  uint64_t estimated = 0;
  SmallVector<TiledContraction> tiled;
  for (linalg::LinalgOp part : parts) {
    estimated += choices.estimate(part, dims).value_or(*whole);
  }
  bool isQuicker =
      !parts.empty() && double(estimated) < kMargin * double(*whole);
  for (linalg::LinalgOp part : parts) {
    if (isQuicker) {
      FailureOr<ContractionTile> choice = choices.choose(part, dims);
      isQuicker = succeeded(choice);
      if (isQuicker) {
        tiled.push_back({part, *choice});
      }
    }
  }
  FailureOr<ContractionTile> choice = failure();
  if (isQuicker) {
    choice = choices.choose(op, dims);
    // Either may be the first: what the one leaves of the memory's time at its
    // end may be more than the other does.
    uint64_t cycles = choices.simulate(tiled, dims);
    std::reverse(tiled.begin(), tiled.end());
    if (uint64_t turned = choices.simulate(tiled, dims); turned < cycles) {
      cycles = turned;
      dropParts(rewriter, parts);
      split->isTurned = true;
      parts = splitContraction(rewriter, op, *split);
    }
    isQuicker = !parts.empty() && (failed(choice) || cycles < choice->cycles);
  }
  if (!isQuicker) {
    dropParts(rewriter, parts);
    return tile(op);
  }
  remark::passed(op.getLoc(),
                 remark::RemarkOpts::name("split").category("xpu-tile"))
      << "in two parts, whose rows and columns change places"
      << remark::metric("dim", split->dim)
      << remark::metric("size", split->size)
      << remark::metric("turned", split->isTurned);
  if (epilogue) {
    rewriter.eraseOp(epilogue);
  }
  rewriter.eraseOp(op);
  for (linalg::LinalgOp part : parts) {
    if (failed(tile(part))) {
      return failure();
    }
  }
  return success();
}

} // namespace xpu
