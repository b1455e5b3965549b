//===- Question.cpp - A model, a scenario, and machines -------------------===//

#include "compiler-driver/Scenario/Question.h"

#include "compiler-driver/Report/Layers.h"
#include "compiler-driver/Scenario/NetworkPricer.h"
#include "compiler-driver/Scenario/Train.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"

#include <chrono>

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using systems::Format;

/// Requests at a time of the frontier's points, as public sweeps have them.
static constexpr int64_t kSweep[] = {1, 4, 16, 64};

Range Answer::tokensPerChip() const {
  double rate = best.outputRatePerChip();
  return {rate, rate / timeBand.second, rate / timeBand.first};
}

std::optional<Answer::WholeJob>
Answer::wholeJob(const Scenario &scenario) const {
  if (!utilisation || scenario.trainingTokens <= 0) {
    return std::nullopt;
  }
  double chips = double(best.chips);
  double tokens = scenario.trainingTokens / 3600;
  Range hours = Range{tokens, tokens, tokens} / (tokensPerChip() * chips);
  WholeJob job;
  job.days = hours.value / 24;
  job.wattHours = economics.facility * hours * chips;
  if (economics.dollarsPerHour) {
    job.dollars = *economics.dollarsPerHour * hours * chips;
  }
  return job;
}

/// Of weights in memory, by the name of --precision.
static Format weightFormat(StringRef precision) {
  return StringSwitch<Format>(precision)
      .Cases({"mixed", "mxfp4"}, Format::Mxfp4)
      .Case("mxfp6", Format::Mxfp6)
      .Case("mxfp8", Format::Mxfp8)
      .Case("fp8", Format::Fp8)
      .Case("int8", Format::Int8)
      .Case("fp16", Format::Fp16)
      .Case("fp32", Format::Fp32)
      .Default(Format::Bf16);
}

/// Tokens in the cache of a sequence at its end.
static int64_t longestContext(const Scenario &scenario) {
  return scenario.kind == Scenario::Kind::Serve
             ? scenario.input + scenario.output
             : scenario.input + 1;
}

static double chipBytes(const Machine &machine) {
  return double(machine.slice.hbm.bytes) * machine.slicesPerChip();
}

/// Requests of the scenario's length whose caches fit beside the weights.
static int64_t countRequests(const Question &question, const Layout &layout) {
  double tokens = double(longestContext(question.scenario));
  double bytes = chipBytes(question.machine);
  return question.network
             ? countSequences(*question.network, layout, tokens, bytes)
             : countSequences(question.model, layout, tokens, bytes);
}

static bool isAllowed(const Layout &layout, const Placement &placement,
                      bool hasExperts) {
  return (!placement.tensor || *placement.tensor == layout.tensor) &&
         (!placement.expert || !hasExperts ||
          *placement.expert == layout.expert);
}

/// Placements on our machine that hold the scenario: the smallest few, since
/// further chips serve as further instances.
static std::vector<Layout> findLayouts(const Question &question) {
  const systems::ModelShape &model = question.model;
  const Scenario &scenario = question.scenario;
  bool hasExperts = model.expertLayers > 0;
  int64_t most = question.machine.chips();
  Format weights = weightFormat(question.precision);
  std::vector<Layout> layouts;
  auto consider = [&](const Layout &layout) {
    if (layout.chips() <= most &&
        isAllowed(layout, question.placement, hasExperts) &&
        countRequests(question, layout) >= scenario.batch) {
      layouts.push_back(layout);
    }
  };
  if (question.network && !question.placement.tensor) {
    // Further chips serve as further instances, until one does not hold it.
    for (int64_t tensor = 1; tensor <= most && layouts.empty(); tensor *= 2) {
      consider({tensor, 1, weights});
    }
    return layouts;
  }
  if (question.placement.tensor || question.placement.expert) {
    int64_t tensor = question.placement.tensor.value_or(1);
    consider({tensor,
              hasExperts ? question.placement.expert.value_or(tensor) : 1,
              weights});
    return layouts;
  }
  if (!hasExperts) {
    for (int64_t tensor = 1;
         tensor <= std::min<int64_t>(16, int64_t(model.queryHeads)) &&
         layouts.size() < 4;
         tensor *= 2) {
      consider({tensor, 1, weights});
    }
    return layouts;
  }
  // Attention on few chips with requests of their own, or on all chips. Exact
  // runs of prompts with more latent heads than this on a chip take long.
  constexpr double kLatentHeads = 32;
  int64_t least = 1;
  while (model.latentDim > 0 &&
         double(least) * kLatentHeads < model.queryHeads) {
    least *= 2;
  }
  for (int64_t expert = least;
       expert <= std::min<int64_t>(64, int64_t(model.experts)) &&
       layouts.size() < 2;
       expert *= 2) {
    consider({least, expert, weights});
    if (expert > least && expert <= 16) {
      consider({expert, expert, weights});
    }
  }
  return layouts;
}

