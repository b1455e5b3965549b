//===- Treemap.h - Areas as rectangles --------------------------*- C++ -*-===//

#ifndef COMPILER_DRIVER_REPORT_TREEMAP_H
#define COMPILER_DRIVER_REPORT_TREEMAP_H

#include "llvm/ADT/ArrayRef.h"

#include <vector>

namespace acc::report {

struct Rectangle {
  double x = 0, y = 0, width = 0, height = 0;

  double area() const { return width * height; }
};

/// Divides the rectangle into one for each value, in proportion to it and as
/// near to squares as that goes: squarified treemaps (Bruls, Huizing and van
/// Wijk, 2000). Values are positive; the largest come first.
std::vector<Rectangle> squarify(llvm::ArrayRef<double> values,
                                Rectangle within);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_TREEMAP_H
