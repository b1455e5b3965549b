//===- Csv.h - Tables for spreadsheets --------------------------*- C++ -*-===//
//
// Comma-separated values as RFC 4180 has them: one line for each row, titles
// first; cells with commas, quotes or line ends in quotes.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_CSV_H
#define COMPILER_DRIVER_REPORT_CSV_H

#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace acc::report {

/// One row, cell by cell.
class CsvRow {
public:
  explicit CsvRow(llvm::raw_ostream &os) : os(os) {}
  ~CsvRow() { os << "\r\n"; }

  CsvRow &add(llvm::StringRef text);
  /// As many digits as give the same number back.
  CsvRow &add(double number);
  CsvRow &add(uint64_t number);

private:
  llvm::raw_ostream &os;
  bool isFirst = true;
};

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_CSV_H
