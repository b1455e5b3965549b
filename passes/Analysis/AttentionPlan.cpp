//===- AttentionPlan.cpp - How attention is cut, and where it lies --------===//

#include "passes/Analysis/AttentionPlan.h"

#include "passes/Analysis/MatmulCost.h"
#include "passes/Analysis/ScoreBody.h"
#include "passes/Analysis/VectorCost.h"
#include "systemc-models/Timing/Timing.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;
using llvm::divideCeil;

namespace xpu {

/// Commands of the matrix unit for a product of numbers of this type.
static int64_t countTerms(Type type) {
  return type.isF32() ? 6 : type.isF16() ? 4 : 1;
}

AttentionShape getAttentionShape(acc::model::AttentionOp op, ScoreBody &body) {
  AttentionShape shape;
  SmallVector<int64_t> ranges = op.getLoopRanges();
  const unsigned keyLoop = op.getKeyLoop();
  shape.rows.assign(ranges.begin() + op.getBatchLoops(),
                    ranges.begin() + keyLoop);
  shape.keys = ranges[keyLoop];
  shape.size = ranges[keyLoop + 1];
  shape.valueSize = ranges[keyLoop + 2];
  auto typeOf = [](Value value) {
    return cast<ShapedType>(value.getType()).getElementType();
  };
  shape.queryBytes = getElementBytes(typeOf(op.getQuery()));
  shape.keyBytes = getElementBytes(typeOf(op.getKey()));
  shape.valueBytes = getElementBytes(typeOf(op.getValue()));
  shape.scoreTerms = countTerms(typeOf(op.getQuery()));
  shape.valueTerms = countTerms(typeOf(op.getValue()));
  shape.others = op.getOthers().size();
  // A factor of at most 1 keeps the lowest number finite.
  double factor = body.getScale().value_or(0) * M_LOG2E;
  llvm::SmallBitVector counted = body.countedLoops();
  for (unsigned loop = 0; loop < keyLoop; ++loop) {
    if (counted[loop] && loop < op.getBatchLoops()) {
      shape.copies *= ranges[loop];
    }
    if (loop >= op.getBatchLoops()) {
      shape.isRowCounted.push_back(counted[loop]);
    }
  }
  shape.areKeysCounted = body.countsOutsideConditions(keyLoop);
  shape.isPlain = factor > 0 && factor <= 1 && op.getOthers().empty();
  return shape;
}

void AttentionShape::narrow() {
  for (int64_t *bytes : {&queryBytes, &keyBytes, &valueBytes}) {
    *bytes = std::min<int64_t>(*bytes, 2);
  }
  scoreTerms = std::min<int64_t>(scoreTerms, 1);
  valueTerms = std::min<int64_t>(valueTerms, 1);
}

int64_t spreadRow(int64_t elements) { return elements | 1; }

namespace {
constexpr int64_t kWord = 4; ///< Bytes of scores, sums and results.
/// What engines that wait for each other's banks cost (an estimate; twice as
/// much was measured, benchmarks/attention).
constexpr double kMerged = 1.5;

/// Computes the cost and the places of one candidate.
class Candidate {
public:
  Candidate(const AttentionShape &shape, const acc::Target &target,
            AttentionPlan plan)
      : shape(shape), target(target), plan(std::move(plan)) {}

