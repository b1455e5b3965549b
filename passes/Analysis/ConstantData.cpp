//===- ConstantData.cpp - Bytes of constants ------------------------------===//

#include "passes/Analysis/ConstantData.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Memory.h"

using namespace mlir;

namespace xpu {

bool hasConstantData(Attribute value) {
  auto elements = dyn_cast_or_null<ElementsAttr>(value);
  if (!elements || !elements.getElementType().isIntOrFloat() ||
      elements.getElementType().getIntOrFloatBitWidth() % 8 != 0) {
    return false;
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    int64_t bytes = elements.getNumElements() *
                    elements.getElementType().getIntOrFloatBitWidth() / 8;
    return blob && int64_t(blob->getData().size()) == bytes;
  }
  return llvm::isa<DenseElementsAttr>(value);
}

ArrayRef<char> getConstantData(Attribute value) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    return resource.getRawHandle().getBlob()->getData();
  }
  return cast<DenseElementsAttr>(value).getRawData();
}

void releaseConstantData(Attribute value) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    resource.getRawHandle().getResource()->setBlob(AsmResourceBlob());
  }
}

/// Those of the builtin dialect, as DenseResourceElementsAttr has them.
static DialectResourceBlobManager &getResources(MLIRContext &context) {
  return context.getLoadedDialect<BuiltinDialect>()
      ->getRegisteredInterface<ResourceBlobManagerDialectInterface>()
      ->getBlobManager();
}

ConstantScope::ConstantScope(MLIRContext &context) : context(context) {
  getResources(context).getBlobMap([&](const auto &entries) {
    for (StringRef name : entries.keys()) {
      before.insert(name);
    }
  });
}

void ConstantScope::release() {
  llvm::SmallVector<std::string> names;
  getResources(context).getBlobMap([&](const auto &entries) {
    for (StringRef name : entries.keys()) {
      if (!before.contains(name)) {
        names.push_back(name.str());
      }
    }
  });
  for (const std::string &name : names) {
    getResources(context).update(name, AsmResourceBlob());
  }
}

AsmResourceBlob allocateZeros(size_t bytes) {
  std::error_code code;
  llvm::sys::MemoryBlock block = llvm::sys::Memory::allocateMappedMemory(
      std::max<size_t>(1, bytes), nullptr,
      llvm::sys::Memory::MF_READ | llvm::sys::Memory::MF_WRITE, code);
  if (code) {
    llvm::report_bad_alloc_error("memory for constants");
  }
  auto *start = static_cast<char *>(block.base());
  return AsmResourceBlob(
      ArrayRef<char>(start, bytes), /*dataAlignment=*/64,
      [block](void *, size_t, size_t) mutable {
        (void)llvm::sys::Memory::releaseMappedMemory(block);
      },
      /*dataIsMutable=*/true);
}

} // namespace xpu
