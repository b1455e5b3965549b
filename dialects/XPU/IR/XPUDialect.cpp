//===- XPUDialect.cpp - Registration and attributes -----------------------===//

#include "dialects/XPU/IR/XPU.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "dialects/XPU/IR/XPUDialect.cpp.inc"
#include "dialects/XPU/IR/XPUEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/XPU/IR/XPUAttrs.cpp.inc"

namespace xpu {

void XPUDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/XPU/IR/XPUAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/XPU/IR/XPUOps.cpp.inc"
      >();
}

Space getSpace(Type memref) {
  auto type = cast<MemRefType>(memref);
  auto space = dyn_cast_or_null<SpaceAttr>(type.getMemorySpace());
  return space ? space.getValue() : Space::HBM;
}

int64_t getElementBytes(Type type) {
  unsigned bits = type.isIndex() ? 32 : type.getIntOrFloatBitWidth();
  return (bits + 7) / 8;
}

int64_t getByteSize(MemRefType type) {
  return type.getNumElements() * getElementBytes(type.getElementType());
}

std::pair<int64_t, int64_t>
StreamAttr::getBounds(ArrayRef<int64_t> sizes) const {
  int64_t low = getOffset();
  int64_t high = getOffset();
  for (auto [size, stride] : llvm::zip(sizes, getStrides())) {
    int64_t reach = (size - 1) * stride;
    (reach < 0 ? low : high) += reach;
  }
  return {low, high};
}

LogicalResult UopAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                              StringRef op, unsigned dst, unsigned a,
                              unsigned b, unsigned c, unsigned immSel,
                              uint32_t imm) {
  if (!isa::symbolizeUop(op)) {
    return emitError() << "expects the name of a micro-operation, but got '"
                       << op << "'";
  }
  if (std::max({dst, a, b, c}) >= isa::kNumVpuRegs) {
    return emitError() << "expects registers below " << isa::kNumVpuRegs;
  }
  if (immSel > 3) {
    return emitError() << "expects an immediate selector of 0 to 3, but got "
                       << immSel;
  }
  return success();
}

} // namespace xpu
