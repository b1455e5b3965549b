//===- StaticView.cpp - Buffers as base, offset and strides ---------------===//

#include "passes/Analysis/StaticView.h"

#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/Analysis/BufferViews.h"
#include "passes/Analysis/Contraction.h"

using namespace mlir;

namespace xpu {

namespace {
/// A number that is linear in the counters of loops.
struct LinearIndex {
  int64_t constant = 0;
  SmallVector<std::pair<Value, int64_t>> terms;

  void add(const LinearIndex &other, int64_t factor) {
    constant += other.constant * factor;
    for (const auto &part : other.terms) {
      auto it = llvm::find_if(
          terms, [&](const auto &term) { return term.first == part.first; });
      if (it == terms.end()) {
        terms.push_back({part.first, part.second * factor});
      } else {
        it->second += part.second * factor;
      }
    }
    llvm::erase_if(terms, [](const auto &term) { return term.second == 0; });
  }
};
} // namespace

static FailureOr<LinearIndex> getLinearIndex(OpFoldResult index) {
  LinearIndex result;
  if (std::optional<int64_t> constant = getConstantIntValue(index)) {
    result.constant = *constant;
    return result;
  }
  auto value = llvm::dyn_cast<Value>(index);
  if (!value) {
    return failure();
  }
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getArgNumber() != 0 ||
        !getTripCount(argument.getOwner()->getParentOp())) {
      return failure();
    }
    result.terms.push_back({value, 1});
    return result;
  }
  Operation *def = value.getDefiningOp();
  if (llvm::isa<arith::AddIOp, arith::SubIOp, arith::MulIOp>(def)) {
    FailureOr<LinearIndex> left = getLinearIndex(def->getOperand(0));
    FailureOr<LinearIndex> right = getLinearIndex(def->getOperand(1));
    if (failed(left) || failed(right)) {
      return failure();
    }
    if (llvm::isa<arith::MulIOp>(def)) {
      if (!left->terms.empty()) {
        std::swap(left, right);
      }
      if (!left->terms.empty()) {
        return failure();
      }
      result.add(*right, left->constant);
      return result;
    }
    result.add(*left, 1);
    result.add(*right, llvm::isa<arith::SubIOp>(def) ? -1 : 1);
    return result;
  }
  if (auto apply = dyn_cast<affine::AffineApplyOp>(def)) {
    AffineMap map = apply.getAffineMap();
    // Symbols are bound like dimensions, behind them.
    unsigned dims = map.getNumDims();
    SmallVector<AffineExpr> symbols;
    for (unsigned i = 0; i < map.getNumSymbols(); ++i) {
      symbols.push_back(getAffineDimExpr(dims + i, map.getContext()));
    }
    AffineExpr expr = map.getResult(0).replaceSymbols(symbols);
    FailureOr<SmallVector<int64_t>> factors =
        getCoefficients(expr, dims + map.getNumSymbols(), result.constant);
    if (failed(factors)) {
      return failure();
    }
    for (auto [operand, factor] : llvm::zip(apply.getMapOperands(), *factors)) {
      FailureOr<LinearIndex> part = getLinearIndex(operand);
      if (failed(part)) {
        return failure();
      }
      result.add(*part, factor);
    }
    return result;
  }
  return failure();
}

/// The offset of a view in its buffer, in bytes. Strides in the type of a view
/// are those of the buffer; subviews move, and views of bytes.
static FailureOr<LinearIndex> getOffset(Value memref) {
  LinearIndex result;
  while (Operation *def = memref.getDefiningOp()) {
    if (!isView(def)) {
      break;
    }
    Value source = def->getOperand(0);
    if (auto subview = dyn_cast<memref::SubViewOp>(def)) {
      auto type = cast<MemRefType>(source.getType());
      int64_t elementBytes = getElementBytes(type.getElementType());
      SmallVector<int64_t> strides;
      int64_t ignored = 0;
      if (failed(type.getStridesAndOffset(strides, ignored))) {
        return failure();
      }
      for (auto [offset, stride] :
           llvm::zip(subview.getMixedOffsets(), strides)) {
        FailureOr<LinearIndex> index = getLinearIndex(offset);
        if (failed(index) || ShapedType::isDynamic(stride)) {
          return failure();
        }
        result.add(*index, stride * elementBytes);
      }
    }
    if (auto view = dyn_cast<memref::ViewOp>(def)) {
      FailureOr<LinearIndex> shift = getLinearIndex(view.getByteShift());
      if (failed(shift)) {
        return failure();
      }
      result.add(*shift, 1);
    }
    memref = source;
  }
  return result;
}

