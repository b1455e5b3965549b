//===- HtmlReport.cpp - Reports for browsers ------------------------------===//
//
// One file without scripts and without anything to load. Figures are links to
// their origin at the end of the page.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Report/HtmlPlots.h"
#include "compiler-driver/Report/Writers.h"

#include "llvm/Support/Path.h"

using namespace llvm;
using namespace acc;
using namespace acc::report;

static constexpr StringLiteral styleSheet = R"css(
:root { color-scheme: light dark; --fg: #1b1f24; --bg: #fff; --dim: #59636e;
  --line: #d5dae0; --tile: #f4f6f8; --a: #2f6db5; --b: #b5622f; --c: #3a8f5c;
  --d: #8a56b5; }
@media (prefers-color-scheme: dark) { :root { --fg: #dfe4ea; --bg: #14171b;
  --dim: #98a2ad; --line: #363c44; --tile: #1d2126; --a: #6ba4e6; --b: #e0966a;
  --c: #6bc48f; --d: #bd90e6; } }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--fg);
  background: var(--bg); max-width: 1080px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 2em; }
p, li { color: var(--dim); }
a { color: inherit; text-decoration: underline dotted var(--dim); }
.tiles { display: grid; gap: 10px;
  grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); }
.tile { background: var(--tile); padding: 10px 14px; border-radius: 6px; }
.tile b { display: block; font-size: 1.35em; font-variant-numeric: tabular-nums; }
.tile span { color: var(--dim); font-size: .88em; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9em; }
th, td { padding: 3px 8px; border-bottom: 1px solid var(--line);
  text-align: left; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
tr:target, li:target { background: var(--tile); }
svg { width: 100%; height: auto; }
svg text { font-size: 12px; fill: var(--fg); }
.row { fill: var(--tile); } .grid { stroke: var(--line); }
.roof { stroke: var(--fg); stroke-width: 2; }
.e0, .bar { fill: var(--a); } .e1 { fill: var(--d); } .e2 { fill: var(--b); }
.e3 { fill: var(--c); } .l0 { fill: var(--dim); } .l1 { fill: var(--line); }
.whisker { stroke: var(--fg); }
circle { fill-opacity: .55; } .b-compute { fill: var(--b); }
.b-hbm { fill: var(--a); } .b-fabric { fill: var(--d); }
.b-latency { fill: var(--dim); }
code { font-size: .92em; }
)css";

namespace {

/// Rows of cells that are already markup.
class HtmlTable {
public:
  /// Titles; a leading '>' aligns a column to the right.
  HtmlTable(raw_ostream &os, ArrayRef<StringRef> titles) : os(os) {
    os << "<div class=\"wide\"><table>\n<tr>";
    for (StringRef title : titles) {
      right.push_back(title.consume_front(">"));
      os << (right.back() ? "<th class=\"n\">" : "<th>") << title << "</th>";
    }
    os << "</tr>\n";
  }
  ~HtmlTable() { os << "</table></div>\n"; }

  void addRow(ArrayRef<std::string> cells, const Twine &id = "") {
    os << "<tr";
    if (!id.isTriviallyEmpty()) {
      os << " id=\"" << id << "\"";
    }
    os << ">";
    for (size_t i = 0; i < cells.size(); ++i) {
      os << (right[i] ? "<td class=\"n\">" : "<td>") << cells[i] << "</td>";
    }
    os << "</tr>\n";
  }

private:
  raw_ostream &os;
  std::vector<bool> right;
};

} // namespace

static std::string link(StringRef origin, StringRef text) {
  return ("<a href=\"#" + escapeHtml(origin) + "\">" + escapeHtml(text) +
          "</a>");
}

static void writeTiles(const ReportData &data, raw_ostream &os) {
  const Activity &a = data.activity;
  const Utilization &u = data.utilization;
  double hz = data.target.clockHz;
  auto tile = [&](StringRef title, StringRef origin, const std::string &value,
                  const std::string &below) {
    os << "<div class=\"tile\"><span>" << title << "</span><b>"
       << link(origin, value) << "</b><span>" << escapeHtml(below)
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
  os << "<h2>Layers</h2>\n<p>How: " << link("method.layers", "time") << ", "
     << link("method.bound", "bound") << ", "
     << link("method.footprint", "distinct bytes") << ", "
     << link("method.energy", "energy") << ". No engine is busy in "
     << formatPercent(data.table.idleCycles / double(data.cycles))
     << " of the cycles.</p>\n";
  HtmlTable table(os, {"layer", ">share", ">cycles", "bound", "engine",
                       "mostly", ">MAC", ">executed", ">vector op", ">HBM",
                       ">distinct", ">roofline", ">energy"});
  for (size_t i = 0; i < data.table.layers.size(); ++i) {
    const Layer &layer = data.table.layers[i];
    const Activity &a = layer.activity;
    const Footprint &f = layer.footprint;
    table.addRow(
        {escapeHtml(layer.name),
         formatPercent(layer.elapsedCycles / double(data.cycles)),
         formatCount(layer.cycles), getName(layer.bound).str(),
         isa::stringify(layer.dominant).str(), getName(layer.mostly).str(),
         formatSi(double(a.usefulMacs), ""), formatSi(double(a.macs), ""),
         formatSi(double(a.vectorOps()), ""),
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
      constants += (constants.empty() ? "" : ", ") + link("energy." + key, key);
    }
    table.addRow({escapeHtml(part.name), formatRange(part.energy, "J"),
                  formatPercent(part.energy.value / board),
                  escapeHtml(part.method), constants});
  }
  auto sum = [&](const char *name, const Range &energy, const char *origin) {
    table.addRow({std::string("<b>") + name + "</b>", formatRange(energy, "J"),
                  formatPercent(energy.value / board), link(origin, "how"),
                  ""});
  };
  sum("chip and HBM", data.energy.chip, "method.energy");
  sum("board", data.energy.board, "method.energy");
  sum("wall", data.energy.wall, "method.wall");
}

static void writeComparison(const ReportData &data, raw_ostream &os) {
  if (data.comparison.empty()) {
    return;
  }
  os << "<h2>Comparison: data-sheet rooflines, not measured</h2>\n<p>"
     << escapeHtml(data.origin("method.comparison"))
     << " Ratios: target over system.</p>\n";
  HtmlTable table(os, {"system", ">devices", ">time", ">energy", "limit",
                       ">time ratio", ">energy ratio", "error", "figures"});
  table.addRow({escapeHtml(data.target.name) + " (one slice)", "1",
                link("method.time", formatSi(data.seconds, "s")),
                link("method.energy", formatSi(data.energy.board.value, "J")),
                escapeHtml(data.fidelity) + " run", "1 x", "1 x", "", ""});
  for (const Comparison &c : data.comparison) {
    const SystemEstimate &e = c.estimate;
    std::string prefix = "system." + c.system + ".";
    std::string figures;
    for (const std::string &key : e.figures) {
      figures += (figures.empty() ? "" : ", ") + link(prefix + key, key);
    }
    std::string error = escapeHtml(e.error.meaning);
    if (e.error.measuredOverPeak) {
      error += "; best measured matrix rate " +
               formatPercent(*e.error.measuredOverPeak) + " of peak";
    }
    table.addRow({escapeHtml(c.title), std::to_string(c.count),
                  link("method.comparison", formatSi(e.seconds, "s")),
                  link("method.comparison", formatSi(e.joules.value, "J")),
                  link(prefix + e.limit, e.limit),
                  formatRatio(data.seconds / e.seconds),
                  formatRatio(data.energy.board.value / e.joules.value), error,
                  figures});
  }
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
  os << "<p>Every command of the program was simulated, in one slice; nothing "
        "was repeated.</p>\n";
  if (!data.hostFallback.empty()) {
    os << "<h2>On the host</h2>\n<ul>\n";
    for (const HostOp &op : data.hostFallback) {
      os << "<li>" << escapeHtml(op.op) << ": " << escapeHtml(op.why)
         << "</li>\n";
    }
    os << "</ul>\n";
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
  std::string title = escapeHtml(
      (sys::path::filename(data.inputFile) + " on " + data.target.name).str());
  os << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
     << "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" "
        "content=\"width=device-width\"/>\n<title>"
     << title << "</title>\n<style>" << styleSheet
     << "</style>\n</head>\n<body>\n<h1>" << title << "</h1>\n<p>"
     << escapeHtml(data.target.description) << ". Precision "
     << escapeHtml(data.precision) << ", model " << escapeHtml(data.fidelity)
     << ". Every figure is a link to its origin.</p>\n";
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
  writeComparison(data, os);
  writeEnd(data, os);
  os << "</body>\n</html>\n";
}
