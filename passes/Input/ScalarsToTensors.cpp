//===- ScalarsToTensors.cpp - Scalars at borders are tensors --------------===//

#include "passes/Input/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_SCALARSTOTENSORSPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

bool isScalar(Type type) { return type.isIntOrIndexOrFloat(); }

/// The type in memory; that of indices has no size there.
Type getStoredType(Type type) {
  return type.isIndex() ? IntegerType::get(type.getContext(), 64) : type;
}

/// A tensor of rank 0 with the value of `scalar`.
Value makeTensor(OpBuilder &builder, Location loc, Value scalar) {
  if (Type stored = getStoredType(scalar.getType());
      stored != scalar.getType()) {
    scalar = arith::IndexCastOp::create(builder, loc, stored, scalar);
  }
  auto extract = scalar.getDefiningOp<tensor::ExtractOp>();
  if (extract && extract.getIndices().empty()) {
    return extract.getTensor();
  }
  return tensor::FromElementsOp::create(
      builder, loc, RankedTensorType::get({}, scalar.getType()), scalar);
}

void convertBoundary(IRRewriter &rewriter, func::FuncOp func) {
  Block &body = func.getBody().front();
  rewriter.setInsertionPointToStart(&body);
  for (BlockArgument argument : body.getArguments()) {
    if (!isScalar(argument.getType())) {
      continue;
    }
    Type type = argument.getType();
    argument.setType(RankedTensorType::get({}, getStoredType(type)));
    auto extract = tensor::ExtractOp::create(rewriter, argument.getLoc(),
                                             argument, ValueRange());
    Value scalar = extract;
    if (scalar.getType() != type) {
      scalar =
          arith::IndexCastOp::create(rewriter, argument.getLoc(), type, scalar);
    }
    rewriter.replaceAllUsesExcept(argument, scalar, extract);
  }
  Operation *end = body.getTerminator();
  rewriter.setInsertionPoint(end);
  for (OpOperand &operand : end->getOpOperands()) {
    if (isScalar(operand.get().getType())) {
      operand.set(makeTensor(rewriter, end->getLoc(), operand.get()));
    }
  }
  func.setType(rewriter.getFunctionType(body.getArgumentTypes(),
                                        end->getOperandTypes()));
}

/// Scalars that are made at run time outside of `op` and read inside.
llvm::SetVector<Value> findScalars(linalg::GenericOp op) {
  llvm::SetVector<Value> found;
  auto visit = [&](Value value) {
    // An index stays, and its reader goes to the host.
    if (isScalar(value.getType()) && !value.getType().isIndex() &&
        !matchPattern(value, m_Constant())) {
      found.insert(value);
    }
  };
  visitUsedValuesDefinedAbove(op.getRegion(), op.getRegion(),
                              [&](OpOperand *use) { visit(use->get()); });
  llvm::for_each(op.getInputs(), visit);
  return found;
}

/// Makes `scalars` inputs of rank 0.
void convertScalars(IRRewriter &rewriter, linalg::GenericOp op,
                    llvm::SetVector<Value> scalars) {
  rewriter.setInsertionPoint(op);
  SmallVector<Value> inputs = op.getInputs();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  AffineMap whole = AffineMap::get(op.getNumLoops(), 0, rewriter.getContext());
  for (Value &input : inputs) {
    if (scalars.contains(input)) {
      input = makeTensor(rewriter, op.getLoc(), input);
    }
  }
  unsigned numInputs = inputs.size();
  llvm::SetVector<Value> captured;
  visitUsedValuesDefinedAbove(op.getRegion(), op.getRegion(),
                              [&](OpOperand *use) {
                                if (scalars.contains(use->get())) {
                                  captured.insert(use->get());
                                }
                              });
  for (auto [i, scalar] : llvm::enumerate(captured)) {
    inputs.push_back(makeTensor(rewriter, op.getLoc(), scalar));
    maps.insert(maps.begin() + numInputs + i, whole);
  }
  auto result = linalg::GenericOp::create(
      rewriter, op.getLoc(), op.getResultTypes(), inputs, op.getOutputs(), maps,
      op.getIteratorTypesArray());
  rewriter.inlineRegionBefore(op.getRegion(), result.getRegion(),
                              result.getRegion().end());
  Block &body = result.getRegion().front();
  for (auto [i, scalar] : llvm::enumerate(captured)) {
    BlockArgument argument =
        body.insertArgument(numInputs + i, scalar.getType(), op.getLoc());
    rewriter.replaceUsesWithIf(scalar, argument, [&](OpOperand &use) {
      return result.getRegion().isAncestor(use.getOwner()->getParentRegion());
    });
  }
  rewriter.replaceOp(op, result.getResults());
}

struct ScalarsToTensorsPass final
    : xpu::impl::ScalarsToTensorsPassBase<ScalarsToTensorsPass> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (!llvm::hasSingleElement(func.getBody())) {
      return;
    }
    IRRewriter rewriter(&getContext());
    convertBoundary(rewriter, func);
    // What is inside of control flow runs on the host, which has scalars.
    for (Operation &op :
         llvm::make_early_inc_range(func.getBody().front().getOperations())) {
      auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
      if (!linalgOp) {
        continue;
      }
      bool hasScalars = llvm::any_of(linalgOp.getDpsInputs(), [](Value value) {
        return isScalar(value.getType()) && !matchPattern(value, m_Constant());
      });
      auto generic = dyn_cast<linalg::GenericOp>(op);
      if (!generic && hasScalars) {
        rewriter.setInsertionPoint(linalgOp);
        FailureOr<linalg::GenericOp> made =
            linalg::generalizeNamedOp(rewriter, linalgOp);
        if (failed(made)) {
          continue; // Runs on the host.
        }
        generic = *made;
      }
      if (generic) {
        llvm::SetVector<Value> scalars = findScalars(generic);
        if (!scalars.empty()) {
          convertScalars(rewriter, generic, std::move(scalars));
        }
      }
    }
  }
};

} // namespace
