//===- TileToScratchpad.cpp - Tiles that fit, and their transfers ---------===//
//
// Works on buffers: bufferization has seen one operation per tensor, which
// keeps its analysis quick. Tile sizes are constants, so that shapes stay
// static up to the command streams; offsets are what loops count.
//
//===----------------------------------------------------------------------===//

#include "passes/Tiling/Passes.h"

#include "dialects/Rack/IR/Rack.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "passes/Analysis/LoadTarget.h"
#include "passes/Analysis/ProductBound.h"
#include "passes/Analysis/SourceName.h"
#include "passes/Tiling/ContractionTile.h"
#include "passes/Tiling/Handover.h"
#include "passes/Tiling/Tiling.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_TILETOSCRATCHPADPASS
#include "passes/Tiling/Passes.h.inc"
} // namespace xpu

using namespace xpu;

/// The rank that the program asks for of a product's tile; the quickest one's
/// if it asks for none.
static FailureOr<size_t> getRank(linalg::LinalgOp op) {
  // Stages of a pipeline are modules in that of the graph.
  for (auto module = op->getParentOfType<ModuleOp>(); module;
       module = module->getParentOfType<ModuleOp>()) {
    auto ranks = module->getAttrOfType<DictionaryAttr>(kTileRanksAttr);
    Attribute rank = ranks ? ranks.get(getSourceName(op.getLoc())) : nullptr;
    if (!rank) {
      continue;
    }
    auto number = dyn_cast<IntegerAttr>(rank);
    if (!number || !number.getType().isSignlessInteger() ||
        number.getValue().isNegative()) {
      module.emitError() << kTileRanksAttr
                         << " expects integers that are not negative, but got "
                         << rank;
      return failure();
    }
    return size_t(number.getValue().getLimitedValue());
  }
  return size_t(0);
}

/// Tiles one operation.
static LogicalResult tile(RewriterBase &rewriter, linalg::LinalgOp op,
                          ContractionChoices &choices,
                          const acc::Target &target, int64_t bodyCommands) {
  if (llvm::any_of(op.getStaticLoopRanges(), ShapedType::isDynamic)) {
    return op.emitError(
        "expects static shapes; bind symbolic dimensions first");
  }
  if (!op.hasPureBufferSemantics()) {
    return op.emitError("expects buffers; run xpu-bufferize first");
  }
  if (op.getNumDpsInits() != 1) {
    return op.emitError() << "expects one result, but got "
                          << op.getNumDpsInits();
  }
  FailureOr<ContractionDims> dims = matchMatrixWork(op, target);
  if (succeeded(dims)) {
    if (!isZeroStart(op->getAttr(kInitialValueAttr))) {
      return op.emitError("expects a contraction that starts from zero; run "
                          "xpu-set-initial-values first");
    }
    FailureOr<size_t> rank = getRank(op);
    return failed(rank) ? failure()
                        : tileContraction(rewriter, op, *dims, choices, *rank,
                                          target, bodyCommands);
  }
  return tileVector(rewriter, op, target, bodyCommands);
}

