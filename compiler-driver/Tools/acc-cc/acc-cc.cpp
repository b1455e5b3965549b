//===- acc-cc.cpp - The driver --------------------------------------------===//
//
// Compile, simulate, check, report. What users type is in --help; exit status 0
// done, 1 wrong input or a failed check, 3 a valid input that is not supported.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Assembler/Assembler.h"
#include "compiler-driver/Baselines/Extract.h"
#include "compiler-driver/Baselines/KernelText.h"
#include "compiler-driver/Report/OutputFile.h"
#include "compiler-driver/Report/ValueReport.h"
#include "compiler-driver/Report/Writers.h"
#include "compiler-driver/Runtime/Spares.h"
#include "compiler-driver/Runtime/Steps.h"
#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tensor/TensorIO.h"
#include "compiler-driver/Tools/Registry/Registry.h"
#include "compiler-driver/Tools/acc-cc/CheckOutputs.h"
#include "compiler-driver/Tools/acc-cc/Compile.h"
#include "compiler-driver/Tools/acc-cc/Options.h"
#include "compiler-driver/Tools/acc-cc/Question.h"
#include "compiler-driver/Tools/acc-cc/Summary.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectRegistry.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace xpu;

/// In the user's types.
static Expected<std::vector<acc::HostTensor>>
loadInputs(const acccc::Options &options, const acc::Boundary &boundary) {
  std::vector<acc::HostTensor> user;
  if (options.inputs.empty()) {
    for (auto [i, spec] : enumerate(boundary.inputs)) {
      user.push_back(acc::HostTensor::random(spec.name, spec.dtype, spec.shape,
                                             options.seed + i));
    }
  } else {
    std::vector<acc::TensorSpec> specs;
    for (const acc::BoundaryTensor &spec : boundary.inputs) {
      specs.push_back({spec.name});
    }
    auto loaded = acc::loadTensors(options.inputs, "input", specs);
    if (!loaded) {
      return loaded.takeError();
    }
    user = std::move(*loaded);
  }
  for (auto [tensor, spec] : zip(user, boundary.inputs)) {
    if (tensor.shape != spec.shape) {
      return acc::makeInputError("input '" + spec.name + "' has shape " +
                                 acc::formatShape(tensor.shape) +
                                 ", but the model expects " +
                                 acc::formatShape(spec.shape));
    }
  }
  return user;
}

static Expected<std::vector<acc::HostTensor>>
toMachine(ArrayRef<acc::HostTensor> user, const acc::Boundary &boundary) {
  std::vector<acc::HostTensor> machine;
  for (auto [tensor, spec] : zip(user, boundary.inputs)) {
    auto converted = acc::toMachine(tensor, spec);
    if (!converted) {
      return converted.takeError();
    }
    machine.push_back(std::move(*converted));
  }
  return machine;
}

/// The input files bind symbolic dimensions, and operands that decide shapes.
static Error bindInputs(const acccc::Options &options,
                        acc::ImportOptions &import) {
  if (options.inputs.empty()) {
    return Error::success();
  }
  if (!sys::fs::is_directory(options.inputs)) {
    return acc::makeInputError(
        "--inputs=" + options.inputs +
        ": no such directory; expects input_N.pb or NAME.npy in it");
  }
  auto bind = [&](Expected<acc::HostTensor> tensor) -> Error {
    if (!tensor) {
      return tensor.takeError();
    }
    if (!tensor->name.empty()) {
      import.bindInputs(*tensor);
    }
    return Error::success();
  };
  std::error_code code;
  for (sys::fs::directory_iterator it(options.inputs, code), end;
       it != end && !code; it.increment(code)) {
    StringRef path = it->path();
    StringRef name = sys::path::filename(path);
    if (name.ends_with(".npy")) {
      auto tensor = acc::readNpy(path);
      if (tensor) {
        tensor->name = sys::path::stem(path).str();
      }
      if (Error error = bind(std::move(tensor))) {
        return error;
      }
    }
  }
  for (unsigned i = 0;; ++i) {
    std::string path = options.inputs + "/input_" + std::to_string(i) + ".pb";
    if (!sys::fs::exists(path)) {
      return Error::success();
    }
    auto tensor = acc::readTensorProto(path);
    // Arguments of MLIR have no names: a file belongs to its position.
    if (tensor && !StringRef(options.input).ends_with(".onnx")) {
      tensor->name = "input_" + std::to_string(i);
    }
    if (Error error = bind(std::move(tensor))) {
      return error;
    }
  }
}

