#include "compiler-driver/Scenario/Report.h"
void acc::scenario::writeHtml(const AnswerSheet &sheet, llvm::raw_ostream &os) {
  writeMarkdown(sheet, os);
}
