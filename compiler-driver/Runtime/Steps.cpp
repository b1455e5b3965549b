//===- Steps.cpp - One program again and again ----------------------------===//

#include "compiler-driver/Runtime/Steps.h"

#include "compiler-driver/Tensor/Errors.h"
#include "compiler-driver/Tensor/TensorIO.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace xpu {

std::map<size_t, size_t> findFeeds(const Object &object) {
  std::map<size_t, size_t> feeds;
  for (auto [o, output] : enumerate(object.outputs)) {
    for (auto [i, input] : enumerate(object.inputs)) {
      if (input.isFed && output.address == input.address) {
        feeds[o] = i;
      }
    }
  }
  return feeds;
}

std::string stepDirectory(StringRef directory, size_t step) {
  SmallString<128> path(directory);
  sys::path::append(path, "step_" + Twine(step));
  return path.str().str();
}

Expected<StepPlan> planSteps(const Object &object,
                             ArrayRef<acc::BoundaryTensor> inputs,
                             StringRef directory, size_t count) {
  StepPlan plan;
  plan.given.resize(count - 1);
  if (count > 1 && findFeeds(object).empty()) {
    return acc::makeInputError(
        "--steps=" + Twine(count) +
        ": nothing is fed back, so all steps would be the same; expects "
        "--feed=OUTPUT:INPUT when the model is compiled");
  }
  if (directory.empty()) {
    return plan;
  }
  if (sys::fs::is_directory(stepDirectory(directory, count))) {
    return acc::makeInputError(
        stepDirectory(directory, count) + ": has inputs of step " +
        Twine(count) + ", but the steps are 0 to " + Twine(count - 1) +
        "; expects --steps=" + Twine(count + 1) + " or more");
  }
  std::vector<acc::TensorSpec> specs;
  for (const acc::BoundaryTensor &spec : inputs) {
    specs.push_back({spec.name});
  }
  for (size_t step = 1; step < count; ++step) {
    std::string folder = stepDirectory(directory, step);
    if (!sys::fs::is_directory(folder)) {
      continue;
    }
    auto tensors = acc::loadSomeTensors(folder, "input", specs);
    if (!tensors) {
      return tensors.takeError();
    }
    for (auto &[number, tensor] : *tensors) {
      // Refused here rather than in the middle of a run.
      if (Error error = acc::toMachine(tensor, inputs[number]).takeError()) {
        return acc::makeInputError(folder + ": " + toString(std::move(error)));
      }
    }
    plan.given[step - 1] = std::move(*tensors);
  }
  return plan;
}

/// An error for an integer that is fed back and beyond what the program was
/// made for.
static Error checkFedIntegers(const Object &object, ArrayRef<uint8_t> hbm,
                              size_t step) {
  for (const ObjectTensor &input : object.inputs) {
    std::optional<acc::DType> type = acc::parseDType(input.type);
    if (!input.isFed || !type || !acc::isInteger(*type) ||
        acc::getByteSize(*type) < 4 ||
        input.machineType != acc::getName(acc::DType::I32)) {
      continue;
    }
    for (uint64_t at = input.address; at < input.address + input.bytes;
         at += 4) {
      // Memory beyond the image is zero.
      int32_t value =
          at + 4 <= hbm.size() ? support::endian::read32le(hbm.data() + at) : 0;
      if (value < -acc::kFedIntegerLimit || value >= acc::kFedIntegerLimit) {
        return acc::makeInputError("input '" + input.name + "' of step " +
                                   Twine(step) + " contains " + Twine(value) +
                                   "; what is fed back has to stay below " +
                                   Twine(acc::kFedIntegerLimit));
      }
    }
  }
  return Error::success();
}

Expected<acc::ChipOutput> runSteps(Model model, const Object &object,
                                   const acc::Boundary &boundary,
                                   acc::ChipInput input, const StepPlan &plan,
                                   const SimulateOptions &options,
                                   std::vector<Step> &steps) {
  acc::ChipOutput total;
  std::vector<std::vector<uint8_t>> images;
  for (size_t step = 0; step < plan.count(); ++step) {
    SimulateOptions stepOptions = options;
    if (step != 0) {
      for (const auto &[number, tensor] : plan.given[step - 1]) {
        auto machine = acc::toMachine(tensor, boundary.inputs[number]);
        if (!machine) {
          return machine.takeError();
        }
        for (auto [slice, run] : enumerate(total.slices)) {
          writeInput(object, number, *machine, uint32_t(slice), run.hbm);
          if (options.flips) {
            const ObjectTensor &input = object.inputs[number];
            options.flips->write(uint32_t(slice), input.address, input.bytes);
          }
        }
      }
      images = readImages(total);
      input.hbm.assign(images.begin(), images.end());
      if (!options.waves.empty()) {
        SmallString<128> name(options.waves);
        sys::path::replace_extension(name,
                                     "step_" + std::to_string(step) + ".fst");
        stepOptions.waves = name.str().str();
      }
    }
    if (Error error = checkFedIntegers(object, input.hbm.front(), step)) {
      return std::move(error);
    }
    auto output = runLaunches(model, object, input, stepOptions);
    if (!output) {
      return output.takeError();
    }
    if (options.flips && !hasFault(*output)) {
      if (Error error = checkOutputWords(object, *options.flips)) {
        return std::move(error);
      }
    }
    steps.push_back(
        {countCycles(*output), readOutputs(object, boundary, *output)});
    if (step == 0) {
      total = std::move(*output);
    } else {
      appendRun(total, std::move(*output));
    }
    if (hasFault(total)) {
      break;
    }
  }
  return total;
}

std::vector<NumberByStep> findNumbers(const Object &object,
                                      ArrayRef<Step> steps) {
  std::vector<NumberByStep> numbers;
  if (steps.size() < 2) {
    return numbers;
  }
  for (auto [i, output] : enumerate(object.outputs)) {
    const acc::HostTensor &first = steps[0].outputs[i];
    if (!acc::isInteger(first.dtype) || first.getNumElements() != 1) {
      continue;
    }
    NumberByStep number{output.name, {}};
    for (const Step &step : steps) {
      number.values.push_back(step.outputs[i].getInteger(0));
    }
    numbers.push_back(std::move(number));
  }
  return numbers;
}

Error saveSteps(StringRef directory, const Object &object,
                ArrayRef<Step> steps) {
  if (Error error =
          acc::saveTensors(directory, "output", steps.back().outputs)) {
    return error;
  }
  std::map<size_t, size_t> feeds = findFeeds(object);
  for (size_t step = 0; steps.size() > 1 && step < steps.size(); ++step) {
    auto isState = [&](size_t output) {
      return feeds.count(output) && object.outputs[output].bytes > 4096;
    };
    if (Error error = acc::saveTensors(stepDirectory(directory, step), "output",
                                       steps[step].outputs, isState)) {
      return error;
    }
  }
  return Error::success();
}

} // namespace xpu
