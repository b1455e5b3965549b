//===- HtmlTable.cpp - A sweep as a page ----------------------------------===//

#include "compiler-driver/Explore/Table.h"
#include "compiler-driver/Report/Charts.h"
#include "compiler-driver/Report/Html.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace acc;
using namespace acc::explore;
using report::escapeHtml;

static constexpr StringLiteral kScript =
#include "compiler-driver/Explore/PageScript.inc"
    ;

static constexpr StringLiteral kStyle = R"css(
.front { font-weight: bold; }
)css";

/// A cell that sorts by its number if it is one.
static std::string toCell(StringRef text) {
  double number;
  return text.getAsDouble(number) ? escapeHtml(text)
                                  : report::sortable(number, text);
}

static void writeRows(const Table &table, raw_ostream &os) {
  std::vector<std::string> titles = titlesOf(table);
  titles.push_back("front");
  titles.push_back("problem");
  std::vector<std::string> escaped;
  for (StringRef title : titles) {
    bool isRight = title.consume_front(">");
    escaped.push_back((isRight ? ">" : "") + escapeHtml(title));
  }
  report::HtmlTable rows(
      os, SmallVector<StringRef>(escaped.begin(), escaped.end()));
  size_t figures = table.objectives.size() + table.columns.size();
  for (const Table::Row &row : table.rows) {
    std::vector<std::string> cells = {toCell(std::to_string(row.design))};
    for (const auto &[name, value] : row.settings) {
      cells.push_back(toCell(value));
    }
    for (size_t i = 0; i < figures; ++i) {
      if (row.figures.empty()) {
        cells.push_back("");
      } else if (auto number = row.figures[i].getAsNumber()) {
        cells.push_back(report::sortable(*number, toShortText(row.figures[i])));
      } else {
        cells.push_back(escapeHtml(toShortText(row.figures[i])));
      }
    }
    cells.push_back(row.isOnFront ? "<span class=\"front\">front</span>" : "");
    cells.push_back(escapeHtml(row.problem));
    rows.addRow(cells);
  }
}

void explore::writeHtml(const Table &table, raw_ostream &os) {
  report::openPage(table.input + " on designs around " + table.target, os,
                   (report::chartStyle() + kStyle).str());
  os << "<p>Designs that no other one is as good as in every objective and "
        "better than in one are the front; options of acc-cc: <code>"
     << escapeHtml(join(table.arguments, " ")) << "</code></p>\n";
  const std::vector<Objective> &objectives = table.objectives;
  for (size_t i = 1; i < objectives.size(); ++i) {
    report::writeChart(escapeHtml(objectives[i].place) + " against " +
                           escapeHtml(objectives[0].place),
                       "objective" + std::to_string(i), os);
  }
  os << "<h2>Designs</h2>\n";
  report::openSortable(os);
  writeRows(table, os);
  report::closeSortable(os);
  std::string json;
  raw_string_ostream text(json);
  writeJson(table, text);
  report::writeScripts(json, kScript, os);
  report::closePage(os);
}
