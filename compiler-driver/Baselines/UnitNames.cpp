//===- UnitNames.cpp ------------------------------------------------------===//

#include "compiler-driver/Baselines/UnitNames.h"

using namespace llvm;
using namespace acc::systems;

namespace {

struct Unit {
  StringLiteral name;
  StringLiteral base;
  double scale;
};
struct Prefix {
  StringLiteral name;
  double scale;
};

} // namespace

static constexpr Unit units[] = {
    {"FLOP/s", "FLOP/s", 1}, {"OP/s", "OP/s", 1},
    {"B/s", "B/s", 1},       {"bit/s", "B/s", 0.125},
    {"B", "B", 1},           {"W", "W", 1},
    {"Hz", "Hz", 1},         {"s", "s", 1},
    {"J", "J", 1},           {"USD", "USD", 1},
    {"USD/s", "USD/s", 1},   {"USD/h", "USD/s", 1.0 / 3600}};

static constexpr Prefix prefixes[] = {{"Ki", 1024.0},
                                      {"Mi", 1024.0 * 1024},
                                      {"Gi", 1024.0 * 1024 * 1024},
                                      {"Ti", 1024.0 * 1024 * 1024 * 1024},
                                      {"k", 1e3},
                                      {"M", 1e6},
                                      {"G", 1e9},
                                      {"T", 1e12},
                                      {"P", 1e15},
                                      {"E", 1e18},
                                      {"m", 1e-3},
                                      {"u", 1e-6},
                                      {"n", 1e-9},
                                      {"p", 1e-12}};

std::optional<ScaledUnit> acc::systems::parseUnit(StringRef text) {
  if (text == "1") {
    return ScaledUnit{"1", 1};
  }
  for (const Unit &unit : units) {
    if (text == unit.name) {
      return ScaledUnit{unit.base, unit.scale};
    }
  }
  for (const Prefix &prefix : prefixes) {
    StringRef rest = text;
    if (!rest.consume_front(prefix.name)) {
      continue;
    }
    bool binary = prefix.name.size() == 2;
    for (const Unit &unit : units) {
      if (rest == unit.name && (!binary || unit.name.starts_with("B"))) {
        return ScaledUnit{unit.base, prefix.scale * unit.scale};
      }
    }
  }
  return std::nullopt;
}
