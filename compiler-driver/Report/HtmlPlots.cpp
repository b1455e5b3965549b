//===- HtmlPlots.cpp - Plots of the HTML report ---------------------------===//

#include "compiler-driver/Report/HtmlPlots.h"

#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Report/Html.h"
#include "compiler-driver/Report/Svg.h"
#include "llvm/Support/Format.h"

#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace acc;
using namespace acc::report;

static constexpr unsigned timelineBins = 800;

namespace {
/// Busy cycles by interval of the run.
struct Bins {
  double cyclesPerBin;
  std::vector<double> busy = std::vector<double>(timelineBins);

  explicit Bins(uint64_t cycles)
      : cyclesPerBin(double(std::max<uint64_t>(1, cycles)) / timelineBins) {}

  void add(uint64_t start, uint64_t end) {
    double from = double(start), to = double(end) + 1;
    for (unsigned b = unsigned(from / cyclesPerBin); b < timelineBins; ++b) {
      double low = std::max(from, b * cyclesPerBin);
      double high = std::min(to, (b + 1) * cyclesPerBin);
      if (high <= low) {
        break;
      }
      busy[b] += high - low;
    }
  }
};
} // namespace

/// Bins with the same shade become one rectangle.
static void drawBins(raw_ostream &os, const Bins &bins, double left, double y,
                     double height, unsigned track) {
  double step = (svg::width - left) / timelineBins;
  auto shade = [&](unsigned b) {
    return int(
        std::lround(10 * std::min(1.0, bins.busy[b] / bins.cyclesPerBin)));
  };
  for (unsigned b = 0; b < timelineBins;) {
    unsigned end = b + 1;
    while (end < timelineBins && shade(end) == shade(b)) {
      ++end;
    }
    if (shade(b) > 0) {
      os << format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                   "class=\"e%u\" opacity=\"%.1f\"/>\n",
                   left + b * step, y, (end - b) * step, height, track,
                   shade(b) / 10.0);
    }
    b = end;
  }
}

void report::plotTimeline(const ReportData &data, raw_ostream &os) {
  constexpr double left = 70, rowHeight = 26, gap = 6;
  std::vector<Bins> engines(numEngines, Bins(data.cycles));
  for (const CommandRecord &c : data.run.commands) {
    engines[unsigned(c.engine)].add(c.start, c.end);
  }
  double height = (numEngines + 1) * (rowHeight + gap) + 24;
  svg::open(os, height, "Use of the engines over time");
  for (unsigned e = 0; e < numEngines; ++e) {
    double y = e * (rowHeight + gap);
    svg::text(os, 0, y + 17, isa::stringify(isa::Engine(e)));
    os << format("<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" "
                 "class=\"row\"/>\n",
                 left, y, svg::width - left, rowHeight);
    drawBins(os, engines[e], left, y, rowHeight, e);
  }
  // Layers start in order; each is shown up to the start of the next.
  double y = numEngines * (rowHeight + gap);
  svg::text(os, 0, y + 17, "layer");
  const std::vector<Layer> &layers = data.table.layers;
  double scale =
      (svg::width - left) / double(std::max<uint64_t>(1, data.cycles));
  for (size_t i = 0; i < layers.size(); ++i) {
    uint64_t end =
        i + 1 < layers.size() ? layers[i + 1].firstCycle : data.cycles;
    os << format(
              "<a href=\"#layer-%zu\"><rect x=\"%.1f\" y=\"%g\" "
              "width=\"%.1f\" height=\"%g\" class=\"l%zu\"><title>",
              i, left + double(layers[i].firstCycle) * scale, y,
              std::max(0.5, double(end - std::min(end, layers[i].firstCycle)) *
                                scale),
              rowHeight, i % 2)
       << escapeHtml(layers[i].name) << "</title></rect></a>\n";
  }
  svg::text(os, left, height - 6, "0 s");
  svg::text(os, svg::width, height - 6, formatSi(data.seconds, "s"), "end");
  svg::close(os);
}

