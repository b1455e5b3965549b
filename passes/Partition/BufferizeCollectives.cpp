//===- BufferizeCollectives.cpp - Collectives of the shard dialect --------===//

#include "passes/Partition/Passes.h"

#include "dialects/Rack/IR/Rack.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"
#include "passes/Partition/Division.h"

using namespace mlir;
using namespace mlir::bufferization;

namespace {
/// The slices that differ only along the axes.
struct Members {
  xpu::GroupKind group = xpu::GroupKind::Chip;
  xpu::ChipsKind chips = xpu::ChipsKind::Own;
  int64_t count = 1;
};

FailureOr<Members> findMembers(Operation *op, FlatSymbolRefAttr symbol,
                               ArrayRef<int16_t> axes) {
  auto gridOp = SymbolTable::lookupNearestSymbolFrom<shard::GridOp>(op, symbol);
  xpu::Grid grid(gridOp ? gridOp.getShape() : ArrayRef<int64_t>());
  if (!grid.isOfSlices() || !llvm::is_sorted(axes)) {
    return op->emitError(
        "expects axes of a grid of rows and columns of slices, of a rack "
        "behind trays and chips of a tray, in order");
  }
  Members members;
  members.count = grid.count(axes);
  xpu::Axes chips = grid.usedOf(axes, true), slices = grid.usedOf(axes, false);
  if (!chips.empty()) {
    members.chips = chips == grid.usedOf(grid.usedAxes(), true)
                        ? xpu::ChipsKind::Rack
                    : chips[0] == 1 ? xpu::ChipsKind::Tray
                                    : xpu::ChipsKind::Peers;
  }
  if (slices.size() == 1) {
    // Slices of a row differ in their column.
    bool isRow = size_t(slices[0]) + 1 == grid.getShape().size();
    members.group = isRow ? xpu::GroupKind::Row : xpu::GroupKind::Column;
  } else if (slices.empty() && !chips.empty()) {
    members.group = xpu::GroupKind::Slice;
  }
  return members;
}

std::optional<xpu::ReductionKind> findReduction(shard::ReductionKind kind,
                                                Type element) {
  bool isFloat = llvm::isa<FloatType>(element);
  switch (kind) {
  case shard::ReductionKind::Sum:
    return isFloat ? xpu::ReductionKind::FAdd : xpu::ReductionKind::IAdd;
  case shard::ReductionKind::Max:
    return isFloat ? xpu::ReductionKind::FMax : xpu::ReductionKind::IMax;
  case shard::ReductionKind::Min:
    return isFloat ? xpu::ReductionKind::FMin : xpu::ReductionKind::IMin;
  default:
    return std::nullopt;
  }
}

/// A contiguous buffer in other dimensions.
Value reshape(RewriterBase &rewriter, Location loc, Value buffer,
              ArrayRef<int64_t> shape) {
  auto type = cast<MemRefType>(buffer.getType());
  if (type.getShape() == shape) {
    return buffer;
  }
  if (type.getRank() > 1) {
    ReassociationIndices all(
        llvm::to_vector(llvm::seq<int64_t>(0, type.getRank())));
    buffer = memref::CollapseShapeOp::create(
        rewriter, loc, buffer, ArrayRef<ReassociationIndices>(all));
  }
  SmallVector<ReassociationIndices> groups;
  if (type.getRank() > 0) {
    groups.push_back(llvm::to_vector(llvm::seq<int64_t>(0, shape.size())));
  }
  return memref::ExpandShapeOp::create(rewriter, loc, shape, buffer, groups);
}

/// Operands are read where they are, and no result lies there.
template <typename OpTy, typename Derived>
struct ReadingModel : BufferizableOpInterface::ExternalModel<Derived, OpTy> {
  bool bufferizesToMemoryRead(Operation *, OpOperand &,
                              const AnalysisState &) const {
    return true;
  }
  bool bufferizesToMemoryWrite(Operation *, OpOperand &,
                               const AnalysisState &) const {
    return false;
  }
  AliasingValueList getAliasingValues(Operation *, OpOperand &,
                                      const AnalysisState &) const {
    return {};
  }
};

/// The result is a buffer of its own: slices read what others have given.
template <typename OpTy, typename Derived>
struct CollectiveModel : ReadingModel<OpTy, Derived> {
  bool bufferizesToAllocation(Operation *, Value) const { return true; }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto collective = cast<OpTy>(op);
    FailureOr<Members> members =
        findMembers(op, collective.getGridAttr(), collective.getGridAxes());
    FailureOr<Value> input =
        getBuffer(rewriter, collective.getInput(), options, state);
    if (failed(members) || failed(input)) {
      return failure();
    }
    Location loc = op->getLoc();
    auto space = xpu::SpaceAttr::get(op->getContext(), xpu::Space::HBM);
    auto allocate = [&](ShapedType type) -> Value {
      return memref::AllocOp::create(
          rewriter, loc,
          MemRefType::get(type.getShape(), type.getElementType(),
                          MemRefLayoutAttrInterface(), space));
    };
    auto type = cast<MemRefType>(input->getType());
    if (!type.getLayout().isIdentity()) {
      Value copy = allocate(type);
      memref::CopyOp::create(rewriter, loc, *input, copy);
      input = copy;
    }
    Value result = allocate(cast<ShapedType>(op->getResult(0).getType()));
    if (failed(static_cast<const Derived *>(this)->exchange(
            collective, rewriter, *members, *input, result))) {
      return failure();
    }
    replaceOpWithBufferizedValues(rewriter, op, result);
    return success();
  }
};

