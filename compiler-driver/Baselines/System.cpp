//===- System.cpp - Checks of a system file -------------------------------===//

#include "compiler-driver/Baselines/System.h"

#include "compiler-driver/Baselines/UnitNames.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;
using namespace acc::systems;
using acc::data::DataFile;
using acc::data::DataFileKeys;

static constexpr StringLiteral scalarKeys[] = {"vendor", "architecture"};
static constexpr StringLiteral listKeys[] = {"measured_as"};
static constexpr DataFileKeys keys = {scalarKeys, listKeys};

//===----------------------------------------------------------------------===//
// Kinds of figures
//===----------------------------------------------------------------------===//

namespace {

/// The peaks that a format may have.
enum PeakVariant { DensePeak, SparsePeak, RackPeak, numPeakVariants };

} // namespace

StringRef acc::systems::getName(Scope scope) {
  switch (scope) {
  case Scope::Device:
    return "device";
  case Scope::Node:
    return "node";
  case Scope::Rack:
    return "rack";
  case Scope::Facility:
    return "facility";
  }
  llvm_unreachable("all scopes are named");
}

static constexpr StringLiteral Plain = "";
static constexpr StringLiteral Dense = "dense";
static constexpr StringLiteral OneWay = "one-way";
static constexpr StringLiteral TwoWay = "two-way";

static std::vector<FigureKind> makeFigureKinds() {
  constexpr bool Required = true, Optional = false;
  std::vector<FigureKind> kinds = {
#define FIGURE(ACCESSOR, KEY, TYPE, BASIS, SCOPE, NEED, MEANING)               \
  {KEY, unitOf<TYPE>(), BASIS, Scope::SCOPE, NEED, MEANING},
#include "compiler-driver/Baselines/Figures.def"
  };
  for (Precision precision : allPrecisions) {
    std::string name = getName(precision).str();
    StringRef unit = isInteger(precision) ? "OP/s" : "FLOP/s";
    kinds.push_back({"peak_" + name, unit, "dense", Scope::Device, false,
                     "dense " + name + " products"});
    kinds.push_back({"peak_" + name + "_sparse", unit, "sparse", Scope::Device,
                     false, name + " products with structured sparsity"});
    kinds.push_back({"rack_peak_" + name, unit, "dense", Scope::Rack, false,
                     "dense " + name + " products of a rack"});
  }
  return kinds;
}

