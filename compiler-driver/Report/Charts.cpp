//===- Charts.cpp - Charts on pages ---------------------------------------===//

#include "compiler-driver/Report/Charts.h"

#include "compiler-driver/Report/Html.h"
#include "llvm/Support/Format.h"

using namespace llvm;
using namespace acc;

static constexpr StringLiteral kChartLibrary =
#include "compiler-driver/Report/ChartLibrary.inc"
    ;
static constexpr StringLiteral kChartScript =
#include "compiler-driver/Report/ChartScript.inc"
    ;

StringRef report::chartStyle() {
  return R"css(
.chart { position: relative; height: 380px; }
.sortable th { cursor: pointer; }
.sortable input, .controls select, .controls button { margin: 0 6px 6px 0;
  padding: 4px 8px; font: inherit; color: inherit; background: var(--tile);
  border: 1px solid var(--line); border-radius: 4px; }
th[aria-sort=ascending]::after { content: " \25B4"; }
th[aria-sort=descending]::after { content: " \25BE"; }
[title] { text-decoration: underline dotted var(--dim); }
.tip { position: fixed; max-width: 420px; padding: 6px 10px; z-index: 9;
  font-size: .88em; color: var(--fg); background: var(--tile);
  border: 1px solid var(--dim); border-radius: 4px; }
@media print { .sortable input, .controls, .tip { display: none; }
  [title] { text-decoration: none; }
  .chart canvas { max-width: 100%; height: auto !important; } }
/* A4 less its margins. */
.paper .chart { width: 680px; height: 300px; }
)css";
}

void report::writeChart(StringRef title, StringRef id, raw_ostream &os) {
  os << "<h2>" << title << "</h2>\n<div class=\"chart\"><canvas id=\"" << id
     << "\" role=\"img\" aria-label=\"" << title << "\"></canvas></div>\n";
}

void report::openSortable(raw_ostream &os) {
  os << "<div class=\"sortable\">"
     << "<input placeholder=\"keep rows with\" aria-label=\"keep rows with\"/>"
     << "\n";
}

void report::closeSortable(raw_ostream &os) { os << "</div>\n"; }

std::string report::sortable(double value, const Twine &text) {
  // Without all digits times of layers would all be zero.
  std::string cell;
  raw_string_ostream(cell) << format("<data value=\"%.17g\">", value)
                           << escapeHtml(text.str()) << "</data>";
  return cell;
}

void report::writeData(StringRef id, StringRef json, raw_ostream &os) {
  std::string escaped;
  for (char c : json) {
    escaped += c == '<' ? std::string("\\u003c") : std::string(1, c);
  }
  os << "<script type=\"application/json\" id=\"" << id << "\">" << escaped
     << "</script>\n";
}

void report::writeScripts(StringRef json, StringRef script, raw_ostream &os) {
  writeData("data", json, os);
  os << "<script>" << kChartLibrary << "</script>\n<script>" << kChartScript
     << "</script>\n<script>" << script << "</script>\n";
}
