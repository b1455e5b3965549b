//===- ExchangeViews.h - Columns and parts of what is exchanged -*- C++ -*-===//

#ifndef PASSES_PARTITION_EXCHANGEVIEWS_H
#define PASSES_PARTITION_EXCHANGEVIEWS_H

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/PatternMatch.h"

namespace xpu {

inline mlir::MemRefType memRefTypeOf(mlir::Value buffer) {
  return llvm::cast<mlir::MemRefType>(buffer.getType());
}

/// The buffer that is seen here in another shape, with its elements in order;
/// null if it is seen in part or in another order.
mlir::Value findReshaped(mlir::Value view);

/// Rows of the last dimension.
int64_t countRows(mlir::MemRefType type);

/// The leading dimensions as one.
mlir::Value collapseRows(mlir::RewriterBase &rewriter, mlir::Location loc,
                         mlir::Value buffer);

/// Some columns of a buffer, as rows.
mlir::Value columnsOf(mlir::RewriterBase &rewriter, mlir::Location loc,
                      mlir::Value whole, int64_t begin, int64_t size);

/// Rows of all members, one member's behind those of another, as rows of a part
/// for each.
mlir::Value rowsOfParts(mlir::RewriterBase &rewriter, mlir::Location loc,
                        mlir::Value rows, int64_t members);

/// Erases views of `root` from this one on that nobody uses.
void eraseUnusedViews(mlir::RewriterBase &rewriter, mlir::Value view,
                      mlir::Value root);

} // namespace xpu

#endif // PASSES_PARTITION_EXCHANGEVIEWS_H
