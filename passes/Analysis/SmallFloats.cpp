//===- SmallFloats.cpp - Floats of fewer than nine bits -------------------===//

#include "passes/Analysis/SmallFloats.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace xpu {

bool isSmallFloat(Type type) {
  auto number = dyn_cast<FloatType>(getElementTypeOrSelf(type));
  return number && number.getWidth() <= 8;
}

bool hasSmallFloat(Operation *op) {
  return llvm::any_of(op->getOperandTypes(), isSmallFloat) ||
         llvm::any_of(op->getResultTypes(), isSmallFloat);
}

bool computesSmallFloats(Block &block) {
  return llvm::any_of(block, [](Operation &op) {
    return llvm::isa<arith::ExtFOp, arith::TruncFOp>(op) && hasSmallFloat(&op);
  });
}

bool movesSmallFloats(Block &block) {
  return !computesSmallFloats(block) &&
         llvm::any_of(block.without_terminator(),
                      [](Operation &op) { return hasSmallFloat(&op); });
}

} // namespace xpu
