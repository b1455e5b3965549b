//===- ModelDialect.cpp - Registration, verification, effects -------------===//

#include "dialects/Model/IR/Model.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace acc::model;

#include "dialects/Model/IR/ModelDialect.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/Model/IR/ModelOps.cpp.inc"

void ModelDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Model/IR/ModelOps.cpp.inc"
      >();
}

SmallVector<int64_t> AttentionOp::getLoopRanges() {
  SmallVector<int64_t> ranges(getKeyLoop() + 3, ShapedType::kDynamic);
  for (auto [i, operand] : llvm::enumerate(getOperands())) {
    ArrayRef<int64_t> shape = cast<ShapedType>(operand.getType()).getShape();
    for (auto [expr, size] : llvm::zip(getMap(i).getResults(), shape)) {
      ranges[cast<AffineDimExpr>(expr).getPosition()] = size;
    }
  }
  return ranges;
}

LogicalResult AttentionOp::verify() {
  if (getIndexingMaps().size() != getNumOperands()) {
    return emitOpError() << "expects a map for each of " << getNumOperands()
                         << " operands, but has " << getIndexingMaps().size();
  }
  if (getBatchLoops() < 0 || getRowLoops() < 0) {
    return emitOpError("expects numbers of loops that are not negative");
  }
  unsigned keyLoop = getKeyLoop();
  SmallVector<int64_t> ranges(keyLoop + 3, ShapedType::kDynamic);
  for (auto [i, operand] : llvm::enumerate(getOperands())) {
    auto type = cast<ShapedType>(operand.getType());
    AffineMap map = getMap(i);
    if (!type.hasRank() || map.getNumDims() != ranges.size() ||
        map.getNumResults() != type.getRank() ||
        !map.isProjectedPermutation()) {
      return emitOpError() << "expects a projected permutation of "
                           << ranges.size() << " loops for operand " << i
                           << ", but got " << AffineMapAttr::get(map);
    }
    for (auto [expr, size] : llvm::zip(map.getResults(), type.getShape())) {
      int64_t &range = ranges[cast<AffineDimExpr>(expr).getPosition()];
      if (ShapedType::isStatic(range) && ShapedType::isStatic(size) &&
          range != size) {
        return emitOpError()
               << "expects loop " << cast<AffineDimExpr>(expr).getPosition()
               << " to have one size, but operand " << i << " says " << size
               << " and another " << range;
      }
      range = size;
    }
  }
  // Which loops an operand may have, and must have.
  enum { Query, Key, Value };
  const unsigned last = getNumOperands() - 1;
  for (unsigned i = 0; i < getNumOperands(); ++i) {
    AffineMap map = getMap(i);
    for (unsigned loop = 0; loop < ranges.size(); ++loop) {
      bool isBatch = loop < getBatchLoops();
      bool isRow = !isBatch && loop < keyLoop;
      bool may = isBatch || (isRow && i != Key && i != Value) ||
                 (loop == keyLoop && i != Query && i != last) ||
                 (loop == keyLoop + 1 && (i == Query || i == Key)) ||
                 (loop == keyLoop + 2 && (i == Value || i == last));
      bool must = may && (!isBatch || i == last) && (i <= Value || i == last);
      bool has = map.isFunctionOfDim(loop);
      if (has ? !may : must) {
        return emitOpError() << "expects operand " << i << " to "
                             << (has ? "lack" : "have") << " loop " << loop;
      }
    }
  }
  Block &body = getScore().front();
  unsigned arguments = 1 + getOthers().size() + keyLoop + 1;
  if (body.getNumArguments() != arguments ||
      !body.getArgument(0).getType().isF32()) {
    return emitOpError() << "expects a region of " << arguments
                         << " arguments, the first an f32";
  }
  for (unsigned i = 1; i < arguments; ++i) {
    bool isOther = i <= getOthers().size();
    Type expected =
        isOther
            ? cast<ShapedType>(getOthers()[i - 1].getType()).getElementType()
            : Type(IndexType::get(getContext()));
    if (body.getArgument(i).getType() != expected) {
      return emitOpError() << "expects argument " << i
                           << " of the region to be " << expected;
    }
  }
  auto yield = dyn_cast<YieldOp>(body.getTerminator());
  if (!yield || !yield.getValue() || !yield.getValue().getType().isF32()) {
    return emitOpError("expects its region to yield an f32");
  }
  bool isTensor = llvm::isa<TensorType>(getInit().getType());
  if (getNumResults() != (isTensor ? 1 : 0) ||
      (isTensor && getResult(0).getType() != getInit().getType())) {
    return emitOpError("expects a result like 'outs' on tensors, and none on "
                       "buffers");
  }
  return success();
}

void AttentionOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : getOperation()->getOpOperands()) {
    if (!llvm::isa<MemRefType>(operand.get().getType())) {
      continue;
    }
    if (isDpsInit(&operand)) {
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
    } else {
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
    }
  }
}

namespace {
/// The result is written as a whole, and not read.
struct AttentionModel
    : bufferization::DstBufferizableOpInterfaceExternalModel<AttentionModel,
                                                             AttentionOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const bufferization::AnalysisState &) const {
    return cast<DestinationStyleOpInterface>(op).isDpsInput(&operand);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const bufferization::BufferizationOptions &options,
                          bufferization::BufferizationState &state) const {
    rewriter.setInsertionPoint(op);
    SmallVector<Value> buffers;
    for (Value operand : op->getOperands()) {
      FailureOr<Value> buffer =
          bufferization::getBuffer(rewriter, operand, options, state);
      if (failed(buffer)) {
        return failure();
      }
      buffers.push_back(*buffer);
    }
    OperationState made(op->getLoc(), op->getName(), buffers, TypeRange(),
                        op->getAttrs());
    made.propertiesAttr = op->getPropertiesAsAttribute();
    made.addRegion();
    Operation *onBuffers = rewriter.create(made);
    rewriter.inlineRegionBefore(op->getRegion(0), onBuffers->getRegion(0),
                                onBuffers->getRegion(0).begin());
    bufferization::replaceOpWithBufferizedValues(rewriter, op, buffers.back());
    return success();
  }
};
} // namespace

void acc::model::registerBufferizableOpInterfaceExternalModels(
    DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, ModelDialect *) {
    AttentionOp::attachInterface<AttentionModel>(*context);
  });
}
