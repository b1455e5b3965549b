//===- MatrixOps.cpp - MATMUL and ACCST -----------------------------------===//

#include "dialects/XPU/IR/CommandOps.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace xpu::detail;

namespace xpu {

/// Saturates, because sizes of 32 bits multiply to more than 64.
static int64_t product(ArrayRef<int64_t> sizes) {
  int64_t result = 1;
  for (int64_t size : sizes) {
    if (llvm::MulOverflow(result, size, result)) {
      return std::numeric_limits<int32_t>::max();
    }
  }
  return result;
}

/// The accumulator rows that a command uses must exist in its buffer.
static LogicalResult verifyAccRows(Operation *op, Value acc, int64_t firstRow,
                                   ArrayRef<int64_t> mSize, int64_t columns) {
  auto type = cast<MemRefType>(acc.getType());
  int64_t width = type.getRank() == 0 ? 0 : type.getShape().back();
  int64_t rows = width == 0 ? 0 : type.getNumElements() / width;
  if (firstRow < 0 || firstRow > rows || product(mSize) > rows - firstRow ||
      columns > width || columns < 1) {
    return op->emitOpError()
           << "expects rows and columns inside the accumulator buffer " << type
           << ", but got rows " << firstRow << " to "
           << firstRow + product(mSize) - 1 << " and " << columns << " columns";
  }
  return success();
}

static SmallVector<int64_t> concat(ArrayRef<int64_t> first,
                                   ArrayRef<int64_t> second) {
  SmallVector<int64_t> result(first);
  llvm::append_range(result, second);
  return result;
}

/// The sizes of the contraction in a stream of this format, which counts
/// pieces along the last dimension.
static SmallVector<int64_t> countPieces(ArrayRef<int64_t> kSize,
                                        int64_t elements) {
  SmallVector<int64_t> result(kSize);
  result.back() = llvm::divideCeil(result.back(), elements);
  return result;
}

static SmallVector<int64_t> countPieces(ArrayRef<int64_t> kSize,
                                        FormatKind format) {
  return countPieces(kSize, isa::formatElements(toFormat(format)));
}

LogicalResult MatmulOp::verify() {
  if (failed(verifySizes(*this, "m", getMSize(), 3)) ||
      failed(verifySizes(*this, "k", getKSize(), 3)) ||
      failed(verifyBuffer(*this, getA(), "a", Space::SPM)) ||
      failed(verifyBuffer(*this, getW(), "w", Space::SPM)) ||
      failed(verifyBuffer(*this, getAcc(), "acc", Space::ACC)) ||
      failed(verifyAccRows(*this, getAcc(), getAccRow(), getMSize(),
                           getColumns()))) {
    return failure();
  }
  if (std::optional<uint64_t> used = getUsedColumns();
      used && (*used < 1 || *used > getColumns())) {
    return emitOpError() << "expects 1 to " << getColumns()
                         << " used columns, but got " << *used;
  }
  isa::Format a = toFormat(getAFormat());
  isa::Format w = toFormat(getWFormat());
  if (isa::matrixGroup(a, w) == 0) {
    return emitOpError() << "expects formats that the matrix unit can multiply "
                            "(two of bf16 and terms of f32 and f16, two of i8 "
                            "and u8, or two of fp8, fp6 and fp4), but got "
                         << stringifyFormatKind(getAFormat()) << " and "
                         << stringifyFormatKind(getWFormat());
  }
  int64_t columns = getColumns();
  if (failed(verifyStream(
          *this, getA(), "a", getAStream(),
          concat(getMSize(), countPieces(getKSize(), getAFormat())),
          formatBytes(getAFormat()))) ||
      failed(
          verifyStream(*this, getW(), "w", getWStream(),
                       concat(countPieces(getKSize(), getWFormat()), {columns}),
                       formatBytes(getWFormat())))) {
    return failure();
  }
  if (bool(getHalvings()) != bool(getHalvingStream())) {
    return emitOpError("expects halvings and their stream together");
  }
  if (getHalvings()) {
    if (isScaled() || isa::matrixClass(a) == isa::MatrixClass::Integer) {
      return emitOpError("expects no halvings of integers or with scales");
    }
    ArrayRef<int64_t> strides = getHalvingStream()->getStrides();
    if (strides.size() != 1 || strides[0] != 1) {
      return emitOpError("expects halvings of columns side by side");
    }
    if (failed(verifyBuffer(*this, getHalvings(), "halvings", Space::SPM)) ||
        failed(verifyStream(*this, getHalvings(), "halvings",
                            *getHalvingStream(), {columns}, 1))) {
      return failure();
    }
  }
  if (!isScaled()) {
    if (getAScaleStream() || getWScaleStream()) {
      return emitOpError("expects streams of scales only if it is scaled");
    }
    return success();
  }
  if (!isa::takesScales(a, w)) {
    return emitOpError() << "expects formats with scales (fp8, fp6 and fp4), "
                            "but got "
                         << stringifyFormatKind(getAFormat()) << " and "
                         << stringifyFormatKind(getWFormat());
  }
  if (!getAScaleStream() || !getWScaleStream()) {
    return emitOpError("expects a stream for each operand's scales");
  }
  SmallVector<int64_t> blocks = countPieces(getKSize(), isa::kScaleBlock);
  if (failed(verifyBuffer(*this, getAScales(), "a_scales", Space::SPM)) ||
      failed(verifyBuffer(*this, getWScales(), "w_scales", Space::SPM)) ||
      failed(verifyStream(*this, getAScales(), "a_scales", *getAScaleStream(),
                          concat(getMSize(), blocks), 1))) {
    return failure();
  }
  return verifyStream(*this, getWScales(), "w_scales", *getWScaleStream(),
                      concat(blocks, {columns}), 1);
}

isa::Engine MatmulOp::getEngine() { return isa::Engine::Mxu; }

SmallVector<BufferAccess> MatmulOp::getAccesses() {
  int64_t columns = getColumns();
  SmallVector<BufferAccess> accesses = {
      makeAccess(getA(), getAStream(),
                 concat(getMSize(), countPieces(getKSize(), getAFormat())),
                 formatBytes(getAFormat()), Port::Read),
      makeAccess(getW(), getWStream(),
                 concat(countPieces(getKSize(), getWFormat()), {columns}),
                 formatBytes(getWFormat()), Port::Aux)};
  if (isScaled()) {
    SmallVector<int64_t> blocks = countPieces(getKSize(), isa::kScaleBlock);
    accesses.push_back(makeAccess(getAScales(), *getAScaleStream(),
                                  concat(getMSize(), blocks), 1, Port::Aux));
    accesses.push_back(makeAccess(getWScales(), *getWScaleStream(),
                                  concat(blocks, {columns}), 1, Port::Aux));
  }
  if (getHalvings()) {
    accesses.push_back(makeAccess(getHalvings(), *getHalvingStream(), {columns},
                                  1, Port::Aux));
  }
  accesses.push_back({getAcc(), static_cast<int64_t>(getAccRow()),
                      static_cast<int64_t>(getAccRow()) + product(getMSize()),
                      true, Port::None});
  return accesses;
}

LogicalResult MatmulOp::encode(const Placement &placement,
                               std::vector<isa::Word> &code) {
  auto encodeProduct = [&](auto &command) {
    fillHeader(command, *this, placement);
    command.aReg = placement.registerOf(getA());
    command.wReg = placement.registerOf(getW());
    command.aBase = placement.addressOf(getA()) + getAStream().getOffset();
    command.wBase = placement.addressOf(getW()) + getWStream().getOffset();
    command.aFmt = toFormat(getAFormat());
    command.wFmt = toFormat(getWFormat());
    command.accumulate = getAccumulate();
    command.wByCol = getByColumn();
    command.accBase = placement.addressOf(getAcc()) + getAccRow();
    command.ncols = getColumns();
    copyInto(command.msize, getMSize());
    copyInto(command.ksize, getKSize());
    copyInto(command.aMstride, getAStream().getStrides().take_front(3));
    copyInto(command.aKstride, getAStream().getStrides().drop_front(3));
    copyInto(command.wKstride, getWStream().getStrides().take_front(3));
    command.wNstride = static_cast<int32_t>(getWStream().getStrides()[3]);
  };
  if (getHalvings()) {
    isa::Matmulrs command;
    encodeProduct(command);
    command.rsReg = placement.registerOf(getHalvings());
    command.rsBase =
        placement.addressOf(getHalvings()) + getHalvingStream()->getOffset();
    command.encode(code);
    return success();
  }
  if (!isScaled()) {
    isa::Matmul command;
    encodeProduct(command);
    command.encode(code);
    return success();
  }
  isa::Matmulmx command;
  encodeProduct(command);
  command.asReg = placement.registerOf(getAScales());
  command.wsReg = placement.registerOf(getWScales());
  command.asBase =
      placement.addressOf(getAScales()) + getAScaleStream()->getOffset();
  command.wsBase =
      placement.addressOf(getWScales()) + getWScaleStream()->getOffset();
  copyInto(command.asMstride, getAScaleStream()->getStrides().take_front(3));
  copyInto(command.asKstride, getAScaleStream()->getStrides().drop_front(3));
  copyInto(command.wsKstride, getWScaleStream()->getStrides().take_front(3));
  command.wsNstride = static_cast<int32_t>(getWScaleStream()->getStrides()[3]);
  command.encode(code);
  return success();
}

LogicalResult AccStoreOp::verify() {
  if (failed(verifySizes(*this, "m", getMSize(), 3)) ||
      failed(verifyBuffer(*this, getDest(), "dest", Space::SPM)) ||
      failed(verifyBuffer(*this, getAcc(), "acc", Space::ACC)) ||
      failed(verifyAccRows(*this, getAcc(), getAccRow(), getMSize(),
                           getColumns()))) {
    return failure();
  }
  FormatKind format = getFormat();
  if (format != FormatKind::F32 && format != FormatKind::I32 &&
      format != FormatKind::BF16 && format != FormatKind::F16) {
    return emitOpError() << "expects format f32, i32, bf16 or f16, but got "
                         << stringifyFormatKind(format);
  }
  return verifyStream(*this, getDest(), "dest", getStream(),
                      concat(getMSize(), {static_cast<int64_t>(getColumns())}),
                      formatBytes(getFormat()));
}

isa::Engine AccStoreOp::getEngine() { return isa::Engine::Drain; }

SmallVector<BufferAccess> AccStoreOp::getAccesses() {
  return {{getAcc(), static_cast<int64_t>(getAccRow()),
           static_cast<int64_t>(getAccRow()) + product(getMSize()), false,
           Port::None},
          makeAccess(getDest(), getStream(),
                     concat(getMSize(), {static_cast<int64_t>(getColumns())}),
                     formatBytes(getFormat()), Port::Write)};
}

LogicalResult AccStoreOp::encode(const Placement &placement,
                                 std::vector<isa::Word> &code) {
  isa::Accst command;
  fillHeader(command, *this, placement);
  command.oReg = placement.registerOf(getDest());
  command.oBase = placement.addressOf(getDest()) + getStream().getOffset();
  command.oFmt = toFormat(getFormat());
  command.accBase = placement.addressOf(getAcc()) + getAccRow();
  command.ncols = getColumns();
  copyInto(command.msize, getMSize());
  copyInto(command.oMstride, getStream().getStrides().take_front(3));
  command.oNstride = static_cast<int32_t>(getStream().getStrides()[3]);
  command.encode(code);
  return success();
}

} // namespace xpu