  FailureOr<AttentionPlan> run(int64_t banks, bool limitsProgram) {
    if (!fitsAccumulators()) {
      return failure();
    }
    // Few long commands, if there is room for what they bring.
    FailureOr<AttentionPlan> best = failure();
    for (auto [isOver, spares] : {std::pair(false, 0), std::pair(true, 2),
                                  std::pair(true, 1), std::pair(true, 0)}) {
      if (spares >= plan.chunks ||
          (succeeded(best) && !plan.staysInAccumulators)) {
        continue;
      }
      plan.areWeightsOverScores = isOver;
      plan.spares = spares;
      for (int64_t parts : {1, 2, 4}) {
        stagedBytes = target.spm.bankBytes / parts;
        const bool isApart = place(banks, /*isMerged=*/false);
        if (isApart || place(banks, true)) {
          if (limitsProgram && !fitsProgram()) {
            return failure();
          }
          estimate();
          if (!isApart && plan.staysInAccumulators) {
            plan.cycles *= kMerged;
          }
          if (failed(best) || plan.cycles < best->cycles) {
            best = plan;
          }
          break;
        }
      }
    }
    return best;
  }

private:
  bool fitsAccumulators() {
    int64_t rows = target.mxu.accRows;
    // Two chunks of scores take turns.
    int64_t scoreRows =
        2 * (plan.columnsAreQueries ? plan.chunk : plan.queries);
    if (plan.columnsAreQueries) {
      plan.part = shape.columns();
      if (plan.part + scoreRows > rows) {
        plan.part = (rows - scoreRows) / 2;
      }
      plan.staysInAccumulators = plan.part == shape.columns();
      plan.waitsInAccumulators = plan.staysInAccumulators;
      return plan.part > 0 && plan.queries <= target.mxuCols();
    }
    plan.part = std::min<int64_t>(shape.columns(), target.mxuCols());
    plan.staysInAccumulators = false;
    plan.waitsInAccumulators =
        countParts() == 1 || scoreRows + resultRows() <= rows;
    return plan.chunk <= target.mxuCols() &&
           scoreRows + 2 * plan.queries <= rows;
  }

  int64_t countParts() const { return divideCeil(shape.columns(), plan.part); }
  /// Of accumulators, for all of a value.
  int64_t resultRows() const {
    return plan.columnsAreQueries ? plan.part : countParts() * plan.queries;
  }

  /// Blocks of queries are written out if what they see differs, with the steps
  /// at both ends, two in a loop, and those that masks cut.
  bool fitsProgram() const {
    constexpr int64_t kWords = 14; // Of a command, about.
    const int64_t mostSteps = llvm::is_contained(shape.isRowCounted, true)
                                  ? 7
                                  : 2 * kWrittenTrips + 3;
    int64_t steps =
        shape.areKeysCounted
            ? divideCeil(shape.keys, plan.chunk * plan.chunks)
            : std::min<int64_t>(
                  mostSteps, divideCeil(shape.keys, plan.chunk * plan.chunks));
    int64_t parts = countParts();
    int64_t pieces =
        plan.staysInAccumulators
            ? 0
            : parts *
                  divideCeil(plan.columnsAreQueries ? plan.part : plan.queries,
                             plan.stagedRows);
    int64_t commands =
        plan.chunks * (shape.scoreTerms + parts * (shape.valueTerms + 1) + 4) +
        4 + 2 * pieces;
    int64_t blocks = shape.copies;
    for (auto [rows, tile, isCounted] :
         llvm::zip(shape.rows, plan.rowTile, shape.isRowCounted)) {
      int64_t count = divideCeil(rows, tile);
      // A loop, and a last smaller one.
      blocks *= isCounted ? count : rows % tile == 0 ? 1 : 2;
    }
    return blocks * steps * commands * kWords <= target.seq.imemWords / 2;
  }

  /// Rows and columns of the results.
  std::pair<int64_t, int64_t> resultShape() const {
    return plan.columnsAreQueries ? std::pair(shape.columns(), plan.queries)
                                  : std::pair(plan.queries, shape.columns());
  }

  /// Some wait while memory is refreshed, or where products with weights come
  /// one behind the other. Two blocks of keys take all turns.
  int64_t operandBuffers() const {
    for (int64_t count : {4, 3, 5, 7}) {
      if (plan.staysInAccumulators && 2 * plan.chunks % count == 0) {
        return count;
      }
    }
    return 2;
  }

