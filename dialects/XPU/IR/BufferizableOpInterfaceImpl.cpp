//===- BufferizableOpInterfaceImpl.cpp - Operations on buffers ------------===//

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

/// The type of a buffer of blocks in a buffer of their bytes; null if rows of
/// bytes are no rows of whole blocks.
MemRefType getBlockBufferType(MemRefType source, RankedTensorType blocks) {
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (failed(source.getStridesAndOffset(strides, offset)) ||
      strides.pop_back_val() != 1) {
    return nullptr;
  }
  int64_t bytes = xpu::getElementBytes(blocks.getElementType());
  auto toBlocks = [&](int64_t &number) {
    if (ShapedType::isDynamic(number)) {
      return true;
    }
    bool isWhole = number % bytes == 0;
    number /= bytes;
    return isWhole;
  };
  if (!llvm::all_of(strides, toBlocks) || !toBlocks(offset)) {
    return nullptr;
  }
  MemRefLayoutAttrInterface layout;
  if (!source.getLayout().isIdentity()) {
    layout = StridedLayoutAttr::get(source.getContext(), offset, strides);
  }
  return MemRefType::get(blocks.getShape(), blocks.getElementType(), layout,
                         source.getMemorySpace());
}

/// Other elements at the same place.
struct BlocksModel
    : BufferizableOpInterface::ExternalModel<BlocksModel, xpu::BlocksOp> {
  bool bufferizesToMemoryRead(Operation *, OpOperand &,
                              const AnalysisState &) const {
    return false;
  }
  bool bufferizesToMemoryWrite(Operation *, OpOperand &,
                               const AnalysisState &) const {
    return false;
  }
  AliasingValueList getAliasingValues(Operation *op, OpOperand &,
                                      const AnalysisState &) const {
    return {{op->getResult(0), BufferRelation::Equivalent}};
  }

  FailureOr<BufferLikeType>
  getBufferType(Operation *op, Value value, const BufferizationOptions &options,
                const BufferizationState &state,
                SmallVector<Value> &invocationStack) const {
    auto source = bufferization::getBufferType(
        cast<xpu::BlocksOp>(op).getSource(), options, state, invocationStack);
    if (failed(source)) {
      return failure();
    }
    MemRefType type = getBlockBufferType(
        cast<MemRefType>(*source), cast<RankedTensorType>(value.getType()));
    if (!type) {
      return op->emitOpError() << "expects whole blocks in " << *source;
    }
    return cast<BufferLikeType>(type);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto blocks = cast<xpu::BlocksOp>(op);
    FailureOr<Value> source =
        getBuffer(rewriter, blocks.getSource(), options, state);
    if (failed(source)) {
      return failure();
    }
    MemRefType type = getBlockBufferType(
        cast<MemRefType>(source->getType()),
        cast<RankedTensorType>(blocks.getResult().getType()));
    if (!type) {
      return op->emitOpError()
             << "expects whole blocks in " << source->getType();
    }
    replaceOpWithNewBufferizedOp<xpu::BlocksOp>(rewriter, op, type, *source);
    return success();
  }
};
} // namespace

void xpu::registerBufferizableOpInterfaceExternalModels(
    DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, xpu::XPUDialect *) {
    xpu::HostCallOp::attachInterface<HostCallModel>(*context);
    xpu::BlocksOp::attachInterface<BlocksModel>(*context);
  });
}
