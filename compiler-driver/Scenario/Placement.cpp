//===- Placement.cpp - Which chips hold a model ---------------------------===//

#include "compiler-driver/Scenario/Placement.h"

#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using systems::Format;

Format scenario::weightFormat(StringRef precision) {
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

int64_t scenario::heldTokens(const Scenario &scenario) {
  return scenario.kind == Scenario::Kind::Serve ? scenario.span().heldTokens
                                                : scenario.input + 1;
}

static double chipBytes(const Machine &machine) {
  return double(machine.slice.hbm.bytes) * machine.slicesPerChip();
}

/// Requests of the scenario's length whose caches fit beside the weights.
static int64_t countRequests(const Question &question, const Layout &layout) {
  double tokens = double(heldTokens(question.scenario));
  double bytes = chipBytes(question.machine);
  return question.network
             ? countSequences(*question.network, layout, tokens, bytes)
             : countSequences(question.model, layout, tokens, bytes);
}

/// Stages that are tried unless they are given.
static constexpr int64_t kMostStages = 8;

static bool isAllowed(const Layout &layout, const Placement &placement,
                      bool hasExperts) {
  return (!placement.stages || *placement.stages == layout.stages) &&
         (!placement.tensor || *placement.tensor == layout.tensor) &&
         (!placement.expert || !hasExperts ||
          *placement.expert == layout.expert);
}

/// Placements with so many stages.
static std::vector<Layout> findStaged(const Question &question,
                                      int64_t stages) {
  const systems::ModelShape &model = question.model;
  const Scenario &scenario = question.scenario;
  bool hasExperts = model.expertLayers > 0;
  int64_t most = question.machine.chips();
  Format weights = weightFormat(question.precision);
  std::vector<Layout> layouts;
  auto consider = [&](Layout layout) {
    layout.stages = stages;
    layout.copies = question.placement.copies.value_or(1);
    if (layout.allChips() <= most &&
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

std::vector<Layout> scenario::findLayouts(const Question &question) {
  if (question.network || question.placement.stages) {
    return findStaged(question, question.placement.stages.value_or(1));
  }
  std::vector<Layout> layouts;
  for (int64_t stages = 1; layouts.empty() && stages <= kMostStages &&
                           stages <= int64_t(question.model.layers);
       stages *= 2) {
    layouts = findStaged(question, stages);
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

Error scenario::failToFit(const Question &question) {
  if (question.network) {
    return failToFitNetwork(question);
  }
  const systems::ModelShape &model = question.model;
  const Scenario &scenario = question.scenario;
  Format weights = weightFormat(question.precision);
  double tokens = double(heldTokens(scenario));
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
