//===- Exchange.h - Exchanges between chips on the fabric model -*- C++ -*-===//
//
// The time of a collective of chips from the frames of the machine's fabric
// (docs/fabric.md, section 13), with the algorithm that the cost model chooses.
// Each is simulated once and kept on disk, as layers are. Beyond 512 MiB over
// all links, time goes on as between the half and the whole of that.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_SCENARIO_EXCHANGE_H
#define COMPILER_DRIVER_SCENARIO_EXCHANGE_H

#include "compiler-driver/Baselines/Units.h"
#include "compiler-driver/Import/HuggingFace/Division.h"
#include "dialects/Target/Machine.h"

#include <optional>

namespace acc::scenario {

struct Exchange {
  systems::Seconds time;
  systems::Bytes sent; ///< by a chip, to others
};

/// Nothing if these are not chips, or their network cannot be simulated: it has
/// no switches, or is more than the fabric model has (an all-to-all over
/// racks).
std::optional<Exchange>
simulateExchange(const huggingface::Collective &collective,
                 const Machine &machine, double mostBytes = double(512u << 20));

} // namespace acc::scenario

#endif // COMPILER_DRIVER_SCENARIO_EXCHANGE_H
