//===- Layers.h - Where the time went, by node of the model -----*- C++ -*-===//
//
// Groups the commands of a run by the node of the model that they come from.
//
//===----------------------------------------------------------------------===//

#ifndef COMPILER_DRIVER_REPORT_LAYERS_H
#define COMPILER_DRIVER_REPORT_LAYERS_H

#include "compiler-driver/Energy/Activity.h"
#include "compiler-driver/Report/Footprint.h"

namespace acc::report {

/// What limits a layer; `Fabric` is for machines that have one.
enum class Bound { Compute, Hbm, Fabric, Latency };
llvm::StringRef getName(Bound bound);

/// What an engine spends the cycles of its commands on.
enum class Phase {
  Products,  ///< MXU: as long as the products take in a full array
  Unfilled,  ///< MXU: A vectors go through an array that is not filled
  Conflicts, ///< MXU: A vectors wait for bank conflicts
  Weights,   ///< MXU: waits for a weight tile
  Drain,     ///< DRAIN: accumulators to the scratchpad
  Uops,      ///< VPU: micro-operations
  Operands,  ///< VPU: scratchpad ports, micro-operations wait
  Setup,     ///< MXU, VPU: setup, fill and drain of the pipeline
  Bandwidth, ///< DMA: as long as HBM needs at its peak
  Latency,   ///< DMA: all above that
};
inline constexpr unsigned numPhases = 10;
llvm::StringRef getName(Phase phase);
/// Engine that has the phase; LOAD stands for both directions.
isa::Engine engineOf(Phase phase);

/// Cycles in which at least one of the intervals [start, end] is busy.
uint64_t unionCycles(std::vector<std::pair<uint64_t, uint64_t>> intervals);

/// What the machine can do at best.
struct Peaks {
  double macsPerCycle = 0;
  double vectorOpsPerCycle = 0;
  double hbmBytesPerCycle = 0;
};
Peaks peaksOf(const Target &target);

struct Layer {
  std::string name; ///< the node; of fused nodes all, joined by '+'
  uint64_t firstCycle = 0;
  uint64_t lastCycle = 0;
  uint64_t commands = 0;
  uint64_t cycles = 0; ///< union of the busy intervals of its commands
  /// Its part of the run: a cycle in which several layers are busy is divided
  /// equally among them.
  double elapsedCycles = 0;
  std::array<uint64_t, numEngines> busyCycles{}; ///< by engine
  std::array<double, numPhases> phaseCycles{};   ///< sums over its commands
  isa::Engine dominant = isa::Engine::Load; ///< the engine with most cycles
  Phase mostly = Phase::Latency; ///< longest phase of the dominant engine
  Bound bound = Bound::Latency;
  /// Least cycles that the events take at the machine's peaks, over `cycles`.
  double rooflineFraction = 0;
  /// Least cycles of its products over all mappings; 0 without products.
  uint64_t boundCycles = 0;
  Activity activity;
  Footprint footprint;
};

struct LayerTable {
  std::vector<Layer> layers; ///< in the order of their first command
  double idleCycles = 0;     ///< no engine busy
  bool hasFootprint = false; ///< else the footprints are the traffic
};

/// `run` is of so many steps, each the whole program.
LayerTable buildLayers(const Target &target, const ::xpu::Object &object,
                       const SimOutput &run, size_t steps = 1);

/// Adds to each layer's activity the events of another slice that ran the same
/// program; times stay those of the first.
void addActivity(LayerTable &table, const Target &target,
                 const ::xpu::Object &object, const SimOutput &run);

} // namespace acc::report

#endif // COMPILER_DRIVER_REPORT_LAYERS_H
