//===- HtmlReport.cpp - Reports for browsers ------------------------------===//
//
// One file without scripts and without anything to load. Figures are links to
// their origin at the end of the page.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Report/Html.h"
#include "compiler-driver/Report/HtmlComparison.h"
#include "compiler-driver/Report/HtmlPlots.h"
#include "compiler-driver/Report/Writers.h"

#include "llvm/Support/Path.h"

using namespace llvm;
using namespace acc;
using namespace acc::report;

static void writeTiles(const ReportData &data, raw_ostream &os) {
  const Activity &a = data.activity;
  const Utilization &u = data.utilization;
  double hz = data.target.clockHz;
  auto tile = [&](StringRef title, StringRef origin, const std::string &value,
                  const std::string &below) {
    os << "<div class=\"tile\"><span>" << title << "</span><b>"
       << linkTo(origin, value) << "</b><span>" << escapeHtml(below)
       << "</span></div>\n";
  };
  os << "<div class=\"tiles\">\n";
  tile("time", "method.time", formatSi(data.seconds, "s"),
       formatCount(data.cycles) + " cycles at " + formatSi(hz, "Hz"));
  tile("energy (board)", "method.energy",
       formatSi(data.energy.board.value, "J"),
       formatRange(data.energy.board, "J"));
  tile("mean power (board)", "method.energy",
       formatSi(data.energy.board.value / data.seconds, "W"),
       "chip " + formatSi(data.energy.chip.value / data.seconds, "W") +
           ", wall " + formatSi(data.energy.wall.value / data.seconds, "W"));
  tile("products", "method.useful_mac", formatSi(double(a.usefulMacs), "MAC"),
       a.matrixFormat().str() + " accuracy, " +
           formatSi(double(a.macs), "MAC") + " executed");
  tile("operations", "method.flop", formatSi(double(a.flop()), "FLOP"),
       formatSi(double(a.flop()) / data.seconds, "FLOP/s"));
  tile("HBM traffic", "count.counters", formatSi(double(a.hbmBytes()), "B"),
       formatSi(double(a.hbmReadBytes), "B") + " read, " +
           formatSi(double(a.hbmWriteBytes), "B") + " written");
  tile("MXU use", "method.utilization", formatPercent(u.mxu),
       "of " + formatSi(data.peaks.macsPerCycle * hz, "MAC/s"));
  tile("VPU use", "method.utilization", formatPercent(u.vpu),
       "of " + formatSi(data.peaks.vectorOpsPerCycle * hz, "op/s"));
  tile("HBM use", "method.utilization", formatPercent(u.hbm),
       "of " + formatSi(data.peaks.hbmBytesPerCycle * hz, "B/s"));
  tile("roofline", "method.roofline", formatPercent(u.roofline),
       "least possible time over time");
  os << "</div>\n";
}

static void writeLayers(const ReportData &data, raw_ostream &os) {
  os << "<h2>Layers</h2>\n<p>How: " << linkTo("method.layers", "time") << ", "
     << linkTo("method.least", "least cycles") << ", "
     << linkTo("method.bound", "bound") << ", "
     << linkTo("method.footprint", "distinct bytes") << ", "
     << linkTo("method.energy", "energy") << ". No engine is busy in "
     << formatPercent(data.table.idleCycles / double(data.cycles))
     << " of the cycles.</p>\n";
  HtmlTable table(os, {"layer", ">share", ">cycles", ">least", "bound",
                       "engine", "mostly", ">MAC", ">executed", ">vector op",
                       ">HBM", ">distinct", ">roofline", ">energy"});
  for (size_t i = 0; i < data.table.layers.size(); ++i) {
    const Layer &layer = data.table.layers[i];
    const Activity &a = layer.activity;
    const Footprint &f = layer.footprint;
    table.addRow(
        {escapeHtml(layer.name),
         formatPercent(layer.elapsedCycles / double(data.cycles)),
         formatCount(layer.cycles),
         layer.boundCycles ? formatCount(layer.boundCycles) : "",
         getName(layer.bound).str(), isa::stringify(layer.dominant).str(),
         getName(layer.mostly).str(), formatSi(double(a.usefulMacs), ""),
         formatSi(double(a.macs), ""), formatSi(double(a.vectorOps()), ""),
         formatSi(double(a.hbmBytes()), "B"),
         formatSi(double(f.readBytes) + double(f.writeBytes), "B"),
         formatPercent(layer.rooflineFraction),
         formatSi(data.layerEnergy[i].value, "J")},
        "layer-" + Twine(i));
  }
}

static void writeEnergy(const ReportData &data, raw_ostream &os) {
  os << "<h2>Energy</h2>\n<p>Constants: " << escapeHtml(data.energyFile) << ". "
     << escapeHtml(data.origin("method.energy")) << "</p>\n";
  plotEnergy(data, os);
  HtmlTable table(
      os, {"part", ">energy", ">share of board", "method", "constants"});
  double board = data.energy.board.value;
  for (const EnergyPart &part : data.energy.parts) {
    std::string constants;
    for (const std::string &key : part.constants) {
      constants +=
          (constants.empty() ? "" : ", ") + linkTo("energy." + key, key);
    }
    table.addRow({escapeHtml(part.name), formatRange(part.energy, "J"),
                  formatPercent(part.energy.value / board),
                  escapeHtml(part.method), constants});
  }
  auto sum = [&](const char *name, const Range &energy, const char *origin) {
    table.addRow({std::string("<b>") + name + "</b>", formatRange(energy, "J"),
                  formatPercent(energy.value / board), linkTo(origin, "how"),
                  ""});
  };
  sum("chip and HBM", data.energy.chip, "method.energy");
  sum("board", data.energy.board, "method.energy");
  sum("wall", data.energy.wall, "method.wall");
}

