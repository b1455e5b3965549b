//===- Simulate.cpp - Runs of an object on the models ---------------------===//

#include "compiler-driver/Runtime/Simulate.h"

#include "compiler-driver/Runtime/HostModule.h"
#include "compiler-driver/Runtime/ModelCache.h"
#include "compiler-driver/Runtime/Spares.h"
#include "compiler-driver/Tensor/Errors.h"
#include "rtl/tb/RtlModel.h"
#include "systemc-models/Net/CycleRack.h"
#include "systemc-models/Slice/RaceDetector.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <chrono>

using namespace llvm;

namespace xpu {

StringRef getName(Model model) {
  switch (model) {
  case Model::Functional:
    return "functional";
  case Model::SystemC:
    return "systemc";
  case Model::Rtl:
    return "rtl";
  }
  return "";
}

std::optional<Model> parseModel(StringRef name) {
  for (Model model : {Model::Functional, Model::SystemC, Model::Rtl}) {
    if (getName(model) == name) {
      return model;
    }
  }
  return std::nullopt;
}

static Error writeFile(StringRef path, const void *data, size_t bytes) {
  std::error_code code;
  raw_fd_ostream os(path, code);
  if (!code) {
    os.write(static_cast<const char *>(data), bytes);
    os.close();
    code = os.error();
  }
  if (code) {
    return acc::makeInputError(path + ": cannot be written: " + code.message());
  }
  return Error::success();
}

/// The simulator that was built with the tools, of a built-in target that
/// nobody has changed.
static std::optional<std::string>
findBuiltSimulator(const acc::Machine &machine, StringRef toolDirectory) {
  Expected<acc::Machine> builtIn = acc::loadBuiltInMachine(machine.name());
  if (!builtIn) {
    consumeError(builtIn.takeError());
    return std::nullopt;
  }
  std::string program = (toolDirectory + "/acc-rtl-" + machine.name()).str();
  bool fits =
      !acc::findDifference(machine, *builtIn) && sys::fs::can_execute(program);
  return fits ? std::optional(program) : std::nullopt;
}

/// Command line of a simulator of the machine, without what it is to run; files
/// go to `directory`.
static Expected<std::vector<std::string>>
findSimulator(const acc::Machine &machine, RtlPart part,
              StringRef toolDirectory, StringRef directory) {
  if (part == RtlPart::Chip) {
    if (auto program = findBuiltSimulator(machine, toolDirectory)) {
      return std::vector<std::string>{*program};
    }
  }
  Expected<std::string> model = findRtlModel(machine, part);
  if (!model) {
    return model.takeError();
  }
  std::string file = (directory + "/target.yaml").str();
  std::string text;
  raw_string_ostream os(text);
  acc::printMachine(acc::inlineMachine(machine), os);
  if (Error error = writeFile(file, text.data(), text.size())) {
    return std::move(error);
  }
  return std::vector<std::string>{(toolDirectory + "/acc-rtl").str(),
                                  "--model=" + *model, "--target=" + file};
}

/// Runs the Verilated program of the machine in a process of its own.
static Expected<acc::ChipOutput> runRtl(const acc::ChipInput &input,
                                        const SimulateOptions &options) {
  SmallString<128> directory;
  if (std::error_code code =
          sys::fs::createUniqueDirectory("acc-rtl", directory)) {
    return acc::makeInputError("cannot create a temporary directory: " +
                               code.message());
  }
  scope_exit cleanUp([&] { sys::fs::remove_directories(directory); });
  auto file = [&](StringRef name) { return (directory + "/" + name).str(); };
  auto simulator = findSimulator(
      input.machine, options.rtlSlices.empty() ? RtlPart::Chip : RtlPart::Slice,
      options.toolDirectory, directory);
  if (!simulator) {
    return simulator.takeError();
  }
  std::vector<std::string> arguments = std::move(*simulator);
  std::string program = arguments.front();
  for (auto [i, words] : enumerate(input.programs)) {
    std::string name = file("program." + std::to_string(i));
    if (Error error =
            writeFile(name, words.data(), words.size() * sizeof(isa::Word))) {
      return error;
    }
    arguments.push_back("--program=" + name);
  }
  for (auto [i, image] : enumerate(input.hbm)) {
    std::string name = file("hbm." + std::to_string(i));
    if (Error error = writeFile(name, image.data(), image.size())) {
      return error;
    }
    arguments.push_back("--hbm=" + name);
  }
  for (uint32_t entry : input.entries) {
    arguments.push_back("--entry=" + std::to_string(entry));
  }
  for (std::string argument :
       {"--hbm-out=" + file("hbm-out"), "--result=" + file("result.json"),
        "--chip-id=" + std::to_string(input.chip),
        "--max-cycles=" + std::to_string(input.maxCycles)}) {
    arguments.push_back(std::move(argument));
  }
  if (!options.waves.empty()) {
    arguments.push_back("--waves=" + options.waves);
  }
  if (!options.linkErrors.empty()) {
    arguments.push_back("--link-errors=" + options.linkErrors);
  }
  for (uint32_t chip : options.rtlChips) {
    arguments.push_back("--rtl-chip=" + std::to_string(chip));
  }
  for (uint32_t slice : options.rtlSlices) {
    arguments.push_back("--rtl-slice=" + std::to_string(slice));
  }
  for (const acc::MemoryFlip &flip : input.flips) {
    arguments.push_back("--fault=" + acc::describe(flip, input.machine));
  }
  std::vector<StringRef> argumentRefs(arguments.begin(), arguments.end());
  auto begin = std::chrono::steady_clock::now();
  std::string message;
  int status = sys::ExecuteAndWait(program, argumentRefs, std::nullopt, {}, 0,
                                   0, &message);
  if (status != 0) {
    return acc::makeInputError("the RTL of " + input.machine.name() +
                               " failed with status " + Twine(status) +
                               (message.empty() ? "" : ": " + message));
  }
  double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  Expected<acc::ChipOutput> output = acc::readResultJson(file("result.json"));
  if (!output) {
    return output.takeError();
  }
  output->chips = input.machine.chips();
  for (auto [i, slice] : enumerate(output->slices)) {
    slice.model = "rtl";
    slice.wallSeconds = seconds;
    auto memory = MemoryBuffer::getFile(
        acc::memoryFileOf(file("hbm-out"), i, input.slices()));
    if (!memory) {
      return acc::makeInputError("the RTL simulator left no memory image");
    }
    slice.hbm = acc::SparseMemory(input.machine.slice.hbm.bytes);
    slice.hbm.write(0, (*memory)->getBufferStart(), (*memory)->getBufferSize());
  }
  return output;
}

/// Whether slices of a chip can be in RTL beside the SystemC model.
static Error checkRtlSlices(const acc::Machine &machine,
                            ArrayRef<uint32_t> slices) {
  for (auto [i, slice] : enumerate(slices)) {
    std::string option = "--rtl-slice=" + std::to_string(slice) + ": ";
    if (machine.rack) {
      return acc::makeInputError(option + "'" + machine.name() +
                                 "' is a rack; expects a chip by itself");
    }
    if (slice >= machine.slices()) {
      return acc::makeInputError(option + "'" + machine.name() +
                                 "' has slices 0 to " +
                                 Twine(machine.slices() - 1));
    }
    if (is_contained(slices.take_front(i), slice)) {
      return acc::makeInputError(option + "is given twice");
    }
  }
  uint32_t words = machine.net().bytesPerCycle / 2;
  if (!slices.empty() && words > acc::RtlModel::maxBeatWords) {
    return acc::makeUnsupportedError(
        "--rtl-slice: a network of " + Twine(2 * words) +
        " bytes a cycle; the bench has ports for " +
        Twine(2 * acc::RtlModel::maxBeatWords));
  }
  return Error::success();
}

Expected<acc::ChipOutput> runChip(Model model, const acc::ChipInput &input,
                                  const SimulateOptions &options) {
  Expected<acc::fabric::CycleLinksOptions> links =
      acc::fabric::CycleLinksOptions();
  if (!options.linkErrors.empty()) {
    links = acc::fabric::parseLinkErrors(options.linkErrors);
    if (!links) {
      return acc::makeInputError("--link-errors=" +
                                 toString(links.takeError()));
    }
    if (!input.machine.rack) {
      return acc::makeInputError("--link-errors expects a rack; '" +
                                 input.machine.name() + "' has no links");
    }
  }
  for (uint32_t chip : options.rtlChips) {
    if (!input.machine.rack || chip >= input.machine.chips()) {
      return acc::makeInputError("--rtl-chip=" + Twine(chip) + ": '" +
                                 input.machine.name() + "' has " +
                                 Twine(input.machine.chips()) +
                                 " chips; expects one of a rack's");
    }
  }
  if (Error error = checkRtlSlices(input.machine, options.rtlSlices)) {
    return error;
  }
  switch (model) {
  case Model::Functional:
    return acc::runFunctionalChip(input);
  case Model::SystemC: {
    acc::ChipInput checked = input;
    checked.checkRaces |= options.checkRaces;
    checked.deadLinks = options.deadLinks;
    return options.linkErrors.empty() ? acc::runSystemCChip(checked)
                                      : acc::runSystemCRack(checked, {*links});
  }
  case Model::Rtl:
    break;
  }
  if (!options.deadLinks.empty()) {
    return acc::makeUnsupportedError(
        "links that die in runs of RTL; --fault=link, switch and chip are of "
        "systemc alone");
  }
  if (Error error = acc::checkCycleRack(input.machine)) {
    return acc::makeUnsupportedError(toString(std::move(error)));
  }
  uint32_t slices = input.machine.slicesPerChip();
  if (options.rtlSlices.empty() && slices > acc::RtlModel::maxSlices) {
    return acc::makeUnsupportedError("the RTL of " + Twine(slices) +
                                     " slices; the bench has " + "ports for " +
                                     Twine(acc::RtlModel::maxSlices));
  }
  return runRtl(input, options);
}

uint64_t countCycles(const acc::ChipOutput &output) {
  return findLast(output).cycles;
}

const acc::SimOutput &findLast(const acc::ChipOutput &output) {
  return *llvm::max_element(
      output.slices, [](const acc::SimOutput &a, const acc::SimOutput &b) {
        return a.cycles < b.cycles;
      });
}

bool hasFault(const acc::ChipOutput &output) {
  return llvm::any_of(output.slices, [](const acc::SimOutput &slice) {
    return slice.fault != isa::Fault::None;
  });
}

static void appendRun(acc::SimOutput &total, acc::SimOutput next,
                      uint64_t begin) {
  for (acc::CommandRecord &command : next.commands) {
    command.start += begin;
    command.end += begin;
    total.commands.push_back(command);
  }
  for (size_t i = 0; i < total.counters.size(); ++i) {
    total.counters[i] += next.counters[i];
  }
  acc::HbmStatistics &all = total.hbmStatistics;
  const acc::HbmStatistics &more = next.hbmStatistics;
  all.reads += more.reads;
  all.writes += more.writes;
  all.readAtoms += more.readAtoms;
  all.writeAtoms += more.writeAtoms;
  all.activates += more.activates;
  all.rowHits += more.rowHits;
  all.refreshes += more.refreshes;
  all.written = begin + more.written;
  total.cycles = begin + next.cycles;
  total.wallSeconds += next.wallSeconds;
  total.events += next.events;
  total.fault = next.fault;
  total.faultPc = next.faultPc;
  total.faultAddress = next.faultAddress;
  llvm::append_range(total.flips, next.flips);
  llvm::append_range(total.races, next.races);
  total.hbmErrors = std::move(next.hbmErrors);
  total.hbm = std::move(next.hbm);
}

void appendRun(acc::ChipOutput &total, acc::ChipOutput next) {
  uint64_t begin = countCycles(total);
  for (auto [slice, more] : zip_equal(total.slices, next.slices)) {
    appendRun(slice, std::move(more), begin);
  }
  if (total.traffic && next.traffic) {
    total.traffic->add(*next.traffic);
  }
}

/// Where slices begin a launch: all at its word, or each at its stage's.
static std::vector<uint32_t> entriesOf(const Object &object, size_t launch) {
  if (object.stageEntries.empty()) {
    return {object.launches[launch]};
  }
  std::vector<uint32_t> entries;
  for (uint32_t slice = 0; slice < object.machine.slices(); ++slice) {
    entries.push_back(object.stageEntries[object.stageOf(slice)]);
  }
  return entries;
}

acc::ChipInput makeChipInput(const Object &object,
                             ArrayRef<std::vector<uint8_t>> images) {
  acc::ChipInput input{object.machine, {object.code}, {}, entriesOf(object, 0)};
  input.hbm.assign(images.begin(), images.end());
  return input;
}

/// Reads the inputs from HBM, calls, writes the results. All slices have the
/// same inputs.
static Error callHost(const HostCall &call, acc::HostModule &host,
                      acc::ChipOutput &output, FlipSchedule *flips) {
  const acc::SparseMemory &hbm = output.slices.front().hbm;
  std::vector<acc::HostTensor> inputs;
  for (const ObjectTensor &tensor : call.inputs) {
    std::optional<acc::DType> type = acc::parseDType(tensor.machineType);
    if (!type) {
      return acc::makeInputError("the host's call of '" + call.function +
                                 "' has an input of unknown type '" +
                                 tensor.machineType + "'");
    }
    acc::HostTensor value =
        acc::HostTensor::zeros(tensor.name, *type, tensor.shape);
    if (value.bytes.size() != tensor.bytes || tensor.address > hbm.size() ||
        tensor.bytes > hbm.size() - tensor.address) {
      return acc::makeInputError("the host's call of '" + call.function +
                                 "' has an input of a wrong size or place");
    }
    if (flips) {
      if (Error error = flips->read(0, tensor.address, tensor.bytes)) {
        return error;
      }
    }
    hbm.read(tensor.address, value.bytes.data(), value.bytes.size());
    inputs.push_back(std::move(value));
  }
  auto outputs = host.call(call.function, inputs);
  if (!outputs) {
    return outputs.takeError();
  }
  if (outputs->size() != call.outputs.size()) {
    return acc::makeInputError("the host's function '" + call.function +
                               "' has another number of results");
  }
  for (auto [value, tensor] : zip(*outputs, call.outputs)) {
    if (value.bytes.size() != tensor.bytes || tensor.address > hbm.size() ||
        tensor.bytes > hbm.size() - tensor.address) {
      return acc::makeInputError("the host's call of '" + call.function +
                                 "' has a result of a wrong size or place");
    }
    for (auto [number, slice] : enumerate(output.slices)) {
      slice.hbm.write(tensor.address, value.bytes.data(), value.bytes.size());
      if (flips) {
        flips->write(uint32_t(number), tensor.address, tensor.bytes);
      }
    }
  }
  return Error::success();
}

static Expected<acc::ChipOutput> runFromStart(Model model, const Object &object,
                                              acc::ChipInput input,
                                              const SimulateOptions &options) {
  std::unique_ptr<acc::HostModule> host;
  acc::ChipOutput total;
  std::vector<std::vector<uint8_t>> images;
  for (size_t i = 0; i < object.launches.size(); ++i) {
    input.entries = entriesOf(object, i);
    SimulateOptions launchOptions = options;
    if (i != 0 && !options.waves.empty()) {
      SmallString<128> name(options.waves);
      sys::path::replace_extension(name, std::to_string(i) + ".fst");
      launchOptions.waves = name.str().str();
    }
    if (options.flips) {
      input.flips = options.flips->next();
    }
    if (i != 0) {
      startLater(launchOptions.deadLinks, countCycles(total));
    }
    auto launch = runChip(model, input, launchOptions);
    if (!launch) {
      return launch.takeError();
    }
    if (options.flips) {
      options.flips->ran(*launch);
    }
    if (i == 0) {
      total = std::move(*launch);
    } else {
      appendRun(total, std::move(*launch));
    }
    if (i + 1 == object.launches.size() || hasFault(total)) {
      break;
    }
    if (!input.values) {
      continue; // The host's calls take no time here.
    }
    if (!host) {
      auto loaded = acc::HostModule::load(object.hostModule);
      if (!loaded) {
        return loaded.takeError();
      }
      host = std::move(*loaded);
    }
    if (Error error =
            callHost(object.hostCalls[i], *host, total, options.flips)) {
      return std::move(error);
    }
    images = readImages(total);
    input.hbm.assign(images.begin(), images.end());
  }
  return total;
}

/// The most that the host loads into a chip before a run.
static uint64_t countLoadedBytes(const Object &object) {
  uint32_t each = object.machine.slicesPerChip();
  uint64_t most = 0;
  for (uint32_t chip = 0; chip < object.machine.chips(); ++chip) {
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < each; ++i) {
      bytes += countLoadedBytes(object, chip * each + i);
    }
    most = std::max(most, bytes);
  }
  return most;
}

