//===- CheckOutputs.cpp - Outputs beside references -----------------------===//

#include "compiler-driver/Tools/acc-cc/CheckOutputs.h"

#include "compiler-driver/Data/JsonFile.h"
#include "compiler-driver/Runtime/HostRunner.h"
#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tensor/TensorIO.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace acccc {

/// Tolerance by type of output: given, from case.json beside the model, or by
/// the type's precision.
static std::pair<double, double> getTolerance(const Options &options,
                                              StringRef dtype) {
  if (options.tolerance) {
    return *options.tolerance;
  }
  SmallString<128> path(options.input);
  sys::path::remove_filename(path);
  sys::path::append(path, "case.json");
  // A case without a file of its own, or without this type in it, has defaults.
  Expected<json::Value> value = acc::data::loadJson(path);
  consumeError(value.takeError());
  if (value) {
    const json::Object *root = value->getAsObject();
    const json::Object *table = root ? root->getObject("tolerance") : nullptr;
    const json::Array *pair = table ? table->getArray(dtype) : nullptr;
    if (pair && pair->size() == 2 && (*pair)[0].getAsNumber() &&
        (*pair)[1].getAsNumber()) {
      return {*(*pair)[0].getAsNumber(), *(*pair)[1].getAsNumber()};
    }
  }
  return acc::defaultTolerance(
      options.precision == "fp32"
          ? acc::parseDType(dtype).value_or(acc::DType::F32)
          : acc::DType::BF16);
}

Expected<References> loadExpected(const Options &options,
                                  const acc::Boundary &boundary) {
  References references(options.steps);
  if (options.expect.empty()) {
    return references;
  }
  std::vector<acc::TensorSpec> specs;
  for (const acc::BoundaryTensor &spec : boundary.outputs) {
    specs.push_back({spec.name});
  }
  if (options.steps == 1) {
    auto all = acc::loadTensors(options.expect, "output", specs);
    if (!all) {
      return acc::makeInputError("--expect: " + toString(all.takeError()));
    }
    for (auto [i, tensor] : enumerate(*all)) {
      references[0].emplace(i, std::move(tensor));
    }
    return references;
  }
  bool any = false;
  auto load = [&](StringRef folder, size_t step) -> Error {
    if (!sys::fs::is_directory(folder)) {
      return Error::success();
    }
    auto some = acc::loadSomeTensors(folder, "output", specs);
    if (!some) {
      return acc::makeInputError("--expect: " + toString(some.takeError()));
    }
    any |= !some->empty();
    references[step].merge(*some);
    return Error::success();
  };
  for (size_t step = 0; step < options.steps; ++step) {
    if (Error error = load(xpu::stepDirectory(options.expect, step), step)) {
      return std::move(error);
    }
  }
  if (Error error = load(options.expect, options.steps - 1)) {
    return std::move(error);
  }
  if (!any) {
    return acc::makeInputError(
        "--expect=" + options.expect +
        ": has no output; expects output_N.pb or NAME.npy of the last step in "
        "it, or of step N in its folder step_N");
  }
  return references;
}

/// An error for the first output that differs. Appends to `checks`.
static Error compareOutputs(const Options &options, StringRef with,
                            ArrayRef<acc::HostTensor> actual,
                            const std::map<size_t, acc::HostTensor> &expected,
                            std::vector<acc::report::OutputCheck> &checks) {
  Error first = Error::success();
  for (const auto &[number, reference] : expected) {
    const acc::HostTensor &tensor = actual[number];
    acc::report::OutputCheck check;
    check.name = tensor.name;
    check.dtype = acc::getName(reference.dtype);
    check.elements = acc::countElements(tensor.shape).value_or(0);
    check.reference = with;
    std::tie(check.relative, check.absolute) =
        getTolerance(options, check.dtype);
    check.result =
        acc::compare(tensor, reference, check.relative, check.absolute);
    if (check.result.equal) {
      outs() << format("output '%s': largest error %.3g against ",
                       tensor.name.c_str(), check.result.maxAbsoluteError)
             << with
             << format(", tolerance %g relative + %g absolute\n",
                       check.relative, check.absolute);
    } else if (!first) {
      first = acc::makeInputError("output '" + tensor.name + "' differs from " +
                                  with + ": " + check.result.message);
    }
    checks.push_back(std::move(check));
  }
  return first;
}

Error checkOutputs(const Options &options, const xpu::Compilation &compiled,
                   ArrayRef<xpu::Step> steps, const References &expected,
                   std::vector<acc::HostTensor> inputs,
                   const xpu::StepPlan &plan,
                   std::vector<acc::report::OutputCheck> &checks) {
  for (auto [number, step] : enumerate(steps)) {
    std::string suffix =
        steps.size() == 1 ? "" : " at step " + std::to_string(number);
    if (Error error = compareOutputs(options, "the reference" + suffix,
                                     step.outputs, expected[number], checks)) {
      return error;
    }
    if (!options.checkHost) {
      continue;
    }
    // The host goes on from what the machine fed back: each step by itself.
    if (number != 0) {
      for (auto [output, input] : xpu::findFeeds(compiled.object)) {
        inputs[input] = steps[number - 1].outputs[output];
      }
      for (const auto &[input, tensor] : plan.given[number - 1]) {
        inputs[input] = tensor;
      }
    }
    auto host = acc::runOnHost(*compiled.graph, inputs);
    if (!host) {
      return host.takeError();
    }
    std::map<size_t, acc::HostTensor> references;
    for (auto [i, tensor] : enumerate(*host)) {
      references.emplace(i, std::move(tensor));
    }
    if (Error error = compareOutputs(options, "the host" + suffix, step.outputs,
                                     references, checks)) {
      return error;
    }
  }
  return Error::success();
}

} // namespace acccc
