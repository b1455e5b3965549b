//===- XPUOps.cpp - Verifiers, accesses and encoders of the commands ------===//

#include "dialects/XPU/IR/XPU.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

#include "dialects/XPU/IR/XPUInterfaces.cpp.inc"

namespace xpu {

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

static LogicalResult verifySizes(Operation *op, StringRef name,
                                 ArrayRef<int64_t> sizes, size_t count) {
  if (sizes.size() != count) {
    return op->emitOpError() << "expects " << count << " sizes in '" << name
                             << "', but got " << sizes.size();
  }
  for (int64_t size : sizes) {
    if (size < 1 || size > int64_t(UINT32_MAX)) {
      return op->emitOpError() << "expects positive 32-bit sizes in '" << name
                               << "', but got " << size;
    }
  }
  return success();
}

/// Far more than any machine has, and bytes of as many do not overflow.
constexpr int64_t kMaxBufferElements = int64_t(1) << 48;

static bool isCountable(MemRefType type) {
  int64_t count = 1;
  for (int64_t size : type.getShape()) {
    if (llvm::MulOverflow(count, size, count) || count > kMaxBufferElements) {
      return false;
    }
  }
  return true;
}

static LogicalResult verifyBuffer(Operation *op, Value buffer, StringRef name,
                                  Space space) {
  auto type = cast<MemRefType>(buffer.getType());
  if (!type.hasStaticShape() || !type.getLayout().isIdentity()) {
    return op->emitOpError()
           << "expects '" << name
           << "' with static shape and identity layout, but got " << type;
  }
  if (!isCountable(type)) {
    return op->emitOpError() << "expects '" << name
                             << "' of at most 2^48 elements, but got " << type;
  }
  if (!type.getElementType().isIntOrIndexOrFloat() &&
      !isBlock(type.getElementType())) {
    return op->emitOpError()
           << "expects '" << name
           << "' of integers, floats or blocks of them, but got " << type;
  }
  if (getSpace(type) != space) {
    InFlightDiagnostic diag = op->emitOpError()
                              << "expects '" << name << "' in "
                              << stringifySpace(space) << ", but got "
                              << stringifySpace(getSpace(type));
    diag.attachNote(buffer.getLoc()) << "buffer is " << type;
    return diag;
  }
  return success();
}

/// Streams must stay inside their buffer and be aligned to their elements.
static LogicalResult verifyStream(Operation *op, Value buffer, StringRef name,
                                  StreamAttr stream, ArrayRef<int64_t> sizes,
                                  int64_t elementBytes) {
  if (stream.getStrides().size() != sizes.size()) {
    return op->emitOpError()
           << "expects " << sizes.size() << " strides in '" << name
           << "', but got " << stream.getStrides().size();
  }
  // Sums of products with sizes then stay in 64 bits.
  if (!llvm::isInt<32>(stream.getOffset()) ||
      !llvm::all_of(stream.getStrides(),
                    [](int64_t stride) { return llvm::isInt<32>(stride); })) {
    return op->emitOpError()
           << "expects offset and strides of 32 bits in '" << name << "'";
  }
  auto [low, high] = stream.getBounds(sizes);
  ShiftedBuffer shifted = getShiftedBuffer(buffer);
  low += shifted.low;
  high += shifted.high;
  int64_t bytes = getByteSize(cast<MemRefType>(buffer.getType()));
  if (low < 0 || high + elementBytes > bytes) {
    InFlightDiagnostic diag = op->emitOpError()
                              << "expects stream '" << name
                              << "' inside its buffer of " << bytes
                              << " bytes, but it covers bytes " << low << " to "
                              << high + elementBytes - 1;
    diag.attachNote(buffer.getLoc()) << "buffer is " << buffer.getType();
    return diag;
  }
  if (stream.getOffset() % elementBytes != 0 ||
      llvm::any_of(stream.getStrides(), [&](int64_t stride) {
        return stride % elementBytes != 0;
      })) {
    return op->emitOpError()
           << "expects offset and strides of stream '" << name
           << "' to be multiples of the element size " << elementBytes;
  }
  return success();
}

static BufferAccess makeAccess(Value buffer, StreamAttr stream,
                               ArrayRef<int64_t> sizes, int64_t elementBytes,
                               Port port) {
  auto [low, high] = stream.getBounds(sizes);
  ShiftedBuffer shifted = getShiftedBuffer(buffer);
  return {shifted.buffer,
          shifted.low + low,
          shifted.high + high + elementBytes,
          port == Port::Write,
          port,
          buffer};
}

static isa::Format toFormat(FormatKind format) {
  return static_cast<isa::Format>(format);
}

static int64_t formatBytes(FormatKind format) {
  return isa::formatBytes(toFormat(format));
}

template <typename Array>
static void copyInto(Array &array, ArrayRef<int64_t> values, size_t at = 0) {
  for (size_t i = 0; i < values.size(); ++i) {
    array[at + i] = static_cast<typename Array::value_type>(values[i]);
  }
}

/// Header fields that all commands share.
template <typename Command, typename OpTy>
static void fillHeader(Command &command, OpTy op, const Placement &placement) {
  command.waitMask = op.getWaitMask();
  command.signalMask = op.getSignalMask();
  for (const BufferAccess &access : op.getAccesses()) {
    switch (access.port) {
    case Port::None:
      break;
    case Port::Read:
      command.rdBanks |= placement.banksOf(access);
      break;
    case Port::Aux:
      command.auxBanks |= placement.banksOf(access);
      break;
    case Port::Write:
      command.wrBanks |= placement.banksOf(access);
      break;
    }
  }
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

std::optional<int64_t> getTripCount(Operation *loop) {
  auto forOp = dyn_cast<scf::ForOp>(loop);
  if (!forOp) {
    return std::nullopt;
  }
  std::optional<int64_t> low = getConstantIntValue(forOp.getLowerBound());
  std::optional<int64_t> high = getConstantIntValue(forOp.getUpperBound());
  std::optional<int64_t> step = getConstantIntValue(forOp.getStep());
  if (low != 0 || step != 1 || !high || *high < 1 || *high > INT32_MAX) {
    return std::nullopt;
  }
  return *high;
}

ShiftedBuffer getShiftedBuffer(Value memref) {
  ShiftedBuffer result;
  result.buffer = memref;
  while (auto shift = result.buffer.getDefiningOp<ShiftOp>()) {
    auto [low, high] = shift.getRange();
    result.low += low;
    result.high += high;
    for (auto [counter, step] :
         llvm::zip(shift.getCounters(), shift.getSteps())) {
      if (step != 0) {
        result.steps[counter.getParentBlock()->getParentOp()] += step;
      }
    }
    result.buffer = shift.getSource();
  }
  return result;
}

std::pair<int64_t, int64_t> ShiftOp::getRange() {
  int64_t low = 0;
  int64_t high = 0;
  for (auto [counter, step] : llvm::zip(getCounters(), getSteps())) {
    int64_t last =
        getTripCount(counter.getParentBlock()->getParentOp()).value_or(1) - 1;
    (step < 0 ? low : high) += step * last;
  }
  return {low, high};
}

LogicalResult BlocksOp::verify() {
  auto source = cast<ShapedType>(getSource().getType());
  auto result = cast<ShapedType>(getResult().getType());
  if (!isBlock(result.getElementType())) {
    return emitOpError() << "expects blocks of " << isa::kScaleBlock
                         << " floats of up to 8 bits, but got " << result;
  }
  auto block = cast<VectorType>(result.getElementType());
  bool areCodes = source.getElementType().isInteger(8);
  if (llvm::isa<MemRefType>(source) != llvm::isa<MemRefType>(result) ||
      (!areCodes && source.getElementType() != block.getElementType()) ||
      (!areCodes && block.getElementTypeBitWidth() != 8) ||
      source.getRank() != result.getRank() + 1 ||
      source.getShape().drop_back() != result.getShape() ||
      source.getShape().back() != getElementBytes(block)) {
    return emitOpError() << "expects a source with the bytes of a block in its "
                            "last dimension, but got "
                         << source << " for " << result;
  }
  return success();
}

LogicalResult ShiftOp::verify() {
  if (getCounters().size() != getSteps().size()) {
    return emitOpError() << "expects a step for each counter, but got "
                         << getSteps().size() << " for "
                         << getCounters().size();
  }
  for (Value counter : getCounters()) {
    auto argument = dyn_cast<BlockArgument>(counter);
    if (!argument || argument.getArgNumber() != 0 ||
        !getTripCount(argument.getOwner()->getParentOp())) {
      return emitOpError("expects counters of loops from 0 in steps of 1 with "
                         "constant bounds");
    }
  }
  if (getSource().getDefiningOp<ShiftOp>()) {
    return emitOpError("expects a buffer, but got a shifted one");
  }
  return success();
}

//===----------------------------------------------------------------------===//
// LoadOp, StoreOp
//===----------------------------------------------------------------------===//

static LogicalResult verifyElementBytes(Operation *op, int64_t bytes) {
  if (bytes != 1 && bytes != 2 && bytes != 4) {
    return op->emitOpError()
           << "expects elements of 1, 2 or 4 bytes, but got " << bytes;
  }
  return success();
}

LogicalResult LoadOp::verify() {
  if (failed(verifySizes(*this, "size", getSize(), isa::kNumDims)) ||
      failed(verifyElementBytes(*this, getElementBytes())) ||
      failed(verifyBuffer(*this, getSource(), "source", Space::HBM)) ||
      failed(verifyBuffer(*this, getDest(), "dest", Space::SPM)) ||
      failed(verifyStream(*this, getDest(), "into", getDestStream(), getSize(),
                          getElementBytes()))) {
    return failure();
  }
  SmallVector<int64_t> sourceSizes(getSize());
  if (getIndices()) {
    if (failed(verifyBuffer(*this, getIndices(), "indices", Space::SPM))) {
      return failure();
    }
    if (getIndices().getDefiningOp<ShiftOp>()) {
      return emitOpError("expects 'indices' at a constant address");
    }
    if (getIndexLimit() < 1) {
      return emitOpError() << "expects a positive 'limit', but got "
                           << getIndexLimit();
    }
    int64_t bytes = getByteSize(cast<MemRefType>(getIndices().getType()));
    if (int64_t(getIndexOffset()) < 0 ||
        int64_t(getIndexOffset()) + 4 * getSize()[0] > bytes) {
      return emitOpError() << "expects " << getSize()[0]
                           << " indices of 4 bytes at " << getIndexOffset()
                           << " in a buffer of " << bytes << " bytes";
    }
    sourceSizes[0] = getIndexLimit();
  }
  return verifyStream(*this, getSource(), "from", getSourceStream(),
                      sourceSizes, getElementBytes());
}

isa::Engine LoadOp::getEngine() { return isa::Engine::Load; }

SmallVector<BufferAccess> LoadOp::getAccesses() {
  SmallVector<int64_t> sourceSizes(getSize());
  if (getIndices()) {
    sourceSizes[0] = getIndexLimit();
  }
  SmallVector<BufferAccess> accesses = {
      makeAccess(getSource(), getSourceStream(), sourceSizes, getElementBytes(),
                 Port::None),
      makeAccess(getDest(), getDestStream(), getSize(), getElementBytes(),
                 Port::Write)};
  if (getIndices()) {
    accesses.push_back(
        {getIndices(), static_cast<int64_t>(getIndexOffset()),
         static_cast<int64_t>(getIndexOffset() + 4 * getSize()[0]), false,
         Port::Aux});
  }
  return accesses;
}

LogicalResult LoadOp::encode(const Placement &placement,
                             std::vector<isa::Word> &code) {
  isa::Load command;
  fillHeader(command, *this, placement);
  command.hbmReg = placement.registerOf(getSource());
  command.spmReg = placement.registerOf(getDest());
  command.hbmBase =
      placement.addressOf(getSource()) + getSourceStream().getOffset();
  command.spmBase =
      placement.addressOf(getDest()) + getDestStream().getOffset();
  command.esize = getElementBytes();
  copyInto(command.size, getSize());
  copyInto(command.hbmStride, getSourceStream().getStrides());
  copyInto(command.spmStride, getDestStream().getStrides());
  if (getIndices()) {
    command.idxEn = 1;
    command.idxBase = placement.addressOf(getIndices()) + getIndexOffset();
    command.idxLimit = getIndexLimit();
  }
  command.encode(code);
  return success();
}

LogicalResult StoreOp::verify() {
  if (failed(verifySizes(*this, "size", getSize(), isa::kNumDims)) ||
      failed(verifyElementBytes(*this, getElementBytes())) ||
      failed(verifyBuffer(*this, getSource(), "source", Space::SPM)) ||
      failed(verifyBuffer(*this, getDest(), "dest", Space::HBM)) ||
      failed(verifyStream(*this, getSource(), "from", getSourceStream(),
                          getSize(), getElementBytes()))) {
    return failure();
  }
  return verifyStream(*this, getDest(), "into", getDestStream(), getSize(),
                      getElementBytes());
}

isa::Engine StoreOp::getEngine() { return isa::Engine::Store; }

SmallVector<BufferAccess> StoreOp::getAccesses() {
  BufferAccess write = makeAccess(getDest(), getDestStream(), getSize(),
                                  getElementBytes(), Port::None);
  write.isWrite = true;
  return {makeAccess(getSource(), getSourceStream(), getSize(),
                     getElementBytes(), Port::Read),
          write};
}

LogicalResult StoreOp::encode(const Placement &placement,
                              std::vector<isa::Word> &code) {
  isa::Store command;
  fillHeader(command, *this, placement);
  command.hbmReg = placement.registerOf(getDest());
  command.spmReg = placement.registerOf(getSource());
  command.hbmBase =
      placement.addressOf(getDest()) + getDestStream().getOffset();
  command.spmBase =
      placement.addressOf(getSource()) + getSourceStream().getOffset();
  command.esize = getElementBytes();
  copyInto(command.size, getSize());
  copyInto(command.hbmStride, getDestStream().getStrides());
  copyInto(command.spmStride, getSourceStream().getStrides());
  command.encode(code);
  return success();
}

//===----------------------------------------------------------------------===//
// MatmulOp, AccStoreOp
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// CollectiveOp, BarrierOp
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// VpuOp
//===----------------------------------------------------------------------===//

/// Sizes that the output stream runs over: 1 in reduced dimensions.
static SmallVector<int64_t> outputSizes(VpuOp op) {
  SmallVector<int64_t> sizes(op.getSize());
  for (int64_t dim = op.getFirstReduced(); dim < 5; ++dim) {
    sizes[dim] = 1;
  }
  if (op.getLaneReduced()) {
    sizes[5] = 1;
  }
  return sizes;
}

/// Terms belong to the matrix unit, and indices cannot be stored.
static LogicalResult verifyVpuFormat(VpuOp op, FormatKind format,
                                     bool isOutput) {
  if (format <= FormatKind::U8 || format == FormatKind::F8E4M3 ||
      format == FormatKind::F8E5M2 ||
      (format == FormatKind::Iota && !isOutput)) {
    return success();
  }
  return op.emitOpError() << "expects " << (isOutput ? "an output" : "an input")
                          << " format of the vector unit, but got "
                          << stringifyFormatKind(format);
}

LogicalResult VpuOp::verify() {
  if (failed(verifySizes(*this, "size", getSize(), isa::kNumDims)) ||
      failed(verifyBuffer(*this, getOutput(), "output", Space::SPM))) {
    return failure();
  }
  if (getInFormats().size() != getInStreams().size() ||
      getInFormats().size() > isa::kNumVpuInputs) {
    return emitOpError() << "expects one format per stream and at most "
                         << isa::kNumVpuInputs << " inputs, but got "
                         << getInFormats().size() << " and "
                         << getInStreams().size();
  }
  size_t memoryInputs = llvm::count_if(getInFormats(), [](Attribute format) {
    return cast<FormatKindAttr>(format).getValue() != FormatKind::Iota;
  });
  if (memoryInputs != getInputs().size()) {
    return emitOpError()
           << "expects one operand for every input stream in memory, but got "
           << getInputs().size() << " for " << memoryInputs;
  }
  if (getProgram().size() > isa::kMaxUops ||
      getOutRegister() >= isa::kNumVpuRegs || getFirstReduced() > 5) {
    return emitOpError() << "expects at most " << isa::kMaxUops
                         << " micro-operations, a register below "
                         << isa::kNumVpuRegs
                         << " and a first reduced dimension of at most 5";
  }
  for (Attribute attr : getInFormats()) {
    if (failed(verifyVpuFormat(*this, cast<FormatKindAttr>(attr).getValue(),
                               /*isOutput=*/false))) {
      return failure();
    }
  }
  if (failed(verifyVpuFormat(*this, getOutFormat(), /*isOutput=*/true))) {
    return failure();
  }
  if (!isa::isValidReduceOp(getReduceOp())) {
    return emitOpError() << "expects a reduction 0 to "
                         << isa::kNumReduceOpValues - 1 << ", but got "
                         << getReduceOp();
  }
  if (getLaneReduced() && getOutRegister() != isa::kNumVpuRegs - 1) {
    return emitOpError("expects the result of a lane reduction in register 15");
  }
  size_t operand = 0;
  for (auto [format, stream] : llvm::zip(getInFormats(), getInStreams())) {
    FormatKind kind = cast<FormatKindAttr>(format).getValue();
    if (kind == FormatKind::Iota) {
      continue;
    }
    Value input = getInputs()[operand++];
    if (failed(verifyBuffer(*this, input, "input", Space::SPM)) ||
        failed(verifyStream(*this, input, "in", cast<StreamAttr>(stream),
                            getSize(), formatBytes(kind)))) {
      return failure();
    }
  }
  return verifyStream(*this, getOutput(), "out", getOutStream(),
                      outputSizes(*this), formatBytes(getOutFormat()));
}

isa::Engine VpuOp::getEngine() { return isa::Engine::Vpu; }

SmallVector<BufferAccess> VpuOp::getAccesses() {
  SmallVector<BufferAccess> accesses;
  size_t operand = 0;
  for (auto [format, stream] : llvm::zip(getInFormats(), getInStreams())) {
    FormatKind kind = cast<FormatKindAttr>(format).getValue();
    if (kind != FormatKind::Iota) {
      accesses.push_back(makeAccess(getInputs()[operand++],
                                    cast<StreamAttr>(stream), getSize(),
                                    formatBytes(kind), Port::Read));
    }
  }
  accesses.push_back(makeAccess(getOutput(), getOutStream(), outputSizes(*this),
                                formatBytes(getOutFormat()), Port::Write));
  return accesses;
}

LogicalResult VpuOp::encode(const Placement &placement,
                            std::vector<isa::Word> &code) {
  isa::Vpurun command;
  fillHeader(command, *this, placement);
  copyInto(command.size, getSize());
  command.inFmt.fill(isa::Format::None);
  size_t operand = 0;
  for (size_t i = 0; i < getInFormats().size(); ++i) {
    FormatKind format = cast<FormatKindAttr>(getInFormats()[i]).getValue();
    auto stream = cast<StreamAttr>(getInStreams()[i]);
    command.inFmt[i] = toFormat(format);
    command.inBase[i] = static_cast<uint32_t>(stream.getOffset());
    if (format != FormatKind::Iota) {
      command.inReg[i] = placement.registerOf(getInputs()[operand]);
      command.inBase[i] += placement.addressOf(getInputs()[operand++]);
    }
    copyInto(command.inStride, stream.getStrides(), i * isa::kNumDims);
  }
  command.outReg = getOutRegister();
  command.outFmt = toFormat(getOutFormat());
  command.outBaseReg = placement.registerOf(getOutput());
  command.outBase =
      placement.addressOf(getOutput()) + getOutStream().getOffset();
  copyInto(command.outStride, getOutStream().getStrides());
  command.firstRed = getFirstReduced();
  command.laneRed = getLaneReduced();
  command.redOp = static_cast<isa::ReduceOp>(getReduceOp());
  command.redInit = static_cast<uint32_t>(getReduceInit());
  command.nuops = getProgram().size();
  for (size_t i = 0; i < getProgram().size(); ++i) {
    auto attr = cast<UopAttr>(getProgram()[i]);
    isa::UopInstr uop;
    uop.op = *isa::symbolizeUop(attr.getOp());
    uop.dst = attr.getDst();
    uop.a = attr.getA();
    uop.b = attr.getB();
    uop.c = attr.getC();
    uop.immSel = attr.getImmSel();
    uop.imm = attr.getImm();
    command.uops[i] = uop.encode();
  }
  command.encode(code);
  return success();
}

//===----------------------------------------------------------------------===//
// HostCallOp
//===----------------------------------------------------------------------===//

void HostCallOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : (*this)->getOpOperands()) {
    if (!llvm::isa<MemRefType>(operand.get().getType())) {
      continue;
    }
    if (isDpsInput(&operand)) {
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
    } else {
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
    }
  }
}

} // namespace xpu

#define GET_OP_CLASSES
#include "dialects/XPU/IR/XPUOps.cpp.inc"
