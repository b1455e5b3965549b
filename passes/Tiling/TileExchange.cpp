//===- TileExchange.cpp - Collectives on tiles in the scratchpad ----------===//

#include "mlir/IR/PatternMatch.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Tiling/Tiling.h"

using namespace mlir;

namespace xpu {

/// Sums need the format; the rest is moved as bits of the same size.
static FormatKind formatOf(Type element) {
  switch (getElementBytes(element)) {
  case 1:
    return FormatKind::I8;
  case 2:
    return element.isF16() ? FormatKind::F16 : FormatKind::BF16;
  default:
    return element.isF32() ? FormatKind::F32 : FormatKind::I32;
  }
}

LogicalResult tileExchange(RewriterBase &rewriter, ExchangeOp op,
                           const acc::Target &target, int64_t bodyCommands) {
  const bool gathers = op.getKind() == CollectiveKind::AllGather;
  const bool scatters = op.getKind() == CollectiveKind::ReduceScatter;
  // The smaller buffer: one part.
  auto type =
      cast<MemRefType>((scatters ? op.getDest() : op.getSource()).getType());
  Type element = type.getElementType();
  const int64_t bytes = getElementBytes(element);
  if (bytes != 1 && bytes != 2 && bytes != 4) {
    return op.emitError() << "unsupported: elements of type " << element
                          << " on the network between slices";
  }
  const int64_t members = op.getMembers();
  // Columns come first: a row is a run in memory and on the network.
  const int64_t perColumn = bytes * (gathers || scatters ? members + 1 : 1);
  const int64_t budget =
      std::max(perColumn, ScratchpadRegions::of(target, op).inputBytes() / 4);
  auto limit = [](int64_t size, int64_t most) {
    return std::clamp<int64_t>(most, 1, std::min<int64_t>(size, UINT16_MAX));
  };
  const int64_t columns = limit(type.getDimSize(1), budget / perColumn);
  const int64_t rows =
      limit(type.getDimSize(0), budget / (perColumn * columns));

  Location loc = op.getLoc();
  MLIRContext *context = rewriter.getContext();
  auto allocate = [&](ArrayRef<int64_t> shape) {
    auto alloc = memref::AllocOp::create(
        rewriter, loc,
        MemRefType::get(shape, element, MemRefLayoutAttrInterface(),
                        SpaceAttr::get(context, Space::SPM)));
    ScratchpadRegions::copyAttributes(op, alloc);
    return alloc;
  };
  auto part = [&](Value whole, const TileOffsets &offsets,
                  ArrayRef<int64_t> sizes) -> Value {
    TileOffsets ones(sizes.size(), rewriter.getIndexAttr(1));
    return memref::SubViewOp::create(rewriter, loc, whole, offsets,
                                     getAsIndexOpFoldResult(context, sizes),
                                     ones);
  };
  constexpr int64_t kCommands = 3; // A load, a collective and a store.
  TileLoops loops(type.getShape(), {rows, columns}, {0, 1},
                  bodyCommands / kCommands);
  Operation *anchor = op;
  LogicalResult done = loops.emit(
      rewriter, loc, anchor,
      [&](const TileOffsets &offsets, ArrayRef<int64_t> sizes) {
        const int64_t r = sizes[0], c = sizes[1];
        // One part, and those of all members, next to each other in each row.
        TileOffsets allOffsets = offsets;
        SmallVector<int64_t> allSizes(sizes);
        allOffsets.insert(allOffsets.begin() + 1, rewriter.getIndexAttr(0));
        allSizes.insert(allSizes.begin() + 1, members);
        const SmallVector<int64_t> one = {0, c * bytes, bytes};
        const SmallVector<int64_t> many = {c * bytes, members * c * bytes,
                                           bytes};
        Value own = allocate(scatters ? allSizes : SmallVector<int64_t>{r, c});
        Value result = scatters  ? allocate({r, c})
                       : gathers ? allocate(allSizes)
                                 : own;
        memref::CopyOp::create(rewriter, loc,
                               scatters
                                   ? part(op.getSource(), allOffsets, allSizes)
                                   : part(op.getSource(), offsets, sizes),
                               own);
        CollectiveOp::create(
            rewriter, loc, op.getKind(), op.getReductionAttr(), op.getGroup(),
            members, r, c, formatOf(element), own,
            StreamAttr::get(context, 0, scatters ? many : one), result,
            StreamAttr::get(context, 0, gathers ? many : one));
        memref::CopyOp::create(rewriter, loc, result,
                               gathers
                                   ? part(op.getDest(), allOffsets, allSizes)
                                   : part(op.getDest(), offsets, sizes));
        return success();
      });
  rewriter.eraseOp(op);
  return done;
}

} // namespace xpu
