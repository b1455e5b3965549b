//===- MlirFuzzer.cpp - Text of our dialects ------------------------------===//

#include "dialects/Rack/IR/Rack.h"
#include "dialects/XPU/IR/XPU.h"
#include "test/fuzz/Fuzz.h"

#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBufferRef.h"

using namespace mlir;
using acc::fuzz::require;
using acc::fuzz::requireSame;

static std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os);
  return text;
}

/// Reads text or bytecode and prints it; nothing after a refusal. A context of
/// its own, as resources are renamed when they come a second time.
static std::optional<std::string> readAndPrint(StringRef input,
                                               std::string *bytecode) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context
      .loadDialect<acc::rack::RackDialect, xpu::XPUDialect, arith::ArithDialect,
                   func::FuncDialect, memref::MemRefDialect, scf::SCFDialect>();
  bool hasError = false;
  ScopedDiagnosticHandler handler(&context,
                                  [&](Diagnostic &) { hasError = true; });
  auto module = parseSourceString<ModuleOp>(input, ParserConfig(&context));
  require(module || hasError, "a refusal says what is wrong");
  if (!module) {
    return std::nullopt;
  }
  if (bytecode) {
    llvm::raw_string_ostream os(*bytecode);
    require(succeeded(writeBytecodeToFile(*module, os)), "bytecode is written");
  }
  return print(*module);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // MLIR's lexer looks for the zero behind the text.
  std::string input = acc::fuzz::asText(data, size).str();
  // MLIR's readers of bytecode and of resources trust what they read; the
  // product lets a child process try them first (Runtime/ReadMlir.h).
  if (isBytecode(llvm::MemoryBufferRef(input, "fuzz.mlir")) ||
      StringRef(input).contains("dialect_resources")) {
    return 0;
  }
  std::string bytecode;
  auto text = readAndPrint(input, &bytecode);
  if (!text) {
    return 0;
  }
  auto again = readAndPrint(*text, nullptr);
  require(again.has_value(), "a printed module is read");
  requireSame(*text, *again, "a printed module is read as the same");
  auto fromBytes = readAndPrint(bytecode, nullptr);
  require(fromBytes.has_value(), "a module in bytecode is read");
  requireSame(*text, *fromBytes, "a module in bytecode is read as the same");
  return 0;
}
