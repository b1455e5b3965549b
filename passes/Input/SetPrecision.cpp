//===- SetPrecision.cpp - Operands of matrix work in bf16 -----------------===//

#include "passes/Input/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"
#include "passes/Analysis/Contraction.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_SETPRECISIONPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

/// The values of an f32 constant rounded to bf16; null if it has none.
DenseElementsAttr roundConstant(ElementsAttr constant, RankedTensorType type) {
  SmallVector<APFloat> values;
  values.reserve(type.getNumElements());
  auto append = [&](APFloat value) {
    bool losesInfo = false;
    value.convert(APFloat::BFloat(), APFloat::rmNearestTiesToEven, &losesInfo);
    values.push_back(value);
  };
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(constant)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || blob->getData().size() != size_t(type.getNumElements()) * 4) {
      return nullptr;
    }
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      float value;
      memcpy(&value, blob->getData().data() + 4 * i, 4);
      append(APFloat(value));
    }
  } else if (auto dense = dyn_cast<DenseElementsAttr>(constant)) {
    for (const APFloat &value : dense.getValues<APFloat>()) {
      append(value);
    }
  } else {
    return nullptr;
  }
  return DenseElementsAttr::get(type, values);
}

/// `value` rounded to bf16, by the compiler if it is constant.
Value roundOperand(RewriterBase &rewriter, Location loc, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  auto rounded = RankedTensorType::get(type.getShape(), rewriter.getBF16Type());
  ElementsAttr constant;
  if (matchPattern(value, m_Constant(&constant))) {
    if (DenseElementsAttr attr = roundConstant(constant, rounded)) {
      return arith::ConstantOp::create(rewriter, loc, attr);
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
