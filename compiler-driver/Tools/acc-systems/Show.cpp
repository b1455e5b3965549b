//===- Show.cpp - acc-systems show ----------------------------------------===//

#include "compiler-driver/Baselines/System.h"
#include "compiler-driver/Report/Format.h"
#include "compiler-driver/Tools/acc-systems/Commands.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace acc::systems;
using acc::report::TextTable;
namespace data = acc::data;

static cl::SubCommand subcommand("show",
                                 "Every figure of a system with its source");
static cl::opt<std::string> systemName(cl::Positional, cl::Required,
                                       cl::desc("NAME|FILE.yaml"),
                                       cl::sub(subcommand),
                                       cl::cat(optionCategory()));
static cl::opt<bool> isJson("json", cl::desc("As JSON, in base units"),
                            cl::sub(subcommand), cl::cat(optionCategory()));

static std::string numberOf(double value) {
  std::string text;
  raw_string_ostream(text) << format("%.6g", value);
  return text;
}

using KindAndFigure = std::pair<const FigureKind *, const Figure *>;

/// In the order of the file.
static std::vector<KindAndFigure> figuresOf(const System &system) {
  std::vector<KindAndFigure> figures;
  for (const FigureKind &kind : getFigureKinds()) {
    if (const Figure *figure = system.find(kind.key)) {
      figures.push_back({&kind, figure});
    }
  }
  llvm::sort(figures, [](const KindAndFigure &a, const KindAndFigure &b) {
    return a.second->at.line < b.second->at.line;
  });
  return figures;
}

static void printText(const System &system) {
  outs() << system.name() << ": " << system.title() << "\n"
         << system.vendor() << ", architecture " << system.architecture();
  if (!system.aliases().empty()) {
    outs() << "; also " << join(system.aliases(), ", ");
  }
  if (!system.measuredAs().empty()) {
    outs() << "; measured as " << join(system.measuredAs(), ", ");
  }
  outs() << "\n" << data::displayPath(system.path()) << "\n";
  std::vector<KindAndFigure> figures = figuresOf(system);
  std::vector<std::string> sources;
  auto numberOfSource = [&](const std::string &source) {
    auto it = find(sources, source);
    if (it == sources.end()) {
      it = sources.insert(it, source);
    }
    return "[" + std::to_string(it - sources.begin() + 1) + "]";
  };
  for (Scope scope :
       {Scope::Device, Scope::Node, Scope::Rack, Scope::Facility}) {
    TextTable table({"figure", ">value", "unit", "basis", "confidence", ">line",
                     "source", "note"});
    for (auto [kind, figure] : figures) {
      if (kind->scope == scope) {
        table.addRow({kind->key, numberOf(figure->range.value), figure->unit,
                      figure->basis, figure->confidence,
                      std::to_string(figure->at.line),
                      numberOfSource(figure->source), figure->note});
      }
    }
    if (any_of(figures, [&](auto &f) { return f.first->scope == scope; })) {
      outs() << "\nOf a " << getName(scope) << ":\n\n";
      table.print(outs());
    }
  }
  outs() << "\nSources:\n\n";
  for (auto [i, source] : enumerate(sources)) {
    outs() << "[" << i + 1 << "] " << source << "\n";
  }
}

static void writeFigure(json::OStream &j, const FigureKind &kind,
                        const Figure &figure, double value) {
  j.attributeObject(kind.key, [&] {
    j.attribute("value", value);
    j.attribute("unit", kind.unit);
    j.attribute("of", getName(kind.scope));
    if (!kind.basis.empty()) {
      j.attribute("basis", kind.basis);
    }
    j.attribute("source", figure.source);
    j.attribute("confidence", figure.confidence);
    if (!figure.note.empty()) {
      j.attribute("note", figure.note);
    }
    j.attribute("line", int64_t(figure.at.line));
  });
}

static void printJson(const System &system) {
  json::OStream j(outs(), 2);
  j.object([&] {
    j.attribute("name", system.name());
    j.attribute("title", system.title());
    j.attribute("vendor", system.vendor());
    j.attribute("architecture", system.architecture());
    j.attribute("file", data::displayPath(system.path()));
    j.attributeArray("measured_as", [&] {
      for (const std::string &name : system.measuredAs()) {
        j.value(name);
      }
    });
    j.attributeObject("figures", [&] {
      for (auto [kind, figure] : figuresOf(system)) {
        writeFigure(j, *kind, *figure, *system.number(kind->key));
      }
    });
  });
  outs() << "\n";
}

static Error run() {
  Expected<System> system = loadSystem(systemName);
  if (!system) {
    return system.takeError();
  }
  if (isJson) {
    printJson(*system);
  } else {
    printText(*system);
  }
  return Error::success();
}

const Command acc::systems::showCommand = {subcommand, run};