  /// Banks are shared by what the same engines read and write. What the matrix
  /// unit reads through one port has no bank in common with what it reads
  /// through the other.
  bool place(int64_t banks, bool isMerged) {
    const bool isOver = plan.areWeightsOverScores;
    plan.scorePlaces = 2;
    if (isOver) {
      if (!plan.waitsInAccumulators) {
        return false; // Products with weights are the last of a block.
      }
      // Scores wait for longer.
      const int64_t rows = plan.columnsAreQueries ? plan.chunk : plan.queries;
      plan.scorePlaces = std::clamp<int64_t>(
          (int64_t(target.mxu.accRows) - resultRows()) / rows, 2, plan.chunks);
      // The first scores of the next block do not wait for the last of this.
      if (plan.scorePlaces > 2 && plan.chunks % plan.scorePlaces == 1) {
        --plan.scorePlaces;
      }
    }
    const int64_t bank = target.spm.bankBytes;
    const int64_t end = banks * bank;
    int64_t at = 0;
    auto take = [&](int64_t bytes) {
      int64_t address = at;
      at = llvm::alignTo(at + bytes, target.spm.rowBytes);
      return address;
    };
    auto nextGroup = [&](bool always) {
      if (always || !isMerged) {
        at = llvm::alignTo(at, bank);
      }
    };
    plan.key.clear();
    plan.value.clear();
    for (int64_t i = 0; i < operandBuffers(); ++i) {
      plan.key.push_back(
          take(plan.chunk * spreadRow(shape.size) * shape.keyBytes));
      plan.value.push_back(
          take(plan.chunk * spreadRow(shape.columns()) * shape.valueBytes));
    }
    nextGroup(true);
    plan.query = take(plan.queries * spreadRow(shape.size) * shape.queryBytes);
    for (int i = 0; i < 2 && plan.staysInAccumulators; ++i) {
      plan.halvings[i] = take(plan.queries);
    }
    nextGroup(false);
    plan.weights.clear();
    plan.scores.clear();
    plan.others.clear();
    int64_t points = plan.chunk * plan.queries;
    for (int64_t i = 0; i < plan.chunks && !isOver; ++i) {
      plan.weights.push_back(take(points * shape.valueBytes));
    }
    nextGroup(true);
    const int64_t outgoing = at;
    for (int64_t i = 0; i < plan.chunks + plan.spares; ++i) {
      plan.scores.push_back(take(points * kWord));
      if (isOver) {
        // The array reads some while the vector unit reads others.
        plan.weights.push_back(plan.scores.back());
        nextGroup(true);
      }
    }
    auto [rows, columns] = resultShape();
    const int64_t resultBytes =
        llvm::alignTo(rows * columns * kWord, target.spm.rowBytes);
    const int64_t outgoingRow =
        llvm::alignTo(spreadRow(shape.valueSize) * kWord, target.spm.rowBytes);
    if (plan.staysInAccumulators) {
      // Behind the last block, where its scores were: what goes out, so that
      // the first scores of other queries have room, then results.
      at = std::max(at, outgoing + resultBytes + 2 * outgoingRow);
      plan.result = at - resultBytes;
      plan.outgoingBytes = std::clamp<int64_t>(
          (plan.result - outgoing) / 2, outgoingRow,
          std::max<int64_t>(outgoingRow, target.spm.bankBytes));
      plan.outgoingBytes -= plan.outgoingBytes % target.spm.rowBytes;
      plan.outgoing = {plan.result - 2 * plan.outgoingBytes,
                       plan.result - plan.outgoingBytes};
    } else {
      int64_t width = plan.columnsAreQueries ? plan.queries : plan.part;
      plan.stagedRows = std::clamp<int64_t>(
          stagedBytes / (width * kWord), 1,
          plan.columnsAreQueries ? plan.part : plan.queries);
      for (int i = 0; i < 2; ++i) {
        plan.staged[i] = take(plan.stagedRows * width * kWord);
      }
      plan.outgoing = {outgoing, outgoing};
      plan.outgoingBytes = at - outgoing;
      // At least a query at a time goes out.
      if (plan.outgoingBytes < outgoingRow) {
        return false;
      }
      nextGroup(false);
      plan.result = take(resultBytes);
    }
    nextGroup(false);
    for (int i = 0; i < 2; ++i) {
      plan.maxima[i] = take((plan.chunks + 1) * plan.queries * kWord);
      plan.shift[i] = take(plan.queries * kWord);
      if (!plan.staysInAccumulators) {
        plan.decay[i] = take(plan.queries * kWord);
      }
    }
    plan.fraction = take(plan.queries * kWord);
    nextGroup(false);
    for (int64_t i = 0; i < 2 * shape.others; ++i) {
      plan.others.push_back(take(kWord * plan.queries * spreadRow(plan.chunk)));
    }
    return at <= end;
  }

