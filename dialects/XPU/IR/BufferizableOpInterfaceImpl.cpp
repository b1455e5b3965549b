//===- BufferizableOpInterfaceImpl.cpp - host_call on buffers -------------===//

#include "dialects/XPU/IR/XPU.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::bufferization;

namespace {
/// The host sees whole buffers in row-major order: an operand that is a view is
/// copied.
struct HostCallModel
    : DstBufferizableOpInterfaceExternalModel<HostCallModel, xpu::HostCallOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    return cast<DestinationStyleOpInterface>(op).isDpsInput(&operand);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto call = cast<xpu::HostCallOp>(op);
    rewriter.setInsertionPoint(op);
    auto bufferOf = [&](Value tensor, bool isInput) -> FailureOr<Value> {
      FailureOr<Value> buffer = getBuffer(rewriter, tensor, options, state);
      if (failed(buffer)) {
        return failure();
      }
      auto type = cast<MemRefType>(buffer->getType());
      bool isWhole =
          type.getLayout().isIdentity() &&
          !llvm::isa_and_nonnull<memref::SubViewOp>(buffer->getDefiningOp());
      if (isWhole) {
        return *buffer;
      }
      Value whole = memref::AllocOp::create(
          rewriter, op->getLoc(),
          MemRefType::get(type.getShape(), type.getElementType(),
                          MemRefLayoutAttrInterface(), type.getMemorySpace()));
      if (isInput) {
        memref::CopyOp::create(rewriter, op->getLoc(), *buffer, whole);
      }
      return whole;
    };
    SmallVector<Value> inputs, outputs;
    for (Value input : call.getInputs()) {
      FailureOr<Value> buffer = bufferOf(input, /*isInput=*/true);
      if (failed(buffer)) {
        return failure();
      }
      inputs.push_back(*buffer);
    }
    for (Value output : call.getOutputs()) {
      FailureOr<Value> buffer = bufferOf(output, /*isInput=*/false);
      if (failed(buffer)) {
        return failure();
      }
      outputs.push_back(*buffer);
    }
    xpu::HostCallOp::create(rewriter, op->getLoc(), TypeRange(),
                            call.getCallee(), call.getBecause(),
                            call.getOperations(), inputs, outputs);
    replaceOpWithBufferizedValues(rewriter, op, outputs);
    return success();
  }
};
} // namespace

void xpu::registerBufferizableOpInterfaceExternalModels(
    DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, xpu::XPUDialect *) {
    xpu::HostCallOp::attachInterface<HostCallModel>(*context);
  });
}
