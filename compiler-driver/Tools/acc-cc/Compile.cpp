//===- Compile.cpp - From an input file to an object ----------------------===//

#include "compiler-driver/Tools/acc-cc/Compile.h"

#include "compiler-driver/Object/Emit.h"
#include "compiler-driver/Tensor/Errors.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Analysis/SourceName.h"
#include "passes/Pipelines/Pipelines.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

namespace xpu {

static llvm::Expected<OwningOpRef<ModuleOp>>
load(MLIRContext &context, const CompileOptions &options) {
  StringRef extension = llvm::sys::path::extension(options.input);
  if (extension == ".onnx") {
    return acc::importOnnxFile(context, options.input, options.import);
  }
  if (extension == ".mlir" || extension == ".mlirbc") {
    ParserConfig config(&context);
    OwningOpRef<ModuleOp> module =
        parseSourceFile<ModuleOp>(options.input, config);
    if (!module) {
      return acc::makeInputError(options.input + ": is not valid MLIR");
    }
    return module;
  }
  if (extension == ".json") {
    return acc::makeUnsupportedError("model configurations (" + options.input +
                                     "); use an .onnx or .mlir file");
  }
  return acc::makeInputError(
      options.input +
      ": unknown kind of file; expects .onnx, .mlir or .mlirbc");
}

namespace {
/// One line a remark: the node, then what was done or not and with which
/// figures.
class RemarkPrinter final : public remark::detail::MLIRRemarkStreamerBase {
public:
  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    llvm::raw_ostream &os = llvm::errs();
    os << remark.getCategoryName() << ": "
       << getSourceName(remark.getLocation()) << ": ";
    StringRef separator;
    for (const remark::detail::Remark::Arg &arg : remark.getArgs()) {
      bool isText = arg.key == "Remark";
      os << (isText ? StringRef() : separator.empty() ? " (" : separator);
      if (isText) {
        os << arg.val;
      } else {
        os << arg.key << " " << arg.val;
        separator = ", ";
      }
    }
    os << (separator.empty() ? "\n" : ")\n");
  }
};
} // namespace

static llvm::Error enableRemarks(MLIRContext &context) {
  remark::RemarkCategories all;
  all.passed = all.missed = all.analysis = all.failed = ".*";
  if (mlir::failed(remark::enableOptimizationRemarks(
          context, std::make_unique<RemarkPrinter>(),
          std::make_unique<remark::RemarkEmittingPolicyAll>(), all))) {
    return acc::makeInputError("-v: remarks cannot be printed");
  }
  return llvm::Error::success();
}

llvm::Expected<Compilation> compile(MLIRContext &context,
                                    const CompileOptions &options) {
  Compilation result;
  // The message names the node; the operation itself would bury it.
  context.printOpOnDiagnostic(false);
  if (options.remarks) {
    if (llvm::Error error = enableRemarks(context)) {
      return std::move(error);
    }
  }
  llvm::Expected<acc::Target> target = acc::loadTarget(options.target);
  if (!target) {
    return target.takeError();
  }
  result.target = *target;
  llvm::Expected<OwningOpRef<ModuleOp>> module = load(context, options);
  if (!module) {
    return module.takeError();
  }
  result.module = std::move(*module);
  llvm::Expected<acc::Boundary> boundary = acc::readBoundary(*result.module);
  if (!boundary) {
    return boundary.takeError();
  }
  result.boundary = *boundary;
  if (options.keepGraph) {
    result.graph = result.module->clone();
  }
  if (options.stopAfter == Stage::Graph) {
    return result;
  }
  context.loadDialect<XPUDialect>();
  (*result.module)
      ->setAttr(kTargetAttr, TargetAttr::get(&context, options.target));

  // The first error is the one to read; later ones are its consequences.
  std::string firstError;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != DiagnosticSeverity::Error) {
      return failure();
    }
    if (firstError.empty()) {
      llvm::raw_string_ostream os(firstError);
      std::string place = getSourcePlace(diagnostic.getLocation());
      os << place << (place.empty() ? "" : ": ") << diagnostic;
      for (Diagnostic &note : diagnostic.getNotes()) {
        place = getSourcePlace(note.getLocation());
        os << "\n  note: " << place << (place.empty() ? "" : ": ") << note;
      }
    }
    return success();
  });
  auto failed = [&](StringRef stage) -> llvm::Error {
    size_t at = firstError.find("unsupported: ");
    if (at != std::string::npos) {
      std::string where = firstError.substr(0, at);
      return acc::makeUnsupportedError(firstError.substr(at + 13) + " (at " +
                                       StringRef(where).rtrim(": ") + ")");
    }
    if (firstError.empty()) {
      return acc::makeInputError(options.input + ": cannot be compiled (" +
                                 stage + ")");
    }
    // A place in the input file names it already.
    bool hasFile = StringRef(firstError).starts_with(options.input + ":");
    return acc::makeInputError((hasFile ? "" : options.input + ": ") +
                               firstError);
  };
  PassManager placement(&context);
  buildRackPipeline(placement);
  if (mlir::failed(placement.run(*result.module))) {
    return failed("placement");
  }
  if (options.stopAfter == Stage::Rack) {
    return result;
  }
  PassManager pm(&context);
  SlicePipelineOptions pipeline;
  pipeline.precision = options.precision;
  pipeline.fuse = options.optLevel >= 1;
  pipeline.pack = options.optLevel >= 1;
  pipeline.resident = options.optLevel >= 2;
  buildSelectPipeline(pm, pipeline);
  buildPlacePipeline(pm, pipeline);
  if (mlir::failed(pm.run(*result.module))) {
    return failed("passes");
  }
  if (options.stopAfter == Stage::Xpu) {
    return result;
  }
  FailureOr<Object> object = emitObject(*result.module, result.target);
  if (mlir::failed(object)) {
    return failed("emission");
  }
  result.object = std::move(*object);
  // The importer knows names that the machine's program does not need.
  for (size_t i = 0;
       i < result.object.inputs.size() && i < result.boundary.inputs.size();
       ++i) {
    result.object.inputs[i].name = result.boundary.inputs[i].name;
  }
  for (size_t i = 0;
       i < result.object.outputs.size() && i < result.boundary.outputs.size();
       ++i) {
    result.object.outputs[i].name = result.boundary.outputs[i].name;
  }
  return result;
}

} // namespace xpu
