//===- Trace.cpp - Timelines of scenarios for Perfetto --------------------===//
//
// A process for each system, with a track of steps, below it the parts of each
// step one after the other, and counters. Chrome's trace event format, times in
// microseconds.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Scenario/Report.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;

namespace {

enum Track { kSteps = 1, kParts = 2 };

class Writer {
public:
  Writer(json::OStream &j, const AnswerSheet &sheet) : j(j), sheet(sheet) {}

  void write() {
    for (const auto &[index, answer] : enumerate(sheet.answers)) {
      process = int64_t(index) + 1;
      name("process_name", 0,
           answer.id + ", " + answer.best.placement + ", " +
               std::to_string(answer.best.chips) +
               (answer.best.chips == 1 ? " chip" : " chips"));
      name("thread_name", kSteps, "steps");
      name("thread_name", kParts, "parts of a step");
      for (const TakenStep &step : answer.best.steps) {
        writeStep(step);
      }
    }
  }

private:
  json::OStream &j;
  const AnswerSheet &sheet;
  int64_t process = 0;

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

  void slice(Track track, StringRef title, double start, double seconds,
             function_ref<void()> arguments) {
    event("X", track, title, [&] {
      j.attribute("ts", 1e6 * start);
      j.attribute("dur", 1e6 * seconds);
      j.attributeObject("args", arguments);
    });
  }

  void counter(StringRef title, double at, double value) {
    event("C", 0, title, [&] {
      j.attribute("ts", 1e6 * at);
      j.attributeObject("args", [&] { j.attribute("value", value); });
    });
  }

  std::string titleOf(const StepWork &work) const {
    std::string unit = sheet.question.unit();
    std::string title;
    if (work.sequences > 0) {
      title = formatv("{0} sequences", work.sequences);
    }
    if (work.prompts > 0) {
      title +=
          formatv("{0}{1} x {2} {3}s of prompts", title.empty() ? "" : ", ",
                  work.prompts, work.promptTokens, unit);
    }
    return title;
  }

  void writeStep(const TakenStep &step) {
    const StepWork &work = step.work;
    slice(kSteps, titleOf(work), step.start.value(), step.seconds.value(), [&] {
      j.attribute("context", work.context);
      j.attribute("tokens before the prompts", work.promptPast);
      j.attribute("proposed tokens", work.drafted);
      j.attribute("joules", step.joules.value());
    });
    double at = step.start.value();
    for (const auto &[part, seconds] : step.secondsByPart) {
      if (seconds > Seconds()) {
        slice(kParts, part, at, seconds.value(), [] {});
        at += seconds.value();
      }
    }
    counter("sequences", step.start.value(), double(work.sequences));
    counter("requests with prompts", step.start.value(), double(step.waiting));
    counter("power of the packages, W", step.start.value(),
            (step.joules / step.seconds).value());
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
    j.attributeArray("traceEvents", [&] { Writer(j, sheet).write(); });
  });
  os << "\n";
}
