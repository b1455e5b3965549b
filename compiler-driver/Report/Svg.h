//===- Svg.h - Parts of plots -----------------------------------*- C++ -*-===//
//
// Inline SVG without scripts; colours come from the style sheet of the page.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_SVG_H
#define COMPILER_DRIVER_REPORT_SVG_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace acc::report::svg {

/// Of every plot, in its own units; the page scales it.
inline constexpr double width = 1000;

void open(llvm::raw_ostream &os, double height, llvm::StringRef label,
          llvm::StringRef role = "img");
void close(llvm::raw_ostream &os);
void text(llvm::raw_ostream &os, double x, double y, llvm::StringRef content,
          llvm::StringRef anchor = "start");
void line(llvm::raw_ostream &os, double x1, double y1, double x2, double y2,
          llvm::StringRef style);

/// Logarithmic axes.
struct LogPlot {
  double left = 80, top = 10, width = svg::width - 90, height = 330;
  double minX = 0, maxX = 1, minY = 0, maxY = 1; ///< exponents of ten

  /// Places of values, at the rim if they lie outside.
  double x(double value) const;
  double y(double value) const;
  /// Lines and labels at the powers of ten.
  void drawGrid(llvm::raw_ostream &os) const;
};

} // namespace acc::report::svg

#endif // COMPILER_DRIVER_REPORT_SVG_H
