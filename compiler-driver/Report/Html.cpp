//===- Html.cpp -----------------------------------------------------------===//

#include "compiler-driver/Report/Html.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace acc::report;

static constexpr StringLiteral styleSheet = R"css(
:root { color-scheme: light dark; --fg: #1b1f24; --bg: #fff; --dim: #59636e;
  --line: #d5dae0; --tile: #f4f6f8; --a: #2f6db5; --b: #b5622f; --c: #3a8f5c;
  --d: #8a56b5; }
@media screen and (prefers-color-scheme: dark) { :root:not(.paper) {
  --fg: #dfe4ea; --bg: #14171b; --dim: #98a2ad; --line: #363c44; --tile: #1d2126;
  --a: #6ba4e6; --b: #e0966a; --c: #6bc48f; --d: #bd90e6; } }
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
@media print { @page { margin: 14mm; } :root { color-scheme: light; }
  body { max-width: none; margin: 0; padding: 0 2px; font-size: 10pt;
    print-color-adjust: exact; }
  .wide { overflow: visible; } table { font-size: 8pt; }
  th, td { padding: 2px 4px; } td.n, th.n { white-space: normal; }
  h1, h2 { break-after: avoid; } tr, svg, .chart { break-inside: avoid; } }
)css";

std::string acc::report::escapeHtml(StringRef text) {
  std::string out;
  raw_string_ostream os(out);
  printHTMLEscaped(text, os);
  return out;
}

std::string acc::report::linkTo(StringRef id, StringRef text) {
  return "<a href=\"#" + escapeHtml(id) + "\">" + escapeHtml(text) + "</a>";
}

void acc::report::openPage(StringRef title, raw_ostream &os,
                           StringRef moreStyle) {
  std::string text = escapeHtml(title);
  os << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
     << "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" "
        "content=\"width=device-width\"/>\n<title>"
     << text << "</title>\n<style>" << styleSheet << moreStyle
     << "</style>\n</head>\n<body>\n<h1>" << text << "</h1>\n";
}

void acc::report::closePage(raw_ostream &os) { os << "</body>\n</html>\n"; }

HtmlTable::HtmlTable(raw_ostream &os, ArrayRef<StringRef> titles) : os(os) {
  os << "<div class=\"wide\"><table>\n<thead><tr>";
  for (StringRef title : titles) {
    right.push_back(title.consume_front(">"));
    os << (right.back() ? "<th class=\"n\">" : "<th>") << title << "</th>";
  }
  os << "</tr></thead>\n<tbody>\n";
}

void HtmlTable::addRow(ArrayRef<std::string> cells, const Twine &id) {
  os << "<tr";
  if (!id.isTriviallyEmpty()) {
    os << " id=\"" << id << "\"";
  }
  os << ">";
  for (auto [cell, isRight] : zip(cells, right)) {
    os << (isRight ? "<td class=\"n\">" : "<td>") << cell << "</td>";
  }
  os << "</tr>\n";
}
