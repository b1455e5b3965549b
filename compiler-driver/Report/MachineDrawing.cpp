//===- MachineDrawing.cpp - A machine as a picture ------------------------===//

#include "compiler-driver/Report/MachineDrawing.h"

#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Report/Layers.h"
#include "compiler-driver/Report/PartDrawing.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace llvm;
using namespace acc;
using namespace acc::report;

StringRef report::machineStyle() {
  return R"css(
.part rect, .part path { fill: var(--tile); stroke: var(--dim); }
.part .first { fill: var(--a); fill-opacity: .45; }
.part .memory { fill: var(--c); fill-opacity: .25; }
.part .engine { fill: var(--b); fill-opacity: .25; }
.part .control { fill: var(--d); fill-opacity: .2; }
.part .cells { fill: none; } .part .free { fill: none; stroke-dasharray: 4; }
.part:hover rect, .part:focus rect, .part:hover path, .part:focus path
  { stroke: var(--fg); stroke-width: 2; }
.part:hover text, .part:focus text { text-decoration: underline; }
.part:focus { outline: none; } svg { overflow: visible; }
.zoom { stroke: var(--line); } .flow { stroke: var(--dim); stroke-width: 2; }
svg .head { font-weight: 600; }
)css";
}

static std::string formatBytes(double bytes) {
  static constexpr const char *prefixes[] = {"", "Ki", "Mi", "Gi", "Ti"};
  size_t at = 0;
  while (bytes >= 1024 && at + 1 < std::size(prefixes)) {
    bytes /= 1024;
    ++at;
  }
  return (bytes == std::floor(bytes) ? formatv("{0:F0}", bytes)
                                     : formatv("{0:F2}", bytes))
             .str() +
         " " + prefixes[at] + "B";
}

/// "1 port", "6 ports".
static std::string counted(uint32_t count, const char *what,
                           const char *plural = "s") {
  return std::to_string(count) + " " + what + (count == 1 ? "" : plural);
}

static std::string rateOf(double bytesPerCycle, const Target &slice) {
  return formatSi(bytesPerCycle * slice.clockHz, "B/s");
}

