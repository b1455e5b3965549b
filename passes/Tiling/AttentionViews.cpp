//===- AttentionViews.cpp - Buffers of attention and operations on them ---===//

#include "passes/Tiling/AttentionTiling.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/Analysis/ScratchpadRegions.h"

using namespace mlir;

namespace xpu {

Value AttentionTiling::allocate(ArrayRef<int64_t> shape, Type element,
                                int64_t address) {
  auto alloc = memref::AllocOp::create(
      rewriter, loc,
      MemRefType::get(shape, element, MemRefLayoutAttrInterface(),
                      space(Space::SPM)));
  alloc->setAttr(kResidentAttr, rewriter.getI64IntegerAttr(address));
  return alloc;
}

Value AttentionTiling::allocateAccumulators(ArrayRef<int64_t> shape,
                                            int64_t row) {
  auto alloc = memref::AllocOp::create(
      rewriter, loc,
      MemRefType::get(shape, rewriter.getF32Type(), MemRefLayoutAttrInterface(),
                      space(Space::ACC)));
  alloc->setAttr(kResidentAttr, rewriter.getI64IntegerAttr(row));
  return alloc;
}

Value AttentionTiling::part(Value whole, ArrayRef<int64_t> offsets,
                            ArrayRef<int64_t> sizes) {
  ArrayRef<int64_t> shape = cast<MemRefType>(whole.getType()).getShape();
  if (llvm::all_of(offsets, [](int64_t offset) { return offset == 0; }) &&
      shape == sizes) {
    return whole;
  }
  MLIRContext *context = rewriter.getContext();
  SmallVector<int64_t> ones(sizes.size(), 1);
  return memref::SubViewOp::create(rewriter, loc, whole,
                                   getAsIndexOpFoldResult(context, offsets),
                                   getAsIndexOpFoldResult(context, sizes),
                                   getAsIndexOpFoldResult(context, ones));
}

Value AttentionTiling::rowOf(Value matrix, int64_t row) {
  auto type = cast<MemRefType>(matrix.getType());
  int64_t size = type.getShape()[1];
  SmallVector<int64_t> offsets = {row, 0}, sizes = {1, size}, ones = {1, 1};
  auto result = cast<MemRefType>(memref::SubViewOp::inferRankReducedResultType(
      {size}, type, offsets, sizes, ones));
  MLIRContext *context = rewriter.getContext();
  return memref::SubViewOp::create(rewriter, loc, result, matrix,
                                   getAsIndexOpFoldResult(context, offsets),
                                   getAsIndexOpFoldResult(context, sizes),
                                   getAsIndexOpFoldResult(context, ones));
}

Value AttentionTiling::operandPart(unsigned number, const TileOffsets &offsets,
                                   ArrayRef<int64_t> sizes,
                                   ArrayRef<unsigned> kept) {
  Value operand = op->getOperand(number);
  AffineMap map = op.getMap(number);
  auto type = cast<MemRefType>(operand.getType());
  TileOffsets at, extent, ones;
  SmallVector<int64_t> shape;
  SmallVector<unsigned> loops;
  for (AffineExpr expr : map.getResults()) {
    unsigned loop = cast<AffineDimExpr>(expr).getPosition();
    at.push_back(offsets[loop]);
    extent.push_back(rewriter.getIndexAttr(sizes[loop]));
    ones.push_back(rewriter.getIndexAttr(1));
    if (llvm::is_contained(kept, loop)) {
      shape.push_back(sizes[loop]);
      loops.push_back(loop);
    }
  }
  auto reduced = cast<MemRefType>(memref::SubViewOp::inferRankReducedResultType(
      shape, type, at, extent, ones));
  Value view = memref::SubViewOp::create(rewriter, loc, reduced, operand, at,
                                         extent, ones);
  SmallVector<AffineExpr> order;
  for (unsigned loop : kept) {
    auto it = llvm::find(loops, loop);
    if (it != loops.end()) {
      order.push_back(rewriter.getAffineDimExpr(it - loops.begin()));
    }
  }
  AffineMap permutation =
      AffineMap::get(order.size(), 0, order, rewriter.getContext());
  if (permutation.isIdentity()) {
    return view;
  }
  return memref::TransposeOp::create(rewriter, loc, view,
                                     AffineMapAttr::get(permutation));
}

SmallVector<unsigned> AttentionTiling::rowLoops() {
  SmallVector<unsigned> loops;
  for (unsigned i = op.getBatchLoops(); i < keyLoop; ++i) {
    loops.push_back(i);
  }
  return loops;
}

Value AttentionTiling::byRows(Value matrix, unsigned queryDim) {
  auto type = cast<MemRefType>(matrix.getType());
  SmallVector<ReassociationIndices> groups;
  SmallVector<int64_t> shape;
  for (unsigned d = 0; d < type.getRank(); ++d) {
    ReassociationIndices group;
    auto add = [&](int64_t size) {
      group.push_back(shape.size());
      shape.push_back(size);
    };
    if (d == queryDim) {
      for (int64_t size : rowSizes) {
        add(size);
      }
    } else {
      add(type.getDimSize(d));
    }
    groups.push_back(group);
  }
  if (int64_t(shape.size()) == type.getRank()) {
    return matrix;
  }
  return memref::ExpandShapeOp::create(rewriter, loc, shape, matrix, groups);
}

AffineMap AttentionTiling::mapOf(unsigned loops, ArrayRef<unsigned> dims) {
  SmallVector<AffineExpr> exprs;
  for (unsigned dim : dims) {
    exprs.push_back(rewriter.getAffineDimExpr(dim));
  }
  return AffineMap::get(loops, 0, exprs, rewriter.getContext());
}

linalg::GenericOp
AttentionTiling::make(unsigned loops, std::optional<unsigned> reduced,
                      ArrayRef<Value> inputs,
                      ArrayRef<SmallVector<unsigned>> inputDims, Value out,
                      ArrayRef<unsigned> outDims, Body compute) {
  SmallVector<AffineMap> maps;
  for (ArrayRef<unsigned> dims : inputDims) {
    maps.push_back(mapOf(loops, dims));
  }
  maps.push_back(mapOf(loops, outDims));
  SmallVector<utils::IteratorType> iterators(loops,
                                             utils::IteratorType::parallel);
  if (reduced) {
    iterators[*reduced] = utils::IteratorType::reduction;
  }
  return linalg::GenericOp::create(
      rewriter, loc, inputs, out, maps, iterators,
      [&](OpBuilder &builder, Location, ValueRange args) {
        linalg::YieldOp::create(builder, loc, compute(builder, args));
      });
}

Value AttentionTiling::withoutDim(Value whole, ArrayRef<int64_t> at,
                                  ArrayRef<int64_t> size,
                                  ArrayRef<int64_t> shape) {
  SmallVector<int64_t> ones(at.size(), 1);
  auto reduced = cast<MemRefType>(memref::SubViewOp::inferRankReducedResultType(
      shape, cast<MemRefType>(whole.getType()), at, size, ones));
  MLIRContext *context = rewriter.getContext();
  return memref::SubViewOp::create(rewriter, loc, reduced, whole,
                                   getAsIndexOpFoldResult(context, at),
                                   getAsIndexOpFoldResult(context, size),
                                   getAsIndexOpFoldResult(context, ones));
}

void AttentionTiling::fill(Value memref, double number) {
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  Value value = arith::ConstantOp::create(
      rewriter, loc, rewriter.getFloatAttr(element, number));
  linalg::FillOp::create(rewriter, loc, value, memref);
}

void AttentionTiling::multiply(Value byQuery, ArrayRef<unsigned> queryDims,
                               Value other, ArrayRef<unsigned> otherDims,
                               Value accumulators) {
  auto product = make(
      3, 2, {byQuery, other},
      {SmallVector<unsigned>(queryDims), SmallVector<unsigned>(otherDims)},
      accumulators, {0, 1}, [&](OpBuilder &b, ValueRange args) -> Value {
        auto widen = [&](Value value) -> Value {
          return value.getType().isF32()
                     ? value
                     : arith::ExtFOp::create(b, loc, b.getF32Type(), value);
        };
        Value term =
            arith::MulFOp::create(b, loc, widen(args[0]), widen(args[1]));
        return arith::AddFOp::create(b, loc, args[2], term);
      });
  product->setAttr(kColumnDimAttr, rewriter.getI64IntegerAttr(1));
  product->setAttr(kStationaryAttr,
                   rewriter.getI64IntegerAttr(plan.columnsAreQueries ? 0 : 1));
}

void AttentionTiling::halve(Value accumulators, Value times) {
  make(2, std::nullopt, {times}, {{1}}, accumulators, {0, 1},
       [&](OpBuilder &b, ValueRange args) -> Value {
         Value power = arith::UIToFPOp::create(b, loc, b.getF32Type(), args[0]);
         power = arith::NegFOp::create(b, loc, power);
         power = math::Exp2Op::create(b, loc, power);
         return arith::MulFOp::create(b, loc, args[1], power);
       });
}

} // namespace xpu
