//===- Svg.cpp ------------------------------------------------------------===//

#include "compiler-driver/Report/Svg.h"

#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Report/Html.h"
#include "llvm/Support/Format.h"

#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace acc::report;

void svg::open(raw_ostream &os, double height, StringRef label,
               StringRef role) {
  os << format("<svg viewBox=\"0 0 %g %g\" role=\"", width, height) << role
     << "\" aria-label=\"" << escapeHtml(label) << "\">\n";
}

void svg::close(raw_ostream &os) { os << "</svg>\n"; }

void svg::text(raw_ostream &os, double x, double y, StringRef content,
               StringRef anchor) {
  os << format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"", x, y) << anchor
     << "\">" << escapeHtml(content) << "</text>\n";
}

void svg::line(raw_ostream &os, double x1, double y1, double x2, double y2,
               StringRef style) {
  os << format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"",
               x1, y1, x2, y2)
     << style << "\"/>\n";
}

double svg::LogPlot::x(double value) const {
  double at = (std::log10(value) - minX) / (maxX - minX);
  return left + width * std::clamp(at, 0.0, 1.0);
}

double svg::LogPlot::y(double value) const {
  double at = (std::log10(value) - minY) / (maxY - minY);
  return top + height * (1 - std::clamp(at, 0.0, 1.0));
}

/// Label of a power of ten: "10 G".
static std::string tick(double exponent) {
  std::string label = formatSi(std::pow(10, exponent), "");
  size_t point = label.find('.');
  return point == label.npos
             ? label
             : label.substr(0, point) +
                   label.substr(std::min(label.find(' ', point), label.size()));
}

void svg::LogPlot::drawGrid(raw_ostream &os) const {
  for (double e = minX; e <= maxX; ++e) {
    double at = x(std::pow(10, e));
    line(os, at, top, at, top + height, "grid");
    text(os, at, top + height + 16, tick(e), "middle");
  }
  for (double e = minY; e <= maxY; ++e) {
    double at = y(std::pow(10, e));
    line(os, left, at, left + width, at, "grid");
    text(os, left - 6, at + 4, tick(e), "end");
  }
}