  uint64_t vectorCycles(ArrayRef<int64_t> sizes, ArrayRef<bool> reduced,
                        ArrayRef<FormatKind> formats,
                        ArrayRef<SmallVector<int64_t>> strides, unsigned uops) {
    VectorStreams streams;
    streams.sizes.assign(sizes.begin(), sizes.end());
    streams.reduced.assign(reduced.begin(), reduced.end());
    streams.formats.assign(formats.begin(), formats.end());
    streams.strides.assign(strides.begin(), strides.end());
    streams.uops = uops;
    streams.treeReduces = true;
    FailureOr<Arrangement> arrangement = chooseArrangement(target, streams);
    return succeeded(arrangement) ? arrangement->cycles : ~uint32_t(0);
  }

  /// Cycles of one matrix product [rows][columns] over `sums`.
  uint64_t matrixCycles(int64_t rows, int64_t rowStride, int64_t sums,
                        int64_t aStride, int64_t wStride, int64_t columns,
                        int64_t columnStride, int64_t bytes) {
    LoopNest rowNest{{rows}, {{rowStride}}};
    LoopNest sumNest{{sums}, {{aStride}, {wStride}}};
    rowNest.padTo(3);
    sumNest.padTo(3);
    FormatKind format = bytes == kWord ? FormatKind::F32T0 : FormatKind::BF16;
    return chooseMatmulForm(target, rowNest, sumNest, columns, columnStride,
                            {format, format})
        .cycles;
  }

