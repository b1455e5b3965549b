//===- HtmlReport.cpp - Answers as a page ---------------------------------===//
//
// The report for scripts is in it, from which the page's script draws charts.
//
//===----------------------------------------------------------------------===//

#include "compiler-driver/Report/Charts.h"
#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Report/Html.h"
#include "compiler-driver/Report/MachineDrawing.h"
#include "compiler-driver/Scenario/PageTimeline.h"
#include "compiler-driver/Scenario/Report.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using report::escapeHtml;
using report::formatRange;
using report::formatSi;
using report::HtmlTable;
using report::sortable;
using report::writeChart;

static constexpr StringLiteral kScript =
#include "compiler-driver/Scenario/PageScript.inc"
    ;

static constexpr StringLiteral kTimelineScript =
#include "compiler-driver/Scenario/TimelineScript.inc"
    ;

static constexpr StringLiteral kStyle = R"css(
.mail { background: var(--tile); padding: 10px 14px; border-radius: 6px;
  white-space: pre-wrap; color: var(--fg); }
.chart.low { height: 200px; } .paper .chart.low { height: 180px; }
)css";

/// Text that says where it comes from when it is pointed at.
static std::string sourced(const std::string &text, const std::string &source) {
  return "<span title=\"" + escapeHtml(source) + "\">" + escapeHtml(text) +
         "</span>";
}

static std::string money(const std::optional<Range> &range,
                         const std::string &source) {
  return sourced(range ? formatv("{0:F2} ({1:F2} … {2:F2})", range->value,
                                 range->low, range->high)
                             .str()
                       : "not known",
                 source);
}

/// What one would write into a mail.
static std::string summarise(const AnswerSheet &sheet) {
  const Question &q = sheet.question;
  std::string text =
      formatv("{0} ({1:F1} B parameters) on {2}, {3}:", q.modelName(),
              q.parameters() * 1e-9, q.machine.name(), q.scenario.text);
  for (const Answer &a : sheet.answers) {
    const Served &s = a.best;
    text += formatv("\n- {0}, {1} ({2} chips): {3}, {4}, first {5} {6}, {7} "
                    "per {5}",
                    a.id, s.placement, s.chips,
                    formatRange(a.tokensPerChip(), q.unit() + "s/s/chip"),
                    formatSi(s.interactivity(), q.unit() + "s/s/user"),
                    q.unit(), formatSi(s.firstToken.p50, "s"),
                    formatRange(s.joulesPerToken(), "J"));
    if (a.dollarsPerMillion) {
      text += formatv(", {0:F2} ({1:F2} … {2:F2}) USD/M{3}",
                      a.dollarsPerMillion->value, a.dollarsPerMillion->low,
                      a.dollarsPerMillion->high, q.unit());
    }
  }
  return text;
}

static void writeSystems(const AnswerSheet &sheet, raw_ostream &os) {
  std::string unit = sheet.question.unit();
  HtmlTable table(os, {"system", "placement", ">chips", ">" + unit + "s/s/chip",
                       ">" + unit + "s/s/user", ">first " + unit + " p50",
                       ">p99", ">per " + unit + " p50", ">p99"});
  for (const Answer &a : sheet.answers) {
    const Served &s = a.best;
    table.addRow(
        {sourced(a.id, a.title),
         sourced(s.placement, a.choice + "; weights in " + a.format),
         std::to_string(s.chips),
         sourced(formatRange(a.tokensPerChip(), ""), a.bandMeaning),
         formatSi(s.interactivity(), ""), formatSi(s.firstToken.p50, "s"),
         formatSi(s.firstToken.p99, "s"), formatSi(s.perToken.p50, "s"),
         formatSi(s.perToken.p99, "s")});
  }
}

/// What a token takes: a table of its own, as one of all figures is wider than
/// a page.
static void writePerToken(const AnswerSheet &sheet, raw_ostream &os) {
  std::string unit = sheet.question.unit();
  os << "<h2>Energy and money</h2>\n";
  HtmlTable table(os, {"system", ">J/" + unit, ">" + unit + "s/s/MW",
                       ">USD/chip/h", ">USD/M" + unit});
  for (const Answer &a : sheet.answers) {
    const Economics &e = a.economics;
    table.addRow(
        {escapeHtml(a.id),
         sourced(formatRange(a.best.joulesPerToken(), "J"), e.packageBasis),
         sourced(formatRange(a.tokensPerSecondPerMegawatt, ""),
                 e.facilityBasis),
         money(dollarsPerHour(a), e.costBasis),
         money(a.dollarsPerMillion, e.costBasis)});
  }
}

static void writeTraining(const AnswerSheet &sheet, raw_ostream &os) {
  std::vector<std::string> titles = trainingTitles();
  HtmlTable table(os, SmallVector<StringRef>(titles.begin(), titles.end()));
  for (const Answer &a : sheet.answers) {
    std::vector<std::string> cells = trainingRow(a, sheet.question.scenario);
    for (std::string &cell : cells) {
      cell = sourced(cell, a.bandMeaning);
    }
    table.addRow(cells);
  }
}

