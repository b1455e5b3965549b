//===- Simulate.cpp - Runs of an object on the models ---------------------===//

#include "compiler-driver/Runtime/Simulate.h"

#include "compiler-driver/Runtime/HostModule.h"
#include "compiler-driver/Runtime/ModelCache.h"
#include "compiler-driver/Tensor/Errors.h"
#include "rtl/tb/RtlModel.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
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

std::vector<uint8_t> makeHbmImage(const Object &object,
                                  ArrayRef<acc::HostTensor> inputs) {
  std::vector<uint8_t> image;
  auto place = [&](uint64_t address, const void *data, size_t bytes) {
    if (image.size() < address + bytes) {
      image.resize(address + bytes);
    }
    if (bytes != 0) {
      memcpy(image.data() + address, data, bytes);
    }
  };
  place(object.constantsAddress, object.constants.data(),
        object.constants.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    place(object.inputs[i].address, inputs[i].bytes.data(),
          inputs[i].bytes.size());
  }
  return image;
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
findSimulator(const acc::Machine &machine, StringRef toolDirectory,
              StringRef directory) {
  if (auto program = findBuiltSimulator(machine, toolDirectory)) {
    return std::vector<std::string>{*program};
  }
  Expected<std::string> model = findRtlModel(machine);
  if (!model) {
    return model.takeError();
  }
  std::string file = (directory + "/target.yaml").str();
  std::string text;
  raw_string_ostream os(text);
  acc::printMachine(acc::inlineChip(machine), os);
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
  auto simulator =
      findSimulator(input.machine, options.toolDirectory, directory);
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

Expected<acc::ChipOutput> runChip(Model model, const acc::ChipInput &input,
                                  const SimulateOptions &options) {
  switch (model) {
  case Model::Functional:
    return acc::runFunctionalChip(input);
  case Model::SystemC:
    return acc::runSystemCChip(input);
  case Model::Rtl:
    break;
  }
  if (input.slices() > acc::RtlModel::maxSlices) {
    return acc::makeUnsupportedError("the RTL of " + Twine(input.slices()) +
                                     " slices; the bench has " + "ports for " +
                                     Twine(acc::RtlModel::maxSlices));
  }
  return runRtl(input, options);
}

Expected<acc::SimOutput> runModel(Model model, const acc::SimInput &input,
                                  const SimulateOptions &options) {
  return acc::runAlone(input, [&](const acc::ChipInput &chip) {
    return runChip(model, chip, options);
  });
}

void appendRun(acc::SimOutput &total, acc::SimOutput next) {
  for (acc::CommandRecord &command : next.commands) {
    command.start += total.cycles;
    command.end += total.cycles;
    total.commands.push_back(command);
  }
  for (size_t i = 0; i < total.counters.size(); ++i) {
    total.counters[i] += next.counters[i];
  }
  acc::HbmStatistics &all = total.hbmStatistics;
  const acc::HbmStatistics &more = next.hbmStatistics;
  all.reads += more.reads;
  all.writes += more.writes;
  all.readBytes += more.readBytes;
  all.writeBytes += more.writeBytes;
  all.readAtoms += more.readAtoms;
  all.writeAtoms += more.writeAtoms;
  all.activates += more.activates;
  all.rowHits += more.rowHits;
  all.refreshes += more.refreshes;
  all.written = total.cycles + more.written;
  total.cycles += next.cycles;
  total.wallSeconds += next.wallSeconds;
  total.events += next.events;
  total.fault = next.fault;
  total.faultPc = next.faultPc;
  total.hbm = std::move(next.hbm);
}

/// Reads the inputs from HBM, calls, writes the results.
static Error callHost(const HostCall &call, acc::HostModule &host,
                      acc::SparseMemory &hbm) {
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
    hbm.write(tensor.address, value.bytes.data(), value.bytes.size());
  }
  return Error::success();
}

Expected<acc::SimOutput> runLaunches(Model model, const Object &object,
                                     acc::SimInput input,
                                     const SimulateOptions &options) {
  std::unique_ptr<acc::HostModule> host;
  acc::SimOutput total;
  for (size_t i = 0; i < object.launches.size(); ++i) {
    input.entry = object.launches[i];
    SimulateOptions launchOptions = options;
    if (i != 0 && !options.waves.empty()) {
      SmallString<128> name(options.waves);
      sys::path::replace_extension(name, std::to_string(i) + ".fst");
      launchOptions.waves = name.str().str();
    }
    auto launch = runModel(model, input, launchOptions);
    if (!launch) {
      return launch.takeError();
    }
    if (i == 0) {
      total = std::move(*launch);
    } else {
      appendRun(total, std::move(*launch));
    }
    if (i + 1 == object.launches.size() || total.fault != isa::Fault::None) {
      break;
    }
    if (!host) {
      auto loaded = acc::HostModule::load(object.hostModule);
      if (!loaded) {
        return loaded.takeError();
      }
      host = std::move(*loaded);
    }
    if (Error error = callHost(object.hostCalls[i], *host, total.hbm)) {
      return std::move(error);
    }
    input.hbm = total.hbm.read(0, total.hbm.usedBytes());
  }
  return total;
}

Error checkFault(const Object &object, const acc::SimOutput &output) {
  if (output.fault == isa::Fault::None) {
    return Error::success();
  }
  return acc::makeInputError("fault " + isa::stringify(output.fault) +
                             " at word " + Twine(output.faultPc) + " (" +
                             object.sourceOf(output.faultPc) + ")");
}

std::vector<acc::HostTensor> readOutputs(const Object &object,
                                         const acc::Boundary &boundary,
                                         const acc::SimOutput &output) {
  std::vector<acc::HostTensor> result;
  for (size_t i = 0; i < object.outputs.size(); ++i) {
    const acc::BoundaryTensor &spec = boundary.outputs[i];
    acc::HostTensor tensor =
        acc::HostTensor::zeros(spec.name, spec.machineType, spec.shape);
    output.hbm.read(object.outputs[i].address, tensor.bytes.data(),
                    tensor.bytes.size());
    result.push_back(acc::fromMachine(tensor, spec));
  }
  return result;
}

} // namespace xpu
