//===- TileSimulation.h - Tiles with the memory's own timing ----*- C++ -*-===//
//
// What a row of commands takes, with each request of LOAD and STORE at the
// timing model of the memory that the SystemC model and the RTL bench have
// (HbmModel.h): channels, pages, refreshes, turns of the bus, reads that wait
// for writes. The other engines are as in TileSchedule.h; bank conflicts in the
// scratchpad are left out, because nothing has a place yet.
//
//===----------------------------------------------------------------------===//

#ifndef PASSES_TILING_TILESIMULATION_H
#define PASSES_TILING_TILESIMULATION_H

#include "dialects/Target/Target.h"
#include "passes/Tiling/TileProgram.h"

namespace xpu {

/// The cycles in which the commands of `program` end.
std::vector<double> simulateTiles(const acc::Target &target,
                                  const TileProgram &program);

/// Requests that a transfer makes.
int64_t countRequests(const acc::Target &target, const TileTransfer &transfer);

} // namespace xpu

#endif // PASSES_TILING_TILESIMULATION_H
