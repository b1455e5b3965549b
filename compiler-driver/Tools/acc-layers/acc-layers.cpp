//===- acc-layers.cpp - A model's layers on one slice ---------------------===//
//
// Shows what one slice does of each distinct layer of a step: cycles of the
// exact model, instruction words, memory traffic, and what slices and chips
// exchange.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Import/HuggingFace/Config.h"
#include "compiler-driver/Import/HuggingFace/LayersGraph.h"
#include "compiler-driver/Import/HuggingFace/NetworkConfig.h"
#include "compiler-driver/Report/Writers.h"
#include "compiler-driver/Scenario/MachinePricer.h"
#include "compiler-driver/Tensor/Errors.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;
using namespace acc;

static cl::OptionCategory category("acc-layers options");
static cl::opt<std::string> input(cl::Positional, cl::desc("config.json"),
                                  cl::Required, cl::cat(category));
static cl::opt<std::string> target("target", cl::desc("A chip"),
                                   cl::value_desc("name|file.yaml"),
                                   cl::init("jx1"), cl::cat(category));
static cl::opt<std::string> precision("precision",
                                      cl::desc("As acc-cc's --precision"),
                                      cl::init("bf16"), cl::cat(category));
static cl::opt<unsigned> batch("batch",
                               cl::desc("Sequences of a replica, or items"),
                               cl::init(1), cl::cat(category));
static cl::opt<unsigned> newTokens("new", cl::desc("New tokens of a sequence"),
                                   cl::init(1), cl::cat(category));
static cl::opt<unsigned> past("past", cl::desc("Tokens in the cache"),
                              cl::init(0), cl::cat(category));
static cl::opt<unsigned> tensorParallel("tp", cl::desc("Chips of a layer"),
                                        cl::init(1), cl::cat(category));
static cl::opt<unsigned> expertParallel("ep", cl::desc("Chips of the experts"),
                                        cl::init(1), cl::cat(category));

static cl::opt<bool> onChip(
    "on-chip",
    cl::desc("The layers of a step of generation as the compiler divides "
             "them over a whole chip, in bf16 or a format of blocks"),
    cl::cat(category));
static cl::opt<std::string>
    reportFile("report",
               cl::desc("Also a report of each layer, by its operators"),
               cl::value_desc("FILE|-"), cl::cat(category));

static void print(const scenario::LayerRun &run, const Target &slice) {
  const report::Activity &a = run.activity;
  double cycles = double(run.cycles);
  double peak = double(slice.mxuCols()) * slice.mxu.rows;
  outs() << format("%6.0f x %-32s %11llu cycles, %6llu words", run.share.count,
                   run.share.name.c_str(), (unsigned long long)run.cycles,
                   (unsigned long long)run.words)
         << format(", products %5.1f %%, HBM %5.1f %% (%.2f MB)\n",
                   100 * a.macSlots() / (cycles * peak),
                   100 * double(a.hbmBytes()) * slice.hbm.tBurstPs /
                       (cycles * slice.cyclePs() * slice.hbm.channels *
                        slice.hbm.atomBytes),
                   double(a.hbmBytes()) * 1e-6);
}

static cl::opt<std::string> graphs(
    "graphs",
    cl::desc("Also write the graph of each layer's share, or of all "
             "layers on a chip, as acc-cc reads it: DIR/layer_N.mlir; of "
             "layers with experts on a chip also what is between "
             "exchanges of chips: layer_N_experts, layer_N_around"),
    cl::value_desc("DIR"), cl::cat(category));

static cl::opt<bool> onlyGraphs("only-graphs",
                                cl::desc("Run nothing: graphs alone"),
                                cl::cat(category));

