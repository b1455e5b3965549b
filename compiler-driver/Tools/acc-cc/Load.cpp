//===- Load.cpp - From an input file to a module --------------------------===//

#include "compiler-driver/Tools/acc-cc/Load.h"

#include "compiler-driver/Import/Onnx/Importer.h"
#include "compiler-driver/Tensor/Errors.h"
#include "dialects/Rack/IR/Rack.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "passes/Analysis/SourceName.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace xpu {

static constexpr llvm::StringLiteral kMain = "main";

static std::string listNames(ArrayRef<func::FuncOp> functions) {
  std::string text;
  for (func::FuncOp function : functions) {
    text += (text.empty() ? "'" : ", '") + function.getName().str() + "'";
  }
  return text;
}

/// The function to compile: the one of that name, or the only public one.
static llvm::Expected<func::FuncOp> findEntry(ModuleOp module,
                                              const CompileOptions &options) {
  SmallVector<func::FuncOp> candidates;
  for (func::FuncOp function : module.getOps<func::FuncOp>()) {
    bool isNamed = options.entry.empty() || function.getName() == options.entry;
    if (!function.isExternal() && isNamed &&
        (function.isPublic() || !options.entry.empty())) {
      candidates.push_back(function);
    }
  }
  if (candidates.size() == 1) {
    return candidates.front();
  }
  for (func::FuncOp function : candidates) {
    if (function.getName() == kMain) {
      return function;
    }
  }
  if (!options.entry.empty()) {
    SmallVector<func::FuncOp> known;
    llvm::copy_if(module.getOps<func::FuncOp>(), std::back_inserter(known),
                  [](func::FuncOp function) { return !function.isExternal(); });
    return acc::makeInputError("--entry=" + options.entry + ": " +
                               options.input + " has no such function" +
                               (known.empty() ? "" : "; it has ") +
                               listNames(known));
  }
  return candidates.empty()
             ? acc::makeInputError(options.input +
                                   ": has no public function with a body")
             : acc::makeInputError(
                   options.input + ": has several public functions, " +
                   listNames(candidates) + "; choose one with --entry=NAME");
}

/// Leaves `entry` alone, as 'main': what it does not call is not compiled, and
/// what it calls would have to be part of it.
static llvm::Error isolateEntry(ModuleOp module, func::FuncOp entry) {
  func::CallOp call;
  entry.walk([&](func::CallOp op) {
    call = op;
    return WalkResult::interrupt();
  });
  if (call) {
    return acc::makeUnsupportedError("a call of '" + call.getCallee() +
                                     "' (at " + getSourcePlace(call.getLoc()) +
                                     "); inline it with acc-opt --inline");
  }
  for (func::FuncOp function :
       llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
    if (function != entry) {
      function.erase();
    }
  }
  entry.setName(kMain);
  entry.setPublic();
  return llvm::Error::success();
}

/// Tensors of other things than numbers have no place in the machine's memory,
/// from which the host reads them, too.
static llvm::Error checkElementTypes(ModuleOp module) {
  Operation *first = nullptr;
  Type type;
  module.walk([&](Operation *op) {
    for (Type result : op->getResultTypes()) {
      auto shaped = dyn_cast<ShapedType>(result);
      if (shaped && llvm::isa<TensorType, MemRefType>(result) &&
          !shaped.getElementType().isIntOrIndexOrFloat()) {
        first = op;
        type = result;
        return WalkResult::interrupt();
      }
    }
    return WalkResult::advance();
  });
  if (!first) {
    return llvm::Error::success();
  }
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return acc::makeUnsupportedError(text + " (at " +
                                   getSourcePlace(first->getLoc()) +
                                   "); expects integers or floats");
}

static llvm::Expected<OwningOpRef<ModuleOp>>
loadMlir(MLIRContext &context, const CompileOptions &options) {
  // The first error is the one to read.
  std::string reason;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (reason.empty() &&
        diagnostic.getSeverity() == DiagnosticSeverity::Error) {
      std::string place = getSourcePlace(diagnostic.getLocation());
      llvm::raw_string_ostream(reason)
          << place << (place.empty() ? "" : ": ") << diagnostic;
    }
  });
  ParserConfig config(&context);
  OwningOpRef<ModuleOp> module =
      parseSourceFile<ModuleOp>(options.input, config);
  if (!module) {
    // A place names the file already.
    bool hasFile = StringRef(reason).starts_with(options.input + ":");
    return acc::makeInputError((hasFile ? "" : options.input + ": ") + reason +
                               (reason.empty() ? "" : "; ") +
                               "is not valid MLIR");
  }
  llvm::Expected<func::FuncOp> entry = findEntry(*module, options);
  if (!entry) {
    return entry.takeError();
  }
  if (llvm::Error error = isolateEntry(*module, *entry)) {
    return std::move(error);
  }
  if (llvm::Error error = checkElementTypes(*module)) {
    return std::move(error);
  }
  return module;
}

llvm::Expected<OwningOpRef<ModuleOp>>
loadModule(MLIRContext &context, const CompileOptions &options) {
  StringRef extension = llvm::sys::path::extension(options.input);
  if (extension == ".mlir" || extension == ".mlirbc") {
    return loadMlir(context, options);
  }
  if (!options.entry.empty()) {
    return acc::makeInputError("--entry: " + options.input +
                               " has one graph; expects MLIR");
  }
  if (extension == ".onnx") {
    return acc::importOnnxFile(context, options.input, options.import);
  }
  if (extension == ".json") {
    return acc::makeUnsupportedError("model configurations (" + options.input +
                                     "); use an .onnx or .mlir file");
  }
  return acc::makeInputError(
      options.input +
      ": unknown kind of file; expects .onnx, .mlir or .mlirbc");
}

/// The machine's memory, which only our own stages name.
static bool isMachineBuffer(Type type) {
  auto buffer = dyn_cast<MemRefType>(type);
  return buffer && isa_and_present<SpaceAttr>(buffer.getMemorySpace());
}

Stage findStage(ModuleOp module) {
  auto main = module.lookupSymbol<func::FuncOp>(kMain);
  if (llvm::any_of(main.getArgumentTypes(), isMachineBuffer) ||
      llvm::any_of(main.getResultTypes(), isMachineBuffer)) {
    return Stage::Xpu;
  }
  Stage stage = Stage::Graph;
  main.walk([&](Operation *op) {
    if (isa_and_present<acc::rack::RackDialect>(op->getDialect())) {
      stage = Stage::Rack;
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return stage;
}

} // namespace xpu
