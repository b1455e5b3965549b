//===- ExactStep.cpp - A step of a model from exact layers ----------------===//

#include "compiler-driver/Scenario/ExactStep.h"

#include "compiler-driver/Import/HuggingFace/ShareGraph.h"
#include "compiler-driver/Import/Onnx/Importer.h"
#include "compiler-driver/Runtime/CacheFolder.h"
#include "compiler-driver/Runtime/Simulate.h"
#include "compiler-driver/Scenario/LayerStore.h"
#include "compiler-driver/Scenario/Workers.h"
#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tools/Registry/Registry.h"
#include "compiler-driver/Tools/acc-cc/Compile.h"
#include "dialects/XPU/IR/XPU.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/Input/BlockProduct.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"

#include <cmath>

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

bool ExactStepOptions::hasInputFormat() const {
  return precision == "bf16" || precision == "mixed" ||
         StringRef(precision).starts_with("mxfp");
}

std::vector<LayerJob> scenario::jobsOf(const systems::ModelShape &model,
                                       const huggingface::Step &step,
                                       const huggingface::Division &division,
                                       double imbalance) {
  std::vector<LayerJob> jobs;
  auto shape = std::make_shared<const systems::ModelShape>(model);
  for (huggingface::Share &share :
       huggingface::divideStep(model, step, division, imbalance)) {
    LayerJob job{share, model.name, describe(model, share), {}, {}};
    job.build = [shape, share = std::move(share)] {
      return huggingface::buildShareGraph(*shape, share);
    };
    jobs.push_back(std::move(job));
  }
  return jobs;
}

/// Whether tokens go to experts on other chips: a chip's program ends there.
static bool hasFarExperts(const huggingface::Share &share) {
  return any_of(share.collectives, [](const huggingface::Collective &c) {
    return c.scope == huggingface::Collective::Scope::ExpertGroup;
  });
}

std::vector<LayerJob>
scenario::jobsOnChip(const systems::ModelShape &model,
                     const huggingface::Step &step,
                     const huggingface::Division &division) {
  std::vector<LayerJob> jobs = jobsOf(model, step, division);
  huggingface::Division whole;
  whole.tensorParallel = division.tensorParallel;
  whole.expertParallel = division.expertParallel;
  std::vector<huggingface::Share> shares =
      huggingface::divideStep(model, step, whole);
  auto shape = std::make_shared<const systems::ModelShape>(model);
  for (auto [job, share] : zip(jobs, shares)) {
    if (share.kind == huggingface::Share::Kind::Head) {
      continue;
    }
    job.share = share;
    job.description = describe(model, share) + "on a chip, of " +
                      std::to_string(int64_t(share.count)) +
                      (hasFarExperts(share) ? ", in stretches\n" : "\n");
    job.buildOnChip = [shape, share = share](int64_t layers,
                                             huggingface::Stretch stretch) {
      return huggingface::buildLayersGraph(*shape, share, layers, stretch);
    };
  }
  return jobs;
}

std::vector<LayerJob> scenario::jobsOf(const systems::Network &network,
                                       ArrayRef<systems::Block> blocks,
                                       int64_t items, int64_t context,
                                       const huggingface::Division &division) {
  std::vector<LayerJob> jobs;
  for (const systems::Block &block : blocks) {
    huggingface::BlockShare part =
        huggingface::divideBlock(block, items, context, division);
    LayerJob job;
    job.share.name = part.name;
    job.share.count = part.count;
    job.share.collectives = part.collectives;
    job.model = network.name;
    job.description = huggingface::describe(part);
    job.build = [part = std::move(part)] {
      return huggingface::buildBlockGraph(part);
    };
    jobs.push_back(std::move(job));
  }
  return jobs;
}

/// Puts what collects the layers' results into the layers that give them: the
/// compiler finds layers that repeat by the order of operations.
static void collectInLayers(mlir::ModuleOp module) {
  SmallVector<mlir::tensor::InsertSliceOp> inserts;
  module.walk([&](mlir::tensor::InsertSliceOp op) { inserts.push_back(op); });
  for (mlir::tensor::InsertSliceOp op : inserts) {
    mlir::Operation *source = op.getSource().getDefiningOp();
    mlir::Operation *into = op.getDest().getDefiningOp();
    if (!source || !into) {
      continue;
    }
    if (llvm::isa<mlir::tensor::EmptyOp>(into)) {
      into->moveBefore(&into->getBlock()->front());
    }
    op->moveAfter(source->isBeforeInBlock(into) ? into : source);
  }
}

