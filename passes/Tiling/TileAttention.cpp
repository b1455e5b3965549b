//===- TileAttention.cpp - Attention block by block -----------------------===//
//
// Source: Dao, FlashAttention-2, 2023. For each block of queries, over blocks
// of keys: scores, their largest so far, weights relative to it, and results
// that are brought down to it when it grows. Only a block of scores is in
// memory.
//
// The matrix unit makes the scores of the next block while the vector unit
// makes weights of this one. Sums of weights are one more column of results:
// the values have a column of ones.
//
// Where queries are the columns of the array results stay in the accumulators.
// Powers are relative to the maximum, rounded up to a whole number, so that
// what is there is brought down by a power of two, exactly, in the product that
// comes next (docs/decisions/0088). Else they leave the accumulators with every
// block, and the vector unit does it.
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Remarks.h"
#include "passes/Analysis/AttentionPlan.h"
#include "passes/Analysis/ScoreBody.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Tiling/Tiling.h"

#include <cfloat>
#include <cmath>

using namespace mlir;

namespace xpu {

namespace {

/// Keys that are computed together.
struct Chunk {
  OpFoldResult offset;
  int64_t size = 0;
  bool isWhole = true; ///< No condition hides a part of it.
  /// Conditions that need no test.
  llvm::SmallBitVector holding;
  int64_t known = 0; ///< Offset, where it is constant.
};
using KeyBlock = SmallVector<Chunk>;

class AttentionTiling {
public:
  AttentionTiling(RewriterBase &rewriter, acc::model::AttentionOp op,
                  const acc::Target &target)
      : rewriter(rewriter), op(op), target(target), loc(op.getLoc()), body(op),
        ranges(op.getLoopRanges()), keyLoop(op.getKeyLoop()) {}

  LogicalResult run();

private:
  //===--- Values and views -----------------------------------------------===//

  Attribute space(Space which) {
    return SpaceAttr::get(rewriter.getContext(), which);
  }

  Value allocate(ArrayRef<int64_t> shape, Type element, int64_t address) {
    auto alloc = memref::AllocOp::create(
        rewriter, loc,
        MemRefType::get(shape, element, MemRefLayoutAttrInterface(),
                        space(Space::SPM)));
    alloc->setAttr(kResidentAttr, rewriter.getI64IntegerAttr(address));
    return alloc;
  }

  /// Accumulators from a row on. Scores of some chunks come first, then
  /// results.
  Value allocateAccumulators(ArrayRef<int64_t> shape, int64_t row) {
    auto alloc = memref::AllocOp::create(
        rewriter, loc,
        MemRefType::get(shape, rewriter.getF32Type(),
                        MemRefLayoutAttrInterface(), space(Space::ACC)));
    alloc->setAttr(kResidentAttr, rewriter.getI64IntegerAttr(row));
    return alloc;
  }
  int64_t scoreRows() const {
    return plan.columnsAreQueries ? plan.chunk : queries;
  }

  Value part(Value whole, ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes) {
    ArrayRef<int64_t> shape = cast<MemRefType>(whole.getType()).getShape();
    if (llvm::all_of(offsets, [](int64_t offset) { return offset == 0; }) &&
        shape == sizes) {
      return whole;
    }
    MLIRContext *context = rewriter.getContext();
    SmallVector<int64_t> ones(sizes.size(), 1);
    return memref::SubViewOp::create(rewriter, loc, whole,
                                     getAsIndexOpFoldResult(context, offsets),
                                     getAsIndexOpFoldResult(context, sizes),
                                     getAsIndexOpFoldResult(context, ones));
  }

