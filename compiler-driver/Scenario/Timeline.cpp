//===- Timeline.cpp - What systems do, step by step -----------------------===//

#include "compiler-driver/Scenario/Timeline.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

StringRef scenario::getName(Track track) {
  switch (track) {
  case Track::Steps:
    return "steps";
  case Track::Compute:
    return "layers";
  case Track::OnChip:
    return "network on chip";
  case Track::Links:
    return "links";
  case Track::Waiting:
    return "waiting";
  }
  return "";
}

/// By the names that pricers give.
static Track trackOf(StringRef part) {
  return part == "exchange on chip" ? Track::OnChip
         : part == "exchange between chips" || part.starts_with("hops")
             ? Track::Links
         : part.starts_with("waiting") ? Track::Waiting
                                       : Track::Compute;
}

static std::string titleOf(const StepWork &work, StringRef unit) {
  std::string title;
  if (work.sequences > 0) {
    title = formatv("{0} sequences", work.sequences);
  }
  if (work.prompts > 0) {
    title += formatv("{0}{1} x {2} {3}s of prompts", title.empty() ? "" : ", ",
                     work.prompts, work.promptTokens, unit);
  }
  return title;
}

static TimelineStep stepOf(const TakenStep &taken, StringRef unit) {
  TimelineStep step;
  step.taken = &taken;
  step.whole = {Track::Steps, titleOf(taken.work, unit), taken.start,
                taken.seconds};
  Seconds at = taken.start;
  for (const auto &[part, seconds] : taken.secondsByPart) {
    if (seconds > Seconds()) {
      step.parts.push_back({trackOf(part), part, at, seconds});
      at += seconds;
    }
  }
  step.counters = {
      {"sequences", double(taken.work.sequences)},
      {"requests with prompts", double(taken.waiting)},
      {"power of the packages, W", (taken.joules / taken.seconds).value()}};
  for (const auto &[name, seconds] : taken.secondsByUnit) {
    step.counters.push_back(
        {"use of " + name + ", %", 100 * (seconds / taken.seconds)});
  }
  return step;
}

std::vector<Timeline> scenario::timelinesOf(const AnswerSheet &sheet) {
  std::vector<Timeline> timelines;
  std::string unit = sheet.question.unit();
  for (const Answer &answer : sheet.answers) {
    Timeline timeline;
    timeline.name =
        formatv("{0}, {1}, {2} chip{3}", answer.id, answer.best.placement,
                answer.best.chips, answer.best.chips == 1 ? "" : "s");
    for (const TakenStep &taken : answer.best.steps) {
      timeline.steps.push_back(stepOf(taken, unit));
    }
    timelines.push_back(std::move(timeline));
  }
  return timelines;
}