constexpr llvm::StringLiteral kReductions =
    "unsupported: reductions between slices other than sum, max and min of one "
    "type";

/// Elements before a dimension, and from it on.
std::pair<int64_t, int64_t> rowsBefore(ArrayRef<int64_t> shape, int64_t dim) {
  int64_t rows = 1, columns = 1;
  for (auto [i, size] : llvm::enumerate(shape)) {
    (int64_t(i) < dim ? rows : columns) *= size;
  }
  return {rows, columns};
}

/// Rows as long as a command has columns, or the only one.
SmallVector<int64_t> longRows(ArrayRef<int64_t> shape) {
  int64_t columns = 1, elements = ShapedType::getNumElements(shape);
  for (int64_t size : llvm::reverse(shape)) {
    if (columns * size > UINT16_MAX) {
      break;
    }
    columns *= size;
  }
  return {elements / columns, columns};
}

struct AllGatherModel : CollectiveModel<shard::AllGatherOp, AllGatherModel> {
  LogicalResult exchange(shard::AllGatherOp op, RewriterBase &rewriter,
                         Members members, Value input, Value result) const {
    Location loc = op.getLoc();
    ArrayRef<int64_t> shape = cast<MemRefType>(input.getType()).getShape();
    auto [rows, columns] = rowsBefore(shape, op.getGatherAxis().getSExtValue());
    xpu::ExchangeOp::create(
        rewriter, loc, xpu::CollectiveKind::AllGather, xpu::ReductionKindAttr(),
        members.group, members.count,
        reshape(rewriter, loc, input, {rows, columns}),
        reshape(rewriter, loc, result, {rows, members.count, columns}),
        members.chips);
    return success();
  }
};

struct ReduceScatterModel
    : CollectiveModel<shard::ReduceScatterOp, ReduceScatterModel> {
  LogicalResult exchange(shard::ReduceScatterOp op, RewriterBase &rewriter,
                         Members members, Value input, Value result) const {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(result.getType());
    std::optional<xpu::ReductionKind> kind =
        findReduction(op.getReduction(), type.getElementType());
    if (!kind || type.getElementType() !=
                     cast<MemRefType>(input.getType()).getElementType()) {
      return op.emitError(kReductions);
    }
    auto [rows, columns] =
        rowsBefore(type.getShape(), op.getScatterAxis().getSExtValue());
    xpu::ExchangeOp::create(
        rewriter, loc, xpu::CollectiveKind::ReduceScatter,
        xpu::ReductionKindAttr::get(op.getContext(), *kind), members.group,
        members.count,
        reshape(rewriter, loc, input, {rows, members.count, columns}),
        reshape(rewriter, loc, result, {rows, columns}), members.chips);
    return success();
  }
};

