//===- SetInitialValues.cpp - Start values of reductions as attributes ----===//

#include "passes/Input/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "passes/Analysis/Contraction.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_SETINITIALVALUESPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

/// The constant that `value` is filled with.
static std::optional<TypedAttr> getFillValue(Value value) {
  if (auto fill = value.getDefiningOp<linalg::FillOp>()) {
    TypedAttr constant;
    if (matchPattern(fill.getInputs()[0], m_Constant(&constant))) {
      return constant;
    }
  }
  return std::nullopt;
}

/// The accumulators start at zero; a contraction that starts from a tensor
/// becomes one that starts from zero, and an addition.
static void splitInitialValue(RewriterBase &rewriter, linalg::LinalgOp op) {
  OpOperand &init = op.getDpsInitsMutable()[0];
  if (std::optional<TypedAttr> fill = getFillValue(init.get())) {
    if (xpu::isZeroStart(*fill)) {
      return;
    }
  }
  Location loc = op.getLoc();
  Value start = init.get();
  auto type = cast<RankedTensorType>(start.getType());
  rewriter.setInsertionPoint(op);
  Value zero = arith::ConstantOp::create(
      rewriter, loc, rewriter.getZeroAttr(type.getElementType()));
  Value empty = tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                        type.getElementType());
  Value zeros = linalg::FillOp::create(rewriter, loc, zero, empty).getResult(0);
  rewriter.modifyOpInPlace(op, [&] { init.set(zeros); });
  rewriter.setInsertionPointAfter(op);
  AffineMap identity = rewriter.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto add = linalg::GenericOp::create(
      rewriter, loc, type, ValueRange{op->getResult(0), start},
      ValueRange{empty}, ArrayRef<AffineMap>{identity, identity, identity},
      iterators, [](OpBuilder &builder, Location loc, ValueRange args) {
        Value sum = isa<FloatType>(args[0].getType())
                        ? arith::AddFOp::create(builder, loc, args[0], args[1])
                              .getResult()
                        : arith::AddIOp::create(builder, loc, args[0], args[1]);
        linalg::YieldOp::create(builder, loc, sum);
      });
  rewriter.replaceAllUsesExcept(op->getResult(0), add.getResult(0), add);
}

namespace {
struct SetInitialValuesPass final
    : xpu::impl::SetInitialValuesPassBase<SetInitialValuesPass> {
  using Base::Base;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::GenericOp> reductions;
    getOperation().walk([&](linalg::GenericOp op) {
      if (op.getNumReductionLoops() != 0 && op.getNumDpsInits() == 1) {
        reductions.push_back(op);
      }
    });
    for (linalg::GenericOp op : reductions) {
      if (succeeded(xpu::matchContraction(op))) {
        splitInitialValue(rewriter, op);
      }
      OpOperand &init = op.getDpsInitsMutable()[0];
      if (std::optional<TypedAttr> fill = getFillValue(init.get())) {
        auto type = cast<RankedTensorType>(init.get().getType());
        rewriter.setInsertionPoint(op);
        Value empty = tensor::EmptyOp::create(
            rewriter, op.getLoc(), type.getShape(), type.getElementType());
        rewriter.modifyOpInPlace(op, [&] {
          init.set(empty);
          op->setAttr(xpu::kInitialValueAttr, *fill);
        });
      }
    }
  }
};
} // namespace
