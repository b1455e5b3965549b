//===- NonNegative.cpp - Floats that are no less than zero ----------------===//

#include "passes/Analysis/NonNegative.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace xpu {

/// Operations that are looked at, one behind the other.
static constexpr unsigned kMostSteps = 12;

static bool isTensorNonNegative(Value value, unsigned steps);

static bool isConstantNonNegative(Value value) {
  APFloat number(0.0);
  if (matchPattern(value, m_ConstantFloat(&number))) {
    return !number.isNegative() || number.isZero();
  }
  DenseFPElementsAttr elements;
  return matchPattern(value, m_Constant(&elements)) && elements.isSplat() &&
         (!elements.getSplatValue<APFloat>().isNegative() ||
          elements.getSplatValue<APFloat>().isZero());
}

/// Of a scalar in the body of `op`.
static bool isScalarNonNegative(linalg::LinalgOp op, Value value,
                                unsigned steps) {
  if (steps == 0) {
    return false;
  }
  auto is = [&](Value other) {
    return isScalarNonNegative(op, other, steps - 1);
  };
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    return argument.getOwner() == op.getBlock() &&
           isTensorNonNegative(op->getOperand(argument.getArgNumber()),
                               steps - 1);
  }
  if (isConstantNonNegative(value)) {
    return true;
  }
  return TypeSwitch<Operation *, bool>(value.getDefiningOp())
      .Case<arith::MaximumFOp>(
          [&](auto max) { return is(max.getLhs()) || is(max.getRhs()); })
      // Not quotients: what is divided by -0 is less than zero.
      .Case<arith::MinimumFOp, arith::AddFOp>(
          [&](auto both) { return is(both.getLhs()) && is(both.getRhs()); })
      .Case<arith::MulFOp>([&](auto mul) {
        return mul.getLhs() == mul.getRhs() ||
               (is(mul.getLhs()) && is(mul.getRhs()));
      })
      .Case<arith::ExtFOp, arith::TruncFOp>(
          [&](auto cast) { return is(cast.getIn()); })
      .Case<arith::SelectOp>([&](auto select) {
        return is(select.getTrueValue()) && is(select.getFalseValue());
      })
      .Case<math::AbsFOp, math::ExpOp, math::Exp2Op, math::SqrtOp>(
          [](auto) { return true; })
      .Default([](Operation *) { return false; });
}

static bool isTensorNonNegative(Value value, unsigned steps) {
  Operation *op = value.getDefiningOp();
  if (!op || steps == 0) {
    return false;
  }
  if (isConstantNonNegative(value)) {
    return true;
  }
  return TypeSwitch<Operation *, bool>(op)
      .Case<tensor::ExpandShapeOp, tensor::CollapseShapeOp>([&](auto view) {
        return isTensorNonNegative(view.getSrc(), steps - 1);
      })
      .Case<tensor::ExtractSliceOp>([&](tensor::ExtractSliceOp slice) {
        return isTensorNonNegative(slice.getSource(), steps - 1);
      })
      .Case<tensor::InsertSliceOp>([&](tensor::InsertSliceOp insert) {
        return isTensorNonNegative(insert.getSource(), steps - 1) &&
               isTensorNonNegative(insert.getDest(), steps - 1);
      })
      .Case<linalg::FillOp>([&](linalg::FillOp fill) {
        return isConstantNonNegative(fill.value());
      })
      .Case<linalg::GenericOp>([&](linalg::GenericOp generic) {
        // A sum is more than its elements.
        auto result = cast<OpResult>(value).getResultNumber();
        return generic.getNumParallelLoops() == generic.getNumLoops() &&
               isScalarNonNegative(
                   generic,
                   generic.getBlock()->getTerminator()->getOperand(result),
                   steps - 1);
      })
      .Default([](Operation *) { return false; });
}

bool isNonNegative(Value tensor) {
  return isa<FloatType>(getElementTypeOrSelf(tensor.getType())) &&
         isTensorNonNegative(tensor, kMostSteps);
}

} // namespace xpu
