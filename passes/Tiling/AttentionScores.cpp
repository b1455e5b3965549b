//===- AttentionScores.cpp - Scores and weights of a block of keys --------===//

#include "passes/Tiling/AttentionTiling.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <cfloat>

using namespace mlir;

namespace xpu {

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

} // namespace xpu
