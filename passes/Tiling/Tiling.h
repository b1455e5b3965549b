//===- Tiling.h - Tiles of operations on buffers ----------------*- C++ -*-===//
//
// What tiling of the vector unit's and of the matrix unit's work share.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_TILING_TILING_H
#define PASSES_TILING_TILING_H

#include "dialects/Target/Target.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/Analysis/Contraction.h"

namespace xpu {

int64_t ceilDiv(int64_t a, int64_t b);

/// Bytes that a tile of `sizes` needs of an operand.
int64_t operandBytes(mlir::linalg::LinalgOp op, mlir::OpOperand &operand,
                     llvm::ArrayRef<int64_t> sizes);

/// Bytes of scratchpad that a tile of `sizes` needs for an operand: none if it
/// is a scalar, is not read, or is in the scratchpad already.
int64_t copiedBytes(mlir::linalg::LinalgOp op, mlir::OpOperand &operand,
                    llvm::ArrayRef<int64_t> sizes);

/// Calls `body` with offsets and sizes of every tile of `tile` in the loop
/// space `ranges`; dimensions not in `dims` are taken whole.
mlir::LogicalResult
forEachTile(llvm::ArrayRef<int64_t> ranges, llvm::ArrayRef<int64_t> tile,
            llvm::ArrayRef<unsigned> dims,
            llvm::function_ref<mlir::LogicalResult(llvm::ArrayRef<int64_t>,
                                                   llvm::ArrayRef<int64_t>)>
                body);

/// Emits the tiles of one operation, before it.
class TileBuilder {
public:
  TileBuilder(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op)
      : rewriter(rewriter), op(op), loc(op.getLoc()) {
    rewriter.setInsertionPoint(op);
  }

  /// A compact buffer with the shape of `like`.
  mlir::Value allocate(mlir::Value like, Space space);
  /// A scratchpad copy of `part`.
  mlir::Value copyIn(mlir::Value part);
  /// The part of `source` at these offsets, inserted before the operation.
  mlir::FailureOr<mlir::linalg::LinalgOp>
  makeTile(mlir::linalg::LinalgOp source, llvm::ArrayRef<int64_t> offsets,
           llvm::ArrayRef<int64_t> sizes);
  /// Copies the buffers that a tile reads into the scratchpad. Consecutive
  /// tiles often read the same part of an operand; it stays.
  void promoteInputs(mlir::linalg::LinalgOp tile);
  /// Copies one operand into the scratchpad, unless it is there, and returns
  /// the copy.
  mlir::Value promote(mlir::linalg::LinalgOp tile, mlir::OpOperand *input);

  mlir::RewriterBase &rewriter;
  mlir::linalg::LinalgOp op;
  mlir::Location loc;

private:
  /// The part of an operand that was copied last.
  struct Resident {
    mlir::Value part;
    mlir::Value copy;
  };
  llvm::SmallDenseMap<unsigned, Resident> residents;
};

/// The contraction whose results `epilogue` works on, tile by tile, and the
/// reverse; null if there is none.
mlir::linalg::LinalgOp findContraction(mlir::linalg::LinalgOp epilogue);
mlir::linalg::LinalgOp findEpilogue(mlir::linalg::LinalgOp contraction);

/// Tiles an operation of the vector unit and erases it.
mlir::LogicalResult tileVector(mlir::RewriterBase &rewriter,
                               mlir::linalg::LinalgOp op,
                               const acc::Target &target);

/// Tiles a contraction, and its epilogue if it has one, and erases them.
mlir::LogicalResult tileContraction(mlir::RewriterBase &rewriter,
                                    mlir::linalg::LinalgOp op,
                                    const ContractionDims &dims,
                                    const acc::Target &target);

} // namespace xpu

#endif // PASSES_TILING_TILING_H
