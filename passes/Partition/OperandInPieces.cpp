//===- OperandInPieces.cpp - A gathered operand, piece by piece -----------===//

#include "passes/Partition/OperandInPieces.h"

#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/ScratchpadRegions.h"

using namespace mlir;

namespace xpu {

std::optional<OperandInPieces::Reader>
OperandInPieces::matchReader(Operation *op, Value whole) {
  auto product = dyn_cast<linalg::GenericOp>(op);
  FailureOr<ContractionDims> dims =
      product ? matchContraction(product) : FailureOr<ContractionDims>();
  if (failed(dims) || product.getNumDpsInputs() != 2 ||
      llvm::count(product->getOperands(), whole) != 1) {
    return std::nullopt;
  }
  const unsigned input = product.getDpsInputOperand(0)->get() == whole ? 0 : 1;
  if (product.getDpsInputOperand(input)->get() != whole) {
    return std::nullopt;
  }
  AffineMap own = product.getIndexingMapsArray()[input];
  AffineMap other = product.getIndexingMapsArray()[1 - input];
  auto last = dyn_cast<AffineDimExpr>(own.getResults().back());
  // Each loop indexes one dimension, so that its columns can be cut in it.
  if (!last || !llvm::is_contained(dims->k, last.getPosition()) ||
      !own.isProjectedPermutation() || !other.isProjectedPermutation()) {
    return std::nullopt;
  }
  return Reader{product, input, last.getPosition()};
}

std::optional<OperandInPieces> OperandInPieces::match(Value whole,
                                                      Operation *gather,
                                                      int64_t members,
                                                      int64_t pieces) {
  MemRefType type = memRefTypeOf(whole);
  OperandInPieces result;
  result.whole = whole;
  result.members = members;
  result.pieces = pieces;
  if (!whole.getDefiningOp<memref::AllocOp>() || type.getRank() < 2 ||
      !type.getLayout().isIdentity() ||
      type.getShape().back() % (members * pieces) != 0) {
    return std::nullopt;
  }
  result.columns = type.getShape().back() / (members * pieces);
  SmallVector<Value> views = {whole};
  while (!views.empty()) {
    for (Operation *user : views.pop_back_val().getUsers()) {
      if (isView(user)) {
        views.push_back(user->getResult(0));
        continue;
      }
      if (user == gather) {
        continue;
      }
      std::optional<Reader> reader = matchReader(user, whole);
      if (!reader || user->getBlock() != gather->getBlock() ||
          !gather->isBeforeInBlock(user)) {
        return std::nullopt;
      }
      result.readers.push_back(*reader);
    }
  }
  if (result.readers.empty()) {
    return std::nullopt;
  }
  return result;
}

void OperandInPieces::create(RewriterBase &rewriter, bool isInMemory) {
  Operation *alloc = whole.getDefiningOp();
  rewriter.setInsertionPoint(alloc);
  MemRefType type = memRefTypeOf(whole);
  SmallVector<int64_t> shape = {pieces};
  llvm::append_range(shape, type.getShape());
  shape.back() = members * columns;
  Operation *copy = rewriter.clone(*alloc);
  copy->getResult(0).setType(MemRefType::get(shape, type.getElementType(),
                                             MemRefLayoutAttrInterface(),
                                             type.getMemorySpace()));
  inPieces = copy->getResult(0);
  if (isInMemory) {
    copy->setAttr(kInPiecesAttr, rewriter.getUnitAttr());
  }
}

Value OperandInPieces::rowsOf(RewriterBase &rewriter, Location loc,
                              int64_t piece) const {
  MLIRContext *context = rewriter.getContext();
  SmallVector<int64_t> shape(memRefTypeOf(inPieces).getShape());
  SmallVector<int64_t> offsets(shape.size(), 0), ones(shape.size(), 1);
  shape[0] = 1;
  offsets[0] = piece;
  Value part = memref::SubViewOp::create(
      rewriter, loc, inPieces, getAsIndexOpFoldResult(context, offsets),
      getAsIndexOpFoldResult(context, shape),
      getAsIndexOpFoldResult(context, ones));
  return collapseRows(rewriter, loc, part);
}

/// A dimension of a buffer as several.
Value OperandInPieces::expandColumns(RewriterBase &rewriter, Location loc,
                                     Value buffer, unsigned dim,
                                     ArrayRef<int64_t> sizes) const {
  SmallVector<int64_t> shape;
  SmallVector<ReassociationIndices> groups;
  for (auto [d, size] : llvm::enumerate(memRefTypeOf(buffer).getShape())) {
    ArrayRef<int64_t> parts = d == dim ? sizes : ArrayRef(size);
    groups.emplace_back();
    for (int64_t part : parts) {
      groups.back().push_back(int64_t(shape.size()));
      shape.push_back(part);
    }
  }
  if (sizes.size() == 1) {
    return buffer;
  }
  return memref::ExpandShapeOp::create(rewriter, loc, shape, buffer, groups);
}

void OperandInPieces::rewrite(RewriterBase &rewriter, Reader reader) const {
  linalg::GenericOp product = reader.product;
  MLIRContext *context = rewriter.getContext();
  Location loc = product.getLoc();
  rewriter.setInsertionPoint(product);
  // The loop over columns becomes one over pieces, one over members if their
  // columns are apart, and one over the columns of a run.
  const bool areApart = members > 1;
  const unsigned more = areApart ? 2 : 1;
  const unsigned loops = product.getNumLoops() + more;
  auto dimOf = [&](unsigned loop) { return getAffineDimExpr(loop, context); };
  SmallVector<AffineExpr> moved;
  for (unsigned loop = 0; loop < product.getNumLoops(); ++loop) {
    moved.push_back(dimOf(loop > reader.loop ? loop + more : loop));
  }
  AffineExpr piece = dimOf(reader.loop), member = dimOf(reader.loop + 1),
             column = dimOf(reader.loop + more);
  auto mapOf = [&](ArrayRef<AffineExpr> results) {
    return AffineMap::get(loops, 0, results, context);
  };
  auto moveDims = [&](AffineExpr expr) { return expr.replaceDims(moved); };

  SmallVector<Value> inputs(product.getDpsInputs());
  SmallVector<AffineMap> maps;
  for (AffineMap map : product.getIndexingMapsArray()) {
    maps.push_back(mapOf(llvm::map_to_vector(map.getResults(), moveDims)));
  }
  for (unsigned input : {reader.input, 1 - reader.input}) {
    AffineMap old = product.getIndexingMapsArray()[input];
    SmallVector<AffineExpr> results;
    unsigned dim = 0;
    for (auto [d, expr] : llvm::enumerate(old.getResults())) {
      if (expr != dimOf(reader.loop)) {
        results.push_back(moveDims(expr));
        continue;
      }
      dim = d;
      // Of the whole, pieces are outermost; of the other operand, members.
      if (areApart) {
        results.push_back(member);
      }
      if (input != reader.input) {
        results.push_back(piece);
      }
      results.push_back(column);
    }
    SmallVector<int64_t> sizes;
    if (areApart) {
      sizes.push_back(members);
    }
    if (input == reader.input) {
      results.insert(results.begin(), piece);
      ++dim;
    } else {
      sizes.push_back(pieces);
    }
    sizes.push_back(columns);
    inputs[input] = expandColumns(
        rewriter, loc, input == reader.input ? inPieces : inputs[input], dim,
        sizes);
    maps[input] = mapOf(results);
  }
  SmallVector<utils::IteratorType> iterators = product.getIteratorTypesArray();
  iterators.insert(iterators.begin() + reader.loop, more,
                   utils::IteratorType::reduction);
  auto copy = linalg::GenericOp::create(rewriter, loc, inputs,
                                        product.getDpsInits(), maps, iterators);
  copy->setDiscardableAttrs(product->getDiscardableAttrDictionary());
  rewriter.inlineRegionBefore(product.getRegion(), copy.getRegion(),
                              copy.getRegion().begin());
  rewriter.eraseOp(product);
}

void OperandInPieces::replaceWhole(RewriterBase &rewriter) {
  for (Reader reader : readers) {
    rewrite(rewriter, reader);
  }
  SmallVector<Operation *> views(whole.getUsers());
  for (Operation *view : views) {
    if (isView(view) && view->use_empty()) {
      rewriter.eraseOp(view);
    }
  }
  assert(whole.use_empty());
  rewriter.eraseOp(whole.getDefiningOp());
}

} // namespace xpu
