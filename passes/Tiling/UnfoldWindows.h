//===- UnfoldWindows.h - Rows of windows as a dimension ---------*- C++ -*-===//
//
// A step of the array sums up to as many products as the array has rows, along
// one dimension of the contraction or along several that lie at equal distances
// in both operands. A convolution of an image with few channels has no such
// dimension: seven elements of a window's row, or three channels. The rows of
// windows, taken for a dimension of the image, overlap in memory but not in the
// copy that a tile has of them. There, rows of windows and channels are one
// dimension, and rows of the image are there once for each row of windows that
// they are in.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_TILING_UNFOLDWINDOWS_H
#define PASSES_TILING_UNFOLDWINDOWS_H

#include "dialects/Target/Target.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"
#include "passes/Analysis/Contraction.h"

namespace xpu {

/// A contraction whose windows were unfolded, and how it was before.
class UnfoldedWindows {
public:
  /// Unfolds the rows of windows of an input in memory, if no dimension of the
  /// contraction fills the rows of the array; fails, with nothing changed, if
  /// one does or there are no such windows. Loops stay as they are.
  static mlir::FailureOr<UnfoldedWindows> create(mlir::RewriterBase &rewriter,
                                                 mlir::linalg::LinalgOp op,
                                                 const ContractionDims &dims,
                                                 const acc::Target &target);

  /// Makes the contraction what it was.
  void undo(mlir::RewriterBase &rewriter) const;

private:
  mlir::linalg::GenericOp op;
  unsigned input = 0;
  mlir::Value image; ///< What the input was.
  mlir::ArrayAttr maps;
};

} // namespace xpu

#endif // PASSES_TILING_UNFOLDWINDOWS_H
