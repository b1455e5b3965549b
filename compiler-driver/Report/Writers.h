//===- Writers.h - Reports as files -----------------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_REPORT_WRITERS_H
#define COMPILER_DRIVER_REPORT_WRITERS_H

#include "compiler-driver/Report/ReportData.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::report {

/// The stable keys for scripts, and more.
void writeJson(const ReportData &data, llvm::raw_ostream &os);

/// The key "steps" of a report for scripts.
void writeSteps(llvm::json::OStream &j, llvm::ArrayRef<StepInfo> steps,
                bool isTimed);

/// For terminals and pages; `maxLayers` rows of layers, those with most time.
void writeMarkdown(const ReportData &data, llvm::raw_ostream &os,
                   unsigned maxLayers = ~0u);

/// The layers, one a row; titles are the keys of the report for scripts.
void writeCsv(const ReportData &data, llvm::raw_ostream &os);

/// One file that needs nothing else.
void writeHtml(const ReportData &data, llvm::raw_ostream &os);

/// Timeline in the format of Chrome's trace viewer, which Perfetto reads.
void writeTrace(const ReportData &data, const ::xpu::Object &object,
                llvm::raw_ostream &os);

/// Success if the name says a kind of report: .html, .json, .md, .csv or "-".
llvm::Error checkReportName(llvm::StringRef name);

enum class ReportKind { Terminal, Markdown, Html, Json, Csv };

/// Writes a file with what `print` prints for the kind that the name says. A
/// failure leaves no file.
llvm::Error
writeByName(llvm::StringRef name,
            llvm::function_ref<void(ReportKind, llvm::raw_ostream &)> print);

/// Writes the kind of report that the name says, "-" being Markdown on stdout.
/// A failure leaves no file.
llvm::Error writeReport(const ReportData &data, llvm::StringRef name);

/// Writes the timeline. A failure leaves no file.
llvm::Error writeTraceFile(const ReportData &data, const ::xpu::Object &object,
                           llvm::StringRef name);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_WRITERS_H
