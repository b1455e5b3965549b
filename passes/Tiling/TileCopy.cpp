//===- TileCopy.cpp - Copies from HBM to HBM ------------------------------===//

#include "mlir/IR/PatternMatch.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Tiling/Tiling.h"

using namespace mlir;

namespace xpu {

LogicalResult tileCopy(RewriterBase &rewriter, memref::CopyOp op,
                       const acc::Target &target, int64_t bodyCommands) {
  auto type = cast<MemRefType>(op.getSource().getType());
  if (!type.hasStaticShape()) {
    return op.emitError(
        "expects static shapes; bind symbolic dimensions first");
  }
  // Outer dimensions give way first: runs stay long.
  int64_t budget = ScratchpadRegions::of(target, op).inputBytes() / 4;
  SmallVector<int64_t> tile(type.getShape());
  SmallVector<unsigned> dims;
  int64_t bytes = getByteSize(type);
  for (unsigned dim = 0; dim < tile.size(); ++dim) {
    dims.push_back(dim);
    if (bytes > budget && tile[dim] > 1) {
      int64_t rest = bytes / tile[dim];
      tile[dim] = std::max<int64_t>(1, budget / rest);
      bytes = rest * tile[dim];
    }
  }
  Location loc = op.getLoc();
  constexpr int64_t kCommands = 2; // A load and a store.
  TileLoops loops(type.getShape(), tile, dims, bodyCommands / kCommands);
  Operation *anchor = op;
  LogicalResult done = loops.emit(
      rewriter, loc, anchor,
      [&](const TileOffsets &offsets, ArrayRef<int64_t> sizes) {
        SmallVector<OpFoldResult> extents =
            getAsIndexOpFoldResult(rewriter.getContext(), sizes);
        TileOffsets ones(sizes.size(), rewriter.getIndexAttr(1));
        auto part = [&](Value whole) -> Value {
          return memref::SubViewOp::create(rewriter, loc, whole, offsets,
                                           extents, ones);
        };
        auto staging = memref::AllocOp::create(
            rewriter, loc,
            MemRefType::get(sizes, type.getElementType(),
                            MemRefLayoutAttrInterface(),
                            SpaceAttr::get(rewriter.getContext(), Space::SPM)));
        ScratchpadRegions::copyAttributes(op, staging);
        memref::CopyOp::create(rewriter, loc, part(op.getSource()), staging);
        memref::CopyOp::create(rewriter, loc, staging, part(op.getTarget()));
        return success();
      });
  rewriter.eraseOp(op);
  return done;
}

} // namespace xpu
