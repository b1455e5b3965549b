//===- PartDrawing.cpp - Pictures of parts that explain themselves --------===//

#include "compiler-driver/Report/PartDrawing.h"

#include "compiler-driver/Report/Html.h"
#include "llvm/Support/Format.h"

using namespace llvm;
using namespace acc::report;

std::string Part::describe() const {
  std::string all = text;
  if (!details.empty()) {
    all += ": " + details;
  }
  auto source = sources.find(group);
  if (source == sources.end()) {
    source = sources.find("default");
  }
  if (source != sources.end()) {
    all += ". Source: " + source->second;
  }
  return all;
}

PartDrawing::PartDrawing(raw_ostream &os, double height, StringRef label)
    : os(os) {
  // A group and no image: what is in it can be reached.
  svg::open(os, height, label, "group");
}

void PartDrawing::open(const Part &part) {
  os << "<g class=\"part\" tabindex=\"0\" role=\"img\"><title>"
     << escapeHtml(part.describe()) << "</title>\n";
}

void PartDrawing::close() { os << "</g>\n"; }

void PartDrawing::box(Rectangle r, StringRef style) {
  os << format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
               "class=\"",
               r.x, r.y, r.width, r.height)
     << style << "\"/>\n";
}

void PartDrawing::cells(Rectangle r, uint32_t rows, uint32_t columns) {
  os << format("<path class=\"cells\" d=\"M%.1f %.1fh%.1fv%.1fh%.1fz", r.x, r.y,
               r.width, r.height, -r.width);
  for (uint32_t row = 1; row < rows; ++row) {
    os << format("M%.1f %.1fh%.1f", r.x, r.y + r.height * row / rows, r.width);
  }
  for (uint32_t column = 1; column < columns; ++column) {
    os << format("M%.1f %.1fv%.1f", r.x + r.width * column / columns, r.y,
                 r.height);
  }
  os << "\"/>\n";
}

void PartDrawing::text(double x, double y, StringRef content, StringRef style) {
  os << format("<text x=\"%.1f\" y=\"%.1f\"", x, y);
  if (!style.empty()) {
    os << " class=\"" << style << "\"";
  }
  os << ">" << escapeHtml(content) << "</text>\n";
}
