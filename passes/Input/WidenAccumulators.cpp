//===- WidenAccumulators.cpp - Sums of products are f32 -------------------===//

#include "passes/Input/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "passes/Analysis/Contraction.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_WIDENACCUMULATORSPASS
#include "passes/Input/Passes.h.inc"

/// `value`, a tensor, element by element in another type of floats.
static Value convert(OpBuilder &builder, Location loc, Value value, Type to) {
  auto type = cast<RankedTensorType>(value.getType());
  Value empty =
      tensor::EmptyOp::create(builder, loc, type.getShape(), to).getResult();
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  bool isWidening = to.getIntOrFloatBitWidth() >
                    type.getElementType().getIntOrFloatBitWidth();
  return linalg::GenericOp::create(
             builder, loc, empty.getType(), ValueRange{value},
             ValueRange{empty}, ArrayRef<AffineMap>{identity, identity},
             iterators,
             [&](OpBuilder &inner, Location where, ValueRange args) {
               Value result =
                   isWidening
                       ? arith::ExtFOp::create(inner, where, to, args[0])
                             .getResult()
                       : arith::TruncFOp::create(inner, where, to, args[0])
                             .getResult();
               linalg::YieldOp::create(inner, where, result);
             })
      .getResult(0);
}

/// What the f32 sums start from.
static Value widenStart(OpBuilder &builder, Location loc, Value start) {
  auto type = cast<RankedTensorType>(start.getType());
  auto fill = start.getDefiningOp<linalg::FillOp>();
  FloatAttr number;
  if (fill && matchPattern(fill.getInputs()[0], m_Constant(&number))) {
    bool isInexact = false;
    APFloat wide = number.getValue();
    wide.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven,
                 &isInexact);
    Value constant = arith::ConstantOp::create(
        builder, loc, builder.getFloatAttr(builder.getF32Type(), wide));
    Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                          builder.getF32Type());
    return linalg::FillOp::create(builder, loc, constant, empty).getResult(0);
  }
  return convert(builder, loc, start, builder.getF32Type());
}

LogicalResult widenAccumulators(RewriterBase &rewriter, linalg::GenericOp op) {
  Type narrow = getElementTypeOrSelf(op.getDpsInits()[0].getType());
  if ((!narrow.isBF16() && !narrow.isF16()) || !op.hasPureTensorSemantics() ||
      failed(matchFloatContraction(op))) {
    return failure();
  }
  Location loc = op.getLoc();
  rewriter.setInsertionPoint(op);
  Type wide = rewriter.getF32Type();
  Value start = widenStart(rewriter, loc, op.getDpsInits()[0]);
  auto sum = linalg::GenericOp::create(
      rewriter, loc, start.getType(), op.getDpsInputs(), ValueRange{start},
      op.getIndexingMapsArray(), op.getIteratorTypesArray(),
      [&](OpBuilder &builder, Location where, ValueRange args) {
        Value a = arith::ExtFOp::create(builder, where, wide, args[0]);
        Value b = arith::ExtFOp::create(builder, where, wide, args[1]);
        Value product = arith::MulFOp::create(builder, where, a, b);
        Value result = arith::AddFOp::create(builder, where, args[2], product);
        linalg::YieldOp::create(builder, where, result);
      });
  rewriter.replaceOp(op, convert(rewriter, loc, sum.getResult(0), narrow));
  return success();
}
} // namespace xpu

namespace {
struct WidenAccumulatorsPass final
    : xpu::impl::WidenAccumulatorsPassBase<WidenAccumulatorsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<linalg::GenericOp> ops;
    getOperation().walk([&](linalg::GenericOp op) { ops.push_back(op); });
    IRRewriter rewriter(&getContext());
    for (linalg::GenericOp op : ops) {
      (void)xpu::widenAccumulators(rewriter, op);
    }
  }
};
} // namespace
