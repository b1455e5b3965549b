//===- Selector.h - State of instruction selection --------------*- C++ -*-===//

#ifndef PASSES_LINALGTOXPU_SELECTOR_H
#define PASSES_LINALGTOXPU_SELECTOR_H

#include "dialects/Target/Target.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"
#include "passes/Analysis/StaticView.h"

namespace xpu {

/// Accumulators that hold a tensor: rows are linear in its dimensions other
/// than those of columns, outermost first.
struct AccumulatorTile {
  mlir::Value buffer;
  unsigned columnPosition = 0;
  /// Of a second dimension over the columns, whose iterations begin `pitch`
  /// columns apart; the first if there is none.
  unsigned columnRowPosition = 0;
  int64_t pitch = 0;
  bool written = false;
  /// Of the next product: how often it halves what is there, by column.
  mlir::Value halvings;
  StreamAttr halvingStream;
};

/// Selects commands for the operations of one block, in order.
class Selector {
public:
  Selector(mlir::RewriterBase &rewriter, const acc::Target &target)
      : rewriter(rewriter), target(target) {}

  /// Replaces the operations of a program by commands.
  mlir::LogicalResult run(mlir::Block &program) { return selectBlock(program); }

  /// Replaces `op` by commands; emits an error and fails if it has none.
  mlir::LogicalResult select(mlir::Operation *op);

private:
  /// Selects commands for the operations of a block, and of loops in it.
  mlir::LogicalResult selectBlock(mlir::Block &block);
  /// The buffer of a view as commands name it: moved by the loops around.
  mlir::Value operandOf(const StaticView &view, mlir::Location loc);

  // Copies (SelectCopy.cpp).
  mlir::LogicalResult selectCopy(mlir::memref::CopyOp op);
  mlir::LogicalResult storeAccumulators(mlir::memref::CopyOp op,
                                        StaticView dest);
  /// A scratchpad buffer for what `op` becomes.
  mlir::Value allocateTile(mlir::Operation *op, llvm::ArrayRef<int64_t> shape,
                           mlir::Type elementType);
  void transfer(mlir::Location loc, const StaticView &hbm,
                const StaticView &spm, bool isLoad);
  mlir::LogicalResult selectGather(mlir::linalg::GenericOp op);

  // Matrix unit (SelectMatrix.cpp).
  /// The loops of a contraction over the columns.
  struct ColumnLoops {
    unsigned dim, rowDim; ///< The same if there is one.
    int64_t pitch;        ///< From an iteration of `rowDim` to the next.
    int64_t count;        ///< Columns.
  };
  /// The accumulators for the result of a contraction.
  AccumulatorTile &accumulatorsOf(mlir::linalg::LinalgOp op,
                                  const ColumnLoops &columns);
  mlir::LogicalResult selectContraction(mlir::linalg::LinalgOp op);
  /// Whether accumulators are divided by powers of two, one for each column.
  bool isHalving(mlir::linalg::GenericOp op);
  /// The next product into the accumulators does it.
  mlir::LogicalResult selectHalving(mlir::linalg::GenericOp op);

  // Vector unit (SelectVector.cpp).
  mlir::LogicalResult selectVector(mlir::linalg::GenericOp op);
  /// The constant that a reduction into `root` starts from: its attribute, or
  /// a fill before it, which is then gone.
  mlir::FailureOr<mlir::TypedAttr> takeStartValue(mlir::linalg::GenericOp op,
                                                  mlir::Value root);
  mlir::LogicalResult emitFill(mlir::linalg::FillOp op);
  /// Emits fills that somebody but a reduction is going to see.
  mlir::LogicalResult flushFills(mlir::Operation *reader);
  /// Emits all fills: what follows is executed several times.
  mlir::LogicalResult flushAllFills();

public:
  /// A value to compute for every point of a loop space and where it goes.
  struct VectorWork {
    mlir::Location loc;
    llvm::SmallVector<int64_t> sizes;
    llvm::SmallVector<bool> reduced; ///< Per dimension.
    /// Input streams: bound value, buffer (null: iota), format, offset,
    /// strides.
    struct Input {
      mlir::Value bound;
      mlir::Value buffer;
      FormatKind format;
      int64_t offset;
      llvm::SmallVector<int64_t> strides;
    };
    llvm::SmallVector<Input> inputs;
    mlir::Value result; ///< Scalar to compute (what a reduction combines).
    mlir::Value output; ///< Buffer.
    FormatKind outFormat;
    int64_t outOffset = 0;
    llvm::SmallVector<int64_t> outStrides;
    std::optional<isa::Uop> combiner; ///< Of a reduction.
    /// The first so many inputs are elements that are combined; `result` is the
    /// first of them.
    unsigned combined = 1;
    uint32_t reduceInit = 0;
  };
  /// Loops of a reduction over few elements of one input become inputs of
  /// their own, if the order of elements does not matter: one command reads
  /// them side by side, instead of one after the other.
  static void combineInputs(VectorWork &work, uint32_t neutral);
  /// Makes one loop of those over rows of an image and along a row, which takes
  /// what is between rows along, where that is nobody's (`kGapsAttr`).
  static void joinRows(VectorWork &work);
  /// Chooses loop order and lanes, and emits the commands.
  mlir::LogicalResult emitVector(const VectorWork &work);

private:
  mlir::RewriterBase &rewriter;
  const acc::Target &target;
  llvm::DenseMap<mlir::Value, AccumulatorTile> accumulators;
  llvm::MapVector<mlir::Value, mlir::linalg::FillOp> pendingFills;
};

/// Format of elements as the vector unit loads and stores them.
std::optional<FormatKind> getVectorFormat(mlir::Type type,
                                          bool isUnsigned = false);

/// The same for elements that are moved only: small floats by their codes.
std::optional<FormatKind> getMoveFormat(mlir::Type type);

} // namespace xpu

#endif // PASSES_LINALGTOXPU_SELECTOR_H
