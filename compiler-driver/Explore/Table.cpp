//===- Table.cpp - What came out of a sweep -------------------------------===//

#include "compiler-driver/Explore/Table.h"

#include "compiler-driver/Report/Csv.h"
#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Tensor/Errors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace acc;
using namespace acc::explore;

static Expected<json::Value> readReport(StringRef path) {
  auto file = MemoryBuffer::getFile(path);
  if (!file) {
    return makeInputError(path + ": " + file.getError().message());
  }
  return json::parse((*file)->getBuffer());
}

static Error makeMissingError(StringRef option, StringRef place,
                              StringRef expected, const json::Value &report) {
  return makeInputError(option + ": reports have no " + expected + " '" +
                        place + "'; did you mean '" +
                        findNearest(report, place) + "'?");
}

/// Reads one report's figures into a row.
static Error addFigures(const json::Value &report, const Table &table,
                        Table::Row &row) {
  for (const Objective &objective : table.objectives) {
    const json::Value *value = findFigure(report, objective.place);
    if (!value || !value->getAsNumber()) {
      // A figure that this report could have and has not: the design has none.
      if (value && value->getAsNull()) {
        row.figures.clear();
        row.problem = objective.place + " is not known";
        return Error::success();
      }
      return makeMissingError("--objectives", objective.place, "number",
                              report);
    }
    row.figures.push_back(*value);
  }
  for (const std::string &column : table.columns) {
    const json::Value *value = findFigure(report, column);
    if (!value || value->getAsObject() || value->getAsArray()) {
      return makeMissingError("--columns", column, "figure", report);
    }
    row.figures.push_back(*value);
  }
  return Error::success();
}

static void markFront(Table &table) {
  std::vector<std::vector<double>> figures;
  for (const Table::Row &row : table.rows) {
    figures.emplace_back();
    if (!row.figures.empty()) {
      for (size_t i = 0; i < table.objectives.size(); ++i) {
        figures.back().push_back(*row.figures[i].getAsNumber());
      }
    }
  }
  for (auto [row, isOnFront] :
       zip_equal(table.rows, findFront(figures, table.objectives))) {
    row.isOnFront = isOnFront;
  }
}

Expected<Table> explore::makeTable(const Sweep &sweep,
                                   ArrayRef<Outcome> outcomes,
                                   std::vector<Objective> objectives,
                                   std::vector<std::string> columns) {
  Table table{sweep.input, sweep.base.name(),     sweep.arguments,
              {},          std::move(objectives), std::move(columns),
              {}};
  for (const auto &[name, value] : sweep.designs.front()) {
    table.names.push_back(name);
  }
  for (auto [number, outcome] : enumerate(outcomes)) {
    Table::Row row;
    row.design = number;
    row.settings = sweep.designs[number];
    row.problem = outcome.problem;
    if (!outcome.report.empty()) {
      Expected<json::Value> report = readReport(outcome.report);
      if (!report) {
        return report.takeError();
      }
      if (table.objectives.empty()) {
        table.objectives = defaultObjectives(*report);
      }
      if (Error error = addFigures(*report, table, row)) {
        return std::move(error);
      }
    }
    table.rows.push_back(std::move(row));
  }
  markFront(table);
  return table;
}

/// A figure with all its digits.
static std::string toText(const json::Value &value) {
  if (auto text = value.getAsString()) {
    return text->str();
  }
  std::string text;
  raw_string_ostream(text) << value;
  return text;
}

void explore::writeCsv(const Table &table, raw_ostream &os) {
  {
    report::CsvRow titles(os);
    titles.add("design");
    for (const std::string &name : table.names) {
      titles.add(name);
    }
    for (const Objective &objective : table.objectives) {
      titles.add(objective.place);
    }
    for (const std::string &column : table.columns) {
      titles.add(column);
    }
    titles.add("front").add("problem");
  }
  size_t figures = table.objectives.size() + table.columns.size();
  for (const Table::Row &row : table.rows) {
    report::CsvRow cells(os);
    cells.add(uint64_t(row.design));
    for (const auto &[name, value] : row.settings) {
      cells.add(value);
    }
    for (size_t i = 0; i < figures; ++i) {
      cells.add(row.figures.empty() ? "" : toText(row.figures[i]));
    }
    cells.add(row.isOnFront ? "yes" : "no").add(row.problem);
  }
}

