//===- Topology.h - Trays, racks and pods as networks -----------*- C++ -*-===//
//
// The chips of a rack on its planes, and racks on rails (docs/fabric.md,
// section 12), from a target file.
//
//===----------------------------------------------------------------------===//

#ifndef ACC_SYSTEMC_MODELS_FABRIC_TOPOLOGY_H
#define ACC_SYSTEMC_MODELS_FABRIC_TOPOLOGY_H

#include "systemc-models/Fabric/Network.h"

#include "llvm/Support/Error.h"

namespace acc::fabric {

struct TopologyOptions {
  uint32_t chips = 0; ///< of a rack
  uint32_t racks = 1;
  Framing framing = Framing::Sue;
  /// Planes and rails that are off.
  std::vector<uint32_t> planesOff, railsOff;
  double bitErrors = 0;
  uint64_t seed = 0;
};

/// Latencies of a machine in cycles of its ports, rounded to the nearest.
struct Delays {
  double cycleSeconds = 0;
  Cycle core = 0;   ///< from memory to a port, or back
  Cycle copper = 0; ///< a link between a chip and a switch
  Cycle fibre = 0;  ///< a link between the switches of two racks
  Cycle throughSwitch = 0;
  Cycle toUnit = 0; ///< of a switch, from a port to a unit, or back
};
Delays delaysOf(const Machine &machine);

/// A part of the latency of a lone transaction.
struct LatencyPart {
  const char *name;
  Cycle cycles;
};
/// From memory to memory, for so many units, in a rack or between two.
std::vector<LatencyPart> partsOf(const Machine &machine, Framing framing,
                                 unsigned units, bool isFar);
/// Of a sum that the switches of a rack make of what so many chips send, of one
/// transaction each (docs/fabric.md, section 16).
std::vector<LatencyPart> partsOfReduction(const Machine &machine,
                                          Framing framing, unsigned units,
                                          uint32_t members);
Cycle sumOf(llvm::ArrayRef<LatencyPart> parts);

/// Bytes per second that the ports of a chip carry in full frames of whole
/// transactions, by their layout.
double layoutBandwidth(const Machine &machine, Framing framing, bool isFar,
                       uint32_t portsOff = 0);

/// Whether this machine's fabric can be simulated: an error says what it lacks.
llvm::Error checkFabric(const Machine &machine);

/// Whether the machine's switches add up for chips of a rack.
bool hasReduction(const Machine &machine);

/// Chip `c` of rack `r` is chip r * chips + c of the network.
llvm::Expected<std::unique_ptr<Network>>
makeNetwork(const Machine &machine, const TopologyOptions &options);

} // namespace acc::fabric

#endif // ACC_SYSTEMC_MODELS_FABRIC_TOPOLOGY_H
