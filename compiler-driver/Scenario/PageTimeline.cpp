//===- PageTimeline.cpp - The timeline on the page ------------------------===//

#include "compiler-driver/Scenario/PageTimeline.h"

#include "compiler-driver/Report/Charts.h"
#include "compiler-driver/Report/Html.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

/// Parts and counters of all systems; each takes about 20 bytes.
static constexpr size_t kMostEvents = 8000;

/// As many steps as are shown.
static size_t countSteps(const Timeline &timeline, size_t events) {
  size_t count = 0;
  for (const TimelineStep &step : timeline.steps) {
    size_t own = 1 + step.parts.size() + step.counters.size();
    if (own > events) {
      break;
    }
    events -= own;
    ++count;
  }
  return count;
}

namespace {

/// One system's steps as numbers; texts are said once.
class Writer {
public:
  explicit Writer(json::OStream &j) : j(j) {}

  void write(const Timeline &timeline, size_t steps) {
    j.attribute("name", timeline.name);
    j.attributeArray("steps", [&] {
      for (const TimelineStep &step :
           ArrayRef(timeline.steps).take_front(steps)) {
        j.object([&] { writeStep(step); });
      }
    });
    j.attributeArray("titles", [&] {
      for (const std::string &title : titles) {
        j.value(title);
      }
    });
    j.attributeArray("counters", [&] {
      for (const auto &[name, value] : timeline.steps.front().counters) {
        j.value(name);
      }
    });
  }

private:
  json::OStream &j;
  std::vector<std::string> titles; ///< of parts

  void number(double value, const char *digits) {
    std::string text;
    raw_string_ostream(text) << format(digits, value);
    j.rawValue(text);
  }

  size_t indexOf(const std::string &title) {
    auto at = find(titles, title);
    if (at == titles.end()) {
      at = titles.insert(at, title);
    }
    return size_t(at - titles.begin());
  }

  void writeStep(const TimelineStep &step) {
    j.attribute("title", step.whole.title);
    j.attributeBegin("start");
    number(step.whole.start.value(), "%.9g");
    j.attributeEnd();
    j.attributeBegin("seconds");
    number(step.whole.seconds.value(), "%.6g");
    j.attributeEnd();
    j.attributeArray("parts", [&] {
      for (const TimelineEvent &part : step.parts) {
        j.array([&] {
          j.value(int64_t(part.track));
          j.value(int64_t(indexOf(part.title)));
          number(part.seconds.value(), "%.6g");
        });
      }
    });
    j.attributeArray("values", [&] {
      for (const auto &[name, value] : step.counters) {
        number(value, "%.4g");
      }
    });
  }
};

} // namespace

static std::string toJson(ArrayRef<Timeline> timelines) {
  std::string text;
  raw_string_ostream os(text);
  json::OStream j(os);
  j.object([&] {
    j.attributeArray("tracks", [&] {
      for (Track track : kTracks) {
        j.value(getName(track));
      }
    });
    j.attributeArray("systems", [&] {
      for (const Timeline &timeline : timelines) {
        size_t steps = countSteps(timeline, kMostEvents / timelines.size());
        j.object([&] { Writer(j).write(timeline, steps); });
      }
    });
  });
  return text;
}

void scenario::writePageTimeline(const AnswerSheet &sheet, raw_ostream &os) {
  std::vector<Timeline> timelines = timelinesOf(sheet);
  erase_if(timelines, [](const Timeline &t) { return t.steps.empty(); });
  if (timelines.empty()) {
    return;
  }
  report::writeChart("Steps over time", "timeline", os);
  os << "<div class=\"chart low\"><canvas id=\"timeline-counters\" "
        "role=\"img\" aria-label=\"Requests and power over time\"></canvas>"
        "</div>\n<div class=\"controls\" id=\"timeline-controls\">\n"
        "<select aria-label=\"system\">";
  for (const auto &[i, timeline] : enumerate(timelines)) {
    os << "<option value=\"" << i << "\">" << report::escapeHtml(timeline.name)
       << "</option>";
  }
  os << "</select>\n";
  for (StringRef move : {"earlier", "later", "shorter", "longer"}) {
    os << "<button type=\"button\" value=\"" << move << "\">" << move
       << "</button>\n";
  }
  os << "</div>\n<p>Steps of the best placement, from when they count. The "
        "parts of a step come one after the other; use of a unit is the time "
        "that its work takes at the peak over that of the step. All steps that "
        "were kept: <code>--trace=FILE</code>.</p>\n";
  report::writeData("timeline-data", toJson(timelines), os);
}
