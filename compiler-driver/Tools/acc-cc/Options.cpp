//===- Options.cpp - Command line of acc-cc -------------------------------===//

#include "compiler-driver/Tools/acc-cc/Options.h"

#include "compiler-driver/Import/HuggingFace/StepSpec.h"
#include "compiler-driver/Report/Writers.h"
#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tools/Registry/Registry.h"
#include "dialects/Target/Machine.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "passes/Partition/Parallelism.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

using namespace llvm;

namespace acccc {
namespace {
cl::OptionCategory compileCategory("Compilation");
cl::OptionCategory runCategory("Simulation");
cl::OptionCategory reportCategory("Report");

cl::opt<std::string> inputFile(cl::Positional, cl::desc("INPUT"),
                               cl::cat(compileCategory));
cl::opt<std::string>
    outputFile("o",
               cl::desc("Write the object (or what --emit asks for) to FILE; "
                        "default: INPUT's name with .o in this directory if "
                        "nothing is to be run"),
               cl::value_desc("FILE"), cl::cat(compileCategory));
cl::opt<std::string> target("target",
                            cl::desc("Machine: a built-in name or a YAML file"),
                            cl::value_desc("NAME|FILE.yaml"),
                            cl::init(xpu::kDefaultTarget.str()),
                            cl::cat(compileCategory));
cl::opt<std::string>
    entry("entry",
          cl::desc("Function of an MLIR file to compile; default: its only "
                   "public one, or main"),
          cl::value_desc("NAME"), cl::cat(compileCategory));
cl::opt<bool> listTargets("list-targets", cl::desc("List the built-in targets"),
                          cl::cat(compileCategory));
cl::opt<bool>
    printTarget("print-target",
                cl::desc("Print the target with the sources of its figures"),
                cl::cat(compileCategory));
cl::opt<std::string> emitStage(
    "emit",
    cl::desc("Stop after a stage: graph, rack, xpu, asm, bin; kernels[:N]: "
             "what each of N GPUs would launch"),
    cl::value_desc("STAGE"), cl::cat(compileCategory));
cl::opt<std::string> precision(
    "precision",
    cl::desc(
        "Arithmetic of matrix work: fp32 (default), bf16, fp16, fp8, int8, "
        "mxfp8, mxfp6, mxfp4, or mixed: weights in mxfp4 and activations in "
        "mxfp8"),
    cl::value_desc("TYPE"), cl::init("fp32"), cl::cat(compileCategory));
cl::opt<std::string> optLevel(
    "O", cl::Prefix, cl::value_desc("0..3"), cl::init("2"),
    cl::desc(
        "How hard to optimise: 0 operations one by one; 1 also fuses them and "
        "packs constants; 2 (default) also keeps values in the scratchpad; 3 "
        "also runs some ten programs on SystemC, with longer bodies of loops "
        "and other tiles of products, and takes the quickest"),
    cl::cat(compileCategory));
const std::string loopBodyHelp =
    "Commands that one operation writes out in the body of a loop, about: "
    "fewer make smaller and slower programs; default: " +
    std::to_string(xpu::kBodyCommands) + ", halved until the program fits";
cl::opt<std::string> loopBody("loop-body", cl::value_desc("N"),
                              cl::desc(loopBodyHelp), cl::cat(compileCategory));
cl::opt<bool>
    verbose("v", cl::desc("Say on stderr what the passes did, and did not"),
            cl::cat(compileCategory));
cl::opt<std::string> progress("progress",
                              cl::desc("Progress on stderr: auto (if it is a "
                                       "terminal), always, never"),
                              cl::value_desc("WHEN"), cl::init("auto"),
                              cl::cat(compileCategory));
cl::opt<std::string>
    workload("workload",
             cl::desc("Of a config.json, what is computed: "
                      "prefill:batch=B,prompt=P or decode:batch=B,context=C; "
                      "on a chip, rack or pod also "
                      "serve:in=I,out=O,concurrency=N[,rate=PER_SECOND]"
                      " (I and O also A..B, or trace=FILE.csv instead)"
                      "[,cached=PART][,chunk=TOKENS][,draft=K,accepted=A]"
                      "[,ttft=MS][,tpot=MS], "
                      "agent:prefix=P,new=N,out=O,concurrency=N, "
                      "image:steps=S,concurrency=N[,rate=PER_SECOND]"
                      "[,latency=MS], transcribe:out=O,concurrency=N or "
                      "train:batch=B,seq=S[,chips=N][,tokens=T] (on systems of "
                      "--compare that train)"),
             cl::value_desc("SPEC"), cl::cat(runCategory));
cl::opt<std::string>
    fleet("fleet",
          cl::desc("What a site of this power holds of each machine, gives and "
                   "costs: a power, or an announced deployment of "
                   "targets/facility/deployments.yaml"),
          cl::value_desc("10GW|NAME[,grid=us]"), cl::cat(reportCategory));
cl::opt<std::string> parallel(
    "parallel",
    cl::desc("Placement of a scenario: chips that share every layer, and chips "
             "that share the experts; default: searched. Of a graph on a chip, "
             "how slices divide each operation: auto (default, by cost), none "
             "(all do the same), rows or columns (the first or last dimension "
             "of results), grid (two dimensions), sums (reductions); and of a "
             "rack, what its chips share: layers, weights, rows or experts "
             "(pp=N, tp=N, dp=N, ep=N), trays before chips of a tray"),
    cl::value_desc("tp=N,ep=N|pp=N,tp=N,dp=N,ep=N|HOW"), cl::cat(runCategory));
cl::opt<std::string> randomWeights(
    "random-weights",
    cl::desc("Make up the weights of a config.json instead of reading those "
             "beside it"),
    cl::value_desc("SEED"), cl::cat(compileCategory));
cl::list<std::string> faults(
    "fault",
    cl::desc("A bit of a memory turns over, in runs with time: "
             "[sliceN:]scratchpad:BANK:ROW:BIT@CYCLE or "
             "[sliceN:]hbm:ADDRESS:BIT@CYCLE, check bits behind the data; or "
             "random:N@CYCLES[,seed=S], N of them. Or, of a rack on systemc, "
             "links die: link:CHIP:PLANE@CYCLE, switch:PLANE@CYCLE (of all "
             "chips) or chip:CHIP@CYCLE (on all planes; one of the rack's "
             "spares takes its place)"),
    cl::value_desc("SPEC"), cl::cat(runCategory));
cl::list<std::string> dims("dim", cl::desc("Bind a symbolic dimension"),
                           cl::value_desc("NAME=VALUE"),
                           cl::cat(compileCategory));
cl::list<std::string> feeds(
    "feed", cl::CommaSeparated,
    cl::desc("Outputs that are inputs of the next step: they are left in the "
             "input's place in HBM"),
    cl::value_desc("OUTPUT:INPUT,..."), cl::cat(compileCategory));
cl::opt<std::string> steps(
    "steps",
    cl::desc("Run the program so many times, HBM keeping its contents; "
             "step_N in --inputs, --outputs and --expect is the folder of a "
             "step, from 0"),
    cl::value_desc("N"), cl::init("1"), cl::cat(runCategory));
cl::opt<std::string> runModel(
    "run",
    cl::desc("Simulate on functional, systemc or rtl (which is built at "
             "its first use of a machine, see acc-sim --clear-cache)"),
    cl::value_desc("MODEL"), cl::cat(runCategory));
cl::list<std::string>
    check("check", cl::CommaSeparated,
          cl::desc("Simulate on each model and fail unless memory, cycles, "
                   "counters and command times are identical"),
          cl::value_desc("MODEL,..."), cl::cat(runCategory));
cl::opt<std::string>
    inputs("inputs",
           cl::desc("Directory with input_N.pb or NAME.npy; default: seeded "
                    "random inputs"),
           cl::value_desc("DIR"), cl::cat(runCategory));
cl::opt<std::string> outputs("outputs",
                             cl::desc("Directory to write outputs to"),
                             cl::value_desc("DIR"), cl::cat(runCategory));
cl::opt<std::string>
    expect("expect",
           cl::desc("Directory with reference outputs to compare with, "
                    "output_N.pb or NAME.npy; fails if they differ"),
           cl::value_desc("DIR"), cl::cat(runCategory));
cl::opt<std::string>
    tolerance("tolerance",
              cl::desc("Tolerance of the comparison; default: case.json beside "
                       "the model, else by type"),
              cl::value_desc("RELATIVE,ABSOLUTE"), cl::cat(runCategory));
cl::opt<bool> checkHost(
    "check-host",
    cl::desc("Also execute the graph on the host's CPU and compare outputs "
             "within the tolerance"),
    cl::cat(runCategory));
cl::opt<bool> checkRaces(
    "check-races",
    cl::desc("Fail if in a systemc run two commands of different engines touch "
             "the same bytes, one of them writing, and no semaphore orders "
             "them"),
    cl::cat(runCategory));
cl::opt<std::string> seed("seed", cl::desc("Seed of random inputs"),
                          cl::init("1"), cl::cat(runCategory));
cl::opt<std::string> linkErrors(
    "link-errors",
    cl::desc("Runs of a rack with cycles: a bit on a link is wrong with this "
             "rate; links are simulated cycle by cycle"),
    cl::value_desc("RATE[,seed=N]"), cl::cat(runCategory));
cl::list<uint32_t>
    rtlSlices("rtl-slice", cl::CommaSeparated,
              cl::desc("In rtl runs of a chip these slices are in RTL, those "
                       "that are not named are the SystemC model; --waves is "
                       "that of the first, FILE.1 of the second, ..."),
              cl::value_desc("N,..."), cl::cat(runCategory));
cl::opt<std::string> waves("waves", cl::desc("Waveform of an rtl run"),
                           cl::value_desc("FILE.fst"), cl::cat(runCategory));
cl::list<std::string>
    reports("report",
            cl::desc("Write a report; - is Markdown on stdout; may be given "
                     "several times"),
            cl::value_desc("FILE.html|.json|.md|.csv|-"),
            cl::cat(reportCategory));
cl::opt<std::string> trace("trace",
                           cl::desc("Write a timeline for Perfetto: of engines "
                                    "and memory, or of a scenario's steps"),
                           cl::value_desc("FILE"), cl::cat(reportCategory));
cl::list<std::string>
    compare("compare", cl::CommaSeparated,
            cl::desc("Systems that the report compares with; of N "
                     "devices, else of as few as hold the model"),
            cl::value_desc("NAME|FILE.yaml[:N],..."), cl::cat(reportCategory));
cl::opt<bool> listSystems("list-systems",
                          cl::desc("List the systems for --compare"),
                          cl::cat(reportCategory));
cl::opt<std::string> energy("energy", cl::desc("Constants of the energy model"),
                            cl::value_desc("NAME|FILE.yaml"), cl::init("n3"),
                            cl::cat(reportCategory));
} // namespace

/// --emit
Error addStage(acccc::Options &options) {
  StringRef stage = emitStage;
  if (stage.empty()) {
    return Error::success();
  }
  if (stage.consume_front("kernels")) {
    options.emit = xpu::Stage::Graph;
    options.emitKernels = true;
    if (stage.empty() || (stage.consume_front(":") &&
                          !stage.getAsInteger(10, options.kernelDevices) &&
                          options.kernelDevices > 0)) {
      return Error::success();
    }
    return acc::makeInputError("--emit=" + emitStage +
                               ": expects kernels or kernels:DEVICES");
  }
  options.emit = StringSwitch<std::optional<xpu::Stage>>(stage)
                     .Case("graph", xpu::Stage::Graph)
                     .Case("rack", xpu::Stage::Rack)
                     .Case("xpu", xpu::Stage::Xpu)
                     .Case("asm", xpu::Stage::Asm)
                     .Case("bin", xpu::Stage::Bin)
                     .Default(std::nullopt);
  if (!options.emit) {
    return acc::makeInputError(
        "--emit=" + emitStage +
        ": unknown stage; expects graph, rack, xpu, asm, bin or kernels");
  }
  return Error::success();
}

/// --report, --trace and --compare.
static Error addReportOptions(Options &options) {
  options.reports = reports;
  options.trace = trace;
  options.energy = energy;
  for (const std::string &name : reports) {
    if (Error error = acc::report::checkReportName(name)) {
      return error;
    }
  }
  for (const std::string &text : compare) {
    Expected<acc::report::SystemRequest> request =
        acc::report::parseSystemRequest(text);
    if (!request) {
      return acc::makeInputError("--compare: " + toString(request.takeError()));
    }
    if (any_of(options.compare, [&](const acc::report::SystemRequest &other) {
          return other.name == request->name &&
                 other.devices == request->devices;
        })) {
      return acc::makeInputError("--compare: '" + text + "' is given twice");
    }
    options.compare.push_back(std::move(*request));
  }
  if (!reports.empty() || energy.getNumOccurrences() != 0) {
    if (Error error = acc::data::loadDataFile("energy", energy, "energy model")
                          .takeError()) {
      return acc::makeInputError("--energy: " + toString(std::move(error)));
    }
  }
  if (!compare.empty() && reports.empty() && !options.scenario) {
    return acc::makeInputError(
        "--compare: expects --report, which prints the comparison");
  }
  if (options.scenario) {
    return Error::success();
  }
  if (!reports.empty() && options.models.empty()) {
    return acc::makeInputError("--report: expects a run; add --run or --check");
  }
  // Without time there are values and counts to report, and nothing else.
  for (auto [option, isGiven] :
       {std::pair("--trace", !trace.empty()),
        std::pair("--compare", !compare.empty()),
        std::pair("--energy", energy.getNumOccurrences() != 0)}) {
    if (isGiven && !options.isTimed()) {
      return acc::makeInputError(
          Twine(option) +
          ": expects a run that has time; add --run=systemc or --run=rtl");
    }
  }
  return Error::success();
}

bool Options::isTimed() const {
  return is_contained(models, xpu::Model::SystemC) ||
         is_contained(models, xpu::Model::Rtl);
}

static Error addModel(Options &options, StringRef name, StringRef flag) {
  std::optional<xpu::Model> model = xpu::parseModel(name);
  if (!model) {
    return acc::makeInputError(
        "--" + flag + "=" + name +
        ": unknown model; expects functional, systemc or rtl");
  }
  if (is_contained(options.models, *model)) {
    return acc::makeInputError("--" + flag + ": '" + name + "' is given twice");
  }
  options.models.push_back(*model);
  return Error::success();
}

/// --parallel of a graph.
static Error readDivision(Options &options) {
  auto parallelism = xpu::parseParallelism(parallel);
  Expected<acc::Machine> machine = acc::loadMachine(target);
  if (!machine) {
    consumeError(parallelism.takeError());
    return acc::makeInputError(toString(machine.takeError()));
  }
  if (!parallelism || (machine->slices() == 1 && !parallelism->chips.empty())) {
    consumeError(parallelism.takeError());
    return acc::makeInputError(
        "--parallel=" + parallel +
        ": expects a --workload on a chip, rack or pod, such as "
        "--target=jx1-rack --workload=serve:in=8192,out=1024,concurrency=64, "
        "or of a graph on a chip " +
        xpu::kParallelismForm);
  }
  if (machine->slices() == 1) {
    return acc::makeInputError("--parallel=" + parallel + ": " + target +
                               " is one slice; expects a chip, such as "
                               "--target=xpu-tiny-4");
  }
  if (Error error = xpu::placeParallelism(*parallelism, *machine).takeError()) {
    return acc::makeInputError("--parallel: " + toString(std::move(error)));
  }
  options.division = parallel;
  return Error::success();
}

/// --workload, --parallel and --fleet: a step that one slice computes, or a
/// scenario.
static Error readWorkload(Options &options) {
  bool isGiven = workload.getNumOccurrences() != 0;
  if (isGiven) {
    Expected<acc::Machine> machine = acc::loadMachine(target);
    if (!machine) {
      return acc::makeInputError(toString(machine.takeError()));
    }
    if (machine->chip) {
      auto scenario = acc::scenario::parseScenario(workload);
      if (!scenario) {
        return scenario.takeError();
      }
      options.scenario = std::move(*scenario);
    } else if (acc::scenario::isServing(workload)) {
      if (Error error = acc::scenario::parseScenario(workload).takeError()) {
        return error;
      }
      return acc::makeInputError("--workload=" + workload + ": " + target +
                                 " is one slice; expects a chip, rack or pod, "
                                 "such as --target=jx1-rack");
    } else {
      auto step = acc::huggingface::parseStep(workload);
      if (!step) {
        return step.takeError();
      }
      options.step = *step;
    }
  }
  if (fleet.getNumOccurrences() != 0 && !options.scenario) {
    return acc::makeInputError(
        "--fleet: expects a --workload on a chip, rack or pod, such as "
        "--target=jx1-rack --workload=serve:in=8192,out=1024,concurrency=64");
  }
  if (fleet.getNumOccurrences() != 0 && fleet.empty()) {
    return acc::makeInputError(
        "--fleet: expects a power, such as 10GW,grid=us");
  }
  if (parallel.getNumOccurrences() != 0 && !options.scenario) {
    return readDivision(options);
  }
  auto placement = acc::scenario::parsePlacement(parallel);
  if (!placement) {
    return placement.takeError();
  }
  options.placement = *placement;
  options.fleet = fleet;
  return Error::success();
}

/// What has no meaning for a scenario.
static Error refuseForScenario() {
  if (check.getNumOccurrences() != 0) {
    return acc::makeInputError("--check: a scenario is no single program; "
                               "drop it");
  }
  for (const cl::Option *option :
       {static_cast<cl::Option *>(&runModel),
        static_cast<cl::Option *>(&emitStage),
        static_cast<cl::Option *>(&waves),
        static_cast<cl::Option *>(&linkErrors),
        static_cast<cl::Option *>(std::addressof(rtlSlices)),
        static_cast<cl::Option *>(std::addressof(faults)),
        static_cast<cl::Option *>(&inputs), static_cast<cl::Option *>(&outputs),
        static_cast<cl::Option *>(&expect),
        static_cast<cl::Option *>(&outputFile),
        static_cast<cl::Option *>(&randomWeights)}) {
    if (option->getNumOccurrences() != 0) {
      return acc::makeInputError(
          "--" + option->ArgStr +
          ": a scenario is no single program; drop it, or give a slice as "
          "--target with a prefill or decode workload");
    }
  }
  return Error::success();
}

/// Those that a model's configuration has, and no other input.
static Error readConfigOptions(Options &options) {
  bool isConfig = sys::path::extension(inputFile) == ".json";
  for (const cl::opt<std::string> *option : {&workload, &randomWeights}) {
    if (option->getNumOccurrences() != 0 && !isConfig) {
      return acc::makeInputError("--" + option->ArgStr + ": " + inputFile +
                                 " is no configuration of a model; expects a "
                                 "config.json");
    }
  }
  if (Error error = readWorkload(options)) {
    return error;
  }
  if (randomWeights.getNumOccurrences() != 0) {
    uint64_t seed = 0;
    if (StringRef(randomWeights).getAsInteger(10, seed)) {
      return acc::makeInputError("--random-weights=" + randomWeights +
                                 ": expects a number");
    }
    options.weightSeed = seed;
  }
  return Error::success();
}

Expected<Options> parseOptions(int argc, char **argv) {
  // Only our own options appear in --help; MLIR's stay available, and know
  // passes by name (--mlir-print-ir-after=xpu-bufferize).
  xpu::registerAllPasses();
  mlir::registerAsmPrinterCLOptions();
  mlir::registerMLIRContextCLOptions();
  mlir::registerPassManagerCLOptions();
  mlir::registerDefaultTimingManagerCLOptions();
  cl::HideUnrelatedOptions({&compileCategory, &runCategory, &reportCategory});
  std::string message;
  raw_string_ostream os(message);
  if (!cl::ParseCommandLineOptions(
          argc, argv,
          "acc-cc: compiles a model for the accelerator, simulates it "
          "and checks the models against each other\n",
          &os)) {
    return acc::makeInputError(StringRef(message).trim().split('\n').first);
  }
  Options options;
  if (listTargets) {
    for (const std::string &name : acc::listTargets()) {
      outs() << name << "\n";
    }
    options.done = true;
    return options;
  }
  if (listSystems) {
    auto systems = acc::systems::loadSystems();
    if (!systems) {
      return systems.takeError();
    }
    for (const acc::systems::System &system : *systems) {
      outs() << left_justify(system.name(), 18) << system.title() << "\n";
    }
    options.done = true;
    return options;
  }
  if (printTarget) {
    Expected<acc::Machine> machine = acc::loadMachine(target);
    if (!machine) {
      return machine.takeError();
    }
    acc::printMachine(*machine, outs());
    options.done = true;
    return options;
  }
  if (inputFile.empty()) {
    return acc::makeInputError(
        "no input file; expects acc-cc INPUT [options], see --help");
  }
  if (!sys::fs::exists(inputFile)) {
    return acc::makeInputError(inputFile + ": no such file");
  }
  if (Error error = readConfigOptions(options)) {
    return std::move(error);
  }
  if (StringRef(optLevel).getAsInteger(10, options.optLevel) ||
      options.optLevel > 3) {
    return acc::makeInputError("-O" + optLevel +
                               ": unknown level; expects -O0 to -O3");
  }
  if (loopBody.getNumOccurrences() != 0) {
    int64_t commands = 0;
    if (StringRef(loopBody).getAsInteger(10, commands) || commands < 1) {
      return acc::makeInputError("--loop-body=" + loopBody +
                                 ": expects a positive number");
    }
    options.bodyCommands = commands;
  }
  options.verbose = verbose;
  if (progress != "auto" && progress != "always" && progress != "never") {
    return acc::makeInputError("--progress=" + progress +
                               ": expects auto, always or never");
  }
  options.progress =
      progress == "always" ||
      (progress == "auto" && sys::Process::StandardErrIsDisplayed());
  options.input = inputFile;
  options.output = outputFile;
  options.entry = entry;
  if (target.getNumOccurrences() != 0) {
    options.target = target;
  }
  options.hasPrecision = precision.getNumOccurrences() != 0;
  // Serving is done in few bits.
  options.precision = options.scenario && !options.hasPrecision
                          ? std::string("mixed")
                          : std::string(precision);
  options.inputs = inputs;
  options.outputs = outputs;
  options.expect = expect;
  options.waves = waves;
  options.linkErrors = linkErrors;
  options.rtlSlices.assign(rtlSlices.begin(), rtlSlices.end());
  options.faults.assign(faults.begin(), faults.end());
  options.checkHost = checkHost;
  options.checkRaces = checkRaces;
  constexpr StringRef precisions[] = {"fp32",  "bf16",  "fp16",  "fp8",  "int8",
                                      "mxfp8", "mxfp6", "mxfp4", "mixed"};
  if (!llvm::is_contained(precisions, precision)) {
    return acc::makeInputError("--precision=" + precision +
                               ": unknown format; expects one of " +
                               llvm::join(ArrayRef(precisions), ", "));
  }
  if (Error error = addStage(options)) {
    return error;
  }
  for (const std::string &text : dims) {
    auto [name, value] = StringRef(text).rsplit('=');
    int64_t size = 0;
    if (name.empty() || value.getAsInteger(10, size) || size < 1) {
      return acc::makeInputError("--dim=" + text +
                                 ": expects NAME=VALUE with a positive value");
    }
    options.dims[name.str()] = size;
  }
  for (const std::string &text : feeds) {
    auto [output, input] = StringRef(text).split(':');
    if (output.empty() || input.empty()) {
      return acc::makeInputError("--feed=" + text + ": expects OUTPUT:INPUT");
    }
    options.feeds.push_back({output.str(), input.str()});
  }
  if (StringRef(steps).getAsInteger(10, options.steps) || options.steps < 1) {
    return acc::makeInputError("--steps=" + steps +
                               ": expects a number of steps, from 1 on");
  }
  if (StringRef(seed).getAsInteger(10, options.seed)) {
    return acc::makeInputError("--seed=" + seed +
                               ": expects a number from 0 on");
  }
  if (!runModel.empty() && !check.empty()) {
    return acc::makeInputError(
        "--run and --check exclude each other; --check runs the models");
  }
  if (!runModel.empty()) {
    if (Error error = addModel(options, runModel, "run")) {
      return error;
    }
  }
  for (const std::string &name : check) {
    if (Error error = addModel(options, name, "check")) {
      return error;
    }
  }
  if (check.getNumOccurrences() != 0 && options.models.size() < 2) {
    return acc::makeInputError(
        "--check: expects at least two models, for example "
        "--check=systemc,rtl");
  }
  if (options.emit && *options.emit != xpu::Stage::Bin &&
      !options.models.empty()) {
    return acc::makeInputError("--emit=" + emitStage +
                               " stops before there is something to run; "
                               "drop it or --run");
  }
  if (!faults.empty() && !options.isTimed()) {
    return acc::makeInputError(
        "--fault: expects a run with cycles, systemc or rtl");
  }
  if (checkRaces && !is_contained(options.models, xpu::Model::SystemC)) {
    return acc::makeInputError(
        "--check-races: expects --run=systemc or systemc in --check");
  }
  if (!waves.empty() && !is_contained(options.models, xpu::Model::Rtl)) {
    return acc::makeInputError("--waves: expects --run=rtl or rtl in --check");
  }
  if (!rtlSlices.empty() && !is_contained(options.models, xpu::Model::Rtl)) {
    return acc::makeInputError(
        "--rtl-slice: expects --run=rtl or rtl in --check");
  }
  if (!linkErrors.empty() &&
      !is_contained(options.models, xpu::Model::SystemC) &&
      !is_contained(options.models, xpu::Model::Rtl)) {
    return acc::makeInputError(
        "--link-errors: expects a run with cycles, systemc or rtl");
  }
  if (options.models.empty()) {
    // --inputs is none of them: its shapes bind dimensions.
    for (const cl::Option *option : {static_cast<cl::Option *>(&outputs),
                                     static_cast<cl::Option *>(&expect),
                                     static_cast<cl::Option *>(&steps)}) {
      if (option->getNumOccurrences() != 0) {
        return acc::makeInputError("--" + option->ArgStr +
                                   ": expects a run; add --run or --check");
      }
    }
  }
  if (options.scenario) {
    if (Error error = refuseForScenario()) {
      return std::move(error);
    }
  } else if (options.output.empty() && options.models.empty() &&
             (!options.emit || *options.emit == xpu::Stage::Bin)) {
    options.output = (sys::path::stem(options.input) + ".o").str();
  }
  if (Error error = addReportOptions(options)) {
    return error;
  }
  if (!tolerance.empty()) {
    auto [relative, absolute] = StringRef(tolerance).split(',');
    double values[2];
    if (relative.getAsDouble(values[0]) || absolute.getAsDouble(values[1])) {
      return acc::makeInputError("--tolerance=" + tolerance +
                                 ": expects RELATIVE,ABSOLUTE");
    }
    options.tolerance = {values[0], values[1]};
  }
  return options;
}

} // namespace acccc
