//===- TileExchange.cpp - Collectives on tiles in the scratchpad ----------===//

#include "mlir/IR/PatternMatch.h"
#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Analysis/StaticView.h"
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

namespace {
/// What an exchange reads or writes, as rows of one part or of a part for each
/// member.
struct Side {
  Value whole;
  bool hasParts = false;
  /// If it stays in the scratchpad: where, and its strides.
  std::optional<StaticView> resident;
};

/// What a collective reads or writes.
struct Tile {
  Value buffer;
  StreamAttr stream;
};

class Exchange {
public:
  Exchange(RewriterBase &rewriter, ExchangeOp op)
      : rewriter(rewriter), op(op), members(op.getMembers()) {}

  LogicalResult run(const acc::Target &target, int64_t bodyCommands) {
    const bool gathers = op.getKind() == CollectiveKind::AllGather;
    const bool scatters = op.getKind() == CollectiveKind::ReduceScatter;
    source = {op.getSource(), scatters, std::nullopt};
    dest = {op.getDest(), gathers, std::nullopt};
    auto type = cast<MemRefType>((scatters ? dest : source).whole.getType());
    element = type.getElementType();
    bytes = getElementBytes(element);
    if (bytes != 1 && bytes != 2 && bytes != 4) {
      return op.emitError() << "unsupported: elements of type " << element
                            << " on the network between slices";
    }
    if (failed(findResident(source)) || failed(findResident(dest))) {
      return failure();
    }
    const bool isInPlace = !gathers && !scatters;
    const int64_t perColumn =
        bytes * ((source.resident ? 0
                  : scatters      ? members
                                  : 1) +
                 (dest.resident || (isInPlace && !source.resident) ? 0
                  : gathers                                        ? members
                                                                   : 1));
    // Tiles that are between those of a product leave most of the room to it.
    Operation *whole = getViewRoot(op.getDest()).getDefiningOp();
    const bool isPiece = whole && whole->hasAttr(kInPiecesAttr);
    const int64_t share = isPiece ? 8 : 4;
    const int64_t budget = std::max(
        perColumn, ScratchpadRegions::of(target, op).inputBytes() / share);
    auto limit = [](int64_t size, int64_t most) {
      return std::clamp<int64_t>(most, 1, std::min<int64_t>(size, UINT16_MAX));
    };
    // Columns come first: a row is a run in memory and on the network.
    const int64_t most = perColumn == 0 ? UINT16_MAX : budget / perColumn;
    const int64_t columns = limit(type.getDimSize(1), most);
    const int64_t rows =
        limit(type.getDimSize(0), perColumn == 0 ? most : most / columns);
    constexpr int64_t kCommands = 3; // A load, a collective and a store.
    // Places in residents are constants.
    const bool isUnrolled = source.resident || dest.resident;
    // Tiles of a loop would stay in it.
    constexpr int64_t kTilesOfPiece = 128;
    TileLoops loops(type.getShape(), {rows, columns}, {0, 1},
                    isUnrolled ? std::numeric_limits<int64_t>::max()
                    : isPiece
                        ? std::max(kTilesOfPiece, bodyCommands / kCommands)
                        : bodyCommands / kCommands);
    Operation *anchor = op;
    LogicalResult done =
        loops.emit(rewriter, op.getLoc(), anchor,
                   [&](const TileOffsets &offsets, ArrayRef<int64_t> sizes) {
                     emitTile(offsets, sizes, isInPlace);
                     return success();
                   });
    rewriter.eraseOp(op);
    return done;
  }

private:
  LogicalResult findResident(Side &side) {
    if (getSpace(side.whole.getType()) != Space::SPM) {
      return success();
    }
    FailureOr<StaticView> view = getStaticView(side.whole);
    if (failed(view) || !view->shifts.empty() ||
        view->strides.back() != bytes) {
      return op.emitError("expects rows in the scratchpad at a constant place");
    }
    side.resident = *view;
    return success();
  }

  /// The rows and columns of a side.
  std::pair<TileOffsets, SmallVector<int64_t>>
  place(const Side &side, const TileOffsets &offsets, ArrayRef<int64_t> sizes) {
    TileOffsets from = offsets;
    SmallVector<int64_t> extents(sizes);
    if (side.hasParts) {
      from.insert(from.begin() + 1, rewriter.getIndexAttr(0));
      extents.insert(extents.begin() + 1, members);
    }
    return {from, extents};
  }

  Value viewOf(const Side &side, const TileOffsets &offsets,
               ArrayRef<int64_t> sizes) {
    auto [from, extents] = place(side, offsets, sizes);
    TileOffsets ones(extents.size(), rewriter.getIndexAttr(1));
    return memref::SubViewOp::create(
        rewriter, op.getLoc(), side.whole, from,
        getAsIndexOpFoldResult(op.getContext(), extents), ones);
  }

  /// Parts are next to each other in each row.
  Tile makeTile(const Side &side, const TileOffsets &offsets,
                ArrayRef<int64_t> sizes) {
    SmallVector<int64_t> extents = place(side, offsets, sizes).second;
    auto alloc = memref::AllocOp::create(
        rewriter, op.getLoc(),
        MemRefType::get(extents, element, MemRefLayoutAttrInterface(),
                        SpaceAttr::get(op.getContext(), Space::SPM)));
    ScratchpadRegions::copyAttributes(op, alloc);
    const int64_t part = sizes[1] * bytes;
    SmallVector<int64_t> strides = {0, part, bytes};
    if (side.hasParts) {
      strides = {part, members * part, bytes};
    }
    return {alloc, StreamAttr::get(op.getContext(), 0, strides)};
  }

  Tile tileOf(const Side &side, const TileOffsets &offsets,
              ArrayRef<int64_t> sizes) {
    if (!side.resident) {
      return makeTile(side, offsets, sizes);
    }
    const StaticView &view = *side.resident;
    int64_t offset = view.offset +
                     *getConstantIntValue(offsets[0]) * view.strides[0] +
                     *getConstantIntValue(offsets[1]) * bytes;
    SmallVector<int64_t> strides = {side.hasParts ? view.strides[1] : 0,
                                    view.strides[0], bytes};
    return {view.root, StreamAttr::get(op.getContext(), offset, strides)};
  }

  void emitTile(const TileOffsets &offsets, ArrayRef<int64_t> sizes,
                bool isInPlace) {
    Location loc = op.getLoc();
    Tile from = tileOf(source, offsets, sizes);
    // Sums are made in place, unless that is somebody else's.
    Tile to = isInPlace && !source.resident && !dest.resident
                  ? from
                  : tileOf(dest, offsets, sizes);
    if (!source.resident) {
      memref::CopyOp::create(rewriter, loc, viewOf(source, offsets, sizes),
                             from.buffer);
    }
    CollectiveOp::create(rewriter, loc, op.getKind(), op.getReductionAttr(),
                         op.getGroup(), members, sizes[0], sizes[1],
                         formatOf(element), from.buffer, from.stream, to.buffer,
                         to.stream, /*root=*/0, op.getChips());
    if (!dest.resident) {
      memref::CopyOp::create(rewriter, loc, to.buffer,
                             viewOf(dest, offsets, sizes));
    }
  }

  RewriterBase &rewriter;
  ExchangeOp op;
  const int64_t members;
  Type element;
  int64_t bytes = 0;
  Side source, dest;
};
} // namespace

LogicalResult tileExchange(RewriterBase &rewriter, ExchangeOp op,
                           const acc::Target &target, int64_t bodyCommands) {
  return Exchange(rewriter, op).run(target, bodyCommands);
}

} // namespace xpu