static Error failToFitNetwork(const Question &question) {
  Format weights = weightFormat(question.precision);
  return makeInputError(formatv(
      "{0}: weights of {1:F1} GB in {2} and {3} requests at a time do not fit "
      "{4}{5}; use fewer requests, more chips (--parallel=tp=N), or a larger "
      "machine",
      question.input,
      question.parameters() * systems::bytesPerElement(weights) * 1e-9,
      systems::formatName(weights), question.scenario.batch,
      question.machine.name(),
      question.placement.tensor
          ? formatv(" on {0} chips", *question.placement.tensor).str()
          : ""));
}

/// What would hold the scenario.
static Error failToFit(const Question &question) {
  if (question.network) {
    return failToFitNetwork(question);
  }
  const systems::ModelShape &model = question.model;
  const Scenario &scenario = question.scenario;
  Format weights = weightFormat(question.precision);
  double tokens = double(longestContext(scenario));
  double bytes = chipBytes(question.machine);
  std::string what =
      formatv("{0}: weights of {1:F1} GB in {2} and caches of {3} sequences "
              "of {4} tokens, {5:F1} GB each, do not fit {6}",
              question.input, weightBytes(model, {1, 1, weights}) * 1e-9,
              systems::formatName(weights), scenario.batch, int64_t(tokens),
              sequenceBytes(model, {1, 1, weights}, tokens) * 1e-9,
              question.machine.name());
  int64_t needed = 0;
  for (int64_t chips = 1; chips <= 1 << 14 && needed == 0; chips *= 2) {
    bool hasExperts = model.expertLayers > 0;
    for (Layout layout : {Layout{chips, hasExperts ? chips : 1, weights},
                          Layout{1, hasExperts ? chips : 1, weights}}) {
      if (layout.chips() == chips &&
          double(layout.tensor) <= model.queryHeads &&
          countSequences(model, layout, tokens, bytes) >= scenario.batch) {
        needed = chips;
        break;
      }
    }
  }
  if (needed == 0) {
    return makeInputError(what + "; no placement that is modelled would hold "
                                 "them: use fewer or shorter requests");
  }
  what += formatv("; {0} such chips would hold them", needed);
  if (needed <= question.machine.chips()) {
    return makeInputError(what + " with another --parallel");
  }
  for (StringRef name : {"jx1", "jx1-rack", "jx1-pod"}) {
    auto machine = loadMachine(name);
    if (!machine) {
      return machine.takeError();
    }
    if (machine->chip && question.machine.chip &&
        machine->chip->name == question.machine.chip->name &&
        machine->chips() >= needed) {
      return makeInputError(what + ": --target=" + name +
                            " is the smallest machine that does");
    }
  }
  return makeInputError(what);
}

/// Serving with requests as what is counted: each takes its whole time.
static Expected<Served> serveCounted(const Scenario &scenario,
                                     int64_t concurrency, StepPricer &pricer) {
  auto served = serve(scenario, concurrency, pricer);
  if (!served || !scenario.countsRequests) {
    return served;
  }
  served->outputTokens /= double(scenario.output);
  served->inputTokens = 0;
  served->firstToken = served->perToken = served->latency;
  return served;
}

