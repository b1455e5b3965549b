//===- SelectCopy.cpp - Loads, stores, accumulator drains, gathers --------===//

#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/LinalgToXPU/LoopSubscript.h"
#include "passes/LinalgToXPU/Selector.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

#include <numeric>

using namespace mlir;

namespace xpu {

static SmallVector<int64_t> take(ArrayRef<int64_t> values, size_t from) {
  return SmallVector<int64_t>(values.drop_front(from));
}

/// Calls `body` with the offsets of every stream for each point of the outer
/// dimensions that a command has no loops for.
static void forOuterDims(const LoopNest &nest, size_t outer,
                         function_ref<void(ArrayRef<int64_t>)> body) {
  SmallVector<int64_t> index(outer, 0);
  while (true) {
    SmallVector<int64_t> offsets(nest.strides.size(), 0);
    for (size_t s = 0; s < offsets.size(); ++s) {
      for (size_t d = 0; d < outer; ++d) {
        offsets[s] += index[d] * nest.strides[s][d];
      }
    }
    body(offsets);
    int64_t d = static_cast<int64_t>(outer) - 1;
    while (d >= 0 && ++index[d] == nest.sizes[d]) {
      index[d--] = 0;
    }
    if (d < 0) {
      return;
    }
  }
}

void Selector::transfer(Location loc, const StaticView &hbm,
                        const StaticView &spm, bool isLoad) {
  LoopNest nest{hbm.shape, {hbm.strides, spm.strides}};
  nest.simplify();
  nest.padTo(isa::kNumDims);
  MLIRContext *context = rewriter.getContext();
  size_t outer = nest.sizes.size() - isa::kNumDims;
  Value hbmOperand = operandOf(hbm, loc);
  Value spmOperand = operandOf(spm, loc);
  forOuterDims(nest, outer, [&](ArrayRef<int64_t> offsets) {
    auto hbmStream = StreamAttr::get(context, hbm.offset + offsets[0],
                                     take(nest.strides[0], outer));
    auto spmStream = StreamAttr::get(context, spm.offset + offsets[1],
                                     take(nest.strides[1], outer));
    SmallVector<int64_t> sizes = take(nest.sizes, outer);
    if (isLoad) {
      LoadOp::create(rewriter, loc, hbmOperand, spmOperand, Value(), sizes,
                     hbm.elementBytes, hbmStream, spmStream);
    } else {
      StoreOp::create(rewriter, loc, spmOperand, hbmOperand, sizes,
                      hbm.elementBytes, spmStream, hbmStream);
    }
  });
}

Value Selector::allocateTile(Operation *op, ArrayRef<int64_t> shape,
                             Type elementType) {
  auto alloc = memref::AllocOp::create(
      rewriter, op->getLoc(),
      MemRefType::get(shape, elementType, MemRefLayoutAttrInterface(),
                      SpaceAttr::get(rewriter.getContext(), Space::SPM)));
  ScratchpadRegions::copyAttributes(op, alloc);
  return alloc;
}

LogicalResult Selector::storeAccumulators(memref::CopyOp op, StaticView dest) {
  Value source = op.getSource();
  SmallVector<int64_t> starts(dest.shape.size(), 0);
  while (auto subview = source.getDefiningOp<memref::SubViewOp>()) {
    if (llvm::any_of(subview.getStaticOffsets(), ShapedType::isDynamic)) {
      return op.emitError("expects a constant part of the accumulators");
    }
    for (auto [start, offset] : llvm::zip(starts, subview.getStaticOffsets())) {
      start += offset;
    }
    source = subview.getSource();
  }
  auto it = accumulators.find(source);
  if (it == accumulators.end()) {
    return op.emitError("reads accumulators that no contraction has written");
  }
  const AccumulatorTile &tile = it->second;
  ArrayRef<int64_t> shape = cast<MemRefType>(source.getType()).getShape();
  int64_t row = 0;
  LoopNest nest{{}, {{}, {}}};
  int64_t rowStride = 1;
  SmallVector<int64_t> rowStrides(shape.size(), 0);
  for (int64_t dim = static_cast<int64_t>(shape.size()) - 1; dim >= 0; --dim) {
    if (dim != tile.columnPosition && dim != tile.columnRowPosition) {
      rowStrides[dim] = rowStride;
      rowStride *= shape[dim];
    }
  }
  for (size_t dim = 0; dim < shape.size(); ++dim) {
    row += starts[dim] * rowStrides[dim];
    if (dim != tile.columnPosition && dim != tile.columnRowPosition) {
      nest.sizes.push_back(dest.shape[dim]);
      nest.strides[0].push_back(dest.strides[dim]);
      nest.strides[1].push_back(rowStrides[dim]);
    }
  }
  nest.simplify();
  nest.padTo(3);
  size_t outer = nest.sizes.size() - 3;
  // Rows of one command follow each other; otherwise one command a row group.
  int64_t expected = 1;
  for (int64_t dim = static_cast<int64_t>(nest.sizes.size()) - 1; dim >= 0;
       --dim) {
    if (nest.sizes[dim] != 1 && nest.strides[1][dim] != expected) {
      outer = std::max<size_t>(outer, dim + 1);
      break;
    }
    expected *= nest.sizes[dim];
  }
  int64_t columns = dest.shape[tile.columnPosition];
  int64_t columnStride = dest.strides[tile.columnPosition];
  if (tile.columnRowPosition != tile.columnPosition) {
    if (dest.strides[tile.columnRowPosition] != tile.pitch * columnStride) {
      return op.emitError("expects a place with rows of columns as far apart "
                          "as in the accumulators");
    }
    columns += (dest.shape[tile.columnRowPosition] - 1) * tile.pitch;
  }
  Value destOperand = operandOf(dest, op.getLoc());
  forOuterDims(nest, outer, [&](ArrayRef<int64_t> offsets) {
    LoopNest inner{take(nest.sizes, outer), {take(nest.strides[0], outer)}};
    inner.padTo(3);
    SmallVector<int64_t> strides(inner.strides[0]);
    strides.push_back(columnStride);
    AccStoreOp::create(rewriter, op.getLoc(), tile.buffer, destOperand,
                       inner.sizes, columns, FormatKind::F32,
                       StreamAttr::get(rewriter.getContext(),
                                       dest.offset + offsets[0], strides),
                       row + offsets[1]);
  });
  rewriter.eraseOp(op);
  return success();
}

/// Blocks as what they consist of: words, or bytes if one of two views of the
/// same shape has rows at no multiple of words.
static void splitBlocks(StaticView &view, StaticView &other,
                        MLIRContext *context) {
  constexpr int64_t kWord = 4;
  auto isInWords = [](const StaticView &view) {
    return view.offset % kWord == 0 &&
           llvm::all_of(view.strides,
                        [](int64_t stride) { return stride % kWord == 0; });
  };
  int64_t piece = isInWords(view) && isInWords(other) ? kWord : 1;
  for (StaticView *side : {&view, &other}) {
    if (isBlock(side->elementType)) {
      side->elementType = IntegerType::get(context, 8 * piece);
      int64_t blockBytes = std::exchange(side->elementBytes, piece);
      side->shape.push_back(blockBytes / piece);
      side->strides.push_back(piece);
    }
  }
}

LogicalResult Selector::selectCopy(memref::CopyOp op) {
  FailureOr<StaticView> dest = getStaticView(op.getTarget());
  Space from = getSpace(op.getSource().getType());
  Space to = getSpace(op.getTarget().getType());
  if (failed(dest)) {
    return op.emitError(
        "expects a destination with constant shape and strides");
  }
  if (from == Space::ACC && to == Space::SPM) {
    return storeAccumulators(op, *dest);
  }
  FailureOr<StaticView> source = getStaticView(op.getSource());
  if (failed(source)) {
    return op.emitError("expects a source with constant shape and strides");
  }
  splitBlocks(*source, *dest, op.getContext());
  if (from == Space::HBM && to == Space::SPM) {
    transfer(op.getLoc(), *source, *dest, /*isLoad=*/true);
  } else if (from == Space::SPM && to == Space::HBM) {
    transfer(op.getLoc(), *dest, *source, /*isLoad=*/false);
  } else if (from == Space::SPM && to == Space::SPM) {
    std::optional<FormatKind> format = getMoveFormat(source->elementType);
    if (!format) {
      return op.emitError()
             << "unsupported: element type " << source->elementType;
    }
    VectorWork work{
        op.getLoc(), source->shape, {}, {}, {}, {}, {}, 0, {}, {}, 0};
    work.reduced.assign(source->shape.size(), false);
    work.inputs.push_back({Value(), operandOf(*source, op.getLoc()), *format,
                           source->offset, source->strides});
    work.output = operandOf(*dest, op.getLoc());
    work.outFormat = *format;
    work.outOffset = dest->offset;
    work.outStrides = dest->strides;
    if (failed(emitVector(work))) {
      return failure();
    }
  } else {
    return op.emitError() << "unsupported: copy from " << stringifySpace(from)
                          << " to " << stringifySpace(to);
  }
  rewriter.eraseOp(op);
  return success();
}

//===----------------------------------------------------------------------===//
// Gather
//===----------------------------------------------------------------------===//

namespace {
/// A subscript that depends on data: it counts in steps of `stride` bytes and
/// must stay in [0, size).
struct ComputedSubscript {
  Value value;
  int64_t stride;
  int64_t size;
};

/// The one index of an indexed load.
struct TableIndex {
  Value value;
  Value loopPart; ///< Stands for what the loops add, if they do.
  int64_t stride; ///< Bytes from one index to the next.
  int64_t limit;  ///< An index that is not below it is a fault.
};
} // namespace

/// The loop indices that `value` is computed from.
static void collectLoopIndices(Value value,
                               SmallVectorImpl<linalg::IndexOp> &found) {
  Operation *def = value.getDefiningOp();
  if (auto index = dyn_cast_or_null<linalg::IndexOp>(def)) {
    if (!llvm::is_contained(found, index)) {
      found.push_back(index);
    }
  } else if (def) {
    for (Value operand : def->getOperands()) {
      collectLoopIndices(operand, found);
    }
  }
}

/// `loopStrides` are what the loops of the list, of `loopSizes`, add to the
/// address.
static TableIndex combineSubscripts(RewriterBase &rewriter, memref::LoadOp load,
                                    ArrayRef<ComputedSubscript> subscripts,
                                    ArrayRef<int64_t> loopSizes,
                                    ArrayRef<int64_t> loopStrides) {
  bool loopsAdd =
      llvm::any_of(loopStrides, [](int64_t stride) { return stride != 0; });
  if (subscripts.size() == 1 && !loopsAdd) {
    return {subscripts[0].value, Value(), subscripts[0].stride,
            subscripts[0].size};
  }
  int64_t step = 0;
  for (const ComputedSubscript &subscript : subscripts) {
    step = std::gcd(step, subscript.stride);
  }
  for (int64_t stride : loopStrides) {
    step = std::gcd(step, stride);
  }
  ImplicitLocOpBuilder b(load.getLoc(), rewriter);
  b.setInsertionPoint(load);
  auto constant = [&](int64_t number) -> Value {
    return arith::ConstantIndexOp::create(b, number);
  };
  Value sum;
  Value inside;
  for (const ComputedSubscript &subscript : subscripts) {
    Value part = subscript.value;
    if (subscript.stride != step) {
      part = arith::MulIOp::create(b, part, constant(subscript.stride / step));
    }
    Value fits =
        arith::CmpIOp::create(b, arith::CmpIPredicate::ult, subscript.value,
                              constant(subscript.size));
    sum = sum ? arith::AddIOp::create(b, sum, part).getResult() : part;
    inside = inside ? arith::AndIOp::create(b, inside, fits).getResult() : fits;
  }
  TableIndex result{Value(), Value(), step, 1};
  if (loopsAdd) {
    // Its operation is only a name for the stream.
    result.loopPart = linalg::IndexOp::create(b, 0);
    sum = arith::AddIOp::create(b, sum, result.loopPart);
  }
  // One that is out of range may be a place in the table after the addition:
  // it becomes one that is not.
  result.value = arith::SelectOp::create(b, inside, sum, constant(-1));
  for (const ComputedSubscript &subscript : subscripts) {
    result.limit += (subscript.size - 1) * subscript.stride / step;
  }
  for (auto [size, stride] : llvm::zip(loopSizes, loopStrides)) {
    result.limit += (size - 1) * std::abs(stride) / step;
  }
  return result;
}

LogicalResult Selector::selectGather(linalg::GenericOp op) {
  auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
  auto load = yield.getOperand(0).getDefiningOp<memref::LoadOp>();
  FailureOr<StaticView> out = getStaticView(op.getDpsInits()[0]);
  if (!load || failed(out)) {
    return op.emitError(
        "unsupported: a table read whose element is computed with");
  }
  FailureOr<StaticView> table = getStaticView(load.getMemRef());
  if (failed(table) || getSpace(load.getMemRef().getType()) != Space::HBM) {
    return op.emitError("expects a table of constant shape in HBM");
  }
  unsigned loops = op.getNumLoops();
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  // Strides of the result by loop dimension.
  int64_t outOffset = 0;
  auto outLoopStrides = getLoopStrides(
      op.getMatchingIndexingMap(op.getDpsInitOperand(0)), *out, outOffset);
  if (failed(outLoopStrides)) {
    return op.emitError("unsupported: a table read with a non-linear result");
  }
  ArrayRef<int64_t> outStrides = *outLoopStrides;
  SmallVector<int64_t> tableStrides(loops, 0);
  int64_t tableOffset = table->offset;
  SmallVector<ComputedSubscript> computed;
  for (auto [position, subscript] : llvm::enumerate(load.getIndices())) {
    int64_t stride = table->strides[position];
    int64_t size = table->shape[position];
    FailureOr<LoopSubscript> affine = matchLoopSubscript(subscript, loops);
    if (failed(affine)) {
      computed.push_back({subscript, stride, size});
      continue;
    }
    if (auto [low, high] = affine->bounds(ranges); low < 0 || high >= size) {
      return op.emitError() << "reads beyond the table: subscript " << position
                            << " leaves [0, " << size << ")";
    }
    tableOffset += affine->constant * stride;
    for (unsigned d = 0; d < loops; ++d) {
      tableStrides[d] += affine->coefficients[d] * stride;
    }
  }
  if (computed.empty()) {
    StaticView from = *table;
    from.offset = tableOffset;
    from.shape = ranges;
    from.strides = tableStrides;
    StaticView into = *out;
    into.offset = outOffset;
    into.shape = ranges;
    into.strides.assign(outStrides.begin(), outStrides.end());
    rewriter.setInsertionPoint(op);
    transfer(op.getLoc(), from, into, /*isLoad=*/true);
    rewriter.eraseOp(op);
    return success();
  }
  // Loop dimensions that the index depends on.
  SmallVector<bool> indexed(loops, false);
  for (OpOperand *input : op.getDpsInputOperands()) {
    if (llvm::isa<MemRefType>(input->get().getType()) &&
        op.payloadUsesValueFromOperand(input)) {
      AffineMap map = op.getMatchingIndexingMap(input);
      for (unsigned d = 0; d < loops; ++d) {
        indexed[d] = indexed[d] || map.isFunctionOfDim(d);
      }
    }
  }
  SmallVector<linalg::IndexOp> loopIndices;
  for (const ComputedSubscript &subscript : computed) {
    collectLoopIndices(subscript.value, loopIndices);
  }
  for (linalg::IndexOp index : loopIndices) {
    indexed[index.getDim()] = true;
  }
  // The list of indices, row-major over these dimensions.
  SmallVector<int64_t> listStrides(loops, 0);
  int64_t count = 1;
  for (int64_t d = int64_t(loops) - 1; d >= 0; --d) {
    if (indexed[d]) {
      listStrides[d] = 4 * count;
      count *= ranges[d];
    }
  }
  // What a loop of the list adds to the address goes into the index: a command
  // steps through the table by the index alone there.
  SmallVector<int64_t> listSizes, addedStrides;
  for (unsigned d = 0; d < loops; ++d) {
    if (indexed[d]) {
      listSizes.push_back(ranges[d]);
      addedStrides.push_back(tableStrides[d]);
    }
  }
  TableIndex index =
      combineSubscripts(rewriter, load, computed, listSizes, addedStrides);
  Value list = allocateTile(op, {count}, rewriter.getI32Type());
  VectorWork work{op.getLoc(), {}, {}, {}, {}, {}, {}, 0, {}, {}, 0};
  work.result = index.value;
  work.output = list;
  work.outFormat = FormatKind::I32;
  for (unsigned d = 0; d < loops; ++d) {
    if (indexed[d]) {
      work.sizes.push_back(ranges[d]);
      work.reduced.push_back(false);
      work.outStrides.push_back(listStrides[d]);
    }
  }
  for (OpOperand *input : op.getDpsInputOperands()) {
    if (!llvm::isa<MemRefType>(input->get().getType()) ||
        !op.payloadUsesValueFromOperand(input)) {
      continue;
    }
    FailureOr<StaticView> view = getStaticView(input->get());
    std::optional<FormatKind> format;
    if (succeeded(view)) {
      format = getVectorFormat(view->elementType);
    }
    if (!format) {
      return op.emitError(
          "unsupported: index of a type that the vector unit lacks");
    }
    VectorWork::Input stream{op.getMatchingBlockArgument(input),
                             operandOf(*view, op.getLoc()),
                             *format,
                             view->offset,
                             {}};
    auto strides =
        getLoopStrides(op.getMatchingIndexingMap(input), *view, stream.offset);
    if (failed(strides)) {
      return op.emitError("unsupported: non-linear subscript of an index");
    }
    for (unsigned d = 0; d < loops; ++d) {
      if (indexed[d]) {
        stream.strides.push_back((*strides)[d]);
      }
    }
    work.inputs.push_back(stream);
  }
  auto addLoopStream = [&](Value bound, int64_t start,
                           ArrayRef<int64_t> strides) {
    work.inputs.push_back({bound, Value(), FormatKind::Iota, start,
                           SmallVector<int64_t>(strides)});
  };
  for (linalg::IndexOp loop : loopIndices) {
    SmallVector<int64_t> strides;
    for (unsigned d = 0; d < loops; ++d) {
      if (indexed[d]) {
        strides.push_back(d == loop.getDim());
      }
    }
    addLoopStream(loop.getResult(), 0, strides);
  }
  if (index.loopPart) {
    // An index is not negative: what a loop subtracts comes off the base.
    int64_t least = 0;
    for (auto [stride, size] : llvm::zip(addedStrides, work.sizes)) {
      least += std::min<int64_t>(stride, 0) * (size - 1);
      stride /= index.stride;
    }
    tableOffset += least;
    addLoopStream(index.loopPart, -least / index.stride, addedStrides);
  }
  rewriter.setInsertionPoint(op);
  if (failed(emitVector(work))) {
    return failure();
  }
  // The indexed loads: one list per command; index dimensions that do not step
  // like one dimension in the result are written out.
  LoopNest lists{{}, {{}, {}}};
  LoopNest rest{{}, {{}, {}}};
  for (unsigned d = 0; d < loops; ++d) {
    LoopNest &nest = indexed[d] ? lists : rest;
    nest.sizes.push_back(ranges[d]);
    nest.strides[0].push_back(indexed[d] ? listStrides[d] : tableStrides[d]);
    nest.strides[1].push_back(outStrides[d]);
  }
  lists.simplify();
  lists.padTo(1);
  rest.simplify();
  rest.padTo(5);
  if (rest.sizes.size() > 5) {
    return op.emitError(
        "unsupported: a table read of more than five dimensions");
  }
  size_t outer = lists.sizes.size() - 1;
  Value tableOperand = operandOf(*table, op.getLoc());
  Value outOperand = operandOf(*out, op.getLoc());
  forOuterDims(lists, outer, [&](ArrayRef<int64_t> offsets) {
    SmallVector<int64_t> sizes = {lists.sizes.back()};
    SmallVector<int64_t> from = {index.stride};
    SmallVector<int64_t> into = {lists.strides[1].back()};
    llvm::append_range(sizes, rest.sizes);
    llvm::append_range(from, rest.strides[0]);
    llvm::append_range(into, rest.strides[1]);
    MLIRContext *context = rewriter.getContext();
    LoadOp::create(rewriter, op.getLoc(), tableOperand, outOperand, list, sizes,
                   table->elementBytes,
                   StreamAttr::get(context, tableOffset, from),
                   StreamAttr::get(context, outOffset + offsets[1], into),
                   offsets[0], index.limit);
  });
  rewriter.eraseOp(op);
  return success();
}

} // namespace xpu