namespace {

using Sources = std::map<std::string, std::string>;

/// A level as cells of the level below, with what is said of it underneath.
struct Panel {
  std::string title;
  Part cells; ///< its text is that of all cells
  uint32_t rows = 1, columns = 1;
  bool isRowShown = false; ///< the next panel shows a row, not a cell
  std::vector<Part> lines;
};

constexpr double kTop = 24, kCellsHeight = 190, kLineHeight = 20, kGap = 46;

/// The most even division into rows and columns.
uint32_t rowsFor(uint32_t count) {
  auto rows = uint32_t(std::sqrt(double(count)));
  while (count % rows != 0) {
    --rows;
  }
  return rows;
}

Panel panelOf(const Pod &pod) {
  Panel panel;
  uint32_t racks = pod.racks.count, rows = rowsFor(racks);
  panel.title = pod.name + ", a pod";
  panel.rows = rows;
  panel.columns = racks / rows;
  panel.cells = {counted(racks, "rack"), "", pod.sources, "racks"};
  const Pod::Rails &rails = pod.rails;
  panel.lines.push_back(
      {counted(rails.count, "rail") + ", " + counted(rails.links, "link") +
           " each",
       formatv("of a rail {0} links between each two racks; {1} m of fibre at "
               "{2}/m; a transceiver {3}",
               rails.links, rails.fibreMetres,
               formatSi(rails.fibreSecondsPerMetre, "s"),
               formatSi(rails.opticsSeconds, "s")),
       pod.sources, "rails"});
  return panel;
}

Panel panelOf(const Rack &rack) {
  Panel panel;
  const Rack::Trays &trays = rack.trays;
  panel.title = rack.name + ", a rack";
  panel.rows = trays.count;
  panel.columns = trays.chips;
  panel.isRowShown = true;
  panel.cells = {counted(trays.count, "tray") + " of " +
                     counted(trays.chips, "chip"),
                 "", rack.sources, "trays"};
  const Rack::Switches &s = rack.switches;
  panel.lines.push_back(
      {counted(s.planes, "plane") + ", a switch " + formatSi(s.seconds, "s"),
       formatv("local switches, each with a port of every chip; {0} m of cable "
               "at {1}/m; buffers of {2} words",
               s.cableMetres, formatSi(s.cableSecondsPerMetre, "s"),
               s.bufferWords),
       rack.sources, "switches"});
  panel.lines.push_back(
      {counted(s.count, "switch", "es") + " of " + formatSi(s.watts, "W"),
       formatv("under load; {0} at most, each", formatSi(s.tdpWatts, "W")),
       rack.sources, "switches"});
  panel.lines.push_back({counted(rack.optics.count, "transceiver") + " of " +
                             formatSi(rack.optics.watts, "W"),
                         "", rack.sources, "optics"});
  panel.lines.push_back(
      {"hosts " + formatSi(rack.hosts.watts, "W"),
       formatSi(rack.hosts.provisionedWatts, "W") + " provisioned",
       rack.sources, "hosts"});
  return panel;
}

Panel panelOfTray(const Rack &rack) {
  Panel panel;
  const Rack::Trays &trays = rack.trays;
  panel.title = "a tray";
  panel.rows = rowsFor(trays.chips);
  panel.columns = trays.chips / panel.rows;
  panel.cells = {counted(trays.chips, "chip"), "", rack.sources, "trays"};
  panel.lines.push_back({formatSi(trays.watts, "W") + " beside its chips", "",
                         rack.sources, "trays"});
  panel.lines.push_back({"supply " + formatPercent(rack.supply.efficiency),
                         "efficiency, from the rack's feed to the boards",
                         rack.sources, "supply"});
  return panel;
}

Panel panelOf(const Chip &chip, const Target &slice) {
  Panel panel;
  panel.title = chip.name + ", a chip";
  panel.rows = chip.grid.rows;
  panel.columns = chip.grid.columns;
  panel.cells = {counted(chip.slices(), "slice") + " at " +
                     formatSi(slice.clockHz, "Hz"),
                 "", chip.sources, "grid"};
  double slices = chip.slices();
  panel.lines.push_back(
      {"HBM " + formatBytes(double(slice.hbm.bytes) * slices) + ", " +
           rateOf(peaksOf(slice).hbmBytesPerCycle * slices, slice),
       "of all slices, at the peak", slice.sources, "hbm"});
  panel.lines.push_back(
      {"collectives " + rateOf(chip.net.bytesPerCycle, slice) + " a slice",
       formatv("the network of rows and columns, each way; {0} cycles a row or "
               "column, {1} before and {2} after",
               chip.net.stageLatency, chip.net.setup, chip.net.tail),
       chip.sources, "net"});
  panel.lines.push_back(
      {"mesh " + rateOf(chip.noc.bytesPerCycle, slice) + " a link",
       formatv("remote memory, fabric and host, one way; {0} cycles a hop",
               chip.noc.hopLatency),
       chip.sources, "noc"});
  const Chip::Fabric &fabric = chip.fabric;
  auto ports = [&](uint32_t count, double rate, const char *name,
                   const char *where) {
    if (count != 0) {
      panel.lines.push_back(
          {counted(count, name) + ", " + formatSi(rate, "B/s") + " each",
           formatv("one way, one to each {0}; memory to port {1}, coding {2}",
                   where, formatSi(fabric.coreSeconds, "s"),
                   formatSi(fabric.phySeconds, "s")),
           chip.sources, "fabric"});
    }
  };
  ports(fabric.localPorts, fabric.localBytesPerSecond, "local port",
        "plane of the rack");
  ports(fabric.globalPorts, fabric.globalBytesPerSecond, "global port",
        "rail of the pod");
  panel.lines.push_back({formatSi(chip.package.sustainedWatts, "W") +
                             " for long, " +
                             formatSi(chip.package.tdpWatts, "W") + " at most",
                         "power of the package", chip.sources, "package"});
  return panel;
}

/// One panel; the rectangle of the cells that the next one shows.
Rectangle drawPanel(PartDrawing &drawing, const Panel &panel, Rectangle place) {
  drawing.text(place.x, kTop - 8, panel.title, "head");
  Rectangle cells{place.x, kTop, place.width, kCellsHeight};
  Rectangle shown{cells.x, cells.y, cells.width / panel.columns,
                  cells.height / panel.rows};
  if (panel.isRowShown) {
    shown.width = cells.width;
  }
  drawing.open(panel.cells);
  drawing.cells(cells, panel.rows, panel.columns);
  drawing.box(shown, "first");
  double y = kTop + kCellsHeight + 18;
  drawing.text(place.x, y, panel.cells.text);
  drawing.close();
  for (const Part &line : panel.lines) {
    y += kLineHeight;
    drawing.open(line);
    drawing.text(place.x, y, line.text);
    drawing.close();
  }
  return shown;
}

/// The engines and memories of a slice.
class SliceDrawing {
public:
  SliceDrawing(PartDrawing &drawing, const Machine &machine, double top)
      : drawing(drawing), machine(machine), slice(machine.slice), top(top) {}

