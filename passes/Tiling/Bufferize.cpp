//===- Bufferize.cpp - One-shot bufferization into memory spaces ----------===//

#include "passes/Tiling/Passes.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_BUFFERIZETOSPACESPASS
#include "passes/Tiling/Passes.h.inc"
} // namespace xpu

/// An own tensor.fill for each use that writes into it, where CSE left one: it
/// would be copied, which reads what is known.
static void splitFills(Operation *root) {
  SmallVector<linalg::FillOp> fills;
  root->walk([&](linalg::FillOp op) {
    if (op.hasPureTensorSemantics() &&
        op.getOutputs()[0].getDefiningOp<tensor::EmptyOp>()) {
      fills.push_back(op);
    }
  });
  for (linalg::FillOp op : fills) {
    OpBuilder builder(op);
    for (OpOperand &use : llvm::make_early_inc_range(op->getUses())) {
      auto insert = dyn_cast<tensor::InsertSliceOp>(use.getOwner());
      if (insert && insert.getDest() == use.get() && !op->hasOneUse()) {
        builder.setInsertionPoint(insert);
        use.set(builder.clone(*op)->getResult(0));
      }
    }
  }
}

/// An own tensor.empty for each use. CSE leaves one for all operations of a
/// shape, and the analysis then compares each of their results with all others:
/// 128 transformer blocks took 82 s.
static void splitEmptyTensors(Operation *root) {
  SmallVector<tensor::EmptyOp> empties;
  root->walk([&](tensor::EmptyOp op) { empties.push_back(op); });
  for (tensor::EmptyOp op : empties) {
    OpBuilder builder(op);
    for (OpOperand &use : llvm::make_early_inc_range(op->getUses())) {
      builder.setInsertionPoint(use.getOwner());
      use.set(builder.clone(*op)->getResult(0));
    }
    op.erase();
  }
}

/// The argument whose bytes a tensor may be, all or some; null if it has its
/// own.
static BlockArgument findArgument(Value tensor) {
  while (auto result = dyn_cast<OpResult>(tensor)) {
    Operation *op = result.getOwner();
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(op)) {
      tensor = insert.getDest();
    } else if (isa<tensor::ExtractSliceOp, tensor::CollapseShapeOp,
                   tensor::ExpandShapeOp, tensor::CastOp>(op)) {
      tensor = op->getOperand(0);
    } else if (auto loop = dyn_cast<LoopLikeOpInterface>(op)) {
      OpOperand *init = loop.getTiedLoopInit(result);
      if (!init) {
        return nullptr;
      }
      tensor = init->get();
    } else if (auto dps = dyn_cast<DestinationStyleOpInterface>(op)) {
      tensor = dps.getTiedOpOperand(result)->get();
    } else {
      return nullptr;
    }
  }
  return cast<BlockArgument>(tensor);
}

/// Arguments are values of the caller and are not written, except those that a
/// result is fed back to: the result is made in their place. Returns whether
/// there are any.
static bool placeFedResults(func::FuncOp func) {
  OpBuilder builder(func.getContext());
  llvm::DenseMap<unsigned, BlockArgument> fed; // by the number of the result
  for (BlockArgument argument : func.getArguments()) {
    auto number = func.getArgAttrOfType<IntegerAttr>(argument.getArgNumber(),
                                                     xpu::kFedByAttr);
    func.setArgAttr(argument.getArgNumber(),
                    bufferization::BufferizationDialect::kWritableAttrName,
                    builder.getBoolAttr(number != nullptr));
    if (number) {
      fed[number.getInt()] = argument;
    }
  }
  if (fed.empty()) {
    return false;
  }
  // All results are read before the first argument is written.
  Operation *end = func.getBody().front().getTerminator();
  builder.setInsertionPoint(end);
  for (OpOperand &operand : end->getOpOperands()) {
    BlockArgument source = findArgument(operand.get());
    BlockArgument target = fed.lookup(operand.getOperandNumber());
    bool changes =
        source &&
        (target || llvm::is_contained(llvm::make_second_range(fed), source));
    if (changes && source != target) {
      operand.set(bufferization::AllocTensorOp::create(
          builder, operand.get().getLoc(),
          cast<RankedTensorType>(operand.get().getType()), ValueRange(),
          operand.get()));
    }
  }
  for (OpOperand &operand : end->getOpOperands()) {
    if (BlockArgument target = fed.lookup(operand.getOperandNumber())) {
      operand.set(bufferization::MaterializeInDestinationOp::create(
                      builder, operand.get().getLoc(), operand.get(), target)
                      .getResult());
    }
  }
  return true;
}

/// A dimension of one element has stride 1. Upstream finds which dimensions a
/// slice drops by its strides, and fails if these strides are others.
template <typename SliceOp> static void setUnitStrides(SliceOp op) {
  SmallVector<int64_t> strides(op.getStaticStrides());
  for (auto [size, stride] : llvm::zip(op.getStaticSizes(), strides)) {
    if (size == 1 && !ShapedType::isDynamic(stride)) {
      stride = 1;
    }
  }
  op.setStaticStrides(strides);
}

namespace {
struct BufferizeToSpacesPass final
    : xpu::impl::BufferizeToSpacesPassBase<BufferizeToSpacesPass> {
  using Base::Base;

  void runOnOperation() override {
    splitFills(getOperation());
    splitEmptyTensors(getOperation());
    getOperation().walk([](Operation *op) {
      llvm::TypeSwitch<Operation *>(op)
          .Case<tensor::ExtractSliceOp, tensor::InsertSliceOp>(
              [](auto slice) { setUnitStrides(slice); });
    });
    bool anyFed = false;
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      anyFed |= !func.isExternal() && placeFedResults(func);
    }
    bool anyInserted = false;
    getOperation().walk([&](tensor::InsertSliceOp) { anyInserted = true; });
    IRRewriter rewriter(&getContext());
    if ((anyFed || anyInserted) && failed(bufferization::eliminateEmptyTensors(
                                       rewriter, getOperation()))) {
      return signalPassFailure();
    }
    bufferization::OneShotBufferizationOptions options;
    options.bufferizeFunctionBoundaries = true;
    options.setFunctionBoundaryTypeConversion(
        bufferization::LayoutMapOption::IdentityLayoutMap);
    options.defaultMemorySpaceFn =
        [](TensorType type) -> std::optional<Attribute> {
      return xpu::SpaceAttr::get(type.getContext(), xpu::Space::HBM);
    };
    bufferization::BufferizationState state;
    if (failed(bufferization::runOneShotModuleBufferize(getOperation(), options,
                                                        state))) {
      signalPassFailure();
    }
  }
};
} // namespace
