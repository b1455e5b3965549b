//===- BufferAccess.cpp - What operations do with buffers -----------------===//

#include "passes/Analysis/BufferAccess.h"

#include "dialects/Model/IR/Model.h"
#include "dialects/Rack/IR/Rack.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/Contraction.h"

using namespace mlir;

namespace xpu {

bool isBufferWork(Operation *op) {
  return llvm::isa<linalg::LinalgOp, memref::CopyOp, acc::model::AttentionOp,
                   ExchangeOp, acc::rack::SendOp, acc::rack::ReceiveOp>(op);
}

bool isBufferNeutral(Operation *op) {
  return isMemoryEffectFree(op) ||
         llvm::isa<memref::AllocOp, memref::GetGlobalOp>(op);
}

bool readsOperand(Operation *op, OpOperand &operand) {
  if (llvm::isa<memref::CopyOp, ExchangeOp>(op)) {
    return operand.getOperandNumber() == 0;
  }
  if (llvm::isa<acc::rack::SendOp, acc::rack::ReceiveOp>(op)) {
    return llvm::isa<acc::rack::SendOp>(op);
  }
  if (auto attention = dyn_cast<acc::model::AttentionOp>(op)) {
    return attention.isDpsInput(&operand);
  }
  auto linalgOp = cast<linalg::LinalgOp>(op);
  if (!linalgOp.isDpsInit(&operand)) {
    return linalgOp.payloadUsesValueFromOperand(&operand);
  }
  return !op->hasAttr(kInitialValueAttr) &&
         linalgOp.payloadUsesValueFromOperand(&operand);
}

bool writesOperand(Operation *op, OpOperand &operand) {
  if (llvm::isa<memref::CopyOp, ExchangeOp>(op)) {
    return operand.getOperandNumber() == 1;
  }
  if (llvm::isa<acc::rack::SendOp, acc::rack::ReceiveOp>(op)) {
    return llvm::isa<acc::rack::ReceiveOp>(op);
  }
  return cast<DestinationStyleOpInterface>(op).isDpsInit(&operand);
}

bool overwritesOperand(Operation *op, OpOperand &operand) {
  if (operand.get() != getViewRoot(operand.get()) ||
      !writesOperand(op, operand) || readsOperand(op, operand)) {
    return false;
  }
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  return !linalgOp ||
         linalgOp.getMatchingIndexingMap(&operand).isProjectedPermutation();
}

bool readsByIndex(Operation *op) {
  bool found = false;
  for (Region &region : op->getRegions()) {
    region.walk([&](memref::LoadOp) { found = true; });
  }
  return found;
}

} // namespace xpu
