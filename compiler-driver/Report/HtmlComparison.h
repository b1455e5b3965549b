//===- HtmlComparison.h - Other systems, in the HTML report -----*- C++ -*-===//

#ifndef COMPILER_DRIVER_REPORT_HTMLCOMPARISON_H
#define COMPILER_DRIVER_REPORT_HTMLCOMPARISON_H

#include "compiler-driver/Report/ReportData.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::report {

/// A table of systems, whose figures link to a block for each system: its
/// kernels, and by class the data-sheet figures, the fitted parameters and the
/// measured rows that they rest on, each a link to its origin.
void writeComparison(const ReportData &data, llvm::raw_ostream &os);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_HTMLCOMPARISON_H
