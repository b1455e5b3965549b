//===- AttentionTiling.h - Attention block by block -------------*- C++ -*-===//
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

#ifndef PASSES_TILING_ATTENTIONTILING_H
#define PASSES_TILING_ATTENTIONTILING_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"
#include "passes/Analysis/AttentionPlan.h"
#include "passes/Analysis/ScoreBody.h"
#include "passes/Tiling/Tiling.h"
#include "llvm/ADT/SmallBitVector.h"

#include <array>
#include <cmath>
#include <optional>

namespace xpu {

/// Keys that are computed together.
struct Chunk {
  mlir::OpFoldResult offset;
  int64_t size = 0;
  bool isWhole = true; ///< No condition hides a part of it.
  /// Conditions that need no test.
  llvm::SmallBitVector holding;
  int64_t known = 0; ///< Offset, where it is constant.
};
using KeyBlock = llvm::SmallVector<Chunk>;

/// Writes the loops, buffers and operations of one attention for a plan. Its
/// parts: buffers and views (AttentionViews.cpp), scores and weights
/// (AttentionScores.cpp), results (AttentionResults.cpp), and the order of all
/// (TileAttention.cpp).
class AttentionTiling {
public:
  AttentionTiling(mlir::RewriterBase &rewriter, acc::model::AttentionOp op,
                  const acc::Target &target)
      : rewriter(rewriter), op(op), target(target), loc(op.getLoc()), body(op),
        ranges(op.getLoopRanges()), keyLoop(op.getKeyLoop()) {}

  mlir::LogicalResult run();

private:
  //===--- Values and views -----------------------------------------------===//

  mlir::Attribute space(Space which) {
    return SpaceAttr::get(rewriter.getContext(), which);
  }

  mlir::Value allocate(llvm::ArrayRef<int64_t> shape, mlir::Type element,
                       int64_t address);

  /// Accumulators from a row on. Scores of some chunks come first, then
  /// results.
  mlir::Value allocateAccumulators(llvm::ArrayRef<int64_t> shape, int64_t row);
  int64_t scoreRows() const {
    return plan.columnsAreQueries ? plan.chunk : queries;
  }

  mlir::Value part(mlir::Value whole, llvm::ArrayRef<int64_t> offsets,
                   llvm::ArrayRef<int64_t> sizes);

  /// The first row or a row of a matrix, as a vector.
  mlir::Value rowOf(mlir::Value matrix, int64_t row);

  /// The part of an operand in HBM at these loops, with the dimensions of
  /// `kept` in order; those it lacks are left out.
  mlir::Value operandPart(unsigned number, const TileOffsets &offsets,
                          llvm::ArrayRef<int64_t> sizes,
                          llvm::ArrayRef<unsigned> kept);

  llvm::SmallVector<unsigned> rowLoops();

  /// A matrix or vector with the queries in one dimension, seen by row loops.
  mlir::Value byRows(mlir::Value matrix, unsigned queryDim);

  //===--- Operations -----------------------------------------------------===//

  using Body =
      llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::ValueRange)>;

  mlir::AffineMap mapOf(unsigned loops, llvm::ArrayRef<unsigned> dims);

  mlir::linalg::GenericOp
  make(unsigned loops, std::optional<unsigned> reduced,
       llvm::ArrayRef<mlir::Value> inputs,
       llvm::ArrayRef<llvm::SmallVector<unsigned>> inputDims, mlir::Value out,
       llvm::ArrayRef<unsigned> outDims, Body compute);

  mlir::Value constant(mlir::OpBuilder &builder, double number) {
    return mlir::arith::ConstantOp::create(
        builder, loc, builder.getF32FloatAttr(float(number)));
  }

  /// A part of a buffer as one of `shape`, without dimensions of size 1.
  mlir::Value withoutDim(mlir::Value whole, llvm::ArrayRef<int64_t> at,
                         llvm::ArrayRef<int64_t> size,
                         llvm::ArrayRef<int64_t> shape);

  void fill(mlir::Value memref, double number);

  /// accumulators[row, column] += a · w; the operand that queries are columns
  /// or rows of is `query`.
  void multiply(mlir::Value byQuery, llvm::ArrayRef<unsigned> queryDims,
                mlir::Value other, llvm::ArrayRef<unsigned> otherDims,
                mlir::Value accumulators);

  /// accumulators[row, column] *= 2^-times[column]
  void halve(mlir::Value accumulators, mlir::Value times);

  unsigned queryDim() const { return plan.columnsAreQueries ? 1 : 0; }
  unsigned keyDim() const { return 1 - queryDim(); }
  llvm::SmallVector<int64_t> matrixShape(int64_t byQuery, int64_t other) const {
    return plan.columnsAreQueries ? llvm::SmallVector<int64_t>{other, byQuery}
                                  : llvm::SmallVector<int64_t>{byQuery, other};
  }

  //===--- A block of queries ---------------------------------------------===//

  mlir::LogicalResult tileQueries(const TileOffsets &offsets,
                                  llvm::ArrayRef<int64_t> sizes);
  std::pair<TileOffsets, llvm::SmallVector<int64_t>>
  putSmallFirst(const TileOffsets &offsets, llvm::ArrayRef<int64_t> sizes);
  llvm::SmallVector<KeyBlock> getBlocks(const TileOffsets &offsets,
                                        llvm::ArrayRef<int64_t> sizes);
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
                    unsigned buffer, int64_t at, mlir::Value accumulators);
  void addResults(int64_t at, mlir::Value accumulators, unsigned turn);
  void addWaiting(unsigned turn);
  void step(const KeyBlock &block, const KeyBlock *next, unsigned turn,
            bool hasPast);
  void storeResults();

  /// Columns of results whose accumulators begin at one of them.
  int64_t partAt(int64_t at) const {
    return std::min(plan.part, shape.columns() - at);
  }
  /// The scores, or weights, of a chunk of the block of this parity.
  mlir::Value chunkOf(llvm::ArrayRef<mlir::Value> all, unsigned i,
                      unsigned turn, int64_t size) {
    return part(all[plan.placeOf(i, turn)], {0, 0}, matrixShape(queries, size));
  }
  double exponentFactor() const {
    return (isPlain ? *body.getScale() : 1.0) * M_LOG2E;
  }

  mlir::RewriterBase &rewriter;
  acc::model::AttentionOp op;
  const acc::Target &target;
  mlir::Location loc;
  ScoreBody body;
  llvm::SmallVector<int64_t> ranges;
  unsigned keyLoop;
  AttentionShape shape;
  AttentionPlan plan;
  bool isPlain = false;

  // Buffers for values of all blocks of queries.
  llvm::SmallVector<mlir::Value> values;
  // Of one block of queries.
  TileOffsets origin;
  llvm::SmallVector<int64_t> rowSizes;
  int64_t queries = 1;
  mlir::Value query, result, fraction;
  llvm::SmallVector<mlir::Value> scores, weights, keys;
  llvm::SmallVector<mlir::Value> waiting; ///< Accumulators of all parts.
  /// Accumulators of each chunk of the next block, before they are drained.
  llvm::SmallVector<mlir::Value> products;
  std::array<mlir::Value, 2> maxima, shift, decay, halvings;
  unsigned keyTurn = 0, valueTurn = 0, stagedTurn = 0, otherTurn = 0;
};

} // namespace xpu

#endif // PASSES_TILING_ATTENTIONTILING_H
