//===- Compile.cpp - From an input file to an object ----------------------===//

#include "compiler-driver/Tools/acc-cc/Compile.h"

#include "compiler-driver/Object/Emit.h"
#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tools/acc-cc/Capacity.h"
#include "compiler-driver/Tools/acc-cc/Feeds.h"
#include "compiler-driver/Tools/acc-cc/Load.h"
#include "compiler-driver/Tools/acc-cc/RankTiles.h"
#include "dialects/Target/Machine.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "passes/Analysis/ProductBound.h"
#include "passes/Analysis/SourceName.h"
#include "passes/Pipelines/Pipelines.h"
#include "passes/XPU/Passes.h"
#include "systemc-models/Fabric/Topology.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

namespace xpu {

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

/// The target that is asked for; else the module's own. What is placed for one
/// machine does not fit another.
static llvm::Expected<std::string> chooseTarget(ModuleOp module, Stage stage,
                                                const CompileOptions &options) {
  auto attr = module->getAttrOfType<TargetAttr>(kTargetAttr);
  if (stage != Stage::Graph && attr && options.target &&
      attr.getName() != *options.target) {
    return acc::makeInputError(options.input + ": is placed on target " +
                               attr.getName() + ", not " + *options.target +
                               "; drop --target or begin with the graph");
  }
  return options.target
             ? *options.target
             : (attr ? attr.getName() : StringRef(kDefaultTarget)).str();
}

/// What tiling has noted of the products of all launches.
static std::map<std::string, uint64_t> readBounds(ModuleOp module) {
  std::map<std::string, uint64_t> bounds;
  module.walk([&](func::FuncOp func) {
    auto dictionary = func->getAttrOfType<DictionaryAttr>(kBoundsAttr);
    if (!dictionary) {
      return;
    }
    for (NamedAttribute entry : dictionary) {
      if (auto cycles = dyn_cast<IntegerAttr>(entry.getValue())) {
        bounds[entry.getName().str()] += uint64_t(cycles.getInt());
      }
    }
  });
  return bounds;
}

/// Whether a program can run on the machine's chips together.
static llvm::Error checkChips(const acc::Machine &machine) {
  if (machine.pod) {
    return acc::makeUnsupportedError(
        "graphs on more than one rack; target " + machine.name() +
        " is a pod, its racks are " + machine.rack->name);
  }
  return machine.chips() > 1 ? acc::fabric::checkFabric(machine)
                             : llvm::Error::success();
}

/// `isTooLong` says whether the program does not fit the instruction memory.
static llvm::Expected<Compilation> compileOnce(OwningOpRef<ModuleOp> module,
                                               const CompileOptions &options,
                                               bool &isTooLong);

llvm::Expected<Compilation> compile(MLIRContext &context,
                                    const CompileOptions &options) {
  // The message names the node; the operation itself would bury it.
  context.printOpOnDiagnostic(false);
  if (options.remarks) {
    // Stages of a pipeline would say theirs at the same time.
    context.disableMultithreading();
    if (llvm::Error error = enableRemarks(context)) {
      return std::move(error);
    }
  }
  // A wrong name is said before a long import.
  if (options.target) {
    llvm::Expected<acc::Machine> machine = acc::loadMachine(*options.target);
    if (!machine) {
      return machine.takeError();
    }
    if (llvm::Error error = checkChips(*machine)) {
      return std::move(error);
    }
  }
  // The passes consume the module: it is read again, not kept beside them.
  CompileOptions attempt = options;
  attempt.bodyCommands = options.bodyCommands.value_or(kBodyCommands);
  while (true) {
    llvm::Expected<OwningOpRef<ModuleOp>> module = loadModule(context, attempt);
    if (!module) {
      return module.takeError();
    }
    bool isTooLong = false;
    llvm::Expected<Compilation> result =
        compileOnce(std::move(*module), attempt, isTooLong);
    if (result || !isTooLong || options.bodyCommands || options.input == "-" ||
        *attempt.bodyCommands == 1) {
      return result;
    }
    llvm::consumeError(result.takeError());
    *attempt.bodyCommands /= 2;
  }
}

llvm::Expected<Compilation> compileModule(OwningOpRef<ModuleOp> module,
                                          const CompileOptions &options) {
  bool isTooLong = false;
  return compileOnce(std::move(module), options, isTooLong);
}

static llvm::Expected<Compilation> compileOnce(OwningOpRef<ModuleOp> module,
                                               const CompileOptions &options,
                                               bool &isTooLong) {
  MLIRContext &context = *module->getContext();
  Compilation result;
  result.module = std::move(module);
  const Stage begin = findStage(*result.module);
  llvm::Expected<std::string> targetName =
      chooseTarget(*result.module, begin, options);
  if (!targetName) {
    return targetName.takeError();
  }
  llvm::Expected<acc::Machine> machine = acc::loadMachine(*targetName);
  if (!machine) {
    return machine.takeError();
  }
  if (llvm::Error error = checkChips(*machine)) {
    return std::move(error);
  }
  result.machine = *machine;
  result.target = machine->slice;
  if (begin > options.stopAfter) {
    return acc::makeInputError(options.input +
                               ": is past the stage that --emit asks for");
  }
  if (begin != Stage::Graph && options.keepGraph) {
    return acc::makeInputError(
        options.input + ": is no graph, which --check-host and --compare read");
  }
  llvm::Expected<acc::Boundary> boundary = acc::readBoundary(*result.module);
  if (!boundary) {
    return boundary.takeError();
  }
  result.boundary = *boundary;
  if (options.keepGraph) {
    result.graph = result.module->clone();
  }
  if (begin > Stage::Rack && !options.feeds.empty()) {
    return acc::makeInputError(
        options.input + ": has its buffers in place; --feed expects a graph");
  }
  if (llvm::Error error =
          markFeeds(*result.module, result.boundary, options.feeds)) {
    return std::move(error);
  }
  if (options.stopAfter == Stage::Graph) {
    return result;
  }
  if (begin == Stage::Graph) {
    if (llvm::Error error = checkCapacity(*result.module, result.boundary,
                                          result.machine, options)) {
      return std::move(error);
    }
  }
  context.loadDialect<XPUDialect>();
  (*result.module)
      ->setAttr(kTargetAttr, TargetAttr::get(&context, *targetName));

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
  DefaultTimingManager timing;
  applyDefaultTimingManagerCLOptions(timing);
  TimingScope total = timing.getRootScope();
  auto runPasses = [&](ModuleOp module, StringRef stage,
                       function_ref<void(OpPassManager &)> build) {
    PassManager pm(&context);
    build(pm);
    if (options.mlirOptions && mlir::failed(applyPassManagerCLOptions(pm))) {
      return failed("MLIR's options");
    }
    TimingScope scope = total.nest(stage);
    pm.enableTiming(scope);
    return mlir::failed(pm.run(module)) ? failed(stage)
                                        : llvm::Error::success();
  };
  if (begin < Stage::Rack) {
    if (llvm::Error error =
            runPasses(*result.module, "placement", buildRackPipeline)) {
      return std::move(error);
    }
  }
  if (options.stopAfter == Stage::Rack) {
    return result;
  }
  SlicePipelineOptions pipeline;
  pipeline.precision = options.precision;
  pipeline.parallel = options.parallel;
  result.bodyCommands = options.bodyCommands.value_or(kBodyCommands);
  pipeline.bodyCommands = result.bodyCommands;
  // A constant may be in several stages.
  pipeline.releaseConstants =
      !options.keepGraph && !StringRef(options.parallel).contains("pp=");
  pipeline.roll = options.optLevel >= 1;
  pipeline.fuse = options.optLevel >= 1;
  pipeline.pack = options.optLevel >= 1;
  pipeline.resident = options.optLevel >= 2;
  auto makeCommands = [&](ModuleOp module) {
    return runPasses(module, "passes", [&](OpPassManager &pm) {
      if (begin < Stage::Xpu) {
        buildSelectPipeline(pm, pipeline);
        buildPlacePipeline(pm, pipeline);
      } else {
        pm.addNestedPass<func::FuncOp>(createVerifyOrderPass());
      }
    });
  };
  auto lower = [&](OwningOpRef<ModuleOp> module,
                   int64_t bodyCommands) -> llvm::Expected<Lowered> {
    firstError.clear();
    pipeline.bodyCommands = bodyCommands;
    if (llvm::Error error = makeCommands(*module)) {
      return std::move(error);
    }
    FailureOr<Object> object = emitObject(*module, result.machine,
                                          pipeline.releaseConstants, isTooLong);
    // Words of commands that are there already are as they are.
    isTooLong &= begin < Stage::Xpu;
    if (isTooLong && bodyCommands > 1) {
      firstError += "; a smaller --loop-body makes smaller programs";
    }
    if (mlir::failed(object)) {
      return failed("emission");
    }
    std::map<std::string, uint64_t> bounds = readBounds(*module);
    return Lowered{std::move(module), std::move(*object), std::move(bounds)};
  };
  const bool choosesTiles = options.optLevel == 3 && begin < Stage::Xpu;
  if (options.stopAfter == Stage::Xpu && !choosesTiles) {
    if (llvm::Error error = makeCommands(*result.module)) {
      return std::move(error);
    }
    return result;
  }
  // Other programs need the constants.
  pipeline.releaseConstants = pipeline.releaseConstants && !choosesTiles;
  llvm::Expected<Lowered> lowered =
      choosesTiles
          ? lowerQuickest(*result.module, result.bodyCommands,
                          /*keepsConstants=*/options.stopAfter == Stage::Xpu,
                          lower)
          : lower(std::move(result.module), result.bodyCommands);
  if (!lowered) {
    return lowered.takeError();
  }
  result.module = std::move(lowered->module);
  result.object = std::move(lowered->object);
  result.bounds = std::move(lowered->bounds);
  if (options.stopAfter == Stage::Xpu) {
    return result;
  }
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
