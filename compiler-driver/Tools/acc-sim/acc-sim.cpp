//===- acc-sim.cpp - Runs a program on a model ----------------------------===//
//
// Takes an object file with tensors for its inputs, or raw files: a program is
// a sequence of 16-byte little-endian words, a memory image starts at HBM
// address 0. A fault is an error of an object and a result of a raw program.
//
// The slices of a chip or rack run one program, each on a memory of its own;
// raw programs and images may be one for each. The folder slice_N in --inputs,
// --outputs and --expect is a slice's.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Runtime/ModelCache.h"
#include "compiler-driver/Runtime/Spares.h"
#include "compiler-driver/Runtime/Steps.h"
#include "compiler-driver/Tensor/Compare.h"
#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tensor/TensorIO.h"
#include "systemc-models/Chip/Symmetry.h"
#include "systemc-models/Sim/Sim.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

namespace cl = llvm::cl;
using namespace acc;

static cl::OptionCategory category("acc-sim options");
static cl::opt<std::string> objectFile(cl::Positional, cl::desc("[OBJECT]"),
                                       cl::cat(category));
static cl::opt<std::string>
    targetName("target",
               cl::desc("Machine of a raw program; an object holds its own"),
               cl::value_desc("name|file.yaml"), cl::cat(category));
using xpu::Model;
static cl::opt<Model> model(
    "model", cl::desc("Model to run"), cl::init(Model::SystemC),
    cl::values(clEnumValN(Model::Functional, "functional", "values, no time"),
               clEnumValN(Model::SystemC, "systemc", "values and exact time"),
               clEnumValN(Model::Rtl, "rtl",
                          "the Verilated RTL, built at its first use")),
    cl::cat(category));
static cl::alias runAlias("run", cl::desc("As --model, like acc-cc"),
                          cl::aliasopt(model), cl::cat(category));
static cl::opt<std::string>
    inputs("inputs",
           cl::desc("Object: directory with input_N.pb or NAME.npy; default: "
                    "seeded random inputs"),
           cl::value_desc("dir"), cl::cat(category));
static cl::opt<std::string> outputs("outputs",
                                    cl::desc("Object: directory for outputs"),
                                    cl::value_desc("dir"), cl::cat(category));
static cl::opt<std::string>
    expect("expect",
           cl::desc("Object: directory with reference outputs; fails if they "
                    "differ by more than 1e-3 relative + 1e-4 absolute (16-bit "
                    "floats: 2e-2 + 1e-2)"),
           cl::value_desc("dir"), cl::cat(category));
static cl::opt<unsigned>
    steps("steps",
          cl::desc("Object: runs so many times, HBM keeping its contents; "
                   "step_N in --inputs and --outputs is a step's folder"),
          cl::init(1), cl::cat(category));
static cl::opt<uint64_t> seed("seed", cl::desc("Seed of random inputs"),
                              cl::init(1), cl::cat(category));
static cl::list<std::string>
    programFiles("program",
                 cl::desc("Raw: instruction words; for all slices of a chip, "
                          "or given once for each"),
                 cl::value_desc("file"), cl::cat(category));
static cl::list<std::string>
    hbmFiles("hbm",
             cl::desc("Raw: initial HBM contents; for all slices of a chip, "
                      "or given once for each"),
             cl::value_desc("file"), cl::cat(category));
static cl::opt<uint32_t> chipId("chip-id",
                                cl::desc("Number of the chip, for rdid"),
                                cl::cat(category));
static cl::opt<bool> noSymmetry(
    "no-symmetry",
    cl::desc("systemc: simulate all slices, also those that provably take the "
             "same time (with --no-values)"),
    cl::cat(category));
static cl::opt<std::string>
    hbmOut("hbm-out",
           cl::desc("HBM contents at the end, trailing zeros dropped; slice N "
                    "of a chip to FILE.N"),
           cl::value_desc("file"), cl::cat(category));
static cl::opt<std::string> resultFile("result",
                                       cl::desc("Fault, cycles, counters and "
                                                "commands as JSON"),
                                       cl::value_desc("file.json"),
                                       cl::cat(category));
static cl::opt<uint64_t> maxCycles("max-cycles",
                                   cl::desc("Give up after so many cycles "
                                            "(functional: instructions)"),
                                   cl::init(uint64_t(1) << 40),
                                   cl::cat(category));
static cl::opt<bool> noValues("no-values",
                              cl::desc("systemc: skip arithmetic, time only; "
                                       "indices that are then out of range "
                                       "count up"),
                              cl::cat(category));
