//===- Precision.cpp ------------------------------------------------------===//

#include "compiler-driver/Baselines/Precision.h"

using namespace llvm;
using namespace acc::systems;

namespace {

struct Properties {
  StringLiteral name;
  unsigned bits;
};

} // namespace

static constexpr Properties properties[] = {
    {"fp64", 64}, {"fp32", 32}, {"tf32", 32}, {"bf16", 16}, {"fp16", 16},
    {"fp8", 8},   {"fp6", 6},   {"fp4", 4},   {"int8", 8},  {"int4", 4}};

StringRef acc::systems::getName(Precision precision) {
  return properties[unsigned(precision)].name;
}

std::optional<Precision> acc::systems::parsePrecision(StringRef name) {
  for (Precision precision : allPrecisions) {
    if (getName(precision) == name) {
      return precision;
    }
  }
  return std::nullopt;
}

unsigned acc::systems::getBits(Precision precision) {
  return properties[unsigned(precision)].bits;
}

bool acc::systems::isInteger(Precision precision) {
  return precision == Precision::INT8 || precision == Precision::INT4;
}
