//===- HtmlComparison.cpp -------------------------------------------------===//

#include "compiler-driver/Report/HtmlComparison.h"

#include "compiler-driver/Baselines/KernelText.h"
#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Report/Html.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace acc;
using namespace acc::report;

static std::string blockOf(const Comparison &c) { return "compare-" + c.id; }

static void writeTable(const ReportData &data, raw_ostream &os) {
  HtmlTable table(os, {"system", ">devices", ">time", ">energy", ">at the wall",
                       "precision", "limit", ">time ratio", ">energy ratio",
                       ">mean error"});
  table.addRow({escapeHtml(data.target.name) + " (one slice)", "1",
                linkTo("method.time", formatSi(data.seconds, "s")),
                linkTo("method.energy", formatSi(data.energy.board.value, "J")),
                linkTo("method.wall", formatSi(data.energy.wall.value, "J")),
                escapeHtml(data.productFormat()),
                escapeHtml(data.fidelity) + " run", "1 x", "1 x", ""});
  for (const Comparison &c : data.comparison) {
    auto link = [&](const std::string &text) {
      return linkTo(blockOf(c), text);
    };
    table.addRow({link(c.title), link(std::to_string(c.step.devices)),
                  link(formatRange(c.seconds, "s")),
                  link(formatRange(c.joules, "J")),
                  link(formatSi(c.wall.value, "J")),
                  link(systems::formatName(c.step.used).str()),
                  link(systems::resourceName(c.step.limit).str()),
                  link(formatRatio(data.seconds / c.seconds.value)),
                  link(formatRatio(data.energy.board.value / c.joules.value)),
                  link(formatPercent(c.step.meanError))});
  }
}

/// Links by the last part of their names: "peak_bf16".
static std::string linkAll(ArrayRef<std::string> origins, size_t parts) {
  std::string text;
  for (StringRef id : origins) {
    StringRef name = id;
    for (size_t i = 0; i < parts; ++i) {
      name = name.split('.').second;
    }
    text += (text.empty() ? "" : ", ") + linkTo(id, name);
  }
  return text;
}

static void writeClasses(const Comparison &c, raw_ostream &os) {
  double all = 0;
  for (const ComparedClass &part : c.classes) {
    all += part.seconds;
  }
  HtmlTable table(os, {"class", ">kernels", ">time", ">share", "error",
                       "data sheet", "fitted", "measured"});
  for (const ComparedClass &part : c.classes) {
    table.addRow({escapeHtml(part.name), std::to_string(part.kernels),
                  formatSi(part.seconds, "s"),
                  formatPercent(all > 0 ? part.seconds / all : 0),
                  escapeHtml(part.error.meaning), linkAll(part.figures, 2),
                  linkAll(part.parameters, 2),
                  linkTo(part.measurements, "rows")});
  }
}

static void writeKernels(const Comparison &c, raw_ostream &os) {
  HtmlTable table(os, {"kernel", "class", "sizes", ">time", ">least", "limit"});
  for (auto [kernel, estimate] : zip(c.step.kernels, c.step.estimates)) {
    table.addRow({escapeHtml(kernel.name), systems::describeClass(kernel),
                  escapeHtml(systems::describeSizes(kernel)),
                  formatSi(estimate.time.value(), "s"),
                  formatSi(estimate.bound.value(), "s"),
                  systems::resourceName(estimate.limit).str()});
  }
}

static void writeBlock(const Comparison &c, raw_ostream &os) {
  const systems::StepEstimate &step = c.step;
  os << "<section id=\"" << escapeHtml(blockOf(c)) << "\">\n<h3>"
     << escapeHtml(c.title) << ", "
     << (step.devices == 1 ? "1 device"
                           : std::to_string(step.devices) + " devices")
     << "</h3>\n<p>Products in " << escapeHtml(c.precision) << ". "
     << formatSi(step.footprint.value(), "B") << " in the memory of each, of "
     << linkTo("system." + c.system + ".memory_capacity",
               formatSi(step.capacity.value(), "B"))
     << " that a framework uses. " << formatRange(c.seconds, "s")
     << "; no less than " << formatSi(step.bound.value(), "s")
     << " by the data sheet. "
     << (step.isMeasured ? "Every class of kernel was measured on this system."
                         : "Not every class of kernel was measured on this "
                           "system; the errors are those of systems that "
                           "the fit had not seen.")
     << "</p>\n<p>By class, each kernel at the power limit by itself; what the "
        "numbers rest on:</p>\n";
  writeClasses(c, os);
  if (c.sharedWatts > 0) {
    os << "<p>Not in these energies: what the node or rack draws beside the "
          "packages, "
       << formatSi(c.sharedWatts, "W") << " for each device, "
       << formatSi(c.sharedJoules, "J") << " in this time (from";
    for (const std::string &id : c.sharedFigures) {
      os << " " << linkTo(id, StringRef(id).rsplit('.').second.str());
    }
    os << ").</p>\n";
  }
  if (c.allInWatts > 0) {
    os << "<p>Not in these energies: the host and the network. With them and "
          "all losses, a device's share of utility power is "
       << linkTo("system." + c.system + ".all_in_power",
                 formatSi(c.allInWatts, "W"))
       << ".</p>\n";
  }
  os << "<p>Kernels of one device. <i>Least</i>: peak rates and compulsory "
        "bytes.</p>\n";
  writeKernels(c, os);
  os << "</section>\n";
}

void report::writeComparison(const ReportData &data, raw_ostream &os) {
  if (data.comparison.empty()) {
    return;
  }
  os << "<h2>Comparison</h2>\n<p>"
     << escapeHtml(data.origin("method.comparison"))
     << " Ratios: target over system. Mean error: of the model on measured "
        "kernels of these classes that it had not seen.</p>\n";
  for (const std::string &note : data.workloadNotes) {
    os << "<p>Note: " << escapeHtml(note) << ".</p>\n";
  }
  writeTable(data, os);
  for (const Comparison &c : data.comparison) {
    writeBlock(c, os);
  }
}