static cl::opt<std::string> linkErrors(
    "link-errors",
    cl::desc("systemc, rtl of a rack: a bit on a link is wrong with this rate; "
             "links are simulated cycle by cycle"),
    cl::value_desc("RATE[,seed=N]"), cl::cat(category));
static cl::list<uint32_t>
    rtlChips("rtl-chip",
             cl::desc("--model=rtl of a rack: this chip is in RTL, those that "
                      "are not named are the SystemC model"),
             cl::value_desc("N"), cl::cat(category));
static cl::list<uint32_t>
    rtlSlices("rtl-slice", cl::CommaSeparated,
              cl::desc("--model=rtl of a chip: these slices are in RTL, those "
                       "that are not named are the SystemC model; --waves is "
                       "that of the first, FILE.1 of the second, ..."),
              cl::value_desc("N,..."), cl::cat(category));
static cl::opt<std::string> waves("waves", cl::desc("Waveform of an rtl run"),
                                  cl::value_desc("file.fst"),
                                  cl::cat(category));
static cl::list<std::string> faults(
    "fault",
    cl::desc("systemc, rtl: a bit of a memory turns over: "
             "[sliceN:]scratchpad:BANK:ROW:BIT@CYCLE, "
             "[sliceN:]hbm:ADDRESS:BIT@CYCLE or random:N@CYCLES[,seed=S]; or, "
             "of a rack on systemc, links die: link:CHIP:PLANE@CYCLE, "
             "switch:PLANE@CYCLE or chip:CHIP@CYCLE, in whose place the rack's "
             "spares come"),
    cl::value_desc("SPEC"), cl::cat(category));
static cl::opt<bool> checkRaces(
    "check-races",
    cl::desc("systemc: fail if two commands of different engines touch the "
             "same bytes, one of them writing, and no semaphore orders them"),
    cl::cat(category));
static cl::opt<bool>
    clearCache("clear-cache",
               cl::desc("Remove the RTL models that --model=rtl has built "
                        "(in ACC_CACHE_DIR, default ~/.cache/acc; up to "
                        "ACC_CACHE_SIZE, default 1g)"),
               cl::cat(category));
static cl::opt<bool> verbose("v", cl::desc("Print speed to stderr"),
                             cl::cat(category));

static int fail(llvm::Error error) {
  return acc::reportError(std::move(error), "acc-sim", llvm::errs());
}

static llvm::Expected<std::vector<uint8_t>> readBytes(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer) {
    return llvm::createStringError(buffer.getError(), "cannot read '%s': %s",
                                   path.str().c_str(),
                                   buffer.getError().message().c_str());
  }
  llvm::StringRef text = (*buffer)->getBuffer();
  return std::vector<uint8_t>(text.bytes_begin(), text.bytes_end());
}

static llvm::Expected<std::vector<isa::Word>> readWords(llvm::StringRef path) {
  auto bytes = readBytes(path);
  if (!bytes) {
    return bytes.takeError();
  }
  if (bytes->size() % 16 != 0) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "'%s' is no program: its size is no "
                                   "multiple of 16 bytes",
                                   path.str().c_str());
  }
  std::vector<isa::Word> words(bytes->size() / 16);
  for (size_t i = 0; i < words.size(); ++i) {
    words[i].lo = llvm::support::endian::read64le(&(*bytes)[16 * i]);
    words[i].hi = llvm::support::endian::read64le(&(*bytes)[16 * i + 8]);
  }
  return words;
}

/// The interface of an object as the driver knows it.
static llvm::Expected<std::vector<acc::BoundaryTensor>>
readBoundary(llvm::ArrayRef<xpu::ObjectTensor> tensors,
             const Machine &machine) {
  std::vector<acc::BoundaryTensor> result;
  for (const xpu::ObjectTensor &tensor : tensors) {
    auto type = acc::parseDType(tensor.type);
    auto machineType = acc::parseDType(tensor.machineType);
    auto elements = acc::countElements(tensor.shape);
    auto part = xpu::getPart(tensor, machine, 0);
    if (!type || !machineType || !elements || !part ||
        part->countElements() * acc::getByteSize(*machineType) !=
            tensor.bytes) {
      return acc::makeInputError(objectFile + ": tensor '" + tensor.name +
                                 "' has no known type or a wrong size");
    }
    acc::BoundaryTensor spec;
    spec.name = tensor.name;
    spec.dtype = *type;
    spec.machineType = *machineType;
    spec.shape = tensor.shape;
    spec.requiredValues = tensor.requiredValues;
    result.push_back(std::move(spec));
  }
  return result;
}

