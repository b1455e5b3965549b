//===- Pricing.cpp - What a step of a serving loop costs ------------------===//

#include "compiler-driver/Scenario/Pricing.h"

#include <algorithm>

using namespace acc::scenario;

PricedStep &PricedStep::operator+=(const PricedStep &o) {
  time += o.time;
  bound += o.bound;
  joules += o.joules;
  standing += o.standing;
  for (auto &[name, seconds] : o.secondsByPart) {
    secondsByPart[name] += seconds;
  }
  for (auto &[name, part] : o.joulesByPart) {
    joulesByPart[name] += part;
  }
  for (auto &[name, seconds] : o.secondsByUnit) {
    secondsByUnit[name] += seconds;
  }
  slowdown = std::max(slowdown, o.slowdown);
  return *this;
}

PricedStep &PricedStep::operator*=(double factor) {
  time *= factor;
  bound *= factor;
  joules = joules * factor;
  standing = standing * factor;
  for (auto &[name, seconds] : secondsByPart) {
    seconds *= factor;
  }
  for (auto &[name, part] : joulesByPart) {
    part = part * factor;
  }
  for (auto &[name, seconds] : secondsByUnit) {
    seconds *= factor;
  }
  return *this;
}
