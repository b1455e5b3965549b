//===- PlacementRuns.cpp - A scenario on several placements ---------------===//

#include "compiler-driver/Scenario/PlacementRuns.h"

#include "compiler-driver/Scenario/Placement.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

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
  for (Served &other : all) {
    other.steps.clear();
  }
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
  if (scenario.kind != Scenario::Kind::Serve || scenario.isOpen()) {
    return std::move(points);
  }
  // A timeline is of the question's concurrency.
  Scenario sweep = scenario;
  sweep.keepsSteps = false;
  for (int64_t concurrency : kSweep) {
    if (concurrency == scenario.batch ||
        concurrency > pricer.mostSequences(heldTokens(scenario))) {
      continue;
    }
    auto point = serveCounted(sweep, concurrency, pricer);
    if (!point) {
      return point.takeError();
    }
    points.push_back(std::move(*point));
  }
  return std::move(points);
}

/// Why a placement has no answer to requests that arrive by themselves.
static std::string describePileUp(const Scenario &scenario,
                                  const Served &served) {
  return formatv(
      "requests arrive faster than an instance of {0} with {1} at a time "
      "serves them ({2:F3} a second)",
      served.chips == 1 ? std::string("a chip")
                        : std::to_string(int64_t(served.chips)) + " chips",
      served.concurrency, served.requestRate);
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

Expected<std::optional<std::string>>
scenario::runPlacements(const Question &question,
                        ArrayRef<StepPricer *> pricers, Answer &answer) {
  const Scenario &scenario = question.scenario;
  std::vector<Served> all, points;
  std::optional<std::string> tooMany;
  double highest = -1;
  for (StepPricer *pricer : pricers) {
    auto served = runPlacement(scenario, *pricer);
    if (Error error = served.takeError()) {
      if (Error other = skipIfUnsupported(std::move(error), *pricer, answer)) {
        return std::move(other);
      }
      continue;
    }
    const Served &first = served->front();
    if (!first.keepsUp) {
      std::string reason = describePileUp(scenario, first);
      answer.skipped.push_back(pricer->placement() + ": " + reason);
      if (first.requestRate > highest) {
        highest = first.requestRate;
        tooMany = std::move(reason);
      }
      continue;
    }
    all.push_back(first);
    served->front().steps.clear();
    std::move(served->begin(), served->end(), std::back_inserter(points));
  }
  if (all.empty()) {
    if (tooMany) {
      return tooMany;
    }
    StringRef reason = answer.skipped.front();
    return makeUnsupportedError(question.input + ", " + reason);
  }
  choose(scenario, std::move(all), answer);
  if (scenario.kind == Scenario::Kind::Serve) {
    answer.frontier = keepBest(std::move(points));
  }
  return std::nullopt;
}