/// The inputs in a folder, or random ones, in the machine's types.
static llvm::Expected<std::vector<acc::HostTensor>>
loadInputs(llvm::StringRef inputs, uint64_t seed,
           llvm::ArrayRef<acc::BoundaryTensor> boundary) {
  std::vector<acc::HostTensor> user;
  if (inputs.empty()) {
    for (auto [i, spec] : llvm::enumerate(boundary)) {
      user.push_back(
          acc::HostTensor::random(spec.name, spec.dtype, spec.shape, seed + i));
    }
  } else {
    std::vector<acc::TensorSpec> specs;
    for (const acc::BoundaryTensor &spec : boundary) {
      specs.push_back({spec.name});
    }
    auto loaded = acc::loadTensors(inputs, "input", specs);
    if (!loaded) {
      return loaded.takeError();
    }
    user = std::move(*loaded);
  }
  std::vector<acc::HostTensor> machine;
  for (auto [tensor, spec] : llvm::zip(user, boundary)) {
    auto converted = acc::toMachine(tensor, spec);
    if (!converted) {
      return converted.takeError();
    }
    machine.push_back(std::move(*converted));
  }
  return machine;
}

static llvm::Error checkOptions() {
  if (objectFile.empty() == programFiles.empty()) {
    return acc::makeInputError(
        "expects an object file, or --program=FILE with raw words");
  }
  if (objectFile.empty() &&
      (!inputs.empty() || !outputs.empty() || !expect.empty() || steps != 1)) {
    return acc::makeInputError("--inputs, --outputs, --expect and --steps "
                               "expect an object file; raw programs have "
                               "--hbm");
  }
  if (steps < 1) {
    return acc::makeInputError(
        "--steps=0: expects a number of steps, from 1 on");
  }
  if (noValues && !expect.empty()) {
    return acc::makeInputError("--expect: expects values; drop --no-values");
  }
  if (objectFile.empty() && targetName.empty()) {
    return acc::makeInputError("--program expects --target=NAME");
  }
  if (!objectFile.empty() && !hbmFiles.empty()) {
    return acc::makeInputError(
        "--hbm belongs to --program; objects hold their own constants");
  }
  if (!waves.empty() && model != Model::Rtl) {
    return acc::makeInputError("--waves expects --model=rtl");
  }
  if (!rtlChips.empty() && model != Model::Rtl) {
    return acc::makeInputError("--rtl-chip expects --model=rtl");
  }
  if (!rtlSlices.empty() && model != Model::Rtl) {
    return acc::makeInputError("--rtl-slice expects --model=rtl");
  }
  if (!linkErrors.empty() && model == Model::Functional) {
    return acc::makeInputError("--link-errors expects --model=systemc or rtl: "
                               "the functional model has no links");
  }
  if (checkRaces && model != Model::SystemC) {
    return acc::makeInputError("--check-races expects --model=systemc");
  }
  if (!faults.empty() && model == Model::Functional) {
    return acc::makeInputError("--fault expects --model=systemc or rtl: the "
                               "functional model has no cycles");
  }
  return llvm::Error::success();
}

/// What --fault asks for.
static llvm::Expected<std::vector<MemoryFlip>>
readFlips(const Machine &machine, llvm::ArrayRef<std::vector<uint8_t>> images) {
  size_t imageBytes = 0;
  for (const std::vector<uint8_t> &image : images) {
    imageBytes = std::max(imageBytes, image.size());
  }
  std::vector<MemoryFlip> flips;
  for (const std::string &fault : faults) {
    if (acc::fabric::namesDeadLinks(fault)) {
      continue; // readDeadLinks
    }
    auto some = acc::parseFlips(fault, machine, imageBytes);
    if (!some) {
      return acc::makeInputError("--fault=" + llvm::toString(some.takeError()));
    }
    llvm::append_range(flips, *some);
  }
  if (llvm::Error error = acc::checkFlips(flips, machine)) {
    return acc::makeInputError("--fault=" + llvm::toString(std::move(error)));
  }
  return flips;
}

/// The same for links.
static llvm::Error readDeadLinks(const Machine &machine,
                                 xpu::SimulateOptions &options) {
  for (const std::string &fault : faults) {
    if (acc::fabric::namesDeadLinks(fault)) {
      auto dead = acc::fabric::parseDeadLinks(fault, machine);
      if (!dead) {
        return acc::makeInputError("--fault=" +
                                   llvm::toString(dead.takeError()));
      }
      // Each step would begin with all links.
      if (steps > 1) {
        return acc::makeInputError("--fault=" + fault +
                                   ": expects a single step");
      }
      options.deadLinks.push_back(*dead);
    }
  }
  return llvm::Error::success();
}

