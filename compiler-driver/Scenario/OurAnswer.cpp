//===- OurAnswer.cpp - The question on our machine ------------------------===//

#include "compiler-driver/Data/DataFile.h"
#include "compiler-driver/Report/Layers.h"
#include "compiler-driver/Scenario/Answers.h"
#include "compiler-driver/Scenario/Placement.h"
#include "compiler-driver/Scenario/PlacementRuns.h"
#include "compiler-driver/Scenario/Stages.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using systems::Bytes;

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

/// Steps of generation of which programs are run: as many sequences as the
/// question has, with the shortest and the longest context; and along the
/// sweep, of which every second number is enough, with the one in the middle.
static std::vector<StepWork> anchorsOf(const Scenario &scenario,
                                       const StepPricer &pricer) {
  MachinePricer::Ends ends = contextsOf(scenario);
  std::vector<StepWork> works;
  auto add = [&](int64_t concurrency, int64_t context) {
    if (concurrency <= pricer.mostSequences(heldTokens(scenario))) {
      works.push_back({concurrency, context, 0, 0, 0, scenario.draft});
    }
  };
  add(scenario.batch, std::max<int64_t>(1, ends.low));
  add(scenario.batch, ends.high);
  for (size_t i = 0; i < std::size(kSweep); i += 2) {
    if (kSweep[i] != scenario.batch) {
      add(kSweep[i], (ends.low + ends.high + 1) / 2);
    }
  }
  return works;
}

/// What steps of generation of the placement rest on, in words.
static std::string describeBasis(MachinePricer::Basis basis) {
  switch (basis) {
  case MachinePricer::Basis::Shares:
    return "exact runs of layers on one slice; exchanges between chips on the "
           "fabric model, on a chip by closed form, without overlap";
  case MachinePricer::Basis::Between:
    return "steps of generation between exact runs of layers on a whole chip, "
           "prompts from exact runs of layers on one slice; exchanges between "
           "chips on the fabric model, without overlap";
  case MachinePricer::Basis::Program:
    return "exact runs of layers on a whole chip; exchanges between chips on "
           "the fabric model, without overlap";
  }
  return "";
}

/// What was measured of such steps; nothing if nothing was.
static Expected<std::optional<Answer::StepError>>
loadError(MachinePricer::Basis basis) {
  auto file = data::loadDataFile("scenario", "errors", "errors of scenarios");
  if (!file) {
    return file.takeError();
  }
  StringRef key = basis == MachinePricer::Basis::Program   ? "program"
                  : basis == MachinePricer::Basis::Between ? "between"
                                                           : "shares";
  if (!file->find(key)) {
    return std::nullopt;
  }
  auto figure = file->get(key, "%");
  if (!figure) {
    return figure.takeError();
  }
  return Answer::StepError{(*figure)->range.value, (*figure)->range.high,
                           (*figure)->source};
}

namespace {
/// A placement: what prices a group of chips, and the whole instance.
struct Candidate {
  std::unique_ptr<MachinePricer> group;
  std::unique_ptr<StagedPricer> staged;

  StepPricer &whole() const {
    return staged ? static_cast<StepPricer &>(*staged) : *group;
  }
  /// What a group does of such steps.
  std::vector<StepWork> groupSteps(std::vector<StepWork> works) const {
    if (staged) {
      for (StepWork &work : works) {
        work = staged->passOf(work);
      }
    }
    return works;
  }
};
} // namespace

static Expected<Candidate> makeCandidate(const Question &question,
                                         const Layout &layout) {
  auto group = makePricer(question, layout);
  if (!group) {
    return group.takeError();
  }
  Candidate candidate{std::move(*group), nullptr};
  if (layout.isStaged()) {
    // Every chip of a group sends all rows to one of the next.
    double rowBytes = 2 * question.model.hidden;
    auto hop = [&question, layout, rowBytes](double tokens) {
      return timeToSend(Bytes(rowBytes * tokens), layout.allChips(),
                        question.machine);
    };
    candidate.staged = std::make_unique<StagedPricer>(
        *candidate.group,
        StagedPricer::Division{layout.stages, layout.copies,
                               slowestStage(question.model, layout.stages)},
        hop);
  }
  return candidate;
}

/// What so many chips do at most, in the formats of the layers.
static void addRoofs(const Machine &machine, int64_t chips,
                     AnswerSheet &sheet) {
  report::Peaks peaks = report::peaksOf(machine.slice);
  double slices =
      double(machine.slicesPerChip()) * double(chips) * machine.slice.clockHz;
  sheet.peakProducts = peaks.macsPerCycle * slices;
  sheet.peakBytes = peaks.hbmBytesPerCycle * slices;
  for (unsigned i = 0; i < report::numMacKinds; ++i) {
    auto has = [&](const PricedLayer &layer) { return layer.hasProducts[i]; };
    if (any_of(sheet.decodeLayers, has) || any_of(sheet.promptLayers, has)) {
      auto kind = report::MacKind(i);
      sheet.roofs.push_back({report::getName(kind).str(),
                             sheet.peakProducts * report::macsPerCycle(kind)});
    }
  }
}

