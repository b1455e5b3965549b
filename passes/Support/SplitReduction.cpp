//===- SplitReduction.cpp - Reductions of fewer streams -------------------===//

#include "passes/Support/SplitReduction.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "passes/Analysis/Reduction.h"

using namespace mlir;

namespace xpu {

unsigned countStreams(linalg::GenericOp op) {
  llvm::SmallDenseSet<int64_t> indices;
  op.getBlock()->walk(
      [&](linalg::IndexOp index) { indices.insert(index.getDim()); });
  unsigned inputs = 0;
  for (OpOperand *input : op.getDpsInputOperands()) {
    inputs += op.payloadUsesValueFromOperand(input);
  }
  return inputs + indices.size();
}

FailureOr<linalg::GenericOp> splitReduction(RewriterBase &rewriter,
                                            linalg::GenericOp op) {
  FailureOr<Reduction> reduced = matchReduction(op);
  if (failed(reduced)) {
    return failure();
  }
  Block *body = op.getBlock();
  Operation *combine = reduced->combiner;
  Value element = reduced->element;
  Value running = op.getRegionOutputArgs()[0];
  Location loc = op.getLoc();
  rewriter.setInsertionPoint(op);
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  AffineMap identity = rewriter.getMultiDimIdentityMap(ranges.size());
  auto type = RankedTensorType::get(ranges, element.getType());
  Value empty =
      tensor::EmptyOp::create(rewriter, loc, ranges, element.getType());
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  AffineMap resultMap = maps.pop_back_val();
  maps.push_back(identity);
  SmallVector<utils::IteratorType> parallel(ranges.size(),
                                            utils::IteratorType::parallel);
  auto elements = linalg::GenericOp::create(
      rewriter, loc, type, op.getInputs(), ValueRange{empty}, maps, parallel,
      [&](OpBuilder &builder, Location loc, ValueRange args) {
        IRMapping mapping;
        mapping.map(body->getArguments(), args);
        for (Operation &inner : body->without_terminator()) {
          if (&inner != combine) {
            builder.clone(inner, mapping);
          }
        }
        linalg::YieldOp::create(builder, loc, mapping.lookupOrDefault(element));
      });
  auto reduction = linalg::GenericOp::create(
      rewriter, loc, op.getResultTypes(), ValueRange{elements.getResult(0)},
      op.getOutputs(), ArrayRef<AffineMap>{identity, resultMap},
      op.getIteratorTypesArray(),
      [&](OpBuilder &builder, Location loc, ValueRange args) {
        IRMapping mapping;
        mapping.map(element, args[0]);
        mapping.map(running, args[1]);
        Operation *clone = builder.clone(*combine, mapping);
        linalg::YieldOp::create(builder, loc, clone->getResult(0));
      });
  rewriter.replaceOp(op, reduction.getResults());
  return reduction;
}

} // namespace xpu