static void writeArea(const ReportData &data, raw_ostream &os) {
  if (!data.area) {
    return;
  }
  const AreaReport &area = *data.area;
  os << "<h2>Area</h2>\n<p>How: " << linkTo("method.area_by_block", "synthesis")
     << ". " << escapeHtml(area.describeReticle()) << "</p>\n";
  HtmlTable table(os, {"block", ">mm2", ">low", ">high", "of", "size"});
  auto add = [&](const std::string &name, const Range &mm2, const char *of,
                 const std::string &note) {
    table.addRow({name, linkTo("method.area_by_block", formatDigits(mm2.value)),
                  formatDigits(mm2.low), formatDigits(mm2.high), of,
                  escapeHtml(note)});
  };
  for (const AreaBlock &block : area.blocks) {
    add(escapeHtml(block.name), block.mm2, block.ofChip ? "chip" : "slice",
        block.note);
  }
  add("<b>slice</b>", area.sliceMm2, "slice", "");
  add("<b>" + escapeHtml(area.chip) + "</b>", area.chipMm2, "chip",
      formatCount(area.slices) + " slices and their network");
}

static void writeEnd(const ReportData &data, raw_ostream &os) {
  os << "<h2>Simulator</h2>\n";
  {
    HtmlTable table(os, {"model", ">cycles", ">wall", ">cycles/s", ">events"});
    for (const RunInfo &run : data.runs) {
      table.addRow({escapeHtml(run.model), formatCount(run.cycles),
                    formatSi(run.wallSeconds, "s"),
                    run.cycles && run.wallSeconds > 0
                        ? formatSi(double(run.cycles) / run.wallSeconds, "")
                        : "-",
                    run.events ? formatCount(run.events) : "-"});
    }
  }
  os << "<p>Every command of the program was simulated, in "
     << (data.chip ? "every" : "one") << " slice; nothing was repeated.</p>\n";
  if (!data.hostFallback.empty()) {
    os << "<h2>On the host</h2>\n<ul>\n";
    for (const HostOp &op : data.hostFallback) {
      os << "<li>" << escapeHtml(op.op) << ": " << escapeHtml(op.why)
         << " (estimate: "
         << linkTo("method.host",
                   formatSi(op.seconds, "s") + ", " + formatSi(op.joules, "J"))
         << ")</li>\n";
    }
    os << "</ul>\n";
  }
  for (const std::string &name : data.boundInputs) {
    os << "<p>The program is for the given value of input <code>"
       << escapeHtml(name) << "</code>: shapes depend on it.</p>\n";
  }
  os << "<h2>Sources</h2>\n<ul>\n";
  for (const Origin &origin : data.origins) {
    os << "<li id=\"" << escapeHtml(origin.id) << "\"><code>"
       << escapeHtml(origin.id) << "</code>: " << escapeHtml(origin.text)
       << "</li>\n";
  }
  os << "</ul>\n";
}

void report::writeHtml(const ReportData &data, raw_ostream &os) {
  openPage(
      (sys::path::filename(data.inputFile) + " on " + data.machineName()).str(),
      os);
  os << "<p>" << escapeHtml(data.target.description) << ". Precision "
     << escapeHtml(data.precision) << ", model " << escapeHtml(data.fidelity)
     << ". Every figure is a link to its origin.</p>\n";
  if (data.chip) {
    os << "<p>" << data.chip->slices << " slices took "
       << formatCount(data.chip->leastCycles) << " to "
       << formatCount(data.chip->mostCycles) << " cycles, with "
       << formatSi(double(data.chip->networkBytes), "B")
       << " on their network. Times and counters are of "
       << data.chip->sliceName()
       << ", the last to end; events and energy of all slices.</p>\n";
    if (const auto &traffic = data.chip->traffic) {
      os << "<p>" << data.chip->chips << " chips exchanged ";
      if (traffic->messages != 0) {
        os << formatCount(traffic->messages) << " messages of "
           << formatSi(double(traffic->bytes), "B") << " in ";
      }
      os << formatCount(traffic->frames) << " frames.</p>\n";
    }
  }
  writeTiles(data, os);
  os << "<h2>Engines over time</h2>\n";
  plotTimeline(data, os);
  os << "<h2>Roofline</h2>\n";
  plotRoofline(data, os);
  os << "<p>A circle is a layer, its size the share of time, its colour what "
        "limits it (orange compute, blue HBM, grey latency). Rates are over "
        "the layer's busy cycles.</p>\n";
  writeLayers(data, os);
  writeEnergy(data, os);
  writeArea(data, os);
  writeComparison(data, os);
  writeEnd(data, os);
  closePage(os);
}