  /// The first row or a row of a matrix, as a vector.
  Value rowOf(Value matrix, int64_t row) {
    auto type = cast<MemRefType>(matrix.getType());
    int64_t size = type.getShape()[1];
    SmallVector<int64_t> offsets = {row, 0}, sizes = {1, size}, ones = {1, 1};
    auto result =
        cast<MemRefType>(memref::SubViewOp::inferRankReducedResultType(
            {size}, type, offsets, sizes, ones));
    MLIRContext *context = rewriter.getContext();
    return memref::SubViewOp::create(rewriter, loc, result, matrix,
                                     getAsIndexOpFoldResult(context, offsets),
                                     getAsIndexOpFoldResult(context, sizes),
                                     getAsIndexOpFoldResult(context, ones));
  }

  /// The part of an operand in HBM at these loops, with the dimensions of
  /// `kept` in order; those it lacks are left out.
  Value operandPart(unsigned number, const TileOffsets &offsets,
                    ArrayRef<int64_t> sizes, ArrayRef<unsigned> kept) {
    Value operand = op->getOperand(number);
    AffineMap map = op.getMap(number);
    auto type = cast<MemRefType>(operand.getType());
    TileOffsets at, extent, ones;
    SmallVector<int64_t> shape;
    SmallVector<unsigned> loops;
    for (AffineExpr expr : map.getResults()) {
      unsigned loop = cast<AffineDimExpr>(expr).getPosition();
      at.push_back(offsets[loop]);
      extent.push_back(rewriter.getIndexAttr(sizes[loop]));
      ones.push_back(rewriter.getIndexAttr(1));
      if (llvm::is_contained(kept, loop)) {
        shape.push_back(sizes[loop]);
        loops.push_back(loop);
      }
    }
    auto reduced =
        cast<MemRefType>(memref::SubViewOp::inferRankReducedResultType(
            shape, type, at, extent, ones));
    Value view = memref::SubViewOp::create(rewriter, loc, reduced, operand, at,
                                           extent, ones);
    SmallVector<AffineExpr> order;
    for (unsigned loop : kept) {
      auto it = llvm::find(loops, loop);
      if (it != loops.end()) {
        order.push_back(rewriter.getAffineDimExpr(it - loops.begin()));
      }
    }
    AffineMap permutation =
        AffineMap::get(order.size(), 0, order, rewriter.getContext());
    if (permutation.isIdentity()) {
      return view;
    }
    return memref::TransposeOp::create(rewriter, loc, view,
                                       AffineMapAttr::get(permutation));
  }

  SmallVector<unsigned> rowLoops() {
    SmallVector<unsigned> loops;
    for (unsigned i = op.getBatchLoops(); i < keyLoop; ++i) {
      loops.push_back(i);
    }
    return loops;
  }

  /// A matrix or vector with the queries in one dimension, seen by row loops.
  Value byRows(Value matrix, unsigned queryDim) {
    auto type = cast<MemRefType>(matrix.getType());
    SmallVector<ReassociationIndices> groups;
    SmallVector<int64_t> shape;
    for (unsigned d = 0; d < type.getRank(); ++d) {
      ReassociationIndices group;
      auto add = [&](int64_t size) {
        group.push_back(shape.size());
        shape.push_back(size);
      };
      if (d == queryDim) {
        for (int64_t size : rowSizes) {
          add(size);
        }
      } else {
        add(type.getDimSize(d));
      }
      groups.push_back(group);
    }
    if (int64_t(shape.size()) == type.getRank()) {
      return matrix;
    }
    return memref::ExpandShapeOp::create(rewriter, loc, shape, matrix, groups);
  }

  //===--- Operations -----------------------------------------------------===//

  using Body = function_ref<Value(OpBuilder &, ValueRange)>;

  AffineMap mapOf(unsigned loops, ArrayRef<unsigned> dims) {
    SmallVector<AffineExpr> exprs;
    for (unsigned dim : dims) {
      exprs.push_back(rewriter.getAffineDimExpr(dim));
    }
    return AffineMap::get(loops, 0, exprs, rewriter.getContext());
  }