static llvm::Error writeResults(const acc::ChipOutput &output) {
  if (!hbmOut.empty()) {
    if (llvm::Error error = writeMemories(output, hbmOut)) {
      return error;
    }
  }
  return resultFile.empty() ? llvm::Error::success()
                            : writeResultJson(output, resultFile);
}

static void printSpeed(const acc::ChipOutput &output) {
  uint64_t cycles = 0, events = 0;
  for (const acc::SimOutput &slice : output.slices) {
    cycles = std::max(cycles, slice.cycles);
    events += slice.events;
  }
  llvm::errs() << "acc-sim: " << cycles << " cycles, " << events
               << " events in " << output.slices.front().wallSeconds << " s";
  if (output.slices.size() > 1) {
    llvm::errs() << ", " << output.simulated << " of " << output.slices.size()
                 << " slices simulated";
  }
  llvm::errs() << "\n";
}

/// Runs a chip and writes what files are asked for.
static llvm::Expected<acc::ChipOutput>
runAndWrite(xpu::Model model, const acc::ChipInput &input,
            const xpu::SimulateOptions &options) {
  auto output = xpu::runChip(model, input, options);
  if (!output) {
    return output.takeError();
  }
  if (llvm::Error error = writeResults(*output)) {
    return std::move(error);
  }
  if (verbose) {
    printSpeed(*output);
  }
  return output;
}

/// A program runs only on the machine that it was made for.
static llvm::Error checkTarget(const xpu::Object &object,
                               const Machine &machine) {
  std::optional<TargetDifference> difference =
      findDifference(object.machine, machine);
  if (!difference) {
    return llvm::Error::success();
  }
  return acc::makeInputError(
      objectFile + ": is for target " + object.machine.name() + " with " +
      difference->parameter + " " + difference->first + ", but " +
      machine.name() + " has " + difference->second +
      "; compile it for that target, or drop --target");
}

/// The outputs of the last step beside those of a folder.
static llvm::Error compareOutputs(llvm::StringRef expect,
                                  llvm::ArrayRef<acc::BoundaryTensor> boundary,
                                  llvm::ArrayRef<acc::HostTensor> outputs) {
  if (expect.empty()) {
    return llvm::Error::success();
  }
  std::vector<acc::TensorSpec> specs;
  for (const acc::BoundaryTensor &spec : boundary) {
    specs.push_back({spec.name});
  }
  auto references = acc::loadTensors(expect, "output", specs);
  if (!references) {
    return acc::makeInputError("--expect: " +
                               llvm::toString(references.takeError()));
  }
  for (auto [tensor, reference] : llvm::zip(outputs, *references)) {
    auto [relative, absolute] = acc::defaultTolerance(reference.dtype);
    acc::CompareResult result =
        acc::compare(tensor, reference, relative, absolute);
    if (!result.equal) {
      return acc::makeInputError(
          "output '" + tensor.name +
          "' differs from the reference: " + result.message);
    }
  }
  return llvm::Error::success();
}

/// Runs raw words; a fault is a result.
static llvm::Error runRaw(const Machine &machine,
                          const xpu::SimulateOptions &options) {
  std::vector<std::vector<isa::Word>> programs;
  std::vector<std::vector<uint8_t>> images;
  for (const std::string &file : programFiles) {
    auto words = readWords(file);
    if (!words) {
      return words.takeError();
    }
    programs.push_back(std::move(*words));
  }
  for (const std::string &file : hbmFiles) {
    auto image = readBytes(file);
    if (!image) {
      return image.takeError();
    }
    images.push_back(std::move(*image));
  }
  ChipInput input{machine,
                  {programs.begin(), programs.end()},
                  {images.begin(), images.end()}};
  input.maxCycles = maxCycles;
  input.values = !noValues;
  input.symmetry = !noSymmetry;
  input.chip = chipId;
  auto flips = readFlips(machine, images);
  if (!flips) {
    return flips.takeError();
  }
  input.flips = std::move(*flips);
  auto output = runAndWrite(model, input, options);
  if (!output) {
    return output.takeError();
  }
  for (auto [i, slice] : llvm::enumerate(output->slices)) {
    if (slice.fault != isa::Fault::None) {
      llvm::errs() << "acc-sim: ";
      if (output->slices.size() > 1) {
        llvm::errs() << acc::describeSlice(i, output->slices.size(),
                                           output->chips)
                     << ": ";
      }
      llvm::errs() << "fault " << isa::stringify(slice.fault) << " at word "
                   << slice.faultPc << xpu::describeFaultPlace(machine, slice)
                   << "\n";
    }
  }
  return xpu::checkRaces(*output, [](uint32_t) { return std::string(); });
}

