//===- List.cpp - acc-systems list, acc-systems figures -------------------===//

#include "compiler-driver/Baselines/System.h"
#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Tools/acc-systems/Commands.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace acc::systems;
using acc::report::formatSi;
using acc::report::TextTable;

static cl::SubCommand listSubcommand("list", "The systems of targets/systems");
static cl::SubCommand figuresSubcommand("figures",
                                        "The figures that a system file may "
                                        "give, with their units");

template <typename Q>
static std::string cell(Sourced<Q> figure, StringRef unit) {
  return figure ? formatSi((*figure).value(), unit) : "-";
}

static Error runList() {
  Expected<std::vector<System>> systems = loadSystems();
  if (!systems) {
    return systems.takeError();
  }
  TextTable table({"name", "title", "architecture", ">fp4", ">fp8", ">bf16",
                   ">memory", ">bandwidth", ">scale-up", ">domain", ">TDP"});
  for (const System &system : *systems) {
    table.addRow({system.name(), system.title(), system.architecture(),
                  cell(system.peak(Precision::FP4), "FLOP/s"),
                  cell(system.peak(Precision::FP8), "FLOP/s"),
                  cell(system.peak(Precision::BF16), "FLOP/s"),
                  cell(system.memoryCapacity(), "B"),
                  cell(system.memoryBandwidth(), "B/s"),
                  cell(system.scaleupOneWay(), "B/s"),
                  std::to_string(unsigned(*system.scaleupDevices())),
                  cell(system.tdp(), "W")});
  }
  table.print(outs());
  outs() << "\nOne device. Peaks are dense; scale-up is one way, domain the "
            "devices that it joins.\n";
  return Error::success();
}

static Error runFigures() {
  TextTable table({"figure", "unit", "basis", "of", "meaning"});
  for (const FigureKind &kind : getFigureKinds()) {
    table.addRow({kind.key, kind.unit.str(), kind.basis.str(),
                  getName(kind.scope).str(),
                  kind.meaning + (kind.required ? "; required" : "")});
  }
  table.print(outs());
  return Error::success();
}

const Command acc::systems::listCommand = {listSubcommand, runList};
const Command acc::systems::figuresCommand = {figuresSubcommand, runFigures};
