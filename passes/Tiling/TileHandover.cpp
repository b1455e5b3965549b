//===- TileHandover.cpp - Values between stages, tile by tile -------------===//

#include "passes/Tiling/Handover.h"

#include "dialects/Rack/IR/Rack.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Analysis/StaticView.h"
#include "passes/Tiling/Tiling.h"

using namespace mlir;

namespace xpu {

/// The tiles of a value are the same in all stages, whatever else these have in
/// the scratchpad: members of a collective agree on its size.
static int64_t tileBytes(const acc::Target &target) {
  const int64_t banks = target.spm.banks / 2;
  ScratchpadRegions least(target, banks,
                          ScratchpadRegions::usualStationaryBanks(banks),
                          ScratchpadRegions::usualResultBanks(banks));
  return least.inputBytes() / 2;
}

LogicalResult tileHandover(RewriterBase &rewriter, Operation *op,
                           const acc::Target &target, int64_t bodyCommands) {
  auto send = dyn_cast<acc::rack::SendOp>(op);
  auto receive = dyn_cast<acc::rack::ReceiveOp>(op);
  const int64_t stage = send ? send.getStage() : receive.getStage();
  const int64_t stages = send ? send.getStages() : receive.getStages();
  const ChipsKind chips = send ? send.getChips() : receive.getChips();
  Value whole = send ? send.getValue() : receive.getDest();
  auto type = cast<MemRefType>(whole.getType());
  Type element = type.getElementType();
  const int64_t bytes = getElementBytes(element);
  if (type.getRank() != 2 || (bytes != 1 && bytes != 2 && bytes != 4)) {
    return op->emitError() << "unsupported: " << type
                           << " on the network between stages";
  }
  std::optional<StaticView> resident;
  if (getSpace(type) == Space::SPM) {
    FailureOr<StaticView> view = getStaticView(whole);
    if (failed(view) || !view->shifts.empty() ||
        view->strides.back() != bytes) {
      return op->emitError("expects rows in the scratchpad at a constant "
                           "place");
    }
    resident = *view;
  }
  // Columns come first: a row is a run in memory and on the network.
  auto limit = [](int64_t size, int64_t most) {
    return std::clamp<int64_t>(most, 1, std::min<int64_t>(size, UINT16_MAX));
  };
  const int64_t most = tileBytes(target) / bytes;
  const int64_t columns = limit(type.getDimSize(1), most);
  const int64_t rows = limit(type.getDimSize(0), most / columns);
  constexpr int64_t kCommands = 2; // A load or a store, and a broadcast.
  // Places in residents are constants.
  TileLoops loops(type.getShape(), {rows, columns}, {0, 1},
                  resident ? std::numeric_limits<int64_t>::max()
                           : bodyCommands / kCommands);
  auto emitTile = [&](const TileOffsets &offsets, ArrayRef<int64_t> sizes) {
    Location loc = op->getLoc();
    // Bits of the same size; what is read is written to its place again.
    const FormatKind format = bytes == 1   ? FormatKind::I8
                              : bytes == 2 ? FormatKind::BF16
                                           : FormatKind::I32;
    auto broadcast = [&](Value buffer, int64_t offset, int64_t pitch) {
      auto stream =
          StreamAttr::get(op->getContext(), offset, {0, pitch, bytes});
      CollectiveOp::create(rewriter, loc, CollectiveKind::Broadcast,
                           ReductionKindAttr(), GroupKind::Slice, stages,
                           sizes[0], sizes[1], format, buffer, stream, buffer,
                           stream, stage, chips);
    };
    if (resident) {
      broadcast(resident->root,
                resident->offset +
                    *getConstantIntValue(offsets[0]) * resident->strides[0] +
                    *getConstantIntValue(offsets[1]) * bytes,
                resident->strides[0]);
      return success();
    }
    TileOffsets ones(2, rewriter.getIndexAttr(1));
    Value part = memref::SubViewOp::create(
        rewriter, loc, whole, offsets,
        getAsIndexOpFoldResult(op->getContext(), sizes), ones);
    auto tile = memref::AllocOp::create(
        rewriter, loc,
        MemRefType::get(sizes, element, MemRefLayoutAttrInterface(),
                        SpaceAttr::get(op->getContext(), Space::SPM)));
    ScratchpadRegions::copyAttributes(op, tile);
    if (send) {
      memref::CopyOp::create(rewriter, loc, part, tile);
    }
    broadcast(tile, 0, sizes[1] * bytes);
    if (receive) {
      memref::CopyOp::create(rewriter, loc, tile, part);
    }
    return success();
  };
  Operation *anchor = op;
  LogicalResult done = loops.emit(rewriter, op->getLoc(), anchor, emitTile);
  rewriter.eraseOp(op);
  return done;
}

} // namespace xpu
