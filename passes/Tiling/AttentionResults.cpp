//===- AttentionResults.cpp - What attention adds up ----------------------===//

#include "passes/Tiling/AttentionTiling.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace xpu {

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

} // namespace xpu