/// What is wrong with --parallel whatever has room.
static Error checkPlacement(const Question &question) {
  const Placement &asked = question.placement;
  const Machine &machine = question.machine;
  int64_t stages = asked.stages.value_or(1);
  int64_t copies = asked.copies.value_or(1);
  if (question.network && (stages > 1 || copies > 1)) {
    return makeUnsupportedError(
        "--parallel: stages and copies (pp, dp) of a network of images or "
        "sound; expects tp alone");
  }
  if (!question.network && double(stages) > question.model.layers) {
    return makeInputError("--parallel: pp=" + std::to_string(stages) + ": " +
                          question.input + " has " +
                          std::to_string(int64_t(question.model.layers)) +
                          " layers; expects a stage for each of them at most");
  }
  bool hasExperts = !question.network && question.model.expertLayers > 0;
  if (!hasExperts && asked.expert.value_or(1) > 1) {
    return makeInputError("--parallel: ep=" + std::to_string(*asked.expert) +
                          ": " + question.input +
                          " has no experts; expects tp, pp and dp alone");
  }
  double group = double(std::max(asked.tensor.value_or(1),
                                 hasExperts ? asked.expert.value_or(1) : 1));
  double chips = group * double(stages) * double(copies);
  if (chips > double(machine.chips())) {
    return makeInputError(formatv("--parallel: {0:F0} chips share an instance, "
                                  "and {1} has {2}; expects so many at most",
                                  chips, machine.name(), machine.chips()));
  }
  return Error::success();
}

Expected<Answer> scenario::answerOurs(const Question &question,
                                      const Site &site, AnswerSheet &sheet) {
  const Scenario &scenario = question.scenario;
  if (Error error = checkPlacement(question)) {
    return std::move(error);
  }
  std::vector<Layout> layouts = findLayouts(question);
  if (layouts.empty()) {
    return failToFit(question);
  }
  std::vector<Candidate> candidates;
  std::vector<StepPricer *> pointers;
  std::vector<LayerJob> jobs;
  bool isServe = scenario.kind == Scenario::Kind::Serve;
  for (const Layout &layout : layouts) {
    auto candidate = makeCandidate(question, layout);
    if (!candidate) {
      return candidate.takeError();
    }
    StepPricer &pricer = candidate->whole();
    std::vector<StepWork> works;
    auto add = [&](int64_t concurrency) {
      if (concurrency <= pricer.mostSequences(heldTokens(scenario))) {
        append_range(works, typicalSteps(scenario, concurrency));
      }
    };
    add(scenario.batch);
    if (isServe && !scenario.isOpen()) {
      for_each(kSweep, add);
    }
    append_range(jobs, candidate->group->jobsFor(candidate->groupSteps(works)));
    if (isServe) {
      append_range(jobs, candidate->group->programJobs(candidate->groupSteps(
                             anchorsOf(scenario, pricer))));
    }
    pointers.push_back(&pricer);
    candidates.push_back(std::move(*candidate));
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
  for (Candidate &candidate : candidates) {
    std::vector<std::string> reasons;
    StepPricer &pricer = candidate.whole();
    if (isServe) {
      if (Error error = candidate.group->runPrograms(
              candidate.groupSteps(anchorsOf(scenario, pricer)), reasons)) {
        return std::move(error);
      }
    }
    for (const std::string &reason : reasons) {
      answer.skipped.push_back(pricer.placement() + ": " + reason);
    }
  }
  auto tooMany = runPlacements(question, pointers, answer);
  if (!tooMany) {
    return tooMany.takeError();
  }
  if (*tooMany) {
    return makeInputError("--workload=" + scenario.text + ": " + **tooMany +
                          "; expects a lower rate, more at a time, or more "
                          "chips");
  }
  for (Candidate &candidate : candidates) {
    sheet.exactSteps += candidate.group->nodeCount();
  }
  auto chosen = find_if(candidates, [&](Candidate &candidate) {
    return candidate.whole().placement() == answer.best.placement;
  });
  sheet.basis = chosen->group->basis();
  auto error = loadError(sheet.basis);
  if (!error) {
    return error.takeError();
  }
  const std::optional<Answer::StepError> &measured = *error;
  answer.bandMeaning =
      describeBasis(sheet.basis) +
      (measured ? formatv("; off by {0:F2} % on average and "
                          "{1:F2} % at most: {2}",
                          measured->mean, measured->worst, measured->source)
                      .str()
                : "; not yet measured against exact runs");
  if (measured) {
    answer.timeBand = {1 - measured->worst / 100, 1 + measured->worst / 100};
  }
  answer.stepError = std::move(*error);
  for (const StepWork &work :
       chosen->groupSteps(typicalSteps(scenario, scenario.batch))) {
    auto &layers = work.sequences > 0 ? sheet.decodeLayers : sheet.promptLayers;
    if (layers.empty()) {
      auto priced = chosen->group->layersOf(work);
      if (!priced) {
        return priced.takeError();
      }
      layers = std::move(*priced);
    }
  }
  addRoofs(question.machine, chosen->group->chips(), sheet);
  auto economics = economicsOf(question.machine, packageWatts(answer), site);
  if (!economics) {
    return economics.takeError();
  }
  answer.economics = std::move(*economics);
  return std::move(answer);
}