static Expected<Served> runScenario(const Scenario &scenario,
                                    int64_t concurrency, StepPricer &pricer) {
  return scenario.kind == Scenario::Kind::Serve
             ? serveCounted(scenario, concurrency, pricer)
             : runOnce(scenario, pricer);
}

static bool meetsLimits(const Scenario &scenario, const Served &served) {
  return (!scenario.firstToken ||
          served.firstToken.p99 <= *scenario.firstToken) &&
         (!scenario.perToken || served.perToken.p99 <= *scenario.perToken);
}

/// Chooses among the placements' results: most tokens of a chip among those
/// that meet the limits; if none does, the fastest answer.
static void choose(const Scenario &scenario, std::vector<Served> all,
                   Answer &answer) {
  bool isMet =
      any_of(all, [&](const Served &s) { return meetsLimits(scenario, s); });
  auto best =
      isMet ? std::max_element(all.begin(), all.end(),
                               [&](const Served &a, const Served &b) {
                                 return std::pair(meetsLimits(scenario, a),
                                                  a.outputRatePerChip()) <
                                        std::pair(meetsLimits(scenario, b),
                                                  b.outputRatePerChip());
                               })
            : std::min_element(all.begin(), all.end(),
                               [](const Served &a, const Served &b) {
                                 return a.perToken.p99 < b.perToken.p99;
                               });
  answer.choice =
      !isMet ? "no placement meets the limits; the one with the least time per "
               "token"
      : all.size() == 1
          ? "the only placement considered"
          : formatv("most output tokens of a chip among {0} placements{1}",
                    all.size(),
                    scenario.firstToken || scenario.perToken
                        ? " that meet the limits"
                        : "")
                .str();
  answer.best = *best;
  all.erase(best);
  answer.others = std::move(all);
}

/// Keeps those points that no other beats in both throughput and
/// interactivity, by rising interactivity.
static std::vector<Served> keepBest(std::vector<Served> points) {
  sort(points, [](const Served &a, const Served &b) {
    return std::pair(a.interactivity(), a.outputRatePerChip()) >
           std::pair(b.interactivity(), b.outputRatePerChip());
  });
  std::vector<Served> kept;
  for (Served &point : points) {
    if (kept.empty() ||
        point.outputRatePerChip() > kept.back().outputRatePerChip()) {
      kept.push_back(std::move(point));
    }
  }
  std::reverse(kept.begin(), kept.end());
  return kept;
}

/// One placement at the question's concurrency, first, and along the sweep.
static Expected<std::vector<Served>> runPlacement(const Scenario &scenario,
                                                  StepPricer &pricer) {
  auto served = runScenario(scenario, scenario.batch, pricer);
  if (!served) {
    return served.takeError();
  }
  std::vector<Served> points{std::move(*served)};
  if (scenario.kind != Scenario::Kind::Serve || scenario.rate) {
    return std::move(points);
  }
  for (int64_t concurrency : kSweep) {
    if (concurrency == scenario.batch ||
        concurrency > pricer.mostSequences(longestContext(scenario))) {
      continue;
    }
    auto point = serveCounted(scenario, concurrency, pricer);
    if (!point) {
      return point.takeError();
    }
    points.push_back(std::move(*point));
  }
  return std::move(points);
}

/// Keeps an unsupported request as a reason why a placement is not there.
static Error skipIfUnsupported(Error error, const StepPricer &pricer,
                               Answer &answer) {
  return handleErrors(
      std::move(error), [&](std::unique_ptr<InputError> reason) -> Error {
        if (!reason->isUnsupported()) {
          return Error(std::move(reason));
        }
        std::string text;
        raw_string_ostream os(text);
        reason->log(os);
        answer.skipped.push_back(pricer.placement() + ": " + text);
        return Error::success();
      });
}

