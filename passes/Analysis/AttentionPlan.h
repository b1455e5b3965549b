//===- AttentionPlan.h - How attention is cut, and where it lies -*- C++
//-*-===//
//
// Source: Dao, FlashAttention-2, 2023: a block of queries stays while blocks of
// keys and values pass by, with a running maximum and a running sum.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_ANALYSIS_ATTENTIONPLAN_H
#define PASSES_ANALYSIS_ATTENTIONPLAN_H

#include "dialects/Model/IR/Model.h"
#include "dialects/Target/Target.h"
#include "mlir/Support/LLVM.h"

namespace xpu {

/// Sizes that do not depend on the plan. Bytes are those of one element.
struct AttentionShape {
  llvm::SmallVector<int64_t> rows; ///< Sizes of the row loops.
  int64_t keys = 0, size = 0, valueSize = 0;
  int64_t queryBytes = 0, keyBytes = 0, valueBytes = 0;
  /// Commands of the matrix unit for a product of queries and keys, and of
  /// weights and values.
  int64_t scoreTerms = 1, valueTerms = 1;
  int64_t others = 0;   ///< Tensors beside queries, keys and values.
  bool isPlain = false; ///< Scores are scaled products.
  /// Whether blocks of queries, by row loop, or of keys differ by their place:
  /// then they are not in loops. Copies of all are there for what batch loops
  /// count.
  llvm::SmallVector<bool> isRowCounted;
  bool areKeysCounted = false;
  int64_t copies = 1;

  /// Values have a column of ones behind them: its sum is that of the weights.
  int64_t columns() const { return valueSize + 1; }

  /// Operands of f32 become ones of 16 bits.
  void narrow();
};

class ScoreBody;
AttentionShape getAttentionShape(acc::model::AttentionOp op, ScoreBody &body);

/// Blocks of keys come in chunks. Scores and weights of a chunk, and the
/// results, lie as [row of accumulators][column of the array].
struct AttentionPlan {
  /// Queries are the columns of the array and keys, or elements of values, the
  /// rows of accumulators; otherwise the other way round. The former suits many
  /// queries, the latter few.
  bool columnsAreQueries = true;
  llvm::SmallVector<int64_t> rowTile; ///< Of the row loops.
  int64_t queries = 1;                ///< Product of them.
  int64_t chunk = 1;                  ///< Keys.
  int64_t chunks = 1;                 ///< Of a block.
  /// Elements of a value that have accumulators of one command.
  int64_t part = 1;
  /// All of a value has accumulators at a time: the results of one block wait
  /// there while the next is computed.
  bool waitsInAccumulators = false;
  /// Results stay in the accumulators up to the last block, which the matrix
  /// unit halves as often as the maximum of a query grew. Powers are relative
  /// to whole numbers then.
  bool staysInAccumulators = false;
  int64_t stagedRows = 1; ///< Rows that leave the accumulators at a time.

  // Scratchpad addresses.
  int64_t query = 0;
  /// Of keys and of values, by turns. A block of keys and the next take all
  /// turns a whole number of times.
  llvm::SmallVector<int64_t> key, value;
  std::array<int64_t, 2> staged{};
  /// By chunk; behind them the places that the last `spares` chunks have in
  /// every second block.
  llvm::SmallVector<int64_t> scores, weights;
  llvm::SmallVector<int64_t> others; ///< By chunk.
  int64_t spares = 0;
  /// Weights lie where their scores were, which makes room for longer blocks.
  /// Scores of the next block then come behind the products of these weights.
  bool areWeightsOverScores = false;
  /// Chunks of scores that have accumulators at a time.
  int64_t scorePlaces = 2;
  int64_t result = 0;
  std::array<int64_t, 2> maxima{}, shift{};
  std::array<int64_t, 2> decay{};    ///< Of results that leave them.
  std::array<int64_t, 2> halvings{}; ///< Of those that stay.
  int64_t fraction = 0;              ///< From a maximum up to the whole number.

  /// Where scores, weights and what is staged are, while they are not needed:
  /// for results on their way.
  /// Two by turns, or one.
  std::array<int64_t, 2> outgoing{};
  int64_t outgoingBytes = 0; ///< Of each.

  /// Where the scores of a chunk are: in a block of even or odd number.
  int64_t placeOf(int64_t number, bool isOdd) const {
    return isOdd && number >= chunks - spares ? number + spares : number;
  }

  double cycles = 0; ///< For one query and one key, an estimate.
};

/// Pairs of blocks of keys that are written out, not a loop, where blocks of
/// queries are loops.
inline constexpr int64_t kWrittenTrips = 4;

/// A row of `elements` so that rows do not meet in one column of a bank.
int64_t spreadRow(int64_t elements);

/// The plan with the least cycles by the machine's formulas in the first
/// `banks` banks; fails if there is none. With `limitsProgram` its commands
/// take about half of the instruction memory at most.
mlir::FailureOr<AttentionPlan> planAttention(const AttentionShape &shape,
                                             const acc::Target &target,
                                             int64_t banks, bool limitsProgram);

} // namespace xpu

#endif // PASSES_ANALYSIS_ATTENTIONPLAN_H
