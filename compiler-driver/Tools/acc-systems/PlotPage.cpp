//===- PlotPage.cpp -------------------------------------------------------===//

#include "compiler-driver/Tools/acc-systems/PlotPage.h"

#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Report/Html.h"
#include "compiler-driver/Report/Svg.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"

#include <cmath>
#include <map>

using namespace llvm;
using namespace acc::systems;
using namespace acc::report;

/// Rows of a table of the largest errors.
static constexpr size_t worstRows = 10;
/// Colours go round if there are more GPUs.
static constexpr unsigned numColours = 8;

/// Colours that remain apart for the colour-blind (Okabe and Ito, 2008), and
/// on dark and light backgrounds.
static constexpr StringLiteral styleSheet = R"css(
.panels { display: grid; gap: 26px;
  grid-template-columns: repeat(auto-fit, minmax(460px, 1fr)); }
.panels svg text { font-size: 20px; }
.panels h2 { margin: 0; }
.key i { display: inline-block; width: .8em; height: .8em; border-radius: 50%;
  margin: 0 .3em 0 1em; }
.band { stroke: var(--dim); stroke-dasharray: 6 6; }
.g0 { fill: #0072b2; background: #0072b2; }
.g1 { fill: #d55e00; background: #d55e00; }
.g2 { fill: #009e73; background: #009e73; }
.g3 { fill: #cc79a7; background: #cc79a7; }
.g4 { fill: #e69f00; background: #e69f00; }
.g5 { fill: #56b4e9; background: #56b4e9; }
.g6 { fill: #8c6d31; background: #8c6d31; }
.g7 { fill: #7f7f7f; background: #7f7f7f; }
)css";

namespace {

using Rows = std::vector<const PredictedRow *>;
using Colours = std::map<std::string, unsigned>;

/// A family, and one of its units: rates and times do not share axes.
using PanelKey = std::pair<std::string, std::string>;

} // namespace

static std::string formatQuantity(double value, StringRef unit) {
  // Units such as TFLOP/s have their prefix.
  if (unit == "s") {
    return formatSi(value, unit);
  }
  std::string text;
  raw_string_ostream(text) << format("%.4g ", value) << unit;
  return text;
}

static std::string formatError(double error) {
  std::string text;
  raw_string_ostream(text) << format("%+.1f %%", 100 * error);
  return text;
}

static std::string describe(const PredictedRow &row) {
  std::string text = row.gpu + ", " + row.precision + ", " + row.workload +
                     ": measured " + formatQuantity(row.measured, row.unit) +
                     ", predicted " + formatQuantity(row.predicted, row.unit) +
                     " (" + formatError(row.relativeError()) + ")";
  if (!row.limit.empty()) {
    text += ", limit " + row.limit;
  }
  return row.id.empty() ? text : row.id + ": " + text;
}

static void drawPanel(const Rows &rows, const PanelKey &key,
                      const Colours &colours, raw_ostream &os) {
  svg::LogPlot plot;
  plot.left = 110;
  plot.width = svg::width - 130;
  plot.height = 560;
  double low = INFINITY, high = 0;
  for (const PredictedRow *row : rows) {
    low = std::min({low, row->measured, row->predicted});
    high = std::max({high, row->measured, row->predicted});
  }
  plot.minX = plot.minY = std::floor(std::log10(low));
  plot.maxX = plot.maxY = std::max(plot.minX + 1, std::ceil(std::log10(high)));
  svg::open(os, plot.top + plot.height + 62,
            key.first + ": predicted against measured");
  plot.drawGrid(os);
  double from = std::pow(10, plot.minX), to = std::pow(10, plot.maxX);
  auto diagonal = [&](double ratio, StringRef style) {
    // Cut where it leaves the square.
    double start = std::max(from, from / ratio), end = std::min(to, to / ratio);
    svg::line(os, plot.x(start), plot.y(start * ratio), plot.x(end),
              plot.y(end * ratio), style);
  };
  diagonal(1, "roof");
  diagonal(1.2, "band");
  diagonal(1 / 1.2, "band");
  for (const PredictedRow *row : rows) {
    os << format(
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"6\" class=\"g%u\"><title>",
              plot.x(row->measured), plot.y(row->predicted),
              colours.at(row->gpu))
       << escapeHtml(describe(*row)) << "</title></circle>\n";
  }
  svg::text(os, plot.left + plot.width / 2, plot.top + plot.height + 52,
            "measured, " + key.second, "middle");
  svg::text(os, plot.left + 8, plot.top + 24, "predicted, " + key.second);
  svg::close(os);
}

static std::vector<std::string> summaryCells(const ErrorSummary &s) {
  return {std::to_string(s.rows),
          formatPercent(s.meanAbsolute),
          formatPercent(s.medianAbsolute),
          formatRatio(s.bias),
          formatPercent(s.within20),
          s.worst ? formatError(s.worst->relativeError()) : "-"};
}

static void addSummary(HtmlTable &table, std::string name, const Rows &rows) {
  std::vector<std::string> cells = summaryCells(summarize(rows));
  cells.insert(cells.begin(), std::move(name));
  table.addRow(cells);
}

static constexpr StringRef summaryTitles[] = {
    "", ">rows", ">mean", ">median", ">bias", ">within 20 %", ">worst"};

static void writePanel(const Rows &rows, const PanelKey &key,
                       const Colours &colours, raw_ostream &os) {
  os << "<section>\n<h2>" << escapeHtml(key.first + ", " + key.second)
     << "</h2>\n";
  drawPanel(rows, key, colours, os);
  std::map<std::string, Rows> byGpu;
  for (const PredictedRow *row : rows) {
    byGpu[row->gpu].push_back(row);
  }
  {
    HtmlTable table(os, summaryTitles);
    addSummary(table, "<b>all</b>", rows);
    for (const auto &[gpu, part] : byGpu) {
      addSummary(table, escapeHtml(gpu), part);
    }
  }
  os << "</section>\n";
}

static void writeWorst(Rows rows, const PanelKey &key, raw_ostream &os) {
  llvm::stable_sort(rows, [](const PredictedRow *a, const PredictedRow *b) {
    return std::fabs(std::log(a->predicted / a->measured)) >
           std::fabs(std::log(b->predicted / b->measured));
  });
  rows.resize(std::min(rows.size(), worstRows));
  os << "<h2>Largest errors: " << escapeHtml(key.first) << " in "
     << escapeHtml(key.second) << "</h2>\n";
  HtmlTable table(os, {"row", "GPU", "precision", "workload", ">measured",
                       ">predicted", ">error", "limit"});
  for (const PredictedRow *row : rows) {
    table.addRow({escapeHtml(row->id), escapeHtml(row->gpu),
                  escapeHtml(row->precision), escapeHtml(row->workload),
                  formatQuantity(row->measured, row->unit),
                  formatQuantity(row->predicted, row->unit),
                  formatError(row->relativeError()), escapeHtml(row->limit)});
  }
}

void acc::systems::writePlotPage(const PredictedRows &rows, StringRef origin,
                                 raw_ostream &os) {
  std::map<PanelKey, Rows> panels;
  Colours colours;
  for (const PredictedRow &row : rows.rows) {
    panels[{row.family, row.unit}].push_back(&row);
    colours.emplace(row.gpu, 0);
  }
  for (auto [i, entry] : enumerate(colours)) {
    entry.second = unsigned(i) % numColours;
  }
  openPage("Predicted against measured", os, styleSheet);
  os << "<p>" << rows.rows.size() << " rows of <code>"
     << escapeHtml(sys::path::filename(origin)) << "</code>";
  if (rows.withoutPrediction != 0) {
    os << "; " << rows.withoutPrediction << " have no prediction";
  }
  if (rows.withoutValue != 0) {
    os << "; " << rows.withoutValue << " have no measured value";
  }
  os << ". A dot is a row; its words appear under the pointer. The line is a "
        "perfect prediction, the dashes are 20 % off. Errors are "
        "predicted/measured - 1; the bias is the geometric mean of "
        "predicted/measured.</p>\n<p class=\"key\">";
  for (const auto &[gpu, colour] : colours) {
    os << "<i class=\"g" << colour << "\"></i>" << escapeHtml(gpu);
  }
  os << "</p>\n<div class=\"panels\">\n";
  for (const auto &[key, part] : panels) {
    writePanel(part, key, colours, os);
  }
  os << "</div>\n";
  for (const auto &[key, part] : panels) {
    writeWorst(part, key, os);
  }
  closePage(os);
}
