//===- OperandInPieces.h - A gathered operand, piece by piece ---*- C++ -*-===//
//
// What slices gather of an operand of products may be in memory in pieces, one
// behind the other, each with some columns of all rows. A product then reads a
// piece while later ones are still on the network.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_PARTITION_OPERANDINPIECES_H
#define PASSES_PARTITION_OPERANDINPIECES_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "passes/Partition/ExchangeViews.h"

namespace xpu {

class OperandInPieces {
public:
  /// `whole` has rows of the sums' terms, one dimension of the products that
  /// read it. Its columns are `members` runs, and a piece is an equal part of
  /// each run, or of the whole row if that is one run. Nothing if others than
  /// products read it, or not after `gather`.
  static std::optional<OperandInPieces> match(mlir::Value whole,
                                              mlir::Operation *gather,
                                              int64_t members, int64_t pieces);

  /// Makes the buffer in pieces, in place of the whole; says so on the buffer
  /// if it is to be in HBM.
  void create(mlir::RewriterBase &rewriter, bool isInMemory);
  /// Rows of a piece: the columns of the members side by side.
  mlir::Value rowsOf(mlir::RewriterBase &rewriter, mlir::Location loc,
                     int64_t piece) const;
  /// Lets the products read the pieces. Nobody else may use the whole any more.
  void replaceWhole(mlir::RewriterBase &rewriter);

private:
  struct Reader {
    mlir::linalg::GenericOp product;
    unsigned input;
    unsigned loop; ///< Over the columns.
  };
  static std::optional<Reader> matchReader(mlir::Operation *op,
                                           mlir::Value whole);
  mlir::Value expandColumns(mlir::RewriterBase &rewriter, mlir::Location loc,
                            mlir::Value buffer, unsigned dim,
                            llvm::ArrayRef<int64_t> sizes) const;
  void rewrite(mlir::RewriterBase &rewriter, Reader reader) const;

  mlir::Value whole, inPieces;
  int64_t members = 1, pieces = 1, columns = 0; ///< Of a member's run in one.
  llvm::SmallVector<Reader> readers;
};

} // namespace xpu

#endif // PASSES_PARTITION_OPERANDINPIECES_H
