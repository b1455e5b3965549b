//===- SelectCopy.cpp - Loads, stores, accumulator drains, gathers --------===//

#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/ScratchpadRegions.h"
#include "passes/LinalgToXPU/Selector.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

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
  if (Attribute banks = op->getAttr(kResidentBanksAttr)) {
    alloc->setAttr(kResidentBanksAttr, banks);
  }
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
    if (dim != tile.columnPosition) {
      rowStrides[dim] = rowStride;
      rowStride *= shape[dim];
    }
  }
  for (size_t dim = 0; dim < shape.size(); ++dim) {
    row += starts[dim] * rowStrides[dim];
    if (dim != tile.columnPosition) {
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
  if (from == Space::HBM && to == Space::SPM) {
    transfer(op.getLoc(), *source, *dest, /*isLoad=*/true);
  } else if (from == Space::SPM && to == Space::HBM) {
    transfer(op.getLoc(), *dest, *source, /*isLoad=*/false);
  } else if (from == Space::SPM && to == Space::SPM) {
    std::optional<FormatKind> format = getVectorFormat(source->elementType);
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

/// The loop dimension and constant of a subscript d + c; fails for others.
static FailureOr<std::pair<unsigned, int64_t>> matchLoopIndex(Value value) {
  int64_t constant = 0;
  while (auto add = value.getDefiningOp<arith::AddIOp>()) {
    APInt number;
    if (!matchPattern(add.getRhs(), m_ConstantInt(&number))) {
      return failure();
    }
    constant += number.getSExtValue();
    value = add.getLhs();
  }
  if (auto index = value.getDefiningOp<linalg::IndexOp>()) {
    return std::make_pair(static_cast<unsigned>(index.getDim()), constant);
  }
  return failure();
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
  Value dataIndex;
  int64_t dataStride = 0;
  int64_t limit = 0;
  for (auto [position, subscript] : llvm::enumerate(load.getIndices())) {
    APInt number;
    if (matchPattern(subscript, m_ConstantInt(&number))) {
      tableOffset += number.getSExtValue() * table->strides[position];
      continue;
    }
    if (auto loop = matchLoopIndex(subscript); succeeded(loop)) {
      tableStrides[loop->first] += table->strides[position];
      tableOffset += loop->second * table->strides[position];
      continue;
    }
    if (dataIndex) {
      return op.emitError(
          "unsupported: a table read with two computed subscripts");
    }
    dataIndex = subscript;
    dataStride = table->strides[position];
    limit = table->shape[position];
  }
  if (!dataIndex) {
    return op.emitError(
        "unsupported: a table read without a computed subscript");
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
  // The list of indices, row-major over these dimensions.
  SmallVector<int64_t> listStrides(loops, 0);
  int64_t count = 1;
  for (int64_t d = loops - 1; d >= 0; --d) {
    if (indexed[d]) {
      listStrides[d] = 4 * count;
      count *= ranges[d];
    }
  }
  Value list = allocateTile(op, {count}, rewriter.getI32Type());
  VectorWork work{op.getLoc(), {}, {}, {}, {}, {}, {}, 0, {}, {}, 0};
  work.result = dataIndex;
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
    SmallVector<int64_t> from = {dataStride};
    SmallVector<int64_t> into = {lists.strides[1].back()};
    llvm::append_range(sizes, rest.sizes);
    llvm::append_range(from, rest.strides[0]);
    llvm::append_range(into, rest.strides[1]);
    MLIRContext *context = rewriter.getContext();
    LoadOp::create(rewriter, op.getLoc(), tableOperand, outOperand, list, sizes,
                   table->elementBytes,
                   StreamAttr::get(context, tableOffset, from),
                   StreamAttr::get(context, outOffset + offsets[1], into),
                   offsets[0], limit);
  });
  rewriter.eraseOp(op);
  return success();
}

} // namespace xpu
