//===- CommandOps.cpp - What commands share -------------------------------===//

#include "dialects/XPU/IR/CommandOps.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace xpu::detail;

namespace xpu {

LogicalResult detail::verifySizes(Operation *op, StringRef name,
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

LogicalResult detail::verifyBuffer(Operation *op, Value buffer, StringRef name,
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

LogicalResult detail::verifyStream(Operation *op, Value buffer, StringRef name,
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

/// The pitch of rows that a stream goes over, and the bytes of one: what lies
/// without gaps is a row, all other strides are multiples of the smallest.
static std::pair<int64_t, int64_t>
findRows(StreamAttr stream, ArrayRef<int64_t> sizes, int64_t elementBytes) {
  SmallVector<std::pair<int64_t, int64_t>> dims; // Stride, size.
  for (auto [size, stride] : llvm::zip(sizes, stream.getStrides())) {
    if (size > 1) {
      dims.push_back({stride, size});
    }
  }
  llvm::sort(dims);
  int64_t rowBytes = elementBytes;
  auto *dim = dims.begin();
  for (; dim != dims.end() && dim->first == rowBytes; ++dim) {
    rowBytes *= dim->second;
  }
  if (dim == dims.end() || dim->first < rowBytes) {
    return {0, 0};
  }
  int64_t pitch = dim->first;
  bool areMultiples = std::all_of(
      dim, dims.end(), [&](const auto &dim) { return dim.first % pitch == 0; });
  return areMultiples ? std::pair(pitch, rowBytes)
                      : std::pair<int64_t, int64_t>(0, 0);
}

BufferAccess detail::makeAccess(Value buffer, StreamAttr stream,
                                ArrayRef<int64_t> sizes, int64_t elementBytes,
                                Port port) {
  auto [low, high] = stream.getBounds(sizes);
  ShiftedBuffer shifted = getShiftedBuffer(buffer);
  auto [pitch, rowBytes] = findRows(stream, sizes, elementBytes);
  return {shifted.buffer,
          shifted.low + low,
          shifted.high + high + elementBytes,
          port == Port::Write,
          port,
          buffer,
          pitch,
          rowBytes};
}

} // namespace xpu
