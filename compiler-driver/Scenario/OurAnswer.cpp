//===- OurAnswer.cpp - The question on our machine ------------------------===//

#include "compiler-driver/Report/Layers.h"
#include "compiler-driver/Scenario/Answers.h"
#include "compiler-driver/Scenario/Placement.h"
#include "compiler-driver/Scenario/PlacementRuns.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

static MachinePricer::Ends contextsOf(const Scenario &scenario) {
  bool isServe = scenario.kind == Scenario::Kind::Serve;
  RequestSpan span = scenario.span();
  return {span.leastInput, isServe ? span.mostTokens : span.mostInput};
}

/// Of the pieces of a prompt.
static MachinePricer::Ends pastsOf(const Scenario &scenario) {
  if (!scenario.requests.empty()) {
    return {0, scenario.span().mostInput};
  }
  int64_t first = scenario.cachedTokens();
  return {first, std::max(first, scenario.input - scenario.chunk)};
}

static ExactStepOptions optionsOf(const Question &question) {
  ExactStepOptions options;
  options.precision = question.precision;
  options.isSingleStep = question.scenario.kind != Scenario::Kind::Serve;
  return options;
}

/// The model on one placement, with its draft if it has one.
static Expected<std::unique_ptr<MachinePricer>>
makePricer(const Question &question, const Layout &layout) {
  const Machine &machine = question.machine;
  ExactStepOptions options = optionsOf(question);
  auto create = [&](std::unique_ptr<StepSource> source) {
    return MachinePricer::create(std::move(source), machine, layout,
                                 question.energy, contextsOf(question.scenario),
                                 pastsOf(question.scenario));
  };
  if (question.network) {
    return create(
        makeNetworkSteps(*question.network, machine, layout, options));
  }
  auto pricer =
      create(makeDecoderSteps(question.model, machine, layout, options));
  if (pricer && question.scenario.draft > 0) {
    auto draft = create(
        makeDecoderSteps(question.model.draft(), machine, layout, options));
    if (!draft) {
      return draft.takeError();
    }
    (*pricer)->setDraft(std::move(*draft));
  }
  return pricer;
}

Expected<Answer> scenario::answerOurs(const Question &question,
                                      const Site &site, AnswerSheet &sheet) {
  const Scenario &scenario = question.scenario;
  std::vector<Layout> layouts = findLayouts(question);
  if (layouts.empty()) {
    return failToFit(question);
  }
  std::vector<std::unique_ptr<MachinePricer>> pricers;
  std::vector<StepPricer *> pointers;
  std::vector<LayerJob> jobs;
  bool isServe = scenario.kind == Scenario::Kind::Serve;
  for (const Layout &layout : layouts) {
    auto pricer = makePricer(question, layout);
    if (!pricer) {
      return pricer.takeError();
    }
    std::vector<StepWork> works;
    auto add = [&](int64_t concurrency) {
      if (concurrency <= (*pricer)->mostSequences(heldTokens(scenario))) {
        append_range(works, typicalSteps(scenario, concurrency));
      }
    };
    add(scenario.batch);
    if (isServe && !scenario.isOpen()) {
      for_each(kSweep, add);
    }
    append_range(jobs, (*pricer)->jobsFor(works));
    sheet.isOnChip =
        any_of(jobs, [](const LayerJob &job) { return bool(job.buildOnChip); });
    pointers.push_back(pricer->get());
    pricers.push_back(std::move(*pricer));
  }
  // What cannot be run is found again, and said, when it is asked for.
  consumeError(runLayers(std::move(jobs), question.machine, optionsOf(question))
                   .takeError());
  Answer answer;
  answer.id = question.machine.name();
  answer.title = question.machine.description();
  answer.isOurs = true;
  answer.domain = question.machine.rack ? question.machine.rack->chips() : 1;
  answer.chipsPerRack = question.machine.rack ? answer.domain : 0;
  answer.format = question.precision;
  answer.bandMeaning =
      sheet.isOnChip
          ? "exact runs of layers on a whole chip; exchanges between chips on "
            "the fabric model, without overlap"
          : "exact runs of layers on one slice; exchanges between chips on the "
            "fabric model, on a chip by closed form, without overlap";
  if (Error error = runPlacements(question, pointers, answer)) {
    return std::move(error);
  }
  for (auto &pricer : pricers) {
    sheet.exactSteps += pricer->nodeCount();
  }
  auto chosen = find_if(pricers, [&](auto &pricer) {
    return pricer->placement() == answer.best.placement;
  });
  for (const StepWork &work : typicalSteps(scenario, scenario.batch)) {
    auto &layers = work.sequences > 0 ? sheet.decodeLayers : sheet.promptLayers;
    if (layers.empty()) {
      auto priced = (*chosen)->layersOf(work);
      if (!priced) {
        return priced.takeError();
      }
      layers = std::move(*priced);
    }
  }
  report::Peaks peaks = report::peaksOf(question.machine.slice);
  double slices = double(question.machine.slicesPerChip()) *
                  double(answer.best.chips) * question.machine.slice.clockHz;
  sheet.peakProducts = peaks.macsPerCycle * slices;
  sheet.peakBytes = peaks.hbmBytesPerCycle * slices;
  auto economics = economicsOf(question.machine, packageWatts(answer), site);
  if (!economics) {
    return economics.takeError();
  }
  answer.economics = std::move(*economics);
  return std::move(answer);
}
