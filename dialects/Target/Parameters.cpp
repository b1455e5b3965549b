//===- Parameters.cpp - Parameters of a machine by their names ------------===//

#include "dialects/Target/Parameters.h"

#include "dialects/Target/MachineFields.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;
using namespace acc;

namespace {

/// Calls a function with the full name of each parameter and its field. The
/// level below is none of a level's own parameters.
template <typename Function> struct EachParameter {
  Function function;
  std::string prefix;
  bool hasAbsent = false; ///< Those of groups that a file leaves out, too.

  void operator()(const char *, std::string &) {}
  void operator()(const char *, std::map<std::string, std::string> &) {}
  template <typename T> void operator()(const char *, Below<T> &) {}
  template <typename T> void operator()(const char *key, T &field) {
    std::string name = prefix + key;
    if constexpr (OptionalGroup<T>::value) {
      if (!hasAbsent && !OptionalGroup<T>::isPresent(field)) {
        return;
      }
    }
    if constexpr (std::is_class_v<T>) {
      std::string outer = std::exchange(prefix, name + ".");
      visitFields(*this, field);
      prefix = outer;
    } else {
      function(name, field);
    }
  }
};

template <typename Function, typename Level>
void forEachParameter(Level &level, Function function) {
  EachParameter<Function> visitor{std::move(function), ""};
  visitFields(visitor, level);
}

template <typename Function>
void forEachParameter(Machine &machine, Function function) {
  auto visit = [&](auto &level) {
    if (level) {
      forEachParameter(*level, function);
    }
  };
  visit(machine.pod);
  visit(machine.rack);
  visit(machine.chip);
  forEachParameter(machine.slice, function);
}

/// Adds each parameter to a list, as text.
struct Lister {
  std::vector<Parameter> &list;

  void operator()(StringRef name, double &field) const {
    std::string text;
    raw_string_ostream(text) << format("%.17g", field);
    list.push_back({name.str(), text});
  }
  template <typename T> void operator()(StringRef name, T &field) const {
    list.push_back({name.str(), std::to_string(field)});
  }
};

bool readValue(StringRef text, double &field) {
  return !text.getAsDouble(field) && std::isfinite(field);
}
template <typename T> bool readValue(StringRef text, T &field) {
  return !text.getAsInteger(10, field);
}

} // namespace

std::vector<Parameter> acc::listParameters(const Machine &machine) {
  std::vector<Parameter> list;
  Machine copy = machine;
  forEachParameter(copy, Lister{list});
  return list;
}

std::vector<Parameter> acc::listParameters(const Target &slice) {
  return listParameters(Machine::alone(slice));
}

std::vector<Parameter> acc::listProgramParameters(const Machine &machine) {
  std::vector<Parameter> list = listParameters(machine.slice);
  Chip::Grid grid = machine.grid();
  Chip::Net net = machine.net();
  EachParameter<Lister> visitor{Lister{list}, "", /*hasAbsent=*/true};
  visitor("grid", grid);
  visitor("net", net);
  // Links count where there is more than one chip.
  Rack rack = machine.rack.value_or(Rack());
  Chip::Fabric fabric = machine.rack ? machine.chip->fabric : Chip::Fabric();
  visitor("trays.count", rack.trays.count);
  visitor("trays.chips", rack.trays.chips);
  visitor("switches", rack.switches);
  visitor("spares", rack.spares);
  visitor("fabric", fabric);
  return list;
}

Error acc::checkParameter(const Machine &machine, StringRef name,
                          StringRef value) {
  Machine copy = machine;
  bool isKnown = false;
  std::string problem, nearest;
  unsigned distance = ~0u;
  forEachParameter(copy, [&](StringRef known, auto &field) {
    if (known == name) {
      isKnown = true;
      using Value = std::decay_t<decltype(field)>;
      if (!readValue(value, field)) {
        problem = ("'" + value + "' is no value of " + name + "; expects " +
                   (std::is_same_v<Value, double>
                        ? "a number"
                        : "a whole number of at least 0 that fits " +
                              Twine(8 * sizeof(Value)) + " bits"))
                      .str();
      }
      return;
    }
    unsigned far = name.edit_distance(known);
    if (far < distance) {
      distance = far;
      nearest = known.str();
    }
  });
  if (!isKnown) {
    problem = ("'" + machine.name() + "' has no parameter '" + name +
               "'; did you mean '" + nearest + "'?")
                  .str();
  }
  return problem.empty() ? Error::success() : createStringError(problem);
}

static std::string printWhole(const Machine &machine) {
  Machine whole = machine;
  if (whole.chip) {
    whole.chip->slice.inlined = std::make_shared<Target>(whole.slice);
  }
  if (whole.rack) {
    whole.rack->chip.inlined = std::make_shared<Chip>(*whole.chip);
  }
  if (whole.pod) {
    whole.pod->rack.inlined = std::make_shared<Rack>(*whole.rack);
  }
  std::string text;
  raw_string_ostream os(text);
  printMachine(whole, os);
  return text;
}

/// Finds the places of all scalars of a file by their names; those of a level
/// below are called as if they were the file's own.
static void findScalars(yaml::Node *node, const std::string &prefix,
                        StringMap<SMRange> &places) {
  for (yaml::KeyValueNode &entry : *cast<yaml::MappingNode>(node)) {
    SmallString<32> storage;
    StringRef key = cast<yaml::ScalarNode>(entry.getKey())->getValue(storage);
    bool isLevel = key == "rack" || key == "chip" || key == "slice";
    std::string name = prefix + key.str();
    yaml::Node *value = entry.getValue();
    if (isa<yaml::MappingNode>(value)) {
      findScalars(value, isLevel ? "" : name + ".", places);
    } else {
      places[name] = value->getSourceRange();
      value->skip();
    }
  }
}

std::string
acc::printVariant(const Machine &machine,
                  ArrayRef<std::pair<std::string, std::string>> values) {
  // The text is changed, as a writer of YAML stops at what cannot be.
  std::string text = printWhole(machine);
  for (const auto &[name, value] : values) {
    SourceMgr sources;
    yaml::Stream stream(text, sources, /*ShowColors=*/false);
    StringMap<SMRange> places;
    findScalars(stream.begin()->getRoot(), "", places);
    SMRange place = places.at(name);
    text.replace(place.Start.getPointer() - text.data(),
                 place.End.getPointer() - place.Start.getPointer(), value);
  }
  return text;
}