static Error writeGraph(const scenario::LayerJob &job, const Twine &name,
                        huggingface::Stretch stretch) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = scenario::importJob(context, job, std::llround(job.share.count),
                                    precision, stretch);
  if (!module) {
    return module.takeError();
  }
  if (std::error_code code = sys::fs::create_directories(graphs)) {
    return makeInputError(graphs + ": " + code.message());
  }
  std::string path = (graphs + "/" + name + ".mlir").str();
  return writeToOutput(path, [&](raw_ostream &os) {
    // With names, by which reports call the operators.
    mlir::OpPrintingFlags flags;
    flags.enableDebugInfo(/*enable=*/true);
    (*module)->print(os, flags);
    return Error::success();
  });
}

/// All graphs of a job.
static Error writeGraphs(const scenario::LayerJob &job, size_t number) {
  using huggingface::Stretch;
  std::string name = "layer_" + std::to_string(number);
  if (Error error = writeGraph(job, name, Stretch::Whole)) {
    return error;
  }
  if (!job.buildOnChip || job.share.experts == 0) {
    return Error::success();
  }
  if (Error error = writeGraph(job, name + "_experts", Stretch::Experts)) {
    return error;
  }
  return writeGraph(job, name + "_around", Stretch::Around);
}

/// Where the time of one layer goes.
static Error writeReport(const scenario::LayerJob &job, const Target &slice,
                         const scenario::ExactStepOptions &options) {
  auto program = scenario::runProgram(job, slice, options);
  if (!program) {
    return program.takeError();
  }
  report::ReportInput reportInput;
  reportInput.inputFile = job.model + ", " + job.share.name;
  reportInput.precision = options.precision;
  reportInput.bounds = program->bounds;
  auto data = report::buildReport(reportInput, program->target, program->object,
                                  &program->run);
  return data ? report::writeReport(*data, reportFile) : data.takeError();
}

/// The layers of a decoder's step, or the blocks of a network: those of a step
/// if there are tokens in the cache or no others, else those of a request.
static Expected<std::vector<scenario::LayerJob>>
listJobs(const huggingface::Division &division) {
  auto file = ConfigFile::read(input);
  if (!file) {
    return file.takeError();
  }
  if (isNetwork(*file)) {
    auto network = parseNetworkConfig(*file);
    if (!network) {
      return network.takeError();
    }
    bool isStep = past > 0 || network->once.empty();
    return scenario::jobsOf(*network, isStep ? network->step : network->once,
                            batch, past + 1, division);
  }
  auto model = parseModelConfig(*file);
  if (!model) {
    return model.takeError();
  }
  huggingface::Step step{batch, newTokens, past};
  if (!onChip) {
    return scenario::jobsOf(*model, step, division);
  }
  scenario::ExactStepOptions options;
  options.precision = precision;
  if (!huggingface::hasLayersGraph(*model, step) || division.slices() == 1 ||
      !options.hasInputFormat()) {
    return makeInputError("--on-chip: expects a chip, bf16 or a format of "
                          "blocks, and a step of generation of a decoder "
                          "without windows, and without experts but beside "
                          "latent attention, with tokens in the cache");
  }
  return scenario::jobsOnChip(*model, step, division);
}

static cl::opt<unsigned> served(
    "served",
    cl::desc("With --between and --on-chip: sequences of which the scenario "
             "has a program of a whole chip (default: those of --batch)"),
    cl::init(0), cl::cat(category));
static cl::list<unsigned> between(
    "between",
    cl::desc("Instead, the time of the whole step as a scenario has it whose "
             "contexts lie between these, and from runs of exactly this step"),
    cl::value_desc("LOW,HIGH"), cl::CommaSeparated, cl::cat(category));