  linalg::GenericOp make(unsigned loops, std::optional<unsigned> reduced,
                         ArrayRef<Value> inputs,
                         ArrayRef<SmallVector<unsigned>> inputDims, Value out,
                         ArrayRef<unsigned> outDims, Body compute) {
    SmallVector<AffineMap> maps;
    for (ArrayRef<unsigned> dims : inputDims) {
      maps.push_back(mapOf(loops, dims));
    }
    maps.push_back(mapOf(loops, outDims));
    SmallVector<utils::IteratorType> iterators(loops,
                                               utils::IteratorType::parallel);
    if (reduced) {
      iterators[*reduced] = utils::IteratorType::reduction;
    }
    return linalg::GenericOp::create(
        rewriter, loc, inputs, out, maps, iterators,
        [&](OpBuilder &builder, Location, ValueRange args) {
          linalg::YieldOp::create(builder, loc, compute(builder, args));
        });
  }

  Value constant(OpBuilder &builder, double number) {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getF32FloatAttr(float(number)));
  }

  /// A part of a buffer as one of `shape`, without dimensions of size 1.
  Value withoutDim(Value whole, ArrayRef<int64_t> at, ArrayRef<int64_t> size,
                   ArrayRef<int64_t> shape) {
    SmallVector<int64_t> ones(at.size(), 1);
    auto reduced =
        cast<MemRefType>(memref::SubViewOp::inferRankReducedResultType(
            shape, cast<MemRefType>(whole.getType()), at, size, ones));
    MLIRContext *context = rewriter.getContext();
    return memref::SubViewOp::create(rewriter, loc, reduced, whole,
                                     getAsIndexOpFoldResult(context, at),
                                     getAsIndexOpFoldResult(context, size),
                                     getAsIndexOpFoldResult(context, ones));
  }

  void fill(Value memref, double number) {
    Type element = cast<MemRefType>(memref.getType()).getElementType();
    Value value = arith::ConstantOp::create(
        rewriter, loc, rewriter.getFloatAttr(element, number));
    linalg::FillOp::create(rewriter, loc, value, memref);
  }

  /// accumulators[row, column] += a · w; the operand that queries are columns
  /// or rows of is `query`.
  void multiply(Value byQuery, ArrayRef<unsigned> queryDims, Value other,
                ArrayRef<unsigned> otherDims, Value accumulators) {
    auto product = make(
        3, 2, {byQuery, other},
        {SmallVector<unsigned>(queryDims), SmallVector<unsigned>(otherDims)},
        accumulators, {0, 1}, [&](OpBuilder &b, ValueRange args) -> Value {
          auto widen = [&](Value value) -> Value {
            return value.getType().isF32()
                       ? value
                       : arith::ExtFOp::create(b, loc, b.getF32Type(), value);
          };
          Value term =
              arith::MulFOp::create(b, loc, widen(args[0]), widen(args[1]));
          return arith::AddFOp::create(b, loc, args[2], term);
        });
    product->setAttr(kColumnDimAttr, rewriter.getI64IntegerAttr(1));
    product->setAttr(kStationaryAttr, rewriter.getI64IntegerAttr(
                                          plan.columnsAreQueries ? 0 : 1));
  }

  /// accumulators[row, column] *= 2^-times[column]
  void halve(Value accumulators, Value times) {
    make(2, std::nullopt, {times}, {{1}}, accumulators, {0, 1},
         [&](OpBuilder &b, ValueRange args) -> Value {
           Value power =
               arith::UIToFPOp::create(b, loc, b.getF32Type(), args[0]);
           power = arith::NegFOp::create(b, loc, power);
           power = math::Exp2Op::create(b, loc, power);
           return arith::MulFOp::create(b, loc, args[1], power);
         });
  }

  unsigned queryDim() const { return plan.columnsAreQueries ? 1 : 0; }
  unsigned keyDim() const { return 1 - queryDim(); }
  SmallVector<int64_t> matrixShape(int64_t byQuery, int64_t other) const {
    return plan.columnsAreQueries ? SmallVector<int64_t>{other, byQuery}
                                  : SmallVector<int64_t>{byQuery, other};
  }

  //===--- A block of queries ---------------------------------------------===//