static void writePower(const AnswerSheet &sheet, raw_ostream &os) {
  HtmlTable table(os, {"system", ">package of a chip", ">with rack and hosts",
                       ">at the grid", ">USD/chip"});
  for (const Answer &a : sheet.answers) {
    const Economics &e = a.economics;
    table.addRow({escapeHtml(a.id),
                  sourced(formatRange(e.package, "W"), e.packageBasis),
                  sourced(formatRange(e.rackIt, "W"), e.rackBasis),
                  sourced(formatRange(e.facility, "W"), e.facilityBasis),
                  e.price ? sourced(formatRange(*e.price, "USD"), e.priceBasis)
                          : "not known"});
  }
}

static void writeLayerRows(ArrayRef<PricedLayer> layers, raw_ostream &os) {
  HtmlTable table(os, {"layer", ">count", ">cycles", ">time, all",
                       ">exchange, all", ">matrix units", ">HBM", "limit"});
  for (const PricedLayer &l : layers) {
    table.addRow(
        {escapeHtml(l.name), sortable(l.count, formatv("{0:F0}", l.count)),
         sortable(double(l.cycles), report::formatCount(l.cycles)),
         sortable(l.seconds * l.count, formatSi(l.seconds * l.count, "s")),
         sortable(l.exchangeSeconds * l.count,
                  formatSi(l.exchangeSeconds * l.count, "s")),
         sortable(l.matrixUse, report::formatPercent(l.matrixUse)),
         sortable(l.memoryUse, report::formatPercent(l.memoryUse)), l.bound});
  }
}

static void writeLayers(StringRef title, ArrayRef<PricedLayer> layers,
                        raw_ostream &os) {
  if (layers.empty()) {
    return;
  }
  os << "<h2>" << title << "</h2>\n";
  report::openSortable(os);
  writeLayerRows(layers, os);
  report::closeSortable(os);
}

static void writeMachine(const AnswerSheet &sheet, raw_ostream &os) {
  const Machine &machine = sheet.question.machine;
  os << "<h2>The machine</h2>\n";
  report::drawMachine(machine, os);
  if (sheet.area) {
    report::drawArea(machine, *sheet.area, os);
  } else {
    os << "<p>Areas of slices of these sizes have not been measured.</p>\n";
  }
}

static void writeFleet(const AnswerSheet &sheet, raw_ostream &os) {
  const Fleet &first = *sheet.answers.front().fleet;
  os << "<h2>A site of " << formatSi(first.watts.value(), "W") << ", grid "
     << escapeHtml(first.grid) << "</h2>\n<p>" << escapeHtml(sheet.deployment)
     << "</p>\n";
  HtmlTable table(os, {"system", ">chips", ">racks",
                       ">" + sheet.question.unit() + "s/s", ">TWh/year",
                       ">t CO<sub>2</sub>/year", ">USD/year"});
  for (const Answer &a : sheet.answers) {
    const Fleet &f = *a.fleet;
    table.addRow(
        {escapeHtml(a.id), formatRange(f.chips, ""),
         f.racks.value > 0 ? formatRange(f.racks, "") : "not known",
         formatRange(f.tokensPerSecond, ""),
         formatv("{0:F1}", (f.energy / (1e12 * kWattHour)).value).str(),
         formatRange(f.tonnesCo2, ""),
         f.dollarsPerYear ? formatRange(*f.dollarsPerYear, "") : "not known"});
  }
}

void scenario::writeHtml(const AnswerSheet &sheet, raw_ostream &os) {
  const Question &q = sheet.question;
  report::openPage(
      q.modelName() + " on " + q.machine.name(), os,
      (report::chartStyle() + report::machineStyle() + kStyle).str());
  os << "<p>" << escapeHtml(q.scenario.text) << "; "
     << escapeHtml(q.machine.description()) << "; precision "
     << escapeHtml(q.precision)
     << ". Point at a figure to see what it rests on.</p>\n<div class=\"mail\">"
     << escapeHtml(summarise(sheet)) << "</div>\n<h2>Systems</h2>\n";
  if (sheet.isTraining()) {
    writeTraining(sheet, os);
  } else {
    writeSystems(sheet, os);
    writePerToken(sheet, os);
  }
  if (!sheet.answers.front().frontier.empty()) {
    writeChart("Throughput against interactivity", "frontier", os);
  }
  os << "<h2>Power and price</h2>\n";
  writePower(sheet, os);
  writeChart("Energy per " + q.unit(), "energy", os);
  writeChart("Where the time goes", "time", os);
  if (!sheet.decodeLayers.empty() || !sheet.promptLayers.empty()) {
    writeChart("Layers under the roofs", "roofline", os);
  }
  writeLayers(stepTitle(q), sheet.decodeLayers, os);
  writeLayers(promptTitle(q), sheet.promptLayers, os);
  bool hasSteps = !sheet.answers.front().best.steps.empty();
  if (hasSteps) {
    writePageTimeline(sheet, os);
  }
  if (sheet.answers.front().fleet) {
    writeFleet(sheet, os);
  }
  if (!sheet.isTraining()) {
    writeMachine(sheet, os);
  }
  os << "<h2>Methods</h2>\n<ul>\n";
  for (const std::string &method : methodsOf(sheet)) {
    os << "<li>" << escapeHtml(method) << "</li>\n";
  }
  os << "</ul>\n";
  std::string json;
  raw_string_ostream text(json);
  writeJson(sheet, text);
  report::writeScripts(
      json, hasSteps ? (kTimelineScript + kScript).str() : kScript.str(), os);
  report::closePage(os);
}
