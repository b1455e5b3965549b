//===- LoadMlir.cpp - MLIR as people have it ------------------------------===//
//
// One function of the file becomes the program: what it calls is inlined, its
// arguments get static shapes, and TOSA and control flow become what the
// pipelines place.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Tools/acc-cc/LoadMlir.h"

#include "compiler-driver/Runtime/ReadMlir.h"
#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tools/acc-cc/Load.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Analysis/SourceName.h"
#include "passes/Partition/Stages.h"
#include "passes/Pipelines/Pipelines.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

namespace xpu {

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
    if (function.getName() == kMainFunction) {
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
  if (!findStages(module).empty()) {
    return acc::makeInputError(
        options.input + ": holds the stages of a pipeline, which are not "
                        "compiled any further; expects the graph they were cut "
                        "from, with --parallel=pp=N");
  }
  return candidates.empty()
             ? acc::makeInputError(options.input +
                                   ": has no public function with a body")
             : acc::makeInputError(
                   options.input + ": has several public functions, " +
                   listNames(candidates) + "; choose one with --entry=NAME");
}

/// Makes `entry` the only function that others may call, as 'main'.
static llvm::Error renameEntry(ModuleOp module, func::FuncOp entry) {
  SymbolTable symbols(module);
  auto previous = symbols.lookup<func::FuncOp>(kMainFunction);
  if (previous && previous != entry &&
      failed(symbols.renameToUnique(previous, {}))) {
    return acc::makeInputError("function 'main' cannot be renamed");
  }
  for (func::FuncOp function : module.getOps<func::FuncOp>()) {
    function.setPrivate();
  }
  if (entry.getName() != kMainFunction &&
      failed(symbols.rename(entry, kMainFunction))) {
    return acc::makeInputError("function '" + entry.getName() +
                               "' cannot be renamed");
  }
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
          !shaped.getElementType().isIntOrIndexOrFloat() &&
          !isBlock(shaped.getElementType())) {
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

/// Gives arguments of dynamic shapes those of the tensors that will be used.
static llvm::Error bindShapes(func::FuncOp func,
                              const CompileOptions &options) {
  if (func.isExternal()) {
    return llvm::Error::success();
  }
  Block &body = func.getBody().front();
  OpBuilder builder = OpBuilder::atBlockBegin(&body);
  for (BlockArgument argument : body.getArguments()) {
    auto type = dyn_cast<TensorType>(argument.getType());
    if (!type || type.hasStaticShape()) {
      continue;
    }
    std::string name = acc::getArgumentName(func, argument.getArgNumber());
    auto bound = options.import.inputShapes.find(name);
    if (bound == options.import.inputShapes.end()) {
      std::string text;
      llvm::raw_string_ostream(text) << type;
      return acc::makeInputError(options.input + ": argument " +
                                 Twine(argument.getArgNumber()) + " has type " +
                                 text + "; bind its shape with --inputs=DIR");
    }
    auto shape = RankedTensorType::get(bound->second, type.getElementType());
    if (failed(verifyCompatibleShape(shape, type))) {
      std::string text;
      llvm::raw_string_ostream(text) << shape << " is given, " << type;
      return acc::makeInputError(options.input + ": argument " +
                                 Twine(argument.getArgNumber()) + ": " + text +
                                 " is expected");
    }
    argument.setType(shape);
    auto cast = tensor::CastOp::create(builder, func.getLoc(), type, argument);
    argument.replaceAllUsesExcept(cast, cast);
  }
  func.setType(
      builder.getFunctionType(body.getArgumentTypes(), func.getResultTypes()));
  return llvm::Error::success();
}

/// Results take the static shapes that followed from those of the arguments.
static void refineResults(func::FuncOp func) {
  if (!llvm::hasSingleElement(func.getBody())) {
    return;
  }
  Operation *end = func.getBody().front().getTerminator();
  for (OpOperand &operand : end->getOpOperands()) {
    auto cast = operand.get().getDefiningOp<tensor::CastOp>();
    if (cast && llvm::isa<RankedTensorType>(cast.getSource().getType()) &&
        cast.getSource().getType().hasStaticShape()) {
      operand.set(cast.getSource());
      if (cast.use_empty()) {
        cast.erase();
      }
    }
  }
  func.setType(FunctionType::get(func.getContext(), func.getArgumentTypes(),
                                 end->getOperandTypes()));
}

/// What no stage after this one has a form for.
static llvm::Error checkForms(func::FuncOp func) {
  Operation *first = nullptr;
  StringRef what;
  func.walk([&](Operation *op) {
    bool isDynamic = op->getParentOp() == func &&
                     llvm::any_of(op->getResultTypes(), [](Type type) {
                       auto tensor = dyn_cast<TensorType>(type);
                       return tensor && !tensor.hasStaticShape();
                     });
    what = llvm::isa<func::CallOp>(op)
               ? " of a function without a body, or of itself"
           : isDynamic ? " with a shape that is known at run time only"
                       : "";
    if (!what.empty()) {
      first = op;
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return first ? acc::makeUnsupportedError(
                     "'" + first->getName().getStringRef() + "'" + what +
                     " (at " + getSourcePlace(first->getLoc()) + ")")
               : llvm::Error::success();
}

namespace {
/// Keeps the first error of a context, which is the one to read.
class FirstError {
public:
  explicit FirstError(MLIRContext &context)
      : handler(&context, [this](Diagnostic &diagnostic) {
          if (!isSet && diagnostic.getSeverity() == DiagnosticSeverity::Error) {
            isSet = true;
            place = getSourcePlace(diagnostic.getLocation());
            text = diagnostic.str();
          }
        }) {}

  bool isSet = false;
  std::string place, text;

private:
  ScopedDiagnosticHandler handler;
};
} // namespace

/// Ops and types of dialects that MLIR itself does not have.
static bool isForeignDialect(StringRef message) {
  return message.contains("not found for custom op") ||
         message.contains("unregistered dialect") ||
         (message.contains("dialect") && message.contains("is unknown"));
}

static llvm::Expected<OwningOpRef<ModuleOp>>
parse(MLIRContext &context, const CompileOptions &options) {
  auto buffer = llvm::MemoryBuffer::getFile(options.input);
  if (!buffer) {
    return acc::makeInputError(
        options.input + ": cannot be read: " + buffer.getError().message());
  }
  DialectRegistry registry;
  context.getDialectRegistry().appendTo(registry);
  if (llvm::Error error =
          acc::checkReadable((*buffer)->getMemBufferRef(), registry)) {
    return std::move(error);
  }
  FirstError error(context);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  auto module = parseSourceFile<ModuleOp>(sources, ParserConfig(&context));
  if (module) {
    return module;
  }
  std::string where = error.place.empty() ? options.input : error.place;
  if (isForeignDialect(error.text)) {
    return acc::makeUnsupportedError(
        error.text + " (at " + where +
        "); expects dialects of MLIR itself, such as linalg and tosa");
  }
  // A place names the file already.
  bool hasFile = StringRef(where).starts_with(options.input);
  return acc::makeInputError(
      (hasFile ? "" : options.input + ": ") + where + ": " + error.text +
      (error.text.empty() ? "" : "; ") + "is not valid MLIR");
}

static llvm::Error runInputPipeline(ModuleOp module) {
  FirstError error(*module.getContext());
  PassManager passes(module.getContext());
  buildInputPipeline(passes);
  if (succeeded(passes.run(module))) {
    return llvm::Error::success();
  }
  // The file is valid: what fails here has no conversion.
  return acc::makeUnsupportedError(error.text + " (at " + error.place + ")");
}

llvm::Expected<OwningOpRef<ModuleOp>> loadMlir(MLIRContext &context,
                                               const CompileOptions &options) {
  llvm::Expected<OwningOpRef<ModuleOp>> module = parse(context, options);
  if (!module) {
    return module.takeError();
  }
  llvm::Expected<func::FuncOp> entry = findEntry(**module, options);
  if (!entry) {
    return entry.takeError();
  }
  if (llvm::Error error = renameEntry(**module, *entry)) {
    return std::move(error);
  }
  if (findStage(**module) == Stage::Graph) {
    if (llvm::Error error = bindShapes(*entry, options)) {
      return std::move(error);
    }
    if (llvm::Error error = runInputPipeline(**module)) {
      return std::move(error);
    }
    auto main = (*module)->lookupSymbol<func::FuncOp>(kMainFunction);
    refineResults(main);
    if (llvm::Error error = checkForms(main)) {
      return std::move(error);
    }
  }
  if (llvm::Error error = checkElementTypes(**module)) {
    return std::move(error);
  }
  return module;
}

} // namespace xpu