/// Inputs that cannot be read may be what a model asks for that is not
/// supported, as sequences: that is the better reason.
static Error preferModelError(StringRef input, Error error) {
  if (!input.ends_with(".onnx")) {
    return error;
  }
  Expected<acc::OnnxModel> model = acc::loadOnnxModel(input);
  if (model) {
    return error;
  }
  consumeError(std::move(error));
  return model.takeError();
}

/// Says which inputs' values the program is made for.
static void reportBoundInputs(const acc::Boundary &boundary) {
  for (const acc::BoundaryTensor &spec : boundary.inputs) {
    if (spec.requiredValues) {
      errs() << "acc-cc: note: input '" << spec.name << "' is bound to "
             << acc::formatKeys(spec.dtype, *spec.requiredValues)
             << ": the program depends on it, and is for this value\n";
    }
  }
}

static std::vector<acc::report::StepInfo> describeSteps(const Object &object,
                                                        ArrayRef<Step> steps) {
  std::vector<acc::report::StepInfo> result(steps.size());
  for (auto [info, step] : zip(result, steps)) {
    info.cycles = step.cycles;
  }
  for (const NumberByStep &number : findNumbers(object, steps)) {
    for (auto [info, value] : zip(result, number.values)) {
      info.numbers.push_back({number.name, value});
    }
  }
  return result;
}

/// Reports of runs that have no time.
static Error writeValueReports(const acccc::Options &options,
                               const Compilation &compiled,
                               const acc::ChipOutput &run, ArrayRef<Step> steps,
                               std::vector<acc::report::OutputCheck> checks) {
  acc::report::ValueReport report{
      options.input, options.precision, compiled.object,
      findLast(run), std::move(checks), describeSteps(compiled.object, steps)};
  for (const std::string &name : options.reports) {
    if (Error error = acc::report::writeValueReport(report, name)) {
      return error;
    }
  }
  return Error::success();
}

/// How evenly slices work, and what goes between them.
static acc::report::ChipRun describeChip(StringRef name,
                                         const acc::ChipOutput &run) {
  acc::report::ChipRun chip;
  chip.name = name.str();
  chip.slices = run.slices.size();
  chip.chips = run.chips;
  chip.traffic = run.traffic;
  chip.slice = size_t(&findLast(run) - run.slices.data());
  chip.leastCycles = UINT64_MAX;
  for (const acc::SimOutput &slice : run.slices) {
    chip.leastCycles = std::min(chip.leastCycles, slice.cycles);
    chip.mostCycles = std::max(chip.mostCycles, slice.cycles);
    chip.networkBytes += slice.counters[size_t(isa::Counter::NET_BYTES)];
  }
  const size_t each = run.slices.size() / run.chips;
  chip.countersOfChips.resize(run.chips);
  for (auto [i, slice] : enumerate(run.slices)) {
    acc::Counters &sum = chip.countersOfChips[i / each];
    const uint64_t last = sum[size_t(isa::Counter::CYCLES)];
    for (auto [to, from] : zip_equal(sum, slice.counters)) {
      to += from;
    }
    sum[size_t(isa::Counter::CYCLES)] = std::max(last, slice.cycles);
  }
  return chip;
}

/// The run that events are from: all agree, but not all have time, and not all
/// count what the memory does.
static const acc::ChipOutput &findTimed(ArrayRef<acc::ChipOutput> runs) {
  return *llvm::max_element(
      runs, [](const acc::ChipOutput &a, const acc::ChipOutput &b) {
        auto rank = [](const acc::ChipOutput &run) {
          const acc::HbmStatistics &hbm = run.slices.front().hbmStatistics;
          return std::make_pair(countCycles(run) != 0, hbm.reads + hbm.writes);
        };
        return rank(a) < rank(b);
      });
}

static Error writeReports(const acccc::Options &options,
                          const Compilation &compiled,
                          const std::optional<acc::systems::Workload> &workload,
                          ArrayRef<acc::ChipOutput> runs,
                          ArrayRef<Step> steps) {
  if (options.reports.empty() && options.trace.empty()) {
    return Error::success();
  }
  acc::report::ReportInput input;
  input.steps = describeSteps(compiled.object, steps);
  input.inputFile = options.input;
  input.precision = options.precision;
  input.energy = options.energy;
  input.systems = options.compare;
  input.workload = workload ? &*workload : nullptr;
  input.bounds = compiled.bounds;
  SmallVector<const acc::SimOutput *> last;
  for (const acc::ChipOutput &run : runs) {
    last.push_back(&findLast(run));
  }
  if (compiled.object.isGraphOfChip) {
    const acc::ChipOutput &run = findTimed(runs);
    input.chip = describeChip(compiled.machine.name(), run);
    input.slices = run.slices;
  }
  auto data =
      acc::report::buildReport(input, compiled.target, compiled.object, last);
  if (!data) {
    return data.takeError();
  }
  for (const std::string &name : options.reports) {
    if (Error error = acc::report::writeReport(*data, name)) {
      return error;
    }
  }
  return options.trace.empty() ? Error::success()
                               : acc::report::writeTraceFile(
                                     *data, compiled.object, options.trace);
}

