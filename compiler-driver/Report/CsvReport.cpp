//===- CsvReport.cpp - Layers of a run for spreadsheets -------------------===//

#include "compiler-driver/Report/Csv.h"
#include "compiler-driver/Report/Writers.h"

using namespace llvm;
using namespace acc;
using namespace acc::report;

void acc::report::writeCsv(const ReportData &data, raw_ostream &os) {
  {
    CsvRow titles(os);
    for (StringRef title : {"layer",
                            "bound",
                            "dominant_engine",
                            "mostly",
                            "first_cycle",
                            "last_cycle",
                            "cycles",
                            "elapsed_cycles",
                            "least_cycles",
                            "commands",
                            "mac",
                            "mac_executed",
                            "precision_executed",
                            "flop",
                            "hbm_read",
                            "hbm_write",
                            "footprint_read",
                            "footprint_write",
                            "roofline",
                            "energy_j"}) {
      titles.add(title);
    }
  }
  for (auto [layer, energy] : zip(data.table.layers, data.layerEnergy)) {
    const Activity &a = layer.activity;
    CsvRow row(os);
    row.add(layer.name)
        .add(getName(layer.bound))
        .add(isa::stringify(layer.dominant).lower())
        .add(getName(layer.mostly))
        .add(layer.firstCycle)
        .add(layer.lastCycle)
        .add(layer.cycles)
        .add(layer.elapsedCycles)
        .add(layer.boundCycles)
        .add(layer.commands)
        .add(a.usefulMacs)
        .add(a.macs)
        .add(a.matrixFormat())
        .add(a.flop())
        .add(a.hbmReadBytes)
        .add(a.hbmWriteBytes)
        .add(layer.footprint.readBytes)
        .add(layer.footprint.writeBytes)
        .add(layer.rooflineFraction)
        .add(energy.value);
  }
}
