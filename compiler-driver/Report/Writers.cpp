//===- Writers.cpp - Reports as files -------------------------------------===//

#include "compiler-driver/Report/Writers.h"

#include "compiler-driver/Report/OutputFile.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace acc::report;

/// Rows of layers in a report for the terminal.
static constexpr unsigned terminalLayers = 16;

Error acc::report::checkReportName(StringRef name) {
  StringRef extension = sys::path::extension(name);
  if (name == "-" || extension == ".html" || extension == ".json" ||
      extension == ".md") {
    return Error::success();
  }
  return createStringError(inconvertibleErrorCode(),
                           "--report=" + name +
                               ": unknown kind of report; expects a name in "
                               ".html, .json or .md, or -");
}

Error acc::report::writeReport(const ReportData &data, StringRef name) {
  if (Error error = checkReportName(name)) {
    return error;
  }
  StringRef extension = sys::path::extension(name);
  return writeFile(name, [&](raw_ostream &os) {
    if (name == "-") {
      writeMarkdown(data, os, terminalLayers);
    } else if (extension == ".html") {
      writeHtml(data, os);
    } else if (extension == ".json") {
      writeJson(data, os);
    } else {
      writeMarkdown(data, os);
    }
  });
}

Error acc::report::writeTraceFile(const ReportData &data,
                                  const ::xpu::Object &object, StringRef name) {
  return writeFile(name,
                   [&](raw_ostream &os) { writeTrace(data, object, os); });
}
