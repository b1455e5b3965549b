//===- TransferOps.cpp - LOAD and STORE -----------------------------------===//

#include "dialects/XPU/IR/CommandOps.h"

using namespace mlir;
using namespace xpu::detail;

namespace xpu {

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

} // namespace xpu