/// What the systems of --compare are asked to do; none without it.
static Expected<std::optional<acc::systems::Workload>>
makeWorkload(const acccc::Options &options, const Compilation &compiled) {
  if (options.compare.empty()) {
    return std::nullopt;
  }
  auto workload = extractWorkload(*compiled.graph, options.precision);
  Error error = workload
                    ? acc::report::checkComparison(*workload, options.compare)
                    : workload.takeError();
  if (error) {
    return acc::makeInputError("--compare: " + toString(std::move(error)));
  }
  return std::move(*workload);
}

static Error writeKernels(const acccc::Options &options, mlir::ModuleOp graph) {
  Expected<acc::systems::Workload> workload =
      extractWorkload(graph, options.precision);
  if (!workload) {
    return acc::makeInputError(options.input + ": " +
                               toString(workload.takeError()));
  }
  return acc::report::writeFile(
      options.output.empty() ? "-" : options.output, [&](raw_ostream &os) {
        printKernels(*workload, options.kernelDevices, os);
      });
}

/// Writes the object if one is asked for, and says what it is.
static Error writeProgram(const acccc::Options &options,
                          const Compilation &compiled) {
  if (options.output.empty()) {
    return Error::success();
  }
  if (Error error =
          acc::report::writeFile(options.output, [&](raw_ostream &os) {
            writeObject(compiled.object, os);
          })) {
    return error;
  }
  // Standard output may be the object itself.
  acccc::printSummary(compiled, options.output,
                      options.output == "-" ? errs() : outs());
  return Error::success();
}

/// A line on stderr that says what is being done; the next one takes its place.
static void showProgress(const acccc::Options &options, const Twine &what) {
  if (!options.progress) {
    return;
  }
  if (errs().is_displayed()) {
    errs() << "\r\033[K" << what;
  } else if (!what.str().empty()) {
    errs() << what << "\n";
  }
  errs().flush();
}

static void printSlices(const acc::ChipOutput &run) {
  if (run.slices.size() == 1) {
    return;
  }
  acc::report::ChipRun chip = describeChip(/*name=*/"", run);
  outs() << ", " << chip.slices << " slices";
  if (chip.chips > 1) {
    outs() << " on " << chip.chips << " chips";
  }
  if (chip.mostCycles != 0) {
    outs() << " of " << chip.leastCycles << " to " << chip.mostCycles
           << " cycles";
  }
  outs() << " with " << chip.networkBytes << " bytes on their network";
  if (chip.traffic) {
    outs() << " and ";
    if (chip.traffic->messages != 0) {
      outs() << chip.traffic->messages << " messages of " << chip.traffic->bytes
             << " bytes between chips in ";
    }
    outs() << chip.traffic->frames << " frames";
    if (chip.traffic->retries != 0) {
      outs() << " with " << chip.traffic->retries << " retries";
    }
    if (chip.traffic->resent != 0) {
      outs() << ", " << chip.traffic->resent
             << " messages once more after a link had died";
    }
  }
}

static void printRun(StringRef model, const acc::ChipOutput &run,
                     ArrayRef<Step> steps) {
  outs() << model << ": ";
  const uint64_t total = countCycles(run);
  if (total == 0) {
    outs() << "values only";
  } else {
    outs() << total << " cycles";
  }
  if (steps.size() > 1) {
    outs() << " in " << steps.size() << " steps";
    if (total != 0) {
      auto cycles =
          map_range(steps, [](const Step &step) { return step.cycles; });
      outs() << " of " << *llvm::min_element(cycles) << " to "
             << *llvm::max_element(cycles);
    }
  }
  printSlices(run);
  double seconds = run.slices.front().wallSeconds;
  if (total != 0 && seconds > 0) {
    outs() << format(", %.3g simulated cycles/s", total / seconds);
  }
  outs() << "\n";
}