  LogicalResult tileQueries(const TileOffsets &offsets,
                            ArrayRef<int64_t> sizes);
  std::pair<TileOffsets, SmallVector<int64_t>>
  putSmallFirst(const TileOffsets &offsets, ArrayRef<int64_t> sizes);
  SmallVector<KeyBlock> getBlocks(const TileOffsets &offsets,
                                  ArrayRef<int64_t> sizes);
  void allocateBuffers();
  void loadQueries();
  void scoreProduct(const Chunk &chunk, unsigned i);
  void drainScores(const Chunk &chunk, unsigned i, unsigned turn);
  void adjustScores(const Chunk &chunk, unsigned i, unsigned turn);
  void findMaximum(const Chunk &chunk, unsigned i, unsigned turn);
  void finishMaximum(const KeyBlock &block, unsigned turn, bool hasPast);
  void makeWeights(const Chunk &chunk, unsigned i, unsigned turn);
  void loadValues(const Chunk &chunk, int64_t at, int64_t columns);
  void valueProduct(const Chunk &chunk, unsigned i, unsigned turn,
                    unsigned buffer, int64_t at, Value accumulators);
  void addResults(int64_t at, Value accumulators, unsigned turn);
  void addWaiting(unsigned turn);
  void step(const KeyBlock &block, const KeyBlock *next, unsigned turn,
            bool hasPast);
  void storeResults();

  /// Columns of results whose accumulators begin at one of them.
  int64_t partAt(int64_t at) const {
    return std::min(plan.part, shape.columns() - at);
  }
  double exponentFactor() const {
    return (isPlain ? *body.getScale() : 1.0) * M_LOG2E;
  }

  RewriterBase &rewriter;
  acc::model::AttentionOp op;
  const acc::Target &target;
  Location loc;
  ScoreBody body;
  SmallVector<int64_t> ranges;
  unsigned keyLoop;
  AttentionShape shape;
  AttentionPlan plan;
  bool isPlain = false;

  // Buffers for values of all blocks of queries.
  SmallVector<Value> values;
  // Of one block of queries.
  TileOffsets origin;
  SmallVector<int64_t> rowSizes;
  int64_t queries = 1;
  Value query, result, fraction;
  SmallVector<Value> scores, weights, keys;
  SmallVector<Value> waiting; ///< Accumulators of all parts.
  std::array<Value, 2> maxima, shift, decay, halvings;
  unsigned keyTurn = 0, valueTurn = 0, stagedTurn = 0, otherTurn = 0;
  /// The scores, or weights, of a chunk of the block of this parity.
  Value chunkOf(ArrayRef<Value> all, unsigned i, unsigned turn, int64_t size) {
    return part(all[plan.placeOf(i, turn)], {0, 0}, matrixShape(queries, size));
  }

  /// Accumulators of each chunk of the next block, before they are drained.
  SmallVector<Value> products;
};

} // namespace

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

void AttentionTiling::scoreProduct(const Chunk &chunk, unsigned i) {
  Value key = part(keys[keyTurn], {0, 0}, {chunk.size, shape.size});
  keyTurn = (keyTurn + 1) % keys.size();
  TileOffsets offsets(origin);
  offsets[keyLoop] = chunk.offset;
  SmallVector<int64_t> sizes(ranges.size(), 1);
  sizes[keyLoop] = chunk.size;
  sizes[keyLoop + 1] = shape.size;
  memref::CopyOp::create(rewriter, loc,
                         operandPart(1, offsets, sizes, {keyLoop, keyLoop + 1}),
                         key);
  Value accumulators = allocateAccumulators(
      matrixShape(queries, chunk.size), (i % plan.scorePlaces) * scoreRows());
  fill(accumulators, 0.0);
  multiply(query, {queryDim(), 2}, key, {keyDim(), 2}, accumulators);
  products[i] = accumulators;
}

