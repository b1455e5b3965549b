//===- Simulate.cpp - Runs of an object on the models ---------------------===//

#include "compiler-driver/Driver/Simulate.h"

#include "compiler-driver/Tensor/Errors.h"
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
                                  ArrayRef<accel::HostTensor> inputs) {
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
    return accel::makeInputError(path +
                                 ": cannot be written: " + code.message());
  }
  return Error::success();
}

/// Runs the Verilated program of the target in a process of its own.
static Expected<acc::SimOutput> runRtl(const acc::SimInput &input,
                                       const SimulateOptions &options) {
  std::string program = options.toolDirectory + "/acc-rtl-" + input.target.name;
  if (!sys::fs::can_execute(program)) {
    return accel::makeInputError(
        "target '" + input.target.name +
        "' has no RTL simulator here; build the target acc-rtl-" +
        input.target.name);
  }
  SmallString<128> directory;
  if (std::error_code code =
          sys::fs::createUniqueDirectory("acc-rtl", directory)) {
    return accel::makeInputError("cannot create a temporary directory: " +
                                 code.message());
  }
  scope_exit cleanUp([&] { sys::fs::remove_directories(directory); });
  auto file = [&](StringRef name) { return (directory + "/" + name).str(); };
  if (Error error = writeFile(file("program"), input.program.data(),
                              input.program.size() * sizeof(isa::Word))) {
    return error;
  }
  if (Error error =
          writeFile(file("hbm"), input.hbm.data(), input.hbm.size())) {
    return error;
  }
  std::vector<std::string> arguments = {program,
                                        "--program=" + file("program"),
                                        "--hbm=" + file("hbm"),
                                        "--hbm-out=" + file("hbm-out"),
                                        "--result=" + file("result.json"),
                                        "--max-cycles=" +
                                            std::to_string(input.maxCycles)};
  if (!options.waves.empty()) {
    arguments.push_back("--waves=" + options.waves);
  }
  std::vector<StringRef> argumentRefs(arguments.begin(), arguments.end());
  auto begin = std::chrono::steady_clock::now();
  std::string message;
  int status = sys::ExecuteAndWait(program, argumentRefs, std::nullopt, {}, 0,
                                   0, &message);
  if (status != 0) {
    return accel::makeInputError("acc-rtl-" + input.target.name +
                                 " failed with status " + Twine(status) +
                                 (message.empty() ? "" : ": " + message));
  }
  Expected<acc::SimOutput> output = acc::readResultJson(file("result.json"));
  if (!output) {
    return output.takeError();
  }
  output->model = "rtl";
  output->wallSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  auto memory = MemoryBuffer::getFile(file("hbm-out"));
  if (!memory) {
    return accel::makeInputError("the RTL simulator left no memory image");
  }
  output->hbm = acc::SparseMemory(input.target.hbm.bytes);
  output->hbm.write(0, (*memory)->getBufferStart(), (*memory)->getBufferSize());
  return output;
}

Expected<acc::SimOutput> runModel(Model model, const acc::SimInput &input,
                                  const SimulateOptions &options) {
  switch (model) {
  case Model::Functional:
    return acc::runFunctional(input);
  case Model::SystemC:
    return acc::runSystemC(input);
  case Model::Rtl:
    break;
  }
  return runRtl(input, options);
}

Expected<acc::SimOutput> simulate(Model model, const acc::Target &target,
                                  const Object &object,
                                  ArrayRef<accel::HostTensor> inputs,
                                  const SimulateOptions &options) {
  acc::SimInput input{target, object.code, makeHbmImage(object, inputs)};
  input.values = options.values;
  Expected<acc::SimOutput> output = runModel(model, input, options);
  if (output && output->fault != isa::Fault::None) {
    return accel::makeInputError(Twine(getName(model)) + ": fault " +
                                 isa::stringify(output->fault) + " at word " +
                                 Twine(output->faultPc) + " (" +
                                 object.sourceOf(output->faultPc) + ")");
  }
  return output;
}

std::vector<accel::HostTensor> readOutputs(const Object &object,
                                           const accel::Boundary &boundary,
                                           const acc::SimOutput &output) {
  std::vector<accel::HostTensor> result;
  for (size_t i = 0; i < object.outputs.size(); ++i) {
    const accel::BoundaryTensor &spec = boundary.outputs[i];
    accel::HostTensor tensor =
        accel::HostTensor::zeros(spec.name, spec.machineType, spec.shape);
    output.hbm.read(object.outputs[i].address, tensor.bytes.data(),
                    tensor.bytes.size());
    result.push_back(accel::fromMachine(tensor, spec));
  }
  return result;
}

} // namespace xpu
