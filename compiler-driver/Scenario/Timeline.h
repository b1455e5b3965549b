//===- Timeline.h - What systems do, step by step ---------------*- C++ -*-===//
//
// The one source of timelines, for Perfetto and for the page.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_TIMELINE_H
#define COMPILER_DRIVER_SCENARIO_TIMELINE_H

#include "compiler-driver/Scenario/Question.h"

namespace acc::scenario {

/// Where what a step is made of takes place.
enum class Track { Steps, Compute, OnChip, Links, Waiting };
inline constexpr Track kTracks[] = {Track::Steps, Track::Compute, Track::OnChip,
                                    Track::Links, Track::Waiting};
llvm::StringRef getName(Track track);

struct TimelineEvent {
  Track track = Track::Steps;
  std::string title;
  Seconds start, seconds;
};

struct TimelineStep {
  TimelineEvent whole;
  std::vector<TimelineEvent> parts; ///< one after the other
  /// What holds for the step: sequences, power, use of units in percent.
  std::vector<std::pair<std::string, double>> counters;
  const TakenStep *taken = nullptr;
};

/// The steps of a system's best placement, from when they count.
struct Timeline {
  std::string name;
  std::vector<TimelineStep> steps;
};

/// Of each system, in the order of the sheet, which must live as long. The
/// scenario must have kept its steps.
std::vector<Timeline> timelinesOf(const AnswerSheet &sheet);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_TIMELINE_H
