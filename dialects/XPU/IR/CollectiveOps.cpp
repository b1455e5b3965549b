//===- CollectiveOps.cpp - Collectives of slices --------------------------===//

#include "dialects/XPU/IR/CommandOps.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace xpu::detail;

namespace xpu {

static bool isReduction(CollectiveKind kind) {
  return kind == CollectiveKind::AllReduce ||
         kind == CollectiveKind::ReduceScatter;
}

/// Sizes that a stream of a collective runs over: parts, rows, columns.
static SmallVector<int64_t> partSizes(CollectiveOp op,
                                      CollectiveKind hasParts) {
  return {op.getKind() == hasParts ? int64_t(op.getMembers()) : 1,
          int64_t(op.getRows()), int64_t(op.getColumns())};
}
static SmallVector<int64_t> sourceSizes(CollectiveOp op) {
  return partSizes(op, CollectiveKind::ReduceScatter);
}
static SmallVector<int64_t> destSizes(CollectiveOp op) {
  return partSizes(op, CollectiveKind::AllGather);
}

static LogicalResult verifyReduction(CollectiveOp op) {
  if (op.getReduction().has_value() != isReduction(op.getKind())) {
    return op.emitOpError()
           << "expects " << (isReduction(op.getKind()) ? "an" : "no")
           << " operation for " << stringifyCollectiveKind(op.getKind());
  }
  if (!op.getReduction()) {
    return success();
  }
  FormatKind format = op.getFormat();
  bool isInteger = *op.getReduction() >= ReductionKind::IAdd;
  bool fits = isInteger
                  ? format == FormatKind::I32
                  : format == FormatKind::F32 || format == FormatKind::BF16 ||
                        format == FormatKind::F16;
  if (!fits) {
    return op.emitOpError()
           << "expects format " << (isInteger ? "i32" : "f32, bf16 or f16")
           << " for " << stringifyReductionKind(*op.getReduction())
           << ", but got " << stringifyFormatKind(format);
  }
  return success();
}

/// A slice alone is a group only over chips.
static LogicalResult verifyGroup(Operation *op, GroupKind group,
                                 ChipsKind chips) {
  if (group == GroupKind::Slice && chips == ChipsKind::Own) {
    return op->emitOpError("expects a group of slices, or other chips than the "
                           "slice's own");
  }
  return success();
}

LogicalResult CollectiveOp::verify() {
  if (failed(verifyGroup(*this, getGroup(), getChips()))) {
    return failure();
  }
  for (auto [name, size] :
       {std::pair("rows", getRows()), std::pair("columns", getColumns())}) {
    if (size < 1 || size > UINT16_MAX) {
      return emitOpError() << "expects 1 to " << UINT16_MAX << " " << name
                           << ", but got " << static_cast<int64_t>(size);
    }
  }
  // More than any target has.
  if (getMembers() < 1 || getMembers() > UINT16_MAX ||
      getRoot() >= getMembers()) {
    return emitOpError("expects 1 to 65535 members, one of them the root");
  }
  int64_t bytes = formatBytes(getFormat());
  if (bytes == 0) {
    return emitOpError() << "expects a format in memory, but got "
                         << stringifyFormatKind(getFormat());
  }
  if (failed(verifyReduction(*this)) ||
      failed(verifyBuffer(*this, getSource(), "source", Space::SPM)) ||
      failed(verifyBuffer(*this, getDest(), "dest", Space::SPM)) ||
      failed(verifyStream(*this, getSource(), "source", getSourceStream(),
                          sourceSizes(*this), bytes)) ||
      failed(verifyStream(*this, getDest(), "dest", getDestStream(),
                          destSizes(*this), bytes))) {
    return failure();
  }
  if (getSourceStream().getStrides()[2] != bytes ||
      getDestStream().getStrides()[2] != bytes) {
    return emitOpError() << "expects columns that are contiguous, " << bytes
                         << " bytes from one to the next";
  }
  return success();
}

isa::Engine CollectiveOp::getEngine() { return isa::Engine::Net; }

SmallVector<BufferAccess> CollectiveOp::getAccesses() {
  int64_t bytes = formatBytes(getFormat());
  return {makeAccess(getSource(), getSourceStream(), sourceSizes(*this), bytes,
                     Port::Read),
          makeAccess(getDest(), getDestStream(), destSizes(*this), bytes,
                     Port::Write)};
}

LogicalResult CollectiveOp::encode(const Placement &placement,
                                   std::vector<isa::Word> &code) {
  isa::Collective command;
  fillHeader(command, *this, placement);
  command.srcReg = placement.registerOf(getSource());
  command.dstReg = placement.registerOf(getDest());
  command.srcBase =
      placement.addressOf(getSource()) + getSourceStream().getOffset();
  command.dstBase =
      placement.addressOf(getDest()) + getDestStream().getOffset();
  command.kind = static_cast<isa::CollectiveKind>(getKind());
  command.group = static_cast<isa::Group>(getGroup());
  command.chips = static_cast<isa::Chips>(getChips());
  command.op =
      static_cast<isa::ReduceOp>(getReduction().value_or(ReductionKind::FAdd));
  command.fmt = toFormat(getFormat());
  command.root = getRoot();
  command.rows = getRows();
  command.columns = getColumns();
  ArrayRef<int64_t> source = getSourceStream().getStrides();
  ArrayRef<int64_t> dest = getDestStream().getStrides();
  command.srcStride = static_cast<int32_t>(source[1]);
  command.dstStride = static_cast<int32_t>(dest[1]);
  command.partStride = static_cast<int32_t>(
      getKind() == CollectiveKind::AllGather ? dest[0] : source[0]);
  command.encode(code);
  return success();
}

//===----------------------------------------------------------------------===//
// ExchangeOp
//===----------------------------------------------------------------------===//

LogicalResult ExchangeOp::verify() {
  if (failed(verifyGroup(*this, getGroup(), getChips()))) {
    return failure();
  }
  const bool gathers = getKind() == CollectiveKind::AllGather;
  const bool scatters = getKind() == CollectiveKind::ReduceScatter;
  const bool reduces = getKind() == CollectiveKind::AllReduce || scatters;
  if (!reduces && !gathers) {
    return emitOpError()
           << "expects all_gather, all_reduce or reduce_scatter, but got "
           << stringifyCollectiveKind(getKind());
  }
  if (getReduction().has_value() != reduces) {
    return emitOpError() << "expects " << (reduces ? "an" : "no")
                         << " operation for "
                         << stringifyCollectiveKind(getKind());
  }
  auto source = cast<MemRefType>(getSource().getType());
  auto dest = cast<MemRefType>(getDest().getType());
  if (!source.hasStaticShape() || source.getRank() != (scatters ? 3 : 2)) {
    return emitOpError() << "expects rows and columns in 'source', but got "
                         << source;
  }
  SmallVector<int64_t> expected(source.getShape());
  if (gathers) {
    expected.insert(expected.begin() + 1, getMembers());
  } else if (scatters) {
    if (expected[1] != int64_t(getMembers())) {
      return emitOpError()
             << "expects rows of a part for each member in 'source', but got "
             << source;
    }
    expected.erase(expected.begin() + 1);
  }
  if (dest.getShape() != ArrayRef(expected) ||
      dest.getElementType() != source.getElementType() ||
      !source.getElementType().isIntOrFloat()) {
    return emitOpError() << "expects 'dest' with elements of 'source', in "
                         << (!gathers ? scatters ? "the shape of a part"
                                                 : "its shape"
                                      : "rows of a part for each member")
                         << ", but got " << dest;
  }
  return success();
}

LogicalResult BarrierOp::verify() {
  return verifyGroup(*this, getGroup(), getChips());
}

isa::Engine BarrierOp::getEngine() { return isa::Engine::Net; }

SmallVector<BufferAccess> BarrierOp::getAccesses() { return {}; }

LogicalResult BarrierOp::encode(const Placement &placement,
                                std::vector<isa::Word> &code) {
  isa::Collective command;
  fillHeader(command, *this, placement);
  command.kind = isa::CollectiveKind::Barrier;
  command.group = static_cast<isa::Group>(getGroup());
  command.chips = static_cast<isa::Chips>(getChips());
  command.encode(code);
  return success();
}

} // namespace xpu
