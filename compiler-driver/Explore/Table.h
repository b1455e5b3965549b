//===- Table.h - What came out of a sweep -----------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_EXPLORE_TABLE_H
#define COMPILER_DRIVER_EXPLORE_TABLE_H

#include "compiler-driver/Explore/Figures.h"
#include "compiler-driver/Explore/Sweep.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::explore {

/// Designs with their figures, a row each, in the order of the sweep.
struct Table {
  struct Row {
    size_t design = 0;
    Settings settings;
    /// Objectives, then columns; empty if the design could not be run.
    std::vector<llvm::json::Value> figures;
    bool isOnFront = false;
    std::string problem;
  };

  std::string input, target;
  std::vector<std::string> arguments;
  std::vector<std::string> names; ///< of what was varied
  std::vector<Objective> objectives;
  std::vector<std::string> columns;
  std::vector<Row> rows;
};

/// Reads the reports; without objectives, those of their kind. Errors name what
/// no report has.
llvm::Expected<Table> makeTable(const Sweep &sweep,
                                llvm::ArrayRef<Outcome> outcomes,
                                std::vector<Objective> objectives,
                                std::vector<std::string> columns);

/// Titles of all columns; a leading '>' aligns one to the right.
std::vector<std::string> titlesOf(const Table &table);
/// A figure with as many digits as people read.
std::string toShortText(const llvm::json::Value &value);

void writeCsv(const Table &table, llvm::raw_ostream &os);
void writeJson(const Table &table, llvm::raw_ostream &os);
/// Designs of the front first, then the others, then those that could not be
/// run.
void writeMarkdown(const Table &table, llvm::raw_ostream &os);
/// A page that needs nothing else.
void writeHtml(const Table &table, llvm::raw_ostream &os);

} // namespace acc::explore

#endif // COMPILER_DRIVER_EXPLORE_TABLE_H
