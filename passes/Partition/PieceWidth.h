//===- PieceWidth.h - Columns that slices add up at a time ------*- C++ -*-===//

#ifndef PASSES_PARTITION_PIECEWIDTH_H
#define PASSES_PARTITION_PIECEWIDTH_H

#include "passes/Analysis/ScratchpadRegions.h"
#include "llvm/Support/MathExtras.h"

namespace xpu {

/// Columns of a piece of a product's results, of so many rows and columns, that
/// slices add up while the next piece is computed: as many as the array has, or
/// several times that, if a piece stays in the scratchpad together with the
/// next one; all about equal, as few columns are slow to load. 0 if not even
/// one pass of the array stays there.
inline int64_t pieceWidth(const acc::Target &target, int64_t rows,
                          int64_t columns, int64_t elementBytes) {
  const int64_t most = ScratchpadRegions::residentRoom(target) / 4;
  const int64_t passes = most / (rows * target.mxuCols() * elementBytes);
  if (passes == 0) {
    return 0;
  }
  const int64_t pieces =
      llvm::divideCeil(columns, uint64_t(passes * target.mxuCols()));
  constexpr int64_t kAligned = 16;
  return llvm::alignTo(llvm::divideCeil(columns, uint64_t(pieces)), kAligned);
}

} // namespace xpu

#endif // PASSES_PARTITION_PIECEWIDTH_H
