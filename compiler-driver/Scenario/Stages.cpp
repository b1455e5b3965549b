//===- Stages.cpp - Layers on several groups of chips, and copies ---------===//

#include "compiler-driver/Scenario/Stages.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <array>
#include <cmath>

using namespace llvm;
using namespace acc::scenario;

static int64_t part(int64_t number, int64_t ways) {
  return int64_t(divideCeil(uint64_t(number), uint64_t(ways)));
}

double acc::scenario::slowestStage(const systems::ModelShape &model,
                                   int64_t stages) {
  if (stages <= 1) {
    return 1;
  }
  auto layers = int64_t(model.layers);
  double output = model.vocabulary * model.hidden;
  double layer =
      std::max(1.0, model.activeParameters() - 2 * output) / model.layers;
  double best = 1;
  for (int64_t last = 0; last <= layers; ++last) {
    double others = layer * double(part(layers - last, stages - 1));
    double slowest = std::max(others, layer * double(last) + output);
    best = std::min(best, slowest / (layer * double(layers) + output));
  }
  return best;
}

StepWork StagedPricer::passOf(const StepWork &work) const {
  StepWork pass = work;
  pass.sequences = part(work.sequences, ways());
  pass.prompts = part(work.prompts, ways());
  return pass;
}

std::string StagedPricer::placement() const {
  std::string text = group.placement();
  if (division.stages > 1) {
    text += ", pp=" + std::to_string(division.stages);
  }
  if (division.copies > 1) {
    text += ", dp=" + std::to_string(division.copies);
  }
  return text;
}

Seconds StagedPricer::hops(const StepWork &pass) const {
  Seconds time;
  if (division.stages == 1) {
    return time;
  }
  auto steps = double(division.stages - 1);
  if (pass.sequences > 0) {
    time += hop(double(pass.sequences * (1 + pass.drafted))) * steps + hop(0);
  }
  if (pass.prompts > 0) {
    time += hop(double(pass.prompts * pass.promptTokens)) * steps;
  }
  return time;
}

Expected<PricedStep> StagedPricer::price(const StepWork &work) {
  StepWork both = passOf(work), sequences = both, prompts = both;
  prompts.sequences = prompts.context = prompts.drafted = 0;
  sequences.prompts = sequences.promptTokens = sequences.promptPast = 0;
  int64_t withSequences =
      work.sequences > 0 ? part(work.sequences, both.sequences) : 0;
  int64_t withPrompts = work.prompts > 0 ? part(work.prompts, both.prompts) : 0;
  int64_t withBoth = std::min(withSequences, withPrompts);
  std::array<std::pair<int64_t, StepWork>, 3> kinds = {
      {{withBoth, both},
       {withSequences - withBoth, sequences},
       {withPrompts - withBoth, prompts}}};
  const auto stages = double(division.stages);
  PricedStep whole, longest;
  Seconds pass, busy, worked, bound, hopsOfLongest;
  int64_t left = part(std::max(withSequences, withPrompts), division.copies);
  for (auto &[count, each] : kinds) {
    if (count == 0) {
      continue;
    }
    Expected<PricedStep> priced = group.price(each);
    if (!priced) {
      return priced.takeError();
    }
    Seconds between = hops(each);
    if (priced->time + between > pass) {
      pass = priced->time + between;
      longest = *priced;
      hopsOfLongest = between;
    }
    // Of the copy that has most of them; those with both come first.
    int64_t most = std::min(part(count, division.copies), left);
    left -= most;
    auto ofCopy = double(most);
    busy += (priced->time * division.slowest + between / stages) * ofCopy;
    bound += priced->bound / stages * ofCopy;
    worked += priced->time * double(count);
    whole.standing += priced->standing * double(count);
    for (auto &[name, seconds] : priced->secondsByUnit) {
      whole.secondsByUnit[name] += seconds * (double(count) / double(ways()));
    }
    for (auto &[name, joules] : priced->joulesByPart) {
      whole.joulesByPart[name] += joules * double(count);
    }
    whole.slowdown = std::max(whole.slowdown, priced->slowdown);
  }
  if (worked <= Seconds()) {
    return whole;
  }
  whole.time = std::max(pass, busy);
  whole.bound = std::min(whole.time, std::max(longest.bound, bound));
  whole.secondsByPart = longest.secondsByPart;
  if (division.stages > 1) {
    whole.secondsByPart["hops between stages"] += hopsOfLongest;
    whole.secondsByPart["waiting for other passes"] += whole.time - pass;
  } else {
    whole.secondsByPart["waiting for other copies"] += whole.time - pass;
  }
  Seconds waited = whole.time * double(ways()) - worked;
  RangeOf<Joules> idle = whole.standing * std::max(0.0, waited / worked);
  whole.joulesByPart["waiting"] += idle;
  whole.standing += idle;
  for (auto &[name, joules] : whole.joulesByPart) {
    whole.joules += joules;
  }
  return whole;
}
