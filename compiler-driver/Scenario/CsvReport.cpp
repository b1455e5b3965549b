//===- CsvReport.cpp - Answers for spreadsheets ---------------------------===//

#include "compiler-driver/Report/Csv.h"
#include "compiler-driver/Scenario/Report.h"

using namespace llvm;
using namespace acc;
using namespace acc::scenario;
using report::CsvRow;

static void addRange(CsvRow &row, const std::optional<Range> &range) {
  if (!range) {
    row.add("").add("").add("");
    return;
  }
  row.add(range->value).add(range->low).add(range->high);
}

static void addTitles(const Question &question, raw_ostream &os) {
  CsvRow titles(os);
  for (StringRef title : {"system", "title", "point", "chips", "placement",
                          "format", "concurrency"}) {
    titles.add(title);
  }
  auto ranged = [&](const Twine &title) {
    titles.add(title.str());
    titles.add((title + "_low").str());
    titles.add((title + "_high").str());
  };
  std::string unit = question.unit();
  ranged(unit + "s_per_s_per_chip");
  titles.add(unit + "s_per_s_per_user");
  titles.add("time_to_first_" + unit + "_p50_s");
  titles.add("time_to_first_" + unit + "_p99_s");
  titles.add("time_per_" + unit + "_p50_s");
  titles.add("time_per_" + unit + "_p99_s");
  ranged("joules_per_" + unit);
  ranged(unit + "s_per_s_per_mw");
  ranged("usd_per_chip_hour");
  ranged("usd_per_million_" + unit + "s");
}

/// Figures of the whole machine belong to the best point alone.
static void addPoint(const Answer &a, const Served &s, StringRef point,
                     raw_ostream &os) {
  bool isBest = point == "best";
  CsvRow row(os);
  row.add(a.id).add(a.title).add(point).add(uint64_t(s.chips));
  row.add(s.placement).add(a.format).add(uint64_t(s.concurrency));
  double rate = s.outputRatePerChip();
  addRange(row, Range{rate, rate / a.timeBand.second, rate / a.timeBand.first});
  row.add(s.interactivity()).add(s.firstToken.p50).add(s.firstToken.p99);
  row.add(s.perToken.p50).add(s.perToken.p99);
  addRange(row, s.joulesPerToken());
  auto ofBest = [&](const std::optional<Range> &range) {
    addRange(row, isBest ? range : std::nullopt);
  };
  ofBest(a.tokensPerSecondPerMegawatt);
  ofBest(dollarsPerHour(a));
  ofBest(a.dollarsPerMillion);
}

void scenario::writeCsv(const AnswerSheet &sheet, raw_ostream &os) {
  addTitles(sheet.question, os);
  for (const Answer &a : sheet.answers) {
    addPoint(a, a.best, "best", os);
    for (const Served &s : a.frontier) {
      addPoint(a, s, "frontier", os);
    }
    for (const Served &s : a.others) {
      addPoint(a, s, "other placement", os);
    }
  }
}