  void estimate() {
    using F = FormatKind;
    const int64_t queries = plan.queries, chunk = plan.chunk;
    const int64_t q = spreadRow(shape.size) * shape.queryBytes;
    const int64_t k = spreadRow(shape.size) * shape.keyBytes;
    const int64_t v = spreadRow(shape.columns()) * shape.valueBytes;
    const bool isWide = plan.columnsAreQueries;
    F weight = shape.valueBytes == kWord ? F::F32 : F::BF16;
    // Products and commands for a chunk.
    double values = 0, scores = 0, vector = 0;
    for (int64_t at = 0; at < shape.columns(); at += plan.part) {
      int64_t part = std::min(plan.part, shape.columns() - at);
      values += double(shape.valueTerms) *
                (isWide ? matrixCycles(part, shape.valueBytes, chunk, v,
                                       queries * shape.valueBytes, queries,
                                       shape.valueBytes, shape.valueBytes)
                        : matrixCycles(queries, chunk * shape.valueBytes, chunk,
                                       shape.valueBytes, v, part,
                                       shape.valueBytes, shape.valueBytes));
    }
    scores =
        double(shape.scoreTerms) *
        (isWide ? matrixCycles(chunk, k, shape.size, shape.keyBytes,
                               shape.queryBytes, queries, q, shape.keyBytes)
                : matrixCycles(queries, q, shape.size, shape.queryBytes,
                               shape.keyBytes, chunk, k, shape.keyBytes));
    const double matrix = double(plan.chunks) * (values + scores);
    // By (query, key).
    int64_t qStep = isWide ? kWord : chunk * kWord;
    int64_t kStep = isWide ? queries * kWord : kWord;
    int64_t qWeight = qStep / kWord * shape.valueBytes;
    int64_t kWeight = kStep / kWord * shape.valueBytes;
    double largest =
        vectorCycles({queries, chunk}, {false, true}, {F::F32, F::F32},
                     {{qStep, kStep}, {kWord, 0}}, 1);
    double powers =
        vectorCycles({queries, chunk}, {false, false}, {F::F32, F::F32, weight},
                     {{qStep, kStep}, {kWord, 0}, {qWeight, kWeight}},
                     shape.isPlain ? 2 : 3);
    if (!shape.isPlain) {
      largest +=
          vectorCycles({queries, chunk}, {false, false}, {F::F32, F::F32},
                       {{qStep, kStep}, {qStep, kStep}}, 4);
    }
    vector = double(plan.chunks) * (largest + powers);
    auto [rows, columns] = resultShape();
    int64_t staged = plan.columnsAreQueries ? plan.stagedRows : rows;
    if (!plan.staysInAccumulators) {
      vector += double(divideCeil(rows, staged)) *
                vectorCycles({staged, columns}, {false, false},
                             {F::F32, F::F32, F::F32, F::F32},
                             {{columns * kWord, kWord},
                              {isWide ? 0 : kWord, isWide ? kWord : 0},
                              {columns * kWord, kWord},
                              {columns * kWord, kWord}},
                             1);
    }
    // Maxima, decay and shift of a block: one for each query.
    constexpr double kSmallCommands = 3;
    uint64_t slots = divideCeil(queries, target.vectorLength()) + 2;
    const double small =
        kSmallCommands *
        double(target.vpu.setup + target.vpu.tail +
               slots * acc::vpuProgramCycles(target, /*uops=*/1,
                                             uint64_t(queries)));
    vector += small;
    double bytesPerCycle = double(target.hbm.channels) *
                           double(target.hbm.atomBytes) * 1e12 /
                           double(target.hbm.tBurstPs) / target.clockHz;
    double loads = double(plan.chunks * chunk) *
                   double(shape.size * shape.keyBytes +
                          shape.valueSize * shape.valueBytes) /
                   bytesPerCycle;
    // Rows of tiles come at some share of the bandwidth (benchmarks/attention).
    constexpr double kLoadShare = 0.8;
    double start = double(target.dma.setup + target.dma.tail) +
                   double(target.hbm.tControllerPs + target.hbm.tRcdPs +
                          target.hbm.tClPs) *
                       target.clockHz / 1e12;
    // Values of a chunk come at once, or each part of them by itself.
    int64_t commands =
        plan.chunks * (1 + (plan.waitsInAccumulators ? 1 : countParts()));
    loads = loads / kLoadShare +
            double(commands) * start / double(target.dma.commands);
    // Engines overlap, but the first chunk of a block waits, and nothing is
    // beside the first block's scores and the last one's values.
    double longest = std::max({matrix, vector, loads});
    double rest = matrix + vector + loads - longest;
    if (plan.staysInAccumulators) {
      // Engines that have about as much to do wait for each other.
      constexpr double kNorm = 8; // By comparison with some sixty plans.
      double sum = 0;
      for (double engine : {matrix, vector, loads}) {
        sum += std::pow(engine / longest, kNorm);
      }
      longest *= std::pow(sum, 1 / kNorm);
    }
    double between = rest / double(2 * plan.chunks);
    if (plan.staysInAccumulators) {
      // From the last scores of a block to its first weights, while there are
      // products with the last weights before and the next scores.
      const auto &mxu = target.mxu;
      between = double(2 * (mxu.setup + mxu.tail) + chunk +
                       mxu.rows * mxu.peLatency + mxu.unitCols) +
                largest + small + powers;
      const int64_t valuesAhead =
          std::clamp<int64_t>(plan.chunks - 2, 0, plan.spares);
      const int64_t scoresAhead = std::min(plan.scorePlaces, plan.chunks) - 1;
      between -= double(valuesAhead) * values + double(scoresAhead) * scores;
      between = std::max(0.0, between);
    }
    auto blocks = double(divideCeil(shape.keys, plan.chunks * chunk));
    plan.cycles = (longest + between + rest / blocks) /
                  double(queries * plan.chunks * chunk);
  }

