//===- ExactStep.cpp - A step of a model from exact layers ----------------===//

#include "compiler-driver/Scenario/ExactStep.h"

#include "compiler-driver/Import/HuggingFace/ShareGraph.h"
#include "compiler-driver/Import/Onnx/Importer.h"
#include "compiler-driver/Runtime/CacheFolder.h"
#include "compiler-driver/Scenario/LayerStore.h"
#include "compiler-driver/Scenario/Workers.h"
#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tools/Registry/Registry.h"
#include "compiler-driver/Tools/acc-cc/Compile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

std::vector<LayerJob> scenario::jobsOf(const systems::ModelShape &model,
                                       const huggingface::Step &step,
                                       const huggingface::Division &division,
                                       double imbalance) {
  std::vector<LayerJob> jobs;
  auto shape = std::make_shared<const systems::ModelShape>(model);
  for (huggingface::Share &share :
       huggingface::divideStep(model, step, division, imbalance)) {
    LayerJob job{share, model.name, describe(model, share), {}};
    job.build = [shape, share = std::move(share)] {
      return huggingface::buildShareGraph(*shape, share);
    };
    jobs.push_back(std::move(job));
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

Expected<ShareProgram> scenario::runProgram(const LayerJob &job,
                                            const Target &slice,
                                            const ExactStepOptions &options) {
  mlir::DialectRegistry registry;
  xpu::registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  auto module = importOnnxModel(context, job.build());
  if (!module) {
    return module.takeError();
  }
  // Passes find the machine by a name or a file.
  SmallString<128> path;
  if (std::error_code code =
          sys::fs::createTemporaryFile("slice", "yaml", path)) {
    return makeInputError("no temporary file: " + code.message());
  }
  FileRemover remover(path);
  {
    std::error_code code;
    raw_fd_ostream os(path, code);
    printTarget(slice, os);
  }
  xpu::CompileOptions compileOptions;
  compileOptions.input = job.model + ", " + job.share.name;
  compileOptions.target = path.str().str();
  compileOptions.precision = options.precision;
  auto compiled = xpu::compileModule(std::move(*module), compileOptions);
  if (!compiled) {
    return compiled.takeError();
  }
  if (!compiled->object.hostCalls.empty()) {
    const xpu::HostCall &call = compiled->object.hostCalls.front();
    return makeUnsupportedError(compileOptions.input + ": " + call.source +
                                " on the machine: " + call.because);
  }
  SimInput input{compiled->target, compiled->object.code, {}};
  input.values = false;
  Expected<SimOutput> output = runSystemC(input);
  if (!output) {
    return output.takeError();
  }
  if (output->fault != isa::Fault::None) {
    return makeInputError(compileOptions.input + ": fault at word " +
                          Twine(output->faultPc));
  }
  return ShareProgram{compiled->target, std::move(compiled->object),
                      std::move(*output), std::move(compiled->bounds)};
}

static Expected<LayerRun> runLayer(const LayerJob &job, const Target &slice,
                                   const ExactStepOptions &options) {
  Expected<ShareProgram> program = runProgram(job, slice, options);
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
scenario::runLayers(std::vector<LayerJob> jobs, const Target &slice,
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
        cache->fileOf(getDigest(describeRun(job, slice, options)), ".json");
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
    Expected<LayerRun> run = runLayer(jobs[missing[job]], slice, options);
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