  static constexpr double kHeight = 352;

  void draw() {
    drawing.text(0, top - 8,
                 slice.name + ", a slice at " + formatSi(slice.clockHz, "Hz"),
                 "head");
    drawFlows();
    drawSequencer();
    drawEngines();
    drawMemories();
  }

private:
  PartDrawing &drawing;
  const Machine &machine;
  const Target &slice;
  double top;
  static constexpr double kLeft = 190, kWidth = 810;

  void block(StringRef style, const Part &part, Rectangle place,
             ArrayRef<std::string> lines, uint32_t cells = 1) {
    place.y += top;
    drawing.open(part);
    drawing.box(place, style);
    if (cells > 1) {
      // Below the text.
      constexpr double height = 12;
      drawing.cells(
          {place.x, place.y + place.height - height, place.width, height}, 1,
          cells);
    }
    double y = place.y + 18;
    drawing.text(place.x + 8, y, part.text, "head");
    for (const std::string &line : lines) {
      drawing.text(place.x + 8, y += 17, line);
    }
    drawing.close();
  }

  void flow(double x, double from, double to) {
    drawing.line(x, top + from, x, top + to, "flow");
  }

  void drawFlows() {
    for (double x : {360.0, 570.0, 722.0, 915.0}) {
      flow(x, 90, 128); // engines and scratchpad
    }
    for (double x : {387.0, 802.0}) {
      flow(x, 180, 218); // scratchpad and LOAD or STORE
      flow(x, 262, 290); // these and HBM
    }
    drawing.line(500, top + 70, 520, top + 70, "flow"); // accumulators, DRAIN
    for (double y : {40.0, 150.0, 240.0}) {
      drawing.line(160, top + y, kLeft, top + y, "zoom");
    }
    drawing.line(80, top + 262, 80, top + 290, "zoom");
  }

  void drawSequencer() {
    const Target::Seq &seq = slice.seq;
    // An instruction word has 128 bits (docs/machine.md).
    block("control",
          {"sequencer",
           formatv("{0} words of 16 bytes; a taken branch {1} cycles more, a "
                   "load of a scalar {2}",
                   seq.imemWords, seq.branchPenalty, seq.loadLatency),
           slice.sources, "seq"},
          {0, 0, 160, 262},
          {formatBytes(16.0 * seq.imemWords) + " of program",
           formatv("{0} queues of", numEngines),
           counted(seq.queueDepth, "command")});
    const Target::Host &host = slice.host;
    block("control",
          {"host",
           formatv("this slice's share of it and of the link: {0} one way, a "
                   "transfer {1}, {2}, {3}",
                   formatSi(host.linkBytesPerSecond, "B/s"),
                   formatSi(host.linkLatencyS, "s"),
                   formatSi(host.operationsPerSecond, "op/s"),
                   formatSi(host.watts, "W")),
           slice.sources, "host"},
          {0, 290, 160, 52}, {formatSi(host.linkBytesPerSecond, "B/s")});
  }