void AttentionTiling::drainScores(const Chunk &chunk, unsigned i,
                                  unsigned turn) {
  memref::CopyOp::create(rewriter, loc, products[i],
                         chunkOf(scores, i, turn, chunk.size));
}

/// Scales, caps and masks, unless the score is the product.
void AttentionTiling::adjustScores(const Chunk &chunk, unsigned i,
                                   unsigned turn) {
  if (isPlain && chunk.isWhole) {
    return;
  }
  const unsigned rows = rowSizes.size();
  Value score = byRows(chunkOf(scores, i, turn, chunk.size), queryDim());
  // Loops: the rows, then the key, or the other way round, as scores lie.
  SmallVector<unsigned> all;
  for (unsigned d = 0; d <= rows; ++d) {
    all.push_back(d);
  }
  unsigned firstRow = plan.columnsAreQueries ? 1 : 0;
  unsigned key = plan.columnsAreQueries ? 0 : rows;
  SmallVector<Value> inputs = {score};
  SmallVector<SmallVector<unsigned>> dims = {all};
  TileOffsets offsets(origin);
  offsets[keyLoop] = chunk.offset;
  SmallVector<int64_t> sizes(op.getBatchLoops(), 1);
  llvm::append_range(sizes, rowSizes);
  sizes.append({chunk.size, 1, 1});
  SmallVector<unsigned> kept = rowLoops();
  kept.push_back(keyLoop);
  for (auto [number, other] : llvm::enumerate(op.getOthers())) {
    Value source = operandPart(3 + number, offsets, sizes, kept);
    auto type = cast<MemRefType>(source.getType());
    SmallVector<int64_t> wide(type.getShape());
    if (!wide.empty()) {
      wide.back() = spreadRow(wide.back());
    }
    Value copy = part(allocate(wide, type.getElementType(),
                               plan.others[2 * number + (otherTurn & 1)]),
                      SmallVector<int64_t>(wide.size(), 0), type.getShape());
    memref::CopyOp::create(rewriter, loc, source, copy);
    inputs.push_back(copy);
    SmallVector<unsigned> loops;
    for (unsigned loop : kept) {
      if (op.getMap(3 + number).isFunctionOfDim(loop)) {
        loops.push_back(loop == keyLoop
                            ? key
                            : firstRow + loop - unsigned(op.getBatchLoops()));
      }
    }
    dims.push_back(loops);
  }
  ++otherTurn;
  make(rows + 1, std::nullopt, inputs, dims, score, all,
       [&](OpBuilder &b, ValueRange args) {
         IRMapping mapping;
         Block &region = op.getScore().front();
         for (unsigned k = 0; k < inputs.size(); ++k) {
           mapping.map(region.getArgument(k), args[k]);
         }
         for (unsigned loop = 0; loop <= keyLoop; ++loop) {
           Value counter = region.getArgument(inputs.size() + loop);
           if (counter.use_empty()) {
             continue;
           }
           std::optional<int64_t> at = getConstantIntValue(offsets[loop]);
           assert(at && "counted loops are written out");
           Value first = arith::ConstantIndexOp::create(b, loc, *at);
           if (loop < op.getBatchLoops()) {
             mapping.map(counter, first);
             continue;
           }
           unsigned dim = loop == keyLoop
                              ? key
                              : firstRow + loop - unsigned(op.getBatchLoops());
           Value index = linalg::IndexOp::create(b, loc, dim);
           mapping.map(counter, arith::AddIOp::create(b, loc, index, first));
         }
         return body.emit(b, mapping, chunk.holding, isPlain);
       });
}

void AttentionTiling::findMaximum(const Chunk &chunk, unsigned i,
                                  unsigned turn) {
  adjustScores(chunk, i, turn);
  auto top = make(2, keyDim(), {chunkOf(scores, i, turn, chunk.size)}, {{0, 1}},
                  rowOf(maxima[turn], 1 + i), {queryDim()},
                  [&](OpBuilder &b, ValueRange args) -> Value {
                    return arith::MaximumFOp::create(b, loc, args[1], args[0]);
                  });
  top->setAttr(kInitialValueAttr, rewriter.getF32FloatAttr(-FLT_MAX));
}

