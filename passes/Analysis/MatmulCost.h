//===- MatmulCost.h - The quickest form of a matrix command -----*- C++ -*-===//

#ifndef PASSES_ANALYSIS_MATMULCOST_H
#define PASSES_ANALYSIS_MATMULCOST_H

#include "dialects/Target/Target.h"
#include "dialects/XPU/IR/XPU.h"
#include "passes/Analysis/StaticView.h"

namespace xpu {

/// The free choices of one matrix command, and what it adds to a row of its
/// like.
struct MatmulForm {
  /// Order of the three contraction loops; the last is spread over the rows of
  /// the array.
  llvm::SmallVector<unsigned> order;
  bool byColumn = false; ///< Weight tiles are fetched column by column.
  uint64_t cycles = 0;
};

/// `rows` has the strides of the streamed operand, `sums` those of the streamed
/// and of the stationary operand; both have three dimensions. `formats` are
/// those of the two operands.
MatmulForm chooseMatmulForm(const acc::Target &target, const LoopNest &rows,
                            const LoopNest &sums, int64_t columns,
                            int64_t columnStride,
                            std::pair<FormatKind, FormatKind> formats);

/// A product of blocks of 32 elements with a scale each, in one tile. Sizes of
/// the contraction and strides over it, in bytes, are those of blocks.
struct BlockStreams {
  LoopNest rows; ///< Strides of the streamed operand and of its scales.
  /// Strides of the streamed and the stationary operand, and of the scales of
  /// both.
  LoopNest sums;
  int64_t columns = 0;
  int64_t columnStride = 0;
  int64_t scaleColumnStride = 0;
  std::pair<FormatKind, FormatKind> formats;
};

/// The streams of a tile of `sizes`, by loop dimension. `strides` are those of
/// the streamed and the stationary operand and of the scales of both, in bytes.
BlockStreams
getBlockStreams(llvm::ArrayRef<int64_t> sizes, llvm::ArrayRef<unsigned> rowDims,
                llvm::ArrayRef<unsigned> sumDims, unsigned columnDim,
                const std::array<llvm::SmallVector<int64_t>, 4> &strides,
                int64_t columns, std::pair<FormatKind, FormatKind> formats);

/// The command for a product of blocks, and what it takes. The last dimension
/// of the contraction has elements, and strides are per piece of elements.
struct BlockForm {
  llvm::SmallVector<int64_t> kSizes, aStrides, wStrides, aScaleStrides,
      wScaleStrides;
  bool byColumn = false;
  uint64_t cycles = 0;
};

/// The quickest form; fails if the contraction has more than three dimensions
/// and no blocks that follow each other.
mlir::FailureOr<BlockForm> chooseBlockForm(const acc::Target &target,
                                           BlockStreams streams);

} // namespace xpu

#endif // PASSES_ANALYSIS_MATMULCOST_H