Expected<acc::ChipOutput> runLaunches(Model model, const Object &object,
                                      acc::ChipInput input,
                                      const SimulateOptions &options) {
  if (llvm::none_of(options.deadLinks,
                    [](const auto &dead) { return dead.isChip(); })) {
    return runFromStart(model, object, std::move(input), options);
  }
  if (options.flips) {
    return acc::makeUnsupportedError(
        "errors of memories in a run in which a chip dies");
  }
  return runWithSpares(object.machine, options.deadLinks,
                       countLoadedBytes(object),
                       [&](ArrayRef<acc::fabric::DeadLinks> dead) {
                         SimulateOptions own = options;
                         own.deadLinks = dead.vec();
                         return runFromStart(model, object, input, own);
                       });
}

std::vector<std::vector<uint8_t>> readImages(const acc::ChipOutput &output) {
  std::vector<std::vector<uint8_t>> images;
  for (const acc::SimOutput &slice : output.slices) {
    images.push_back(slice.hbm.read(0, slice.hbm.usedBytes()));
  }
  return images;
}

std::string describeFaultPlace(const acc::Machine &machine,
                               const acc::SimOutput &slice) {
  switch (slice.fault) {
  case isa::Fault::SpmError:
    return formatv(" reading byte {0} of the scratchpad (bank {1})",
                   slice.faultAddress,
                   slice.faultAddress / machine.slice.spm.bankBytes);
  case isa::Fault::HbmError:
    return formatv(" at the word of HBM at {0:x}", slice.faultAddress);
  default:
    return "";
  }
}