/// What became of the flips that were asked for.
static void printFlips(const acc::ChipOutput &run, size_t asked) {
  uint64_t happened = 0, bytes = 0, words = 0;
  for (const acc::SimOutput &slice : run.slices) {
    happened += slice.flips.size();
    bytes += slice.counters[unsigned(isa::Counter::SPM_CORRECTED)];
    words += slice.counters[unsigned(isa::Counter::HBM_CORRECTED)];
  }
  outs() << "  " << happened << " of " << asked << " bits turned over; "
         << bytes << " bytes of scratchpads and " << words
         << " words of HBM were corrected\n";
}

/// Fails unless `run` is what the last of `runs` is, step by step.
static Error compareRuns(ArrayRef<acc::ChipOutput> runs,
                         const acc::ChipOutput &run, ArrayRef<Step> before,
                         ArrayRef<Step> steps) {
  if (runs.empty()) {
    return Error::success();
  }
  auto differ = [&](const Twine &how) {
    return acc::makeInputError("check: " + runs.back().slices.front().model +
                               " and " + run.slices.front().model +
                               " differ: " + how);
  };
  acc::CompareOptions options;
  options.timing = countCycles(run) != 0 && countCycles(runs.back()) != 0;
  if (Error error = acc::compareChips(runs.back(), run, options)) {
    return differ(toString(std::move(error)));
  }
  // The memory at the end is that of the last step.
  for (auto [number, pair] : enumerate(zip(before, steps))) {
    const auto &[left, right] = pair;
    for (auto [a, b] : zip(left.outputs, right.outputs)) {
      if (a.bytes != b.bytes) {
        return differ("output '" + a.name + "' of step " + Twine(number));
      }
    }
  }
  return Error::success();
}

/// What single integers were from step to step: the tokens that a model makes.
static void printTokens(const Object &object, ArrayRef<Step> steps) {
  for (const NumberByStep &number : findNumbers(object, steps)) {
    outs() << "output '" << number.name << "' by step:";
    for (int64_t value : number.values) {
      outs() << " " << value;
    }
    outs() << "\n";
  }
}

