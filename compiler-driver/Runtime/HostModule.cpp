//===- HostModule.cpp - The functions that an object calls ----------------===//

#include "compiler-driver/Runtime/HostModule.h"

#include "compiler-driver/Runtime/ReadMlir.h"
#include "compiler-driver/Tensor/Errors.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

namespace acc {

llvm::Expected<std::unique_ptr<HostModule>>
HostModule::load(StringRef bytecode) {
  std::unique_ptr<HostModule> result(new HostModule);
  DialectRegistry registry;
  mlir::registerAllDialects(registry);
  if (llvm::Error error = checkReadable(
          llvm::MemoryBufferRef(bytecode, "the functions of the host"),
          registry)) {
    return std::move(error);
  }
  result->context = std::make_unique<MLIRContext>(registry);
  std::string reason;
  ScopedDiagnosticHandler handler(result->context.get(), [&](Diagnostic &diag) {
    llvm::raw_string_ostream(reason) << (reason.empty() ? "" : "; ") << diag;
  });
  ParserConfig config(result->context.get());
  result->module = parseSourceString<ModuleOp>(bytecode, config);
  if (!result->module) {
    return makeInputError("the functions of the host cannot be read: " +
                          reason);
  }
  return std::move(result);
}

llvm::Expected<std::vector<HostTensor>>
HostModule::call(StringRef function, ArrayRef<HostTensor> inputs) {
  std::unique_ptr<HostProgram> &program = programs[function];
  if (!program) {
    auto func = module->lookupSymbol<func::FuncOp>(function);
    if (!func) {
      return makeInputError("the host has no function '" + function + "'");
    }
    OwningOpRef<ModuleOp> single = ModuleOp::create(func.getLoc());
    single->push_back(func->clone());
    auto compiled = HostProgram::compile(*single);
    if (!compiled) {
      return compiled.takeError();
    }
    program = std::move(*compiled);
  }
  return program->run(inputs);
}

} // namespace acc
