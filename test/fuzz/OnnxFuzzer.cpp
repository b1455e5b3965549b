//===- OnnxFuzzer.cpp - ONNX models, up to MLIR ---------------------------===//

#include "compiler-driver/Import/Onnx/Importer.h"
#include "test/fuzz/Fuzz.h"

#include "mlir/IR/MLIRContext.h"

using namespace acc;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto bytes = std::make_shared<std::string>(fuzz::asText(data, size));
  // A folder without files: no external data.
  auto model =
      fuzz::accept(parseOnnxModel(*bytes, bytes, "/nonexistent/fuzz.onnx"));
  if (!model) {
    return 0;
  }
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>> module =
      importOnnxModel(context, *model);
  if (!module) {
    std::string message = llvm::toString(module.takeError());
    fuzz::require(!llvm::StringRef(message).contains("internal error"),
                  "what is imported is valid: " + message);
  }
  return 0;
}
