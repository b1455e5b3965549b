//===- Tiling.cpp - Tiles of operations on buffers ------------------------===//

#include "passes/Tiling/Tiling.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/TilingInterface.h"
#include "passes/Analysis/ScratchpadRegions.h"

using namespace mlir;

namespace xpu {

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Elements that a tile of `sizes` needs of an operand with this map.
static int64_t tileElements(AffineMap map, ArrayRef<int64_t> sizes) {
  int64_t elements = 1;
  for (AffineExpr expr : map.getResults()) {
    int64_t constant = 0;
    auto coefficients = getCoefficients(expr, map.getNumDims(), constant);
    int64_t extent = 1;
    if (succeeded(coefficients)) {
      for (auto [coefficient, size] : llvm::zip(*coefficients, sizes)) {
        extent += std::abs(coefficient) * (size - 1);
      }
    }
    elements *= extent;
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
  if (Attribute banks = op->getAttr(kResidentBanksAttr)) {
    alloc->setAttr(kResidentBanksAttr, banks);
  }
  return alloc;
}

Value TileBuilder::copyIn(Value part) {
  Value copy = allocate(part, Space::SPM);
  memref::CopyOp::create(rewriter, loc, part, copy);
  return copy;
}

FailureOr<linalg::LinalgOp> TileBuilder::makeTile(linalg::LinalgOp source,
                                                  ArrayRef<int64_t> offsets,
                                                  ArrayRef<int64_t> sizes) {
  rewriter.setInsertionPoint(op);
  MLIRContext *context = rewriter.getContext();
  SmallVector<OpFoldResult> offs = getAsIndexOpFoldResult(context, offsets);
  SmallVector<OpFoldResult> extents = getAsIndexOpFoldResult(context, sizes);
  FailureOr<TilingResult> tiled =
      cast<TilingInterface>(source.getOperation())
          .getTiledImplementation(rewriter, offs, extents);
  if (failed(tiled) || tiled->tiledOps.size() != 1) {
    return failure();
  }
  auto tile = cast<linalg::LinalgOp>(tiled->tiledOps.front());
  rewriter.setInsertionPoint(tile);
  return tile;
}

void TileBuilder::promoteInputs(linalg::LinalgOp tile) {
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
    copies[part] = promote(tile, input);
  }
}

static bool isSamePart(Value a, Value b) {
  if (a == b) {
    return true;
  }
  auto first = a.getDefiningOp<memref::SubViewOp>();
  auto second = b.getDefiningOp<memref::SubViewOp>();
  return first && second && isSamePart(first.getSource(), second.getSource()) &&
         first.getType() == second.getType() &&
         first.getStaticOffsets() == second.getStaticOffsets() &&
         first.getStaticSizes() == second.getStaticSizes() &&
         first.getStaticStrides() == second.getStaticStrides();
}

Value TileBuilder::promote(linalg::LinalgOp tile, OpOperand *input) {
  if (getSpace(input->get().getType()) == Space::SPM) {
    return input->get();
  }
  Resident &resident = residents[input->getOperandNumber()];
  if (!resident.part || !isSamePart(resident.part, input->get())) {
    resident = {input->get(), copyIn(input->get())};
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

} // namespace xpu
