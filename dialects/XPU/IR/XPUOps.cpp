//===- XPUOps.cpp - Loops, views and calls of the host --------------------===//
//
// The commands of the engines are in files of their own.
//
//===----------------------------------------------------------------------===//

#include "dialects/XPU/IR/XPU.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

#include "dialects/XPU/IR/XPUInterfaces.cpp.inc"

namespace xpu {

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

std::optional<int64_t> getTripCount(Operation *loop) {
  auto forOp = dyn_cast<scf::ForOp>(loop);
  if (!forOp) {
    return std::nullopt;
  }
  std::optional<int64_t> low = getConstantIntValue(forOp.getLowerBound());
  std::optional<int64_t> high = getConstantIntValue(forOp.getUpperBound());
  std::optional<int64_t> step = getConstantIntValue(forOp.getStep());
  if (low != 0 || step != 1 || !high || *high < 1 || *high > INT32_MAX) {
    return std::nullopt;
  }
  return *high;
}

ShiftedBuffer getShiftedBuffer(Value memref) {
  ShiftedBuffer result;
  result.buffer = memref;
  while (auto shift = result.buffer.getDefiningOp<ShiftOp>()) {
    auto [low, high] = shift.getRange();
    result.low += low;
    result.high += high;
    for (auto [counter, step] :
         llvm::zip(shift.getCounters(), shift.getSteps())) {
      if (step != 0) {
        result.steps[counter.getParentBlock()->getParentOp()] += step;
      }
    }
    result.buffer = shift.getSource();
  }
  return result;
}

std::pair<int64_t, int64_t> ShiftOp::getRange() {
  int64_t low = 0;
  int64_t high = 0;
  for (auto [counter, step] : llvm::zip(getCounters(), getSteps())) {
    int64_t last =
        getTripCount(counter.getParentBlock()->getParentOp()).value_or(1) - 1;
    (step < 0 ? low : high) += step * last;
  }
  return {low, high};
}

LogicalResult BlocksOp::verify() {
  auto source = cast<ShapedType>(getSource().getType());
  auto result = cast<ShapedType>(getResult().getType());
  if (!isBlock(result.getElementType())) {
    return emitOpError() << "expects blocks of " << isa::kScaleBlock
                         << " floats of up to 8 bits, but got " << result;
  }
  auto block = cast<VectorType>(result.getElementType());
  bool areCodes = source.getElementType().isInteger(8);
  if (llvm::isa<MemRefType>(source) != llvm::isa<MemRefType>(result) ||
      (!areCodes && source.getElementType() != block.getElementType()) ||
      (!areCodes && block.getElementTypeBitWidth() != 8) ||
      source.getRank() != result.getRank() + 1 ||
      source.getShape().drop_back() != result.getShape() ||
      source.getShape().back() != getElementBytes(block)) {
    return emitOpError() << "expects a source with the bytes of a block in its "
                            "last dimension, but got "
                         << source << " for " << result;
  }
  return success();
}

LogicalResult ShiftOp::verify() {
  if (getCounters().size() != getSteps().size()) {
    return emitOpError() << "expects a step for each counter, but got "
                         << getSteps().size() << " for "
                         << getCounters().size();
  }
  for (Value counter : getCounters()) {
    auto argument = dyn_cast<BlockArgument>(counter);
    if (!argument || argument.getArgNumber() != 0 ||
        !getTripCount(argument.getOwner()->getParentOp())) {
      return emitOpError("expects counters of loops from 0 in steps of 1 with "
                         "constant bounds");
    }
  }
  if (getSource().getDefiningOp<ShiftOp>()) {
    return emitOpError("expects a buffer, but got a shifted one");
  }
  return success();
}

//===----------------------------------------------------------------------===//
// HostCallOp
//===----------------------------------------------------------------------===//

void HostCallOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : (*this)->getOpOperands()) {
    if (!llvm::isa<MemRefType>(operand.get().getType())) {
      continue;
    }
    if (isDpsInput(&operand)) {
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
    } else {
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
    }
  }
}

} // namespace xpu

#define GET_OP_CLASSES
#include "dialects/XPU/IR/XPUOps.cpp.inc"
