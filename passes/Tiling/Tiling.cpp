//===- Tiling.cpp - Tiles of operations on buffers ------------------------===//

#include "passes/Tiling/Tiling.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/TilingInterface.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/Analysis/StaticView.h"

#include <numeric>

using namespace mlir;

namespace xpu {

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

TileExtent getTileExtent(AffineMap map, unsigned index,
                         ArrayRef<int64_t> sizes) {
  int64_t constant = 0;
  auto coefficients =
      getCoefficients(map.getResult(index), map.getNumDims(), constant);
  TileExtent extent;
  if (failed(coefficients)) {
    return extent;
  }
  int64_t common = 0;
  bool isForward = constant == 0;
  for (auto [coefficient, size] : llvm::zip(*coefficients, sizes)) {
    if (size > 1) {
      extent.size += std::abs(coefficient) * (size - 1);
      common = std::gcd(common, coefficient);
      isForward &= coefficient >= 0;
    }
  }
  // A run takes a cycle of the LOAD engine at least: short rows come with what
  // is between them (estimate: of 27 and 29 elements, measured on copies and
  // convolutions with a stride).
  constexpr int64_t kShortRow = 28;
  const unsigned last = map.getNumResults() - 1;
  if (common > 1 && isForward && index < last &&
      getTileExtent(map, last, sizes).size >= kShortRow) {
    extent.step = common;
    extent.size = (extent.size - 1) / common + 1;
  }
  return extent;
}

int64_t getRowPitch(AffineMap map, ArrayRef<int64_t> sizes) {
  if (map.getNumResults() == 0) {
    return 1;
  }
  const unsigned last = map.getNumResults() - 1;
  int64_t length = getTileExtent(map, last, sizes).size;
  int64_t constant = 0;
  auto coefficients =
      getCoefficients(map.getResult(last), map.getNumDims(), constant);
  if (failed(coefficients) || last == 0) {
    return length;
  }
  int64_t largest = 1;
  for (auto [coefficient, size] : llvm::zip(*coefficients, sizes)) {
    largest = size > 1 ? std::max(largest, coefficient) : largest;
  }
  // Rows that are a large power of two apart meet in the same bytes of a bank.
  constexpr int64_t kConflict = 8;
  int64_t steps = ceilDiv(length, largest);
  bool isPadded = length % largest != 0;
  return (isPadded && steps % kConflict == 0 ? steps + 1 : steps) * largest;
}

/// Elements that a tile of `sizes` needs of an operand with this map.
static int64_t tileElements(AffineMap map, ArrayRef<int64_t> sizes) {
  int64_t elements = getRowPitch(map, sizes);
  for (unsigned i = 0; i + 1 < map.getNumResults(); ++i) {
    elements *= getTileExtent(map, i, sizes).size;
  }
  return elements;
}

int64_t operandBytes(linalg::LinalgOp op, OpOperand &operand,
                     ArrayRef<int64_t> sizes) {
  auto type = dyn_cast<MemRefType>(operand.get().getType());
  if (!type) {
    return 0;
  }
  return tileElements(op.getMatchingIndexingMap(&operand), sizes) *
         getElementBytes(type.getElementType());
}

/// A buffer that the body looks at, outside the scratchpad.
static bool needsCopy(linalg::LinalgOp op, OpOperand &operand) {
  return llvm::isa<MemRefType>(operand.get().getType()) &&
         getSpace(operand.get().getType()) != Space::SPM &&
         (op.isDpsInit(&operand) || op.payloadUsesValueFromOperand(&operand));
}

int64_t copiedBytes(linalg::LinalgOp op, OpOperand &operand,
                    ArrayRef<int64_t> sizes) {
  return needsCopy(op, operand) ? operandBytes(op, operand, sizes) : 0;
}

//===----------------------------------------------------------------------===//
// Building of one tile
//===----------------------------------------------------------------------===//

Value TileBuilder::allocate(Value like, Space space) {
  auto type = cast<MemRefType>(like.getType());
  auto alloc = memref::AllocOp::create(
      rewriter, loc,
      MemRefType::get(type.getShape(), type.getElementType(),
                      MemRefLayoutAttrInterface(),
                      SpaceAttr::get(rewriter.getContext(), space)));
  ScratchpadRegions::copyAttributes(op, alloc);
  return alloc;
}

Value TileBuilder::allocateSpread(Value like) {
  auto type = cast<MemRefType>(like.getType());
  ArrayRef<int64_t> shape = type.getShape();
  bool hasBlocks = isBlock(type.getElementType());
  // The outermost dimension of several rows.
  size_t outer = 0;
  while (outer + 1 < shape.size() && shape[outer] == 1) {
    ++outer;
  }
  if (hasBlocks ? outer + 1 >= shape.size()
                : shape.size() < 2 || shape.back() % 2 == 1) {
    return allocate(like, Space::SPM);
  }
  int64_t row = shape.back() * getElementBytes(type.getElementType());
  SmallVector<int64_t> wide(shape);
  if (hasBlocks) {
    // Room for a byte more in each row.
    int64_t rows = getByteSize(type) / row;
    wide[outer] += ceilDiv(rows, getByteSize(type) / shape[outer]);
  } else {
    ++wide.back();
  }
  auto alloc = memref::AllocOp::create(
      rewriter, loc,
      MemRefType::get(wide, type.getElementType(), MemRefLayoutAttrInterface(),
                      SpaceAttr::get(rewriter.getContext(), Space::SPM)));
  ScratchpadRegions::copyAttributes(op, alloc);
  if (hasBlocks) {
    alloc->setAttr(kPitchAttr, rewriter.getI64IntegerAttr(row + 1));
  }
  return frontOf(alloc, shape);
}

Value TileBuilder::allocateWithPitch(Value like, int64_t pitch) {
  auto type = cast<MemRefType>(like.getType());
  SmallVector<int64_t> wide(type.getShape());
  wide.back() = std::max(wide.back(), pitch);
  auto alloc = memref::AllocOp::create(
      rewriter, loc,
      MemRefType::get(wide, type.getElementType(), MemRefLayoutAttrInterface(),
                      SpaceAttr::get(rewriter.getContext(), Space::SPM)));
  ScratchpadRegions::copyAttributes(op, alloc);
  return frontOf(alloc, type.getShape());
}

Value TileBuilder::frontOf(Value whole, ArrayRef<int64_t> shape) {
  SmallVector<int64_t> zeros(shape.size(), 0), ones(shape.size(), 1);
  MLIRContext *context = rewriter.getContext();
  return memref::SubViewOp::create(rewriter, loc, whole,
                                   getAsIndexOpFoldResult(context, zeros),
                                   getAsIndexOpFoldResult(context, shape),
                                   getAsIndexOpFoldResult(context, ones));
}

Value TileBuilder::copyIn(Value part, bool isSpread) {
  Value copy = isSpread ? allocateSpread(part) : allocate(part, Space::SPM);
  memref::CopyOp::create(rewriter, loc, part, copy);
  return copy;
}

FailureOr<linalg::LinalgOp> TileBuilder::makeTile(linalg::LinalgOp source,
                                                  const TileOffsets &offsets,
                                                  ArrayRef<int64_t> sizes) {
  rewriter.setInsertionPoint(anchor);
  SmallVector<OpFoldResult> extents =
      getAsIndexOpFoldResult(rewriter.getContext(), sizes);
  FailureOr<TilingResult> tiled =
      cast<TilingInterface>(source.getOperation())
          .getTiledImplementation(rewriter, offsets, extents);
  if (failed(tiled) || tiled->tiledOps.size() != 1) {
    return failure();
  }
  auto tile = cast<linalg::LinalgOp>(tiled->tiledOps.front());
  leaveOutUnread(tile);
  rewriter.setInsertionPoint(tile);
  return tile;
}

void TileBuilder::leaveOutUnread(linalg::LinalgOp tile) {
  auto generic = dyn_cast<linalg::GenericOp>(tile.getOperation());
  if (!generic) {
    return;
  }
  SmallVector<int64_t> sizes = tile.getStaticLoopRanges();
  SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
  bool isChanged = false;
  for (OpOperand *input : generic.getDpsInputOperands()) {
    auto type = dyn_cast<MemRefType>(input->get().getType());
    if (!type) {
      continue;
    }
    AffineMap &map = maps[input->getOperandNumber()];
    SmallVector<int64_t> shape(type.getShape()), steps(shape.size(), 1);
    SmallVector<AffineExpr> subscripts(map.getResults());
    for (unsigned i = 0; i < map.getNumResults(); ++i) {
      TileExtent extent = getTileExtent(map, i, sizes);
      if (extent.step == 1) {
        continue;
      }
      shape[i] = extent.size;
      steps[i] = extent.step;
      int64_t constant = 0;
      auto coefficients =
          getCoefficients(map.getResult(i), map.getNumDims(), constant);
      subscripts[i] = rewriter.getAffineConstantExpr(0);
      for (unsigned dim = 0; dim < map.getNumDims(); ++dim) {
        // A loop of one iteration goes nowhere, but is still one of the
        // operand.
        int64_t step = sizes[dim] > 1 ? extent.step : 1;
        subscripts[i] = subscripts[i] + rewriter.getAffineDimExpr(dim) *
                                            ((*coefficients)[dim] / step);
      }
    }
    if (llvm::all_of(steps, [](int64_t step) { return step == 1; })) {
      continue;
    }
    isChanged = true;
    map =
        AffineMap::get(map.getNumDims(), 0, subscripts, rewriter.getContext());
    SmallVector<int64_t> zeros(shape.size(), 0);
    MLIRContext *context = rewriter.getContext();
    rewriter.setInsertionPoint(tile);
    Value read = memref::SubViewOp::create(
        rewriter, loc, input->get(), getAsIndexOpFoldResult(context, zeros),
        getAsIndexOpFoldResult(context, shape),
        getAsIndexOpFoldResult(context, steps));
    rewriter.modifyOpInPlace(tile, [&] { input->set(read); });
  }
  if (isChanged) {
    rewriter.modifyOpInPlace(tile, [&] {
      generic.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    });
  }
}

void TileBuilder::moveTo(Operation *place) {
  anchor = place;
  rewriter.setInsertionPoint(anchor);
  // A copy that was made in a loop is not there behind it.
  for (auto &[number, resident] : residents) {
    if (resident.copy &&
        !resident.copy.getParentBlock()->findAncestorOpInBlock(*anchor)) {
      resident = Resident();
    }
  }
}

LogicalResult TileBuilder::forEach(const TileLoops &loops, TileLoops::Body body,
                                   TileLoops::Prologue prologue) {
  Operation *place = anchor;
  auto enter = [&](const TileOffsets &offsets, ArrayRef<int64_t> sizes) {
    moveTo(place);
    return prologue.body(offsets, sizes);
  };
  LogicalResult result = loops.emit(
      rewriter, loc, place,
      [&](const TileOffsets &offsets, ArrayRef<int64_t> sizes) {
        moveTo(place);
        return body(offsets, sizes);
      },
      prologue.body ? TileLoops::Prologue{prologue.depth, enter}
                    : TileLoops::Prologue());
  moveTo(place);
  return result;
}

void TileBuilder::promoteInputs(linalg::LinalgOp tile,
                                const llvm::SmallDenseSet<unsigned> &spread) {
  llvm::SmallDenseMap<Value, Value> copies;
  for (OpOperand *input : tile.getDpsInputOperands()) {
    if (!needsCopy(tile, *input)) {
      continue;
    }
    Value part = input->get();
    if (Value copy = copies.lookup(part)) {
      rewriter.modifyOpInPlace(tile, [&] { input->set(copy); });
      continue;
    }
    copies[part] =
        promote(tile, input, spread.contains(input->getOperandNumber()));
  }
}

static bool isSamePart(Value a, Value b) {
  if (a == b) {
    return true;
  }
  FailureOr<StaticView> first = getStaticView(a);
  FailureOr<StaticView> second = getStaticView(b);
  return succeeded(first) && succeeded(second) && isSamePlace(*first, *second);
}

/// A part with rows of so many elements as copies of its rows are apart, where
/// what it is a part of has them: rows that follow each other in memory are one
/// run. Null if it has not.
static Value widenRows(RewriterBase &rewriter, Value part, int64_t pitch) {
  auto view = part.getDefiningOp<memref::SubViewOp>();
  if (!view || view.getSourceType().getRank() != view.getType().getRank() ||
      !view.hasUnitStride() || view.getStaticOffsets().back() != 0 ||
      view.getSourceType().getShape().back() != pitch) {
    return nullptr;
  }
  SmallVector<OpFoldResult> sizes = view.getMixedSizes();
  sizes.back() = rewriter.getIndexAttr(pitch);
  return memref::SubViewOp::create(rewriter, part.getLoc(), view.getSource(),
                                   view.getMixedOffsets(), sizes,
                                   view.getMixedStrides());
}

Value TileBuilder::copyIn(linalg::LinalgOp tile, OpOperand &input,
                          bool isSpread) {
  Value part = input.get();
  auto type = cast<MemRefType>(part.getType());
  int64_t pitch = getRowPitch(tile.getMatchingIndexingMap(&input),
                              tile.getStaticLoopRanges());
  if (isSpread || type.getRank() < 2 || pitch <= type.getShape().back()) {
    return copyIn(part, isSpread);
  }
  Value copy = allocateWithPitch(part, pitch);
  Value from = part, to = copy;
  if (Value whole = widenRows(rewriter, part, pitch)) {
    from = whole;
    to = copy.getDefiningOp<memref::SubViewOp>().getSource();
  }
  memref::CopyOp::create(rewriter, loc, from, to);
  return copy;
}

Value TileBuilder::promote(linalg::LinalgOp tile, OpOperand *input,
                           bool isSpread) {
  if (getSpace(input->get().getType()) == Space::SPM) {
    return input->get();
  }
  Resident &resident = residents[input->getOperandNumber()];
  if (!resident.part || !isSamePart(resident.part, input->get())) {
    resident = {input->get(), copyIn(tile, *input, isSpread)};
  }
  rewriter.modifyOpInPlace(tile, [&] { input->set(resident.copy); });
  return resident.copy;
}

LogicalResult forEachTile(
    ArrayRef<int64_t> ranges, ArrayRef<int64_t> tile, ArrayRef<unsigned> dims,
    function_ref<LogicalResult(ArrayRef<int64_t>, ArrayRef<int64_t>)> body) {
  SmallVector<int64_t> offsets(ranges.size(), 0);
  while (true) {
    SmallVector<int64_t> sizes(ranges);
    for (unsigned dim : dims) {
      sizes[dim] = std::min(tile[dim], ranges[dim] - offsets[dim]);
    }
    if (failed(body(offsets, sizes))) {
      return failure();
    }
    int64_t i = static_cast<int64_t>(dims.size()) - 1;
    for (; i >= 0; --i) {
      unsigned dim = dims[i];
      offsets[dim] += tile[dim];
      if (offsets[dim] < ranges[dim]) {
        break;
      }
      offsets[dim] = 0;
    }
    if (i < 0) {
      return success();
    }
  }
}

//===----------------------------------------------------------------------===//
// Loops over tiles
//===----------------------------------------------------------------------===//

llvm::SmallDenseSet<unsigned> getCountedDims(linalg::LinalgOp op) {
  llvm::SmallDenseSet<unsigned> dims;
  op.getBlock()->walk(
      [&](linalg::IndexOp index) { dims.insert(index.getDim()); });
  return dims;
}

TileLoops::TileLoops(ArrayRef<int64_t> ranges, ArrayRef<int64_t> tile,
                     ArrayRef<unsigned> dims, int64_t limit,
                     const llvm::SmallDenseSet<unsigned> &unrolled,
                     int64_t multiple)
    : ranges(ranges), tile(tile), dims(dims), group(dims.size(), 0) {
  limit = std::max<int64_t>(1, limit);
  for (size_t i = dims.size(); i-- > 0;) {
    unsigned dim = dims[i];
    int64_t count = ceilDiv(ranges[dim], tile[dim]);
    // Iterations of the innermost loop overlap: a loop of few within another
    // would keep those of the other apart.
    constexpr int64_t few = 4;
    bool isInside =
        llvm::any_of(ArrayRef(dims).take_front(i), [&](unsigned outer) {
          return tile[outer] < ranges[outer];
        });
    if (count <= limit || unrolled.contains(dim) ||
        (isInside && count <= few * limit)) {
      limit = std::max<int64_t>(1, limit / count);
      continue;
    }
    // The largest group that leaves no tiles, unless that is much smaller.
    int64_t full = ranges[dim] / tile[dim];
    int64_t most = std::max<int64_t>(1, limit / multiple) * multiple;
    int64_t best = most;
    for (int64_t size = most; size > 0 && 2 * size > most; size -= multiple) {
      if (full % size < full % best) {
        best = size;
      }
    }
    group[i] = best;
    limit = 1;
    multiple = 1;
  }
}

int64_t TileLoops::countTrips(size_t index, bool isFirst) const {
  int64_t size = tile[dims[index]], range = ranges[dims[index]];
  if (group[index] == 0) {
    return 0;
  }
  int64_t rest = range - (isFirst ? std::min(size, range) : 0);
  int64_t trips = rest / (group[index] * size);
  return trips > 1 ? trips : 0;
}

int64_t TileLoops::countWrittenOut() const {
  int64_t tiles = 1;
  for (size_t i = dims.size(); i-- > 0;) {
    if (countTrips(i, isFirstPeeled) > 0) {
      return tiles * group[i];
    }
    tiles *= ceilDiv(ranges[dims[i]], tile[dims[i]]);
  }
  return tiles;
}

bool TileLoops::beginsIdle(ArrayRef<int64_t> offsets, bool bodyHasLoops) const {
  bool hasInner = bodyHasLoops;
  for (size_t i = dims.size(); i-- > 0;) {
    int64_t at = offsets[dims[i]] / tile[dims[i]];
    bool isFirst = isFirstPeeled &&
                   llvm::all_of(ArrayRef(dims).take_front(i),
                                [&](unsigned d) { return offsets[d] == 0; });
    if (int64_t trips = countTrips(i, isFirst)) {
      int64_t into = at - (isFirst ? 1 : 0);
      if (into == 0 || into == trips * group[i] ||
          (hasInner && into > 0 && into % group[i] == 0)) {
        return true;
      }
      hasInner = true;
    }
    if (at != 0) {
      return false;
    }
  }
  return false;
}

LogicalResult TileLoops::emit(OpBuilder &builder, Location loc,
                              Operation *&anchor, Body body,
                              Prologue prologue) const {
  TileOffsets offsets(ranges.size(), builder.getIndexAttr(0));
  SmallVector<int64_t> sizes(ranges);
  return emitDim(0, isFirstPeeled, offsets, sizes, builder, loc, anchor, body,
                 prologue);
}

LogicalResult TileLoops::emitDim(size_t index, bool isFirst,
                                 TileOffsets &offsets,
                                 SmallVectorImpl<int64_t> &sizes,
                                 OpBuilder &builder, Location loc,
                                 Operation *&anchor, Body body,
                                 Prologue prologue) const {
  if (prologue.body && index == prologue.depth) {
    TileOffsets wholeOffsets(offsets);
    SmallVector<int64_t> wholeSizes(sizes.begin(), sizes.end());
    for (unsigned dim : ArrayRef(dims).drop_front(index)) {
      wholeOffsets[dim] = builder.getIndexAttr(0);
      wholeSizes[dim] = ranges[dim];
    }
    builder.setInsertionPoint(anchor);
    if (failed(prologue.body(wholeOffsets, wholeSizes))) {
      return failure();
    }
  }
  if (index == dims.size()) {
    builder.setInsertionPoint(anchor);
    return body(offsets, sizes);
  }
  unsigned dim = dims[index];
  // Tiles from `first` on, up to `end`, at constant offsets.
  auto writeOut = [&](int64_t first, int64_t end) -> LogicalResult {
    for (int64_t at = first; at < end; at += tile[dim]) {
      offsets[dim] = builder.getIndexAttr(at);
      sizes[dim] = std::min(tile[dim], end - at);
      if (failed(emitDim(index + 1, isFirst && at == 0, offsets, sizes, builder,
                         loc, anchor, body, prologue))) {
        return failure();
      }
    }
    return success();
  };
  int64_t begin = 0;
  int64_t step = group[index] * tile[dim];
  if (isFirst && step != 0) {
    begin = std::min(tile[dim], ranges[dim]);
    if (failed(writeOut(0, begin))) {
      return failure();
    }
  }
  int64_t trips = countTrips(index, isFirst);
  if (trips > 0) {
    builder.setInsertionPoint(anchor);
    auto constant = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(builder, loc, value);
    };
    auto loop = scf::ForOp::create(builder, loc, constant(0), constant(trips),
                                   constant(1));
    Operation *outside = anchor;
    anchor = loop.getBody()->getTerminator();
    builder.setInsertionPoint(anchor);
    AffineExpr counter = builder.getAffineDimExpr(0);
    for (int64_t i = 0; i < group[index]; ++i) {
      builder.setInsertionPoint(anchor);
      offsets[dim] = affine::makeComposedFoldedAffineApply(
          builder, loc, counter * step + (begin + i * tile[dim]),
          {loop.getInductionVar()});
      sizes[dim] = tile[dim];
      if (failed(emitDim(index + 1, /*isFirst=*/false, offsets, sizes, builder,
                         loc, anchor, body, prologue))) {
        return failure();
      }
    }
    anchor = outside;
    begin += trips * step;
  }
  return writeOut(begin, ranges[dim]);
}

} // namespace xpu
