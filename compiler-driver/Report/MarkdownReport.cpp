//===- MarkdownReport.cpp - Reports for terminals and pages ---------------===//

#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Report/Writers.h"

#include "llvm/Support/Path.h"

#include <algorithm>
#include <numeric>

using namespace llvm;
using namespace acc;
using namespace acc::report;

static void writeSummary(const ReportData &data, raw_ostream &os) {
  const Activity &a = data.activity;
  const Utilization &u = data.utilization;
  const Peaks &p = data.peaks;
  double hz = data.target.clockHz;
  os << "# " << sys::path::filename(data.inputFile) << " on "
     << data.machineName() << "\n\n";
  TextTable table({"figure", ">value", "of"});
  table.addRow({"time", formatSi(data.seconds, "s"),
                formatCount(data.cycles) + " cycles at " + formatSi(hz, "Hz") +
                    " (" + data.fidelity + ")"});
  if (data.steps.size() > 1) {
    auto [least, most] =
        std::minmax_element(data.steps.begin(), data.steps.end(),
                            [](const StepInfo &a, const StepInfo &b) {
                              return a.cycles < b.cycles;
                            });
    double mean = data.seconds / double(data.steps.size());
    table.addRow({"steps", formatCount(data.steps.size()),
                  formatSi(mean, "s") + " each (mean); " +
                      formatCount(least->cycles) + " to " +
                      formatCount(most->cycles) + " cycles"});
  }
  if (data.chip) {
    table.addRow({"slices", formatCount(data.chip->slices),
                  formatCount(data.chip->leastCycles) + " to " +
                      formatCount(data.chip->mostCycles) + " cycles, " +
                      formatSi(double(data.chip->networkBytes), "B") +
                      " on their network; times are those of " +
                      data.chip->sliceName() + ", the last to end"});
    if (const auto &traffic = data.chip->traffic) {
      table.addRow({"chips", formatCount(data.chip->chips),
                    (traffic->messages == 0
                         ? ""
                         : formatCount(traffic->messages) + " messages of " +
                               formatSi(double(traffic->bytes), "B") +
                               " between them, ") +
                        formatCount(traffic->frames) + " frames"});
    }
  }
  table.addRow({"energy", formatSi(data.energy.board.value, "J"),
                "board; " + formatRange(data.energy.board, "J") + ", mean " +
                    formatSi(data.energy.board.value / data.seconds, "W")});
  table.addRow({"products", formatSi(double(a.usefulMacs), "MAC"),
                data.productFormat().str() + " accuracy; " +
                    formatSi(double(a.macs), "MAC") + " executed, " +
                    formatPercent(u.mxu) + " of " +
                    formatSi(p.macsPerCycle * hz, "MAC/s")});
  table.addRow({"vector", formatSi(double(a.vectorOps()), "op"),
                formatPercent(u.vpu) + " of " +
                    formatSi(p.vectorOpsPerCycle * hz, "op/s")});
  table.addRow({"HBM", formatSi(double(a.hbmBytes()), "B"),
                formatPercent(u.hbm) + " of " +
                    formatSi(p.hbmBytesPerCycle * hz, "B/s") + "; " +
                    formatSi(double(a.hbmReadBytes), "B") + " read"});
  table.addRow(
      {"roofline", formatPercent(u.roofline), "least possible time over time"});
  table.print(os);
  os << "\nEngines busy:";
  for (unsigned e = 0; e < numEngines; ++e) {
    os << (e ? ", " : " ") << isa::stringify(isa::Engine(e)) << " "
       << formatPercent(u.busy[e]);
  }
  os << "; none " << formatPercent(data.table.idleCycles / double(data.cycles))
     << "\n";
}

static void writeLayers(const ReportData &data, raw_ostream &os,
                        unsigned maxLayers) {
  const std::vector<Layer> &layers = data.table.layers;
  std::vector<size_t> order(layers.size());
  std::iota(order.begin(), order.end(), 0);
  bool cut = order.size() > maxLayers;
  if (cut) {
    std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return layers[a].elapsedCycles > layers[b].elapsedCycles;
    });
    order.resize(maxLayers);
  }
  os << "\n## Layers" << (cut ? ", those with most time" : "") << "\n\n";
  TextTable table({"layer", ">share", ">cycles", ">least", "bound", "mostly",
                   ">MAC", ">HBM", ">roofline", ">energy"});
  double share = 0;
  for (size_t i : order) {
    const Layer &layer = layers[i];
    share += layer.elapsedCycles / double(data.cycles);
    table.addRow({layer.name,
                  formatPercent(layer.elapsedCycles / double(data.cycles)),
                  formatCount(layer.cycles),
                  layer.boundCycles ? formatCount(layer.boundCycles) : "",
                  getName(layer.bound).str(), getName(layer.mostly).str(),
                  formatSi(double(layer.activity.usefulMacs), ""),
                  formatSi(double(layer.activity.hbmBytes()), "B"),
                  formatPercent(layer.rooflineFraction),
                  formatSi(data.layerEnergy[i].value, "J")});
  }
  table.print(os);
  if (cut) {
    os << "\n"
       << layers.size() - order.size() << " more take "
       << formatPercent(1 - share - data.table.idleCycles / double(data.cycles))
       << "; a report in a .md, .html or .json file has all.\n";
  }
}