Expected<mlir::OwningOpRef<mlir::ModuleOp>>
scenario::importJob(mlir::MLIRContext &context, const LayerJob &job,
                    int64_t layers, StringRef precision,
                    huggingface::Stretch stretch) {
  auto module = importOnnxModel(context, job.buildOnChip
                                             ? job.buildOnChip(layers, stretch)
                                             : job.build());
  if (module && job.buildOnChip) {
    collectInLayers(**module);
    context.loadDialect<::xpu::XPUDialect>();
    ::xpu::storeWeightsInBlocks(findMain(**module), precision);
  }
  return module;
}

/// The program of a job on the largest level of the machine.
static Expected<xpu::Compilation>
compileGraph(mlir::MLIRContext &context, const LayerJob &job, int64_t layers,
             const Machine &machine, StringRef precision,
             huggingface::Stretch stretch = huggingface::Stretch::Whole) {
  std::string name = job.model + ", " + job.share.name;
  auto module = importJob(context, job, layers, precision, stretch);
  if (!module) {
    return module.takeError();
  }
  // Passes find the machine by a name or a file.
  SmallString<128> path;
  if (std::error_code code =
          sys::fs::createTemporaryFile("machine", "yaml", path)) {
    return makeInputError("no temporary file: " + code.message());
  }
  FileRemover remover(path);
  {
    std::error_code code;
    raw_fd_ostream os(path, code);
    printMachine(inlineMachine(machine), os);
  }
  xpu::CompileOptions options;
  options.input = name;
  options.target = path.str().str();
  options.precision = precision.str();
  auto compiled = xpu::compileModule(std::move(*module), options);
  if (!compiled) {
    return compiled.takeError();
  }
  if (!compiled->object.hostCalls.empty()) {
    const xpu::HostCall &call = compiled->object.hostCalls.front();
    return makeUnsupportedError(name + ": " + call.source +
                                " on the machine: " + call.because);
  }
  return compiled;
}

namespace {
/// What a program needs that outlives it.
struct Context {
  mlir::DialectRegistry registry;
  std::unique_ptr<mlir::MLIRContext> context;

  Context() {
    xpu::registerAllDialects(registry);
    context = std::make_unique<mlir::MLIRContext>(
        registry, mlir::MLIRContext::Threading::DISABLED);
    context->printOpOnDiagnostic(false);
  }
};
} // namespace

static Error checkFault(const SimOutput &run, const std::string &name) {
  return run.fault == isa::Fault::None
             ? Error::success()
             : makeInputError(name + ": fault at word " + Twine(run.faultPc));
}

Expected<ShareProgram> scenario::runProgram(const LayerJob &job,
                                            const Target &slice,
                                            const ExactStepOptions &options) {
  Context context;
  Machine machine;
  machine.slice = slice;
  std::string name = job.model + ", " + job.share.name;
  auto compiled =
      compileGraph(*context.context, job, 1, machine, options.precision);
  if (!compiled) {
    return compiled.takeError();
  }
  SimInput input{compiled->target, compiled->object.code, {}};
  input.values = false;
  Expected<SimOutput> output = runSystemC(input);
  if (!output) {
    return output.takeError();
  }
  if (Error error = checkFault(*output, name)) {
    return std::move(error);
  }
  return ShareProgram{compiled->target, std::move(compiled->object),
                      std::move(*output), std::move(compiled->bounds)};
}

/// So many of the layers on a chip.
static Expected<LayerRun>
runOnChip(const LayerJob &job, const Machine &machine, StringRef precision,
          int64_t layers,
          huggingface::Stretch stretch = huggingface::Stretch::Whole) {
  Context context;
  Machine chip = machine;
  chip.level = TargetLevel::Chip;
  chip.rack.reset();
  chip.pod.reset();
  std::string name = job.model + ", " + job.share.name;
  auto compiled =
      compileGraph(*context.context, job, layers, chip, precision, stretch);
  if (!compiled) {
    return compiled.takeError();
  }
  const xpu::Object &object = compiled->object;
  std::vector<std::vector<uint8_t>> images = {{}};
  ChipInput input = xpu::makeChipInput(object, images);
  input.values = false;
  Expected<ChipOutput> output = runSystemCChip(input);
  if (!output) {
    return output.takeError();
  }
  const SimOutput &last = xpu::findLast(*output);
  if (Error error = checkFault(last, name)) {
    return std::move(error);
  }
  LayerRun run;
  run.cycles = last.cycles;
  run.words = object.code.size();
  run.activity = report::activityOfRun(object.target(), object, last);
  return run;
}