  void drawEngines() {
    const Target::Mxu &mxu = slice.mxu;
    double wide = peaksOf(slice).macsPerCycle * slice.clockHz;
    auto products = [&](MacKind kind) {
      return formatSi(wide * macsPerCycle(kind), "/s");
    };
    block("engine",
          {"MXU",
           formatv("products at most: bf16 {0}, int8 {1}, fp8 {2}, fp8 x fp4 "
                   "{3}, fp4 {4}; accumulators of {5} rows; an element {6} "
                   "cycles, a sum at the foot {7}",
                   products(MacKind::Wide), products(MacKind::Integer),
                   products(MacKind::Narrow), products(MacKind::NarrowTiny),
                   products(MacKind::Tiny), mxu.accRows, mxu.peLatency,
                   mxu.accLatency),
           slice.sources, "mxu"},
          {kLeft, 0, 310, 90},
          {counted(mxu.units, "unit") +
               formatv(" of {0} x {1}", mxu.rows, mxu.unitCols).str(),
           products(MacKind::Wide) + " products in bf16",
           "accumulators " + formatBytes(4.0 * mxu.accRows * slice.mxuCols())},
          mxu.units);
    block("engine",
          {"DRAIN", "from the accumulators to the scratchpad", slice.sources,
           "mxu"},
          {520, 0, 110, 90}, {"accumulators", "to scratchpad"});
    const Target::Vpu &vpu = slice.vpu;
    block("engine",
          {"VPU",
           formatv("a micro-operation takes {0} cycles over {1} elements; a "
                   "sum {2} cycles, a special function {3}",
                   vpu.chime, slice.vectorLength(), vpu.aluLatency,
                   vpu.sfuLatency),
           slice.sources, "vpu"},
          {650, 0, 160, 90},
          {counted(vpu.lanes, "lane"),
           formatSi(vpu.lanes * slice.clockHz, "op/s")});
    Chip::Net net = machine.net();
    const Sources &sources =
        machine.chip ? machine.chip->sources : slice.sources;
    block("engine",
          {"NET", "collectives with other slices of the chip", sources, "net"},
          {830, 0, 170, 90},
          {machine.chip ? rateOf(net.bytesPerCycle, slice) + " each way"
                        : std::string("no other slices")});
    const Target::Dma &dma = slice.dma;
    auto addDma = [&](const char *name, const char *way, double x) {
      block("engine",
            {name,
             formatv("{0}; {1} commands at a time, {2} lines under way, {3} "
                     "cycles before and {4} after",
                     way, dma.commands, dma.outstanding, dma.setup, dma.tail),
             slice.sources, "dma"},
            {x, 218, 395, 44},
            {counted(dma.outstanding, "line") + " under way"});
    };
    addDma("LOAD", "HBM to scratchpad", kLeft);
    addDma("STORE", "scratchpad to HBM", 605);
  }

  void drawMemories() {
    const Target::Spm &spm = slice.spm;
    block("memory",
          {"scratchpad",
           formatv("{0} banks of {1}, each with a port to read and one to "
                   "write, {2} bytes wide",
                   spm.banks, formatBytes(spm.bankBytes), spm.rowBytes),
           slice.sources, "spm"},
          {kLeft, 128, kWidth, 52},
          {formatBytes(double(slice.spmBytes())) + ", " +
           rateOf(double(spm.banks) * spm.rowBytes, slice) + " each way"},
          spm.banks);
    const Target::Hbm &hbm = slice.hbm;
    block("memory",
          {"HBM",
           formatv("{0} channels of {1} banks; lines of {2} bytes, rows of "
                   "{3}; controller {4}",
                   hbm.channels, hbm.banks, hbm.lineBytes, hbm.rowBytes,
                   formatSi(1e-12 * hbm.tControllerPs, "s")),
           slice.sources, "hbm"},
          {kLeft, 290, kWidth, 52},
          {formatBytes(double(hbm.bytes)) + ", " +
           rateOf(peaksOf(slice).hbmBytesPerCycle, slice)},
          hbm.channels);
  }
};

} // namespace

void report::drawMachine(const Machine &machine, raw_ostream &os) {
  std::vector<Panel> panels;
  if (machine.pod) {
    panels.push_back(panelOf(*machine.pod));
  }
  if (machine.rack) {
    panels.push_back(panelOf(*machine.rack));
    panels.push_back(panelOfTray(*machine.rack));
  }
  if (machine.chip) {
    panels.push_back(panelOf(*machine.chip, machine.slice));
  }
  size_t most = 0;
  for (const Panel &panel : panels) {
    most = std::max(most, panel.lines.size());
  }
  double top = panels.empty()
                   ? kTop
                   : kTop + kCellsHeight + 56 + kLineHeight * double(most);
  PartDrawing drawing(os, top + SliceDrawing::kHeight,
                      "The machine " + machine.name());
  // As wide as three of them would be, or less.
  double columns = double(std::max<size_t>(3, panels.size()));
  double width = (svg::width - kGap * (columns - 1)) / columns;
  double x = 0;
  for (const auto &[i, panel] : enumerate(panels)) {
    Rectangle shown = drawPanel(drawing, panel, {x, 0, width, 0});
    if (i + 1 < panels.size()) {
      double from = shown.x + shown.width, to = x + width + kGap;
      drawing.line(from, shown.y, to, kTop, "zoom");
      drawing.line(from, shown.y + shown.height, to, kTop + kCellsHeight,
                   "zoom");
    }
    x += width + kGap;
  }
  SliceDrawing(drawing, machine, top).draw();
}
