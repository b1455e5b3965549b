//===- ExchangeViews.cpp - Columns and parts of what is exchanged ---------===//

#include "passes/Partition/ExchangeViews.h"

#include "passes/Analysis/BufferViews.h"

using namespace mlir;

namespace xpu {

Value findReshaped(Value view) {
  Operation *def = view.getDefiningOp();
  while (llvm::isa_and_present<memref::CollapseShapeOp, memref::ExpandShapeOp>(
      def)) {
    view = def->getOperand(0);
    def = view.getDefiningOp();
  }
  return def && isView(def) ? Value() : view;
}

int64_t countRows(MemRefType type) {
  return type.getNumElements() / type.getShape().back();
}

Value collapseRows(RewriterBase &rewriter, Location loc, Value buffer) {
  const int64_t rank = memRefTypeOf(buffer).getRank();
  if (rank == 2) {
    return buffer;
  }
  SmallVector<ReassociationIndices> groups(2);
  llvm::append_range(groups[0], llvm::seq<int64_t>(0, rank - 1));
  groups[1].push_back(rank - 1);
  return memref::CollapseShapeOp::create(rewriter, loc, buffer, groups);
}

Value columnsOf(RewriterBase &rewriter, Location loc, Value whole,
                int64_t begin, int64_t size) {
  MLIRContext *context = rewriter.getContext();
  SmallVector<int64_t> shape(memRefTypeOf(whole).getShape());
  SmallVector<int64_t> offsets(shape.size(), 0), ones(shape.size(), 1);
  shape.back() = size;
  offsets.back() = begin;
  Value columns = memref::SubViewOp::create(
      rewriter, loc, whole, getAsIndexOpFoldResult(context, offsets),
      getAsIndexOpFoldResult(context, shape),
      getAsIndexOpFoldResult(context, ones));
  return collapseRows(rewriter, loc, columns);
}

Value rowsOfParts(RewriterBase &rewriter, Location loc, Value rows,
                  int64_t members) {
  MemRefType type = memRefTypeOf(rows);
  SmallVector<int64_t> shape = {members, type.getDimSize(0) / members,
                                type.getDimSize(1)};
  Value parts = memref::ExpandShapeOp::create(
      rewriter, loc, shape, rows, ArrayRef<ReassociationIndices>{{0, 1}, {2}});
  AffineMap order = AffineMap::getPermutationMap(ArrayRef<unsigned>{1, 0, 2},
                                                 rewriter.getContext());
  return memref::TransposeOp::create(rewriter, loc, parts,
                                     AffineMapAttr::get(order));
}

void eraseUnusedViews(RewriterBase &rewriter, Value view, Value root) {
  while (view != root && view.use_empty()) {
    Operation *op = view.getDefiningOp();
    view = op->getOperand(0);
    rewriter.eraseOp(op);
  }
}

} // namespace xpu
