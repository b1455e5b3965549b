//===- TileAttention.cpp - Attention in blocks of queries and keys --------===//

#include "passes/Tiling/AttentionTiling.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Remarks.h"
#include "passes/Analysis/ScratchpadRegions.h"

#include <cfloat>

using namespace mlir;

namespace xpu {

LogicalResult AttentionTiling::run() {
  if (llvm::any_of(ranges, ShapedType::isDynamic)) {
    return op.emitError(
        "expects static shapes; bind symbolic dimensions first");
  }
  auto typeOf = [&](Value value) {
    return cast<MemRefType>(value.getType()).getElementType();
  };
  shape = getAttentionShape(op, body);
  isPlain = shape.isPlain;
  int64_t banks = ScratchpadRegions::tileBanks(target, op);
  FailureOr<AttentionPlan> best =
      planAttention(shape, target, banks, /*limitsProgram=*/true);
  if (failed(best)) {
    best = planAttention(shape, target, banks, /*limitsProgram=*/false);
  }
  if (failed(best)) {
    return op.emitError()
           << "has no blocks that fit in the scratchpad of target "
           << target.name;
  }
  plan = *best;
  remark::passed(loc,
                 remark::RemarkOpts::name("attention").category("xpu-tile"))
      << "tiled" << remark::metric("queries", plan.queries)
      << remark::metric("keys", plan.chunk * plan.chunks)
      << remark::metric("chunk", plan.chunk)
      << remark::metric("columns_are_queries", plan.columnsAreQueries)
      << remark::metric("weights_over_scores", plan.areWeightsOverScores);

  rewriter.setInsertionPoint(op);
  for (int64_t address : plan.value) {
    values.push_back(allocate({plan.chunk, spreadRow(shape.columns())},
                              typeOf(op.getValue()), address));
    fill(part(values.back(), {0, shape.valueSize}, {plan.chunk, 1}), 1.0);
  }
  SmallVector<int64_t> outer(ArrayRef(ranges).take_front(keyLoop));
  SmallVector<int64_t> tile(op.getBatchLoops(), 1);
  llvm::append_range(tile, plan.rowTile);
  SmallVector<unsigned> dims;
  llvm::SmallDenseSet<unsigned> unrolled;
  llvm::SmallBitVector counted = body.countedLoops();
  for (unsigned i = 0; i < keyLoop; ++i) {
    dims.push_back(i);
    if (counted[i]) {
      unrolled.insert(i);
    }
  }
  TileLoops loops(outer, tile, dims, /*limit=*/1, unrolled);
  Operation *anchor = op;
  LogicalResult done =
      loops.emit(rewriter, loc, anchor,
                 [&](const TileOffsets &offsets, ArrayRef<int64_t> sizes) {
                   rewriter.setInsertionPoint(anchor);
                   auto [at, size] = putSmallFirst(offsets, sizes);
                   return tileQueries(at, size);
                 });
  if (failed(done)) {
    return failure();
  }
  rewriter.eraseOp(op);
  return success();
}

/// The block of queries to take instead of one: what is left of a dimension
/// whose blocks are written out is its first block, which sees fewer keys than
/// the last one where queries see what goes before them.
std::pair<TileOffsets, SmallVector<int64_t>>
AttentionTiling::putSmallFirst(const TileOffsets &offsets,
                               ArrayRef<int64_t> sizes) {
  TileOffsets at(offsets);
  SmallVector<int64_t> size(sizes);
  for (size_t i = 0; i < plan.rowTile.size(); ++i) {
    const unsigned dim = op.getBatchLoops() + i;
    const int64_t tile = plan.rowTile[i], rest = shape.rows[i] % tile;
    std::optional<int64_t> offset = getConstantIntValue(offsets[dim]);
    if (!shape.isRowCounted[i] || rest == 0 || !offset) {
      continue;
    }
    const bool isFirst = *offset == 0;
    at[dim] = rewriter.getIndexAttr(isFirst ? 0 : *offset - tile + rest);
    size[dim] = isFirst ? rest : tile;
  }
  return {at, size};
}

/// The chunks that some query of the block sees, in blocks of keys.
SmallVector<KeyBlock> AttentionTiling::getBlocks(const TileOffsets &offsets,
                                                 ArrayRef<int64_t> sizes) {
  ScoreBody::Part seen;
  for (unsigned i = 0; i < keyLoop; ++i) {
    // No condition depends on what loops count.
    seen.offsets.push_back(getConstantIntValue(offsets[i]).value_or(0));
    seen.sizes.push_back(sizes[i]);
  }
  seen.offsets.push_back(0);
  seen.sizes.push_back(0);
  SmallVector<KeyBlock> blocks;
  for (int64_t at = 0; at < shape.keys; at += plan.chunk) {
    Chunk chunk;
    chunk.known = at;
    chunk.offset = rewriter.getIndexAttr(at);
    chunk.size = std::min(plan.chunk, shape.keys - at);
    seen.offsets.back() = at;
    seen.sizes.back() = chunk.size;
    if (body.isHidden(seen)) {
      continue;
    }
    chunk.holding = body.holding(seen);
    chunk.isWhole =
        chunk.holding.all() && !body.countsOutsideConditions(keyLoop);
    auto follows = [&](const KeyBlock &block) {
      return int64_t(block.size()) < plan.chunks &&
             block.back().known + plan.chunk == at;
    };
    if (blocks.empty() || !follows(blocks.back())) {
      blocks.emplace_back();
    }
    blocks.back().push_back(chunk);
  }
  return blocks;
}

void AttentionTiling::allocateBuffers() {
  auto typeOf = [&](Value value) {
    return cast<MemRefType>(value.getType()).getElementType();
  };
  Type f32 = rewriter.getF32Type();
  query = part(allocate({queries, spreadRow(shape.size)}, typeOf(op.getQuery()),
                        plan.query),
               {0, 0}, {queries, shape.size});
  scores.clear();
  weights.clear();
  const SmallVector<int64_t> points = matrixShape(queries, plan.chunk);
  for (int64_t i = 0; i < plan.chunks + plan.spares; ++i) {
    if (!plan.areWeightsOverScores) {
      scores.push_back(allocate(points, f32, plan.scores[i]));
      weights.push_back(
          allocate(points, typeOf(op.getValue()), plan.weights[i]));
      continue;
    }
    Value bytes = allocate({queries * plan.chunk * getElementBytes(f32)},
                           rewriter.getI8Type(), plan.scores[i]);
    Value begin = arith::ConstantIndexOp::create(rewriter, loc, 0);
    auto view = [&](Type element) -> Value {
      return memref::ViewOp::create(rewriter, loc,
                                    MemRefType::get(points, element,
                                                    MemRefLayoutAttrInterface(),
                                                    space(Space::SPM)),
                                    bytes, begin, ValueRange());
    };
    scores.push_back(view(f32));
    weights.push_back(view(typeOf(op.getValue())));
  }
  keys.clear();
  for (int64_t address : plan.key) {
    keys.push_back(part(allocate({plan.chunk, spreadRow(shape.size)},
                                 typeOf(op.getKey()), address),
                        {0, 0}, {plan.chunk, shape.size}));
  }
  for (unsigned i = 0; i < 2; ++i) {
    maxima[i] = allocate({plan.chunks + 1, queries}, f32, plan.maxima[i]);
    shift[i] = allocate({queries}, f32, plan.shift[i]);
    if (plan.staysInAccumulators) {
      halvings[i] = allocate({queries}, rewriter.getI8Type(), plan.halvings[i]);
    } else {
      decay[i] = allocate({queries}, f32, plan.decay[i]);
    }
  }
  fraction = allocate({queries}, f32, plan.fraction);
  result = allocate(matrixShape(queries, shape.columns()), f32, plan.result);
  waiting.clear();
  for (int64_t at = 0; plan.waitsInAccumulators && at < shape.columns();
       at += plan.part) {
    waiting.push_back(allocateAccumulators(
        matrixShape(queries, partAt(at)),
        plan.scorePlaces * scoreRows() + int64_t(waiting.size()) * queries));
  }
}

void AttentionTiling::loadQueries() {
  SmallVector<int64_t> sizes(op.getBatchLoops(), 1);
  llvm::append_range(sizes, rowSizes);
  sizes.append({1, shape.size, 1});
  SmallVector<unsigned> kept = rowLoops();
  kept.push_back(keyLoop + 1);
  memref::CopyOp::create(rewriter, loc, operandPart(0, origin, sizes, kept),
                         byRows(query, 0));
}

/// One block of keys, while the scores of the next are made.
void AttentionTiling::step(const KeyBlock &block, const KeyBlock *next,
                           unsigned turn, bool hasPast) {
  for (auto [i, chunk] : llvm::enumerate(block)) {
    findMaximum(chunk, i, turn);
  }
  finishMaximum(block, turn, hasPast);
  if (hasPast && !plan.staysInAccumulators) {
    addWaiting(1 - turn);
  }
  // Scores of two chunks or more ahead of values: the array waits for weights,
  // but what comes next does not wait with it.
  const bool isOver = plan.areWeightsOverScores;
  const size_t places = plan.scorePlaces, ahead = next ? next->size() : 0;
  size_t made = 0, taken = 0; // Of the scores of the next block.
  auto makeScores = [&](size_t end) {
    for (; made < std::min(end, ahead); ++made) {
      scoreProduct((*next)[made], made);
    }
  };
  auto takeScores = [&](size_t end) {
    for (; taken < std::min(end, made); ++taken) {
      drainScores((*next)[taken], taken, 1 - turn);
    }
  };
  makeScores(places - 1);
  for (size_t i = 0; i < std::max(block.size(), ahead); ++i) {
    if (i == 0 || !isOver) {
      makeScores(i + places);
    }
    if (i < block.size()) {
      makeWeights(block[i], i, turn);
    }
    if (!isOver) {
      takeScores(i + 1);
    }
    if (i < block.size() && plan.waitsInAccumulators) {
      loadValues(block[i], 0, shape.columns());
      for (auto [number, accumulators] : llvm::enumerate(waiting)) {
        if (i == 0 && hasPast && plan.staysInAccumulators) {
          halve(accumulators, halvings[turn]);
        } else if (i == 0) {
          fill(accumulators, 0.0);
        }
        valueProduct(block[i], i, turn, valueTurn, int64_t(number) * plan.part,
                     accumulators);
      }
      valueTurn = (valueTurn + 1) % values.size();
    }
    if (isOver) {
      // The place of scores is free when products with weights of the chunk
      // before have been made, and those of this one need not wait for that.
      // Chunks that have a place of their own do not wait for it either.
      makeScores(i + places);
      takeScores(i + 1);
      if (int64_t(taken) >= plan.chunks - plan.spares) {
        takeScores(made);
      }
    }
  }
  if (plan.waitsInAccumulators) {
    return;
  }
  for (int64_t at = 0; at < shape.columns(); at += plan.part) {
    // Two parts take turns.
    int64_t partRows = plan.columnsAreQueries ? plan.part : queries;
    Value accumulators =
        allocateAccumulators(matrixShape(queries, partAt(at)),
                             2 * scoreRows() + at / plan.part % 2 * partRows);
    fill(accumulators, 0.0);
    for (auto [i, chunk] : llvm::enumerate(block)) {
      loadValues(chunk, at, partAt(at));
      valueProduct(chunk, i, turn, valueTurn, at, accumulators);
      valueTurn = (valueTurn + 1) % values.size();
    }
    addResults(at, accumulators, turn);
  }
}

LogicalResult AttentionTiling::tileQueries(const TileOffsets &offsets,
                                           ArrayRef<int64_t> sizes) {
  origin = offsets;
  origin.append(3, rewriter.getIndexAttr(0));
  rowSizes.assign(sizes.begin() + op.getBatchLoops(), sizes.end());
  queries = 1;
  for (int64_t size : rowSizes) {
    queries *= size;
  }
  SmallVector<KeyBlock> blocks = getBlocks(offsets, sizes);
  keyTurn = valueTurn = stagedTurn = 0;
  products.assign(plan.chunks, Value());
  allocateBuffers();
  if (blocks.empty() || !plan.staysInAccumulators) {
    fill(result, 0.0);
  }
  if (blocks.empty()) {
    storeResults();
    return success();
  }
  fill(rowOf(maxima[0], 0), -FLT_MAX);
  loadQueries();
  for (auto [i, chunk] : llvm::enumerate(blocks[0])) {
    scoreProduct(chunk, i);
    drainScores(chunk, i, /*turn=*/0);
  }
  // Blocks that are alike, and followed by such, are iterations of a loop.
  auto isUniform = [&](size_t j) {
    return j < blocks.size() && int64_t(blocks[j].size()) == plan.chunks &&
           llvm::all_of(
               blocks[j],
               [&](const Chunk &chunk) {
                 return chunk.isWhole && chunk.size == plan.chunk;
               }) &&
           (j == 0 ||
            blocks[j - 1].back().known + plan.chunk == blocks[j].front().known);
  };
  int64_t width = plan.chunk * plan.chunks;
  // A loop begins and ends with idle engines, and keeps iterations of those
  // around apart: few blocks are written out, where that is done once.
  const int64_t fewestTrips =
      llvm::is_contained(shape.isRowCounted, true) ? 2 : kWrittenTrips + 1;
  for (size_t j = 0; j < blocks.size();) {
    size_t end = j;
    while (j > 0 && isUniform(end) && isUniform(end + 1)) {
      ++end;
    }
    int64_t trips = int64_t(end - j) / 2;
    if (trips < fewestTrips) {
      step(blocks[j], j + 1 < blocks.size() ? &blocks[j + 1] : nullptr, j % 2,
           j > 0);
      ++j;
      continue;
    }
    auto constantIndex = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(rewriter, loc, value);
    };
    auto loop = scf::ForOp::create(rewriter, loc, constantIndex(0),
                                   constantIndex(trips), constantIndex(1));
    Operation *behind = loop->getNextNode();
    Block *home = loop->getBlock();
    rewriter.setInsertionPoint(loop.getBody()->getTerminator());
    auto shifted = [&](KeyBlock block) {
      for (Chunk &chunk : block) {
        AffineExpr at =
            rewriter.getAffineDimExpr(0) * (2 * width) + chunk.known;
        chunk.offset = affine::makeComposedFoldedAffineApply(
            rewriter, loc, at, {loop.getInductionVar()});
      }
      return block;
    };
    for (size_t k = j; k < j + 2; ++k) {
      KeyBlock next = shifted(blocks[k + 1]);
      step(shifted(blocks[k]), &next, k % 2, true);
    }
    if (behind) {
      rewriter.setInsertionPoint(behind);
    } else {
      rewriter.setInsertionPointToEnd(home);
    }
    j += 2 * trips;
  }
  if (plan.staysInAccumulators) {
    memref::CopyOp::create(rewriter, loc, waiting.front(), result);
  } else {
    addWaiting((blocks.size() - 1) % 2);
  }
  storeResults();
  return success();
}

LogicalResult tileAttention(RewriterBase &rewriter, acc::model::AttentionOp op,
                            const acc::Target &target) {
  return AttentionTiling(rewriter, op, target).run();
}

} // namespace xpu