void report::plotRoofline(const ReportData &data, raw_ostream &os) {
  struct Point {
    double intensity, rate;
    size_t layer;
  };
  double hz = data.target.clockHz;
  double matrix = 2 * data.peaks.macsPerCycle * hz;
  double vector = data.peaks.vectorOpsPerCycle * hz;
  double bandwidth = data.peaks.hbmBytesPerCycle * hz;
  std::vector<Point> points;
  svg::LogPlot plot;
  double ridge = std::log10(matrix / bandwidth);
  plot.minX = std::floor(std::min(-1.0, ridge - 1));
  plot.maxX = std::ceil(std::max(2.0, ridge + 1));
  plot.maxY = std::ceil(std::log10(std::max(matrix, vector)));
  plot.minY = plot.maxY - 4;
  for (size_t i = 0; i < data.table.layers.size(); ++i) {
    const Layer &layer = data.table.layers[i];
    double ops =
        2.0 * layer.activity.macSlots() + double(layer.activity.vectorOps());
    double bytes = double(layer.activity.hbmBytes());
    if (ops > 0 && bytes > 0 && layer.cycles > 0) {
      points.push_back({ops / bytes, ops * hz / double(layer.cycles), i});
      plot.minY = std::max(
          plot.maxY - 6,
          std::min(plot.minY, std::floor(std::log10(points.back().rate))));
      plot.minX = std::min(plot.minX, std::floor(std::log10(ops / bytes)));
      plot.maxX = std::max(plot.maxX, std::ceil(std::log10(ops / bytes)));
    }
  }
  svg::open(os, plot.top + plot.height + 45, "Roofline");
  plot.drawGrid(os);
  svg::text(
      os, plot.left + plot.width / 2, plot.top + plot.height + 36,
      "operations (2 a product of bf16 or what takes its place, 1 a vector "
      "operation) per byte of HBM traffic",
      "middle");
  auto roof = [&](double peak, StringRef label) {
    // The slope starts where it enters the plot from below.
    double lowest = std::pow(10, plot.minY) / bandwidth;
    double from = std::max(std::pow(10, plot.minX), lowest);
    svg::line(os, plot.x(from), plot.y(from * bandwidth),
              plot.x(peak / bandwidth), plot.y(peak), "roof");
    svg::line(os, plot.x(peak / bandwidth), plot.y(peak),
              plot.left + plot.width, plot.y(peak), "roof");
    svg::text(os, plot.left + plot.width - 4, plot.y(peak) - 5,
              (label + ", " + formatSi(peak, "op/s")).str(), "end");
  };
  roof(matrix, "MXU");
  roof(vector, "VPU");
  for (const Point &point : points) {
    const Layer &layer = data.table.layers[point.layer];
    double radius =
        3 + 12 * std::sqrt(layer.elapsedCycles / double(data.cycles));
    os << format("<a href=\"#layer-%zu\"><circle cx=\"%.1f\" cy=\"%.1f\" "
                 "r=\"%.1f\" class=\"",
                 point.layer, plot.x(point.intensity), plot.y(point.rate),
                 radius)
       << "b-" << getName(layer.bound) << "\"><title>" << escapeHtml(layer.name)
       << ": " << formatSi(point.rate, "op/s") << ", " << getName(layer.bound)
       << "</title></circle></a>\n";
  }
  svg::close(os);
}

void report::plotEnergy(const ReportData &data, raw_ostream &os) {
  constexpr double left = 150, right = 210, rowHeight = 22;
  double most = 0;
  for (const EnergyPart &part : data.energy.parts) {
    most = std::max(most, part.energy.high);
  }
  double scale = (svg::width - left - right) / (most > 0 ? most : 1);
  svg::open(os, double(data.energy.parts.size()) * rowHeight + 4,
            "Energy by part");
  double y = 0;
  for (const EnergyPart &part : data.energy.parts) {
    const Range &e = part.energy;
    double middle = y + rowHeight / 2;
    svg::text(os, left - 8, middle + 4, part.name, "end");
    os << format("<rect x=\"%g\" y=\"%.1f\" width=\"%.1f\" height=\"%g\" "
                 "class=\"bar\"/>\n",
                 left, y + 3, e.value * scale, rowHeight - 6);
    svg::line(os, left + e.low * scale, middle, left + e.high * scale, middle,
              "whisker");
    svg::line(os, left + e.low * scale, middle - 4, left + e.low * scale,
              middle + 4, "whisker");
    svg::line(os, left + e.high * scale, middle - 4, left + e.high * scale,
              middle + 4, "whisker");
    svg::text(os, svg::width - right + 10, middle + 4, formatRange(e, "J"));
    y += rowHeight;
  }
  svg::close(os);
}
