//===- SystemPricer.cpp - Steps on off-the-shelf systems ------------------===//

#include "compiler-driver/Scenario/SystemPricer.h"

#include <algorithm>
#include <array>
#include <cmath>

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using systems::Device;
using systems::Format;

/// Work of a host for every sequence was fitted on a framework that does it
/// between steps; those that serve at scale do it beside the next step (see
/// docs/decisions/0027-serving-overheads.md).
static systems::Parameters
withoutHostPerSequence(systems::Parameters parameters) {
  parameters.set(systems::Parameter::ServeToken, 0);
  return parameters;
}

FrameworkPricer::FrameworkPricer(const systems::KernelModel &kernels,
                                 const systems::System &system,
                                 systems::ErrorClass errors,
                                 const Layout &layout)
    : device(makeDevice(system)),
      parameters(withoutHostPerSequence(kernels.parametersOf(system).values)),
      layout(layout) {
  systems::ErrorBand time = kernels.errorOf(errors, system);
  band = {time.low, time.high};
  systems::ErrorBand energy =
      kernels.errorOf(systems::ErrorClass::Energy, system);
  energyLow = energy.low;
  energyHigh = energy.high;
}

PricedStep FrameworkPricer::finish(const systems::StepKernels &kernels) const {
  systems::Serving whole; // Of one step, whatever it gives.
  whole.devices = double(layout.chips());
  systems::StepCost cost = finishStep(whole, kernels, device, parameters);
  Joules joules = energyPerToken(whole, cost, device, parameters);
  PricedStep step;
  step.time = cost.time();
  step.bound = cost.decode.bound;
  // What is drawn only while a kernel runs does not flow between them.
  Joules standing = device.power * parameters[systems::Parameter::PowerIdle] *
                    step.time * double(layout.chips());
  standing = std::min(standing, joules);
  step.standing = {standing, standing * energyLow, standing * energyHigh};
  step.joules = {joules, joules * energyLow, joules * energyHigh};
  step.secondsByPart["kernels"] = kernels.cost.time;
  step.secondsByPart["clocks lowered by power"] =
      cost.decode.time - kernels.cost.time;
  step.secondsByPart["waiting for the host"] = cost.host;
  step.joulesByPart["packages"] = step.joules;
  return step;
}

SystemPricer::SystemPricer(const systems::KernelModel &kernels,
                           const systems::System &system,
                           const systems::ModelShape &model,
                           const Layout &layout)
    : FrameworkPricer(kernels, system, systems::ErrorClass::Decode, layout) {
  serving.model = model;
  serving.devices = double(layout.chips());
  serving.tensorParallel = double(layout.tensor);
  serving.expertParallel = double(layout.expert);
  serving.weights = layout.weights;
  serving.cache = layout.cache;
  // Experts that were published in a format which the system multiplies.
  if (model.expertFormat && systems::bytesPerElement(layout.weights) <
                                systems::bytesPerElement(*model.expertFormat)) {
    serving.model.expertFormat = layout.weights;
  }
}

int64_t SystemPricer::mostSequences(int64_t tokens) const {
  return countSequences(serving.model, layout, double(tokens),
                        device.memoryCapacity.value());
}

std::string SystemPricer::placement() const {
  std::string text = "tp=" + std::to_string(layout.tensor);
  if (serving.model.expertLayers > 0) {
    text += ", ep=" + std::to_string(layout.expert);
  }
  return text + ", " + systems::formatName(layout.weights).str();
}

/// The loop asks for many steps that hardly differ: contexts are taken in
/// steps of 1/64 of their power of two.
static int64_t roundContext(int64_t tokens) {
  int64_t grain = 1;
  while (grain * 128 <= tokens) {
    grain *= 2;
  }
  return (tokens + grain / 2) / grain * grain;
}

systems::StepKernels SystemPricer::draftKernels(const StepWork &work) const {
  systems::Serving draft = serving;
  draft.model = serving.model.draft();
  systems::StepTokens tokens;
  tokens.sequences = double(work.sequences);
  tokens.context = double(roundContext(work.context));
  systems::StepKernels kernels =
      servingKernels(draft, tokens, device, parameters);
  kernels.cost = repeated(kernels.cost, double(work.drafted));
  kernels.kernels *= double(work.drafted);
  return kernels;
}

Expected<PricedStep> SystemPricer::price(const StepWork &work) {
  std::array<int64_t, 6> key{work.sequences,  roundContext(work.context),
                             work.prompts,    work.promptTokens,
                             work.promptPast, work.drafted};
  auto it = known.find(key);
  if (it != known.end()) {
    return it->second;
  }
  systems::StepTokens tokens;
  tokens.sequences = double(key[0]);
  tokens.perSequence = double(1 + work.drafted);
  tokens.context = double(key[1]);
  tokens.prompts = double(std::max<int64_t>(1, key[2]));
  tokens.promptTokens = double(key[2] * key[3]);
  tokens.promptLength = double(key[3] + key[4]);
  systems::StepKernels kernels =
      servingKernels(serving, tokens, device, parameters);
  if (work.drafted > 0 && work.sequences > 0) {
    systems::StepKernels draft = draftKernels(work);
    kernels.cost += draft.cost;
    kernels.kernels += draft.kernels;
  }
  PricedStep step = finish(kernels);
  known.emplace(key, step);
  return step;
}

Format scenario::servedFormat(Format asked, const Device &device) {
  static constexpr Format byWidth[] = {Format::Mxfp4, Format::Nvfp4,
                                       Format::Fp8, Format::Bf16};
  double least = systems::bytesPerElement(asked);
  for (Format format : byWidth) {
    if (systems::bytesPerElement(format) + 0.05 >= least &&
        device.matrixRate(format).bits == (format == Format::Bf16  ? 16
                                           : format == Format::Fp8 ? 8
                                                                   : 4)) {
      return format;
    }
  }
  return Format::Bf16;
}

std::vector<Layout> scenario::layoutsOf(const systems::ModelShape &model,
                                        Format weights, int64_t domain) {
  std::vector<Layout> layouts;
  for (int64_t chips = 1; chips <= domain && chips <= 64; chips *= 2) {
    if (double(chips) > model.queryHeads) {
      break;
    }
    layouts.push_back({chips, 1, weights});
    if (model.expertLayers > 0 && chips > 1) {
      layouts.push_back({chips, chips, weights});
    }
  }
  return layouts;
}
