//===- CollapseLoops.cpp - One loop over what lies in a row ---------------===//

#include "passes/Input/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "passes/Analysis/Contraction.h"

using namespace mlir;

namespace xpu {
#define GEN_PASS_DEF_COLLAPSELOOPSPASS
#include "passes/Input/Passes.h.inc"
} // namespace xpu

namespace {

/// Loops of one iteration over windows: sums that a subscript shares with
/// another loop (`i + k`), as in a convolution by single elements.
SmallVector<unsigned> findUnitWindows(linalg::GenericOp op,
                                      const xpu::ContractionDims &dims) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  SmallVector<unsigned> windows;
  for (unsigned dim : dims.k) {
    bool isShared = llvm::any_of(op.getIndexingMapsArray(), [&](AffineMap map) {
      return llvm::any_of(map.getResults(), [&](AffineExpr expr) {
        return expr.isFunctionOfDim(dim) && !isa<AffineDimExpr>(expr);
      });
    });
    if (ranges[dim] == 1 && isShared) {
      windows.push_back(dim);
    }
  }
  // A sum stays one.
  if (windows.size() == dims.k.size()) {
    windows.clear();
  }
  return windows;
}

/// Loops of the result, two or more, that follow each other in each operand
/// that has them, the innermost of one of the inputs and of the result.
ReassociationIndices findInnermostRun(linalg::GenericOp op,
                                      const xpu::ContractionDims &dims) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  ReassociationIndices run;
  for (ArrayRef<unsigned> group : {ArrayRef(dims.m), ArrayRef(dims.n)}) {
    for (size_t first = 0; first + 1 < group.size(); ++first) {
      run.assign(group.begin() + first, group.end());
      bool isInnermost = llvm::all_of(maps, [&](AffineMap map) {
        return !map.isFunctionOfDim(run.back()) ||
               map.getResults().back() ==
                   getAffineDimExpr(run.back(), op.getContext());
      });
      bool isRow = run.back() - run.front() + 1 == int64_t(run.size());
      if (isInnermost && isRow &&
          linalg::areDimSequencesPreserved(maps, ReassociationIndices(run))) {
        return run;
      }
    }
  }
  return {};
}

/// Takes what loops of a contraction pass over out of inputs with short rows,
/// by copies: a product of what is left reads all rows in one, as often as it
/// likes. Of long rows it reads those that it needs.
void copyStrided(RewriterBase &rewriter, linalg::GenericOp op) {
  MLIRContext *context = op.getContext();
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  bool isChanged = false;
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap &map = maps[input->getOperandNumber()];
    auto type = dyn_cast<RankedTensorType>(input->get().getType());
    // Subscripts of one loop each, some of them with a stride.
    SmallVector<AffineExpr> strided, plain;
    SmallVector<int64_t> shape;
    for (AffineExpr expr : map.getResults()) {
      int64_t constant = 0;
      auto coefficients =
          xpu::getCoefficients(expr, map.getNumDims(), constant);
      if (failed(coefficients) || constant != 0 ||
          llvm::count_if(*coefficients, [](int64_t c) { return c != 0; }) !=
              1) {
        break;
      }
      auto *loop =
          llvm::find_if(*coefficients, [](int64_t c) { return c != 0; });
      unsigned dim = loop - coefficients->begin();
      if (*loop < 0) {
        break;
      }
      strided.push_back(getAffineDimExpr(shape.size(), context) * *loop);
      plain.push_back(getAffineDimExpr(dim, context));
      shape.push_back(ranges[dim]);
    }
    constexpr int64_t kShortRow = 48; // Elements (estimate).
    if (!type || shape.size() != map.getNumResults() ||
        llvm::equal(plain, map.getResults()) ||
        type.getShape().back() > kShortRow) {
      continue;
    }
    rewriter.setInsertionPoint(op);
    unsigned rank = shape.size();
    Value empty = tensor::EmptyOp::create(rewriter, op.getLoc(), shape,
                                          type.getElementType());
    AffineMap identity = rewriter.getMultiDimIdentityMap(rank);
    SmallVector<AffineMap> copyMaps = {
        AffineMap::get(rank, 0, strided, context), identity};
    SmallVector<utils::IteratorType> parallel(rank,
                                              utils::IteratorType::parallel);
    auto copy = linalg::GenericOp::create(
        rewriter, op.getLoc(), empty.getType(), input->get(), empty, copyMaps,
        parallel, [](OpBuilder &b, Location loc, ValueRange args) {
          linalg::YieldOp::create(b, loc, args[0]);
        });
    map = AffineMap::get(map.getNumDims(), 0, plain, context);
    rewriter.modifyOpInPlace(op, [&] { input->set(copy.getResult(0)); });
    isChanged = true;
  }
  if (isChanged) {
    rewriter.modifyOpInPlace(op, [&] {
      op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    });
  }
}

