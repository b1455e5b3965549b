//===- ReversedSubscripts.cpp - Operands that are read backwards ----------===//

#include "passes/Input/Passes.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace xpu {

/// Whether a loop that counts up moves a subscript down. Tiles of such an
/// operand are not what upstream tiling takes them for.
static bool runsBackwards(AffineMap map) {
  return llvm::any_of(map.getResults(), [](AffineExpr result) {
    bool found = false;
    result.walk([&](AffineExpr expr) {
      auto product = dyn_cast<AffineBinaryOpExpr>(expr);
      if (!product || product.getKind() != AffineExprKind::Mul) {
        return;
      }
      for (AffineExpr factor : {product.getLHS(), product.getRHS()}) {
        auto constant = dyn_cast<AffineConstantExpr>(factor);
        found |= constant && constant.getValue() < 0;
      }
    });
    return found;
  });
}

/// The elements of `source` in the order of the loops that `map` uses: a table
/// read, for which there are loads with any stride.
static Value readForwards(RewriterBase &rewriter, linalg::GenericOp op,
                          Value source, AffineMap map,
                          ArrayRef<unsigned> loops) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  SmallVector<int64_t> shape;
  for (unsigned loop : loops) {
    shape.push_back(ranges[loop]);
  }
  Location loc = op.getLoc();
  Type element = getElementTypeOrSelf(source.getType());
  Value empty = tensor::EmptyOp::create(rewriter, loc, shape, element);
  SmallVector<utils::IteratorType> iterators(loops.size(),
                                             utils::IteratorType::parallel);
  AffineMap identity = rewriter.getMultiDimIdentityMap(loops.size());
  return linalg::GenericOp::create(
             rewriter, loc, empty.getType(), ValueRange(), empty, identity,
             iterators,
             [&](OpBuilder &b, Location where, ValueRange) {
               SmallVector<Value> counters(ranges.size());
               for (auto [position, loop] : llvm::enumerate(loops)) {
                 counters[loop] = linalg::IndexOp::create(b, where, position);
               }
               SmallVector<Value> subscripts;
               for (AffineExpr result : map.getResults()) {
                 subscripts.push_back(affine::expandAffineExpr(
                     b, where, result, counters, ValueRange()));
               }
               Value read =
                   tensor::ExtractOp::create(b, where, source, subscripts);
               linalg::YieldOp::create(b, where, read);
             })
      .getResult(0);
}

void turnReversedSubscripts(RewriterBase &rewriter, linalg::GenericOp op) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  bool changed = false;
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap &map = maps[input->getOperandNumber()];
    if (!runsBackwards(map)) {
      continue;
    }
    SmallVector<unsigned> loops;
    SmallVector<AffineExpr> results;
    for (unsigned loop = 0; loop < map.getNumDims(); ++loop) {
      if (map.isFunctionOfDim(loop)) {
        loops.push_back(loop);
        results.push_back(rewriter.getAffineDimExpr(loop));
      }
    }
    rewriter.setInsertionPoint(op);
    Value turned = readForwards(rewriter, op, input->get(), map, loops);
    map = AffineMap::get(map.getNumDims(), 0, results, rewriter.getContext());
    rewriter.modifyOpInPlace(op, [&] { input->set(turned); });
    changed = true;
  }
  if (changed) {
    rewriter.modifyOpInPlace(op, [&] {
      op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    });
  }
}

} // namespace xpu
