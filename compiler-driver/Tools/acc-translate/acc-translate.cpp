//===- acc-translate.cpp - Import a model, run it on the host -------------===//

#include "compiler-driver/Import/Onnx/Importer.h"
#include "compiler-driver/Runtime/HostRunner.h"
#include "compiler-driver/Tensor/Compare.h"
#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tensor/TensorIO.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ToolOutputFile.h"

namespace cl = llvm::cl;
using llvm::Error;
using llvm::Expected;

namespace {

cl::OptionCategory category("acc-translate options");

cl::opt<std::string> inputFile(cl::Positional, cl::Required,
                               cl::desc("<model.onnx>"), cl::cat(category));
cl::opt<bool> importOnnx("import-onnx",
                         cl::desc("Import an ONNX model (the default)"),
                         cl::init(true), cl::cat(category));
cl::opt<std::string> outputFile("o", cl::desc("Write the module to FILE"),
                                cl::value_desc("FILE"), cl::cat(category));
cl::list<std::string> dims("dim", cl::desc("Bind a symbolic dimension"),
                           cl::value_desc("NAME=VALUE"), cl::cat(category));
cl::opt<std::string> inputsDir("inputs",
                               cl::desc("Directory with the input tensors"),
                               cl::value_desc("DIR"), cl::cat(category));
cl::opt<std::string>
    outputsDir("outputs", cl::desc("Write the results of --run-host to DIR"),
               cl::value_desc("DIR"), cl::cat(category));
cl::opt<std::string>
    expectDir("expect",
              cl::desc("Directory with reference outputs to compare with"),
              cl::value_desc("DIR"), cl::cat(category));
cl::opt<bool> runHost("run-host", cl::desc("Run the module on the host CPU"),
                      cl::cat(category));
cl::opt<double> rtol("rtol", cl::desc("Relative tolerance"), cl::init(1e-3),
                     cl::cat(category));
cl::opt<double> atol("atol", cl::desc("Absolute tolerance"), cl::init(1e-4),
                     cl::cat(category));

Error parseDims(acc::ImportOptions &options) {
  for (const std::string &text : dims) {
    auto [name, value] = llvm::StringRef(text).rsplit('=');
    int64_t size = 0;
    if (name.empty() || value.getAsInteger(10, size)) {
      return acc::makeInputError("--dim=" + text +
                                 ": is not of the form NAME=VALUE");
    }
    if (!options.dims.emplace(name.str(), size).second) {
      return acc::makeInputError("--dim=" + text + ": '" + name +
                                 "' is bound twice");
    }
  }
  return Error::success();
}

Error writeModule(mlir::ModuleOp module) {
  std::string path = outputFile.empty() ? "-" : outputFile.getValue();
  std::error_code code;
  llvm::ToolOutputFile file(path, code, llvm::sys::fs::OF_Text);
  if (code) {
    return acc::makeInputError(path + ": cannot be written: " + code.message());
  }
  mlir::OpPrintingFlags flags;
  flags.enableDebugInfo(/*enable=*/true);
  module.print(file.os(), flags);
  file.keep();
  return Error::success();
}

template <typename Infos>
std::vector<acc::TensorSpec> specsOf(const Infos &infos) {
  std::vector<acc::TensorSpec> specs;
  for (const auto &info : infos) {
    specs.push_back({info.name});
  }
  return specs;
}

Error compareOutputs(const acc::OnnxModel &model,
                     llvm::ArrayRef<acc::HostTensor> actual) {
  Expected<std::vector<acc::HostTensor>> expected =
      acc::loadTensors(expectDir, "output", specsOf(model.outputs));
  if (!expected) {
    return expected.takeError();
  }
  std::string differences;
  for (size_t i = 0; i < actual.size(); ++i) {
    acc::CompareResult result =
        acc::compare(actual[i], (*expected)[i], rtol, atol);
    llvm::outs() << actual[i].name << ": "
                 << (result.equal ? "agrees" : result.message)
                 << ", largest error "
                 << llvm::format("%.3g", result.maxAbsoluteError) << "\n";
    if (!result.equal) {
      differences += (differences.empty() ? "'" : ", '") + actual[i].name + "'";
    }
  }
  if (!differences.empty()) {
    return acc::makeInputError(inputFile + ": outputs " + differences +
                               " differ from " + expectDir);
  }
  return Error::success();
}

Error run() {
  if (!runHost && (!outputsDir.empty() || !expectDir.empty())) {
    return acc::makeInputError("--outputs and --expect: expect --run-host");
  }
  acc::ImportOptions options;
  if (Error error = parseDims(options)) {
    return error;
  }
  Expected<acc::OnnxModel> model = acc::loadOnnxModel(inputFile);
  if (!model) {
    return model.takeError();
  }
  std::vector<acc::HostTensor> inputs;
  if (!inputsDir.empty()) {
    auto loaded = acc::loadTensors(inputsDir, "input", specsOf(model->inputs));
    if (!loaded) {
      return loaded.takeError();
    }
    inputs = std::move(*loaded);
    options.bindInputs(inputs);
  }
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = acc::importOnnxModel(context, *model, options);
  if (!module) {
    return module.takeError();
  }
  if (!runHost || !outputFile.empty()) {
    if (Error error = writeModule(**module)) {
      return error;
    }
  }
  if (!runHost) {
    return Error::success();
  }
  if (inputsDir.empty() && !model->inputs.empty()) {
    return acc::makeInputError(
        "--run-host needs tensors; give their directory with --inputs=DIR");
  }
  auto outputs = acc::runOnHost(**module, inputs);
  if (!outputs) {
    return outputs.takeError();
  }
  if (!outputsDir.empty()) {
    if (Error error = acc::saveTensors(outputsDir, "output", *outputs)) {
      return error;
    }
  }
  return expectDir.empty() ? Error::success()
                           : compareOutputs(*model, *outputs);
}

} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(
      argc, argv, "Imports ONNX models and runs them on the host CPU\n");
  if (Error error = run()) {
    return acc::reportError(std::move(error), "acc-translate", llvm::errs());
  }
  return 0;
}
