//===- VectorOps.cpp - VPURUN ---------------------------------------------===//

#include "dialects/XPU/IR/CommandOps.h"

using namespace mlir;
using namespace xpu::detail;

namespace xpu {

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

} // namespace xpu