namespace {
struct TileToScratchpadPass final
    : xpu::impl::TileToScratchpadPassBase<TileToScratchpadPass> {
  using Base::Base;

  /// Least times of the products, by the names that reports give them: what a
  /// reader measures the mapping against.
  void noteBounds(ArrayRef<linalg::LinalgOp> ops, const acc::Target &machine,
                  bool isAlone) {
    std::map<std::string, int64_t> bounds;
    for (linalg::LinalgOp op : ops) {
      if (llvm::any_of(op.getStaticLoopRanges(), ShapedType::isDynamic) ||
          !op.hasPureBufferSemantics() || op.getNumDpsInits() != 1) {
        continue; // Tiling says so.
      }
      FailureOr<xpu::ContractionDims> dims = xpu::matchMatrixWork(op, machine);
      if (failed(dims)) {
        continue;
      }
      FailureOr<xpu::ProductBound> bound =
          xpu::boundContraction(machine, op, *dims, isAlone);
      if (failed(bound)) {
        continue;
      }
      remark::analysis(op.getLoc(),
                       remark::RemarkOpts::name("bound").category("xpu-tile"))
          << "cannot be quicker on this machine"
          << remark::metric("cycles", bound->cycles)
          << remark::metric("by", xpu::getName(bound->limit));
      bounds[xpu::getSourceName(op.getLoc())] +=
          int64_t(bound->cycles) * countIterations(op);
    }
    Builder builder(&getContext());
    SmallVector<NamedAttribute> attributes;
    for (const auto &[name, cycles] : bounds) {
      if (!name.empty()) {
        attributes.push_back(
            builder.getNamedAttr(name, builder.getI64IntegerAttr(cycles)));
      }
    }
    if (!attributes.empty()) {
      getOperation()->setAttr(xpu::kBoundsAttr,
                              builder.getDictionaryAttr(attributes));
    }
  }

  /// How often an operation runs: loops of layers have constant bounds.
  static int64_t countIterations(Operation *op) {
    int64_t count = 1;
    for (auto loop = op->getParentOfType<scf::ForOp>(); loop;
         loop = loop->getParentOfType<scf::ForOp>()) {
      if (std::optional<APInt> trips = loop.getStaticTripCount()) {
        count *= trips->getSExtValue();
      }
    }
    return count;
  }

  void runOnOperation() override {
    FailureOr<acc::Target> machine =
        xpu::loadTargetFor(getOperation(), target.getValue());
    if (failed(machine)) {
      return signalPassFailure();
    }
    SmallVector<memref::CopyOp> copies;
    getOperation().walk([&](memref::CopyOp copy) {
      if (xpu::getSpace(copy.getSource().getType()) == xpu::Space::HBM &&
          xpu::getSpace(copy.getTarget().getType()) == xpu::Space::HBM) {
        copies.push_back(copy);
      }
    });
    SmallVector<linalg::LinalgOp> ops;
    // Epilogues are tiled with their contractions.
    getOperation().walk([&](linalg::LinalgOp op) {
      if (!op->hasAttr(xpu::kEpilogueAttr) &&
          !op->hasAttr(xpu::kSecondEpilogueAttr)) {
        ops.push_back(op);
      }
    });
    SmallVector<xpu::ExchangeOp> exchanges;
    getOperation().walk([&](xpu::ExchangeOp op) { exchanges.push_back(op); });
    SmallVector<Operation *> handovers;
    getOperation().walk([&](Operation *op) {
      if (llvm::isa<acc::rack::SendOp, acc::rack::ReceiveOp>(op)) {
        handovers.push_back(op);
      }
    });
    SmallVector<acc::model::AttentionOp> attentions;
    getOperation().walk(
        [&](acc::model::AttentionOp op) { attentions.push_back(op); });
    bool isAlone = ops.size() == 1 && copies.empty() && exchanges.empty() &&
                   handovers.empty() && attentions.empty() &&
                   ops.front()->getBlock() == &getOperation().front();
    noteBounds(ops, *machine, isAlone);
    IRRewriter rewriter(&getContext());
    for (memref::CopyOp copy : copies) {
      if (failed(xpu::tileCopy(rewriter, copy, *machine, bodyCommands))) {
        return signalPassFailure();
      }
    }
    for (xpu::ExchangeOp op : exchanges) {
      if (failed(xpu::tileExchange(rewriter, op, *machine, bodyCommands))) {
        return signalPassFailure();
      }
    }
    for (Operation *op : handovers) {
      if (failed(xpu::tileHandover(rewriter, op, *machine, bodyCommands))) {
        return signalPassFailure();
      }
    }
    for (acc::model::AttentionOp op : attentions) {
      if (failed(xpu::tileAttention(rewriter, op, *machine))) {
        return signalPassFailure();
      }
    }
    size_t products = llvm::count_if(ops, [](linalg::LinalgOp op) {
      return succeeded(xpu::matchContraction(op));
    });
    xpu::ContractionChoices choices(*machine, bodyCommands, isAlone, products);
    for (linalg::LinalgOp op : ops) {
      if (failed(tile(rewriter, op, choices, *machine, bodyCommands))) {
        return signalPassFailure();
      }
    }
  }
};
} // namespace
