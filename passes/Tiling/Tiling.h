//===- Tiling.h - Tiles of operations on buffers ----------------*- C++ -*-===//
//
// What tiling of the vector unit's and of the matrix unit's work share.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_TILING_TILING_H
#define PASSES_TILING_TILING_H

#include "dialects/Model/IR/Model.h"
#include "dialects/Target/Target.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/Analysis/Contraction.h"

namespace xpu {

int64_t ceilDiv(int64_t a, int64_t b);

/// What a tile has of one dimension of an operand: `size` elements, `step`
/// apart. Where each loop of more than one iteration passes over elements, as
/// those of a convolution with a stride do for one element of the window, the
/// others are left out; not of the innermost dimension, whose rows are moved as
/// they are, and not where rows are short.
struct TileExtent {
  int64_t size = 1;
  int64_t step = 1;
};
/// Of result `index` of an operand's map, in a tile of `sizes`.
TileExtent getTileExtent(mlir::AffineMap map, unsigned index,
                         llvm::ArrayRef<int64_t> sizes);
/// Elements from row to row of a copy of a tile: where a loop passes over
/// elements of a row, a multiple of its stride, so that it goes on in the next
/// row.
int64_t getRowPitch(mlir::AffineMap map, llvm::ArrayRef<int64_t> sizes);

/// Bytes that a tile of `sizes` needs of an operand.
int64_t operandBytes(mlir::linalg::LinalgOp op, mlir::OpOperand &operand,
                     llvm::ArrayRef<int64_t> sizes);

/// Bytes of scratchpad that a tile of `sizes` needs for an operand: none if it
/// is a scalar, is not read, or is in the scratchpad already.
int64_t copiedBytes(mlir::linalg::LinalgOp op, mlir::OpOperand &operand,
                    llvm::ArrayRef<int64_t> sizes);

/// Calls `body` for every tile of `tile` in the loop space `ranges`, in order;
/// dimensions not in `dims` are taken whole. Offsets are constants.
mlir::LogicalResult
forEachTile(llvm::ArrayRef<int64_t> ranges, llvm::ArrayRef<int64_t> tile,
            llvm::ArrayRef<unsigned> dims,
            llvm::function_ref<mlir::LogicalResult(llvm::ArrayRef<int64_t>,
                                                   llvm::ArrayRef<int64_t>)>
                body);

/// A place in a loop space: constants, or what loops count.
using TileOffsets = llvm::SmallVector<mlir::OpFoldResult>;

/// Tiles of one operation, as loops or written out.
///
/// Loops go over groups of tiles, and the tiles of a group are written out:
/// buffers take turns among them, and a loop begins with idle engines. Tiles
/// that make no whole group, and a last smaller one, come behind the loop. The
/// size of a program then does not depend on the number of tiles.
class TileLoops {
public:
  /// `dims` are cut, the outermost first. `limit` is the number of tiles that
  /// may be written out; dimensions in `unrolled` never become loops. Groups
  /// are multiples of `multiple`.
  TileLoops(llvm::ArrayRef<int64_t> ranges, llvm::ArrayRef<int64_t> tile,
            llvm::ArrayRef<unsigned> dims, int64_t limit,
            const llvm::SmallDenseSet<unsigned> &unrolled = {},
            int64_t multiple = 1);

  /// Emits loops before `anchor`, which afterwards is where the tile goes, and
  /// calls `body` with offsets and sizes.
  using Body = llvm::function_ref<mlir::LogicalResult(const TileOffsets &,
                                                      llvm::ArrayRef<int64_t>)>;
  /// Called for each iteration of the outer `depth` loops, before the loops in
  /// it, with dimensions of these as a whole.
  struct Prologue {
    size_t depth;
    Body body;
  };
  mlir::LogicalResult emit(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Operation *&anchor, Body body,
                           Prologue prologue = {}) const;

  /// The first tile is never in a loop: what it does differs.
  void peelFirst() { isFirstPeeled = true; }

  bool hasLoops() const {
    return llvm::any_of(llvm::seq<size_t>(0, dims.size()), [&](size_t i) {
      return countTrips(i, isFirstPeeled) > 0;
    });
  }
  /// Tiles that an iteration of the innermost loop writes out, or all.
  int64_t countWrittenOut() const;
  /// Whether a loop, an iteration with loops in it (also such as the body of a
  /// tile has), or what is behind a loop begins with the tile at `offsets`: all
  /// engines are idle then.
  bool beginsIdle(llvm::ArrayRef<int64_t> offsets, bool bodyHasLoops) const;

private:
  mlir::LogicalResult emitDim(size_t index, bool isFirst, TileOffsets &offsets,
                              llvm::SmallVectorImpl<int64_t> &sizes,
                              mlir::OpBuilder &builder, mlir::Location loc,
                              mlir::Operation *&anchor, Body body,
                              Prologue prologue) const;
  /// Iterations over groups of tiles of `dims[index]`; 0: there is no loop.
  int64_t countTrips(size_t index, bool isFirst) const;

  llvm::SmallVector<int64_t> ranges;
  llvm::SmallVector<int64_t> tile;
  llvm::SmallVector<unsigned> dims;
  llvm::SmallVector<int64_t>
      group; ///< Tiles of an iteration, by `dims`; 0: no loop.
  bool isFirstPeeled = false;
};

/// Emits the tiles of one operation, before `anchor`.
class TileBuilder {
public:
  TileBuilder(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op)
      : rewriter(rewriter), op(op), loc(op.getLoc()), anchor(op) {
    rewriter.setInsertionPoint(op);
  }

