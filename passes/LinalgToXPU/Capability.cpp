//===- Capability.cpp - What a slice has a form for -----------------------===//

#include "passes/LinalgToXPU/Capability.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/Reduction.h"
#include "passes/LinalgToXPU/MicroProgram.h"
#include "passes/LinalgToXPU/Selector.h"

using namespace mlir;

namespace xpu {

static std::optional<std::string> whyNot(linalg::LinalgOp op) {
  if (op.getNumDpsInits() != 1) {
    return "has " + std::to_string(op.getNumDpsInits()) + " results";
  }
  // The matrix unit; which types it multiplies depends on the precision.
  if (succeeded(matchContraction(op))) {
    return std::nullopt;
  }
  for (Operation &inner : op.getBlock()->without_terminator()) {
    if (llvm::isa<linalg::IndexOp, tensor::ExtractOp>(inner) ||
        inner.hasTrait<OpTrait::ConstantLike>()) {
      continue;
    }
    if (std::optional<std::string> why = MicroProgram::whyNot(&inner)) {
      return why;
    }
  }
  if (op.getNumReductionLoops() != 0) {
    FailureOr<Reduction> reduction = matchReduction(op);
    if (failed(reduction) || !getCombinerUop(reduction->combiner)) {
      return "reduces by more than one combination with the running value";
    }
  }
  return std::nullopt;
}

/// Operations on tensors that move elements in a way known when compiling.
static bool isMovement(Operation *op) {
  return llvm::isa<BlocksOp, tensor::CastOp, tensor::CollapseShapeOp,
                   tensor::ConcatOp, tensor::ExpandShapeOp,
                   tensor::ExtractSliceOp, tensor::InsertSliceOp,
                   tensor::PadOp>(op) ||
         llvm::isa<bufferization::BufferizationDialect>(op->getDialect());
}

/// Scalars that the host makes at run time; the slice knows tensors only.
static bool readsScalar(Operation *op) {
  bool found = false;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands()) {
      Operation *def = operand.getDefiningOp();
      found |= operand.getType().isIntOrIndexOrFloat() && def &&
               !op->isAncestor(def) && !matchPattern(operand, m_Constant());
    }
  });
  return found;
}

std::optional<std::string> whyNotOnSlice(Operation *op) {
  if (op->hasTrait<OpTrait::ConstantLike>() || llvm::isa<tensor::EmptyOp>(op)) {
    return std::nullopt;
  }
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (readsScalar(op)) {
    return ("reads a scalar that is made at run time: " +
            op->getName().getStringRef())
        .str();
  }
  if (!linalgOp && !isMovement(op)) {
    return ("has no form on a slice: " + op->getName().getStringRef()).str();
  }
  for (Type type :
       llvm::concat<const Type>(SmallVector<Type>(op->getOperandTypes()),
                                SmallVector<Type>(op->getResultTypes()))) {
    auto tensor = dyn_cast<TensorType>(type);
    if (tensor && !isBlock(tensor.getElementType()) &&
        !getVectorFormat(tensor.getElementType())) {
      std::string text;
      llvm::raw_string_ostream(text)
          << "elements of type " << tensor.getElementType();
      return text;
    }
  }
  return linalgOp ? whyNot(linalgOp) : std::nullopt;
}

} // namespace xpu
