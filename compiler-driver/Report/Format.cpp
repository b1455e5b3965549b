//===- Format.cpp - Figures for people ------------------------------------===//

#include "compiler-driver/Report/Format.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/Unicode.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace acc::report;

/// Three significant digits without an exponent.
static std::string digits(double value) {
  double size = std::fabs(value);
  int decimals = size >= 99.95 || size == 0 ? 0 : size >= 9.995 ? 1 : 2;
  std::string text;
  raw_string_ostream(text) << format("%.*f", decimals, value);
  return text;
}

namespace {
struct Prefix {
  double factor;
  const char *text;
};
} // namespace

static Prefix prefixOf(double value) {
  static constexpr Prefix prefixes[] = {
      {1e15, "P"}, {1e12, "T"}, {1e9, "G"},  {1e6, "M"},  {1e3, "k"},
      {1, ""},     {1e-3, "m"}, {1e-6, "µ"}, {1e-9, "n"}, {1e-12, "p"}};
  double size = std::fabs(value);
  for (const Prefix &prefix : prefixes) {
    if (size >= prefix.factor * 0.9995) {
      return prefix;
    }
  }
  return size == 0 ? Prefix{1, ""} : Prefix{1e-12, "p"};
}

std::string acc::report::formatSi(double value, StringRef unit) {
  Prefix prefix = prefixOf(value);
  std::string suffix = prefix.text + unit.str();
  return digits(value / prefix.factor) + (suffix.empty() ? "" : " ") + suffix;
}

std::string acc::report::formatRange(const Range &range, StringRef unit) {
  Prefix prefix = prefixOf(range.value);
  return digits(range.value / prefix.factor) + " (" +
         digits(range.low / prefix.factor) + " … " +
         digits(range.high / prefix.factor) + ") " + prefix.text + unit.str();
}

std::string acc::report::formatDigits(double value) {
  if (std::fabs(value) >= 0.995 || value == 0) {
    return digits(value);
  }
  std::string text;
  raw_string_ostream(text) << format("%.3g", value);
  return text;
}

std::string acc::report::formatCount(uint64_t value) {
  std::string text = std::to_string(value);
  for (int at = int(text.size()) - 3; at > 0; at -= 3) {
    text.insert(size_t(at), ",");
  }
  return text;
}

std::string acc::report::formatPercent(double fraction) {
  std::string text;
  double percent = 100 * fraction;
  raw_string_ostream(text) << format(percent < 9.95 ? "%.2f %%" : "%.1f %%",
                                     percent);
  return text;
}

std::string acc::report::formatRatio(double ratio) {
  if (!std::isfinite(ratio)) {
    return "-";
  }
  std::string text;
  raw_string_ostream(text) << format(ratio >= 999.5 ? "%.0f x" : "%.3g x",
                                     ratio);
  return text;
}

TextTable::TextTable(std::vector<std::string> titles) {
  for (std::string &title : titles) {
    right.push_back(title.front() == '>');
    title.erase(0, right.back());
  }
  rows.push_back(std::move(titles));
}

void TextTable::addRow(std::vector<std::string> cells) {
  for (std::string &cell : cells) {
    // A bar would end the cell.
    for (size_t at = 0; (at = cell.find('|', at)) != cell.npos; at += 2) {
      cell.insert(at, "\\");
    }
  }
  rows.push_back(std::move(cells));
}

static size_t widthOf(StringRef text) {
  int width = sys::unicode::columnWidthUTF8(text);
  return width < 0 ? text.size() : size_t(width);
}

void TextTable::print(raw_ostream &os) const {
  std::vector<size_t> widths(right.size(), 3);
  for (const auto &row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], widthOf(row[i]));
    }
  }
  for (size_t r = 0; r < rows.size(); ++r) {
    for (size_t i = 0; i < right.size(); ++i) {
      const std::string &cell = rows[r][i];
      os << "| ";
      os.indent(right[i] ? widths[i] - widthOf(cell) : 0) << cell;
      os.indent(right[i] ? 0 : widths[i] - widthOf(cell)) << " ";
    }
    os << "|\n";
    if (r == 0) {
      for (size_t i = 0; i < right.size(); ++i) {
        os << (right[i] ? "|-" : "|:") << std::string(widths[i], '-')
           << (right[i] ? ":" : "-");
      }
      os << "|\n";
    }
  }
}