/// The question on every placement; those that cannot be compiled are left out
/// unless none is left.
static Error runPlacements(const Question &question,
                           ArrayRef<StepPricer *> pricers, Answer &answer) {
  const Scenario &scenario = question.scenario;
  std::vector<Served> all, points;
  for (StepPricer *pricer : pricers) {
    auto served = runPlacement(scenario, *pricer);
    if (Error error = served.takeError()) {
      if (Error other = skipIfUnsupported(std::move(error), *pricer, answer)) {
        return other;
      }
      continue;
    }
    all.push_back(served->front());
    std::move(served->begin(), served->end(), std::back_inserter(points));
  }
  if (all.empty()) {
    StringRef reason = answer.skipped.front();
    return makeUnsupportedError(question.input + ", " + reason);
  }
  choose(scenario, std::move(all), answer);
  if (scenario.kind == Scenario::Kind::Serve) {
    answer.frontier = keepBest(std::move(points));
  }
  return Error::success();
}

static void addMoney(Answer &answer) {
  Range tokens = answer.tokensPerChip();
  answer.tokensPerSecondPerMegawatt =
      tokens / (answer.economics.facility * 1e-6);
  if (answer.economics.dollarsPerHour) {
    answer.dollarsPerMillion =
        *answer.economics.dollarsPerHour / (tokens * (3600 * 1e-6));
  }
}

static Range packageWatts(const Answer &answer) {
  return answer.best.watts() * (1 / double(answer.best.chips));
}

static MachinePricer::Ends contextsOf(const Scenario &scenario) {
  bool isServe = scenario.kind == Scenario::Kind::Serve;
  return {scenario.input, isServe ? longestContext(scenario) : scenario.input};
}

/// Of pieces that continue a prompt.
static MachinePricer::Ends pastsOf(const Scenario &scenario) {
  int64_t first = std::max(scenario.cachedTokens(), scenario.chunk);
  return {first, std::max(first, scenario.input - scenario.chunk)};
}