static Error run(acccc::Options &options, StringRef toolDirectory) {
  if (options.scenario) {
    return acccc::answerQuestion(options);
  }
  CompileOptions compileOptions;
  compileOptions.import.dims = options.dims;
  if (Error error = bindInputs(options, compileOptions.import)) {
    return preferModelError(options.input, std::move(error));
  }
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  compileOptions.input = options.input;
  compileOptions.entry = options.entry;
  compileOptions.target = options.target;
  compileOptions.step = options.step;
  compileOptions.weightSeed = options.weightSeed;
  compileOptions.needsWeights = !options.outputs.empty() ||
                                !options.expect.empty() ||
                                is_contained(options.models, Model::Functional);
  compileOptions.feeds = options.feeds;
  for (const Feed &feed : options.feeds) {
    compileOptions.import.fedInputs.insert(feed.input);
  }
  compileOptions.precision = options.precision;
  compileOptions.parallel = options.division;
  compileOptions.optLevel = options.optLevel;
  compileOptions.bodyCommands = options.bodyCommands;
  compileOptions.remarks = options.verbose;
  compileOptions.mlirOptions = true;
  showProgress(options, "compiling " + options.input);
  compileOptions.keepGraph = options.checkHost || !options.compare.empty();
  compileOptions.stopAfter = options.emit.value_or(Stage::Bin);
  Expected<Compilation> compiled = compile(context, compileOptions);
  showProgress(options, "");
  if (!compiled) {
    return compiled.takeError();
  }
  reportBoundInputs(compiled->boundary);
  if (options.emitKernels) {
    return writeKernels(options, *compiled->module);
  }
  if (options.emit && *options.emit != Stage::Bin) {
    return acc::report::writeFile(options.output.empty() ? "-" : options.output,
                                  [&](raw_ostream &os) {
                                    if (*options.emit == Stage::Asm) {
                                      printAssembly(compiled->object, os);
                                      return;
                                    }
                                    // Whole, as it may be read again.
                                    compiled->module->print(os);
                                  });
  }
  if (options.models.empty()) {
    return writeProgram(options, *compiled);
  }
  auto workload = makeWorkload(options, *compiled);
  if (!workload) {
    return workload.takeError();
  }
  auto userInputs = loadInputs(options, compiled->boundary);
  if (!userInputs) {
    return userInputs.takeError();
  }
  auto inputs = toMachine(*userInputs, compiled->boundary);
  if (!inputs) {
    return inputs.takeError();
  }
  auto plan = planSteps(compiled->object, compiled->boundary.inputs,
                        options.inputs, options.steps);
  if (!plan) {
    return plan.takeError();
  }
  auto expected = acccc::loadExpected(options, compiled->boundary);
  if (!expected) {
    return expected.takeError();
  }
  // Not before all that the user gives has been read: what is wrong leaves no
  // file. A check that fails does leave the program.
  if (Error error = writeProgram(options, *compiled)) {
    return error;
  }
  SimulateOptions simulateOptions;
  simulateOptions.toolDirectory = toolDirectory.str();
  simulateOptions.waves = options.waves;
  simulateOptions.linkErrors = options.linkErrors;
  simulateOptions.rtlSlices = options.rtlSlices;
  simulateOptions.checkRaces = options.checkRaces;
  std::vector<acc::ChipOutput> runs;
  std::vector<acc::MemoryFlip> flips;
  std::vector<Step> steps;
  std::vector<std::vector<uint8_t>> images;
  for (uint32_t i = 0; i < compiled->object.machine.slices(); ++i) {
    images.push_back(makeHbmImage(compiled->object, *inputs, i));
  }
  size_t imageBytes = 0;
  for (const std::vector<uint8_t> &image : images) {
    imageBytes = std::max(imageBytes, image.size());
  }
  for (const std::string &fault : options.faults) {
    if (acc::fabric::namesDeadLinks(fault)) {
      auto dead = acc::fabric::parseDeadLinks(fault, compiled->object.machine);
      if (!dead) {
        return acc::makeInputError("--fault=" + toString(dead.takeError()));
      }
      if (options.steps > 1) {
        return acc::makeInputError("--fault=" + fault +
                                   ": expects a single step");
      }
      simulateOptions.deadLinks.push_back(*dead);
      continue;
    }
    auto some = acc::parseFlips(fault, compiled->object.machine, imageBytes);
    if (!some) {
      return acc::makeInputError("--fault=" + toString(some.takeError()));
    }
    append_range(flips, *some);
  }
  if (Error error = acc::checkFlips(flips, compiled->object.machine)) {
    return acc::makeInputError("--fault=" + toString(std::move(error)));
  }
  for (Model model : options.models) {
    FlipSchedule schedule(flips, compiled->object.machine.slicesPerChip());
    simulateOptions.flips =
        flips.empty() || model == Model::Functional ? nullptr : &schedule;
    showProgress(options, "simulating on " + getName(model));
    std::vector<Step> taken;
    auto output = runSteps(model, compiled->object, compiled->boundary,
                           makeChipInput(compiled->object, images), *plan,
                           simulateOptions, taken);
    showProgress(options, "");
    if (!output) {
      return output.takeError();
    }
    if (Error error = checkFault(compiled->object, *output)) {
      return acc::makeInputError(getName(model) + ": " +
                                 toString(std::move(error)));
    }
    if (Error error = checkRaces(compiled->object, *output)) {
      return error;
    }
    printRun(getName(model), *output, taken);
    for (const acc::Restart &restart : output->restarts) {
      outs() << "  " << describe(restart) << "\n";
    }
    if (simulateOptions.flips) {
      printFlips(*output, flips.size());
    }
    if (Error error = compareRuns(runs, *output, steps, taken)) {
      return error;
    }
    runs.push_back(std::move(*output));
    steps = std::move(taken);
  }
  printTokens(compiled->object, steps);
  if (!options.outputs.empty()) {
    if (Error error = saveSteps(options.outputs, compiled->object, steps)) {
      return error;
    }
  }
  std::vector<acc::report::OutputCheck> checks;
  if (Error error = acccc::checkOutputs(options, *compiled, steps, *expected,
                                        *userInputs, *plan, checks)) {
    // How far they are off is what such a report is read for.
    return options.isTimed()
               ? std::move(error)
               : joinErrors(std::move(error),
                            writeValueReports(options, *compiled, runs.back(),
                                              steps, std::move(checks)));
  }
  if (runs.size() > 1) {
    outs() << "check: memory, cycles, counters and command times agree\n";
  }
  return options.isTimed()
             ? writeReports(options, *compiled, *workload, runs, steps)
             : writeValueReports(options, *compiled, runs.back(), steps,
                                 std::move(checks));
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  Expected<acccc::Options> options = acccc::parseOptions(argc, argv);
  if (!options) {
    return acc::reportError(options.takeError(), "acc-cc", errs());
  }
  if (options->done) {
    return 0;
  }
  std::string program =
      sys::fs::getMainExecutable(argv[0], reinterpret_cast<void *>(&main));
  if (Error error = run(*options, sys::path::parent_path(program))) {
    return acc::reportError(std::move(error), "acc-cc", errs());
  }
  return 0;
}
