//===- WidenSmallFloats.cpp - fp8, fp6 and fp4 are for storage ------------===//

#include "passes/Input/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Analysis/SmallFloats.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_WIDENSMALLFLOATSPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

/// The types of fewer than nine bits that `function` speaks of.
SetVector<Type> collectSmallFloats(func::FuncOp function) {
  SetVector<Type> types;
  auto collect = [&](Type type) {
    if (xpu::isSmallFloat(type)) {
      types.insert(getElementTypeOrSelf(type));
    }
  };
  function.walk([&](Operation *op) {
    llvm::for_each(op->getOperandTypes(), collect);
    llvm::for_each(op->getResultTypes(), collect);
  });
  return types;
}

struct WidenSmallFloatsPass final
    : xpu::impl::WidenSmallFloatsPassBase<WidenSmallFloatsPass> {
  using Base::Base;

  void runOnOperation() override {
    SetVector<Type> small = collectSmallFloats(getOperation());
    if (small.empty()) {
      return;
    }
    RewritePatternSet scaling(&getContext());
    arith::populateExpandScalingExtTruncPatterns(scaling);
    if (failed(applyPatternsGreedily(getOperation(), std::move(scaling)))) {
      return signalPassFailure();
    }
    generalizeArithmetic();
    // Scaling brings in formats of its own.
    small = collectSmallFloats(getOperation());
    if (failed(widen(small))) {
      return signalPassFailure();
    }
    keepRounding();
  }

private:
  /// The body of a named operation is not its own: its name says what it is.
  void generalizeArithmetic() {
    SmallVector<linalg::LinalgOp> named;
    getOperation().walk([&](linalg::LinalgOp op) {
      auto calculatesSmall = [](Operation &inner) {
        return !llvm::isa<CastOpInterface, linalg::YieldOp>(inner) &&
               llvm::any_of(inner.getOperandTypes(), xpu::isSmallFloat);
      };
      if (!llvm::isa<linalg::GenericOp>(op) &&
          llvm::any_of(*op.getBlock(), calculatesSmall)) {
        named.push_back(op);
      }
    });
    IRRewriter rewriter(&getContext());
    for (linalg::LinalgOp op : named) {
      rewriter.setInsertionPoint(op);
      (void)linalg::generalizeNamedOp(rewriter, op);
    }
  }

  /// Upstream allows its casts to be contracted: rounding between two
  /// operations would be lost.
  void keepRounding() {
    getOperation().walk([](arith::ArithFastMathInterface op) {
      if (llvm::isa<arith::ExtFOp, arith::TruncFOp>(op) &&
          xpu::hasSmallFloat(op)) {
        op->removeAttr(op.getFastMathAttrName());
      }
    });
  }

  LogicalResult widen(const SetVector<Type> &small) {
    Type wide = Float32Type::get(&getContext());
    TypeConverter converter;
    arith::populateEmulateUnsupportedFloatsConversions(
        converter, small.getArrayRef(), wide);
    RewritePatternSet patterns(&getContext());
    arith::populateEmulateUnsupportedFloatsPatterns(patterns, converter);
    ConversionTarget target(getContext());
    arith::populateEmulateUnsupportedFloatsLegality(target, converter);
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns)))) {
      return failure();
    }
    SetVector<Type> supported;
    supported.insert_range(ArrayRef<Type>{wide, Float64Type::get(&getContext()),
                                          Float16Type::get(&getContext()),
                                          BFloat16Type::get(&getContext())});
    TypeConverter functions;
    math::populateExtendToSupportedTypesTypeConverter(functions, supported,
                                                      wide);
    RewritePatternSet extensions(&getContext());
    math::populateExtendToSupportedTypesPatterns(extensions, functions);
    ConversionTarget extended(getContext());
    math::populateExtendToSupportedTypesConversionTarget(extended, functions);
    return applyPartialConversion(getOperation(), extended,
                                  std::move(extensions));
  }
};

} // namespace