void explore::writeJson(const Table &table, raw_ostream &os) {
  json::OStream j(os, 2);
  j.object([&] {
    j.attribute("schema", "acc-explore/1");
    j.attribute("input", table.input);
    j.attribute("target", table.target);
    j.attribute("arguments", json::Array(table.arguments));
    j.attributeArray("objectives", [&] {
      for (const Objective &objective : table.objectives) {
        j.object([&] {
          j.attribute("figure", objective.place);
          j.attribute("better", objective.isMore ? "more" : "less");
        });
      }
    });
    j.attributeArray("designs", [&] {
      for (const Table::Row &row : table.rows) {
        j.object([&] {
          j.attribute("design", int64_t(row.design));
          j.attributeObject("settings", [&] {
            for (const auto &[name, value] : row.settings) {
              j.attribute(name, value);
            }
          });
          j.attributeObject("figures", [&] {
            for (auto [i, figure] : enumerate(row.figures)) {
              j.attribute(i < table.objectives.size()
                              ? table.objectives[i].place
                              : table.columns[i - table.objectives.size()],
                          figure);
            }
          });
          j.attribute("front", row.isOnFront);
          j.attribute("problem",
                      row.problem.empty() ? json::Value(nullptr) : row.problem);
        });
      }
    });
    j.attribute("front_method",
                "Designs that no other one is as good as in every objective "
                "and better than in one");
  });
  os << "\n";
}

std::string explore::toShortText(const json::Value &value) {
  std::optional<double> number = value.getAsNumber();
  return !number                  ? toText(value)
         : value.getAsInteger()   ? report::formatCount(*value.getAsInteger())
         : *number == 0           ? "0"
         : std::abs(*number) >= 1 ? report::formatDigits(*number)
                                  : report::formatSi(*number, "");
}

/// The design, what was varied, the figures.
static std::vector<std::string> cellsOf(const Table::Row &row) {
  std::vector<std::string> cells = {std::to_string(row.design)};
  for (const auto &[name, value] : row.settings) {
    cells.push_back(value);
  }
  for (const json::Value &figure : row.figures) {
    cells.push_back(toShortText(figure));
  }
  return cells;
}

std::vector<std::string> explore::titlesOf(const Table &table) {
  std::vector<std::string> titles = {">design"};
  for (const std::string &name : table.names) {
    titles.push_back(">" + name);
  }
  for (const Objective &objective : table.objectives) {
    titles.push_back(">" + objective.place + (objective.isMore ? " +" : ""));
  }
  for (const std::string &column : table.columns) {
    titles.push_back(">" + column);
  }
  return titles;
}

void explore::writeMarkdown(const Table &table, raw_ostream &os) {
  auto print = [&](StringRef title, auto keep) {
    if (none_of(table.rows, keep)) {
      return;
    }
    os << "## " << title << "\n\n";
    report::TextTable text(titlesOf(table));
    for (const Table::Row &row : make_filter_range(table.rows, keep)) {
      text.addRow(cellsOf(row));
    }
    text.print(os);
    os << "\n";
  };
  os << "# " << table.input << " on designs around " << table.target << "\n\n";
  print("Designs that none beats in every objective",
        [](const Table::Row &row) { return row.isOnFront; });
  print("Others", [](const Table::Row &row) {
    return !row.isOnFront && !row.figures.empty();
  });
  auto failed = make_filter_range(
      table.rows, [](const Table::Row &row) { return row.figures.empty(); });
  if (!failed.empty()) {
    os << "## Designs that cannot be\n\n";
    for (const Table::Row &row : failed) {
      os << "- " << row.design << ":";
      for (const auto &[name, value] : row.settings) {
        os << " " << name << "=" << value;
      }
      os << ": " << row.problem << "\n";
    }
  }
}
