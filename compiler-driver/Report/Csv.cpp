//===- Csv.cpp - Tables for spreadsheets ----------------------------------===//

#include "compiler-driver/Report/Csv.h"

#include "llvm/Support/Format.h"

#include <cmath>

using namespace llvm;
using namespace acc::report;

CsvRow &CsvRow::add(StringRef text) {
  if (!isFirst) {
    os << ",";
  }
  isFirst = false;
  if (text.find_first_of(",\"\r\n") == StringRef::npos) {
    os << text;
    return *this;
  }
  os << '"';
  for (char c : text) {
    os << (c == '"' ? StringRef("\"\"") : StringRef(&c, 1));
  }
  os << '"';
  return *this;
}

CsvRow &CsvRow::add(double number) {
  std::string text;
  raw_string_ostream(text) << format("%.17g", number);
  return add(text);
}

CsvRow &CsvRow::add(uint64_t number) { return add(std::to_string(number)); }
