//===- BufferViews.h - Buffers behind views ---------------------*- C++ -*-===//

#ifndef PASSES_ANALYSIS_BUFFERVIEWS_H
#define PASSES_ANALYSIS_BUFFERVIEWS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Value.h"

namespace xpu {

/// A part, reshape or transpose of another buffer, without memory of its own.
bool isView(mlir::Operation *op);

/// The buffer that `memref` is a view of.
mlir::Value getViewRoot(mlir::Value memref);

/// The same view of `root` as `memref` is of its own root, in the memory space
/// of `root`; made at the insertion point.
mlir::Value cloneView(mlir::RewriterBase &rewriter, mlir::Value memref,
                      mlir::Value root);

/// The blocks of a program: bodies of loops, inner ones first, then that of the
/// function.
llvm::SmallVector<mlir::Block *> getProgramBlocks(mlir::func::FuncOp func);

} // namespace xpu

#endif // PASSES_ANALYSIS_BUFFERVIEWS_H