bool isElementwise(linalg::GenericOp op, OpOperand &input) {
  return op.getNumParallelLoops() == op.getNumLoops() &&
         op.getNumResults() == 1 && op.isDpsInput(&input) &&
         op.getMatchingIndexingMap(&input).isIdentity();
}

/// Whether `isSought` is true of a use of a tensor, or of what elementwise
/// operations make of it.
bool hasUse(Value tensor, llvm::function_ref<bool(OpOperand &)> isSought) {
  return llvm::any_of(tensor.getUses(), [&](OpOperand &use) {
    auto generic = dyn_cast<linalg::GenericOp>(use.getOwner());
    return isSought(use) || (generic && isElementwise(generic, use) &&
                             hasUse(generic.getResult(0), isSought));
  });
}

/// Whether a product of matrices, not one of each channel, reads a tensor.
bool isMultiplied(Value tensor) {
  return hasUse(tensor, [](OpOperand &use) {
    auto op = dyn_cast<linalg::GenericOp>(use.getOwner());
    if (!op) {
      return false;
    }
    FailureOr<xpu::ContractionDims> dims = xpu::matchContraction(op);
    return succeeded(dims) && !dims->m.empty() && !dims->n.empty();
  });
}

/// Whether a product writes its result, row by row, into a larger image that it
/// is put into: that saves a copy. Loops over rows that are short use less of
/// the array, which is worth a copy where the array is what counts.
bool isWrittenInPlace(Value result) {
  constexpr int64_t kShortRow = 10; // Elements: measured on two networks.
  ArrayRef<int64_t> shape = cast<RankedTensorType>(result.getType()).getShape();
  const int64_t row = shape.empty() ? 1 : shape.back();
  return hasUse(result, [&](OpOperand &use) {
    auto insert = dyn_cast<tensor::InsertSliceOp>(use.getOwner());
    return insert && insert.getSource() == use.get() &&
           (row >= kShortRow || !isMultiplied(insert.getResult()));
  });
}

/// A constant that was given another shape, as one of that shape. One that has
/// other readers stays: two constants with the same bytes would be released
/// with the first that is packed.
void foldReshape(RewriterBase &rewriter, tensor::CollapseShapeOp op) {
  auto constant = op.getSrc().getDefiningOp<arith::ConstantOp>();
  auto elements = constant && constant->hasOneUse()
                      ? dyn_cast<DenseResourceElementsAttr>(constant.getValue())
                      : nullptr;
  if (!elements) {
    return;
  }
  rewriter.setInsertionPoint(constant);
  auto same = DenseResourceElementsAttr::get(op.getResultType(),
                                             elements.getRawHandle());
  rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, same);
}

struct CollapseLoopsPass final
    : xpu::impl::CollapseLoopsPassBase<CollapseLoopsPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<linalg::GenericOp> contractions;
    getOperation().walk([&](linalg::GenericOp op) {
      if (op.hasPureTensorSemantics() && succeeded(xpu::matchContraction(op)) &&
          llvm::none_of(op.getStaticLoopRanges(), ShapedType::isDynamic)) {
        contractions.push_back(op);
      }
    });
    IRRewriter rewriter(&getContext());
    for (linalg::GenericOp op : contractions) {
      linalg::GenericOp product = dropWindows(rewriter, op);
      copyStrided(rewriter, product);
      collapse(rewriter, product);
    }
    SmallVector<tensor::CollapseShapeOp> reshapes;
    getOperation().walk(
        [&](tensor::CollapseShapeOp op) { reshapes.push_back(op); });
    for (tensor::CollapseShapeOp op : reshapes) {
      foldReshape(rewriter, op);
    }
  }

private:
  linalg::GenericOp dropWindows(RewriterBase &rewriter, linalg::GenericOp op) {
    SmallVector<unsigned> windows =
        findUnitWindows(op, *xpu::matchContraction(op));
    if (windows.empty()) {
      return op;
    }
    linalg::ControlDropUnitDims control;
    control.controlFn = [&](Operation *) { return windows; };
    rewriter.setInsertionPoint(op);
    FailureOr<linalg::DropUnitDimsResult> dropped =
        linalg::dropUnitDims(rewriter, op, control);
    if (failed(dropped)) {
      return op;
    }
    rewriter.replaceOp(op, dropped->replacements);
    return cast<linalg::GenericOp>(dropped->resultOp.getOperation());
  }

  void collapse(RewriterBase &rewriter, linalg::GenericOp op) {
    if (isWrittenInPlace(op.getResult(0))) {
      return;
    }
    ReassociationIndices run = findInnermostRun(op, *xpu::matchContraction(op));
    if (run.empty()) {
      return;
    }
    rewriter.setInsertionPoint(op);
    FailureOr<linalg::CollapseResult> collapsed =
        linalg::collapseOpIterationDims(op, run, rewriter);
    if (succeeded(collapsed)) {
      rewriter.replaceOp(op, collapsed->results);
    }
  }
};

} // namespace
