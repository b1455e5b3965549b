//===- Html.h - Pages for browsers ------------------------------*- C++ -*-===//
//
// One file without scripts and without anything to load.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_HTML_H
#define COMPILER_DRIVER_REPORT_HTML_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace acc::report {

/// Text with the characters of markup replaced.
std::string escapeHtml(llvm::StringRef text);

/// A link to a place of the page with this id.
std::string linkTo(llvm::StringRef id, llvm::StringRef text);

/// The page up to its heading. `moreStyle` is added to the style sheet.
void openPage(llvm::StringRef title, llvm::raw_ostream &os,
              llvm::StringRef moreStyle = "");
void closePage(llvm::raw_ostream &os);

/// Rows of cells that are already markup. The table ends with its life.
class HtmlTable {
public:
  /// Titles; a leading '>' aligns a column to the right.
  HtmlTable(llvm::raw_ostream &os, llvm::ArrayRef<llvm::StringRef> titles);
  ~HtmlTable() { os << "</tbody></table></div>\n"; }

  void addRow(llvm::ArrayRef<std::string> cells, const llvm::Twine &id = "");

private:
  llvm::raw_ostream &os;
  std::vector<bool> right;
};

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_HTML_H
