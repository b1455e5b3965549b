//===- HtmlPlots.h - Plots of the HTML report -------------------*- C++ -*-===//
//
// Inline SVG without scripts; colours come from the style sheet of the page.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_HTMLPLOTS_H
#define COMPILER_DRIVER_REPORT_HTMLPLOTS_H

#include "compiler-driver/Report/ReportData.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::report {

/// Use of the engines over time, and the layer that dominates.
void plotTimeline(const ReportData &data, llvm::raw_ostream &os);

/// Layers under the machine's roofs.
void plotRoofline(const ReportData &data, llvm::raw_ostream &os);

/// Parts of the energy with their bands.
void plotEnergy(const ReportData &data, llvm::raw_ostream &os);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_HTMLPLOTS_H
