//===- Collectives.h - Time of collectives ----------------------*- C++ -*-===//
//
// What slices and chips exchange between two parts of a layer, from the target
// file's links. Nothing overlaps with computation. Between the chips of a rack
// whose fabric can be simulated, and for sums and gathers over racks, it is the
// model of the fabric (Exchange.h); everything else is a closed form:
//
// - All-reduce of slices, on the collective network: setup + bytes / width +
//   one stage (row or column) or two (chip) + tail, in core cycles. All-gather
//   the same, of all parts; reduce-scatter of what a slice gives.
// - All-to-all of slices, on the mesh: the larger of what a slice injects and
//   what crosses the middle of the grid, and the hops of the longest way.
// - All-reduce of chips, over the planes of a rack: the faster of sending all
//   to everybody, latency + (n - 1) bytes / bandwidth, and reduce-scatter with
//   all-gather, 2 (latency + (n - 1) / n bytes / bandwidth).
// - All-gather of chips: latency + (n - 1) parts / bandwidth.
// - All-to-all of chips: two exchanges (there and back), latency each, and
//   (n - 1) / n of the bytes.
//
// Latency between chips is that of both chips, the links and the switches,
// without the ports' own cycles; bandwidth that of all lanes.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_COLLECTIVES_H
#define COMPILER_DRIVER_SCENARIO_COLLECTIVES_H

#include "compiler-driver/Baselines/Units.h"
#include "compiler-driver/Import/HuggingFace/Division.h"
#include "dialects/Target/Machine.h"

namespace acc::scenario {

struct CollectiveCost {
  systems::Seconds time;
  systems::Bytes onChip;  ///< that a slice moves, of all slices of a chip
  systems::Bytes between; ///< that a chip sends to others
};

CollectiveCost costOf(const huggingface::Collective &collective,
                      const Machine &machine);

/// From one chip to another among so many: latency + bytes / bandwidth.
systems::Seconds timeToSend(systems::Bytes bytes, int64_t chips,
                            const Machine &machine);

/// The closed form, whether there is a model or not.
CollectiveCost closedFormOf(const huggingface::Collective &collective,
                            const Machine &machine);

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_COLLECTIVES_H
