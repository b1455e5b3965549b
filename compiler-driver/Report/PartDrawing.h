//===- PartDrawing.h - Pictures of parts that explain themselves *- C++ -*-===//

#ifndef COMPILER_DRIVER_REPORT_PARTDRAWING_H
#define COMPILER_DRIVER_REPORT_PARTDRAWING_H

#include "compiler-driver/Report/Svg.h"
#include "compiler-driver/Report/Treemap.h"

#include <map>
#include <string>

namespace acc::report {

/// What is drawn, and what is said about it.
struct Part {
  std::string text;    ///< beside or in it
  std::string details; ///< more of it, for those who ask
  /// Of a target's file: where the figures of the group come from.
  std::map<std::string, std::string> sources;
  std::string group;

  /// Text, details and source.
  std::string describe() const;
};

/// An SVG whose parts can be pointed at, and have the keyboard's focus one
/// after the other. It ends with its life.
class PartDrawing {
public:
  PartDrawing(llvm::raw_ostream &os, double height, llvm::StringRef label);
  ~PartDrawing() { svg::close(os); }

  /// What is drawn until close() belongs to the part.
  void open(const Part &part);
  void close();

  void box(Rectangle place, llvm::StringRef style);
  /// Lines that divide the place.
  void cells(Rectangle place, uint32_t rows, uint32_t columns);
  void text(double x, double y, llvm::StringRef content,
            llvm::StringRef style = "");
  void line(double x1, double y1, double x2, double y2, llvm::StringRef style) {
    svg::line(os, x1, y1, x2, y2, style);
  }

private:
  llvm::raw_ostream &os;
};

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_PARTDRAWING_H