Error checkOutputWords(const Object &object, const FlipSchedule &flips) {
  for (const ObjectTensor &output : object.outputs) {
    for (uint32_t slice = 0; slice < object.machine.slicesPerChip(); ++slice) {
      if (!object.isIn(output, slice)) {
        continue;
      }
      if (Error error = flips.read(slice, output.address, output.bytes)) {
        return acc::makeInputError("output '" + output.name +
                                   "': " + toString(std::move(error)));
      }
    }
  }
  return Error::success();
}

Error checkFault(const Object &object, const acc::ChipOutput &output) {
  for (auto [number, slice] : enumerate(output.slices)) {
    if (slice.fault != isa::Fault::None) {
      return acc::makeInputError(
          (output.slices.size() > 1
               ? acc::describeSlice(number, output.slices.size(),
                                    output.chips) +
                     ": "
               : std::string()) +
          "fault " + isa::stringify(slice.fault) + " at word " +
          Twine(slice.faultPc) + " (" + object.sourceOf(slice.faultPc) + ")" +
          describeFaultPlace(object.machine, slice));
    }
  }
  return Error::success();
}

Error checkRaces(const acc::ChipOutput &output,
                 function_ref<std::string(uint32_t pc)> sourceOf) {
  constexpr size_t shown = 8;
  size_t count = 0;
  Error all = Error::success();
  for (auto [number, slice] : enumerate(output.slices)) {
    for (const acc::Race &race : slice.races) {
      if (count++ >= shown) {
        continue;
      }
      std::string place =
          output.slices.size() > 1
              ? acc::describeSlice(number, output.slices.size(), output.chips) +
                    ": "
              : std::string();
      all = joinErrors(
          std::move(all),
          acc::makeInputError(place + acc::describeRace(race, sourceOf)));
    }
  }
  if (count > shown) {
    all = joinErrors(std::move(all),
                     acc::makeInputError(Twine(count - shown) + " more races"));
  }
  return all;
}

Error checkRaces(const Object &object, const acc::ChipOutput &output) {
  return checkRaces(output,
                    [&](uint32_t pc) { return object.sourceOf(pc).str(); });
}

std::vector<acc::HostTensor> readOutputs(const Object &object,
                                         const acc::Boundary &boundary,
                                         const acc::ChipOutput &output) {
  std::vector<acc::HostTensor> result;
  for (size_t i = 0; i < object.outputs.size(); ++i) {
    const acc::BoundaryTensor &spec = boundary.outputs[i];
    acc::HostTensor tensor =
        acc::HostTensor::zeros(spec.name, spec.machineType, spec.shape);
    readParts(object, object.outputs[i], output, tensor.bytes.data());
    result.push_back(acc::fromMachine(tensor, spec));
  }
  return result;
}

} // namespace xpu