/// The types of an object's tensors.
static llvm::Expected<acc::Boundary> readInterface(const xpu::Object &object) {
  acc::Boundary boundary;
  auto inputSpecs = readBoundary(object.inputs, object.machine);
  if (!inputSpecs) {
    return inputSpecs.takeError();
  }
  auto outputSpecs = readBoundary(object.outputs, object.machine);
  if (!outputSpecs) {
    return outputSpecs.takeError();
  }
  boundary.inputs = std::move(*inputSpecs);
  boundary.outputs = std::move(*outputSpecs);
  return boundary;
}

static void printCycles(const ChipOutput &output) {
  uint64_t cycles = xpu::countCycles(output);
  llvm::outs() << xpu::getName(model) << ": ";
  if (cycles != 0) {
    llvm::outs() << cycles << " cycles\n";
  } else {
    llvm::outs() << "values only\n";
  }
  for (const acc::Restart &restart : output.restarts) {
    llvm::outs() << "  " << xpu::describe(restart) << "\n";
  }
}

/// Whether the times of a program are the same whatever lies in memory.
static bool ignoresData(const xpu::Object &object) {
  if (object.code.size() > object.target().seq.imemWords) {
    return false; // The run says so.
  }
  DecodedProgram program(object.target(), object.code);
  return acc::ignoresData(program);
}

/// Runs an object of a slice by itself, or of slices that work on one graph.
static llvm::Error runObject(const xpu::Object &object,
                             const xpu::SimulateOptions &options) {
  auto boundary = readInterface(object);
  if (!boundary) {
    return boundary.takeError();
  }
  // Times that do not depend on data need none: those of a chip may be larger
  // than the memory of this computer.
  std::vector<std::vector<uint8_t>> images = {{}};
  if (!noValues || !inputs.empty() || !ignoresData(object)) {
    auto tensors = loadInputs(inputs, seed, boundary->inputs);
    if (!tensors) {
      return tensors.takeError();
    }
    images.clear();
    for (uint32_t i = 0; i < object.machine.slices(); ++i) {
      images.push_back(xpu::makeHbmImage(object, *tensors, i));
    }
  }
  ChipInput input = xpu::makeChipInput(object, images);
  input.maxCycles = maxCycles;
  input.values = !noValues;
  input.symmetry = !noSymmetry;
  input.chip = chipId;
  auto plan = xpu::planSteps(object, boundary->inputs, inputs, steps);
  if (!plan) {
    return plan.takeError();
  }
  auto flips = readFlips(object.machine, images);
  if (!flips) {
    return flips.takeError();
  }
  xpu::FlipSchedule schedule(*flips, object.machine.slicesPerChip());
  xpu::SimulateOptions runOptions = options;
  runOptions.flips = flips->empty() ? nullptr : &schedule;
  std::vector<xpu::Step> taken;
  auto chip = xpu::runSteps(model, object, *boundary, std::move(input), *plan,
                            runOptions, taken);
  if (!chip) {
    return chip.takeError();
  }
  if (llvm::Error error = writeResults(*chip)) {
    return error;
  }
  if (verbose) {
    printSpeed(*chip);
  }
  if (llvm::Error error = xpu::checkFault(object, *chip)) {
    return error;
  }
  if (llvm::Error error = xpu::checkRaces(object, *chip)) {
    return error;
  }
  printCycles(*chip);
  if (!outputs.empty()) {
    if (llvm::Error error = xpu::saveSteps(outputs, object, taken)) {
      return error;
    }
  }
  return compareOutputs(expect, boundary->outputs, taken.back().outputs);
}

/// The folder of a slice's tensors; nothing stays nothing.
static std::string folderOf(llvm::StringRef folder, uint32_t slice) {
  if (folder.empty()) {
    return "";
  }
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, "slice_" + llvm::Twine(slice));
  return path.str().str();
}

