//===- Trace.cpp - Timelines for Perfetto ---------------------------------===//

#include "compiler-driver/Report/Writers.h"

#include "llvm/Support/JSON.h"

#include <algorithm>

using namespace llvm;
using namespace acc;
using namespace acc::report;

/// Points of the bandwidth track.
static constexpr uint64_t bandwidthPoints = 1000;

static void writeName(json::OStream &j, const char *what, unsigned track,
                      StringRef name) {
  j.object([&] {
    j.attribute("ph", "M");
    j.attribute("pid", 1);
    j.attribute("tid", track);
    j.attribute("name", what);
    j.attributeObject("args", [&] { j.attribute("name", name); });
  });
}

/// Payload of DMA commands, spread over their busy cycles, by interval.
static void writeBandwidth(json::OStream &j, const ReportData &data,
                           const ::xpu::Object &object, double microseconds) {
  uint64_t step = std::max<uint64_t>(1, data.cycles / bandwidthPoints);
  std::vector<double> bytes(data.cycles / step + 1);
  for (const CommandRecord &c : data.run.commands) {
    if (c.engine != isa::Engine::Load && c.engine != isa::Engine::Store) {
      continue;
    }
    double perCycle =
        double(activityOfCommand(data.target, object, c.pc).hbmBytes()) /
        double(c.end - c.start + 1);
    for (uint64_t at = c.start; at <= c.end;) {
      uint64_t next = std::min(c.end + 1, (at / step + 1) * step);
      bytes[std::min<uint64_t>(at / step, bytes.size() - 1)] +=
          perCycle * double(next - at);
      at = next;
    }
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    j.object([&] {
      j.attribute("ph", "C");
      j.attribute("pid", 1);
      j.attribute("name", "HBM GB/s");
      j.attribute("ts", double(i * step) * microseconds);
      j.attributeObject("args", [&] {
        j.attribute("GB/s", bytes[i] / (double(step) * microseconds * 1e3));
      });
    });
  }
}

void report::writeTrace(const ReportData &data, const ::xpu::Object &object,
                        raw_ostream &os) {
  double microseconds = 1e6 / data.target.clockHz; // of a cycle
  json::OStream j(os);
  j.object([&] {
    j.attribute("displayTimeUnit", "ns");
    j.attributeObject("otherData", [&] {
      j.attribute("target", data.target.name);
      j.attribute("model", data.fidelity);
      j.attribute("clock_hz", data.target.clockHz);
    });
    j.attributeArray("traceEvents", [&] {
      writeName(j, "process_name", 0, data.target.name);
      for (unsigned e = 0; e < numEngines; ++e) {
        writeName(j, "thread_name", e + 1, isa::stringify(isa::Engine(e)));
      }
      for (const CommandRecord &c : data.run.commands) {
        const isa::InstrInfo *info =
            isa::lookupOpcode(isa::opcodeOf(object.code[c.pc]));
        StringRef source = object.sourceOf(c.pc);
        j.object([&] {
          j.attribute("ph", "X");
          j.attribute("pid", 1);
          j.attribute("tid", unsigned(c.engine) + 1);
          j.attribute("ts", double(c.start) * microseconds);
          j.attribute("dur", double(c.end - c.start + 1) * microseconds);
          j.attribute("name", ((source.empty() ? "(unnamed)" : source) + " " +
                               (info ? StringRef(info->mnemonic) : ""))
                                  .str());
          j.attribute("cat", isa::stringify(c.engine));
          j.attributeObject("args", [&] {
            j.attribute("source", source);
            j.attribute("pc", c.pc);
            j.attribute("start_cycle", c.start);
            j.attribute("cycles", c.end - c.start + 1);
          });
        });
      }
      writeBandwidth(j, data, object, microseconds);
    });
  });
  os << "\n";
}
