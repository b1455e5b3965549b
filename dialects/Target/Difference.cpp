//===- Difference.cpp - What two targets do not share ---------------------===//

#include "dialects/Target/MachineFields.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace acc;

namespace {
/// Parameters as text, which reads back the same.
struct ParameterList {
  std::string prefix;
  std::vector<std::pair<std::string, std::string>> parameters;

  void operator()(const char *, std::string &) {}
  void operator()(const char *, std::map<std::string, std::string> &) {}
  template <typename T> void operator()(const char *key, T &field) {
    std::string name = prefix + key;
    if constexpr (std::is_class_v<T>) {
      std::string outer = std::exchange(prefix, name + ".");
      visitFields(*this, field);
      prefix = outer;
    } else {
      std::string text;
      llvm::raw_string_ostream os(text);
      if constexpr (std::is_floating_point_v<T>) {
        os << llvm::format("%.17g", field);
      } else {
        os << field;
      }
      parameters.emplace_back(name, text);
    }
  }
};
} // namespace

static std::optional<TargetDifference> compare(const ParameterList &a,
                                               const ParameterList &b) {
  for (size_t i = 0; i < a.parameters.size(); ++i) {
    if (a.parameters[i].second != b.parameters[i].second) {
      return TargetDifference{a.parameters[i].first, a.parameters[i].second,
                              b.parameters[i].second};
    }
  }
  return std::nullopt;
}

static ParameterList listParameters(Target target) {
  ParameterList list;
  visitFields(list, target);
  return list;
}

static ParameterList listParameters(const Machine &machine) {
  ParameterList list = listParameters(machine.slice);
  Chip::Grid grid = machine.grid();
  Chip::Net net = machine.net();
  list("grid", grid);
  list("net", net);
  // Links count where there is more than one chip.
  Rack rack = machine.rack.value_or(Rack());
  Chip::Fabric fabric = machine.rack ? machine.chip->fabric : Chip::Fabric();
  list("trays.count", rack.trays.count);
  list("trays.chips", rack.trays.chips);
  list("switches", rack.switches);
  list("fabric", fabric);
  return list;
}

std::optional<TargetDifference> acc::findDifference(const Target &first,
                                                    const Target &second) {
  return compare(listParameters(first), listParameters(second));
}

std::optional<TargetDifference> acc::findDifference(const Machine &first,
                                                    const Machine &second) {
  return compare(listParameters(first), listParameters(second));
}
