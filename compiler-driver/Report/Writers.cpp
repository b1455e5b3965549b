//===- Writers.cpp - Reports as files -------------------------------------===//

#include "compiler-driver/Report/Writers.h"

#include "compiler-driver/Report/OutputFile.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace acc::report;

/// Rows of layers in a report for the terminal.
static constexpr unsigned terminalLayers = 16;

static std::optional<ReportKind> parseKind(StringRef name) {
  return name == "-" ? ReportKind::Terminal
                     : StringSwitch<std::optional<ReportKind>>(
                           sys::path::extension(name))
                           .Case(".html", ReportKind::Html)
                           .Case(".json", ReportKind::Json)
                           .Case(".md", ReportKind::Markdown)
                           .Case(".csv", ReportKind::Csv)
                           .Default(std::nullopt);
}

Error acc::report::checkReportName(StringRef name) {
  if (parseKind(name)) {
    return Error::success();
  }
  return createStringError(inconvertibleErrorCode(),
                           "--report=" + name +
                               ": unknown kind of report; expects a name in "
                               ".html, .json, .md or .csv, or -");
}

Error acc::report::writeByName(
    StringRef name, function_ref<void(ReportKind, raw_ostream &)> print) {
  if (Error error = checkReportName(name)) {
    return error;
  }
  return writeFile(name, [&](raw_ostream &os) { print(*parseKind(name), os); });
}

Error acc::report::writeReport(const ReportData &data, StringRef name) {
  return writeByName(name, [&](ReportKind kind, raw_ostream &os) {
    switch (kind) {
    case ReportKind::Terminal:
      return writeMarkdown(data, os, terminalLayers);
    case ReportKind::Markdown:
      return writeMarkdown(data, os);
    case ReportKind::Html:
      return writeHtml(data, os);
    case ReportKind::Json:
      return writeJson(data, os);
    case ReportKind::Csv:
      return writeCsv(data, os);
    }
  });
}

Error acc::report::writeTraceFile(const ReportData &data,
                                  const ::xpu::Object &object, StringRef name) {
  return writeFile(name,
                   [&](raw_ostream &os) { writeTrace(data, object, os); });
}