/// How far a scenario's interpolation is from the truth.
static Error compareWithScenario(const Machine &machine) {
  if (between.size() != 2 || between[0] > between[1] || !machine.chip) {
    return makeInputError("--between: expects two lengths, the shorter one "
                          "first, and a chip, rack or pod");
  }
  auto file = ConfigFile::read(input);
  if (!file) {
    return file.takeError();
  }
  scenario::Layout layout{int64_t(tensorParallel), int64_t(expertParallel)};
  scenario::ExactStepOptions options;
  options.precision = precision;
  std::unique_ptr<scenario::StepSource> source;
  if (isNetwork(*file)) {
    auto network = parseNetworkConfig(*file);
    if (!network) {
      return network.takeError();
    }
    source = makeNetworkSteps(*network, machine, layout, options);
  } else {
    auto model = parseModelConfig(*file);
    if (!model) {
      return model.takeError();
    }
    source = makeDecoderSteps(*model, machine, layout, options);
  }
  scenario::MachinePricer::Ends ends{between[0], between[1]};
  auto pricer = scenario::MachinePricer::create(std::move(source), machine,
                                                layout, "n3", ends, ends);
  if (!pricer) {
    return pricer.takeError();
  }
  scenario::StepWork work;
  if (newTokens == 1) {
    work.sequences = int64_t(batch) * layout.replicas();
    work.context = past;
  } else {
    work.prompts = int64_t(batch) * layout.replicas();
    work.promptTokens = newTokens;
    work.promptPast = past;
  }
  if (onChip) {
    // As a scenario has them.
    auto each = int64_t(served ? served : batch) * layout.replicas();
    int64_t middle = (int64_t(between[0]) + between[1]) / 2;
    std::vector<scenario::StepWork> anchors = {
        {each, int64_t(between[0])},
        {each, int64_t(between[1])},
        {layout.replicas(), middle},
        {16 * layout.replicas(), middle}};
    std::vector<std::string> reasons;
    if (Error error = (*pricer)->runPrograms(anchors, reasons)) {
      return error;
    }
    if (!reasons.empty()) {
      return makeUnsupportedError(reasons.front());
    }
    if ((*pricer)->basis() == scenario::MachinePricer::Basis::Shares) {
      return makeInputError("--on-chip: a chip has no program of this step");
    }
  }
  auto exact = (*pricer)->priceExactly(work, onChip);
  if (!exact) {
    return exact.takeError();
  }
  auto analytic = (*pricer)->price(work);
  if (!analytic) {
    return analytic.takeError();
  }
  outs() << format("step: exact %.9f s, analytic %.9f s, %+.2f %%\n",
                   exact->time.value(), analytic->time.value(),
                   100 * (analytic->time / exact->time - 1));
  return Error::success();
}

static Error run() {
  if (!batch || !newTokens || !tensorParallel || !expertParallel) {
    return makeInputError("--batch, --new, --tp and --ep must be at least 1");
  }
  auto machine = loadMachine(target);
  if (!machine) {
    return machine.takeError();
  }
  huggingface::Division division;
  if (machine->chip) {
    division.rows = machine->chip->grid.rows;
    division.columns = machine->chip->grid.columns;
  }
  division.tensorParallel = tensorParallel;
  division.expertParallel = expertParallel;
  if (!between.empty()) {
    return compareWithScenario(*machine);
  }
  auto jobs = listJobs(division);
  if (!jobs) {
    return jobs.takeError();
  }
  scenario::ExactStepOptions options;
  options.precision = precision;
  if (!onlyGraphs) {
    auto runs = scenario::runLayers(*jobs, *machine, options);
    if (!runs) {
      return runs.takeError();
    }
    for (const scenario::LayerRun &layer : *runs) {
      print(layer, machine->slice);
    }
  }
  for (auto [number, job] : enumerate(*jobs)) {
    if (!graphs.empty()) {
      if (Error error = writeGraphs(job, number)) {
        return error;
      }
    }
    if (!reportFile.empty() && !job.buildOnChip) {
      if (Error error = writeReport(job, machine->slice, options)) {
        return error;
      }
    }
  }
  return Error::success();
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv,
                              "What one slice does of a model's layers\n");
  Error error = run();
  return error ? reportError(std::move(error), "acc-layers", errs()) : 0;
}