struct AllReduceModel : CollectiveModel<shard::AllReduceOp, AllReduceModel> {
  LogicalResult exchange(shard::AllReduceOp op, RewriterBase &rewriter,
                         Members members, Value input, Value result) const {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(input.getType());
    std::optional<xpu::ReductionKind> kind =
        findReduction(op.getReduction(), type.getElementType());
    if (!kind || type.getElementType() !=
                     cast<MemRefType>(result.getType()).getElementType()) {
      return op.emitError(kReductions);
    }
    SmallVector<int64_t> row = longRows(type.getShape());
    xpu::ExchangeOp::create(rewriter, loc, xpu::CollectiveKind::AllReduce,
                            xpu::ReductionKindAttr::get(op.getContext(), *kind),
                            members.group, members.count,
                            reshape(rewriter, loc, input, row),
                            reshape(rewriter, loc, result, row), members.chips);
    return success();
  }
};

/// What leaves is read from a buffer without gaps.
struct SendModel : ReadingModel<acc::rack::SendOp, SendModel> {
  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto send = cast<acc::rack::SendOp>(op);
    FailureOr<Value> value =
        getBuffer(rewriter, send.getValue(), options, state);
    if (failed(value)) {
      return failure();
    }
    auto type = cast<MemRefType>(value->getType());
    if (!type.getLayout().isIdentity()) {
      Value copy = memref::AllocOp::create(
          rewriter, op->getLoc(),
          MemRefType::get(type.getShape(), type.getElementType(),
                          MemRefLayoutAttrInterface(), type.getMemorySpace()));
      memref::CopyOp::create(rewriter, op->getLoc(), *value, copy);
      value = copy;
    }
    Value rows =
        reshape(rewriter, op->getLoc(), *value, longRows(type.getShape()));
    rewriter.replaceOpWithNewOp<acc::rack::SendOp>(
        op, rows, send.getStage(), send.getStages(), send.getChips());
    return success();
  }
};

/// What arrives has a buffer of its own.
struct ReceiveModel
    : BufferizableOpInterface::ExternalModel<ReceiveModel,
                                             acc::rack::ReceiveOp> {
  bool bufferizesToAllocation(Operation *, Value) const { return true; }
  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &,
                          BufferizationState &) const {
    auto receive = cast<acc::rack::ReceiveOp>(op);
    auto type = cast<RankedTensorType>(receive.getResult().getType());
    Value buffer = memref::AllocOp::create(
        rewriter, op->getLoc(),
        MemRefType::get(
            type.getShape(), type.getElementType(), MemRefLayoutAttrInterface(),
            xpu::SpaceAttr::get(op->getContext(), xpu::Space::HBM)));
    Value rows =
        reshape(rewriter, op->getLoc(), buffer, longRows(type.getShape()));
    acc::rack::ReceiveOp::create(rewriter, op->getLoc(), Type(),
                                 receive.getStage(), receive.getStages(),
                                 receive.getChips(), rows);
    replaceOpWithBufferizedValues(rewriter, op, buffer);
    return success();
  }
};
} // namespace

void xpu::registerCollectiveBufferization(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, shard::ShardDialect *) {
    shard::AllGatherOp::attachInterface<AllGatherModel>(*context);
    shard::AllReduceOp::attachInterface<AllReduceModel>(*context);
    shard::ReduceScatterOp::attachInterface<ReduceScatterModel>(*context);
  });
  registry.addExtension(+[](MLIRContext *context, acc::rack::RackDialect *) {
    acc::rack::SendOp::attachInterface<SendModel>(*context);
    acc::rack::ReceiveOp::attachInterface<ReceiveModel>(*context);
  });
}
