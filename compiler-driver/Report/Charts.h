//===- Charts.h - Charts on pages -------------------------------*- C++ -*-===//
//
// A page with charts holds its report for scripts, Chart.js, what such pages
// share (charts.js), and a script of its own that draws the one with the other.
// It loads nothing.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_CHARTS_H
#define COMPILER_DRIVER_REPORT_CHARTS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::report {

/// For openPage: charts, and tables that sort.
llvm::StringRef chartStyle();

/// The place of a chart, which the script finds by its id.
void writeChart(llvm::StringRef title, llvm::StringRef id,
                llvm::raw_ostream &os);

/// A table within these sorts by the heading that is clicked, and has a field
/// that keeps the rows with its text.
void openSortable(llvm::raw_ostream &os);
void closeSortable(llvm::raw_ostream &os);

/// A cell of such a table that sorts by its number.
std::string sortable(double value, const llvm::Twine &text);

/// JSON for a script, which finds it by its id.
void writeData(llvm::StringRef id, llvm::StringRef json, llvm::raw_ostream &os);

/// The end of the page: data and scripts.
void writeScripts(llvm::StringRef json, llvm::StringRef script,
                  llvm::raw_ostream &os);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_CHARTS_H
