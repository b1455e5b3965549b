//===- Format.h - Figures for people ----------------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_REPORT_FORMAT_H
#define COMPILER_DRIVER_REPORT_FORMAT_H

#include "compiler-driver/Data/DataFile.h"

#include <cstdint>

namespace acc::report {

using data::Range;

/// "12.3 µJ": three digits with a decimal prefix.
std::string formatSi(double value, llvm::StringRef unit);
/// "12.3 (10.1 … 15.7) µJ".
std::string formatRange(const Range &range, llvm::StringRef unit);
/// "12.3": three digits, for what has its unit in the title.
std::string formatDigits(double value);
/// "746,310".
std::string formatCount(uint64_t value);
/// "12.3 %".
std::string formatPercent(double fraction);
/// "2.06 x", "0.0413 x".
std::string formatRatio(double ratio);

/// A Markdown table whose source is aligned, so that it reads in a terminal.
class TextTable {
public:
  /// Titles; a leading '>' aligns a column to the right.
  explicit TextTable(std::vector<std::string> titles);
  void addRow(std::vector<std::string> cells);
  void print(llvm::raw_ostream &os) const;

private:
  std::vector<bool> right;
  std::vector<std::vector<std::string>> rows; ///< the titles first
};

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_FORMAT_H