static Expected<Answer> answerOurs(const Question &question, const Site &site,
                                   AnswerSheet &sheet) {
  const Scenario &scenario = question.scenario;
  std::vector<Layout> layouts = findLayouts(question);
  if (layouts.empty()) {
    return failToFit(question);
  }
  ExactStepOptions options;
  options.precision = question.precision;
  std::vector<std::unique_ptr<MachinePricer>> pricers;
  std::vector<StepPricer *> pointers;
  bool isServe = scenario.kind == Scenario::Kind::Serve;
  for (const Layout &layout : layouts) {
    auto pricer = MachinePricer::create(
        question.network ? makeNetworkSteps(*question.network, question.machine,
                                            layout, options)
                         : makeDecoderSteps(question.model, question.machine,
                                            layout, options),
        question.machine, layout, question.energy, contextsOf(scenario),
        pastsOf(scenario));
    if (!pricer) {
      return pricer.takeError();
    }
    std::vector<StepWork> works;
    auto add = [&](int64_t concurrency) {
      if (concurrency <= (*pricer)->mostSequences(longestContext(scenario))) {
        append_range(works, typicalSteps(scenario, concurrency));
      }
    };
    add(scenario.batch);
    if (isServe && !scenario.rate) {
      for_each(kSweep, add);
    }
    // What cannot be run is found again, and said, when it is asked for.
    consumeError((*pricer)->prepare(works));
    pointers.push_back(pricer->get());
    pricers.push_back(std::move(*pricer));
  }
  Answer answer;
  answer.id = question.machine.name();
  answer.title = question.machine.description();
  answer.isOurs = true;
  answer.domain = question.machine.rack ? question.machine.rack->chips() : 1;
  answer.chipsPerRack = question.machine.rack ? answer.domain : 0;
  answer.format = question.precision;
  answer.bandMeaning = "exact runs of layers on one slice; collectives by "
                       "closed form, without overlap";
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

static std::vector<Layout> layoutsOf(const Question &question, Format weights,
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

/// Nothing if the model does not fit all devices of the system, and nobody
/// asked for a number of them.
static Expected<std::optional<Answer>>
answerOf(const report::SystemRequest &request, const Question &question,
         const systems::KernelModel &kernels, const Site &site,
         std::vector<std::string> &absent) {
  auto system = systems::loadSystem(request.name);
  if (!system) {
    return system.takeError();
  }
  systems::Device device = systems::makeDevice(*system);
  Format weights = servedFormat(weightFormat(question.precision), device);
  auto domain = int64_t(device.scaleUpDevices);
  std::vector<std::unique_ptr<StepPricer>> pricers;
  std::vector<StepPricer *> pointers;
  for (const Layout &layout : layoutsOf(question, weights, domain)) {
    if (request.devices && layout.chips() != int64_t(*request.devices)) {
      continue;
    }
    // As on ours, further devices serve as further instances.
    if (question.network && !request.devices && !pricers.empty()) {
      break;
    }
    auto pricer = makePricer(question, kernels, *system, layout);
    if (pricer->mostSequences(longestContext(question.scenario)) >=
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
  if (Error error = runPlacements(question, pointers, answer)) {
    return std::move(error);
  }
  answer.economics = economicsOf(*system, packageWatts(answer), site);
  return std::optional(std::move(answer));
}

/// A training job on one system; nothing if no number of its devices holds it.
static Expected<std::optional<Answer>>
trainOn(const report::SystemRequest &request, const Question &question,
        const systems::KernelModel &kernels, const Site &site,
        std::vector<std::string> &absent) {
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

/// Ours, if it is asked for what it is for.
static Error addOurs(const Question &question, const Site &site,
                     AnswerSheet &sheet) {
  if (question.scenario.kind != Scenario::Kind::Train) {
    auto ours = answerOurs(question, site, sheet);
    if (!ours) {
      return ours.takeError();
    }
    sheet.answers.insert(sheet.answers.begin(), std::move(*ours));
    return Error::success();
  }
  sheet.absent.push_back(question.machine.name() +
                         " is for inference: it has no answer to training");
  if (sheet.answers.empty()) {
    return makeUnsupportedError(
        "--workload=" + question.scenario.text + ": " +
        question.machine.name() +
        " is for inference; expects systems that train and hold the job, such "
        "as --compare=gb300-nvl72");
  }
  return Error::success();
}

Expected<AnswerSheet> scenario::answer(const Question &question) {
  auto begin = std::chrono::steady_clock::now();
  AnswerSheet sheet;
  sheet.question = question;
  // What can be wrong with little work is found first.
  std::optional<FleetRequest> fleet;
  if (!question.fleet.empty()) {
    auto request = resolveFleet(question.fleet, sheet.deployment);
    if (!request) {
      return request.takeError();
    }
    fleet = *request;
  }
  auto site = Site::load();
  if (!site) {
    return site.takeError();
  }
  auto kernels = systems::KernelModel::load();
  if (!kernels) {
    return kernels.takeError();
  }
  auto ask =
      question.scenario.kind == Scenario::Kind::Train ? trainOn : answerOf;
  for (const report::SystemRequest &request : question.compare) {
    auto other = ask(request, question, *kernels, *site, sheet.absent);
    if (!other) {
      return other.takeError();
    }
    if (*other) {
      sheet.answers.push_back(std::move(**other));
    }
  }
  if (Error error = addOurs(question, *site, sheet)) {
    return std::move(error);
  }
  for (Answer &answer : sheet.answers) {
    addMoney(answer);
    if (fleet) {
      auto result = fleetOf(*fleet, answer.economics, answer.tokensPerChip(),
                            answer.chipsPerRack);
      if (!result) {
        return result.takeError();
      }
      result->deployment = sheet.deployment;
      answer.fleet = std::move(*result);
    }
  }
  sheet.wallSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  return std::move(sheet);
}