/// The maximum so far, how much it takes from what is there, and what weights
/// are relative to.
void AttentionTiling::finishMaximum(const KeyBlock &block, unsigned turn,
                                    bool hasPast) {
  int64_t count = int64_t(block.size()) + 1;
  Value past = rowOf(maxima[turn], 0), now = rowOf(maxima[1 - turn], 0);
  auto top =
      make(2, 0, {part(maxima[turn], {0, 0}, {count, queries})}, {{0, 1}}, now,
           {1}, [&](OpBuilder &b, ValueRange args) -> Value {
             return arith::MaximumFOp::create(b, loc, args[1], args[0]);
           });
  top->setAttr(kInitialValueAttr, rewriter.getF32FloatAttr(-FLT_MAX));
  // What is added to the power of a score.
  auto lowered = [&](OpBuilder &b, Value maximum) -> Value {
    Value power =
        arith::MulFOp::create(b, loc, maximum, constant(b, -exponentFactor()));
    return exponentFactor() <= 1
               ? power
               : arith::MinimumFOp::create(b, loc, power, constant(b, FLT_MAX));
  };
  if (plan.staysInAccumulators) {
    make(1, std::nullopt, {now}, {{0}}, shift[turn], {0},
         [&](OpBuilder &b, ValueRange args) -> Value {
           return math::FloorOp::create(b, loc, lowered(b, args[0]));
         });
    if (!isPlain) {
      make(1, std::nullopt, {now, shift[turn]}, {{0}, {0}}, fraction, {0},
           [&](OpBuilder &b, ValueRange args) -> Value {
             return arith::SubFOp::create(b, loc, args[1], lowered(b, args[0]));
           });
    }
    if (hasPast) {
      make(1, std::nullopt, {shift[1 - turn], shift[turn]}, {{0}, {0}},
           halvings[turn], {0}, [&](OpBuilder &b, ValueRange args) -> Value {
             Value growth = arith::SubFOp::create(b, loc, args[0], args[1]);
             growth =
                 arith::MinimumFOp::create(b, loc, growth, constant(b, 255.0));
             Value times =
                 arith::FPToSIOp::create(b, loc, b.getI32Type(), growth);
             return arith::TruncIOp::create(b, loc, b.getI8Type(), times);
           });
    }
    return;
  }
  make(1, std::nullopt, {past, now}, {{0}, {0}}, decay[turn], {0},
       [&](OpBuilder &b, ValueRange args) -> Value {
         Value step = arith::SubFOp::create(b, loc, args[0], args[1]);
         Value power =
             arith::MulFOp::create(b, loc, step, constant(b, exponentFactor()));
         return math::Exp2Op::create(b, loc, power);
       });
  if (isPlain) {
    make(1, std::nullopt, {now}, {{0}}, shift[turn], {0},
         [&](OpBuilder &b, ValueRange args) -> Value {
           return lowered(b, args[0]);
         });
  }
}

void AttentionTiling::makeWeights(const Chunk &chunk, unsigned i,
                                  unsigned turn) {
  SmallVector<Value> inputs = {chunkOf(scores, i, turn, chunk.size)};
  if (isPlain) {
    inputs.push_back(shift[turn]);
  } else {
    inputs.push_back(rowOf(maxima[1 - turn], 0));
    if (plan.staysInAccumulators) {
      inputs.push_back(fraction);
    }
  }
  SmallVector<SmallVector<unsigned>> dims = {{0, 1}};
  dims.resize(inputs.size(), {queryDim()});
  make(2, std::nullopt, inputs, dims, chunkOf(weights, i, turn, chunk.size),
       {0, 1}, [&](OpBuilder &b, ValueRange args) -> Value {
         Value factor = constant(b, exponentFactor());
         Value power = args[0];
         if (!isPlain) {
           power = arith::SubFOp::create(b, loc, power, args[1]);
         }
         power = inputs.size() == 2 && !isPlain
                     ? Value(arith::MulFOp::create(b, loc, power, factor))
                     : Value(math::FmaOp::create(b, loc, power, factor,
                                                 args[inputs.size() - 1]));
         Value weight = math::Exp2Op::create(b, loc, power);
         Type type = args.back().getType();
         return type.isF32() ? weight
                             : arith::TruncFOp::create(b, loc, type, weight);
       });
}

