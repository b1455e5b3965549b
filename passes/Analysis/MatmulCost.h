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

} // namespace xpu

#endif // PASSES_ANALYSIS_MATMULCOST_H