/// A layer whose experts are on several chips: what is between two exchanges.
static Expected<LayerRun>
runStretches(const LayerJob &job, const Machine &machine, StringRef precision) {
  using huggingface::Stretch;
  auto around = runOnChip(job, machine, precision, 1, Stretch::Around);
  if (!around) {
    return around;
  }
  auto experts = runOnChip(job, machine, precision, 1, Stretch::Experts);
  if (!experts) {
    return experts;
  }
  append(*around, *experts);
  return around;
}

/// One of the share's layers on a chip. Beyond the first few each is as the
/// difference that one more of them makes.
static Expected<LayerRun> runLayerOnChip(const LayerJob &job,
                                         const Machine &machine,
                                         StringRef precision) {
  if (hasFarExperts(job.share)) {
    return runStretches(job, machine, precision);
  }
  int64_t all = std::max<int64_t>(1, std::llround(job.share.count));
  int64_t few = std::min(all, kSteadyLayers);
  Expected<LayerRun> whole = runOnChip(job, machine, precision, few);
  if (!whole) {
    return whole.takeError();
  }
  if (all > few) {
    Expected<LayerRun> fewer = runOnChip(job, machine, precision, few - 1);
    if (!fewer) {
      return fewer.takeError();
    }
    extend(*whole, *fewer, all - few);
  }
  divide(*whole, all);
  return whole;
}

static Expected<LayerRun> runLayer(const LayerJob &job, const Machine &machine,
                                   const ExactStepOptions &options) {
  if (job.buildOnChip) {
    return runLayerOnChip(job, machine, options.precision);
  }
  Expected<ShareProgram> program = runProgram(job, machine.slice, options);
  if (!program) {
    return program.takeError();
  }
  LayerRun run;
  run.cycles = program->run.cycles;
  run.words = program->object.code.size();
  run.activity =
      report::activityOfRun(program->target, program->object, program->run);
  return run;
}

static std::string getDigest(StringRef text) {
  return toHex(SHA256::hash(arrayRefFromStringRef(text)), /*LowerCase=*/true);
}

static bool readRun(StringRef path, LayerRun &run) {
  if (!xpu::CacheFolder::touch(path)) {
    return false;
  }
  auto file = MemoryBuffer::getFile(path);
  return file && fromJson((*file)->getBuffer(), run);
}

Expected<std::vector<LayerRun>>
scenario::runLayers(std::vector<LayerJob> jobs, const Machine &machine,
                    const ExactStepOptions &options) {
  Expected<xpu::CacheFolder> cache = xpu::CacheFolder::open();
  if (!cache) {
    return cache.takeError();
  }
  std::vector<LayerRun> runs(jobs.size());
  std::vector<std::string> paths;
  std::vector<size_t> missing;
  for (auto [i, job] : enumerate(jobs)) {
    std::string path =
        cache->fileOf(getDigest(describeRun(job, machine, options)), ".json");
    runs[i].isCached = readRun(path, runs[i]);
    // Layers that differ in what is exchanged alone are one.
    if (!runs[i].isCached && !is_contained(paths, path)) {
      missing.push_back(i);
    }
    paths.push_back(path);
  }
  // Those of most tokens take longest: at the end, one would run alone.
  stable_sort(missing, [&](size_t a, size_t b) {
    return jobs[a].share.tokens > jobs[b].share.tokens;
  });
  auto runAndKeep = [&](size_t job) -> Expected<std::string> {
    Expected<LayerRun> run = runLayer(jobs[missing[job]], machine, options);
    if (!run) {
      return run.takeError();
    }
    if (Error error = writeToOutput(paths[missing[job]], [&](raw_ostream &os) {
          os << toJson(*run);
          return Error::success();
        })) {
      return makeInputError(toString(std::move(error)) +
                            "; set ACC_CACHE_DIR to a folder that can be "
                            "written");
    }
    return "done";
  };
  if (Error error = runInProcesses(missing.size(), runAndKeep).takeError()) {
    return std::move(error);
  }
  for (auto [run, path, job] : zip(runs, paths, jobs)) {
    bool wasCached = run.isCached;
    if (!wasCached && !readRun(path, run)) {
      return makeInputError(path + ": is not what was written there");
    }
    run.isCached = wasCached;
    run.share = std::move(job.share);
  }
  if (!missing.empty()) {
    cache->prune();
  }
  return runs;
}