  /// A compact buffer with the shape of `like`.
  mlir::Value allocate(mlir::Value like, Space space);
  /// A buffer in the scratchpad with rows that are an odd number of elements
  /// apart, or of bytes if elements are blocks, so that elements (bytes) of
  /// many rows can be accessed together.
  mlir::Value allocateSpread(mlir::Value like);
  /// One whose innermost rows begin `pitch` elements apart.
  mlir::Value allocateWithPitch(mlir::Value like, int64_t pitch);
  /// A scratchpad copy of `part`.
  mlir::Value copyIn(mlir::Value part, bool isSpread = false);
  /// The same of what a tile reads, with rows as getRowPitch has them.
  mlir::Value copyIn(mlir::linalg::LinalgOp tile, mlir::OpOperand &input,
                     bool isSpread);
  /// The part of `source` at these offsets, inserted before the anchor. Its
  /// operands are what getTileExtent says.
  mlir::FailureOr<mlir::linalg::LinalgOp>
  makeTile(mlir::linalg::LinalgOp source, const TileOffsets &offsets,
           llvm::ArrayRef<int64_t> sizes);
  /// Goes on before `place`.
  void moveTo(mlir::Operation *place);
  /// Calls `body` for each tile, before the anchor.
  mlir::LogicalResult forEach(const TileLoops &loops, TileLoops::Body body,
                              TileLoops::Prologue prologue = {});
  /// Copies the buffers that a tile reads into the scratchpad, some with spread
  /// rows. Consecutive tiles often read the same part of an operand; it stays.
  void promoteInputs(mlir::linalg::LinalgOp tile,
                     const llvm::SmallDenseSet<unsigned> &spread = {});
  /// Copies one operand into the scratchpad, unless it is there, and returns
  /// the copy.
  mlir::Value promote(mlir::linalg::LinalgOp tile, mlir::OpOperand *input,
                      bool isSpread = false);

  mlir::RewriterBase &rewriter;
  mlir::linalg::LinalgOp op;
  mlir::Location loc;
  /// Tiles go before it: the operation, or the end of a loop's body.
  mlir::Operation *anchor;

private:
  /// Takes what no iteration reads out of the operands of a tile.
  void leaveOutUnread(mlir::linalg::LinalgOp tile);
  /// The part of a buffer of `shape` that begins where it does.
  mlir::Value frontOf(mlir::Value whole, llvm::ArrayRef<int64_t> shape);

  /// The part of an operand that was copied last.
  struct Resident {
    mlir::Value part;
    mlir::Value copy;
  };
  llvm::SmallDenseMap<unsigned, Resident> residents;
};

class ContractionChoices;

/// Dimensions that the body of `op` uses as numbers: a loop's counter is no
/// number that the vector unit knows.
llvm::SmallDenseSet<unsigned> getCountedDims(mlir::linalg::LinalgOp op);

/// The contraction whose results `epilogue` works on, tile by tile, and the
/// reverse; null if there is none.
mlir::linalg::LinalgOp findContraction(mlir::linalg::LinalgOp epilogue);
mlir::linalg::LinalgOp findEpilogue(mlir::linalg::LinalgOp contraction);
/// What is done with the tiles that an epilogue writes; null if there is none.
mlir::linalg::LinalgOp findSecondEpilogue(mlir::linalg::LinalgOp epilogue);
/// Moves the buffer that `op` writes up before `place`, with views of it and
/// what fills it; fails, and moves nothing, if something else has to do with it
/// before `op`.
mlir::LogicalResult hoistResult(mlir::RewriterBase &rewriter,
                                mlir::linalg::LinalgOp op,
                                mlir::Operation *place);

/// The dimensions of a contraction on buffers that the matrix unit is to
/// compute: those that would use one row or one column of the array only, for
/// each of a batch, go to the vector unit if it is quicker.
mlir::FailureOr<ContractionDims> matchMatrixWork(mlir::linalg::LinalgOp op,
                                                 const acc::Target &target);

/// Tiles an operation of the vector unit and erases it; `bodyCommands` as in
/// Passes.h.
mlir::LogicalResult tileVector(mlir::RewriterBase &rewriter,
                               mlir::linalg::LinalgOp op,
                               const acc::Target &target, int64_t bodyCommands);

/// Tiles a copy from HBM to HBM, through the scratchpad, and erases it.
mlir::LogicalResult tileCopy(mlir::RewriterBase &rewriter,
                             mlir::memref::CopyOp op, const acc::Target &target,
                             int64_t bodyCommands);

/// Tiles a contraction with the tile of a rank (ContractionChoices::choose),
/// and its epilogue if it has one, and erases them.
mlir::LogicalResult
tileContraction(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op,
                const ContractionDims &dims, ContractionChoices &choices,
                size_t rank, const acc::Target &target, int64_t bodyCommands);

/// Makes blocks of attention, and erases it.
mlir::LogicalResult tileAttention(mlir::RewriterBase &rewriter,
                                  acc::model::AttentionOp op,
                                  const acc::Target &target);

/// Makes collectives of tiles of what slices exchange, and erases it.
mlir::LogicalResult tileExchange(mlir::RewriterBase &rewriter, ExchangeOp op,
                                 const acc::Target &target,
                                 int64_t bodyCommands);

} // namespace xpu

#endif // PASSES_TILING_TILING_H