/// Runs an object of a chip whose slices have tensors of their own: the same
/// words and constants in all slices, and inputs of each or, if there are no
/// folders for slices, the same for all.
static llvm::Error runChipObject(const xpu::Object &object,
                                 const xpu::SimulateOptions &options) {
  if (object.launches.size() != 1 || steps != 1) {
    return acc::makeUnsupportedError(
        objectFile + ": several launches or steps of a chip; expects one");
  }
  auto boundary = readInterface(object);
  if (!boundary) {
    return boundary.takeError();
  }
  const uint32_t slices = object.machine.slices();
  bool isOfAll = !llvm::sys::fs::is_directory(folderOf(inputs, 0));
  std::vector<std::vector<uint8_t>> images;
  for (uint32_t i = 0; i < slices; ++i) {
    auto tensors =
        loadInputs(isOfAll ? inputs : folderOf(inputs, i),
                   seed + i * boundary->inputs.size(), boundary->inputs);
    if (!tensors) {
      return tensors.takeError();
    }
    images.push_back(xpu::makeHbmImage(object, *tensors));
  }
  ChipInput input = xpu::makeChipInput(object, images);
  input.maxCycles = maxCycles;
  input.values = !noValues;
  input.symmetry = !noSymmetry;
  input.chip = chipId;
  auto flips = readFlips(object.machine, images);
  if (!flips) {
    return flips.takeError();
  }
  input.flips = *flips;
  auto output = runAndWrite(model, input, options);
  if (!output) {
    return output.takeError();
  }
  if (llvm::Error error = xpu::checkFault(object, *output)) {
    return error;
  }
  if (llvm::Error error = xpu::checkRaces(object, *output)) {
    return error;
  }
  xpu::FlipSchedule schedule(std::move(*flips), slices);
  schedule.ran(*output);
  if (llvm::Error error = xpu::checkOutputWords(object, schedule)) {
    return error;
  }
  printCycles(*output);
  for (uint32_t i = 0; i < slices; ++i) {
    ChipOutput slice;
    slice.slices.push_back(std::move(output->slices[i]));
    auto tensors = xpu::readOutputs(object, *boundary, slice);
    if (!outputs.empty()) {
      if (llvm::Error error =
              acc::saveTensors(folderOf(outputs, i), "output", tensors)) {
        return error;
      }
    }
    if (llvm::Error error =
            compareOutputs(folderOf(expect, i), boundary->outputs, tensors)) {
      return acc::makeInputError(
          acc::describeSlice(i, slices, object.machine.chips()) + ": " +
          llvm::toString(std::move(error)));
    }
  }
  return llvm::Error::success();
}

static llvm::Error run(llvm::StringRef toolDirectory) {
  if (clearCache && objectFile.empty() && programFiles.empty()) {
    return xpu::clearModelCache();
  }
  if (llvm::Error error = checkOptions()) {
    return error;
  }
  if (clearCache) {
    if (llvm::Error error = xpu::clearModelCache()) {
      return error;
    }
  }
  xpu::SimulateOptions options;
  options.toolDirectory = toolDirectory.str();
  options.waves = waves;
  options.linkErrors = linkErrors;
  options.rtlChips.assign(rtlChips.begin(), rtlChips.end());
  options.rtlSlices.assign(rtlSlices.begin(), rtlSlices.end());
  options.checkRaces = checkRaces;
  std::optional<Machine> machine;
  if (!targetName.empty()) {
    auto loaded = loadMachine(targetName);
    if (!loaded) {
      return loaded.takeError();
    }
    if (loaded->level > TargetLevel::Rack) {
      return acc::makeInputError("'" + targetName + "' is a " +
                                 acc::getName(loaded->level) +
                                 "; expects a slice, a chip or a rack");
    }
    machine = std::move(*loaded);
  }
  if (objectFile.empty()) {
    llvm::Error error = readDeadLinks(*machine, options);
    return error ? std::move(error) : runRaw(*machine, options);
  }
  auto object = xpu::readObject(objectFile);
  if (!object) {
    return object.takeError();
  }
  if (machine) {
    if (llvm::Error error = checkTarget(*object, *machine)) {
      return error;
    }
  }
  if (llvm::Error error = readDeadLinks(object->machine, options)) {
    return error;
  }
  return object->machine.slices() == 1 || object->isGraphOfChip
             ? runObject(*object, options)
             : runChipObject(*object, options);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "Runs a program on a model\n");
  std::string program = llvm::sys::fs::getMainExecutable(
      argv[0], reinterpret_cast<void *>(&main));
  if (llvm::Error error = run(llvm::sys::path::parent_path(program))) {
    return fail(std::move(error));
  }
  return 0;
}
