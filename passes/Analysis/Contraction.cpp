//===- Contraction.cpp - Which operations the matrix unit computes --------===//

#include "passes/Analysis/Contraction.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace xpu {

/// Strips casts that only widen.
static Value stripWidening(Value value) {
  while (Operation *def = value.getDefiningOp()) {
    if (!llvm::isa<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp>(def)) {
      break;
    }
    value = def->getOperand(0);
  }
  return value;
}

template <typename AddOp, typename MulOp>
static bool hasMultiplyAddBody(linalg::LinalgOp op) {
  Block *body = op.getBlock();
  auto yield = cast<linalg::YieldOp>(body->getTerminator());
  auto add = yield.getOperand(0).getDefiningOp<AddOp>();
  if (!add) {
    return false;
  }
  Value out = body->getArgument(2);
  Value product = add.getLhs() == out ? add.getRhs() : add.getLhs();
  if (add.getLhs() != out && add.getRhs() != out) {
    return false;
  }
  auto mul = product.getDefiningOp<MulOp>();
  if (!mul) {
    return false;
  }
  Value lhs = stripWidening(mul.getLhs());
  Value rhs = stripWidening(mul.getRhs());
  return (lhs == body->getArgument(0) && rhs == body->getArgument(1)) ||
         (lhs == body->getArgument(1) && rhs == body->getArgument(0));
}

FailureOr<SmallVector<int64_t>>
getCoefficients(AffineExpr expr, unsigned numDims, int64_t &constant) {
  SmallVector<int64_t> result(numDims, 0);
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    result[dim.getPosition()] = 1;
    return result;
  }
  if (auto number = dyn_cast<AffineConstantExpr>(expr)) {
    constant += number.getValue();
    return result;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary) {
    return failure();
  }
  if (expr.getKind() == AffineExprKind::Add) {
    auto lhs = getCoefficients(binary.getLHS(), numDims, constant);
    auto rhs = getCoefficients(binary.getRHS(), numDims, constant);
    if (failed(lhs) || failed(rhs)) {
      return failure();
    }
    for (unsigned i = 0; i < numDims; ++i) {
      result[i] = (*lhs)[i] + (*rhs)[i];
    }
    return result;
  }
  if (expr.getKind() == AffineExprKind::Mul) {
    auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
    int64_t inner = 0;
    auto lhs = getCoefficients(binary.getLHS(), numDims, inner);
    if (!factor || failed(lhs)) {
      return failure();
    }
    constant += inner * factor.getValue();
    for (unsigned i = 0; i < numDims; ++i) {
      result[i] = (*lhs)[i] * factor.getValue();
    }
    return result;
  }
  return failure();
}

FailureOr<SmallVector<int64_t>>
getLoopStrides(AffineMap map, const StaticView &view, int64_t &offset) {
  SmallVector<int64_t> strides(map.getNumDims(), 0);
  offset = view.offset;
  for (auto [expr, stride] : llvm::zip(map.getResults(), view.strides)) {
    int64_t constant = 0;
    auto coefficients = getCoefficients(expr, map.getNumDims(), constant);
    if (failed(coefficients)) {
      return failure();
    }
    offset += constant * stride;
    for (unsigned d = 0; d < map.getNumDims(); ++d) {
      strides[d] += (*coefficients)[d] * stride;
    }
  }
  return strides;
}

static bool uses(AffineMap map, unsigned dim) {
  return map.isFunctionOfDim(dim);
}

static bool hasForm(linalg::LinalgOp op, int64_t inputs = 2) {
  return op.getNumDpsInputs() == inputs && op.getNumDpsInits() == 1 &&
         op.getNumReductionLoops() != 0 && !op.hasIndexSemantics() &&
         llvm::isa<ShapedType>(op.getDpsInits()[0].getType());
}

bool isZeroStart(Attribute start) {
  if (auto number = dyn_cast_or_null<FloatAttr>(start)) {
    return number.getValue().isPosZero();
  }
  auto integer = dyn_cast_or_null<IntegerAttr>(start);
  return integer && integer.getValue().isZero();
}

bool widensUnsigned(linalg::LinalgOp op, unsigned input) {
  BlockArgument argument = op.getBlock()->getArgument(input);
  return llvm::any_of(argument.getUsers(), [](Operation *user) {
    return llvm::isa<arith::ExtUIOp>(user);
  });
}

static FailureOr<ContractionDims> matchDims(linalg::LinalgOp op) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  AffineMap resultMap = maps.back();
  if (!resultMap.isProjectedPermutation()) {
    return failure();
  }
  ContractionDims dims;
  for (unsigned dim = 0; dim < op.getNumLoops(); ++dim) {
    bool a = uses(maps[0], dim);
    bool w = uses(maps[1], dim);
    bool out = uses(resultMap, dim);
    if (a && w) {
      (out ? dims.batch : dims.k).push_back(dim);
    } else if (out && a) {
      dims.m.push_back(dim);
    } else if (out && w) {
      dims.n.push_back(dim);
    } else {
      return failure();
    }
  }
  for (AffineMap map : maps) {
    for (AffineExpr expr : map.getResults()) {
      int64_t constant = 0;
      if (failed(getCoefficients(expr, op.getNumLoops(), constant))) {
        return failure();
      }
    }
  }
  if (dims.k.empty()) {
    return failure();
  }
  return dims;
}

bool isBlockProduct(linalg::LinalgOp op) {
  if (!hasForm(op, /*inputs=*/4)) {
    return false;
  }
  Block *body = op.getBlock();
  auto dot = body->getTerminator()->getOperand(0).getDefiningOp<BlockDotOp>();
  if (!dot) {
    return false;
  }
  Value operands[] = {dot.getA(), dot.getW(), dot.getAScale(), dot.getWScale(),
                      dot.getAcc()};
  return llvm::equal(operands, body->getArguments());
}

FailureOr<ContractionDims> matchFloatContraction(linalg::LinalgOp op) {
  if (!hasForm(op) || !hasMultiplyAddBody<arith::AddFOp, arith::MulFOp>(op)) {
    return failure();
  }
  return matchDims(op);
}

FailureOr<ContractionDims> matchContraction(linalg::LinalgOp op) {
  if (isBlockProduct(op)) {
    return matchDims(op);
  }
  if (!hasForm(op)) {
    return failure();
  }
  auto typeOf = [&](unsigned operand) {
    return getElementTypeOrSelf(op->getOperand(operand).getType());
  };
  if (typeOf(2).isF32()) {
    return matchFloatContraction(op);
  }
  if (!typeOf(2).isInteger(32) || !typeOf(0).isInteger(8) ||
      !typeOf(1).isInteger(8) ||
      !hasMultiplyAddBody<arith::AddIOp, arith::MulIOp>(op)) {
    return failure();
  }
  return matchDims(op);
}

} // namespace xpu