  const AttentionShape &shape;
  const acc::Target &target;
  AttentionPlan plan;
  int64_t stagedBytes = 0; ///< Of one of two buffers.
};
} // namespace

/// Blocks of keys for given blocks of queries.
static void tryChunks(const AttentionShape &shape, const acc::Target &target,
                      int64_t banks, bool limitsProgram, AttentionPlan plan,
                      int64_t mostKeys, FailureOr<AttentionPlan> &best) {
  SmallVector<int64_t> sizes;
  for (int64_t size = mostKeys; size > 0; size = size / 2) {
    sizes.push_back(size);
  }
  // Those that leave accumulators for a value.
  int64_t beside = (int64_t(target.mxu.accRows) - shape.columns()) / 2;
  if (plan.columnsAreQueries && beside > 0 && beside < mostKeys) {
    sizes.push_back(beside);
    sizes.push_back(divideCeil(beside, 2));
    // No step of the array is but partly filled.
    if (int64_t whole = beside - beside % int64_t(target.mxu.rows)) {
      sizes.push_back(whole);
    }
  }
  for (int64_t chunk : sizes) {
    for (int64_t chunks : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12}) {
      if (chunks > 1 && chunk * (chunks - 1) >= shape.keys) {
        break;
      }
      plan.chunk = chunk;
      plan.chunks = chunks;
      FailureOr<AttentionPlan> made =
          Candidate(shape, target, plan).run(banks, limitsProgram);
      if (succeeded(made) && (failed(best) || made->cycles < best->cycles)) {
        best = made;
      }
    }
  }
}

FailureOr<AttentionPlan> planAttention(const AttentionShape &shape,
                                       const acc::Target &target, int64_t banks,
                                       bool limitsProgram) {
  int64_t all = 1;
  for (int64_t rows : shape.rows) {
    all *= rows;
  }
  FailureOr<AttentionPlan> best = failure();
  for (bool columnsAreQueries : {true, false}) {
    int64_t mostQueries = std::min<int64_t>(
        all, columnsAreQueries ? target.mxuCols() : target.mxu.accRows / 4);
    int64_t mostKeys =
        std::min<int64_t>(shape.keys, columnsAreQueries ? target.mxu.accRows / 2
                                                        : target.mxuCols());
    for (int64_t queries = mostQueries; queries > 0; queries /= 2) {
      for (bool cutsPositions : {true, false}) {
        AttentionPlan plan;
        plan.columnsAreQueries = columnsAreQueries;
        // Heads that share keys stay together, or else blocks are fewer.
        plan.rowTile = shape.rows;
        plan.queries = all;
        for (size_t k = 0; k < shape.rows.size(); ++k) {
          size_t i = cutsPositions ? shape.rows.size() - 1 - k : k;
          int64_t others = plan.queries / plan.rowTile[i];
          if (plan.queries > queries) {
            // Blocks of about one size; full ones behind a smaller one, if they
            // see more keys than that.
            int64_t most = std::max<int64_t>(1, queries / others);
            plan.rowTile[i] = shape.isRowCounted[i]
                                  ? std::min(shape.rows[i], most)
                                  : divideCeil(shape.rows[i],
                                               divideCeil(shape.rows[i], most));
            plan.queries = others * plan.rowTile[i];
          }
        }
        tryChunks(shape, target, banks, limitsProgram, plan, mostKeys, best);
      }
    }
  }
  return best;
}

} // namespace xpu