/// Strides and offsets of a view whose buffer has rows at a pitch of its own.
static LogicalResult applyPitch(StaticView &view) {
  Operation *alloc = view.root.getDefiningOp();
  auto pitch = alloc ? alloc->getAttrOfType<IntegerAttr>(kPitchAttr) : nullptr;
  if (!pitch) {
    return success();
  }
  auto type = cast<MemRefType>(view.root.getType());
  int64_t row = type.getShape().back() * getElementBytes(type.getElementType());
  auto isInRow = [&](int64_t bytes) { return std::abs(bytes) < row; };
  auto move = [&](int64_t &bytes) {
    bytes = bytes / row * pitch.getInt() + bytes % row;
  };
  for (int64_t &stride : view.strides) {
    if (!isInRow(stride) && stride % row != 0) {
      return failure();
    }
    move(stride);
  }
  for (auto &[counter, bytes] : view.shifts) {
    if (!isInRow(bytes) && bytes % row != 0) {
      return failure();
    }
    move(bytes);
  }
  move(view.offset);
  return success();
}

FailureOr<StaticView> getStaticView(Value memref) {
  auto type = dyn_cast<MemRefType>(memref.getType());
  if (!type || !type.hasStaticShape()) {
    return failure();
  }
  StaticView view;
  // MLIR knows no strides of what has no elements; none are needed.
  if (llvm::is_contained(type.getShape(), 0)) {
    view.root = getViewRoot(memref);
    view.elementType = type.getElementType();
    view.elementBytes = getElementBytes(view.elementType);
    view.shape.assign(type.getShape().begin(), type.getShape().end());
    view.strides.assign(view.shape.size(), 0);
    return view;
  }
  if (failed(type.getStridesAndOffset(view.strides, view.offset)) ||
      llvm::any_of(view.strides, ShapedType::isDynamic)) {
    return failure();
  }
  view.elementType = type.getElementType();
  view.elementBytes = getElementBytes(view.elementType);
  view.shape.assign(type.getShape().begin(), type.getShape().end());
  for (int64_t &stride : view.strides) {
    stride *= view.elementBytes;
  }
  view.root = getViewRoot(memref);
  if (view.root.getDefiningOp<memref::ReinterpretCastOp>() ||
      !cast<MemRefType>(view.root.getType()).getLayout().isIdentity()) {
    return failure();
  }
  FailureOr<LinearIndex> offset = getOffset(memref);
  if (failed(offset)) {
    return failure();
  }
  view.offset = offset->constant;
  view.shifts.assign(offset->terms.begin(), offset->terms.end());
  if (failed(applyPitch(view))) {
    return failure();
  }
  return view;
}

bool isSamePlace(const StaticView &a, const StaticView &b) {
  return a.root == b.root && a.offset == b.offset && a.shape == b.shape &&
         a.strides == b.strides && a.elementType == b.elementType &&
         a.shifts.size() == b.shifts.size() &&
         std::is_permutation(a.shifts.begin(), a.shifts.end(),
                             b.shifts.begin());
}

void LoopNest::simplify() {
  SmallVector<int64_t> newSizes;
  SmallVector<SmallVector<int64_t>> newStrides(strides.size());
  for (int64_t dim = static_cast<int64_t>(sizes.size()) - 1; dim >= 0; --dim) {
    if (sizes[dim] == 1) {
      continue;
    }
    bool merge = !newSizes.empty();
    for (size_t s = 0; merge && s < strides.size(); ++s) {
      merge = strides[s][dim] == newStrides[s].back() * newSizes.back();
    }
    if (merge) {
      newSizes.back() *= sizes[dim];
      continue;
    }
    newSizes.push_back(sizes[dim]);
    for (size_t s = 0; s < strides.size(); ++s) {
      newStrides[s].push_back(strides[s][dim]);
    }
  }
  std::reverse(newSizes.begin(), newSizes.end());
  sizes = newSizes;
  for (size_t s = 0; s < strides.size(); ++s) {
    std::reverse(newStrides[s].begin(), newStrides[s].end());
    strides[s] = newStrides[s];
  }
}

void LoopNest::padTo(unsigned count) {
  while (sizes.size() < count) {
    sizes.insert(sizes.begin(), 1);
    for (SmallVector<int64_t> &stream : strides) {
      stream.insert(stream.begin(), 0);
    }
  }
}

} // namespace xpu