/// What so many columns of results from `at` on need of the values; the last
/// one is always there.
void AttentionTiling::loadValues(const Chunk &chunk, int64_t at,
                                 int64_t columns) {
  columns = std::min(columns, shape.valueSize - at);
  if (columns == 0) {
    return;
  }
  TileOffsets offsets(origin);
  offsets[keyLoop] = chunk.offset;
  offsets[keyLoop + 2] = rewriter.getIndexAttr(at);
  SmallVector<int64_t> sizes(ranges.size(), 1);
  sizes[keyLoop] = chunk.size;
  sizes[keyLoop + 2] = columns;
  memref::CopyOp::create(
      rewriter, loc, operandPart(2, offsets, sizes, {keyLoop, keyLoop + 2}),
      part(values[valueTurn], {0, at}, {chunk.size, columns}));
}

void AttentionTiling::valueProduct(const Chunk &chunk, unsigned i,
                                   unsigned turn, unsigned buffer, int64_t at,
                                   Value accumulators) {
  int64_t size = cast<MemRefType>(accumulators.getType()).getDimSize(keyDim());
  multiply(chunkOf(weights, i, turn, chunk.size),
           plan.columnsAreQueries ? ArrayRef<unsigned>{2, 1}
                                  : ArrayRef<unsigned>{0, 2},
           part(values[buffer], {0, at}, {chunk.size, size}),
           plan.columnsAreQueries ? ArrayRef<unsigned>{2, 0}
                                  : ArrayRef<unsigned>{2, 1},
           accumulators);
}

/// results = results · decay + what the accumulators have.
void AttentionTiling::addResults(int64_t at, Value accumulators,
                                 unsigned turn) {
  ArrayRef<int64_t> whole = cast<MemRefType>(accumulators.getType()).getShape();
  for (int64_t row = 0; row < whole[0]; row += plan.stagedRows) {
    SmallVector<int64_t> sizes = {std::min(plan.stagedRows, whole[0] - row),
                                  whole[1]};
    Value staged =
        allocate(sizes, rewriter.getF32Type(), plan.staged[stagedTurn ^= 1]);
    memref::CopyOp::create(rewriter, loc, part(accumulators, {row, 0}, sizes),
                           staged);
    SmallVector<int64_t> place = {row, 0};
    place[keyDim()] += at;
    Value factor = decay[turn];
    if (!plan.columnsAreQueries) {
      factor = part(factor, {row}, {sizes[0]});
    }
    make(2, std::nullopt, {staged, factor}, {{0, 1}, {queryDim()}},
         part(result, place, sizes), {0, 1},
         [&](OpBuilder &b, ValueRange args) -> Value {
           return math::FmaOp::create(b, loc, args[2], args[1], args[0]);
         });
  }
}

