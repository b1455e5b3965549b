//===- SelectVector.cpp - Elementwise work and reductions -----------------===//

#include "passes/Analysis/Contraction.h"
#include "passes/Analysis/Reduction.h"
#include "passes/Analysis/SmallFloats.h"
#include "passes/Analysis/VectorCost.h"
#include "passes/LinalgToXPU/LoopSubscript.h"
#include "passes/LinalgToXPU/MicroProgram.h"
#include "passes/LinalgToXPU/Selector.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/bit.h"

using namespace mlir;

namespace xpu {

std::optional<FormatKind> getMoveFormat(Type type) {
  return isSmallFloat(type) ? FormatKind::U8 : getVectorFormat(type);
}

std::optional<FormatKind> getVectorFormat(Type type, bool isUnsigned) {
  if (type.isF32()) {
    return FormatKind::F32;
  }
  if (type.isBF16()) {
    return FormatKind::BF16;
  }
  if (type.isF16()) {
    return FormatKind::F16;
  }
  if (llvm::isa<Float8E4M3FNType>(type)) {
    return FormatKind::F8E4M3;
  }
  if (llvm::isa<Float8E5M2Type>(type)) {
    return FormatKind::F8E5M2;
  }
  if (isSmallFloat(type)) {
    return FormatKind::U8; // Codes; see SmallFloats.cpp.
  }
  // Indices fit in 32 bits: HBM addresses do.
  if (type.isInteger(32) || type.isIndex()) {
    return FormatKind::I32;
  }
  if (type.isInteger(8)) {
    return isUnsigned ? FormatKind::U8 : FormatKind::I8;
  }
  if (type.isInteger(1)) {
    return FormatKind::U8;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

static std::optional<isa::ReduceOp> getTreeOp(isa::Uop combiner) {
  switch (combiner) {
  case isa::Uop::FADD:
    return isa::ReduceOp::FAdd;
  case isa::Uop::FMAX:
    return isa::ReduceOp::FMax;
  case isa::Uop::FMIN:
    return isa::ReduceOp::FMin;
  case isa::Uop::IADD:
    return isa::ReduceOp::IAdd;
  case isa::Uop::IMAX:
    return isa::ReduceOp::IMax;
  case isa::Uop::IMIN:
    return isa::ReduceOp::IMin;
  default:
    return std::nullopt;
  }
}

void Selector::combineInputs(VectorWork &work, uint32_t neutral) {
  auto isExact = [](isa::Uop op) {
    return op == isa::Uop::FMAX || op == isa::Uop::FMIN ||
           op == isa::Uop::IMAX || op == isa::Uop::IMIN;
  };
  // In a lane, what is widened is what it was.
  auto wide = work.result.getDefiningOp<arith::ExtFOp>();
  Value element = wide ? wide.getIn() : work.result;
  if (!work.combiner || !isExact(*work.combiner) || work.inputs.size() != 1 ||
      work.inputs[0].bound != element || !work.inputs[0].buffer) {
    return;
  }
  // The innermost loops first: what others of them reach is in the same rows.
  for (size_t d = work.sizes.size(); d-- > 0;) {
    const int64_t size = work.sizes[d];
    if (!work.reduced[d] || size < 2 ||
        size * int64_t(work.inputs.size()) > isa::kNumVpuInputs) {
      continue;
    }
    const bool isLast = llvm::count(work.reduced, true) == 1;
    if (isLast && work.reduceInit != neutral) {
      continue;
    }
    SmallVector<VectorWork::Input> inputs;
    for (const VectorWork::Input &input : work.inputs) {
      for (int64_t i = 0; i < size; ++i) {
        VectorWork::Input element = input;
        element.offset += i * input.strides[d];
        element.strides.erase(element.strides.begin() + d);
        element.bound = inputs.empty() ? input.bound : Value();
        inputs.push_back(element);
      }
    }
    work.inputs = inputs;
    work.combined = inputs.size();
    work.sizes.erase(work.sizes.begin() + d);
    work.reduced.erase(work.reduced.begin() + d);
    work.outStrides.erase(work.outStrides.begin() + d);
  }
}

LogicalResult Selector::emitVector(const VectorWork &work) {
  if (work.inputs.size() > isa::kNumVpuInputs) {
    return emitError(work.loc)
           << "unsupported: " << work.inputs.size()
           << " input streams; the vector unit has " << isa::kNumVpuInputs;
  }
  // The micro-program does not depend on the arrangement.
  MicroProgram program(rewriter.getContext());
  for (auto [i, input] : llvm::enumerate(work.inputs)) {
    program.reserve(i);
    if (input.bound) {
      program.bindInput(input.bound, i);
    }
  }
  bool reduces = llvm::is_contained(work.reduced, true);
  std::optional<unsigned> result = 0u;
  if (reduces) {
    program.reserve(isa::kNumVpuRegs - 1);
  }
  if (work.result) {
    result = program.compute(work.result);
  }
  if (!result) {
    return emitError(work.loc) << "unsupported: " << program.error();
  }
  if (work.combined > 1) {
    result = program.combine(*work.combiner, work.combined);
  }
  if (!result) {
    return emitError(work.loc) << "unsupported: " << program.error();
  }
  if (reduces) {
    program.emitInto(*work.combiner, isa::kNumVpuRegs - 1, isa::kNumVpuRegs - 1,
                     *result);
    result = isa::kNumVpuRegs - 1;
  }
  if (program.getUops().size() > isa::kMaxUops) {
    return emitError(work.loc)
           << "unsupported: a micro-program of " << program.getUops().size()
           << " operations; the vector unit takes " << isa::kMaxUops;
  }

  std::optional<isa::ReduceOp> tree =
      reduces ? getTreeOp(*work.combiner) : std::optional<isa::ReduceOp>();
  VectorStreams description;
  description.sizes = work.sizes;
  description.reduced = work.reduced;
  for (const VectorWork::Input &input : work.inputs) {
    description.formats.push_back(input.format);
    description.strides.push_back(input.strides);
  }
  description.formats.push_back(work.outFormat);
  description.strides.push_back(work.outStrides);
  description.uops = program.getUops().size();
  description.treeReduces =
      tree && (*tree != isa::ReduceOp::FAdd && *tree != isa::ReduceOp::IAdd
                   ? true
                   : work.reduceInit == 0);
  for (const VectorWork::Input &input : work.inputs) {
    const int64_t in = isa::formatBytes(isa::Format(input.format)),
                  out = isa::formatBytes(isa::Format(work.outFormat));
    if (!input.buffer || input.buffer != work.output || in == out) {
      continue;
    }
    bool isBehind = in > out && input.offset == work.outOffset;
    for (auto [inStride, outStride] :
         llvm::zip(input.strides, work.outStrides)) {
      isBehind &= inStride * out == outStride * in;
    }
    if (!isBehind) {
      return emitError(work.loc)
             << "unsupported: a result that lies over an operand of other "
                "elements in another order";
    }
    description.isInOrder = true;
  }
  FailureOr<Arrangement> best = chooseArrangement(target, description);
  if (failed(best)) {
    return emitError(work.loc) << "unsupported: no order of loops for this "
                                  "reduction on the vector unit";
  }
  size_t streams = description.strides.size();

  MLIRContext *context = rewriter.getContext();
  int64_t lanes = best->loops.sizes.back();
  int64_t chunk = best->laneChunk != 0 ? best->laneChunk : lanes;
  SmallVector<int64_t> index(best->outer.sizes.size(), 0);
  while (true) {
    for (int64_t first = 0; first < lanes; first += chunk) {
      SmallVector<int64_t> sizes(best->loops.sizes);
      sizes.back() = std::min(chunk, lanes - first);
      SmallVector<Value> operands;
      SmallVector<Attribute> formats;
      SmallVector<Attribute> inStreams;
      auto streamAt = [&](size_t s, int64_t offset) {
        for (size_t d = 0; d < index.size(); ++d) {
          offset += index[d] * best->outer.strides[s][d];
        }
        offset += first * best->loops.strides[s].back();
        return StreamAttr::get(context, offset, best->loops.strides[s]);
      };
      for (size_t s = 0; s + 1 < streams; ++s) {
        formats.push_back(FormatKindAttr::get(context, work.inputs[s].format));
        inStreams.push_back(streamAt(s, work.inputs[s].offset));
        if (work.inputs[s].buffer) {
          operands.push_back(work.inputs[s].buffer);
        }
      }
      VpuOp::create(
          rewriter, work.loc, operands, work.output, sizes,
          rewriter.getArrayAttr(formats), rewriter.getArrayAttr(inStreams),
          work.outFormat, streamAt(streams - 1, work.outOffset),
          rewriter.getArrayAttr(program.getUops()), *result, best->firstReduced,
          best->laneReduced, tree ? static_cast<int64_t>(*tree) : 0,
          static_cast<int64_t>(work.reduceInit));
    }
    int64_t d = static_cast<int64_t>(index.size()) - 1;
    while (d >= 0 && ++index[d] == best->outer.sizes[d]) {
      index[d--] = 0;
    }
    if (d < 0) {
      return success();
    }
  }
}

//===----------------------------------------------------------------------===//
// Rows with gaps
//===----------------------------------------------------------------------===//

void Selector::joinRows(VectorWork &work) {
  if (!work.output || llvm::is_contained(work.reduced, true)) {
    return;
  }
  auto alloc = work.output.getDefiningOp<memref::AllocOp>();
  const size_t rank = work.sizes.size();
  if (!alloc || !alloc->hasAttr(kGapsAttr) || rank < 2) {
    return;
  }
  const size_t row = rank - 2, column = rank - 1;
  const int64_t step = work.outStrides[column];
  const int64_t pitch = step == 0 ? 0 : work.outStrides[row] / step;
  if (pitch <= work.sizes[column] || pitch * step != work.outStrides[row] ||
      work.sizes[row] < 2) {
    return;
  }
  for (const VectorWork::Input &input : work.inputs) {
    if (input.strides[row] != pitch * input.strides[column]) {
      return;
    }
  }
  auto join = [&](auto &values) { values.erase(values.begin() + row); };
  work.sizes[column] += (work.sizes[row] - 1) * pitch;
  join(work.sizes);
  join(work.reduced);
  join(work.outStrides);
  for (VectorWork::Input &input : work.inputs) {
    join(input.strides);
  }
}

//===----------------------------------------------------------------------===//
// linalg operations
//===----------------------------------------------------------------------===//

static uint32_t laneBits(TypedAttr constant) {
  if (auto number = dyn_cast<FloatAttr>(constant)) {
    return llvm::bit_cast<uint32_t>(
        static_cast<float>(number.getValueAsDouble()));
  }
  return static_cast<uint32_t>(
      cast<IntegerAttr>(constant).getValue().getSExtValue());
}

LogicalResult Selector::emitFill(linalg::FillOp op) {
  rewriter.setInsertionPoint(op);
  FailureOr<StaticView> view = getStaticView(op.getOutputs()[0]);
  std::optional<FormatKind> format = getMoveFormat(view->elementType);
  if (!format || getSpace(op.getOutputs()[0].getType()) != Space::SPM) {
    return op.emitError() << "unsupported: fill of "
                          << op.getOutputs()[0].getType();
  }
  VectorWork work{op.getLoc(), view->shape, {}, {}, {}, {}, {}, 0, {}, {}, 0};
  work.reduced.assign(view->shape.size(), false);
  work.result = op.getInputs()[0];
  work.output = operandOf(*view, op.getLoc());
  work.outFormat = *format;
  work.outOffset = view->offset;
  work.outStrides = view->strides;
  if (failed(emitVector(work))) {
    return failure();
  }
  rewriter.eraseOp(op);
  return success();
}

LogicalResult Selector::flushFills(Operation *reader) {
  SmallVector<Value> touched;
  for (Value operand : reader->getOperands()) {
    if (!llvm::isa<MemRefType>(operand.getType())) {
      continue;
    }
    FailureOr<StaticView> view = getStaticView(operand);
    if (failed(view) || !pendingFills.count(view->root)) {
      continue;
    }
    // A reduction takes the start value itself.
    auto linalgOp = dyn_cast<linalg::LinalgOp>(reader);
    if (linalgOp && linalgOp.getNumReductionLoops() != 0 &&
        linalgOp.getDpsInits()[0] == operand &&
        pendingFills[view->root].getOutputs()[0] == operand) {
      continue;
    }
    touched.push_back(view->root);
  }
  for (Value root : touched) {
    auto it = pendingFills.find(root);
    if (it == pendingFills.end()) {
      continue;
    }
    linalg::FillOp fill = it->second;
    pendingFills.erase(it);
    if (failed(emitFill(fill))) {
      return failure();
    }
  }
  return success();
}

LogicalResult Selector::flushAllFills() {
  while (!pendingFills.empty()) {
    linalg::FillOp fill = pendingFills.back().second;
    pendingFills.pop_back();
    if (failed(emitFill(fill))) {
      return failure();
    }
  }
  return success();
}

/// A load extends 8-bit integers by their sign unless the body widens them
/// without it.
static bool readsUnsigned(BlockArgument argument) {
  return llvm::any_of(argument.getUsers(), [](Operation *user) {
    return llvm::isa<arith::ExtUIOp, arith::MaxUIOp, arith::UIToFPOp>(user);
  });
}

FailureOr<TypedAttr> Selector::takeStartValue(linalg::GenericOp op,
                                              Value root) {
  if (auto start = op->getAttrOfType<TypedAttr>(kInitialValueAttr)) {
    return start;
  }
  auto it = pendingFills.find(root);
  TypedAttr constant;
  if (it == pendingFills.end() ||
      !matchPattern(it->second.getInputs()[0], m_Constant(&constant))) {
    return failure();
  }
  rewriter.eraseOp(it->second);
  pendingFills.erase(it);
  return constant;
}

LogicalResult Selector::selectVector(linalg::GenericOp op) {
  unsigned loops = op.getNumLoops();
  const std::optional<IndexStream> difference =
      compareDifferences(rewriter, op);
  VectorWork work{
      op.getLoc(), op.getStaticLoopRanges(), {}, {}, {}, {}, {}, 0, {}, {}, 0};
  for (utils::IteratorType iterator : op.getIteratorTypesArray()) {
    work.reduced.push_back(iterator == utils::IteratorType::reduction);
  }
  bool moves = !computesSmallFloats(*op.getBody());
  auto addInput = [&](OpOperand *operand) -> LogicalResult {
    BlockArgument argument = op.getMatchingBlockArgument(operand);
    if (!llvm::isa<MemRefType>(operand->get().getType())) {
      rewriter.replaceAllUsesWith(argument, operand->get());
      return success();
    }
    FailureOr<StaticView> view = getStaticView(operand->get());
    if (failed(view)) {
      return op.emitError("expects operands with constant shape and strides");
    }
    std::optional<FormatKind> format =
        getVectorFormat(view->elementType, readsUnsigned(argument));
    if (moves && isSmallFloat(view->elementType)) {
      format = FormatKind::U8;
    }
    int64_t offset = 0;
    auto strides =
        getLoopStrides(op.getMatchingIndexingMap(operand), *view, offset);
    if (!format || failed(strides)) {
      return op.emitError() << "unsupported: operand of type "
                            << operand->get().getType() << " or its subscript";
    }
    work.inputs.push_back(
        {argument, operandOf(*view, op.getLoc()), *format, offset, *strides});
    return success();
  };
  for (OpOperand *input : op.getDpsInputOperands()) {
    if (op.payloadUsesValueFromOperand(input) && failed(addInput(input))) {
      return failure();
    }
  }
  OpOperand *init = op.getDpsInitOperand(0);
  FailureOr<StaticView> out = getStaticView(init->get());
  if (failed(out)) {
    return op.emitError("expects a result with constant shape and strides");
  }
  std::optional<FormatKind> outFormat = moves
                                            ? getMoveFormat(out->elementType)
                                            : getVectorFormat(out->elementType);
  auto outStrides =
      getLoopStrides(op.getMatchingIndexingMap(init), *out, work.outOffset);
  if (!outFormat || failed(outStrides)) {
    return op.emitError() << "unsupported: result of type "
                          << init->get().getType();
  }
  work.output = operandOf(*out, op.getLoc());
  work.outFormat = *outFormat;
  work.outStrides = *outStrides;
  auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
  work.result = yield.getOperand(0);

  bool reduces = op.getNumReductionLoops() != 0;
  // A store rounds as the conversion does.
  if (auto trunc = work.result.getDefiningOp<arith::TruncFOp>();
      trunc && !reduces && trunc.getIn().getType().isF32() &&
      (out->elementType.isBF16() || out->elementType.isF16())) {
    work.result = trunc.getIn();
  }
  if (reduces) {
    FailureOr<TypedAttr> start = takeStartValue(op, out->root);
    if (failed(start)) {
      return op.emitError(
          "unsupported: a reduction that does not start from a constant");
    }
    work.reduceInit = laneBits(*start);
    FailureOr<Reduction> reduction = matchReduction(op);
    if (succeeded(reduction)) {
      work.combiner = getCombinerUop(reduction->combiner);
    }
    if (!work.combiner) {
      return op.emitError(
          "unsupported: a reduction whose body is not one combination with the "
          "running value");
    }
    work.result = reduction->element;
    combineInputs(work, laneBits(getNeutralElement(reduction->combiner)));
  } else if (op.payloadUsesValueFromOperand(init) && failed(addInput(init))) {
    return failure();
  }
  // Loop indices are streams without memory, and so is their difference.
  if (difference) {
    work.inputs.push_back({difference->bound, Value(), FormatKind::Iota,
                           difference->number.constant,
                           difference->number.coefficients});
  }
  op.getBody()->walk([&](linalg::IndexOp index) {
    SmallVector<int64_t> strides(loops, 0);
    strides[index.getDim()] = 1;
    VectorWork::Input input{index.getResult(), Value(), FormatKind::Iota, 0,
                            strides};
    for (VectorWork::Input &existing : work.inputs) {
      if (!existing.buffer && existing.offset == 0 &&
          existing.strides == strides) {
        rewriter.replaceAllUsesWith(index.getResult(), existing.bound);
        return;
      }
    }
    work.inputs.push_back(input);
  });
  joinRows(work);
  rewriter.setInsertionPoint(op);
  if (failed(emitVector(work))) {
    return failure();
  }
  rewriter.eraseOp(op);
  return success();
}

} // namespace xpu
