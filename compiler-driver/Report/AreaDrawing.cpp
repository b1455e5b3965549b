//===- AreaDrawing.cpp - Blocks and slices to scale -----------------------===//

#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Report/MachineDrawing.h"
#include "compiler-driver/Report/PartDrawing.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace acc;
using namespace acc::report;

static constexpr double kTop = 24, kHeight = 330, kChipWidth = 330, kGap = 46;
/// Of the slice: blocks below are drawn as one.
static constexpr double kLeastShare = 0.002;

static std::string formatArea(const Range &mm2) {
  return formatDigits(mm2.value) + " mm2";
}

static std::string describeRange(const Range &mm2) {
  return formatDigits(mm2.low) + " to " + formatDigits(mm2.high) + " mm2";
}

/// As much of the text as there is room for in letters of 12 px.
static void label(PartDrawing &drawing, Rectangle place, StringRef text,
                  StringRef second) {
  constexpr double letter = 6.6;
  if (place.width > letter * double(text.size()) + 8 && place.height > 20) {
    drawing.text(place.x + 5, place.y + 15, text);
    if (place.width > letter * double(second.size()) + 8 && place.height > 36) {
      drawing.text(place.x + 5, place.y + 31, second);
    }
  }
}

/// The slice's blocks as parts, the largest first.
static std::vector<std::pair<Part, double>> partsOf(const AreaReport &area) {
  std::vector<std::pair<Part, double>> parts;
  double restArea = 0;
  std::string rest;
  for (const AreaBlock &block : area.blocks) {
    if (block.ofChip) {
      continue;
    }
    if (block.mm2.value < kLeastShare * area.sliceMm2.value) {
      restArea += block.mm2.value;
      rest +=
          (rest.empty() ? "" : ", ") + block.name + " " + formatArea(block.mm2);
      continue;
    }
    parts.push_back({{block.name,
                      formatArea(block.mm2) + ", " + describeRange(block.mm2) +
                          "; " + block.note,
                      {{"default", area.method}},
                      ""},
                     block.mm2.value});
  }
  if (restArea > 0) {
    parts.push_back(
        {{"others", rest, {{"default", area.method}}, ""}, restArea});
  }
  stable_sort(parts, [](auto &a, auto &b) { return a.second > b.second; });
  return parts;
}

static void drawSlice(PartDrawing &drawing, const AreaReport &area,
                      Rectangle place) {
  std::vector<std::pair<Part, double>> parts = partsOf(area);
  std::vector<double> sizes;
  for (auto &[part, size] : parts) {
    sizes.push_back(size);
  }
  drawing.text(place.x, kTop - 8,
               "a slice by block, " + formatArea(area.sliceMm2), "head");
  for (auto [part, where] : zip(parts, squarify(sizes, place))) {
    bool isMemory = StringRef(part.first.details).contains(" of RAM");
    drawing.open(part.first);
    drawing.box(where, isMemory ? "memory" : "engine");
    label(drawing, where, part.first.text, formatDigits(part.second) + " mm2");
    drawing.close();
  }
}

/// Slices, their network and what is left of the reticle, from top to bottom.
static void drawChip(PartDrawing &drawing, const Chip &chip,
                     const AreaReport &area, Rectangle place) {
  drawing.text(place.x, kTop - 8,
               chip.name + " in a reticle of " + formatArea(area.reticleMm2),
               "head");
  double scale =
      place.height / std::max(area.reticleMm2.value, area.chipMm2.value);
  double slices = area.sliceMm2.value * double(area.slices);
  Rectangle cells = place;
  cells.height = scale * slices;
  drawing.open({formatv("{0} slices", area.slices),
                formatArea(area.sliceMm2 * double(area.slices)) + ", " +
                    describeRange(area.sliceMm2 * double(area.slices)),
                {{"default", area.method}},
                ""});
  drawing.box(cells, "engine");
  drawing.cells(cells, chip.grid.rows, chip.grid.columns);
  drawing.close();
  Range networkMm2;
  std::string blocks;
  for (const AreaBlock &block : area.blocks) {
    if (block.ofChip) {
      networkMm2 += block.mm2;
      blocks += (blocks.empty() ? "" : ", ") + block.name + " " +
                formatArea(block.mm2);
    }
  }
  Rectangle network{place.x, cells.y + cells.height, place.width,
                    scale * networkMm2.value};
  drawing.open({"network", blocks, {{"default", area.method}}, ""});
  drawing.box(network, "control");
  drawing.close();
  Range left = area.reticleLeft();
  if (left.value > 0) {
    Rectangle free{place.x, network.y + network.height, place.width,
                   scale * left.value};
    drawing.open(
        {"HBM PHY, fabric and host ports",
         formatArea(left) + " are left for them, " + describeRange(left),
         {},
         ""});
    drawing.box(free, "free");
    label(drawing, free, "left for HBM PHY, fabric and host", formatArea(left));
    drawing.close();
  }
}

void report::drawArea(const Machine &machine, const AreaReport &area,
                      raw_ostream &os) {
  os << "<p>Areas are to scale, places and shapes are not. "
     << area.describeReticle() << "</p>\n";
  bool hasChip = machine.chip && machine.chip->slices() == area.slices;
  double x = hasChip ? kChipWidth + kGap : 0;
  PartDrawing drawing(os, kTop + kHeight + 4, "Areas of " + machine.name());
  if (hasChip) {
    drawChip(drawing, *machine.chip, area, {0, kTop, kChipWidth, kHeight});
  }
  drawSlice(drawing, area, {x, kTop, svg::width - x, kHeight});
}
