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

uint32_t getSemaphores(Operation *command, StringRef name) {
  auto attr = command->getAttrOfType<SemaphoresAttr>(name);
  return attr ? attr.getMask() : 0;
}

LogicalResult verifySemaphores(Operation *command) {
  for (StringRef name : {"wait", "signal"}) {
    Attribute attr = command->getAttr(name);
    if (attr && !llvm::isa<SemaphoresAttr>(attr)) {
      return command->emitOpError()
             << "expects '" << name << "' to be #xpu.semaphores<...>, but got "
             << attr;
    }
  }
  return success();
}

void setSemaphores(Operation *command, StringRef name, uint32_t mask) {
  if (mask == 0) {
    command->removeAttr(name);
    return;
  }
  command->setAttr(name, SemaphoresAttr::get(command->getContext(), mask));
}

bool isBlock(Type type) {
  auto block = dyn_cast<VectorType>(type);
  return block && block.getRank() == 1 && !block.isScalable() &&
         block.getNumElements() == isa::kScaleBlock &&
         llvm::isa<FloatType>(block.getElementType()) &&
         block.getElementTypeBitWidth() <= 8;
}

int64_t getElementBytes(Type type) {
  // The machine has numbers only; buffers of others lie beside its programs.
  if (auto complex = dyn_cast<ComplexType>(type)) {
    return 2 * getElementBytes(complex.getElementType());
  }
  if (auto vector = dyn_cast<VectorType>(type)) {
    // Two fp4 share a byte, as the matrix unit reads them.
    int64_t perByte =
        llvm::isa<Float4E2M1FNType>(vector.getElementType()) ? 2 : 1;
    return llvm::divideCeil(vector.getNumElements(), perByte) *
           getElementBytes(vector.getElementType());
  }
  if (!type.isIntOrFloat() && !type.isIndex()) {
    return sizeof(uint64_t);
  }
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

Attribute SemaphoresAttr::parse(AsmParser &parser, Type) {
  uint32_t mask = 0;
  auto parseOne = [&]() -> ParseResult {
    unsigned semaphore;
    SMLoc at = parser.getCurrentLocation();
    if (parser.parseInteger(semaphore)) {
      return failure();
    }
    if (semaphore >= isa::kNumSemaphores) {
      return parser.emitError(at)
             << "expects semaphores below " << isa::kNumSemaphores;
    }
    mask |= 1u << semaphore;
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater,
                                     parseOne)) {
    return {};
  }
  return get(parser.getContext(), mask);
}

void SemaphoresAttr::print(AsmPrinter &printer) const {
  SmallVector<unsigned> semaphores;
  for (unsigned s = 0; s < isa::kNumSemaphores; ++s) {
    if (getMask() >> s & 1) {
      semaphores.push_back(s);
    }
  }
  printer << "<";
  llvm::interleaveComma(semaphores, printer);
  printer << ">";
}

} // namespace xpu
