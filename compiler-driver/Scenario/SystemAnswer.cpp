//===- SystemAnswer.cpp - The question on another system ------------------===//

#include "compiler-driver/Baselines/Cost.h"
#include "compiler-driver/Scenario/Answers.h"
#include "compiler-driver/Scenario/NetworkPricer.h"
#include "compiler-driver/Scenario/Placement.h"
#include "compiler-driver/Scenario/PlacementRuns.h"
#include "compiler-driver/Scenario/Stages.h"
#include "compiler-driver/Scenario/Train.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using systems::Format;

static std::vector<Layout> listLayouts(const Question &question, Format weights,
                                       int64_t domain) {
  if (!question.network) {
    return layoutsOf(question.model, weights, domain);
  }
  std::vector<Layout> layouts;
  for (int64_t chips = 1; chips <= domain; chips *= 2) {
    layouts.push_back({chips, 1, weights});
  }
  return layouts;
}

static std::unique_ptr<StepPricer>
makePricer(const Question &question, const systems::KernelModel &kernels,
           const systems::System &system, const Layout &layout) {
  if (question.network) {
    return std::make_unique<NetworkPricer>(kernels, system, *question.network,
                                           layout);
  }
  return std::make_unique<SystemPricer>(kernels, system, question.model,
                                        layout);
}

/// Rows go to the next stage as a message of the system's library.
static std::unique_ptr<StepPricer>
makeStaged(const Question &question, const systems::KernelModel &kernels,
           const systems::System &system, const Layout &layout,
           StepPricer &group) {
  systems::Device device = systems::makeDevice(system);
  systems::Parameters parameters = kernels.parametersOf(system).values;
  double rowBytes = 2 * question.model.hidden;
  auto hop = [device, parameters, rowBytes](double tokens) {
    systems::Collective message;
    message.kind = systems::CollectiveKind::SendReceive;
    message.bytes = systems::Bytes(std::max(4.0, rowBytes * tokens));
    systems::Kernel kernel;
    kernel.work = message;
    return systems::costAtFullClock(kernel, device, parameters).time;
  };
  return std::make_unique<StagedPricer>(
      group,
      StagedPricer::Division{layout.stages, layout.copies,
                             slowestStage(question.model, layout.stages)},
      hop);
}

Expected<std::optional<Answer>>
scenario::answerOf(const report::SystemRequest &request,
                   const Question &question,
                   const systems::KernelModel &kernels, const Site &site,
                   std::vector<std::string> &absent) {
  auto system = systems::loadSystem(request.name);
  if (!system) {
    return system.takeError();
  }
  systems::Device device = systems::makeDevice(*system);
  Format weights = servedFormat(weightFormat(question.precision), device);
  auto domain = int64_t(device.scaleUpDevices);
  std::vector<std::unique_ptr<StepPricer>> pricers, groups;
  std::vector<StepPricer *> pointers;
  for (Layout layout : listLayouts(question, weights, domain)) {
    if (!question.network) {
      layout.stages = question.placement.stages.value_or(1);
      layout.copies = question.placement.copies.value_or(1);
    }
    if (layout.allChips() > domain ||
        (request.devices && layout.allChips() != int64_t(*request.devices))) {
      continue;
    }
    // As on ours, further devices serve as further instances.
    if (question.network && !request.devices && !pricers.empty()) {
      break;
    }
    auto pricer = makePricer(question, kernels, *system, layout);
    if (layout.isStaged()) {
      groups.push_back(std::move(pricer));
      pricer = makeStaged(question, kernels, *system, layout, *groups.back());
    }
    if (pricer->mostSequences(heldTokens(question.scenario)) >=
        question.scenario.batch) {
      pointers.push_back(pricer.get());
      pricers.push_back(std::move(pricer));
    }
  }
  if (pointers.empty() && !request.devices) {
    absent.push_back(("not compared: " + request.name +
                      ", whose memory does not hold the model and the caches "
                      "on the " +
                      Twine(domain) + " devices that it joins, in " +
                      systems::formatName(weights))
                         .str());
    return std::nullopt;
  }
  if (pointers.empty()) {
    return makeInputError("--compare=" + request.name + ": " + question.input +
                          " in this scenario does not fit " +
                          Twine(*request.devices) + " devices in " +
                          systems::formatName(weights) +
                          "; expects another number of devices");
  }
  Answer answer;
  answer.id = system->name();
  answer.title = system->title();
  answer.domain = device.scaleUpDevices;
  answer.chipsPerRack = system->rackDevices().valueOr(0);
  answer.format = systems::formatName(weights).str();
  systems::ErrorBand band =
      kernels.errorOf(question.network ? errorClassOf(*question.network)
                                       : systems::ErrorClass::Decode,
                      *system);
  answer.timeBand = {band.low, band.high};
  answer.bandMeaning = band.meaning;
  auto tooMany = runPlacements(question, pointers, answer);
  if (!tooMany) {
    return tooMany.takeError();
  }
  if (*tooMany) {
    absent.push_back("not compared: " + request.name + ": " + **tooMany);
    return std::nullopt;
  }
  answer.economics = economicsOf(*system, packageWatts(answer), site);
  return std::optional(std::move(answer));
}

Expected<std::optional<Answer>>
scenario::trainOn(const report::SystemRequest &request,
                  const Question &question, const systems::KernelModel &kernels,
                  const Site &site, std::vector<std::string> &absent) {
  auto system = systems::loadSystem(request.name);
  if (!system) {
    return system.takeError();
  }
  systems::Device device = systems::makeDevice(*system);
  Format format = servedFormat(weightFormat(question.precision), device);
  Scenario scenario = question.scenario;
  if (request.devices) {
    scenario.chips = int64_t(*request.devices);
  }
  std::optional<Training> training =
      train(kernels, *system, question.model, scenario, format);
  if (!training) {
    absent.push_back(formatv("not compared: {0}, on which no placement of {1} "
                             "holds the job",
                             request.name,
                             scenario.chips
                                 ? formatv("{0} devices", *scenario.chips).str()
                                 : "its devices")
                         .str());
    return std::nullopt;
  }
  Answer answer;
  answer.id = system->name();
  answer.title = system->title();
  answer.domain = device.scaleUpDevices;
  answer.chipsPerRack = system->rackDevices().valueOr(0);
  answer.format = systems::formatName(format).str();
  systems::ErrorBand band =
      kernels.errorOf(systems::ErrorClass::Prefill, *system);
  answer.timeBand = {band.low, band.high};
  answer.bandMeaning = band.meaning + "; no measurement of training is known "
                                      "to the model";
  answer.choice = "the least time of a step among placements that fit";
  answer.best = std::move(training->step);
  answer.utilisation = training->utilisation;
  answer.economics = economicsOf(*system, packageWatts(answer), site);
  return std::optional(std::move(answer));
}