/// The same of all parts that wait, if they do.
void AttentionTiling::addWaiting(unsigned turn) {
  for (auto [number, accumulators] : llvm::enumerate(waiting)) {
    addResults(int64_t(number) * plan.part, accumulators, turn);
  }
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

void AttentionTiling::storeResults() {
  // Of whole rows, as they lie in HBM.
  Type type = cast<MemRefType>(op.getInit().getType()).getElementType();
  const unsigned rows = rowSizes.size();
  const unsigned last = op->getNumOperands() - 1;
  int64_t perQuery = spreadRow(shape.valueSize) * getElementBytes(type);
  // The dimension of the rows that is cut: the innermost that needs it.
  SmallVector<int64_t> piece(rowSizes);
  int64_t count = queries;
  for (unsigned d = 0; d < rows && count * perQuery > plan.outgoingBytes; ++d) {
    int64_t others = count / piece[d];
    piece[d] = std::max<int64_t>(1, plan.outgoingBytes / perQuery / others);
    count = others * piece[d];
  }
  SmallVector<unsigned> dims;
  for (unsigned d = 0; d < rows; ++d) {
    dims.push_back(d);
  }
  Value byRow = byRows(result, queryDim());
  const unsigned position = plan.columnsAreQueries ? 0 : rows;
  // One division for each query, not for each of its elements.
  Value inverse = byRows(fraction, 0);
  SmallVector<int64_t> sumAt(rows, 0), sumSize(rowSizes);
  sumAt.insert(sumAt.begin() + position, shape.valueSize);
  sumSize.insert(sumSize.begin() + position, 1);
  make(rows, std::nullopt, {withoutDim(byRow, sumAt, sumSize, rowSizes)},
       {dims}, inverse, dims, [&](OpBuilder &b, ValueRange args) -> Value {
         Value quotient = arith::DivFOp::create(
             b, loc, constant(b, 1.0), args[0], arith::FastMathFlags::arcp);
         if (!op.getGuarded()) {
           return quotient;
         }
         Value zero = constant(b, 0.0);
         Value isEmpty = arith::CmpFOp::create(
             b, loc, arith::CmpFPredicate::OEQ, args[0], zero);
         return arith::SelectOp::create(b, loc, isEmpty, zero, quotient);
       });
  unsigned number = 0;
  (void)forEachTile(
      rowSizes, piece, dims, [&](ArrayRef<int64_t> at, ArrayRef<int64_t> size) {
        // Loops: the rows, then the elements of a value.
        SmallVector<int64_t> wide(size), tight(size);
        wide.push_back(spreadRow(shape.valueSize));
        tight.push_back(shape.valueSize);
        Value out = part(allocate(wide, type, plan.outgoing[number++ % 2]),
                         SmallVector<int64_t>(rows + 1, 0), tight);
        SmallVector<int64_t> offsets(at), sizes(size);
        SmallVector<unsigned> loops(dims);
        offsets.insert(offsets.begin() + position, 0);
        sizes.insert(sizes.begin() + position, shape.valueSize);
        SmallVector<unsigned> byElement(loops);
        byElement.insert(byElement.begin() + position, rows);
        Value sums = part(byRow, offsets, sizes);
        SmallVector<unsigned> all(dims);
        all.push_back(rows);
        make(rows + 1, std::nullopt, {sums, part(inverse, at, size)},
             {byElement, loops}, out, all,
             [&](OpBuilder &b, ValueRange args) -> Value {
               Value quotient = arith::MulFOp::create(b, loc, args[0], args[1]);
               if (op.getGuarded()) {
                 Value zero = constant(b, 0.0);
                 Value isEmpty = arith::CmpFOp::create(
                     b, loc, arith::CmpFPredicate::OEQ, args[1], zero);
                 quotient =
                     arith::SelectOp::create(b, loc, isEmpty, zero, quotient);
               }
               return type.isF32()
                          ? quotient
                          : arith::TruncFOp::create(b, loc, type, quotient);
             });
        TileOffsets place(origin);
        SmallVector<int64_t> extent(op.getBatchLoops(), 1);
        for (unsigned d = 0; d < rows; ++d) {
          OpFoldResult &offset = place[op.getBatchLoops() + d];
          AffineExpr sum = rewriter.getAffineDimExpr(0) + at[d];
          offset = affine::makeComposedFoldedAffineApply(rewriter, loc, sum,
                                                         {offset});
          extent.push_back(size[d]);
        }
        extent.append({1, 1, shape.valueSize});
        SmallVector<unsigned> kept = rowLoops();
        kept.push_back(keyLoop + 2);
        memref::CopyOp::create(rewriter, loc, out,
                               operandPart(last, place, extent, kept));
        return success();
      });
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