static void writeEnergy(const ReportData &data, raw_ostream &os) {
  os << "\n## Energy\n\n";
  TextTable table({"part", ">energy", ">low", ">high", ">share"});
  auto add = [&](const std::string &name, const Range &energy) {
    table.addRow({name, formatSi(energy.value, "J"), formatSi(energy.low, "J"),
                  formatSi(energy.high, "J"),
                  formatPercent(energy.value / data.energy.board.value)});
  };
  for (const EnergyPart &part : data.energy.parts) {
    add(part.name, part.energy);
  }
  add("**board** (total)", data.energy.board);
  add("chip and HBM", data.energy.chip);
  add("wall", data.energy.wall);
  table.print(os);
  os << "\nConstants: " << data.energyFile
     << ". low and high: all constants low or high together.\n";
}

static void writeArea(const ReportData &data, raw_ostream &os) {
  if (!data.area) {
    return;
  }
  const AreaReport &area = *data.area;
  os << "\n## Area\n\n";
  TextTable table({"block", ">mm2", ">low", ">high", "of", "size"});
  auto add = [&](const std::string &name, const Range &mm2, const char *of,
                 const std::string &note) {
    table.addRow({name, formatDigits(mm2.value), formatDigits(mm2.low),
                  formatDigits(mm2.high), of, note});
  };
  for (const AreaBlock &block : area.blocks) {
    add(block.name, block.mm2, block.ofChip ? "chip" : "slice", block.note);
  }
  add("**slice**", area.sliceMm2, "slice", "");
  add("**" + area.chip + "**", area.chipMm2, "chip",
      formatCount(area.slices) + " slices and their network");
  table.print(os);
  os << "\n" << area.describeReticle() << "\n";
}

static void writeComparison(const ReportData &data, raw_ostream &os) {
  if (data.comparison.empty()) {
    return;
  }
  os << "\n## Comparison\n\n";
  TextTable table({"system", ">devices", ">time", ">energy", "precision",
                   "limit", ">time ratio", ">energy ratio", ">mean error"});
  table.addRow(
      {data.target.name + " (one slice)", "1", formatSi(data.seconds, "s"),
       formatSi(data.energy.board.value, "J"), data.productFormat().str(),
       data.fidelity + " run", "1 x", "1 x", ""});
  for (const Comparison &c : data.comparison) {
    table.addRow({c.title, std::to_string(c.step.devices),
                  formatRange(c.seconds, "s"), formatRange(c.joules, "J"),
                  systems::formatName(c.step.used).str(),
                  systems::resourceName(c.step.limit).str(),
                  formatRatio(data.seconds / c.seconds.value),
                  formatRatio(data.energy.board.value / c.joules.value),
                  formatPercent(c.step.meanError)});
  }
  table.print(os);
  os << "\nRatios: " << data.target.name << " over the system. Mean error: of "
     << "the model on measured kernels of these classes that it had not seen. "
     << data.origin("method.comparison") << "\n";
  for (const std::string &note : data.workloadNotes) {
    os << "\nNote: " << note << ".\n";
  }
}

void report::writeMarkdown(const ReportData &data, raw_ostream &os,
                           unsigned maxLayers) {
  bool brief = maxLayers != ~0u;
  writeSummary(data, os);
  writeLayers(data, os, maxLayers);
  writeEnergy(data, os);
  if (!brief) {
    writeArea(data, os);
  }
  writeComparison(data, os);
  os << "\n## Simulator\n\n";
  TextTable table({"model", ">cycles", ">wall", ">cycles/s", ">events"});
  for (const RunInfo &run : data.runs) {
    table.addRow({run.model, formatCount(run.cycles),
                  formatSi(run.wallSeconds, "s"),
                  run.cycles && run.wallSeconds > 0
                      ? formatSi(double(run.cycles) / run.wallSeconds, "")
                      : "-",
                  run.events ? formatCount(run.events) : "-"});
  }
  table.print(os);
  for (const HostOp &op : data.hostFallback) {
    os << "\nOn the host: " << op.op << ": " << op.why
       << " (estimate: " << formatSi(op.seconds, "s") << ", "
       << formatSi(op.joules, "J") << ")\n";
  }
  for (const std::string &name : data.boundInputs) {
    os << "\nBound: the program is for the given value of input `" << name
       << "`; shapes depend on it\n";
  }
  if (!brief) {
    os << "\n## Sources\n\n";
    for (const Origin &origin : data.origins) {
      os << "- `" << origin.id << "`: " << origin.text << "\n";
    }
  }
}
