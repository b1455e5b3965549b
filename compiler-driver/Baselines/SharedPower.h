//===- SharedPower.h - What a node or rack draws beside devices -*- C++ -*-===//
//
// Hosts, network cards, switches, fans and pumps of a node or rack, as a share
// of one device. It is the IT power that a data sheet gives for the whole at
// full load, less the packages' limits: it flows whatever the devices do. The
// losses beyond IT power (supplies, cooling, facility) are in targets/facility.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SYSTEMS_SHAREDPOWER_H
#define COMPILER_DRIVER_SYSTEMS_SHAREDPOWER_H

#include "compiler-driver/Baselines/Kernel.h"
#include "compiler-driver/Baselines/System.h"

namespace acc::systems {

struct SharedPower {
  Watts perDevice;
  Scope scope = Scope::Node; ///< of the figure that it follows from
  std::vector<Basis> basis;
};

/// From the rack's power or else the node's; nothing if the file gives neither,
/// or less than the packages alone may take.
std::optional<SharedPower> sharedPower(const System &system);

} // namespace acc::systems

#endif // COMPILER_DRIVER_SYSTEMS_SHAREDPOWER_H
