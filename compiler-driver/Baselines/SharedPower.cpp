//===- SharedPower.cpp - What a node or rack draws beside devices ---------===//

#include "compiler-driver/Baselines/SharedPower.h"

using namespace acc::systems;

std::optional<SharedPower> acc::systems::sharedPower(const System &system) {
  struct {
    Sourced<Watts> power;
    Sourced<Number> devices;
    Scope scope;
  } wholes[] = {{system.rackPower(), system.rackDevices(), Scope::Rack},
                {system.nodePower(), system.nodeDevices(), Scope::Node}};
  for (auto &[power, devices, scope] : wholes) {
    if (!power || !devices) {
      continue;
    }
    SharedPower shared;
    shared.perDevice = *power / *devices - *system.tdp();
    shared.scope = scope;
    for (const Figure *figure :
         {&power.figure(), &devices.figure(), &system.tdp().figure()}) {
      shared.basis.push_back(
          {system.name() + "/" + figure->id, figure->source});
    }
    if (shared.perDevice > Watts(0)) {
      return shared;
    }
  }
  return std::nullopt;
}
