//===- SetPrecision.cpp - Operands of matrix work in bf16 -----------------===//

#include "passes/Input/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "passes/Analysis/ConstantData.h"
#include "passes/Analysis/Contraction.h"
#include "systemc-models/Arithmetic/Convert.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_SETPRECISIONPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

/// The values of an f32 constant rounded to bf16; null if they are not at hand.
ElementsAttr roundConstant(ElementsAttr constant, RankedTensorType type) {
  if (!xpu::hasConstantData(constant)) {
    return nullptr;
  }
  ArrayRef<char> from = xpu::getConstantData(constant);
  auto roundTo = [&](char *to) {
    for (size_t at = 0; at < from.size(); at += 4, to += 2) {
      uint32_t wide;
      memcpy(&wide, from.data() + at, 4);
      uint16_t narrow = acc::arith::f32ToBf16(wide);
      memcpy(to, &narrow, 2);
    }
  };
  if (constant.isSplat()) {
    char value[2];
    roundTo(value);
    return DenseElementsAttr::getFromRawBuffer(type, value);
  }
  AsmResourceBlob blob = xpu::allocateZeros(from.size() / 2);
  roundTo(blob.getMutableData().data());
  return DenseResourceElementsAttr::get(type, "rounded", std::move(blob));
}

/// `value` rounded to bf16, by the compiler if it is constant.
Value roundOperand(RewriterBase &rewriter, Location loc, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  auto rounded = RankedTensorType::get(type.getShape(), rewriter.getBF16Type());
  ElementsAttr constant;
  if (matchPattern(value, m_Constant(&constant))) {
    if (ElementsAttr attr = roundConstant(constant, rounded)) {
      return arith::ConstantOp::create(rewriter, loc, cast<TypedAttr>(attr));
    }
  }
  Value empty = tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                        rounded.getElementType());
  AffineMap identity = rewriter.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             rewriter, loc, rounded, ValueRange{value}, ValueRange{empty},
             ArrayRef<AffineMap>{identity, identity}, iterators,
             [&](OpBuilder &builder, Location loc, ValueRange args) {
               Value narrow = arith::TruncFOp::create(
                   builder, loc, builder.getBF16Type(), args[0]);
               linalg::YieldOp::create(builder, loc, narrow);
             })
      .getResult(0);
}

struct SetPrecisionPass final
    : xpu::impl::SetPrecisionPassBase<SetPrecisionPass> {
  using Base::Base;

  void runOnOperation() override {
    if (precision == "fp32") {
      return;
    }
    if (precision != "bf16") {
      getOperation().emitError()
          << "unsupported: precision '" << precision << "'";
      return signalPassFailure();
    }
    SmallVector<linalg::GenericOp> contractions;
    getOperation().walk([&](linalg::GenericOp op) {
      if (succeeded(xpu::matchContraction(op))) {
        contractions.push_back(op);
      }
    });
    IRRewriter rewriter(&getContext());
    llvm::DenseMap<Value, Value> rounded;
    for (linalg::GenericOp op : contractions) {
      for (OpOperand *input : op.getDpsInputOperands()) {
        auto type = dyn_cast<RankedTensorType>(input->get().getType());
        if (!type || !type.getElementType().isF32()) {
          continue;
        }
        Value &narrow = rounded[input->get()];
        if (!narrow) {
          rewriter.setInsertionPointAfterValue(input->get());
          narrow = roundOperand(rewriter, op.getLoc(), input->get());
        }
        BlockArgument argument = op.getMatchingBlockArgument(input);
        rewriter.modifyOpInPlace(op, [&] {
          input->set(narrow);
          argument.setType(rewriter.getBF16Type());
        });
        rewriter.setInsertionPointToStart(op.getBlock());
        auto widen = arith::ExtFOp::create(rewriter, op.getLoc(),
                                           rewriter.getF32Type(), argument);
        rewriter.replaceAllUsesExcept(argument, widen, widen);
      }
    }
  }
};

} // namespace
