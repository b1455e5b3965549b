//===- Report.h - Answers as files ------------------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_SCENARIO_REPORT_H
#define COMPILER_DRIVER_SCENARIO_REPORT_H

#include "compiler-driver/Scenario/Question.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::scenario {

/// For scripts; the keys are a stable surface.
void writeJson(const AnswerSheet &sheet, llvm::raw_ostream &os);
/// For terminals and mails.
void writeMarkdown(const AnswerSheet &sheet, llvm::raw_ostream &os);
/// For spreadsheets: each system's best point, its frontier and its other
/// placements, one a row.
void writeCsv(const AnswerSheet &sheet, llvm::raw_ostream &os);
/// One file that needs nothing else.
void writeHtml(const AnswerSheet &sheet, llvm::raw_ostream &os);

/// A timeline for Perfetto of the steps of each system's best point, with what
/// each is made of, the sequences and prompts in it, and power. The scenario
/// must have kept its steps.
void writeTrace(const AnswerSheet &sheet, llvm::raw_ostream &os);

/// Writes the kind of report that the name says; a failure leaves no file.
llvm::Error writeReport(const AnswerSheet &sheet, llvm::StringRef name);

/// Titles of the tables of layers.
inline llvm::StringRef stepTitle(const Question &question) {
  return question.network ? "Blocks of a step"
                          : "Layers of a step of generation";
}
inline llvm::StringRef promptTitle(const Question &question) {
  return question.network ? "Blocks of a request"
                          : "Layers of a piece of a prompt";
}

/// Of a chip; nothing if it is not known.
inline std::optional<Range> dollarsPerHour(const Answer &answer) {
  return answer.economics.cost ? std::optional(*answer.economics.cost * kHour)
                               : std::nullopt;
}

/// The table of training jobs: its titles, and one system's row.
std::vector<std::string> trainingTitles();
std::vector<std::string> trainingRow(const Answer &answer,
                                     const Scenario &scenario);

/// What every figure rests on, as sentences.
std::vector<std::string> methodsOf(const AnswerSheet &sheet);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_REPORT_H
