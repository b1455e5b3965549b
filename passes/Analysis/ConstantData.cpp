//===- ConstantData.cpp - Bytes of constants ------------------------------===//

#include "passes/Analysis/ConstantData.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

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

} // namespace xpu