ArrayRef<FigureKind> acc::systems::getFigureKinds() {
  static const std::vector<FigureKind> kinds = makeFigureKinds();
  return kinds;
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// Its value in the kind's unit.
static Expected<double> convert(const DataFile &file, const Figure &figure,
                                const FigureKind &kind) {
  std::optional<ScaledUnit> unit = parseUnit(figure.unit);
  if (!unit) {
    return file.makeError(figure.at, "figure '" + figure.id +
                                         "' has the unknown unit '" +
                                         figure.unit + "'; expects " +
                                         kind.unit + " or a multiple of it");
  }
  if (unit->base != kind.unit) {
    return file.makeError(figure.at, "figure '" + figure.id + "' is in '" +
                                         figure.unit + "'; expects " +
                                         kind.unit + " or a multiple of it");
  }
  if (figure.basis != kind.basis) {
    std::string is =
        figure.basis.empty() ? "does not say its basis" : "is " + figure.basis;
    std::string expects =
        kind.basis.empty() ? "no basis" : "'basis: " + kind.basis.str() + "'";
    return file.makeError(figure.at, "figure '" + figure.id + "' " + is +
                                         "; expects " + expects);
  }
  double value = figure.range.value * unit->scale;
  if (value <= 0) {
    return file.makeError(figure.at,
                          "figure '" + figure.id + "' is 0; expects more");
  }
  return value;
}

static Error checkHeader(const DataFile &file) {
  auto expects = [&](const Twine &what) {
    return file.makeError(file.nameAt,
                          "system '" + file.name + "' has no " + what);
  };
  if (file.title.empty()) {
    return expects("title; expects, for example, 'title: \"NVIDIA H200 SXM\"'");
  }
  for (StringRef key : scalarKeys) {
    auto it = file.scalars.find(key.str());
    if (it == file.scalars.end() || it->second.empty()) {
      return expects(key + "; expects '" + key + ": NAME'");
    }
  }
  return Error::success();
}

/// Figures that cannot both be right.
static Error checkAgreement(const DataFile &file, const System &system) {
  for (Precision precision : allPrecisions) {
    auto dense = system.peak(precision), sparse = system.sparsePeak(precision);
    if (dense && sparse && *sparse <= *dense) {
      return file.makeError(sparse.figure().at,
                            "figure '" + sparse.figure().id +
                                "' is not above the dense peak; expects the "
                                "rate with sparsity");
    }
  }
  auto one = system.scaleupOneWay(), two = system.scaleupTwoWay();
  // Both directions of a link are equal in all systems that are known.
  if (one && two && (*two / *one < 1.9 || *two / *one > 2.1)) {
    return file.makeError(two.figure().at,
                          "figure 'scaleup_two_way' is not twice "
                          "'scaleup_one_way'; expects both directions added");
  }
  auto limit = system.tdp(), efficient = system.efficientTdp(),
       idle = system.idlePower();
  for (const Sourced<Watts> &less : {efficient, idle}) {
    if (less && *less > *limit) {
      return file.makeError(less.figure().at, "figure '" + less.figure().id +
                                                  "' is above 'tdp'; expects "
                                                  "less");
    }
  }
  return Error::success();
}

Expected<System> System::create(DataFile parsed) {
  if (Error error = checkHeader(parsed)) {
    return std::move(error);
  }
  System system;
  system.file = std::make_shared<const DataFile>(std::move(parsed));
  const DataFile &file = *system.file;
  ArrayRef<FigureKind> kinds = getFigureKinds();
  system.slots.resize(kinds.size());
  // The first error of the file, not of the alphabet.
  std::vector<const Figure *> figures;
  for (auto &[key, figure] : file.figures) {
    figures.push_back(&figure);
  }
  llvm::sort(figures, [](const Figure *a, const Figure *b) {
    return a->at.line < b->at.line;
  });
  for (const Figure *figure : figures) {
    const FigureKind *kind = find_if(
        kinds, [&](const FigureKind &k) { return k.key == figure->id; });
    if (kind == kinds.end()) {
      return file.makeError(figure->at, "unknown figure '" + figure->id +
                                            "'; expects one of those that "
                                            "'acc-systems figures' lists");
    }
    Expected<double> value = convert(file, *figure, *kind);
    if (!value) {
      return value.takeError();
    }
    system.slots[kind - kinds.begin()] = {figure, *value};
  }
  for (auto [kind, slot] : zip(kinds, system.slots)) {
    if (kind.required && !slot.figure) {
      return file.makeError(file.nameAt, "figure '" + kind.key +
                                             "' is missing; expects it in " +
                                             kind.unit);
    }
  }
  if (Error error = checkAgreement(file, system)) {
    return std::move(error);
  }
  return std::move(system);
}

//===----------------------------------------------------------------------===//
// Access
//===----------------------------------------------------------------------===//

const std::string &System::scalar(const char *key) const {
  return file->scalars.find(key)->second;
}

ArrayRef<std::string> System::measuredAs() const {
  auto it = file->lists.find("measured_as");
  if (it == file->lists.end()) {
    return {};
  }
  return it->second;
}

Sourced<OperationsPerSecond> System::getPeak(Precision precision,
                                             unsigned variant) const {
  return get<OperationsPerSecond>(Index(unsigned(Index::firstPeak) +
                                        unsigned(precision) * numPeakVariants +
                                        variant));
}

Sourced<OperationsPerSecond> System::peak(Precision precision) const {
  return getPeak(precision, DensePeak);
}

Sourced<OperationsPerSecond> System::sparsePeak(Precision precision) const {
  return getPeak(precision, SparsePeak);
}

Sourced<OperationsPerSecond> System::rackPeak(Precision precision) const {
  return getPeak(precision, RackPeak);
}

Sourced<Number> System::number(StringRef key) const {
  for (auto [kind, slot] : zip(getFigureKinds(), slots)) {
    if (kind.key == key && slot.figure) {
      return {slot.value, *slot.figure};
    }
  }
  return {};
}

Expected<System>
acc::systems::parseSystem(StringRef text, StringRef path,
                          const data::Bibliography &documents) {
  Expected<DataFile> file = data::parseDataFile(text, path, keys, documents);
  return file ? System::create(std::move(*file)) : file.takeError();
}

Expected<System> acc::systems::loadSystem(StringRef nameOrPath) {
  Expected<DataFile> file =
      data::loadDataFile("systems", nameOrPath, "system", keys);
  return file ? System::create(std::move(*file)) : file.takeError();
}

Expected<std::vector<System>> acc::systems::loadSystems() {
  Expected<std::vector<DataFile>> files =
      data::loadDataFiles("systems", "system", keys);
  if (!files) {
    return files.takeError();
  }
  std::vector<System> systems;
  for (DataFile &file : *files) {
    Expected<System> system = System::create(std::move(file));
    if (!system) {
      return system.takeError();
    }
    systems.push_back(std::move(*system));
  }
  return std::move(systems);
}

std::vector<std::string> acc::systems::listSystems() {
  return data::listDataFiles("systems");
}
