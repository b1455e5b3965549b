//===- Trace.cpp - Timelines of scenarios for Perfetto --------------------===//
//
// A process for each system, with its steps, what each is made of one after the
// other on tracks of their own, and counters. Chrome's trace event format,
// times in microseconds.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Scenario/Report.h"
#include "compiler-driver/Scenario/Timeline.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

namespace {

/// One system.
class Writer {
public:
  Writer(json::OStream &j, int64_t process) : j(j), process(process) {}

  void write(const Timeline &timeline) {
    name("process_name", 0, timeline.name);
    for (Track track : kTracks) {
      name("thread_name", numberOf(track), getName(track));
    }
    for (const TimelineStep &step : timeline.steps) {
      const StepWork &work = step.taken->work;
      slice(step.whole, [&] {
        j.attribute("context", work.context);
        j.attribute("tokens before the prompts", work.promptPast);
        j.attribute("proposed tokens", work.drafted);
        j.attribute("joules", step.taken->joules.value());
      });
      for (const TimelineEvent &part : step.parts) {
        slice(part, [] {});
      }
      for (const auto &[title, value] : step.counters) {
        counter(title, step.whole.start, value);
      }
    }
  }

private:
  json::OStream &j;
  int64_t process;

  static int64_t numberOf(Track track) { return int64_t(track) + 1; }

  void event(StringRef phase, int64_t track, StringRef title,
             function_ref<void()> rest) {
    j.object([&] {
      j.attribute("ph", phase);
      j.attribute("pid", process);
      j.attribute("tid", track);
      j.attribute("name", title);
      rest();
    });
  }

  void name(StringRef what, int64_t track, StringRef text) {
    event("M", track, what, [&] {
      j.attributeObject("args", [&] { j.attribute("name", text); });
    });
  }

  void slice(const TimelineEvent &e, function_ref<void()> arguments) {
    event("X", numberOf(e.track), e.title, [&] {
      j.attribute("ts", 1e6 * e.start.value());
      j.attribute("dur", 1e6 * e.seconds.value());
      j.attributeObject("args", arguments);
    });
  }

  void counter(StringRef title, Seconds at, double value) {
    event("C", 0, title, [&] {
      j.attribute("ts", 1e6 * at.value());
      j.attributeObject("args", [&] { j.attribute("value", value); });
    });
  }
};

} // namespace

void scenario::writeTrace(const AnswerSheet &sheet, raw_ostream &os) {
  json::OStream j(os);
  j.object([&] {
    j.attribute("displayTimeUnit", "ms");
    j.attributeObject("otherData", [&] {
      j.attribute("model", sheet.question.modelName());
      j.attribute("scenario", sheet.question.scenario.text);
      j.attribute("precision", sheet.question.precision);
    });
    j.attributeArray("traceEvents", [&] {
      for (const auto &[i, timeline] : enumerate(timelinesOf(sheet))) {
        Writer(j, int64_t(i) + 1).write(timeline);
      }
    });
  });
  os << "\n";
}
