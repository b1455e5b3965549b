//===- FuseElementwise.cpp - Fusion within the vector unit's limits -------===//

#include "passes/XPU/Passes.h"

#include "dialects/ISA/Isa.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/Support/Contraction.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_FUSEELEMENTWISEPASS
#include "passes/XPU/Passes.h.inc"
} // namespace xpu

namespace {

/// Micro-operations that a fused body may have; special functions are several
/// each, so this stays well below the hardware's limit.
constexpr unsigned kMaxBodyOps = 20;

bool readsByIndex(linalg::GenericOp op) {
  return llvm::any_of(op.getBlock()->getOperations(), [](Operation &inner) {
    return llvm::isa<tensor::ExtractOp>(inner);
  });
}

/// Input streams of an operation: its inputs, and the loop indices it reads.
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

unsigned countBodyOps(linalg::GenericOp op) {
  return op.getBlock()->getOperations().size() - 1;
}

bool shouldFuse(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!producer || !consumer || readsByIndex(producer) ||
      readsByIndex(consumer) || succeeded(xpu::matchContraction(consumer)) ||
      producer.getNumReductionLoops() != 0 || producer->getNumResults() != 1) {
    return false;
  }
  // Work is not repeated: neither for several readers nor inside a broadcast.
  if (!producer->getResult(0).hasOneUse()) {
    bool cheap = countBodyOps(producer) <= 1;
    if (!cheap) {
      return false;
    }
  }
  if (!consumer.getMatchingIndexingMap(operand).isPermutation() &&
      countBodyOps(producer) > 2) {
    return false;
  }
  return countStreams(producer) + countStreams(consumer) - 1 <=
             xpu::isa::kNumVpuInputs &&
         countBodyOps(producer) + countBodyOps(consumer) <= kMaxBodyOps;
}

struct FuseElementwisePass final
    : xpu::impl::FuseElementwisePassBase<FuseElementwisePass> {
  using Base::Base;

  void runOnOperation() override {
    // Operations with too many inputs are cut into single-operation ones and
    // fused again within the limit.
    SmallVector<Operation *> wide;
    getOperation().walk([&](linalg::GenericOp op) {
      if (op.getNumReductionLoops() == 0 && !readsByIndex(op) &&
          countStreams(op) > xpu::isa::kNumVpuInputs) {
        wide.push_back(op);
      }
    });
    if (!wide.empty()) {
      RewritePatternSet split(&getContext());
      linalg::populateDecomposeLinalgOpsPattern(split);
      GreedyRewriteConfig config;
      config.setStrictness(GreedyRewriteStrictness::ExistingAndNewOps);
      if (failed(applyOpPatternsGreedily(wide, std::move(split), config))) {
        return signalPassFailure();
      }
    }
    RewritePatternSet patterns(&getContext());
    linalg::populateElementwiseOpsFusionPatterns(patterns, shouldFuse);
    linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
    linalg::GenericOp::getCanonicalizationPatterns(patterns, &getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns)))) {
      return signalPassFailure();
    }
  }
};

} // namespace
